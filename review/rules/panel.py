"""会议评审: quorum, readiness, votes, minutes (Art. 17, 18). Shares are [numerator, denominator], never floats."""

from collections.abc import Sequence

from portal.regulation.articles import Article
from portal.regulation.rules import Finding, failed, passed, rule


def quorum_of(members: int, share: Sequence[int]) -> int:
    """The least number of members that makes a quorum: the share, rounded up."""
    return -(-members * share[0] // share[1])


def passes(yes: int, entitled: int, share: Sequence[int]) -> bool:
    """Whether the ayes reach the share of those present who could vote on the candidate."""
    return entitled > 0 and yes * share[1] >= entitled * share[0]


@rule("panel.quorum", label="到会人数", article=Article(17))
def quorum_present(present: int, members: int, share: Sequence[int]) -> Finding:
    needed = quorum_of(members, share)
    figures = {"present": present, "members": members, "needed": needed}
    if members == 0 or present < needed:
        return failed(f"到会 {present} 人，应到 {members} 人，至少 {needed} 人到会才能开会", figures=figures)
    return passed(f"到会 {present} 人，达到 {needed} 人", figures=figures)


@rule("panel.readiness", label="保密承诺与回避声明", article=Article(33))
def every_member_ready(unsigned: Sequence[str], undeclared: Sequence[str]) -> list[Finding]:
    """Members who are present but have not signed, or not declared for each candidate."""
    return [
        *(failed(f"{name}还没有签署保密承诺书") for name in unsigned),
        *(failed(f"{name}还没有逐项完成回避声明") for name in undeclared),
    ]


@rule("panel.chair", label="组长", article=Article(17))
def chair_of(is_chair: bool) -> Finding:
    return passed("组长") if is_chair else failed("会议纪要由评审组组长签署")


@rule("panel.minutes", label="会议纪要", article=Article(17))
def minutes_written(text: str) -> Finding:
    return passed("纪要已写") if text.strip() else failed("请先写会议纪要")
