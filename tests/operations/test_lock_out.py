"""Five wrong passwords lock an account at one address, and nobody else there."""

import pytest

from portal.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    """Two people behind one address; `sign_in(login, password)` gives the status."""
    for login in ["first", "second"]:
        user = User(username=login, name=login)
        user.set_password("Right-password-1")
        user.save()

    def sign_in(login, password):
        return client.post("/login/", {"login": login, "password": password}).status_code

    return sign_in


def test_five_wrong_passwords_lock_the_account_and_not_the_office(office, settings):
    assert settings.AXES_FAILURE_LIMIT == 5
    assert [office("first", "wrong") for _ in range(4)] == [200] * 4
    locked = office("first", "wrong")
    assert locked not in {200, 302}
    assert office("first", "Right-password-1") == locked
    assert office("second", "Right-password-1") == 302


def test_fewer_do_not(office):
    assert [office("first", "wrong") for _ in range(4)] == [200] * 4
    assert office("first", "Right-password-1") == 302
