"""A sensor that sends far too often is found, shown and told at once; one that brings its memory is not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.pace import Pace, pace_of
from coldchain.payloads import Decoded
from coldchain.records import device_findings, places
from coldchain.reviewing.device_notices import tell
from coldchain.reviewing.device_paces import Paces
from coldchain.reviewing.device_rounds import go_round
from tests.web.hospital import CHANNELS, Hospital, new_hospital

ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    made = new_hospital(tmp_path).refrigerator("calm").refrigerator("wild")
    yield made
    made.store.close()


@dataclass
class Watched:
    """The looks at a hospital's sensors, over clocks that are moved by hand."""

    hospital: Hospital
    steady_s: float = 0.0
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pace = Pace(lambda: self.steady_s)
        self.paces = Paces(
            self.hospital.store, lambda: self.hospital.now_ms, self.pace.more_than, self.pace.begin, self.told.append
        )

    def minutes(self, count: int, **sent: int) -> None:
        """So many minutes in which each of these sensors sends so many readings."""
        for _ in range(count):
            self.steady_s += 60
            self.hospital.now_ms += 60_000
            for name, number in sent.items():
                self.pace.note_each({self.sensor(name): number})
            self.paces.turn()

    def sensor(self, name: str) -> int:
        with self.hospital.store.transaction() as tx:
            known = places.ensure_sensors(tx, [(f"{name}-probe", "")], self.hospital.now_ms)
        return known[f"{name}-probe", ""].id

    def findings(self) -> list[tuple[str, str, bool]]:
        with self.hospital.store.reading() as tx:
            some = device_findings.of_sensor(tx, self.sensor("wild")) + device_findings.of_sensor(
                tx, self.sensor("calm")
            )
        return [(each.sensor, each.sentence, each.cleared_ms is not None) for each in some]


def test_a_sensor_that_sends_too_often_is_found_within_minutes_and_over_when_it_stops(hospital: Hospital) -> None:
    watched = Watched(hospital)
    watched.minutes(1, wild=2_400, calm=1)
    ((name, said, over),) = watched.findings()
    assert (name, over) == ("wild-probe", False)
    assert said.startswith("sends 40 readings a second, where one a minute is plenty")
    watched.minutes(4, wild=2_400, calm=1)
    watched.minutes(4, wild=1, calm=1)
    assert [over for *_, over in watched.findings()] == [False], "nobody knows before the five minutes are over"
    watched.minutes(1, wild=1, calm=1)
    assert [over for *_, over in watched.findings()] == [True]
    assert watched.told == []


@pytest.mark.parametrize(
    ("case", "minutes", "found"),
    [
        ("one a minute", [1] * 10, False), ("one a second", [60] * 10, False),
        ("a bundle after an hour's silence", [60, 0, 0, 0, 0], False), ("a little more", [61] * 10, True),
        ("five minutes' worth at once", [300, 0, 0, 0, 0], False), ("more than that", [301, 0, 0, 0, 0], True),
    ],
)  # fmt: skip
def test_what_is_too_often(hospital: Hospital, case: str, minutes: list[int], found: bool) -> None:
    watched = Watched(hospital)
    for sent in minutes:
        watched.minutes(1, wild=sent)
    assert bool(watched.findings()) == found, case


def test_a_sensor_on_the_edge_is_not_found_anew_every_five_minutes(hospital: Hospital) -> None:
    watched = Watched(hospital)
    watched.minutes(5, wild=61)
    watched.minutes(5, wild=55)
    watched.minutes(5, wild=61)
    assert len(watched.findings()) == 1
    watched.minutes(5, wild=30)
    assert [over for *_, over in watched.findings()] == [True]


