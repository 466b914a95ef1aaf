"""Days in the archive read as if they were rows of the table, whatever happens while they are moved there."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from coldchain.records import Store, readings, spans, tables
from coldchain.records.archive import blocks, day_file, gathering, sealing, shelf
from coldchain.records.archive.day_file import ArchiveDamaged
from coldchain.records.readings import Row
from coldchain.records.tables import reading, sealed_day
from coldchain.records.verifying import verify
from coldchain.records.views import over, sensors, series
from tests.empty import empty_store

DAY = shelf.DAY_MS
ANY = st.integers(-(2**63), 2**63 - 1)
ROWS = st.lists(st.tuples(*[ANY] * len(blocks.COLUMNS)), min_size=1, max_size=40)


@pytest.fixture(autouse=True, scope="module")
def _small_pieces() -> Iterator[None]:
    """Days are sealed in several pieces and slices even where they have a handful of readings."""
    with pytest.MonkeyPatch.context() as sizes:
        sizes.setattr(gathering, "PIECE_ROWS", 6)
        sizes.setattr(gathering, "SLICE_ROWS", 4)
        yield


def now_ms() -> int:
    """When days are sealed."""
    return 1_000 * DAY


def table_size(store: Store) -> int:
    """How many readings lie in the table."""
    with store.reading() as tx:
        return int(tx.scalar(select(func.count()).select_from(reading)) or 0)


def put(store: Store, *rows: Row) -> set[tuple[int, int]]:
    """Store readings; which were new."""
    with store.transaction() as tx:
        return readings.put(tx, rows)


def row(sensor_id: int, at_ms: int, milli_c: int, **more: int) -> Row:
    """A reading that came half a second after it was measured."""
    return Row(sensor_id, at_ms, milli_c, at_ms + 500, source_id=1, position=0, **more)


# -- the bytes --------------------------------------------------------------------------------------------------------


@given(ROWS)
def test_a_block_gives_back_every_integer(rows: list[tuple[int, ...]]) -> None:
    given_rows = np.array(rows, dtype=np.int64)
    assert np.array_equal(blocks.unpacked(blocks.packed(given_rows)), given_rows)


@given(st.binary(max_size=60))
def test_other_bytes_are_no_block(content: bytes) -> None:
    try:
        blocks.unpacked(content)
    except ValueError:
        return


def test_a_minute_of_tenths_of_a_degree_takes_less_than_two_bytes() -> None:
    random = np.random.default_rng(7)
    at_ms = np.arange(1440) * 60_000
    milli_c = 5_000 + 100 * np.cumsum(random.integers(-1, 2, 1440))
    rows = np.zeros((1440, len(blocks.COLUMNS)), dtype=np.int64)
    rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 6] = at_ms, milli_c, at_ms + random.integers(0, 1_000, 1440), 1
    assert len(blocks.packed(rows)) < 2 * 1440


# -- one record, in the table and in the archive ---------------------------------------------------------------------

INSTANT = st.tuples(st.integers(1, 3), st.integers(-DAY, 4 * DAY).map(lambda at_ms: at_ms // 7_200_000 * 7_200_000))
VALUE = st.integers(-3, 12).map(lambda value: value * 1_000)
STEP = st.one_of(
    st.dictionaries(INSTANT, VALUE, min_size=1, max_size=25),
    st.integers(-1, 5).map(lambda day: day * DAY),
)  # fmt: skip
SPAN = st.tuples(st.integers(-2 * DAY, 5 * DAY), st.integers(0, 4 * DAY)).map(lambda span: (span[0], sum(span)))


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store, Path]]:
    """A record that is archived, one that is not, and the archive's folder."""
    both = Store("sqlite://"), Store("sqlite://")
    for each in both:
        each.migrate()
        with each.transaction() as tx:
            for of in (1, 2, 3):
                tx.execute(insert(tables.sensor).values(id=of, name=f"s{of}", created_ms=0))
            tx.execute(insert(tables.source), [{"kind": "mqtt", "name": "a"}, {"kind": "file", "name": "b"}])
    yield *both, tmp_path_factory.mktemp("archive")
    for each in both:
        each.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=6), st.lists(SPAN, min_size=1, max_size=3), VALUE)
