"""Records for tests: in memory, and on a real PostgreSQL where the database itself is what is asked about."""

from collections.abc import Iterator

import pytest

from coldchain.records import Store
from tests.monitoring.ward import Ward
from tests.postgres import postgres, postgres_url

__all__ = ["either_store", "postgres", "postgres_url", "store", "ward"]


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty record in memory."""
    made = Store("sqlite://")
    made.migrate()
    yield made
    made.close()


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty record: in memory, then on PostgreSQL."""
    made = Store("sqlite://" if request.param == "memory" else request.getfixturevalue("postgres_url"))
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def ward(store: Store) -> Ward:
    """A refrigerator whose medicine must never be above 8 °C; readings count for 60 min."""
    return Ward(store).furnish()
