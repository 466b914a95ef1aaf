"""Readings: one an instant and sensor, with the key that decided for it; and each sensor's newest one and counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from coldchain.domain.reading import Trace
from coldchain.records import slots, spans
from coldchain.records.store import Transaction
from coldchain.records.tables import latest as latest_table
from coldchain.records.tables import reading

FLAGS = (
    "time=received", "HI", "LO", "retained", "units=assumed", "backfilled", "battery=low", "codec=by-structure",
)  # fmt: skip
"""What else is known of a reading; its place here is its bit in the ``flags`` column."""

Instant = tuple[int, int]
"""A sensor's id and an instant, UTC ms."""


@dataclass(frozen=True)
class Row:
    """A reading as it is stored; ``copies`` is how often it was received."""

    sensor_id: int
    measured_ms: int
    milli_c: int
    received_ms: int
    source_id: int
    position: int
    flags: int = 0
    copies: int = 1


def flag_bits(flags: Iterable[str]) -> int:
    """The bits of those flags that this program knows."""
    return sum(1 << FLAGS.index(flag) for flag in set(flags) if flag in FLAGS)


def flag_names(bits: int) -> tuple[str, ...]:
    """The inverse of `flag_bits`."""
    return tuple(name for index, name in enumerate(FLAGS) if bits >> index & 1)


def put(tx: Transaction, rows: Sequence[Row]) -> set[Instant]:
    """Store readings for instants that have none; returns which instants those were."""
    if not rows:
        return set()
    spans.bring_back(tx, [(row.sensor_id, row.measured_ms) for row in rows])
    return slots.put(tx, [_whole(row) for row in rows])


def at_instants(tx: Transaction, instants: Iterable[Instant]) -> dict[Instant, Row]:
    """What stands at these instants."""
    by_sensor: dict[int, list[int]] = {}
    for sensor_id, measured_ms in sorted(set(instants)):
        by_sensor.setdefault(sensor_id, []).append(measured_ms)
    found: dict[Instant, Row] = {}
    for sensor_id, moments in by_sensor.items():
        for start in range(0, len(moments), 500):
            some = slots.of_instants(tx, sensor_id, moments[start : start + 500])
            for row in tx.execute(select(reading).where(*some)):
                found[sensor_id, row.measured_ms] = Row(**row._mapping)
    return found


def replace(tx: Transaction, rows: Sequence[Row]) -> None:
    """Store what stands now at instants that have a reading."""
    slots.replace(tx, [_whole(row) for row in rows])


def _whole(row: Row) -> slots.Whole:
    return (
        row.measured_ms, row.sensor_id, row.milli_c, row.received_ms, row.source_id, row.position, row.flags, row.copies
    )  # fmt: skip


def trace(
    tx: Transaction, sensor_id: int, after_ms: int | None = None, until_ms: int | None = None, *, beyond: bool = False
) -> Trace:
    """A sensor's readings, later than ``after_ms`` and not later than ``until_ms``.

    Args:
        tx: The transaction.
        sensor_id: Whose.
        after_ms: Not those up to this instant; ``None``: from the first on.
        until_ms: Not those after this instant; ``None``: up to the last.
        beyond: Also the first one after ``until_ms``, if there is one.
    """
    from_ms = -spans.ALWAYS_MS if after_ms is None else after_ms + 1
    to_ms = spans.ALWAYS_MS if until_ms is None else until_ms
    if beyond and until_ms is not None:
        later = spans.first(tx, sensor_id, until_ms + 1, spans.ALWAYS_MS)
        to_ms = to_ms if later is None else later[0]
    columns = spans.points(tx, sensor_id, from_ms, to_ms)
    return Trace(np.ascontiguousarray(columns[:, 0]), np.ascontiguousarray(columns[:, 1]))


def last_before(tx: Transaction, sensor_id: int, at_ms: int) -> tuple[int, int] | None:
    """A sensor's last reading earlier than ``at_ms``: its instant and its value, m°C."""
    return spans.last(tx, sensor_id, -spans.ALWAYS_MS, at_ms - 1)


