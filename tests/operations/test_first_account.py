"""The first account of an installation."""

import pytest
from django.core.management import CommandError, call_command

from portal import clock
from portal.people.models import Membership, User

pytestmark = pytest.mark.django_db


def create(capsys, username="zhang", name="张三"):
    call_command("create_sysadmin", username=username, name=name)
    return capsys.readouterr().out.strip()


def test_the_first_administrator_gets_a_password_for_one_use(capsys, settings):
    password = create(capsys)
    user = User.objects.get(username="zhang")
    assert user.check_password(password)
    assert (clock.now() - user.password_changed_at).days > settings.PASSWORD_MAX_DAYS
    held = [(row.role, row.organisation.code) for row in Membership.on(clock.now().date()).filter(user=user)]
    assert held == [("sysadmin", "BAST")]


def test_there_is_no_second_first_administrator(capsys):
    create(capsys)
    with pytest.raises(CommandError, match="already"):
        create(capsys, username="li", name="李四")
    assert User.objects.filter(username="li").count() == 0


def test_a_taken_name_is_refused(capsys):
    User.objects.create(username="zhang", name="另一人")
    with pytest.raises(CommandError, match="exists"):
        create(capsys)
    assert Membership.objects.count() == 0
