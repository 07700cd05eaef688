"""Showing a full number to a person: the matrix, a reason, an event, and never the number in it."""

import pytest
from django.db import models
from django.test.utils import isolate_apps

from portal.access.decide import Denied
from portal.events import catalogue
from portal.events.models import Event
from portal.privacy.fields import EncryptedField, SealedRows
from portal.privacy.masks import mask_account
from portal.privacy.reveal import reveal
from portal.regulation.rules import Refused
from tests.people import AT, acting

with isolate_apps("portal.privacy"):

    class Account(SealedRows):
        own_path = "organisation_id"
        ref = "ZY2026-0132"

        organisation_id = models.BigIntegerField()
        number = EncryptedField("账号", mask=mask_account, blank=True)

        class Meta:
            app_label = "privacy"

        def __str__(self):
            return self.ref

        @property
        def keeper_id(self):
            return self.organisation_id


def account(people, number="6222020200012341234") -> Account:
    return Account(pk=1, organisation_id=people.host.pk, number=number)


def test_reason_buys_the_number_and_leaves_an_event_without_it(people):
    with acting(people.cast_finance) as finance:
        shown = reveal(account(people), "number", actor=finance, at=AT, reason=" 核对拨付账户 ")
        event = Event.objects.select_related("note").get()
    assert shown == "6222020200012341234"
    assert (event.kind, event.facts, event.note.text) == ("privacy.reveal", {"field": "账号"}, "核对拨付账户")
    assert event.articles == [[33]]
    assert catalogue.sentence_of(event, actor="王敏") == "王敏查看了ZY2026-0132的账号"
    assert "12341234" not in str(vars(event))


@pytest.mark.parametrize("reason", ["", "   ", "看看"])
def test_no_reason_no_number_no_event(people, reason):
    with acting(people.cast_finance) as finance:
        with pytest.raises(Refused, match="不能查看账号：请填写查看的理由（第三十三条）。"):
            reveal(account(people), "number", actor=finance, at=AT, reason=reason)
        assert not Event.objects.exists()


@pytest.mark.parametrize("name", ["stranger_clerk", "recommender_officer", "sysadmin", "auditor", "cast_secretary"])
def test_role_without_the_cell_is_denied(people, name):
    with acting(getattr(people, name)) as actor, pytest.raises(Denied):
        reveal(account(people), "number", actor=actor, at=AT, reason="核对拨付账户")


def test_empty_number_is_revealed_as_nothing(people):
    with acting(people.host_clerk) as clerk:
        assert reveal(account(people, ""), "number", actor=clerk, at=AT, reason="核对账户信息") == ""


def test_field_that_is_not_encrypted_is_a_mistake(people):
    with acting(people.host_clerk) as clerk, pytest.raises(TypeError, match="not encrypted"):
        reveal(account(people), "organisation_id", actor=clerk, at=AT, reason="核对账户信息")
