"""回避: who may not judge whom (Art. 3, 17, 33). A conflict is never assignable, by hand or by machine."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, rule
from portal.web.text import half_width

_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Employer:
    """A unit for which somebody works, or worked until a day. code: its credit code, or empty where it is unknown."""

    name: str
    code: str = ""
    until: date | None = None

    def is_same(self, other: "Employer") -> bool:
        """Codes decide where both are known; else the names do."""
        if self.code and other.code:
            return self.code == other.code
        return bool(self.name) and plain(self.name) == plain(other.name)

    def counts(self, since: date) -> bool:
        """Whether the time there reaches into the years that count."""
        return self.until is None or self.until >= since


@dataclass(frozen=True)
class Named:
    """A person whom the application names, and as what: 导师, 团队成员, 发明人."""

    name: str
    as_what: str


@dataclass(frozen=True)
class Reviewer:
    """An expert, as far as conflicts go. recommenders: units that recommend the expert's employer."""

    id: int
    name: str
    employer: Employer
    former: tuple[Employer, ...] = ()
    user_id: int | None = None
    recommenders: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Case:
    """An application, as far as conflicts go. declared and requested: {expert's id: reason}."""

    number: str
    host: Employer
    applicant_name: str = ""
    applicant_id: int | None = None
    recommender_id: int | None = None
    worked_at: tuple[Employer, ...] = ()
    named: tuple[Named, ...] = ()
    declared: dict[int, str] = field(default_factory=dict, hash=False)
    requested: dict[int, str] = field(default_factory=dict, hash=False)


def plain(name: str) -> str:
    """A name as it is compared: half width, no blanks, lower case."""
    return _BLANKS.sub("", half_width(name)).lower()


def conflicts_of(reviewer: Reviewer, case: Case, *, since: date, same_recommender: bool = False) -> list[Finding]:
    """Every conflict of an expert with an application; none when it may be assigned.

    since: the first day of the years in which a shared unit counts; same_recommender: whether the cycle says so.
    """
    found = [
        *is_the_applicant(reviewer, case),
        *same_employer(reviewer, case),
        *shared_employer(reviewer, case, since),
        *named_in_application(reviewer, case),
        *declared_conflict(reviewer, case),
        *requested_by_host(reviewer, case),
    ]
    return [*found, *(recommended_alike(reviewer, case) if same_recommender else [])]


@rule("conflict.self", label="本人", article=Article(17))
def is_the_applicant(reviewer: Reviewer, case: Case) -> Iterator[Finding]:
    if reviewer.user_id is not None and reviewer.user_id == case.applicant_id:
        yield failed(f"{reviewer.name}就是申报人")


@rule("conflict.same_employer", label="同单位", article=Article(17))
def same_employer(reviewer: Reviewer, case: Case) -> Iterator[Finding]:
    """The expert works for the host unit now."""
    if reviewer.employer.is_same(case.host):
        yield failed(f"{reviewer.name}与申报人同在{case.host.name}", figures={"code": case.host.code})


@rule("conflict.shared_employer", label="近年同单位", article=Article(17))
def shared_employer(reviewer: Reviewer, case: Case, since: date) -> Iterator[Finding]:
    """They met at a unit within the years that count: the expert's past at the host, or the applicant's elsewhere."""
    for unit in reviewer.former:
        if unit.counts(since) and unit.is_same(case.host):
            yield failed(f"{reviewer.name}自 {since:%Y-%m-%d} 以来曾在{case.host.name}任职")
    mine = [reviewer.employer, *(unit for unit in reviewer.former if unit.counts(since))]
    for unit in case.worked_at:
        if unit.counts(since) and not unit.is_same(case.host) and any(unit.is_same(each) for each in mine):
            yield failed(f"申报人自 {since:%Y-%m-%d} 以来曾在{unit.name}任职，与{reviewer.name}同单位")


@rule("conflict.named", label="申报材料列名", article=Article(17))
def named_in_application(reviewer: Reviewer, case: Case) -> Iterator[Finding]:
    """A name alone is enough: a wrong hit costs one seat, a missed one costs the review's credit."""
    for person in case.named:
        if plain(person.name) == plain(reviewer.name):
            yield failed(f"申报材料把{person.name}列为{person.as_what}")
            return


@rule("conflict.declared", label="专家声明", article=Article(33))
def declared_conflict(reviewer: Reviewer, case: Case) -> Iterator[Finding]:
    if reviewer.id in case.declared:
        yield failed(f"{reviewer.name}已声明有利害关系：{case.declared[reviewer.id]}")


@rule("conflict.requested", label="依托单位申请回避", article=Article(17))
def requested_by_host(reviewer: Reviewer, case: Case) -> Iterator[Finding]:
    if reviewer.id in case.requested:
        yield failed(f"依托单位申请{reviewer.name}回避")


@rule("conflict.same_recommender", label="同一推荐单位", article=Article(17))
def recommended_alike(reviewer: Reviewer, case: Case) -> Iterator[Finding]:
    if case.recommender_id in reviewer.recommenders:
        yield failed(f"{reviewer.name}的单位与依托单位属同一推荐单位")
