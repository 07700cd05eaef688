"""Encrypted fields on a real table: what the database holds, what a page prints, what code may not do."""

import base64
import copy
import pickle
import uuid

import pytest
from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.template import Context, Template
from django.test.utils import isolate_apps

from portal.people.adapter import SecondFactorAdapter
from portal.privacy import rotation
from portal.privacy.fields import BlindIndexField, EncryptedField, SealedRows
from portal.privacy.keys import CannotOpen, blind_index
from portal.privacy.masks import mask_identity, mask_mobile

NUMBER, OTHER = "11010519491231002X", "440524188001010014"
ONE, TWO = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))

with isolate_apps("portal.privacy") as registry:

    class Card(SealedRows):
        number = EncryptedField("身份证号", mask=mask_identity, max_length=18)
        number_index = BlindIndexField("number", purpose="identity", unique=True)
        mobile = EncryptedField("手机", mask=mask_mobile, max_length=20, blank=True)
        note = models.CharField(max_length=20, blank=True)

        class Meta:
            app_label = "privacy"

        def __str__(self):
            return self.note


TABLE = """
CREATE TEMP TABLE privacy_card (
  id bigserial PRIMARY KEY, seal_id uuid UNIQUE NOT NULL, number bytea NOT NULL,
  number_index varchar(64) UNIQUE, mobile bytea NOT NULL, note varchar(20) NOT NULL
) ON COMMIT DROP"""


@pytest.fixture
def table(db):
    with connection.cursor() as cursor:
        cursor.execute(TABLE)


@pytest.fixture
def card(table):
    return Card.objects.create(number=NUMBER, mobile="13812340000")


def columns(card):
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_index, mobile FROM privacy_card WHERE id = %s", [card.pk])
        number, index, mobile = cursor.fetchone()
    return bytes(number), index, bytes(mobile)


def test_database_holds_ciphertext_and_index_only(card):
    number, index, mobile = columns(card)
    assert NUMBER.encode() not in number
    assert b"1381234" not in mobile
    assert index == blind_index(NUMBER, "identity")


def test_stored_value_prints_as_its_mask_and_opens_on_purpose(card):
    stored = Card.objects.get()
    assert str(stored.number) == "110105********002X"
    assert repr(stored.number) == "<Sealed 110105********002X>"
    assert Template("{{ card.number }} {{ card.mobile }}").render(Context({"card": stored})) == (
        "110105********002X 138****0000"
    )
    assert stored.number.plain() == NUMBER
    assert stored.number == NUMBER
    assert stored.number != OTHER


def test_saving_without_a_change_keeps_the_ciphertext(card):
    before = columns(card)
    stored = Card.objects.get()
    stored.note = "moved"
    stored.save()
    assert columns(card) == before


def test_partial_save_takes_the_index_along(card):
    card.number = OTHER
    card.save(update_fields=["number"])
    assert columns(card)[1] == blind_index(OTHER, "identity")
    assert Card.objects.get().number.plain() == OTHER


def test_same_number_twice_is_refused_by_the_index(card):
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.create(number="１１０１０５19491231002x")
    assert Card.objects.get(number_index=blind_index(NUMBER, "identity")) == card


def test_empty_values_stay_empty_and_have_no_index(table):
    Card.objects.bulk_create([Card(number=""), Card(number=None)])
    assert [(row.number, row.number_index) for row in Card.objects.all()] == [("", None), ("", None)]


def test_bulk_create_encrypts_too(table):
    Card.objects.bulk_create([Card(number=NUMBER), Card(number=OTHER)])
    assert {row.number.plain() for row in Card.objects.all()} == {NUMBER, OTHER}
    assert NUMBER.encode() not in columns(Card.objects.first())[0]


