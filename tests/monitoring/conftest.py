"""Records for tests: in memory, and on a real PostgreSQL where the database itself is what is asked about."""

from collections.abc import Iterator

import pytest

from coldchain.records import Store
from tests.empty import empty_store
from tests.monitoring.ward import Ward


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty record in memory."""
    made = empty_store()
    yield made
    made.close()


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty record: in memory, then on PostgreSQL."""
    made = empty_store() if request.param == "memory" else Store(request.getfixturevalue("migrated_url"))
    yield made
    made.close()


@pytest.fixture
def ward(store: Store) -> Ward:
    """A refrigerator whose medicine must never be above 8 °C; readings count for 60 min."""
    return Ward(store).furnish()
