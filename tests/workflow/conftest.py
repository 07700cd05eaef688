import pytest

from tests.kernel.rows import new_errand


@pytest.fixture
def errand(people):
    """A draft of the host."""
    return new_errand(people.host_clerk, people.recommender, person=people.applicant)
