"""What every test stands on: a migrated database used as the application role."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from django.test import TransactionTestCase

from tests.databases import Databases
from tests.people import people as make_people

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Processes share the suite by folders: the stories that a folder tells are told once."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.path.relative_to(HERE).parts[0]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """One database for all tests that roll back; one of its own for each test that commits (never a flush)."""
    with django_db_blocker.unblock():
        databases = Databases()
        databases.prepare()
        own = ExitStack()

        def take_a_copy(cls):
            own.enter_context(databases.a_copy())

        def give_it_back(self):
            own.close()

        with databases.a_copy(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(take_a_copy))
            patch.setattr(TransactionTestCase, "_fixture_teardown", give_it_back)
            yield
        databases.close()


@pytest.fixture
def people(db):
    """Two tenants and everybody around them (tests/people.py)."""
    return make_people()
