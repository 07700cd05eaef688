"""The people of the tests: two host units of one recommending unit, another recommending unit with a host unit of its
own, experts, the staff of 市科协, and an outsider. Reference data, made through the models; no record with a state.

    def test_x(people):                      # fixture `people` (tests/conftest.py)
        with acting(people.host_clerk):      # inside the actor's reach
            begin("create", …, actor=people.host_clerk, at=AT)
        people.client("host_clerk").get("/apply/")
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from django.test import Client
from stdnum.cn import uscc

from portal.people.actor import PUBLIC, SESSION_KEY, SYSTEM, Actor, actor_from
from portal.people.models import Affiliation, Membership, Organisation, User
from portal.people.roles import CAST_ROLES, HOST_ROLES, RECOMMENDER_ROLES, Role
from portal.tenancy.reach import reach_of, reaching

AT = datetime(2026, 10, 15, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SINCE = date(2020, 1, 1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_numbers = count(1)


def organisation(kind: str, name: str, **values) -> Organisation:
    """A new organisation; a host unit's code is a valid 统一社会信用代码 of 海淀."""
    body = f"91110108MA{next(_numbers):07d}"
    code = body + uscc.calc_check_digit(body) if kind == Organisation.Kind.HOST else f"U{next(_numbers):04d}"
    return Organisation.objects.create(**{"kind": kind, "name": name, "code": code, "region": "110108", **values})


def cast() -> Organisation:
    """市科协: there is only one."""
    return Organisation.objects.filter(kind=Organisation.Kind.CAST).first() or organisation("cast", "北京市科协")


def user(name: str) -> User:
    return User.objects.create(username=f"u{next(_numbers)}", name=name)


def member(role: str, at: Organisation | None, name: str = "", who: User | None = None) -> Actor:
    """A person (new, unless given) in a role at an organisation, as an actor."""
    person = who or user(name or f"{at.short_name if at else ''}{Role(role).label}")
    return actor_from(Membership.objects.create(user=person, organisation=at, role=role, from_date=SINCE))


def host_unit(name: str, recommender: Organisation) -> Organisation:
    host = organisation("host", name)
    Affiliation.objects.create(host=host, recommender=recommender, from_date=SINCE)
    return host


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Everything inside reaches what the actor reaches."""
    with reaching(reach_of(actor)):
        yield actor


def signed_in(actor: Actor) -> Client:
    """A browser in which the actor has signed in and chosen this membership; a signed-out one for 公众."""
    client = Client(raise_request_exception=True)
    if actor.user_id:
        client.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
    if actor.membership_id:
        session = client.session
        session[SESSION_KEY] = actor.membership_id
        session.save()
    return client


@dataclass
class People:
    """Organisations by name; one actor per role (`people.host_clerk`), the neighbour's by prefix (neighbour_clerk …).

    host, neighbour   host units of `recommender`          stranger   a host unit of `other_recommender`
    experts           three of them                        outsider   signed in, without any membership
    """

    cast: Organisation
    recommender: Organisation
    other_recommender: Organisation
    host: Organisation
    neighbour: Organisation
    stranger: Organisation
    experts: list[Actor]
    outsider: Actor
    actors: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.__dict__["actors"][name]
        except KeyError:
            raise AttributeError(name) from None

    def of(self, role: str) -> Actor:
        """The actor of a role: of the host, its recommender, 市科协, the first expert, the system or the public."""
        return {Role.SYSTEM: SYSTEM, Role.PUBLIC: PUBLIC, Role.EXPERT: self.experts[0]}.get(role) or self.actors[role]

    def foreign(self, role: str) -> Actor:
        """The same role where the host's records are not: at the stranger, the other recommender; another expert."""
        if role in HOST_ROLES:
            return self.actors[f"stranger_{role}"]
        if role in RECOMMENDER_ROLES:
            return self.actors[f"other_{role}"]
        return self.experts[1] if role == Role.EXPERT else self.of(role)

    def client(self, name: str) -> Client:
        return signed_in(getattr(self, name))

    def also(self, actor: Actor, role: str) -> Actor:
        """The same person in a second role at the same organisation."""
        at = Organisation.objects.filter(pk=actor.organisation_id).first()
        return member(role, at, who=User.objects.get(pk=actor.user_id))


def people() -> People:
    """Makes them all."""
    recommender = organisation("recommender", "海淀区科协", short_name="海淀", unit_type="区科协")
    other = organisation("recommender", "朝阳区科协", short_name="朝阳", unit_type="区科协", region="110105")
    host, neighbour = host_unit("北京甲科技有限公司", recommender), host_unit("北京乙科技有限公司", recommender)
    stranger = host_unit("北京丙科技有限公司", other)
    everybody = {role: member(role, host) for role in sorted(HOST_ROLES)}
    everybody |= {role: member(role, recommender) for role in sorted(RECOMMENDER_ROLES)}
    everybody |= {f"other_{role}": member(role, other) for role in sorted(RECOMMENDER_ROLES)}
    everybody |= {role: member(role, cast()) for role in sorted(CAST_ROLES)}
    for prefix, unit in (("neighbour", neighbour), ("stranger", stranger)):
        everybody |= {f"{prefix}_{role}": member(role, unit) for role in sorted(HOST_ROLES)}
    short = {
        name.replace("host_", ""): actor for name, actor in everybody.items() if name.startswith(("neigh", "stra"))
    }
    nobody = user("路人")
    return People(
        cast=cast(),
        recommender=recommender,
        other_recommender=other,
        host=host,
        neighbour=neighbour,
        stranger=stranger,
        experts=[member(Role.EXPERT, None, f"专家{number}") for number in "一二三"],
        outsider=replace(PUBLIC, user_id=nobody.pk, name=nobody.name),
        actors={str(name): actor for name, actor in {**everybody, **short}.items()},
    )
