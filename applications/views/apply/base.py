"""What the pages of one application share on the host unit's side."""

from django.urls import reverse

from applications.commands.sections import open_pages
from applications.models import Application
from portal.web.views import OfRecord

RELATED = ("cycle__policy", "organisation", "recommender", "field")


class OfApplication(OfRecord):
    """A page about one of the unit's own applications; the form's definition at hand."""

    model = Application
    related = RELATED

    @property
    def definition(self):
        return self.record.definition()

    def is_open(self, key: str) -> bool:
        """Whether the unit may change a page of the form now."""
        editable = self.record.state in ("draft", "returned_by_recommender", "returned_by_cast")
        late = self.record.correction_due_at if self.record.state == "returned_by_cast" else None
        return editable and key in open_pages(self.record) and (late is None or self.at < late)

    def url(self, name: str, **kwargs) -> str:
        """A page of this application."""
        return reverse(f"apply:{name}", kwargs={"no": self.record.number, **kwargs})

    def crumbs(self, *further: tuple[str, str]) -> list[tuple[str, str]]:
        return [
            ("我的申报", reverse("apply:application.list")),
            (f"申报书 {self.record.number}", self.url("application.view")),
            *further,
        ]
