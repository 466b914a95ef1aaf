"""A birth that came before a restart explains the data that come after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.ingest import ingest
from coldchain.payloads import Announcements, Route, Router
from coldchain.records import Store, announcements
from tests.empty import empty_store

NOON = 1_795_348_800_000
DEVICE = "spBv1.0/ward/{}/edge/fridge"
BIRTH = b'{"timestamp": 1795348800000, "metrics": [{"name": "Temperature", "alias": 5, "value": 4.5}]}'
DATA = b'{"timestamp": 1795348860000, "metrics": [{"alias": 5, "value": 5.5}]}'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = empty_store(tmp_path / "record.db")
    yield made
    made.close()


def started(store: Store) -> Arrivals:
    """A service's way in, as it stands after a start."""
    with store.reading() as connection:
        known = Announcements(announcements.kept(connection))
    return Arrivals(Router([Route("spBv1.0/#", "sparkplug")]), lambda: NOON, known)


def test_a_birth_is_committed_with_its_readings_and_known_after_a_restart(store: Store) -> None:
    before = started(store)
    birth = before.arrive(DEVICE.format("DBIRTH"), BIRTH)
    assert birth is not None
    assert ingest(store, [birth], NOON, ()).accepted == 1
    data = started(store).arrive(DEVICE.format("DDATA"), DATA)
    assert data is not None
    assert [(each.channel, each.milli_c) for each in data.decoded] == [("Temperature", 5500)]


def test_without_the_commit_the_birth_is_not_known_and_the_data_are_refused(store: Store) -> None:
    assert started(store).arrive(DEVICE.format("DBIRTH"), BIRTH) is not None
    data = started(store).arrive(DEVICE.format("DDATA"), DATA)
    assert data is not None
    assert data.refused is not None


def test_the_newest_birth_stands_and_one_that_says_the_same_again_is_not_kept_again(store: Store) -> None:
    arrivals = started(store)
    topic = DEVICE.format("DBIRTH")
    first, again = arrivals.arrive(topic, BIRTH), arrivals.arrive(topic, BIRTH)
    newer = arrivals.arrive(topic, BIRTH.replace(b"Temperature", b"Probe temperature"))
    assert first is not None
    assert again is not None
    assert newer is not None
    assert (first.announced is None, again.announced is None, newer.announced is None) == (False, True, False)
    ingest(store, [first, again, newer], NOON, ())
    with store.reading() as connection:
        ((_, _, payload),) = announcements.kept(connection)
    assert b"Probe temperature" in payload
