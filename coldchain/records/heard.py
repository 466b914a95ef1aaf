"""What the ingest step keeps in its own memory, as rows: loaded for many sensors at once, written for many at once.

One service works on a record (ADR 0033). It keeps each sensor's newest reading in memory and writes ``latest`` behind
the readings where there are very many; ``ingesting.since_ms`` says from where on, so that what was not written is read
from the readings themselves after a crash.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from coldchain.records import slots
from coldchain.records.among import among, among_texts
from coldchain.records.store import Transaction
from coldchain.records.tables import alert, assignment, disturbed, due, ingesting, latest, memory, placement, sensor

INDEXED_SENSORS = 100_000
"""With more sensors than this a record does without what finds readings by their sensor (PostgreSQL's index, the order
of SQLite's slots): a page would be written for almost every reading. Looking up one sensor's past then reads through
all readings of that time."""

NOTHING, NEVER_MS = -(2**62), 2**62
"""Before and after every instant."""

Ints = NDArray[np.int64]

NewRow = tuple[int, int, int, int, int, int, int]
"""Instant, sensor, m°C, received, source, position, flags."""

Newest = tuple[int, int, int, int, int | None, int]
"""Sensor, instant, m°C, received, battery, accepted: what `put_newest` writes."""


# -- whose memory holds -----------------------------------------------------------------------------------------------


def claim(tx: Transaction, owner: str) -> bool:
    """Become the one that keeps the newest readings in memory; whether it was so already."""
    row = tx.execute(select(ingesting.c.owner, ingesting.c.since_ms)).first()
    if row is not None and row.owner == owner:
        return True
    if row is None:
        tx.execute(insert(ingesting).values(id=1, owner=owner, since_ms=None))
        return False
    if row.since_ms is not None:
        _catch_up(tx, row.since_ms)
    tx.execute(update(ingesting).values(owner=owner, since_ms=None))
    return False


def behind_since(tx: Transaction, since_ms: int | None) -> None:
    """From which instant on ``latest`` may lack readings; ``None``: it lacks none."""
    tx.execute(update(ingesting).values(since_ms=since_ms))


_CATCH_UP = (
    "INSERT INTO latest (sensor_id, measured_ms, milli_c, received_ms, accepted, duplicates, conflicts, "
    "quarantined) "
    "SELECT r.sensor_id, r.measured_ms, r.milli_c, r.received_ms, n.readings, 0, 0, 0 FROM ("
    "  SELECT reading.sensor_id, {newest} max(reading.measured_ms) AS newest_ms, count(*) AS readings "
    "  FROM reading "
    "  LEFT JOIN latest ON latest.sensor_id = reading.sensor_id "
    "  WHERE {slot} reading.measured_ms >= :since AND (latest.measured_ms IS NULL OR "
    "    reading.measured_ms > latest.measured_ms) GROUP BY reading.sensor_id) n "
    "JOIN reading r ON {same} r.sensor_id = n.sensor_id AND r.measured_ms = n.newest_ms WHERE true "
    "ON CONFLICT (sensor_id) DO UPDATE SET measured_ms = excluded.measured_ms, milli_c = excluded.milli_c, "
    "received_ms = excluded.received_ms, accepted = latest.accepted + excluded.accepted"
)


def _catch_up(tx: Transaction, since_ms: int) -> None:
    """Complete ``latest`` from the readings, after a process that kept it in memory is gone."""
    newest, slot, same = slots.CATCHING_UP if tx.dialect.name == "sqlite" else ("", "", "")
    tx.execute(
        text(_CATCH_UP.format(newest=newest, slot=slot, same=same)),
        {"since": since_ms, "since_slot": since_ms // slots.SLOT_MS},
    )


def disturb(tx: Transaction, sensor_ids: Iterable[int]) -> None:
    """Have the ingest step look at the rows of these sensors again."""
    wanted = set(sensor_ids)
    known = set(tx.scalars(select(disturbed.c.sensor_id).where(among(tx, disturbed.c.sensor_id, wanted))))
    missing = [{"sensor_id": sensor_id} for sensor_id in sorted(wanted - known)]
    if missing:
        tx.execute(insert(disturbed), missing)


def take_disturbed(tx: Transaction) -> list[int]:
    """The sensors to look at again, each once."""
    found = list(tx.scalars(select(disturbed.c.sensor_id)))
    if found:
        tx.execute(delete(disturbed))
    return found


# -- what is known of sensors -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """All that is needed to tell calm readings of some sensors: a row for each stay of each sensor.

    A stay is a placement under an assignment, or under none; a sensor that never hung anywhere has one row without.
    Rows of a sensor stand together. Whole numbers are of shape (n,), with `NOTHING` for null where nothing else is
    said; m°C and UTC ms.

    Attributes:
        name, channel: Of the sensor.
        sha256, stage: Of the product file that judges; empty where nothing does.
        sensor_id, commissioned_ms, low_milli_c, high_milli_c, power_up: Of the sensor.
        measured_ms, milli_c, received_ms, battery_pct, accepted: Its newest reading and what was counted.
        placement_id, location_id, placed_ms, taken_ms, max_gap_ms, uncertainty_milli_c: Where it hangs or hung; until
            `NEVER_MS` where it still does, and with that gap where none is declared.
        assignment_id, assigned_ms, ended_ms: What it was judged by; likewise.
        through_ms, calm: Of the newest memory: the reading it holds, and whether it is calm.
        awaited: Whether somebody waits for the next silence.
        told: Whether there is an alert whose reason still holds.
    """

    name: Sequence[str]
    channel: Sequence[str]
    sha256: Sequence[str]
    stage: Sequence[str]
    sensor_id: Ints
    commissioned_ms: Ints
    low_milli_c: Ints
    high_milli_c: Ints
    power_up: Ints
    measured_ms: Ints
    milli_c: Ints
    received_ms: Ints
    battery_pct: Ints
    accepted: Ints
    placement_id: Ints
    location_id: Ints
    placed_ms: Ints
    taken_ms: Ints
    max_gap_ms: Ints
    uncertainty_milli_c: Ints
    assignment_id: Ints
    assigned_ms: Ints
    ended_ms: Ints
    through_ms: Ints
    calm: Ints
    awaited: Ints
    told: Ints

    def __len__(self) -> int:
        return len(self.name)


def known_by_name(tx: Transaction, names: Iterable[str], kind: str) -> Known:
    """What the record knows of the sensors of these names, all their channels.

    Args:
        tx: The transaction.
        names: Which sensors.
        kind: The kind of due work that waits for silences.
    """
    return _known(tx, among_texts(tx, sensor.c.name, names), kind)


def known_by_id(tx: Transaction, ids: Iterable[int], kind: str) -> Known:
    """What the record knows of these sensors; `known_by_name`."""
    return _known(tx, among(tx, sensor.c.id, ids), kind)


def _known(tx: Transaction, some: ColumnElement[bool], kind: str) -> Known:
    held = (memory.c.placement_id == placement.c.id) & (memory.c.assignment_id == assignment.c.id)
    newest = select(memory.c.calm).where(held).order_by(memory.c.through_ms.desc()).limit(1).scalar_subquery()
    subject = cast(assignment.c.id, String) + ":" + cast(placement.c.id, String)
    told = (alert.c.placement_id == placement.c.id) & alert.c.cleared_ms.is_(None)
    query = (
        select(
            sensor.c.name, sensor.c.channel, _text(assignment.c.sha256), _text(assignment.c.stage), sensor.c.id,
            _int(sensor.c.commissioned_ms), _int(sensor.c.low_milli_c), _int(sensor.c.high_milli_c),
            cast(sensor.c.power_up, Integer), _int(latest.c.measured_ms), _int(latest.c.milli_c, 0),
            _int(latest.c.received_ms, 0), _int(latest.c.battery_pct, -1), _int(latest.c.accepted, 0),
            _int(placement.c.id), _int(placement.c.location_id, -1), _int(placement.c.from_ms),
            _int(placement.c.to_ms, NEVER_MS), _int(placement.c.max_gap_ms, NEVER_MS),
            _int(placement.c.uncertainty_milli_c, 0), _int(assignment.c.id), _int(assignment.c.from_ms),
            _int(assignment.c.to_ms, NEVER_MS),
            _int(select(func.max(memory.c.through_ms)).where(held).scalar_subquery()),
            _int(cast(newest, Integer), 0),
            _any(select(literal(1)).select_from(due).where(due.c.kind == kind, due.c.subject == subject)),
            _any(select(literal(1)).select_from(alert).where(told)),
        )
        .select_from(sensor)
        .outerjoin(latest, latest.c.sensor_id == sensor.c.id)
        .outerjoin(placement, placement.c.sensor_id == sensor.c.id)
        .outerjoin(assignment, assignment.c.location_id == placement.c.location_id)
        .where(some)
        .order_by(sensor.c.id)
    )  # fmt: skip
    rows = tx.execute(query).all()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(fields(Known))
    return Known(*columns[:_TEXTS], *(np.array(column, dtype=np.int64) for column in columns[_TEXTS:]))


def _any(query: Select[int]) -> ColumnElement[int]:
    """1 where there is a row; not by EXISTS, for which PostgreSQL would read the whole table first."""
    return func.coalesce(query.limit(1).scalar_subquery(), 0)


_TEXTS = 4
"""So many columns of `Known` are texts."""


def _text(column: ColumnElement[str]) -> ColumnElement[str]:
    return func.coalesce(column, "")


def _int(column: ColumnElement[int], otherwise: int = NOTHING) -> ColumnElement[int]:
    return func.coalesce(column, literal(otherwise, BigInteger))


def sensors_of(tx: Transaction, placement_ids: Iterable[int]) -> list[int]:
    """The sensors of some placements."""
    return list(tx.scalars(select(placement.c.sensor_id).where(among(tx, placement.c.id, placement_ids))))


def product_file(tx: Transaction, assignment_id: int) -> str:
    """The text of the product file by which something is or was judged."""
    return str(tx.scalars(select(assignment.c.product_file).where(assignment.c.id == assignment_id)).one())


# -- writing many -----------------------------------------------------------------------------------------------------


def put_new(tx: Transaction, rows: Sequence[NewRow]) -> int:
    """Store readings of instants that have none; returns how many there were none of."""
    names = "measured_ms, sensor_id, milli_c, received_ms, source_id, position, flags"
    if tx.dialect.name == "sqlite":
        done = tx.exec_driver_sql(slots.STORE, slots.stored(rows))
    else:
        columns = [list(column) for column in zip(*rows, strict=True)]
        done = tx.exec_driver_sql(
            f"INSERT INTO reading ({names}, copies) SELECT *, 1 FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], "  # noqa: S608
            "%s::bigint[], %s::bigint[], %s::bigint[], %s::int[]) ON CONFLICT DO NOTHING",
            tuple(columns),
        )
    return int(done.rowcount)


def do_without_index(tx: Transaction) -> None:
    """Do without what finds readings by their sensor, where there are more than `INDEXED_SENSORS`."""
    if tx.dialect.name == "sqlite":
        slots.put_time_first(tx)
    else:
        tx.execute(text("DROP INDEX IF EXISTS ix_reading_sensor"))


def put_newest(tx: Transaction, rows: Sequence[Newest]) -> None:
    """Write sensors' newest readings and how many were accepted."""
    if not rows:
        return
    head = (
        "INSERT INTO latest (sensor_id, measured_ms, milli_c, received_ms, battery_pct, accepted, duplicates, "
        "conflicts, quarantined) "
    )
    tail = (
        " ON CONFLICT (sensor_id) DO UPDATE SET measured_ms = excluded.measured_ms, milli_c = excluded.milli_c, "
        "received_ms = excluded.received_ms, battery_pct = excluded.battery_pct, accepted = excluded.accepted"
    )
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(head + "VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0)" + tail, list(rows))
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    unnest = "unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::bigint[])"
    tx.exec_driver_sql(head + f"SELECT *, 0, 0, 0 FROM {unnest}" + tail, tuple(columns))  # noqa: S608


def put_due(tx: Transaction, kind: str, rows: Sequence[tuple[str, int]]) -> None:
    """Have things done later than they were due: subject and moment, UTC ms."""
    if rows:
        tx.execute(
            text("UPDATE due SET due_ms = :due_ms WHERE kind = :kind AND subject = :subject"),
            [{"kind": kind, "subject": subject, "due_ms": due_ms} for subject, due_ms in rows],
        )
