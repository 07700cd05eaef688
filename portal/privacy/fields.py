"""Encrypted model fields: masked when printed, opened on purpose, bound to their row.

    class BankAccount(SealedRows, TenantModel):
        account_no = EncryptedField("账号", mask=mask_account, max_length=40)
        account_index = BlindIndexField("account_no", purpose="bank-account")   # unique, looked up by blind_index()

`str(row.account_no)` is the mask, `row.account_no.plain()` the text. Showing the text to a person goes through
portal.privacy.reveal, which asks for a reason and writes an event.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.checks import Error
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from portal.privacy.keys import key_ring, normalised
from portal.privacy.masks import mask_all


class SealedRows(models.Model):
    """A model with encrypted fields. Each row has an identity of its own, known before INSERT, that its values are
    bound to: a sealed value copied to another row cannot be opened there (the column is unique)."""

    seal_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        """Saves; a partial save of an encrypted field takes its blind index along."""
        if update_fields is not None:
            update_fields = set(update_fields)
            update_fields |= {f.name for f in index_fields(type(self)) if f.source in update_fields}
        super().save(*args, update_fields=update_fields, **kwargs)


class Ciphertext(bytes):
    """What the column holds, to tell it from a text that somebody assigned."""


class Sealed:
    """One encrypted value as code sees it. Prints as its mask, never travels between processes."""

    __slots__ = ("_mask", "_plain", "_sealed", "bound_to")

    def __init__(self, value: str | Ciphertext, bound_to: str, mask: Callable[[str], str]) -> None:
        self._sealed: Ciphertext | None = value if isinstance(value, Ciphertext) else None
        self._plain: str | None = None if isinstance(value, Ciphertext) else value
        self.bound_to, self._mask = bound_to, mask

    def plain(self) -> str:
        """The text. Raises CannotOpen. Whoever shows it to a person calls portal.privacy.reveal instead."""
        if self._plain is None:
            self._plain = key_ring().open(self._sealed or b"", self.bound_to)
        return self._plain

    @property
    def sealed(self) -> Ciphertext | None:
        """The stored bytes, if this value was read from the database."""
        return self._sealed

    def __str__(self) -> str:
        return self._mask(self.plain())

    def __repr__(self) -> str:
        return f"<Sealed {self}>"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Sealed):
            return self.plain() == other.plain()
        return self.plain() == other if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.plain())

    def __copy__(self) -> "Sealed":
        return self

    def __deepcopy__(self, memo: dict) -> "Sealed":
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a sealed value is not pickled; pass the row's key and load it there")


class SealedAttribute(DeferredAttribute):
    """row.field: the instance keeps text or ciphertext, reading gives a Sealed bound to this row."""

    field: "EncryptedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            super().__get__(instance, cls)
        value = instance.__dict__[self.field.attname]
        return Sealed(value, self.field.bound_to(instance), self.field.mask) if value else value

    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, Sealed):
            same_row = value.sealed is not None and value.bound_to == self.field.bound_to(instance)
            value = value.sealed if same_row else value.plain()
        if value and not isinstance(value, str | Ciphertext):
            raise TypeError(f"{self.field.name} takes text, not {type(value).__name__}")
        instance.__dict__[self.field.attname] = value or self.field.empty


class EncryptedField(models.BinaryField):
    """Text, encrypted in the database. max_length counts characters. Only isnull can be asked of it in a query."""

    descriptor_class = SealedAttribute
    empty_values = [None, "", b""]

    def __init__(
        self, *args: Any, mask: Callable[[str], str] = mask_all, max_length: int | None = None, **kwargs: Any
    ) -> None:
        self.mask, self.text_length = mask, max_length
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    @property
    def empty(self) -> str | None:
        return None if self.null else ""

    def deconstruct(self) -> tuple:
        name, _, args, kwargs = super().deconstruct()
        return name, "portal.privacy.fields.EncryptedField", args, kwargs

    def check(self, **kwargs: Any) -> list:
        found = super().check(**kwargs)
        if not issubclass(self.model, SealedRows):
            hint = f"{self.model.__name__} must inherit portal.privacy.fields.SealedRows"
            found.append(Error(hint, obj=self, id="privacy.E001"))
        if getattr(self.model, "append_only", False):
            found.append(Error("an append-only row cannot move to a new key", obj=self, id="privacy.E002"))
        return found

    def bound_to(self, instance: Any) -> str:
        """The place of one value: table, column and row (renaming either needs a data migration that re-encrypts)."""
        return f"{instance._meta.db_table}:{self.column}:{instance.seal_id}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Ciphertext | None:
        return None if value is None else Ciphertext(value)

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        """Encrypts what was assigned since loading; what was only loaded goes back as it is."""
        value = instance.__dict__[self.attname]
        if value and not isinstance(value, Ciphertext):
            value = Ciphertext(key_ring().seal(value, self.bound_to(instance)))
            instance.__dict__[self.attname] = value
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, Sealed):
            value = value.sealed
        if value and not isinstance(value, Ciphertext):
            raise TypeError(f"{self.name} is written by saving its row, never by update() or in a filter")
        return super().get_db_prep_value(value if value or self.null else b"", connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def to_python(self, value: Any) -> Any:
        return value

    def run_validators(self, value: Any) -> None:
        if value in self.empty_values:
            return
        text = value.plain() if isinstance(value, Sealed) else value
        if self.text_length is not None:
            MaxLengthValidator(self.text_length)(text)
        for validator in self.validators:
            validator(text)

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **{"form_class": forms.CharField, "max_length": self.text_length, **kwargs})

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """A form that comes back with the mask left in place changes nothing."""
        if data != str(getattr(instance, self.attname) or ""):
            setattr(instance, self.attname, data)


class BlindIndexField(models.CharField):
    """The blind index of an encrypted field of the same row, kept in step when the row is saved; NULL while empty."""

    def __init__(self, source: str = "", *, purpose: str = "", **kwargs: Any) -> None:
        self.source, self.purpose = source, purpose
        super().__init__(**{"max_length": 64, "null": True, "editable": False, **kwargs})

    def deconstruct(self) -> tuple:
        name, _, args, kwargs = super().deconstruct()
        kwargs |= {"source": self.source, "purpose": self.purpose}
        return name, "portal.privacy.fields.BlindIndexField", args, kwargs

    def pre_save(self, instance: models.Model, add: bool) -> str | None:
        value = self.index_of(instance)
        setattr(instance, self.attname, value)
        return value

    def index_of(self, instance: models.Model, version: int | None = None) -> str | None:
        """The index of this row's value under a key version (default: the one indexes are made with)."""
        value = getattr(instance, self.source)
        text = value.plain() if isinstance(value, Sealed) else ""
        return key_ring().index(text, self.purpose, version) if normalised(text) else None


def encrypted_fields(model: type[models.Model]) -> list[EncryptedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedField)]


def index_fields(model: type[models.Model]) -> list[BlindIndexField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, BlindIndexField)]
