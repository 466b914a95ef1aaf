"""How readings lie in a SQLite table, so that each takes less than 30 bytes and is still found by its sensor.

A reading's instant is kept as a slot of ten minutes and the milliseconds in it, and the key begins with the slot, then
the sensor: what is inserted goes to the table's last pages, and one sensor's past is a look-up a slot, without a second
index that would be as large as half the table. Where there are very many sensors, the milliseconds come before the
sensor. The time of receipt is kept as what it is later, place and flags as one number. ``measured_ms``,
``received_ms``, ``position`` and ``flags`` are computed columns that take no room, so that every database is asked the
same; only what finds rows must name their slots, which is what this module is for.

PostgreSQL has those columns themselves, and an index by sensor.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    MetaData,
    Table,
    bindparam,
    column,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from coldchain.records.store import Transaction
from coldchain.records.tables import reading

SLOT_MS = 600_000
FLAG_BITS = 16
_LAST_SLOT = 1 << 62
_WIDER = 8
_MOST_TO_REORDER = 10_000_000
_NAMES = ("measured_ms", "sensor_id", "milli_c", "received_ms", "source_id", "position", "flags", "copies")

_SLOT: ColumnElement[int] = literal_column("reading.slot", BigInteger)
_OF_SPAN = text(
    "WITH RECURSIVE present(slot) AS (SELECT min(slot) FROM reading WHERE slot >= :first_slot UNION ALL "
    "SELECT (SELECT min(slot) FROM reading WHERE slot > present.slot) FROM present WHERE present.slot < :last_slot) "
    "SELECT slot FROM present"
).columns(column("slot", BigInteger))

Whole = tuple[int, int, int, int, int, int, int, int]
"""A reading: instant, sensor, m°C, received, source, position, flags, copies."""

_stored = Table(
    "reading", MetaData(),
    *(Column(name, BigInteger, primary_key=True, autoincrement=False) for name in ("slot", "sensor_id", "ms")),
    *(Column(name, BigInteger) for name in ("milli_c", "delay_ms", "source_id", "place", "copies")),
)  # fmt: skip
STORE = (
    "INSERT INTO reading (slot, sensor_id, ms, milli_c, delay_ms, source_id, place, copies) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_REPLACE = (
    "UPDATE reading SET milli_c = ?4, delay_ms = ?5, source_id = ?6, place = ?7, copies = ?8 "
    "WHERE slot = ?1 AND sensor_id = ?2 AND ms = ?3"
)

CATCHING_UP = (
    "max(reading.slot) AS slot,",
    "reading.slot >= :since_slot AND",
    f"r.slot = n.slot AND r.ms = n.newest_ms - n.slot * {SLOT_MS} AND",
)
"""What makes `heard`'s statement find rows by their key: a column, a condition within and one without."""

_TABLE = """CREATE TABLE {name} (
  slot INTEGER NOT NULL,
  sensor_id INTEGER NOT NULL,
  ms INTEGER NOT NULL,
  milli_c INTEGER NOT NULL,
  delay_ms INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  copies INTEGER NOT NULL,
  measured_ms BIGINT GENERATED ALWAYS AS (slot * 600000 + ms) VIRTUAL,
  received_ms BIGINT GENERATED ALWAYS AS (slot * 600000 + ms + delay_ms) VIRTUAL,
  position BIGINT GENERATED ALWAYS AS (place >> 16) VIRTUAL,
  flags INTEGER GENERATED ALWAYS AS (place & 65535) VIRTUAL,
  PRIMARY KEY ({key})
) WITHOUT ROWID"""
"""As the migration makes it; a change of it is a migration."""


def table(name: str, *, many: bool) -> str:
    """The statement that makes the table; ``many``: for very many sensors."""
    return _TABLE.format(name=name, key="slot, ms, sensor_id" if many else "slot, sensor_id, ms")


