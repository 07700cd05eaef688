"""@step: one way from states to a state, declared once with its label, action, articles, guards and sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django_fsm import transition

from portal.regulation.articles import Article


@dataclass(frozen=True)
class Step:
    """A declared step. `action` is a row of the matrix; `guards` name methods of the machine that yield Findings.

    reason        a reason must be given (printed in the timeline)
    irreversible  the page asks for confirmation and lists `consequences`
    four_eyes     needs a PreparedStep of another person
    by_command    taken only inside other commands, never offered as a button of its own
    confidential  its event is kept by 市科协, so that nobody outside reads it (Art. 33)
    """

    name: str
    label: str
    source: tuple[str, ...]
    target: str | None
    articles: tuple[Article, ...]
    sentence: str
    guards: tuple[str, ...] = ()
    reason: bool = False
    irreversible: bool = False
    four_eyes: bool = False
    by_command: bool = False
    confidential: bool = False
    consequences: tuple[str, ...] = ()
    action: str = ""
    machine: str = field(default="", compare=False)

    @property
    def kind(self) -> str:
        """The event kind: machine.step."""
        return f"{self.machine}.{self.name}"

    def named(self, machine: str) -> "Step":
        from dataclasses import replace

        return replace(self, machine=machine, action=self.action or f"{machine}.{self.name}")


def step(
    label: str,
    *,
    source: list[str],
    target: str | None,
    articles: list[Article],
    sentence: str,
    guards: Sequence[str] = (),
    action: str = "",
    reason: bool = False,
    irreversible: bool = False,
    four_eyes: bool = False,
    by_command: bool = False,
    confidential: bool = False,
    consequences: Sequence[str] = (),
) -> Callable:
    """Declares a step on a Lifecycle. The decorated body only sets fields; it may return a dict of facts for the event.

    target=None keeps the state (a flag such as a signed declaration). An article is required: a step that no article
    asks for cites the one it serves.
    """
    if not articles:
        raise TypeError(f"step {label} cites no article")

    def declare(body: Callable) -> Callable:
        declared = Step(
            name=body.__name__,
            label=label,
            source=tuple(source),
            target=target,
            articles=tuple(articles),
            sentence=sentence,
            guards=tuple(guards),
            reason=reason,
            irreversible=irreversible,
            four_eyes=four_eyes,
            by_command=by_command,
            confidential=confidential,
            consequences=tuple(consequences),
            action=action,
        )
        moving = transition(field="state", source=list(source), target=target)(body)
        moving._step = declared
        return moving

    return declare


@dataclass(frozen=True)
class Opening(Step):
    """How a record comes into being; its target is the machine's first state."""


def opening(
    label: str,
    *,
    articles: list[Article],
    sentence: str,
    guards: Sequence[str] = (),
    action: str = "",
    by_command: bool = False,
) -> Opening:
    """Declares an opening as a class attribute: `create = opening("新建申报", …)`. An article is required here too."""
    if not articles:
        raise TypeError(f"opening {label} cites no article")
    return Opening(
        name="",
        label=label,
        source=(),
        target=None,
        articles=tuple(articles),
        sentence=sentence,
        guards=tuple(guards),
        action=action,
        by_command=by_command,
    )
