"""A Chinese sentence for each kind of event; steps register theirs, other kinds call `kind`."""

from portal.regulation.articles import Article

_sentences: dict[str, tuple[str, tuple[Article, ...]]] = {}


class UnknownKind(LookupError):
    """An event of a kind that no catalogue line explains."""


class _Missing(dict):
    def __missing__(self, key: str) -> str:
        return "—"


def kind(name: str, sentence: str, articles=()) -> str:
    """Registers one kind. Raises ValueError when it stands already with another sentence."""
    if name in _sentences and _sentences[name][0] != sentence:
        raise ValueError(f"event kind {name} has two sentences")
    _sentences[name] = (sentence, tuple(articles))
    return name


def kinds() -> dict[str, str]:
    return {name: sentence for name, (sentence, _) in _sentences.items()}


def articles_of(name: str) -> tuple[Article, ...]:
    """Raises UnknownKind."""
    if name not in _sentences:
        raise UnknownKind(name)
    return _sentences[name][1]


def sentence_of(event, actor: str) -> str:
    """The sentence of one event, with its facts filled in. Raises UnknownKind."""
    if event.kind not in _sentences:
        raise UnknownKind(event.kind)
    return _sentences[event.kind][0].format_map(_Missing(event.facts, actor=actor, ref=event.record_ref))
