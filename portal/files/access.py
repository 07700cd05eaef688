"""Who may read a file's bytes: each purpose has one rule, registered by the app that stores such files.

    @file_access("application.proof")
    def of_an_application(actor, file) -> bool:
        return decide(actor, "application.view", Application.objects.get(pk=file.application_id)).allowed

A purpose without a rule is read by nobody. A rule is asked for every page and every download.
"""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist

from portal.files.models import StoredFile
from portal.people.actor import Actor

Rule = Callable[[Actor, StoredFile], bool]
_rules: dict[str, Rule] = {}


def file_access(*purposes: str) -> Callable[[Rule], Rule]:
    """Registers the rule of these purposes. Raises ValueError when one has another rule already."""

    def register(rule: Rule) -> Rule:
        for purpose in purposes:
            if _rules.get(purpose, rule) is not rule:
                raise ValueError(f"purpose {purpose} has two rules")
            _rules[purpose] = rule
        return rule

    return register


def may_read(actor: Actor, file: StoredFile) -> bool:
    """Never for a quarantined file or an unknown purpose; a record that the rule cannot find is a no."""
    rule = _rules.get(file.purpose)
    if rule is None or file.quarantined_at is not None:
        return False
    try:
        return bool(rule(actor, file))
    except ObjectDoesNotExist:
        return False
