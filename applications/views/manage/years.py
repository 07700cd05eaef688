"""What pages of one year share."""

from datetime import datetime

from applications.hanging import Hanging
from applications.models import Cycle
from portal.people.actor import Actor
from portal.web.links import url_of
from portal.web.views import OfRecord


class OfYear(OfRecord):
    """A page about a cycle, found by its year."""

    model = Cycle
    related = ("policy",)

    def lookup(self) -> dict:
        return {"year": self.kwargs["year"]}


class InYear:
    """Mixed into a page within a year that is not about the cycle itself: self.cycle, or 404."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self._cycle: Cycle | None = None

    @property
    def cycle(self) -> Cycle:
        from django.shortcuts import get_object_or_404

        if self._cycle is None:
            self._cycle = get_object_or_404(Cycle.objects.select_related("policy"), year=self.kwargs["year"])
        return self._cycle


def hanging_link(item: Hanging, cycle: Cycle, actor: Actor) -> str:
    """The list that shows what hangs, of the year or of all years, '' where this role has none."""
    url = (url_of(item.action, actor, cycle) or url_of(item.action, actor)) if item.action else None
    return f"{url}?{item.query}" if url and item.query else url or ""


def current_cycle(at: datetime) -> Cycle | None:
    """The year that staff work in: the latest that is not in preparation, else the latest."""
    cycles = Cycle.objects.order_by("-year")
    return cycles.exclude(state=Cycle.State.PREPARING).first() or cycles.first()
