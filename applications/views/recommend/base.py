"""What the pages of a recommending unit share."""

from django.http import Http404
from django.urls import reverse

from applications.models import Application, RecommendationList
from portal.web.views import OfRecord


class OfSubmitted(OfRecord):
    """A page about an application that was handed in. What the host unit is still writing is not there."""

    model = Application
    related = ("cycle__policy", "organisation", "recommender", "field")

    def find(self):
        record = super().find()
        if record.submitted_at is None:
            raise Http404
        return record

    @property
    def version(self):
        """The version that was handed in last."""
        return self.record.latest()

    @property
    def definition(self):
        return self.record.definition()

    def url(self, name: str, **kwargs) -> str:
        return reverse(f"recommend:{name}", kwargs={"no": self.record.number, **kwargs})

    def summary(self) -> list[tuple[str, str]]:
        record = self.record
        return [
            ("申报编号", record.number),
            ("申报人", record.applicant_name),
            ("依托单位", record.organisation.name),
            ("主申报领域", record.field.name if record.field else ""),
        ]

    def crumbs(self, *further: tuple[str, str]) -> list[tuple[str, str]]:
        return [
            ("申报审核", reverse("recommend:application.list")),
            (f"{self.record.number} {self.record.applicant_name}", self.url("application.view")),
            *further,
        ]


class OfList(OfRecord):
    """A page about the unit's own list."""

    model = RecommendationList
    related = ("cycle", "organisation", "sealed_scan")

    def url(self, name: str) -> str:
        return reverse(f"recommend:{name}", kwargs={"no": self.record.number})
