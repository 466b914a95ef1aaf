"""Calm readings are settled many at once, and nothing is lost of what that leaves unwritten."""

from pathlib import Path

import pytest
from sqlalchemy import event

from coldchain.monitoring import hot
from coldchain.monitoring.due import run_due
from coldchain.monitoring.hot import hot_of
from coldchain.monitoring.ingest import ingest
from coldchain.records import Store, memories, places, readings
from tests.empty import empty_record
from tests.monitoring.ward import CHANNELS, MINUTE, START, Ward, message, spans


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "ward.db"
    path.write_bytes(empty_record())
    return f"sqlite:///{path}"


def latest(store: Store) -> tuple[int | None, int | None, int]:
    with store.reading() as tx:
        sensor = places.sensor_named(tx, "s1")
        assert sensor is not None
        found = readings.latest(tx, [sensor.id])[sensor.id]
    return found.measured_ms, found.milli_c, found.accepted


def rows_of_memory(store: Store) -> list[tuple[int, bool, bool]]:
    with store.reading() as tx:
        return [((m.through_ms - START) // MINUTE, m.calm, m.rough) for m in memories.marks(tx, 1, 1, 0)]


def test_a_calm_day_leaves_one_memory(file: str) -> None:
    ward = Ward(Store(file)).furnish()
    ward.readings([(minute, 5) for minute in range(0, 1000, 10)])
    assert rows_of_memory(ward.store) == [(0, True, True)]
    assert latest(ward.store) == (START + 990 * MINUTE, 5000, 100)
    ward.store.close()


def test_what_was_not_calm_stands_between_two_memories(file: str) -> None:
    ward = Ward(Store(file)).furnish()
    ward.readings([(0, 5), (10, 5), (1500, 5), (1510, 5), (1520, 9), (1530, 5), (1540, 5)])
    assert [(through, rough) for through, _, rough in rows_of_memory(ward.store)] == [
        (0, True), (10, False), (1530, True),
    ]  # fmt: skip
    assert spans(ward.excursions()) == [(1520, 1530, "certain")]
    ward.store.close()


def test_a_late_good_reading_in_calm_changes_no_memory(file: str) -> None:
    ward = Ward(Store(file)).furnish()
    ward.readings([(minute, 5) for minute in range(0, 3000, 30)])
    before = rows_of_memory(ward.store)
    ward.hear(message(1515, 5, received=3000))
    assert rows_of_memory(ward.store) == before
    ward.hear(message(1516, 9, received=3000))
    assert spans(ward.excursions()) == [(1516, 1530, "certain")]
    ward.hear(message(3001, 5))
    assert spans(ward.excursions()) == [(1516, 1530, "certain")]
    ward.store.close()


def test_what_was_kept_in_memory_is_read_from_the_readings_after_a_crash(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot.Hot.sweep, "__defaults__", (0,))  # as with very many sensors: nothing is written at once
    store = Store(file)
    Ward(store).furnish().readings([(0, 5), (10, 5), (20, 6)])
    assert latest(store) == (START, 5000, 1)
    store.close()
    again = Ward(Store(file))
    again.hear(message(30, 7))
    assert latest(again.store)[2] == 3, "the two readings that were lost with the process are known again"
    again.hear(message(40, 9))
    assert spans(again.excursions()) == [(40, None, "certain")]
    assert latest(again.store) == (START + 40 * MINUTE, 9000, 5)
    again.store.close()


def test_two_programs_on_one_record_believe_the_rows(file: str) -> None:
    one, other = Ward(Store(file)).furnish(), Ward(Store(file))
    one.readings([(0, 5), (10, 5)])
    other.readings([(20, 5), (30, 9)])
    one.readings([(40, 5), (50, 5)])
    assert latest(one.store) == (START + 50 * MINUTE, 5000, 6)
    assert spans(one.excursions()) == [(30, 40, "certain")]
    one.store.close()
    other.store.close()


def test_a_silence_is_told_when_it_is_too_long_though_nobody_wrote_it_down_anew(file: str) -> None:
    ward = Ward(Store(file)).furnish()
    ward.readings([(minute, 5) for minute in range(0, 55, 5)])
    ward.ring(0)
    assert ward.ring(61) == frozenset(), "the moment that was written down first"
    assert ward.told() == []
    assert ward.ring(110) == frozenset()
    ward.ring(110 + 1 / 60_000)
    assert ward.told() == [("no-data", False)]
    ward.store.close()


def test_a_batch_takes_as_many_statements_for_many_sensors_as_for_few(file: str) -> None:
    store = Store(file)
    counts = []
    for many in (3, 60):
        names = [f"n{many}-{k}" for k in range(many)]
        ingest(store, [message(0, 5, sensor=name) for name in names], START, CHANNELS)
        ingest(store, [message(1, 5, sensor=name) for name in names], START + MINUTE, CHANNELS)
        statements: list[str] = []
        with store.reading() as tx:
            engine = tx.engine

        def note(_c: object, _k: object, statement: str, *_: object) -> None:
            statements.append(statement)  # noqa: B023

        event.listen(engine, "before_cursor_execute", note)
        ingest(store, [message(2, 5, sensor=name) for name in names], START + 2 * MINUTE, CHANNELS)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    run_due(store, START, CHANNELS)
    assert hot_of(store).count == 63
    store.close()
