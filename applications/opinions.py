"""What a recommendation opinion must say (domain 5.2, Art. 8(2)3, 13(4)). Pure."""

from typing import Any

from portal.reference import reference
from portal.web.text import count

LEAST = 50  # characters


def template_for(applicant: str, host: str, day: str) -> str:
    """The usual words, for the officer to check and complete."""
    return reference("opinion_templates")["recommendation"]["text"].format(applicant=applicant, host=host, day=day)


def most() -> int:
    return reference("opinion_templates")["recommendation"]["max"]


def opinion_problem(opinion: Any, application: Any) -> str:
    """What the opinion on an application still lacks, in words; empty when nothing does."""
    if opinion is None or not opinion.text.strip():
        return "还没有填写推荐意见"
    if (length := count(opinion.text)) < LEAST:
        return f"推荐意见至少 {LEAST} 字，现在 {length} 字"
    if needs_confirmation(application.latest()) and not opinion.exceptional_confirmed:
        return "走特别优秀或突出贡献通道，请在推荐意见中确认"
    return ""


def needs_confirmation(version: Any) -> bool:
    """Whether the nominee comes by 特别优秀 or 突出贡献, which the unit confirms of its own."""
    basic = version.content["sections"].get("basic", {}) if version else {}
    return basic.get("age_branch") == "exceptional" or basic.get("contribution_branch") is True