def test_ciphertext_copied_to_another_row_cannot_be_opened(card):
    thief = Card.objects.create(number=OTHER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_card SET number = %s WHERE id = %s", [columns(card)[0], thief.pk])
    with pytest.raises(CannotOpen):
        Card.objects.get(pk=thief.pk).number.plain()


def test_ciphertext_copied_to_another_column_cannot_be_opened(card):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_card SET mobile = number")
    with pytest.raises(CannotOpen):
        Card.objects.get().mobile.plain()


def test_value_given_to_another_row_is_sealed_anew(card):
    copied = Card(mobile=card.mobile, number=OTHER)
    copied.mobile = Card.objects.get(pk=card.pk).mobile
    copied.save()
    assert Card.objects.get(pk=copied.pk).mobile.plain() == "13812340000"
    assert columns(copied)[2] != columns(card)[2]


def test_deferred_and_refreshed_values_open(card):
    stored = Card.objects.defer("number").get()
    assert stored.number.plain() == NUMBER
    Card.objects.filter(pk=card.pk).update(note="x")
    card.refresh_from_db()
    assert (card.note, card.number.plain()) == ("x", NUMBER)


@pytest.mark.parametrize("lookup", ["number", "number__contains", "number__in", "number__gt", "number__startswith"])
def test_queries_by_value_are_refused(table, lookup):
    with pytest.raises(FieldError, match="Unsupported lookup"):
        Card.objects.filter(**{lookup: NUMBER}).exists()


def test_update_with_text_is_refused(card):
    with pytest.raises(TypeError, match="saving its row"), transaction.atomic():
        Card.objects.update(number=OTHER)
    assert Card.objects.get().number.plain() == NUMBER


def test_anything_but_text_is_refused():
    with pytest.raises(TypeError, match="takes text"):
        Card(number=11010519491231002)


def test_sealed_values_are_not_pickled(card):
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(card.number)
    assert copy.deepcopy(card.number) is not None


def test_too_long_a_text_is_refused_by_its_characters():
    with pytest.raises(ValidationError, match="18"):
        Card(number="1" * 19).full_clean(exclude=["seal_id"], validate_unique=False)
    Card(number="1" * 18).full_clean(exclude=["seal_id"], validate_unique=False)


def test_form_left_with_the_mask_changes_nothing_and_a_new_text_does(card):
    class CardForm(forms.ModelForm):
        class Meta:
            model = Card
            fields = ["number", "mobile", "note"]

    form = CardForm(instance=card)
    assert "110105********002X" in form.as_p()
    assert NUMBER not in form.as_p()
    form = CardForm({"number": str(card.number), "mobile": "13900001111", "note": ""}, instance=Card.objects.get())
    form.save()
    stored = Card.objects.get()
    assert (stored.number.plain(), stored.mobile.plain()) == (NUMBER, "13900001111")


def test_model_whose_values_cannot_be_bound_or_moved_is_reported():
    with isolate_apps("portal.privacy"):

        class Loose(models.Model):
            append_only = True

            number = EncryptedField()

            class Meta:
                app_label = "privacy"

            def __str__(self):
                return ""

    assert [error.id for error in Loose.check()] == ["privacy.E001", "privacy.E002"]


def test_rotation_moves_values_and_leaves_indexes(card, settings, monkeypatch, capsys):
    index = columns(card)[1]
    settings.FIELD_KEYS += f",2:{TWO}"
    monkeypatch.setattr(rotation, "apps", registry)
    call_command("rotate_field_keys")
    assert capsys.readouterr().out.splitlines()[0] == "privacy.Card: 1"
    number, same_index, mobile = columns(card)
    assert (number[1], mobile[1], same_index) == (2, 2, index)
    assert Card.objects.get().number.plain() == NUMBER
    assert rotation.rotate()["privacy.Card"] == 0


def test_retiring_a_key_moves_the_indexes_so_the_old_key_can_go(card, settings, monkeypatch):
    settings.FIELD_KEYS += f",2:{TWO}"
    monkeypatch.setattr(rotation, "apps", registry)
    assert rotation.rotate(retire=True)["privacy.Card"] == 1
    settings.FIELD_KEYS = f"2:{TWO}"
    stored = Card.objects.get(number_index=blind_index(NUMBER, "identity"))
    assert stored.number.plain() == NUMBER


def test_rotation_passes_batches(table, settings, monkeypatch):
    Card.objects.bulk_create(Card(number=uuid.uuid4().hex[:18]) for _ in range(5))
    settings.FIELD_KEYS += f",2:{TWO}"
    monkeypatch.setattr(rotation, "apps", registry)
    monkeypatch.setattr(rotation, "BATCH", 2)
    assert rotation.rotate()["privacy.Card"] == 5


def test_second_factors_move_to_the_new_key_too(people, settings):
    adapter = SecondFactorAdapter()
    rows = [
        Authenticator.objects.create(user_id=people.host_clerk.user_id, type=kind, data=data)
        for kind, data in [
            ("totp", {"secret": adapter.encrypt("JBSWY3DP")}),
            ("recovery_codes", {"seed": adapter.encrypt("seed"), "used_mask": 3}),
            ("webauthn", {"name": "key", "credential": {"id": "x"}}),
        ]
    ]
    settings.FIELD_KEYS += f",2:{TWO}"
    assert rotation.rotate()["mfa.Authenticator"] == 2
    assert rotation.rotate()["mfa.Authenticator"] == 0
    settings.FIELD_KEYS = f"2:{TWO}"
    data = [Authenticator.objects.get(pk=row.pk).data for row in rows]
    assert adapter.decrypt(data[0]["secret"]) == "JBSWY3DP"
    assert (adapter.decrypt(data[1]["seed"]), data[1]["used_mask"]) == ("seed", 3)
    assert data[2] == rows[2].data