def test_it_is_told_at_once_and_what_can_wait_waits(hospital: Hospital) -> None:
    watched = Watched(hospital)
    calm, where = watched.sensor("calm"), hospital_location(hospital)
    with hospital.store.transaction() as tx:
        device_findings.begin(tx, calm, "battery", None, where, 1, "is empty", hospital.now_ms)
    assert tell(hospital.store, hospital.now_ms, 8 * 60, ZONE, CHANNELS) is None
    watched.minutes(1, wild=2_400)
    assert tell(hospital.store, hospital.now_ms, 8 * 60, ZONE, CHANNELS) is not None
    with hospital.store.reading() as tx:
        assert [each.complaint for each in device_findings.untold(tx)] == ["battery"]
    assert tell(hospital.store, hospital.now_ms, 8 * 60, ZONE, CHANNELS) is None, "once"


def hospital_location(hospital: Hospital) -> int:
    with hospital.store.reading() as tx:
        found = places.location_named(tx, "calm")
    assert found is not None
    return found.id


def test_sensors_that_hang_nowhere_are_told_of_too_once(hospital: Hospital) -> None:
    watched = Watched(hospital)
    watched.minutes(10, **{f"stranger{number}": 6_000 for number in range(7)})
    (said,) = watched.told
    assert "'stranger0-probe'" in said
    assert "and 2 more, which hang nowhere: the fastest sends 100 readings a second" in said
    assert len(watched.paces.fast) == 7


def test_the_rounds_leave_it_alone_and_its_end_with_the_sensor_is_one(hospital: Hospital) -> None:
    watched = Watched(hospital)
    watched.minutes(1, wild=2_400)
    go_round(hospital.store, hospital.now_ms)
    assert [over for *_, over in watched.findings()] == [False]


def fresh(sensor: str, at_ms: int, received_ms: int) -> Incoming:
    decoded = Decoded(sensor, "", at_ms, 5_000, None, "5.0")
    return Incoming("mqtt", f"t/{sensor}", f"t/{sensor}", str(at_ms).encode(), received_ms, (decoded,))


def test_what_is_committed_is_counted_and_a_memory_is_not(hospital: Hospital) -> None:
    now_ms = hospital.now_ms
    counted = pace_of(hospital.store)
    for start in (0, 20):
        batch = [fresh("wild-probe", now_ms - 40_000 + 1_000 * number, now_ms) for number in range(start, start + 20)]
        ingest(hospital.store, batch, now_ms, CHANNELS)
    month = [fresh("calm-probe", now_ms - 86_400_000 + 60_000 * number, now_ms) for number in range(200)]
    ingest(hospital.store, month, now_ms, CHANNELS)
    ingest(hospital.store, [fresh("wild-probe", now_ms - 40_000, now_ms)] * 5, now_ms, CHANNELS)
    found, _ = counted.more_than(0)
    assert list(found.values()) == [45], "repeats cost as much as news"


@settings(max_examples=25)
@given(st.lists(st.dictionaries(st.integers(1, 5_000), st.integers(0, 10_000), max_size=20), max_size=10))
def test_the_counts_are_the_sums(batches: list[dict[int, int]]) -> None:
    pace, sums = Pace(), dict[int, int]()
    for batch in batches:
        pace.note_each(batch)
        sums = {key: sums.get(key, 0) + batch.get(key, 0) for key in {*sums, *batch}}
    assert pace.more_than(0)[0] == {key: count for key, count in sums.items() if count}
    pace.begin()
    assert pace.more_than(0)[0] == {}


def test_counting_costs_no_more_than_four_bytes_a_sensor_and_does_not_overflow() -> None:
    pace = Pace()
    for _ in range(3):
        pace.note(np.array([1_000_000]), np.array([2**30]))
    assert pace._counts.nbytes == 4_000_004
    assert pace.more_than(0)[0] == {1_000_000: 2**30 - 1}


def test_the_page_and_the_metrics_say_it(hospital: Hospital) -> None:
    Watched(hospital).minutes(1, wild=2_400)
    with hospital.open() as pages:
        with pages.person("nurse") as nurse:
            page = nurse.get("/sensors").text
        metrics = httpx.get(f"{pages.address}/metrics", timeout=120).text
    hospital.worker.close()
    assert "sends 40 readings a second" in page
    assert 'coldchain_device_findings{complaint="rate"} 1.0' in metrics
