"""Messages that go their way in lots and as columns come to what the same messages come to one by one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.batches import Batch
from coldchain.monitoring.incoming import Published
from coldchain.monitoring.ingest import ingest
from coldchain.payloads import DEFAULT_ROUTES, Router
from coldchain.records import Store, tables
from tests.empty import empty_record
from tests.monitoring.ward import CHANNELS, MINUTE, START, Ward, spans

RECEIVED_MS = START + 100 * MINUTE


def plain(minute: float, milli_c: int, sensor: str = "s1", battery: int | None = None) -> Published:
    at = datetime.fromtimestamp((START + minute * MINUTE) / 1000, UTC)
    more = "" if battery is None else f', "battery_pct": {battery}'
    said = f'{{"measured_at": "{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z", "temperature_c": '
    said += f"{'-' if milli_c < 0 else ''}{abs(milli_c) // 1000}.{abs(milli_c) % 1000:03d}{more}}}"
    return 1, f"coldchain/readings/{sensor}", said.encode(), False, False


def arrivals(at_ms: int = RECEIVED_MS) -> Arrivals:
    return Arrivals(Router(DEFAULT_ROUTES), lambda: at_ms)


anything = st.one_of(
    st.builds(plain, st.integers(0, 120), st.integers(-130_000, 130_000), st.sampled_from(["s1", "s2", "ä", "a/b"])),
    st.builds(plain, st.just(100), st.sampled_from([-127_000, 85_000, 127_990]), battery=st.integers(0, 100)),
    st.tuples(st.just(2), st.just("coldchain/readings/s1"), st.binary(max_size=20), st.booleans(), st.booleans()),
    st.tuples(st.just(3), st.just("coldchain/readings/s1"), st.just(b'{"temperature_c": 5}'), st.booleans(),
              st.booleans()),
    st.tuples(st.just(4), st.sampled_from(["coldchain/canary", "coldchain/status", "x"]), st.just(b"{}"),
              st.just(False), st.just(False)),
)  # fmt: skip


@given(st.lists(anything, max_size=12))
def test_many_at_once_arrive_as_each_by_itself(published: list[Published]) -> None:
    by_itself = arrivals()
    expected = [by_itself.arrive(topic, payload, redelivered=again, retained=kept)
                for _, topic, payload, again, kept in published]  # fmt: skip
    found = arrivals().arrive_all(published)
    usual = list(found.plain)
    assert sorted(map(repr, [*usual, *(one for _, one in found.others)])) == sorted(map(repr, expected))
    assert len(found.plain_ids) == len(usual)
    assert not any(one.old or one.retained or one.redelivered for one in usual)
    whole = Batch.joined([found.plain, [one for _, one in found.others if one is not None]])
    assert [whole[at] for at in range(len(whole))] == list(whole) == whole[:]


@contextmanager
def furnished() -> Iterator[Ward]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ward.db"
        file.write_bytes(empty_record())
        store = Store(f"sqlite:///{file}")
        yield Ward(store).furnish()
        store.close()


def remembered(ward: Ward) -> Any:
    """All that the record holds but for what numbers itself."""
    with ward.store.reading() as tx:
        names = {row.id: row.name for row in tx.execute(select(tables.source))}
        rows = sorted((*row[:4], names[row.source_id], row.flags, row.copies) for row in tx.execute(
            select(*(tables.reading.c[each] for each in
                     ("sensor_id", "measured_ms", "milli_c", "received_ms", "source_id", "flags", "copies")))
        ))  # fmt: skip
    return rows, ward.counts(), spans(ward.excursions()), sorted(ward.told())


minutes = st.lists(
    st.tuples(st.integers(0, 59), st.sampled_from([5_000, 5_100, 7_900, 8_100, 9_000, -127_000]),
              st.none() | st.integers(0, 100)),
    min_size=1, max_size=14,
)  # fmt: skip


@given(minutes, st.integers(1, 6))
@example([(0, 5_000, None), (10, 5_000, 80), (20, 5_000, 80), (30, 9_000, None), (40, 5_000, None)], 1)
@example([(0, 5_000, None), (10, 5_000, None), (10, 5_000, None), (5, 9_000, None)], 2)
@settings(max_examples=10)
def test_lots_leave_the_record_that_single_messages_leave(
    series: Sequence[tuple[int, int, int | None]], at_once: int
) -> None:
    with furnished() as one, furnished() as other:
        for first in range(0, len(series), at_once):
            some = [plain(minute, milli_c, "s1", battery)
                    for minute, milli_c, battery in series[first : first + at_once]]  # fmt: skip
            now_ms = START + (60 + first) * MINUTE
            for number, ward in enumerate((one, other)):
                here = arrivals(START + max(minute for minute, *_ in series[: first + at_once]) * MINUTE)
                if number:
                    found = here.arrive_all(some)
                    others = [each for _, each in found.others if each is not None]
                    ingest(ward.store, Batch.joined([found.plain, others]), now_ms, CHANNELS)
                else:
                    each_alone = [here.arrive(topic, payload) for _, topic, payload, *_ in some]
                    ingest(ward.store, [each for each in each_alone if each is not None], now_ms, CHANNELS)
        assert remembered(one) == remembered(other)