def put_time_first(tx: Transaction) -> None:
    """Order a SQLite table as it is best for very many sensors, unless so many readings are in it that it would take
    minutes: then it is done when they lie in the archive, at a later start."""
    made = str(tx.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'reading'").scalar_one())
    if "(slot, ms, sensor_id)" in made:
        return
    beyond = "SELECT 1 FROM reading LIMIT 1 OFFSET ?"
    if tx.exec_driver_sql(beyond, (_MOST_TO_REORDER,)).first() is not None:
        return
    names = ", ".join(_stored.c.keys())
    tx.exec_driver_sql(table("reading_time_first", many=True))
    tx.exec_driver_sql(f"INSERT INTO reading_time_first ({names}) SELECT {names} FROM reading ORDER BY slot, ms")  # noqa: S608
    tx.exec_driver_sql("DROP TABLE reading")
    tx.exec_driver_sql("ALTER TABLE reading_time_first RENAME TO reading")


def of_span(tx: Transaction, from_ms: int, to_ms: int) -> list[ColumnElement[bool]]:
    """What finds the readings of a span, both ends included, of all sensors."""
    found = [reading.c.measured_ms >= from_ms, reading.c.measured_ms <= to_ms]
    if tx.dialect.name == "sqlite":
        found.append(_SLOT.between(from_ms // SLOT_MS, to_ms // SLOT_MS))
    return found


def of_sensor(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int) -> list[ColumnElement[bool]]:
    """What finds one sensor's readings of a span, both ends included."""
    found = [reading.c.sensor_id == sensor_id, reading.c.measured_ms >= from_ms, reading.c.measured_ms <= to_ms]
    if tx.dialect.name == "sqlite":
        ends = {"first_slot": from_ms // SLOT_MS, "last_slot": to_ms // SLOT_MS}
        found.append(_SLOT.in_(_OF_SPAN.bindparams(**ends)))
    return found


def of_instants(tx: Transaction, sensor_id: int, moments: Sequence[int]) -> list[ColumnElement[bool]]:
    """What finds one sensor's readings of some instants."""
    found = [reading.c.sensor_id == sensor_id, reading.c.measured_ms.in_(moments)]
    if tx.dialect.name == "sqlite":
        found.append(_SLOT.in_(sorted({at_ms // SLOT_MS for at_ms in moments})))
    return found


def earliest(tx: Transaction, from_ms: int) -> int | None:
    """The instant of the first reading of all sensors that is not earlier than ``from_ms``."""
    later: list[ColumnElement[bool]] = [reading.c.measured_ms >= from_ms]
    if tx.dialect.name == "sqlite":
        later.append(_SLOT.between(from_ms // SLOT_MS, _LAST_SLOT))
        slot = tx.scalar(select(_SLOT).select_from(reading).where(*later).order_by(_SLOT).limit(1))
        if slot is None:
            return None
        later.append(_SLOT.in_([slot]))
    found = tx.scalar(select(func.min(reading.c.measured_ms)).where(*later))
    return None if found is None else int(found)


def nearest(
    tx: Transaction, columns: Sequence[Any], sensor_id: int, from_ms: int, to_ms: int, *,
    limit: int, newest_first: bool, but: Sequence[ColumnElement[bool]] = (),
) -> list[Any]:  # fmt: skip
    """One sensor's first readings of a span, or its last ones, both ends of the span included.

    Args:
        tx: The transaction.
        columns: What of them.
        sensor_id: Whose.
        from_ms, to_ms: The span.
        limit: How many at most.
        newest_first: The last ones, the newest first.
        but: What else must be true of them.
    """
    order = reading.c.measured_ms.desc() if newest_first else reading.c.measured_ms
    found: list[Any] = []
    for begin_ms, end_ms in _windows(tx, from_ms, to_ms, newest_first=newest_first):
        query = select(*columns).where(*of_sensor(tx, sensor_id, begin_ms, end_ms), *but).order_by(order).limit(limit)
        found = list(tx.execute(query))
        if len(found) >= limit:
            break
    return found


def put(tx: Transaction, rows: Iterable[Whole]) -> set[tuple[int, int]]:
    """Store readings for instants that have none; returns which those were, as sensor and instant."""
    ordered = sorted(rows)
    if not ordered:
        return set()
    if tx.dialect.name == "sqlite":
        query = sqlite.insert(_stored).on_conflict_do_nothing().returning(*_stored.primary_key.columns)
        named = [dict(zip(_stored.c.keys(), _as_stored(row), strict=True)) for row in ordered]
        return {(of, slot * SLOT_MS + ms) for slot, of, ms in tx.execute(query, named)}
    added = postgresql.insert(reading).on_conflict_do_nothing().returning(reading.c.sensor_id, reading.c.measured_ms)
    return {(of, at_ms) for of, at_ms in tx.execute(added, [dict(zip(_NAMES, row, strict=True)) for row in ordered])}


def replace(tx: Transaction, rows: Sequence[Whole]) -> None:
    """Store what stands now at instants that have a reading."""
    if not rows:
        return
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(_REPLACE, [_as_stored(row) for row in rows])
        return
    keys = {"measured_ms": "at_measured", "sensor_id": "at_sensor"}
    changed = update(reading).where(*(reading.c[name] == bindparam(key) for name, key in keys.items()))
    changed = changed.values({name: bindparam(name) for name in _NAMES if name not in keys})
    tx.execute(changed, [{keys.get(name, name): each for name, each in zip(_NAMES, row, strict=True)} for row in rows])


def delete(tx: Transaction, sensor_id: int, moments: Sequence[int]) -> None:
    """Delete one sensor's readings of some instants."""
    for start in range(0, len(moments), 500):
        tx.execute(reading.delete().where(*of_instants(tx, sensor_id, moments[start : start + 500])))


def stored(rows: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
    """New readings as `STORE` wants them for SQLite; each as `Whole` without the copies, of which there is one."""
    return [
        (at_ms // SLOT_MS, of, at_ms % SLOT_MS, milli_c, received_ms - at_ms, source, position << FLAG_BITS | flags, 1)
        for at_ms, of, milli_c, received_ms, source, position, flags in rows
    ]


def _as_stored(row: Whole) -> tuple[int, ...]:
    return *stored([row[:7]])[0][:7], row[7]


def _windows(tx: Transaction, from_ms: int, to_ms: int, *, newest_first: bool) -> Iterator[tuple[int, int]]:
    """Ever larger parts of a span, from one of its ends on; the last one is all of it that there are readings of."""
    if tx.dialect.name != "sqlite":
        yield from_ms, to_ms
        return
    there = _SLOT.between(from_ms // SLOT_MS, to_ms // SLOT_MS)
    first, last = (
        tx.scalar(select(_SLOT).select_from(reading).where(there).order_by(order).limit(1))
        for order in (_SLOT, _SLOT.desc())
    )
    if first is None or last is None:
        return
    first_ms, last_ms = max(from_ms, first * SLOT_MS), min(to_ms, (last + 1) * SLOT_MS - 1)
    width_ms = SLOT_MS
    while width_ms < last_ms - first_ms:
        yield (last_ms - width_ms, last_ms) if newest_first else (first_ms, first_ms + width_ms)
        width_ms *= _WIDER
    yield first_ms, last_ms
