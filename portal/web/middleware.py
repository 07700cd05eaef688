"""The first middleware stamps the instant of arrival; the last turns refusals into their pages."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render

from portal import clock
from portal.access.decide import Denied
from portal.people.actor import actor_of
from portal.regulation.rules import Refused
from portal.workflow.take import AlreadyDone, StaleVersion


class RequestClock:
    """request.at: when the front proxy took the request (if it is trusted to say so), else when we did.

    Waiting in a queue or for a lock never makes anyone late.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.at = self.instant(request)
        return self.get_response(request)

    @staticmethod
    def instant(request) -> datetime:
        stamp = request.headers.get("X-Request-Start", "") if settings.TRUST_REQUEST_START else ""
        try:
            return datetime.fromtimestamp(float(stamp.removeprefix("t=")), UTC)
        except ValueError:
            return clock.now()


class Refusals:
    """Denied → 403, Refused → 422, StaleVersion → 409, each with its page; a form sent twice → back to the record."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, Denied):
            return render(request, "errors/403.html", {"reason": str(error), "decision": error.decision}, status=403)
        if isinstance(error, Refused):
            return render(request, "errors/422.html", {"refused": error}, status=422)
        if isinstance(error, StaleVersion):
            label = error.record.state_label(actor_of(request))  # as this actor may know it (Art. 33)
            return render(request, "errors/409.html", {"record": error.record, "status_label": label}, status=409)
        if isinstance(error, AlreadyDone):
            return HttpResponseRedirect(request.path.rsplit("/", 2)[0] + "/")
        return None
