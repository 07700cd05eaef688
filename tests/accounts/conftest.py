"""A person with a password, and how they sign in through the page."""

import pytest
from django.core.cache import cache
from django.test import Client

from portal.people.models import User

PASSWORD = "Zhuoyue-2026"


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clerk(people) -> User:
    return with_password(people.host_clerk)


def with_password(actor, password: str = PASSWORD) -> User:
    user = User.objects.get(pk=actor.user_id)
    user.set_password(password)
    user.save()
    return user


def sign_in(client: Client, login: str, password: str = PASSWORD, **options):
    return client.post("/login/", {"login": login, "password": password}, **options)
