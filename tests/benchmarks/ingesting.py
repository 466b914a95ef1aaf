"""The live way in: messages stored, judged and committed, against the bare inserts of the same rows."""

import sqlite3
from itertools import count
from pathlib import Path

from coldchain.monitoring.ingest import Incoming, ingest
from coldchain.payloads import Decoded
from coldchain.records import Store, places
from coldchain.rulebook.book import load_rulebook
from tests.benchmarks.measure import Measured, compared

START_MS = 1_790_000_000_000
BATCH = 500
SENSORS = 100


def ingesting(folder: Path, *, short: bool) -> Measured:
    """The whole transaction, judging included, on SQLite with ``synchronous=FULL``; a fresh span of time each run."""
    rows = 2_000 if short else 5_000
    store = ward(folder)
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE reading (at INTEGER, sensor INTEGER, value INTEGER, received INTEGER, "
                 "PRIMARY KEY (at, sensor)) WITHOUT ROWID")  # fmt: skip
    spans, bare_spans = count(), count()

    def ours() -> None:
        taken = 0
        for batch in batches(next(spans), rows):
            taken += ingest(store, batch, batch[-1].received_ms, ()).accepted
        if taken != rows:
            raise RuntimeError(f"{taken} of {rows} readings were accepted")

    def inserts() -> None:
        for batch in batches(next(bare_spans), rows):
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(
                "INSERT INTO reading VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(m.received_ms, int(m.decoded[0].sensor[1:]), m.decoded[0].milli_c, m.received_ms) for m in batch],
            )
            bare.execute("COMMIT")

    try:
        return compared(
            f"ingesting {rows:,} readings of {SENSORS} sensors (SQLite)", ours,
            f"bare inserts, batches of {BATCH}", inserts,
            times=1 if short else 3, count=rows, unit="rows",
        )  # fmt: skip
    finally:
        bare.close()
        store.close()


def ward(folder: Path, sensors: int = SENSORS, start_ms: int = START_MS, name: str = "bench.db") -> Store:
    """Many refrigerators, each with a sensor and a product."""
    store = Store(f"sqlite:///{folder / name}")
    store.migrate()
    rulebook = load_rulebook()
    product, text = rulebook.product("refrigerated-2-8"), rulebook.text("refrigerated-2-8")
    with store.transaction() as tx:
        for number in range(sensors):
            location = places.put_location(tx, f"fridge-{number}", f"Refrigerator {number}")
            sensor = places.put_sensor(tx, f"s{number}", now_ms=start_ms)
            places.place(tx, sensor, location, start_ms, start_ms)
            places.assign(tx, location, product, text, product.first_stage.name, start_ms, start_ms)
    return store


def batches(span: int, rows: int) -> list[list[Incoming]]:
    """The messages of one span of time, a reading a sensor a minute, in batches."""
    first = START_MS + span * (rows // SENSORS) * 60_000
    messages = []
    for row in range(rows):
        at_ms, sensor = first + row // SENSORS * 60_000, f"s{row % SENSORS}"
        milli_c = 4000 + row % 701
        payload = f'{{"measured_at":{at_ms},"temperature_c":{milli_c / 1000}}}'.encode()
        decoded = Decoded(sensor, "", at_ms, milli_c, None, str(milli_c / 1000), position=0)
        topic = f"coldchain/readings/{sensor}"
        messages.append(Incoming("mqtt", topic, topic, payload, at_ms, (decoded,)))
    return [messages[start : start + BATCH] for start in range(0, rows, BATCH)]
