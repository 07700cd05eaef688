"""Who has signed gets in (Art. 33). `UndertakingRequired` goes before the page class of review and assessment pages."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse

from portal.people.roles import CAST_ROLES, Role
from review.commands.undertaking import has_signed
from review.models import Undertaking

SIGNERS = CAST_ROLES - {Role.SYSADMIN}


class UndertakingRequired:
    """A page for colleagues of 市科协 who have signed this year's undertaking, and for nobody else's eyes before.

    Others are judged by the matrix alone. Who has not signed is sent to sign and comes back after it.
    """

    def dispatch(self, request, *args, **kwargs):
        if self.actor.role in SIGNERS and not has_signed(self.actor, self.at):
            self.allow()
            query = urlencode({"next": request.get_full_path()}, safe="/")
            return HttpResponseRedirect(f"{reverse('manage:undertaking.sign')}?{query}")
        return super().dispatch(request, *args, **kwargs)


class SignedExpert:
    """An expert's page: what waits for a signature is signed first."""

    def dispatch(self, request, *args, **kwargs):
        if self.actor.role == Role.EXPERT and waiting(self.actor):
            self.allow()
            return HttpResponseRedirect(reverse("expert:undertaking.sign"))
        return super().dispatch(request, *args, **kwargs)


def waiting(actor) -> Undertaking | None:
    """The expert's undertaking that waits for a signature in an open round or before a meeting's end."""
    unsigned = Undertaking.objects.filter(user_id=actor.user_id, signed_at=None).select_related("round", "meeting")
    return next((each for each in unsigned if _open(each)), None)


def _open(undertaking: Undertaking) -> bool:
    """Rounds and meetings that are over are out of the expert's reach, and with them their undertakings."""
    from django.core.exceptions import ObjectDoesNotExist

    try:
        about = undertaking.round if undertaking.kind == Undertaking.Kind.ROUND else undertaking.meeting
    except ObjectDoesNotExist:
        return False
    return about.state in ("scoring", "planned", "in_session", "voting")