def test_the_archive_answers_as_the_table_would(
    shelves: tuple[Store, Store, Path], steps: list[Any], asked: list[tuple[int, int]], bad: int
) -> None:
    archived, plain, folder = shelves
    for store in (archived, plain):
        with store.transaction() as tx:
            for table in (reading, sealed_day):
                tx.execute(table.delete())
    for number, step in enumerate(steps):
        if isinstance(step, int):
            for _ in sealing.seal(archived, step, now_ms, folder):
                pass
            continue
        rows = [Row(of, at_ms, value, at_ms + number, 1 + number % 2, 0, number) for (of, at_ms), value in step.items()]
        took = [take_in(store, rows) for store in (archived, plain)]
        assert took[0] == took[1]
    for from_ms, to_ms in asked:
        assert answers(archived, from_ms, to_ms, bad) == answers(plain, from_ms, to_ms, bad)


def take_in(store: Store, rows: list[Row]) -> set[tuple[int, int]]:
    """Store readings; one for an instant that has one replaces it if it is colder, and counts as a copy if not."""
    with store.transaction() as tx:
        new = readings.put(tx, rows)
        known = readings.at_instants(tx, {(each.sensor_id, each.measured_ms) for each in rows} - new)
        changed = []
        for each in rows:
            was = known.get((each.sensor_id, each.measured_ms))
            if was is not None:
                stands = each if each.milli_c < was.milli_c else was
                changed.append(Row(**(vars(stands) | {"copies": was.copies + 1})))
        readings.replace(tx, changed)
        return new


def answers(store: Store, from_ms: int, to_ms: int, bad: int) -> list[Any]:
    """Everything that is asked of readings, over one span."""
    found: list[Any] = []
    with store.reading() as tx:
        for of in (1, 2, 3):
            traces = (
                readings.trace(tx, of), readings.trace(tx, of, from_ms, to_ms, beyond=True),
                series.trace(tx, of, from_ms, to_ms, neighbours=True),
            )  # fmt: skip
            found += [(trace.at_ms.tolist(), trace.milli_c.tolist()) for trace in traces]
            intervals = [(-(10**9), bad), (bad + 5_000, 10**9)]
            found += [
                readings.last_before(tx, of, from_ms), readings.first_after(tx, of, from_ms),
                readings.last_good_before(tx, of, to_ms, intervals),
                readings.first_good_after(tx, of, from_ms, to_ms, intervals),
                readings.first_good_after(tx, of, from_ms, None, intervals),
                over.repeated(tx, of, from_ms, to_ms), readings.whole_span(tx, of),
                series.rows(tx, of, from_ms, to_ms, 4), sensors.newest(tx, of, 5),
            ]  # fmt: skip
    return found


