"""Findings and the rules that give them: values in, findings out; no database, no clock.

    @rule("age", label="年龄", article=Article(8, 2, 3))
    def age(birth_date, policy) -> Finding:
        ...
        return failed("年龄 52 岁，超过 50 岁", figures={"age": 52})

The decorator registers the rule under its name and stamps name, label and article on every finding it returns, so a
rule never restates them. A rule returns one Finding, or yields several (then calling it gives a list).
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from types import MappingProxyType
from typing import Any

from django.db.models import TextChoices

from .articles import Article


class Verdict(TextChoices):
    PASS = "pass", "符合"
    FAIL = "fail", "不符合"
    CHECK = "check", "待人工核实"
    PRIORITY = "priority", "优先"


@dataclass(frozen=True)
class Finding:
    """What a rule found: verdict, a sentence in Chinese, the article, the figures it used and the evidence it saw.

    figures are JSON values (dates as ISO strings) by name; evidence are short names of records or files.
    """

    rule: str
    verdict: Verdict
    message: str
    article: Article | None = None
    label: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict, hash=False)
    evidence: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether this finding stops a step: only 不符合 does."""
        return self.verdict == Verdict.FAIL

    def __str__(self) -> str:
        return f"{self.message.rstrip('。')}（{self.article}）" if self.article else self.message

    def as_data(self) -> dict[str, Any]:
        """The finding as JSON, for a frozen snapshot or an event."""
        return {
            "rule": self.rule,
            "verdict": self.verdict.value,
            "message": self.message,
            "article": self.article.as_data() if self.article else None,
            "label": self.label,
            "figures": dict(self.figures),
            "evidence": list(self.evidence),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Finding":
        """The finding that as_data() wrote."""
        return cls(
            rule=data["rule"],
            verdict=Verdict(data["verdict"]),
            message=data["message"],
            article=Article.from_data(data["article"]) if data["article"] else None,
            label=data["label"],
            figures=dict(data["figures"]),
            evidence=tuple(data["evidence"]),
        )


def passed(message: str, **stamp: Any) -> Finding:
    """符合. Like its three sisters it takes Finding's other fields by keyword; a @rule stamps rule and label itself."""
    return _finding(Verdict.PASS, message, stamp)


def failed(message: str, **stamp: Any) -> Finding:
    """不符合: stops the step that asked."""
    return _finding(Verdict.FAIL, message, stamp)


def to_check(message: str, **stamp: Any) -> Finding:
    """待人工核实: a person decides, nothing is stopped."""
    return _finding(Verdict.CHECK, message, stamp)


def priority(message: str, **stamp: Any) -> Finding:
    """优先: a tag and a hint for ranking, never a threshold."""
    return _finding(Verdict.PRIORITY, message, stamp)


def _finding(verdict: Verdict, message: str, stamp: dict[str, Any]) -> Finding:
    return Finding(**{"rule": "", **stamp, "verdict": verdict, "message": message})


@dataclass(frozen=True)
class Rule:
    """A registered rule: its unique name, the Chinese label and the article it answers."""

    name: str
    label: str
    article: Article | None
    judge: Callable[..., Any] = field(compare=False)


class UnknownRule(LookupError):
    """No rule of this name is registered."""


class DuplicateRule(ValueError):
    """Two rules claim one name."""


_rules: dict[str, Rule] = {}


def rule(name: str, *, label: str, article: Article | None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a judging function under a unique name. Raises DuplicateRule when the name is taken."""

    def register(judge: Callable[..., Any]) -> Callable[..., Any]:
        if name in _rules:
            raise DuplicateRule(f"规则“{name}”已经登记：{_rules[name].judge.__module__}")

        def stamp(finding: Any) -> Finding:
            if not isinstance(finding, Finding):
                raise TypeError(f"规则“{name}”应给出判定，却给出了 {finding!r}")
            return replace(finding, rule=name, label=finding.label or label, article=finding.article or article)

        @wraps(judge)
        def judged(*args: Any, **kwargs: Any) -> Finding | list[Finding]:
            found = judge(*args, **kwargs)
            if isinstance(found, Iterator | list | tuple):
                return [stamp(each) for each in found]
            return stamp(found)

        judged.rule = _rules[name] = Rule(name, label, article, inspect.unwrap(judge))  # type: ignore[attr-defined]
        return judged

    return register


def registry() -> Mapping[str, Rule]:
    """Every registered rule by name (of the modules imported so far), read-only."""
    return MappingProxyType(_rules)


def rule_named(name: str) -> Rule:
    """One registered rule. Raises UnknownRule."""
    try:
        return _rules[name]
    except KeyError:
        raise UnknownRule(f"没有名为“{name}”的规则") from None


class Refused(Exception):
    """The one business refusal: a step that cannot be taken now, and the findings that say why (at least one)."""

    def __init__(self, step_label: str, findings: Iterable[Finding]) -> None:
        self.step_label = step_label
        self.findings = tuple(findings)
        if not self.findings:
            raise ValueError(f"拒绝“{step_label}”时必须说明理由")
        super().__init__(step_label, self.findings)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stop the step; all of them where none is 不符合."""
        return tuple(finding for finding in self.findings if finding.blocks) or self.findings

    def __str__(self) -> str:
        return f"不能{self.step_label}：" + "；".join(str(finding).rstrip("。") for finding in self.blocking) + "。"


def refuse(label: str, findings: Iterable[Finding]) -> None:
    """Raises Refused with the findings that block, where any does."""
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        raise Refused(label, blocking)
