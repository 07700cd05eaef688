"""The rules of applications: values in, findings out. `evaluate` answers 第八条 and 第十条 in the order of the text."""

from collections.abc import Callable

from portal.regulation.rules import Finding

from . import applicant, host, need
from .facts import Facts, PolicyParameters, facts_of
from .months import Counted, count_months, duration_text
from .procedure import (
    corrections_left,
    not_disqualified,
    one_per_applicant,
    one_per_host,
    quota_covers_used,
    quota_left,
    ranks_complete,
    window_open,
    windows_in_order,
    within_quota,
)

ELIGIBILITY: tuple[Callable[[Facts, PolicyParameters], Finding], ...] = (
    need.urgent_need,
    need.joint_training,
    need.key_problem,
    host.host_enterprise,
    host.host_technology,
    host.host_training,
    host.host_platforms,
    host.host_qualifications,
    applicant.nationality,
    applicant.ethics,
    applicant.age,
    applicant.engineering_years,
    applicant.leading_years,
    applicant.key_trainee,
    applicant.title,
    need.field_of_the_year,
    applicant.young_award,
    applicant.identity_agrees,
    need.secrecy_words,
    applicant.other_programmes,
)


def evaluate(facts: Facts, policy: PolicyParameters) -> list[Finding]:
    """Every eligibility rule's finding, always all of them, in the order of the articles."""
    return [judge(facts, policy) for judge in ELIGIBILITY]


__all__ = [
    "ELIGIBILITY",
    "Counted",
    "Facts",
    "PolicyParameters",
    "corrections_left",
    "count_months",
    "duration_text",
    "evaluate",
    "facts_of",
    "not_disqualified",
    "one_per_applicant",
    "one_per_host",
    "quota_covers_used",
    "quota_left",
    "ranks_complete",
    "window_open",
    "windows_in_order",
    "within_quota",
]
