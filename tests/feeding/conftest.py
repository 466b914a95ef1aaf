"""A mock Kafka for each test, and PostgreSQL for those that ask for it."""

from collections.abc import Iterator

import pytest

from tests.feeding.cluster import MockKafka
from tests.postgres import postgres, postgres_url

__all__ = ["kafka", "postgres", "postgres_url"]


@pytest.fixture
def kafka() -> Iterator[MockKafka]:
    """An empty Kafka."""
    made = MockKafka()
    yield made
    made.close()
