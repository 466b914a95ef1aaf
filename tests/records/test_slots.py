"""Readings in slots answer as rows would and are found without looking at others; an older record's are moved."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, event, text

from coldchain.errors import StoreUnavailable
from coldchain.records import Store, heard, places, readings, schema, slots, spans
from coldchain.records.readings import Row
from coldchain.records.tables import reading

SLOT = slots.SLOT_MS
MOMENT = st.one_of(
    st.integers(-3, 12).map(lambda slot: slot * SLOT), st.integers(-3 * SLOT, 12 * SLOT), st.integers(0, 10**13)
)
ROW = st.builds(
    Row, st.integers(1, 3), MOMENT, st.integers(-90_000, 90_000), MOMENT, st.integers(1, 2**40),
    st.integers(0, 2**40), st.integers(0, 2**slots.FLAG_BITS - 1), st.integers(1, 2**30),
)  # fmt: skip
ENDS = st.one_of(MOMENT, st.sampled_from([-spans.ALWAYS_MS, spans.ALWAYS_MS]))


@pytest.fixture(scope="module", params=["by sensor", "by time"])
def record(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty record whose slots are ordered by sensor, or by time as for very many sensors."""
    store = Store("sqlite://")
    store.migrate()
    if request.param == "by time":
        with store.transaction() as tx:
            heard.do_without_index(tx)
    yield store
    store.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=30), ENDS, ENDS, st.integers(1, 4), st.integers(0, 90_000))
def test_what_is_asked_of_slots_is_answered_as_by_a_list(
    record: Store, rows: list[Row], one_ms: int, other_ms: int, limit: int, bad: int
) -> None:
    from_ms, to_ms = sorted((one_ms, other_ms))
    with record.transaction() as tx:
        tx.execute(reading.delete())
        new = readings.put(tx, rows)
        kept: dict[tuple[int, int], Row] = {}
        for row in sorted(rows, key=lambda row: (row.measured_ms, tuple(vars(row).values()))):
            kept.setdefault((row.sensor_id, row.measured_ms), row)
        assert new == set(kept)
        found = readings.at_instants(tx, kept)
        assert {of: row.measured_ms for of, row in found.items()} == {of: row.measured_ms for of, row in kept.items()}
        readings.replace(tx, list(kept.values()))
        assert readings.at_instants(tx, kept) == kept
        assert readings.put(tx, rows) == set()
        for of in (1, 2, 3):
            mine = sorted((row for row in kept.values() if row.sensor_id == of), key=lambda row: row.measured_ms)
            some = [row for row in mine if from_ms <= row.measured_ms <= to_ms]
            points = [[row.measured_ms, row.milli_c] for row in some]
            good = [(at_ms, value) for at_ms, value in points if not 0 <= value <= bad]
            assert spans.points(tx, of, from_ms, to_ms).tolist() == points
            assert spans.first(tx, of, from_ms, to_ms, [(0, bad)]) == (good[0] if good else None)
            assert spans.last(tx, of, from_ms, to_ms, [(0, bad)]) == (good[-1] if good else None)
            assert spans.newest(tx, of, from_ms, to_ms, limit)[:, 0].tolist() == [
                row.measured_ms for row in some[::-1][:limit]
            ]
            assert spans.repeats(tx, of, from_ms, to_ms) == sum(row.copies - 1 for row in some)
        later = [row.measured_ms for row in kept.values() if row.measured_ms >= from_ms]
        assert slots.earliest(tx, from_ms) == min(later, default=None)


def test_a_reading_takes_less_than_thirty_bytes(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'c.db'}")
    store.migrate()
    with store.transaction() as tx:
        heard.put_new(tx, [
            (1_790_000_000_000 + minute * 60_000 + 37 * of, of, 4_000 + minute % 90 * 100,
             1_790_000_000_000 + minute * 60_000 + 37 * of + 40 + minute % 200, of, 0, 0)
            for minute in range(500) for of in range(1, 101)
        ])  # fmt: skip
    store.close()
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    empty.migrate()
    empty.close()
    sizes = [(tmp_path / name).stat().st_size for name in ("c.db", "empty.db")]
    assert (sizes[0] - sizes[1]) / 50_000 < 30


def test_rows_are_found_by_the_key_and_never_by_looking_through_all(record: Store) -> None:
    with record.reading() as tx:
        for query in (
            slots.of_sensor(tx, 1, 0, 10**9), slots.of_instants(tx, 1, [5, 10**9]), slots.of_span(tx, 0, 10**9),
        ):  # fmt: skip
            asked = reading.select().where(*query).compile(tx, compile_kwargs={"literal_binds": True})
            plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
            assert plan[0].startswith("SEARCH reading USING PRIMARY KEY (slot"), plan
            assert "SCAN reading" not in plan


