import pytest

from tests.kernel.rows import rows_of


@pytest.fixture
def rows(people):
    return rows_of(people)