def test_the_small_charts_are_the_same(store: Store, tmp_path: Path) -> None:
    with store.transaction() as tx:
        tx.execute(insert(tables.location).values(id=1, name="a", title="A", area=""))
        tx.execute(insert(tables.sensor).values(id=1, name="s", created_ms=0))
        tx.execute(insert(tables.placement).values(sensor_id=1, location_id=1, from_ms=0, uncertainty_milli_c=0))
    put(store, *(row(1, at_ms, at_ms % 7_000) for at_ms in range(0, 3 * DAY, 1_000_001)))
    with store.reading() as tx:
        before = series.in_small(tx, DAY // 2, 2 * DAY, 3_600_000)
    assert len(list(sealing.seal(store, 2 * DAY, now_ms, tmp_path / "archive"))) == 2
    with store.reading() as tx:
        assert series.in_small(tx, DAY // 2, 2 * DAY, 3_600_000) == before


# -- moving days ------------------------------------------------------------------------------------------------------


def test_only_days_that_have_ended_are_moved_and_a_late_reading_lies_beside_them(store: Store, tmp_path: Path) -> None:
    put(store, *(row(1, hour * 3_600_000, hour * 100) for hour in range(60)))
    moved = list(sealing.seal(store, 2 * DAY + 5, now_ms, tmp_path / "archive"))
    assert [(each.day.name, each.rows) for each in moved] == [("1970-01-01", 24), ("1970-01-02", 24)]
    assert table_size(store) == 12
    assert put(store, row(1, 5, 4_000), row(1, 3_600_000, 9_000)) == {(1, 5)}  # the other instant has a reading
    assert [(each.day.name, each.rows) for each in sealing.seal(store, DAY, now_ms, tmp_path / "archive")] == [
        ("1970-01-01", 2)
    ]
    with store.reading() as tx:
        assert len(readings.trace(tx, 1)) == 61
        assert verify(tx).findings == ()
        assert list(shelf.damaged(tx)) == []
    assert list(sealing.seal(store, 2 * DAY, now_ms, tmp_path / "archive")) == []


def harms(content: bytes) -> dict[str, bytes | None]:
    """What may have become of a file; ``None``: it is gone."""
    return {
        "gone": None,
        "cut": content[:-9],
        "another file": b"other",
        "a byte of a block": content[:20] + bytes([content[20] ^ 1]) + content[21:],
        "a byte of the index": content[:-30] + bytes([content[-30] ^ 1]) + content[-29:],
        "the place of the index": content[:-16] + bytes([content[-16] ^ 1]) + content[-15:],
    }


def test_a_file_that_is_gone_or_altered_is_a_sentence_and_never_a_reading(store: Store, tmp_path: Path) -> None:
    put(store, *(row(1, hour * 3_600_000, hour * 100) for hour in range(24)))
    (moved,) = sealing.seal(store, DAY, now_ms, tmp_path / "archive")
    with store.reading() as tx:
        place = shelf.place_of(tx, moved.day)
    content = place.read_bytes()
    for harm, left in harms(content).items():
        day_file._indexes.clear()
        place.unlink()
        if left is not None:
            place.write_bytes(left)
        with store.reading() as tx:
            assert [str(place) in sentence for sentence in shelf.damaged(tx)] == [True], harm
            with pytest.raises(ArchiveDamaged, match=r"1970-01-01\.\w+\.day (is not there|is not as it was sealed)"):
                readings.trace(tx, 1)
            assert len(readings.trace(tx, 1, DAY)) == 0  # other days are read without it
        place.write_bytes(content)


def test_a_hash_that_was_changed_in_the_record_is_found(store: Store, tmp_path: Path) -> None:
    put(store, row(1, 0, 5_000))
    list(sealing.seal(store, DAY, now_ms, tmp_path / "archive"))
    with store.transaction() as tx:
        tx.execute(sealed_day.update().values(sha256="0" * 64))
    with store.reading() as tx:
        assert "says something else than ledger entry" in verify(tx).findings[0].what


# -- killed at every step ----------------------------------------------------------------------------------------------


def test_killed_at_any_step_nothing_is_lost_and_nothing_is_there_twice(tmp_path: Path) -> None:
    original = tmp_path / "original" / "coldchain.db"
    expected = a_record(original)
    killed, stride = 0, 1 if os.environ.get("COLDCHAIN_EVERY_STEP") else 11
    while True:
        record = tmp_path / str(killed) / "coldchain.db"
        shutil.copytree(original.parent, record.parent)
        if not killed_at(record, killed):
            break
        store = Store(f"sqlite:///{record}")
        assert trace_of(store) == expected, f"step {killed}"
        for _ in sealing.seal(store, 3 * DAY, now_ms):
            pass
        assert trace_of(store) == expected
        assert table_size(store) == 0
        with store.reading() as tx:
            assert verify(tx).findings == () == tuple(shelf.damaged(tx))
        store.close()
        shutil.rmtree(record.parent)
        killed += stride
    assert killed > 30


def a_record(file: Path) -> list[Any]:
    """Two days: the first was sealed before and has late readings; what it reads as."""
    file.parent.mkdir()
    store = empty_store(file)
    put(store, *(row(of, hour * 3_600_000, hour * 100) for hour in (0, 1, 24, 25) for of in (1, 2)))
    list(sealing.seal(store, DAY, now_ms))
    put(store, row(1, 1_800_000, 7_700), row(2, 1_900_000, 7_800))
    found = trace_of(store)
    store.close()
    return found


def trace_of(store: Store) -> list[Any]:
    """All readings of two sensors."""
    with store.reading() as tx:
        return [spans.points(tx, of, -spans.ALWAYS_MS, spans.ALWAYS_MS).tolist() for of in (1, 2)]


def killed_at(record: Path, step: int) -> bool:
    """Seal in a process of its own that is killed at its ``step``-th step; whether it came to it."""

    def sealing_it() -> None:
        _die_at(step)
        for _ in sealing.seal(Store(f"sqlite:///{record}"), 3 * DAY, now_ms):
            pass

    return killed(sealing_it)


def killed(work: Callable[[], object]) -> bool:
    """Do something in a process of its own; whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _die_at(step: int) -> None:
    """A step: a function of the archive or the store is called or returns, or one of the system that writes."""
    seen: set[tuple[str, str, str]] = set()

    def look(frame: FrameType, event: str, argument: Any) -> None:
        of, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if not of.startswith(("coldchain.records.archive", "coldchain.records.store")):
            return
        if event.startswith("c_") and getattr(argument, "__name__", "") not in ("fsync", "write", "open", "replace"):
            return
        seen.add((of, name, f"{event} {getattr(argument, '__name__', '') if event.startswith('c_') else ''}"))
        if len(seen) > step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)