def test_what_is_caught_up_after_a_crash_is_found_by_the_whole_key(record: Store) -> None:
    asked: list[tuple[str, Any]] = []
    with record.transaction() as tx:
        tx.execute(reading.delete())
        assert not heard.claim(tx, "the one that was killed")
        heard.behind_since(tx, 0)
        event.listen(tx, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        assert not heard.claim(tx, "the next one")
        statement, given_ = next(one for one in asked if one[0].startswith("INSERT INTO latest"))
        plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given_)]
    (newest,) = (step for step in plan if step.startswith("SEARCH r "))
    assert newest.count("=?") == 3, plan  # slot, sensor and ms, in whichever order they are kept


# -- an older record ---------------------------------------------------------------------------------------------------

NAMES = "measured_ms, sensor_id, milli_c, received_ms, source_id, position, flags, copies"
OLD = [
    (at_ms, of, 4_000 + of, at_ms + delay, of, place, flags, copies)
    for at_ms, delay, place, flags, copies in (
        (-SLOT - 1, 3, 0, 0, 1), (-1, -300_000, 5, 3, 1), (0, 0, 0, 0, 1), (SLOT - 1, 40, 1, 128, 7),
        (SLOT, 40, 0, 1, 1), (1_790_000_000_123, 10**11, 70_000, 0, 2),
    )
    for of in (1, 2, 70_000)
]  # fmt: skip


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A record of the version before, with readings from before 1970 to next year."""
    file = tmp_path / "older.db"
    _fill(f"sqlite:///{file}")
    return file


def _fill(url: str) -> str:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        _to(connection, "0011")
        connection.execute(
            text(f"insert into reading ({NAMES}) values (:a, :b, :c, :d, :e, :f, :g, :h)"),  # noqa: S608
            [dict(zip("abcdefgh", row, strict=True)) for row in OLD],
        )
        connection.commit()
    engine.dispose()
    return url


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_an_older_records_readings_are_all_there_afterwards(
    database: str, older: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{older}" if database == "sqlite" else _fill(request.getfixturevalue("postgres_url"))
    store = Store(url)
    store.migrate()
    with store.transaction() as tx:
        places.put_sensor(tx, "s", now_ms=0)
        assert _everything(tx) == sorted(OLD)
        found = readings.at_instants(tx, [(row[1], row[0]) for row in OLD])
        assert {(at_ms, of): row.copies for (of, at_ms), row in found.items()} == {row[:2]: row[7] for row in OLD}
        assert readings.put(tx, [Row(1, 0, 9, 9, 9, 9), Row(1, 1, 9, 9, 9, 9)]) == {(1, 1)}
        assert readings.whole_span(tx, 70_000) == (-SLOT - 1, 1_790_000_000_123)
    store.close()


def test_a_migration_broken_off_anywhere_leaves_the_older_record_as_it_was(tmp_path: Path, older: Path) -> None:
    broken_off = 0
    for steps in (10 * 2**power for power in range(30)):
        copy = tmp_path / f"{steps}.db"
        shutil.copy(older, copy)
        store = Store(f"sqlite:///{copy}")
        event.listen(store._engine, "connect", lambda connection, _, n=steps: _break_off(connection, n))
        try:
            store.migrate()
        except StoreUnavailable:
            broken_off += 1
        else:
            break
        finally:
            store.close()
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("select version_num from alembic_version").fetchall() == [("0011",)]
            assert sorted(connection.execute(f"select {NAMES} from reading")) == sorted(OLD)  # noqa: S608
    assert broken_off > 3


def _break_off(connection: sqlite3.Connection, steps: int) -> None:
    left = iter([0] * steps)
    connection.set_progress_handler(lambda: next(left, 1), 1)


def test_the_migration_makes_the_table_that_the_program_means(older: Path) -> None:
    store = Store(f"sqlite:///{older}")
    store.migrate()
    with store.reading() as tx:
        made = tx.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'reading'").scalar_one()
    assert made.replace('"', "") == slots.table("reading", many=False)
    store.close()


def test_many_sensors_are_ordered_by_time_once_they_are_many(older: Path) -> None:
    store = Store(f"sqlite:///{older}")
    store.migrate()
    for _ in range(2):
        with store.transaction() as tx:
            heard.do_without_index(tx)
            assert _everything(tx) == sorted(OLD)
    store.close()


def _everything(tx: Connection) -> Sequence[Any]:
    return sorted(tuple(row) for row in tx.execute(text(f"select {NAMES} from reading")))  # noqa: S608


def _to(connection: Connection, revision: str) -> None:
    config = schema._config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.commit()
