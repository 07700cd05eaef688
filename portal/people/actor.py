"""Who acts: a user in one role at one organisation, for the length of one request or task."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from portal.people.models import Membership, User
from portal.people.roles import Role

SESSION_KEY = "membership"


@dataclass(frozen=True)
class Actor:
    """One person in one role. Rights are those of this role alone, never the union of a person's roles."""

    user_id: int | None
    name: str
    role: str
    organisation_id: int | None = None
    organisation_name: str = ""
    membership_id: int | None = None
    ip: str = ""

    @property
    def role_label(self) -> str:
        return Role(self.role).label

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None


SYSTEM = Actor(None, "系统", Role.SYSTEM)
PUBLIC = Actor(None, "公众", Role.PUBLIC)


def actor_from(membership: Membership, ip: str = "") -> Actor:
    """The actor of a membership whose user and organisation are loaded."""
    organisation = membership.organisation
    return Actor(
        user_id=membership.user_id,
        name=membership.user.name,
        role=membership.role,
        organisation_id=membership.organisation_id,
        organisation_name=organisation.name if organisation else "",
        membership_id=membership.pk,
        ip=ip,
    )


def actor_for_user(user: User, role: str | None = None, on: date | None = None) -> Actor:
    """The actor of a user's first membership in force (in the role asked for). Raises Membership.DoesNotExist."""
    memberships = Membership.on(on or timezone.localdate()).filter(user=user)
    if role:
        memberships = memberships.filter(role=role)
    membership = memberships.order_by("pk").first()
    if membership is None:
        raise Membership.DoesNotExist(f"{user.username} holds no membership {role or ''}")
    return actor_from(membership)


def actor_of(request) -> Actor:
    """The actor of a request: its chosen membership if that is still in force, else the only one, else 公众.

    Side effect: remembers the result on the request, so one request asks the database once.
    """
    if not hasattr(request, "actor"):
        request.actor = _find(request)
    return request.actor


def _find(request) -> Actor:
    user = request.user
    if not user.is_authenticated:
        return PUBLIC
    request.memberships = list(Membership.on(timezone.localdate(request.at)).filter(user=user).order_by("pk"))
    chosen = request.session.get(SESSION_KEY)
    for membership in request.memberships:
        if membership.pk == chosen or (chosen is None and len(request.memberships) == 1):
            return actor_from(membership, ip=request.META.get("REMOTE_ADDR", ""))
    return PUBLIC
