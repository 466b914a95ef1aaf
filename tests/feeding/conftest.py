"""A mock Kafka for each test."""

from collections.abc import Iterator

import pytest

from tests.feeding.cluster import MockKafka


@pytest.fixture
def kafka() -> Iterator[MockKafka]:
    """An empty Kafka."""
    made = MockKafka()
    yield made
    made.close()
