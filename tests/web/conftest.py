"""A hospital for each test, and one with every story in it for tests that only look."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.hospital import WITH_ALLOWANCE, Hospital, Pages, new_hospital


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """An empty hospital with its people."""
    made = new_hospital(tmp_path)
    yield made
    if made.worker.state().alive:
        made.worker.close()
    made.store.close()


@pytest.fixture
def pages(hospital: Hospital) -> Iterator[Pages]:
    """Its pages."""
    with hospital.open() as opened:
        yield opened


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """A hospital with a refrigerator in every state, opened for looking."""
    made = new_hospital(tmp_path_factory.mktemp("stories"))
    made.refrigerator("calm", "Calm refrigerator").hears("calm", "5 5.2 4.8 5x285")
    made.refrigerator("warm", "Warm refrigerator", area="Neurology").hears("warm", "5x40 9 9.4 8.04")
    made.refrigerator("tolerant", "Tolerant refrigerator", product=WITH_ALLOWANCE).hears("tolerant", "5x40 9x3")
    made.refrigerator("doubtful", "Doubtful refrigerator", uncertainty_milli_c=500)
    made.hears("doubtful", "5x40 8.3x3")
    made.refrigerator("silent", "Silent refrigerator").hears("silent", "5x40", ago="47 min")
    made.refrigerator("unjudged", "Unjudged refrigerator", product=None).hears("unjudged", "5x3")
    made.refrigerator("recovered", "Recovered refrigerator").hears("recovered", "5x10 9x4 5x40")
    made.later("0 min")
    with made.open() as opened:
        yield opened
    made.worker.close()
    made.store.close()


@pytest.fixture(scope="module")
def looker(stories: Pages) -> Iterator[httpx.Client]:
    """An auditor who is signed in there."""
    with stories.person("auditor") as client:
        yield client
