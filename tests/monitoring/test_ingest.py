"""The ingest step: every reading is stored once, and what is not is counted and kept with its reason."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from coldchain.domain.quality import Fault
from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.ingest import Incoming, Ingested, ingest
from coldchain.monitoring.standing import Copy, settled
from coldchain.payloads import Route, Router
from coldchain.records import Store, places, quarantine, readings
from tests.monitoring.ward import CHANNELS, MINUTE, START, Ward, message, refused


def held(store: Store) -> dict[str, int]:
    with store.reading() as tx:
        return quarantine.count(tx)


def test_a_reading_is_stored_and_counted(either_store: Store) -> None:
    ward = Ward(either_store).furnish()
    done = ward.hear(message(0, 5), message(5, 5.5))
    assert (done.accepted, done.duplicates, done.conflicts, done.quarantined) == (2, 0, 0, 0)
    assert ward.stored() == [(0, 5.0), (5, 5.5)]
    assert len(done.touched_locations) == 1


def test_nothing_in_nothing_out(store: Store) -> None:
    assert ingest(store, [], START, CHANNELS) == Ingested()


def test_the_same_again_is_a_duplicate(either_store: Store) -> None:
    ward = Ward(either_store).furnish()
    ward.hear(message(0, 5))
    done = ward.hear(message(0, 5, received=3), message(0, 5, received=4), message(5, 5))
    assert (done.accepted, done.duplicates) == (1, 2)
    assert ward.stored() == [(0, 5.0), (5, 5.0)]
    assert ward.counts() == (2, 2, 0, 0)


CONFLICT = [
    message(0, 5.0, received=3, source="t/b"),
    message(0, 5.0, received=4, source="t/a"),
    message(0, 6.0, received=1, source="t/b"),
    message(0, 7.0, received=1, source="t/a", position=1),
    message(0, 4.0, received=1, source="t/a", position=0),
    message(0, 6.0, received=9, source="t/c"),
]


@pytest.mark.parametrize("order", list(permutations(range(6)))[::37])
def test_which_of_two_values_stands_does_not_depend_on_their_order(store: Store, order: tuple[int, ...]) -> None:
    ward = Ward(store).furnish()
    for index in order:
        ward.hear(CONFLICT[index])
    assert ward.stored() == [(0, 4.0)]
    assert ward.counts() == (1, 0, 5, 0)
    assert held(store) == {"conflict": 5}


def test_a_value_that_was_put_aside_can_come_to_stand_after_all(either_store: Store) -> None:
    ward = Ward(either_store).furnish()
    ward.hear(message(0, 6, received=3))
    ward.hear(message(0, 5, received=4))
    assert (ward.stored(), held(either_store)) == ([(0, 6.0)], {"conflict": 1})
    ward.hear(message(0, 5, received=2))
    assert (ward.stored(), held(either_store)) == ([(0, 5.0)], {"conflict": 1})
    assert ward.counts() == (1, 1, 1, 0)
    ward.hear(message(0, 6, received=1))
    assert (ward.stored(), held(either_store)) == ([(0, 6.0)], {"conflict": 2})
    assert ward.counts() == (1, 1, 2, 0)
    with either_store.reading() as tx:
        assert {(row["milli_c"], row["copies"]) for row in quarantine.rows(tx)} == {(5000, 2)}


def test_conflicts_inside_one_batch_are_decided_alike(store: Store) -> None:
    ward = Ward(store).furnish()
    done = ward.hear(*CONFLICT)
    assert (done.accepted, done.duplicates, done.conflicts) == (1, 0, 5)
    assert (ward.stored(), ward.counts()) == ([(0, 4.0)], (1, 0, 5, 0))


def test_every_grouping_of_copies_settles_alike() -> None:
    copies = [Copy(v, r, ("mqtt", s), 1, p) for v, r, s, p in ((5, 3, "b", 0), (5, 1, "c", 0), (6, 1, "b", 2))]
    whole = settled(copies)
    for order in permutations(copies):
        first = settled(order[:2])
        assert settled([first.stands, *first.others, order[2]]) == whole


FAULTS = [
    ("a sentinel", message(0, -127.0), {}, Fault.SENTINEL),
    ("the power-up value of a sensor known for it", message(0, 85.0), {"power_up": True}, Fault.POWER_UP),
    ("outside the declared range", message(0, 61.0), {"high_milli_c": 60_000}, Fault.OUT_OF_RANGE),
    ("no value at all", message(0, None), {}, Fault.MISSING),
    ("what the decoder calls a fault", message(0, 5, fault=Fault.NOT_A_NUMBER), {}, Fault.NOT_A_NUMBER),
    ("more than five minutes ahead", message(5.001, 5, received=0), {}, Fault.CLOCK),
    ("before the sensor was commissioned", message(0, 5), {"commissioned_ms": START + 1}, Fault.CLOCK),
    ("a time no database takes", message(1e18, 5, received=0), {}, Fault.CLOCK),
    ("a number no database takes", message(0, 1e300), {}, Fault.OUT_OF_RANGE),
]


@pytest.mark.parametrize(("case", "said", "sensor", "reason"), FAULTS)
def test_a_fault_is_no_temperature(
    either_store: Store, case: str, said: Incoming, sensor: dict[str, Any], reason: Fault
) -> None:
    ward = Ward(either_store).furnish(**sensor)
    done = ward.hear(said, message(1, 5), now=10)
    assert (done.accepted, done.quarantined) == (1, 1), case
    assert held(either_store) == {reason.value: 1}, case
    assert ward.stored() == [(1, 5.0)]
    assert ward.excursions() == []


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("85 °C is real where nobody said otherwise", message(0, 85)),
        ("exactly five minutes ahead is still taken", message(5, 5, received=0)),
        ("the end of the range is inside", message(0, 60)),
    ],
)
def test_what_looks_like_a_fault_and_is_none(ward: Ward, case: str, said: Incoming) -> None:
    assert ward.hear(said).accepted == 1, case


def test_the_same_fault_again_is_one_row_that_counts(either_store: Store) -> None:
    ward = Ward(either_store).furnish()
    for received in (3, 1, 2):
        ward.hear(message(0, -127.0, received=received, payload=b"x" * 5000))
    assert held(either_store) == {"sentinel": 3}
    assert ward.counts() == (0, 0, 0, 3)
    with either_store.reading() as tx:
        (row,) = quarantine.rows(tx)
    assert (row["received_ms"], row["copies"], row["payload"]) == (START + MINUTE, 3, b"x" * 4096)


def test_a_fault_that_two_gateways_bring_is_a_row_of_each(ward: Ward) -> None:
    ward.hear(message(0, -127.0, source="t/b", position=0), message(0, -127.0, source="t/a", position=1))
    with ward.store.reading() as tx:
        assert {(row["position"], row["copies"]) for row in quarantine.rows(tx)} == {(0, 1), (1, 1)}


def test_a_refused_message_is_kept_and_blocks_nothing(either_store: Store) -> None:
    ward = Ward(either_store).furnish()
    done = ward.hear(refused(0, b"\xff\x00{"), message(0, 5), refused(0, b"\xff\x00{"), refused(1, b"\x00", "no\x00pe"))
    assert (done.accepted, done.quarantined) == (1, 3)
    assert held(either_store) == {"damaged": 2, "no�pe": 1}
    with either_store.reading() as tx:
        assert [row["payload"] for row in quarantine.rows(tx)] == [b"\x00", b"\xff\x00{"]


def test_a_sensor_nobody_knows_is_remembered_and_its_readings_count_once_it_hangs(store: Store) -> None:
    ward = Ward(store).furnish()
    ward.hear(message(0, 12, sensor="new"), message(5, 12, sensor="new"))
    assert ward.excursions() == []
    with store.transaction() as tx:
        sensor = places.sensor_named(tx, "new")
        location = places.location_named(tx, "ward-3")
        assert sensor is not None
        assert location is not None
        places.place(tx, sensor.id, location.id, START, START + 6 * MINUTE)
    ward.ring(6)
    assert [one.sensor_id for one in ward.excursions()] == [sensor.id]


@pytest.mark.parametrize("name", ["nul\x00", "half\ud800", "long" * 100])
def test_no_name_is_too_strange_to_be_stored(either_store: Store, name: str) -> None:
    ward = Ward(either_store).furnish()
    assert ward.hear(message(0, 5, sensor=name, source=f"t/{name}")).accepted == 1


def timeless(received: float, payload: bytes, **more: Any) -> Incoming:
    return message(0, 5, received=received, payload=payload, measured_ms=None, **more)


def test_a_message_without_time_takes_its_receive_time(ward: Ward) -> None:
    ward.hear(timeless(7, b"5.0", flags=("time=received",)))
    assert ward.stored() == [(7, 5.0)]


@pytest.mark.parametrize("mark", ["retained", "redelivered"])
def test_a_repeated_message_without_time_is_dropped_and_counted(either_store: Store, mark: str) -> None:
    ward = Ward(either_store).furnish()
    ward.hear(timeless(0, b"5.0"))
    done = ward.hear(timeless(3, b"5.0", **{mark: True}), timeless(4, b"5.0", **{mark: True}))
    assert (done.accepted, done.duplicates) == (0, 2)
    assert ward.stored() == [(0, 5.0)]
    assert ward.counts() == (1, 2, 0, 0)


@pytest.mark.parametrize(
    ("case", "again"),
    [
        ("the same temperature, sent anew", timeless(3, b"5.0")),
        ("kept by the broker, but something else", timeless(3, b"5.1", retained=True)),
        ("sent again, but with a sequence number", timeless(3, b"5.0", redelivered=True, seq=7)),
    ],
)
def test_what_is_no_repeat_is_stored(ward: Ward, case: str, again: Incoming) -> None:
    ward.hear(timeless(0, b"5.0"))
    assert ward.hear(again).accepted == 1, case


def test_a_retained_reading_with_its_time_is_the_reading_it_was(ward: Ward) -> None:
    ward.hear(message(0, 5))
    assert ward.hear(message(0, 5, received=90, retained=True)).duplicates == 1


def test_each_sensor_has_its_newest_reading(ward: Ward) -> None:
    ward.hear(message(10, 5.1, battery_pct=80), message(5, 5.9, battery_pct=90))
    ward.hear(message(7, 9.9, received=12, battery_pct=85))
    with ward.store.reading() as tx:
        sensor = places.sensor_named(tx, "s1")
        assert sensor is not None
        latest = readings.latest(tx, [sensor.id])[sensor.id]
    assert (latest.measured_ms, latest.milli_c, latest.battery_pct) == (START + 10 * MINUTE, 5100, 80)


def test_what_is_flagged_stays_flagged(ward: Ward) -> None:
    ward.hear(replace(message(0, 5, flags=("HI", "time=received")), retained=True))
    with ward.store.reading() as tx:
        (row,) = readings.at_instants(tx, [(1, START)]).values()
    assert set(readings.flag_names(row.flags)) == {"HI", "time=received", "retained"}


def test_what_the_broker_sends_again_is_known_as_such() -> None:
    arrivals = Arrivals(Router([Route("coldchain/readings/+", "native")]), lambda: START)
    sent, again = (
        arrivals.arrive("coldchain/readings/s1", b'{"temperature_c": 5}', redelivered=dup) for dup in (False, True)
    )
    assert sent is not None
    assert again is not None
    assert (sent.redelivered, again.redelivered) == (False, True)
