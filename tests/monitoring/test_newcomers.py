"""Sensors that nobody knows: as many as there is room for; the others' readings wait, and nothing else is touched."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from coldchain.bootstrap.newcomers import Offers
from coldchain.domain.quality import Fault
from coldchain.errors import PayloadRefused
from coldchain.monitoring import newcomers as counting
from coldchain.monitoring import refusals as refusing
from coldchain.monitoring.incoming import Incoming, Ingested
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.newcomers import Bounds, Newcomers, newcomers_of
from coldchain.payloads import Decoded
from coldchain.records import places, quarantine, readings
from tests.web.hospital import CHANNELS, WRITER, Hospital, new_hospital

SMALL = Bounds(a_day=3, waiting=5)


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    made = new_hospital(tmp_path).refrigerator("known")
    newcomers_of(made.store).bounds = SMALL
    yield made
    if made.worker.state().alive:
        made.worker.close()
    made.store.close()


def message(hospital: Hospital, *sensors: str, source: str = "topic", minute: int = 0) -> Incoming:
    at_ms = hospital.now_ms + 60_000 * minute
    some = tuple(Decoded(name, "", at_ms, 5_000, None, "5.0", position=at) for at, name in enumerate(sensors))
    return Incoming("mqtt", source, source, " ".join(sensors).encode(), hospital.now_ms, some)


def sent(hospital: Hospital, *messages: Incoming) -> Ingested:
    return ingest(hospital.store, messages, hospital.now_ms, CHANNELS)


def known(hospital: Hospital) -> set[str]:
    with hospital.store.reading() as tx:
        return {each.name for each in places.sensors(tx)} - {"known-probe"}


def held(hospital: Hospital) -> dict[str, int]:
    with hospital.store.reading() as tx:
        return quarantine.count(tx)


@dataclass
class Clerk:
    """Offers what was put aside, through the real ingest step."""

    hospital: Hospital
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        hospital = self.hospital
        self.offers = Offers(
            hospital.store, newcomers_of(hospital.store), self.submit, self.told.append, lambda: hospital.now_ms
        )

    def submit(self, incoming: Incoming) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(sent(self.hospital, incoming))
        return done


def test_as_many_as_one_source_may_bring_come_in(hospital: Hospital) -> None:
    came = sent(hospital, *(message(hospital, f"s{number}") for number in range(5)))
    assert (came.accepted, came.quarantined) == (3, 2)
    assert known(hospital) == {"s0", "s1", "s2"}
    assert held(hospital) == {"unknown sensor": 2}


def test_another_source_still_may_until_there_is_no_room_at_all(hospital: Hospital) -> None:
    sent(hospital, *(message(hospital, f"a{number}", source="a") for number in range(4)))
    sent(hospital, *(message(hospital, f"b{number}", source=f"b/{number}") for number in range(4)))
    assert known(hospital) == {"a0", "a1", "a2", "b0", "b1"}
    assert held(hospital) == {"unknown sensor": 3}


def test_a_message_with_thousands_of_new_ones_is_put_aside_and_its_known_sensor_is_not(hospital: Hospital) -> None:
    names = [f"s{number}" for number in range(2_000)]
    came = sent(hospital, message(hospital, "known-probe", *names))
    assert (came.accepted, came.quarantined) == (1, 2_000)
    assert known(hospital) == set()
    assert held(hospital) == {"unknown sensor": 1}, "one row, however many"
    with hospital.store.reading() as tx:
        probe = places.sensor_named(tx, "known-probe")
        assert probe is not None
        assert readings.trace(tx, probe.id).milli_c.tolist() == [5_000]


def test_channels_of_a_known_sensor_are_bounded_as_well(hospital: Hospital) -> None:
    one = message(hospital, "known-probe", *["known-probe"] * 9)
    invented = tuple(replace(each, channel=str(at) if at else "") for at, each in enumerate(one.decoded))
    came = sent(hospital, replace(one, decoded=invented))
    assert (came.accepted, came.quarantined) == (1, 9)


def test_who_is_in_goes_on_and_what_comes_twice_is_one_row(hospital: Hospital) -> None:
    flood = [message(hospital, f"s{number}") for number in range(5)]
    sent(hospital, *flood)
    assert sent(hospital, *(message(hospital, f"s{number}", minute=1) for number in range(3))).accepted == 3
    sent(hospital, *flood)
    assert held(hospital) == {"unknown sensor": 4}
    with hospital.store.reading() as tx:
        assert len(quarantine.rows(tx)) == 2


def test_what_was_put_aside_comes_in_when_an_administrator_raises_the_bound(hospital: Hospital) -> None:
    clerk = Clerk(hospital)
    sent(hospital, message(hospital, *(f"s{number}" for number in range(7))))
    clerk.offers.turn()
    assert known(hospital) == set()
    newcomers_of(hospital.store).bounds = Bounds(a_day=10, waiting=10)
    clerk.offers.turn()
    assert known(hospital) == {f"s{number}" for number in range(7)}
    assert held(hospital) == {}
    with hospital.store.reading() as tx:
        one = places.sensor_named(tx, "s3")
        assert one is not None
        assert readings.trace(tx, one.id).at_ms.tolist() == [hospital.now_ms], "as it was sent"


def test_a_place_given_to_the_others_makes_room(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED_AGAIN_S", 0.0)
    clerk = Clerk(hospital)
    newcomers_of(hospital.store).bounds = Bounds(a_day=100, waiting=2)
    sent(hospital, *(message(hospital, f"s{number}") for number in range(3)))
    with hospital.store.transaction() as tx:
        where, sensor = places.location_named(tx, "known"), places.sensor_named(tx, "s0")
        assert where is not None
        assert sensor is not None
        places.place(tx, sensor.id, where.id, hospital.now_ms, hospital.now_ms)
    clerk.offers.turn()
    assert known(hospital) == {"s0", "s1", "s2"}
    assert held(hospital) == {}


def test_it_is_told_once_with_what_to_do(hospital: Hospital) -> None:
    clerk = Clerk(hospital)
    for minute in range(3):
        sent(hospital, message(hospital, *(f"s{number}" for number in range(7)), minute=minute))
        clerk.offers.turn()
    (said,) = clerk.told
    assert "mqtt 'topic'" in said
    assert "bounds.new_sensors_a_day" in said


def test_what_others_took_the_room_of_is_not_forgotten(hospital: Hospital) -> None:
    """Between the look for room and the COMMIT another source may have filled it."""
    clerk = Clerk(hospital)
    sent(hospital, message(hospital, "x0", "x1", "x2", "x3"))
    new = newcomers_of(hospital.store)
    new.bounds = Bounds(a_day=4, waiting=4)

    def late(incoming: Incoming) -> "Future[Any]":
        sent(hospital, message(hospital, "y0", source="other"))
        return clerk.submit(incoming)

    clerk.offers.submit = late
    clerk.offers.turn()
    assert known(hospital) == {"y0"}
    assert set(held(hospital)) == {"unknown sensor"}
    new.bounds = Bounds(a_day=9, waiting=9)
    clerk.offers.submit = clerk.submit
    clerk.offers.turn()
    assert known(hospital) == {"y0", "x0", "x1", "x2", "x3"}


def test_a_flood_of_names_is_kept_up_to_a_bound_and_then_counted(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "KEPT_BYTES", 1_000)
    for minute in range(50):
        sent(hospital, message(hospital, *(f"m{minute}n{number}" for number in range(4)), minute=minute))
    with hospital.store.reading() as tx:
        rows = quarantine.rows(tx)
        assert quarantine.count(tx) == {"unknown sensor": 50}
    assert len(rows) < 10
    assert any("only counted" in str(row["detail"]) for row in rows)


def test_a_batch_that_is_not_committed_and_comes_again_counts_once(hospital: Hospital) -> None:
    new = Newcomers(SMALL)
    batch = [message(hospital, "s0", "s1", "s2")]
    names = {("s0", ""), ("s1", ""), ("s2", "")}
    for _ in range(4):  # the database is away after each of them
        with hospital.store.reading() as tx:
            assert new.admit(tx, batch, names, hospital.now_ms) == (batch, 0)


def test_over_http_it_is_said_of_each_reading(hospital: Hospital) -> None:
    some = [
        {"sensor": name, "measured_at": "2026-11-21T11:55:00Z", "temperature_c": 5}
        for name in ("known-probe", "s0", "s1", "s2", "s3")
    ]
    with hospital.open() as pages:
        with pages.program(WRITER) as gateway:
            said = gateway.post("/api/v1/readings", json=some).json()
        with pages.person("administrator") as person:
            page = person.get("/quarantine").text
    assert said["readings"] == 1
    assert {each["reason"] for each in said["quarantined"]} == {Fault.UNKNOWN_SENSOR.value}
    assert [each["position"] for each in said["quarantined"]] == [1, 2, 3, 4]
    assert "comes in when there is room" in page
    assert "4 readings of 4 sensors that nobody knows" in page


def rubbish(hospital: Hospital, *numbers: int, source: str = "rubbish") -> list[Incoming]:
    why = PayloadRefused("damaged", "no JSON")
    return [
        Incoming("mqtt", source, source, f"{{{number}".encode(), hospital.now_ms, refused=why) for number in numbers
    ]


def test_rubbish_is_kept_up_to_a_bound_and_then_counted(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "OF_ONE", 5)
    monkeypatch.setattr(refusing, "OF_ALL", 8)
    for _ in range(2):
        sent(hospital, *rubbish(hospital, *range(30)))
    sent(hospital, *(one for number in range(30) for one in rubbish(hospital, number, source=f"t/{number}")))
    assert held(hospital) == {"damaged": 90}, "each is counted"
    with hospital.store.reading() as tx:
        rows = quarantine.rows(tx)
    assert len(rows) == 5 + 3 + 1
    assert any("only counted" in str(row["detail"]) for row in rows)
    hospital.now_ms += 3_600_000
    sent(hospital, *rubbish(hospital, 77))
    with hospital.store.reading() as tx:
        assert bytes(quarantine.rows(tx)[0]["payload"]) == b"{77", "the next hour begins anew"  # type: ignore[call-overload]