def first_after(tx: Transaction, sensor_id: int, at_ms: int) -> tuple[int, int] | None:
    """A sensor's first reading later than ``at_ms``: its instant and its value, m°C."""
    return spans.first(tx, sensor_id, at_ms + 1, spans.ALWAYS_MS)


def last_good_before(tx: Transaction, sensor_id: int, at_ms: int, bad_milli_c: Sequence[tuple[int, int]]) -> int | None:
    """The instant of a sensor's last reading not later than ``at_ms`` that lies in none of the bad intervals, m°C."""
    found = spans.last(tx, sensor_id, -spans.ALWAYS_MS, at_ms, bad_milli_c)
    return None if found is None else found[0]


def first_good_after(
    tx: Transaction, sensor_id: int, after_ms: int, until_ms: int | None, bad_milli_c: Sequence[tuple[int, int]]
) -> int | None:
    """The instant of a sensor's first reading later than ``after_ms`` that lies in none of the bad intervals, m°C.

    It is not later than ``until_ms``, unless that is ``None``.
    """
    to_ms = spans.ALWAYS_MS if until_ms is None else until_ms
    found = spans.first(tx, sensor_id, after_ms + 1, to_ms, bad_milli_c)
    return None if found is None else found[0]


def whole_span(tx: Transaction, sensor_id: int) -> tuple[int, int] | None:
    """The instants of a sensor's first and last reading; ``None`` without any."""
    first, last = (each(tx, sensor_id, -spans.ALWAYS_MS, spans.ALWAYS_MS) for each in (spans.first, spans.last))
    return None if first is None or last is None else (first[0], last[0])


@dataclass(frozen=True)
class Latest:
    """A sensor's newest reading and its counts; disjoint, and they add up to what held a value."""

    sensor_id: int
    measured_ms: int | None = None
    milli_c: int | None = None
    received_ms: int | None = None
    battery_pct: int | None = None
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    quarantined: int = 0
    payload_sha256: bytes | None = None


def latest(tx: Transaction, sensor_ids: Iterable[int]) -> dict[int, Latest]:
    """The newest reading and the counts of these sensors; a sensor that never spoke has none."""
    wanted = sorted(set(sensor_ids))
    found: dict[int, Latest] = {}
    for start in range(0, len(wanted), 500):
        some = latest_table.c.sensor_id.in_(wanted[start : start + 500])
        for row in tx.execute(select(latest_table).where(some)):
            found[row.sensor_id] = Latest(**row._mapping)
    return found


def put_latest(tx: Transaction, rows: Sequence[Latest]) -> None:
    """Store the newest readings and counts of sensors."""
    if not rows:
        return
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(latest_table)
    changed = {
        column.name: statement.excluded[column.name] for column in latest_table.columns if not column.primary_key
    }
    tx.execute(statement.on_conflict_do_update(index_elements=["sensor_id"], set_=changed), [vars(row) for row in rows])


def put_last_payloads(tx: Transaction, sha256_of: Mapping[int, bytes]) -> None:
    """Keep the hash of sensors' last messages that had neither time nor sequence number; the sensors were heard."""
    statement = update(latest_table).where(latest_table.c.sensor_id == bindparam("b_sensor"))
    rows = [{"b_sensor": sensor_id, "b_payload": sha256} for sensor_id, sha256 in sorted(sha256_of.items())]
    tx.execute(statement.values(payload_sha256=bindparam("b_payload")), rows)


def counts(tx: Transaction) -> Mapping[str, int]:
    """How many readings were accepted, repeated, contradicted and put aside, over all sensors."""
    totals = dict.fromkeys(("accepted", "duplicates", "conflicts", "quarantined"), 0)
    for row in tx.execute(select(*(latest_table.c[name] for name in totals))):
        for name, value in row._mapping.items():
            totals[name] += value
    return totals
