"""A reading that comes ten months late to a sensor with a year of minutes, against a fresh one of the same sensor."""

from itertools import count
from pathlib import Path

import numpy as np

from coldchain.monitoring.ingest import Incoming, ingest
from coldchain.payloads import Decoded
from coldchain.records import Store, heard, places
from coldchain.records.archive import blocks
from coldchain.rulebook.book import load_rulebook
from tests.benchmarks.measure import Measured, compared

START_MS = 1_790_000_000_000
MINUTE_MS = 60_000
YEAR = 525_600
MONTH = 43_800


def late(folder: Path, *, short: bool) -> Measured:
    """One good reading between two others, ten months ago; the baseline is the next good reading of today."""
    minutes = YEAR // 100 if short else YEAR
    store = a_year(folder, minutes)
    ago = 10 * MONTH * minutes // YEAR
    fresh, old = count(minutes), count()

    def today() -> None:
        number = next(fresh)
        _hear(store, START_MS + number * MINUTE_MS, START_MS + number * MINUTE_MS)

    def ten_months_ago() -> None:
        now_ms = START_MS + (minutes + 1000) * MINUTE_MS
        _hear(store, START_MS + (minutes - ago + 3 * next(old)) * MINUTE_MS + 30_000, now_ms)

    today()
    try:
        return compared(
            f"a reading ten months late, {minutes:,} readings of its sensor", ten_months_ago,
            "a fresh reading of it", today, times=3 if short else 15,
        )  # fmt: skip
    finally:
        store.close()


def a_year(folder: Path, minutes: int) -> Store:
    """A record of one refrigerator and one sensor, with a warm quarter of an hour every tenth day."""
    store = Store(f"sqlite:///{folder / 'year.db'}")
    store.migrate()
    rulebook = load_rulebook()
    product, text = rulebook.product("refrigerated-2-8"), rulebook.text("refrigerated-2-8")
    with store.transaction() as tx:
        location = places.put_location(tx, "fridge", "Refrigerator")
        sensor = places.put_sensor(tx, "s", now_ms=START_MS)
        places.place(tx, sensor, location, START_MS, START_MS)
        places.assign(tx, location, product, text, product.first_stage.name, START_MS, START_MS)
    for first in range(0, minutes, 10_000):
        batch = [_message(START_MS + k * MINUTE_MS, START_MS + k * MINUTE_MS, 9000 if k % 14_400 > 14_385 else 5000)
                 for k in range(first, min(first + 10_000, minutes))]  # fmt: skip
        ingest(store, batch, batch[-1].received_ms, ())
    return store


def bytes_a_reading(folder: Path, *, short: bool) -> str:
    """What a reading takes on the disk, SQLite, with all that is kept of it and what finds it: by sensors."""
    return "\n".join(
        f"{f'bytes a reading, {sensors:,} sensors (SQLite, everything kept)':<58} {size:>24.1f} B"
        for sensors, size in _sizes(folder, 20_000 if short else 500_000)
    )


def bytes_in_the_archive() -> str:
    """What a reading of a sealed day takes: a minute apart, steps of 0.1 °C, by how its times vary."""
    random = np.random.default_rng(5)
    lines = []
    for clock_ms, delay_ms in ((1, 1), (1, 1_000), (1_000, 1), (1_000, 1_000)):
        rows = np.zeros((1_440, len(blocks.COLUMNS)), dtype=np.int64)
        rows[:, 0] = START_MS + np.arange(1_440) * MINUTE_MS + random.integers(0, clock_ms, 1_440)
        rows[:, 1] = 5_000 + 100 * np.cumsum(random.integers(-1, 2, 1_440))
        rows[:, 2] = rows[:, 0] + random.integers(0, delay_ms, 1_440)
        what = f"bytes a reading, archived, clock ±{clock_ms // 2} ms, delay ±{delay_ms // 2} ms"
        lines.append(f"{what:<58} {len(blocks.packed(rows)) / len(rows):>24.1f} B")
    return "\n".join(lines)


def _sizes(folder: Path, rows: int) -> list[tuple[int, float]]:
    """Each sensor at its own moment of the minute, give or take; stored in order of arrival, as the service does."""
    found = []
    for sensors in (100, 2_000, 20_000, 200_000):
        random, left = np.random.default_rng(5), rows
        phase = random.integers(0, MINUTE_MS, sensors)
        store = Store(f"sqlite:///{folder / f'bytes-{sensors}.db'}")
        store.migrate()
        with store.transaction() as tx:
            if sensors > heard.INDEXED_SENSORS:
                heard.do_without_index(tx)
            for minute in count():
                at_ms = START_MS + minute * MINUTE_MS + phase + random.integers(-300, 300, sensors)
                received_ms = at_ms + random.integers(40, 240, sensors)
                milli_c = 4_000 + 100 * random.integers(0, 30, sensors)
                order = np.argsort(received_ms)[:left]
                left -= len(order)
                columns = (at_ms[order], order + 1, milli_c[order], received_ms[order], order + 1, 0 * order, 0 * order)
                heard.put_new(tx, list(zip(*(column.tolist() for column in columns), strict=True)))
                if not left:
                    break
        with store.reading() as tx:
            pages = "SELECT sum(pgsize) FROM dbstat WHERE name = 'reading'"
            try:
                size = int(tx.exec_driver_sql(pages).scalar_one())
            except Exception:  # noqa: BLE001 — this SQLite has no dbstat: the whole file, which holds little else
                size = (folder / f"bytes-{sensors}.db").stat().st_size
        store.close()
        found.append((sensors, size / rows))
    return found


def _hear(store: Store, at_ms: int, now_ms: int) -> None:
    if ingest(store, [_message(at_ms, now_ms, 5000)], now_ms, ()).accepted != 1:
        raise RuntimeError("the reading was not new")


def _message(at_ms: int, received_ms: int, milli_c: int) -> Incoming:
    decoded = Decoded("s", "", at_ms, milli_c, None, str(milli_c / 1000))
    return Incoming("mqtt", "t/s", "t/s", b"{}", received_ms, (decoded,))
