"""Every GET page of list_urls, asked for by every kind of person of several units, with records of all and of none.

    for visit in crawl(world): …        # one pass over the site; the tests judge what it saw

A record is a unit's when the unit keeps it; who may read it is not asked here.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from http.cookies import SimpleCookie
from uuid import UUID

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, Attachment, Cycle, Notice, SectionNote
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.notifications.models import Notification
from portal.people.models import Affiliation
from portal.tenancy.reach import Because, everything
from portal.web.sitemap import Url, urls
from review.models import Expert
from tests.people import signed_in

# Units of the crawl and who of each goes round; the first three and their recommending units are the demo's own.
# In the story host6 moves to host55, host7 stands accused, host54 left (fixtures/scenarios/stages.py).
UNITS = {
    "host1": ("host1", "host1-boss", "applicant1"),
    "host2": ("host2",),
    "host3": ("host3", "host3-boss", "applicant3"),
    "host6": ("applicant6", "host6-boss"),
    "host7": ("applicant7", "host7-boss"),
    "host54": ("host54-boss", "applicant54"),
    "host55": ("host55-boss",),
    "haidian": ("haidian", "haidian-boss"),
    "chaoyang": ("chaoyang", "chaoyang-boss"),
}
EXPERTS = ("expert1", "expert10")
CAST = ("officer", "secretary", "finance", "supervisor", "auditor", "sysadmin")
NOBODY = ""
UNIT_OF = {login: unit for unit, logins in UNITS.items() for login in logins}
LOGINS = (*UNIT_OF, *EXPERTS, *CAST, NOBODY)
ABSENT = "absent"
CITY = "市科协"
# Numbers of records that are not there, of the length and letters that the paths ask for.
NOT_THERE = {"year": 1999, "pk": 0, "n": 99_999, "number": 999, "order": 999}
THOROUGH, FEW = "supervisor", 3  # one of 市科协 looks at every sample, the others at some
SAMPLES = 2  # records of each model and keeper
STRANGERS = 2  # records of other units that one asks for in vain
# Patterns of libraries whose names are groups of an expression.
FORGED = {"account_reset_password_from_key": {"uidb36": "1", "key": "forged"}}
UNCOUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SELECT set_config")


@dataclass(frozen=True)
class Visit:
    """One request. `keeper`: whose record the URL names (a unit, 市科协, ABSENT), "" where it names none.

    is_foreign: the record is of a unit that is neither the person's own nor below it, nor a party to what theirs does.
    """

    url: Url
    login: str
    role: str
    path: str
    keeper: str
    is_foreign: bool
    status: int
    location: str
    body: bytes
    queries: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.login or 'nobody'} {self.path} ({self.keeper or '-'}): {self.status} {self.location}".strip()

    @property
    def is_of_a_role(self) -> bool:
        return self.role in self.url.roles


@dataclass(frozen=True)
class Target:
    """What a path can name. parties: units whose record it is, or who have a part in it (a transfer has two)."""

    keeper: str
    kwargs: dict
    parties: frozenset[str] = frozenset()


class Crawler:
    """Iterates over its visits. method: GET, or POST, which sends an empty form."""

    def __init__(self, world, method: str = "GET"):
        self.world, self.method = world, method
        self.urls = [url for url in urls() if method in url.methods]

    def __iter__(self) -> Iterator[Visit]:
        for login in LOGINS:
            browser = self.browser(login)
            for url in self.urls:
                for target in self.targets_for(login, url):
                    yield self.visit(browser, login, url, target)

    def shown(self) -> Iterator[Visit]:
        """One visit of each page that somebody can look at, as the first who can."""
        browsers = {login: self.browser(login) for login in LOGINS}
        for url in self.urls:
            able = [login for login in LOGINS if self.role_of(login) in url.roles]
            seen = (self.visit(browsers[each], each, url, it) for each in able for it in self.targets_for(each, url))
            if visit := next((each for each in seen if each.status == 200 and b"<main" in each.body), None):
                yield visit

    def targets_for(self, login: str, url: Url) -> list["Target"]:
        """One refusal of a role is enough; else everything of theirs, a little of others', and what is not there."""
        targets, role = self.targets(url), self.role_of(login)
        if role not in url.roles:
            return targets[:1] if login == next(each for each in LOGINS if self.role_of(each) == role) else []
        absent = [each for each in targets if each.keeper == ABSENT]
        foreign = [each for each in targets if self.is_foreign(login, url, each)]
        others = [each for each in targets if each not in foreign and each not in absent]
        if login in CAST and login != THOROUGH:
            others = others[:: max(len(others) // FEW, 1)]
        return [*others, *foreign[:STRANGERS], *absent]

    def role_of(self, login: str) -> str:
        return self.world[login].role if login else "public"

    def is_foreign(self, login: str, url: Url, target: "Target") -> bool:
        own = "" if url.public_reason else UNIT_OF.get(login, "")
        return bool(own) and target.keeper in UNITS and not target.parties & {own, *self.below.get(own, ())}

    def browser(self, login: str) -> Client:
        """Signed in and seen this minute, so that no page writes the session."""
        with everything(because=Because.CHECK_INVARIANTS):
            browser = signed_in(self.world[login]) if login else Client()
        browser.get("/me/")
        browser.raise_request_exception = False  # a page that breaks is a visit like any other: 500
        return browser

    def visit(self, browser: Client, login: str, url: Url, target: "Target") -> Visit:
        """One request, and nothing is left of it."""
        path = reverse(url.name, kwargs=target.kwargs)
        cookies = SimpleCookie({name: morsel.value for name, morsel in browser.cookies.items()})
        connection.queries_log.clear()  # it keeps a limited number, and counts from its beginning
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            answer = browser.generic(self.method, path)
            body = b"" if answer.streaming else answer.content
            transaction.set_rollback(True)
        browser.cookies = cookies  # whoever signed out is back
        asked = tuple(query["sql"] for query in captured.captured_queries)
        counted = tuple(sql for sql in asked if not sql.startswith(UNCOUNTED))
        return Visit(
            url=url,
            login=login,
            role=self.role_of(login),
            path=path,
            keeper=target.keeper,
            is_foreign=self.is_foreign(login, url, target),
            status=answer.status_code,
            location=answer.get("Location", ""),
            body=body,
            queries=counted,
        )

    # --- what to put into a path -------------------------------------------------------------------------------------

    def targets(self, url: Url) -> list["Target"]:
        """Records of several keepers, and one that is not there; none if the story has none."""
        if not url.converters:
            return [Target("", FORGED.get(url.name, {}))]
        if url.name not in self._targets:
            with everything(because=Because.CHECK_INVARIANTS):
                found = [Target(self.keeper_of(it), kwargs, self.parties_of(it)) for it, kwargs in self.named(url)]
            for target in found[:1]:
                kwargs = {name: self.not_there(name, value) for name, value in target.kwargs.items()}
                found.append(Target(ABSENT, kwargs))
            self._targets[url.name] = found
        return self._targets[url.name]

    @cached_property
    def _targets(self) -> dict[str, list]:
        return {}

    def not_there(self, name: str, value):
        if isinstance(value, UUID):
            return UUID(int=0)
        if name in NOT_THERE:
            return NOT_THERE[name]
        if name in {"section", "field", "row", "rubric"}:
            return value
        text = str(value)
        return text[:-4] + "".join("0" if each.isalnum() and each != "0" else "1" for each in text[-4:])

    def named(self, url: Url) -> Iterator[tuple[object, dict]]:
        """(record, kwargs) of a few records that the pattern can name."""
        names = set(url.converters)
        model, which = OTHERS.get(url.name) or (getattr(url.view, "model", None), {})
        if names == {"number"}:  # the public self-check asks its questions one by one
            yield None, {"number": 1}
            return
        if "year" in names:
            for cycle in self.cycles:
                yield cycle, {name: self.part(name, cycle) for name in names}
            return
        for record in self.samples(model, **which):
            if (parts := self.parts(names, record)) is not None:
                yield record, parts

    def parts(self, names: set[str], record) -> dict | None:
        """The values of a path's names for a record, or None where it has none (no row, no note, no attachment)."""
        kwargs = {name: self.part(name, record) for name in names if name not in {"section", "field", "row"}}
        if {"section", "field", "row"} & names:
            place = self.row_of(record)
            if place is None:
                return None
            kwargs |= {name: value for name, value in place.items() if name in names}
        return None if None in kwargs.values() else kwargs

    def part(self, name: str, record):
        if isinstance(record, Application) and name == "pk":
            return Attachment.objects.filter(application=record).values_list("pk", flat=True).first()
        if name == "rubric":
            return next(iter(record.rubrics))
        if name == "application":
            return Application.objects.filter(cycle=record.cycle).order_by("pk").last().number
        if name in {"number", "order"}:
            return 1
        if name == "n":
            return getattr(record, "sequence", None) or getattr(record, "place", None)
        if name in {"pk", "year", "code"}:
            return getattr(record, name)
        if isinstance(record, SectionNote):
            record = record.application
        if isinstance(record, Expert):
            return record.number
        return record.url_kwargs()[name]

    def row_of(self, application: Application) -> dict | None:
        """Section, field and row of the first repeated record of an application."""
        for section in application.sections.order_by("key"):
            for field, value in section.values.items():
                if isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]:
                    return {"section": section.key, "field": field, "row": value[0]["id"]}
        return None

    # --- records -----------------------------------------------------------------------------------------------------

    def samples(self, model, **which) -> list:
        """A few records of each keeper, the newest and the oldest."""
        key = (model, *which.values())
        if key not in self._samples:
            of_keeper = defaultdict(list)
            for record in model.objects.filter(**which).order_by("-pk"):
                of_keeper[self.keeper_of(record)].append(record)
            self._samples[key] = [
                record
                for keeper, records in of_keeper.items()
                if keeper
                for record in (records[:1] + records[-1:] if len(records) >= SAMPLES else records)
            ]
        return self._samples[key]

    @cached_property
    def _samples(self) -> dict[tuple, list]:
        return {}

    @cached_property
    def cycles(self) -> list:
        return list(Cycle.objects.order_by("year"))

    @cached_property
    def unit_of_organisation(self) -> dict[int, str]:
        return {self.world[unit].organisation_id: unit for unit in UNITS} | {self.world.cast.pk: CITY}

    @cached_property
    def unit_of_user(self) -> dict[int, str]:
        return {self.world[login].user_id: unit for login, unit in UNIT_OF.items()}

    @cached_property
    def below(self) -> dict[str, set[str]]:
        """{recommending unit: host units of the crawl below it}"""
        with everything(because=Because.CHECK_INVARIANTS):
            above = Affiliation.objects.filter(to_date=None).values_list("host_id", "recommender_id")
        found = defaultdict(set)
        for host, recommender in above:
            if {host, recommender} <= self.unit_of_organisation.keys():
                found[self.unit_of_organisation[recommender]].add(self.unit_of_organisation[host])
        return found

    def parties_of(self, record) -> frozenset[str]:
        other = self.unit_of_organisation.get(getattr(record, "destination_id", None), "")
        return frozenset({self.keeper_of(record), other} - {""})

    def keeper_of(self, record) -> str:
        """A unit's login or 市科协; "" for units that the crawl does not speak for."""
        if isinstance(record, Notification):
            return self.unit_of_user.get(record.recipient_id, "")
        if isinstance(record, Expert) or record is None:
            return CITY
        return self.unit_of_organisation.get(record.organisation_id, "")


# What pages without a model of their own are about: (model, which of its records).
OTHERS: dict[str, tuple] = {
    "file.download": (StoredFile, {}),
    "file.page": (StoredFile, {}),
    "document.download": (Document, {}),
    "document.page": (Document, {}),
    "document.print": (Document, {}),
    "document.verify_code": (Document, {}),
    "message.view": (Notification, {}),
    "message.open": (Notification, {}),
    "apply:application.answer_note": (SectionNote, {}),
    "public:notice.view": (Notice, {"is_public": True, "kind": Notice.Kind.CALL}),
    "public:publicity.view": (Notice, {"is_public": True, "kind": Notice.Kind.PROPOSED}),
    "public:objection.file": (Notice, {"is_public": True, "kind": Notice.Kind.PROPOSED}),
}
