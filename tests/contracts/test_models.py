"""Contracts 4 and 10: the tables. Who keeps them, what joins them, what the database itself refuses."""

import re
from collections.abc import Iterator
from io import StringIO

from django.apps import apps
from django.core.management import call_command
from django.db import models

from portal.tenancy.models import TenantModel
from portal.tenancy.policies import guarded_models, missing_guards
from tests.contracts.source import PACKAGES, nothing, python_files

OURS = {*PACKAGES, "tests"}
# Reverse relations that are used as managers (which are fenced) and never in a lookup; a test below holds that true.
MANAGERS_ONLY = {
    "applications.Application.cycle": "applications",
    "applications.RecommendationList.cycle": "lists",
    "applications.CycleField.cycle": "fields",
    "applications.Quota.cycle": "quotas",
}
# What a transfer (Art. 29) leaves with the old unit is linked, not re-owned.
CROSSES_UNITS = {
    "funding.Selectee.application",
    "funding.Selectee.continues",
    "funding.Grant.continues",
    "funding.TaskBook.continues",
}


def ours(model: type[models.Model]) -> bool:
    return model.__module__.split(".")[0] in OURS


def is_fenced(model: type[models.Model]) -> bool:
    return issubclass(model, TenantModel)


def keys() -> Iterator[models.Field]:
    """Every foreign key of our models."""
    for model in filter(ours, apps.get_models(include_auto_created=True)):
        yield from (
            field for field in model._meta.get_fields() if field.is_relation and field.many_to_one and field.concrete
        )
        yield from model._meta.local_many_to_many


def name_of(key: models.Field) -> str:
    return f"{key.model._meta.label}.{key.name}"


def is_hidden(key: models.Field) -> bool:
    return key.remote_field.hidden or name_of(key) in MANAGERS_ONLY


def test_migrations_are_complete(db):
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_system_checks_are_content():
    call_command("check", stdout=StringIO())


def test_every_declared_guard_stands(db):
    assert missing_guards() == []


def test_no_join_leads_from_an_unfenced_model_into_a_fenced_one():
    """User.objects.filter(score__value__gt=90) would ask past the fence: such a reverse relation is hidden."""
    found = [
        name_of(key) for key in keys() if is_fenced(key.model) != is_fenced(key.related_model) and not is_hidden(key)
    ]
    nothing(found)


def test_no_join_leads_to_the_rows_of_another_keeper():
    """A host unit's own table must not be filtered by what 市科协 keeps about it (scores, cases)."""
    found = [
        name_of(key)
        for key in keys()
        if is_fenced(key.model)
        and is_fenced(key.related_model)
        and "any" not in (key.model.kept_by, key.related_model.kept_by)
        and key.model.kept_by != key.related_model.kept_by
        and not is_hidden(key)
    ]
    nothing(found)


def test_reverse_relations_of_the_cycle_are_managers_only():
    """Cycle.objects.filter(applications__title=…) would ask about every unit's rows."""
    lookup = re.compile(rf"\b(?:cycle__)?({'|'.join(set(MANAGERS_ONLY.values()))})__\w+\s*=")
    nothing(f"{path}: {match[0]}" for path, text in python_files(*PACKAGES) for match in lookup.finditer(text))
    assert MANAGERS_ONLY.keys() <= {name_of(key) for key in keys()}


def test_child_has_the_keeper_of_its_parent():
    """Where both are kept by units, the database refuses a child that hangs on another unit's parent."""
    found = [
        name_of(key)
        for key in keys()
        if is_fenced(key.model)
        and is_fenced(key.related_model)
        and key.model.kept_by == key.related_model.kept_by
        and key.model.kept_by in ("host", "recommender")
        and key.name not in key.model.same_organisation
        and name_of(key) not in CROSSES_UNITS
    ]
    nothing(found)


def test_nothing_of_the_review_is_kept_by_those_reviewed():
    """Art. 33: experts, scores, ballots and objections are 市科协's; a unit learns from copies that it keeps."""
    tables = [model for model in guarded_models() if model.__module__.startswith("review.")]
    assert tables
    nothing([model.__name__ for model in tables if model.kept_by not in ("cast", "any")])


def test_personal_and_secret_tables_have_row_security():
    """The second fence stands where a slip of the first would hurt most."""
    wanted = {"Event", "EventNote", "Score", "Assignment", "Expert", "BankAccount", "Entry", "Posting", "LedgerLine"}
    found = {
        model.__name__ for model in guarded_models() if model.row_security and model.__module__.split(".")[0] != "tests"
    }
    there = {model.__name__ for model in guarded_models() if model.__module__.split(".")[0] != "tests"}
    assert wanted & there <= found
