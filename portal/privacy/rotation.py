"""Moving encrypted fields to the newest key, and blind indexes off a key that is to be retired."""

import base64

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models, transaction

from portal.people.adapter import SecondFactorAdapter
from portal.privacy.fields import Ciphertext, encrypted_fields, index_fields
from portal.privacy.keys import key_ring
from portal.tenancy.reach import Because, everything

BATCH = 500
SECOND_FACTOR_SECRETS = ("secret", "seed", "migrated_codes")


def rotate(*, retire: bool = False) -> dict[str, int]:
    """Re-encrypts every value that is not under the newest key, second factors included. Returns rows changed by label.

    Rows are locked and written in batches, each its own transaction, so people can go on working. With `retire` all
    tables are locked and everything happens in one transaction, blind indexes included: afterwards FIELD_KEYS must
    list the newest key alone before the portal is started again.
    """
    sealed_models = [model for model in apps.get_models() if encrypted_fields(model)]
    with everything(because=Because.SYSTEM_STEP):
        if not retire:
            changed = {model._meta.label: _rotate(model, retire=False) for model in sealed_models}
            return {**changed, "mfa.Authenticator": _rotate_second_factors()}
        with transaction.atomic():
            for model in sorted(sealed_models, key=lambda each: each._meta.db_table):
                with connection.cursor() as cursor:
                    cursor.execute(f'LOCK TABLE "{model._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')
            changed = {model._meta.label: _rotate(model, retire=True) for model in sealed_models}
            return {**changed, "mfa.Authenticator": _rotate_second_factors()}


def _rotate(model: type[models.Model], *, retire: bool) -> int:
    changed, last = 0, None
    while True:
        with transaction.atomic():
            rows = model._default_manager.select_for_update().order_by("pk")
            batch = list((rows if last is None else rows.filter(pk__gt=last))[:BATCH])
            for row in batch:
                values = _values(row, retire)
                if values:
                    # update(), not save(): neither version nor updated_at is a person's change
                    changed += model._default_manager.filter(pk=row.pk).update(**values)
        if len(batch) < BATCH:
            return changed
        last = batch[-1].pk


def _values(row: models.Model, retire: bool) -> dict[str, Ciphertext | str | None]:
    """The columns of one row that have to change."""
    ring = key_ring()
    values: dict[str, Ciphertext | str | None] = {}
    for field in encrypted_fields(type(row)):
        value = getattr(row, field.attname)
        if value and not ring.is_current(value.sealed):
            values[field.name] = Ciphertext(ring.seal(value.plain(), field.bound_to(row)))
    if retire:
        for index in index_fields(type(row)):
            values[index.name] = index.index_of(row, ring.newest)
    return values


def _rotate_second_factors() -> int:
    """The secrets that portal.people.adapter seals for allauth, one JSON object a row."""
    adapter, changed = SecondFactorAdapter(), 0
    with transaction.atomic():
        for row in Authenticator.objects.select_for_update().order_by("pk"):
            moved = {name: _moved(value, adapter) for name, value in row.data.items() if name in SECOND_FACTOR_SECRETS}
            if moved != {name: row.data[name] for name in moved}:
                row.data = {**row.data, **moved}
                row.save(update_fields=["data"])
                changed += 1
    return changed


def _moved(value: str | list[str], adapter: SecondFactorAdapter) -> str | list[str]:
    """A sealed text, or several, under the newest key."""
    if isinstance(value, list):
        return [str(_moved(each, adapter)) for each in value]
    current = key_ring().is_current(base64.b64decode(value))
    return value if current else adapter.encrypt(adapter.decrypt(value))
