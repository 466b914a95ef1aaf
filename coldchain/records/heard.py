"""What the ingest step keeps in its own memory, as rows: loaded for many sensors at once, written for many at once.

One service works on a record (ADR 0033). It keeps each sensor's newest reading in memory and writes ``latest`` behind
the readings where there are very many; ``ingesting.since_ms`` says from where on, so that what was not written is read
from the readings themselves after a crash.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, text, update

from coldchain.records import slots
from coldchain.records.among import among, among_texts
from coldchain.records.store import Transaction
from coldchain.records.tables import alert, assignment, disturbed, due, ingesting, latest, memory, placement, sensor

INDEXED_SENSORS = 100_000
"""With more sensors than this a record does without what finds readings by their sensor (PostgreSQL's index, the order
of SQLite's slots): a page would be written for almost every reading. Looking up one sensor's past then reads through
all readings of that time."""

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
class Stay:
    """A sensor at a location under a product, or under none (``assignment_id`` is ``None``)."""

    sensor_id: int
    placement_id: int
    assignment_id: int | None
    location_id: int
    from_ms: int
    to_ms: int | None
    max_gap_ms: int | None
    uncertainty_milli_c: int
    sha256: str
    stage: str


@dataclass(frozen=True)
class Known:
    """All that is needed to tell calm readings of some sensors.

    Attributes:
        sensors: Rows of ``sensor`` with those of ``latest``; ``measured_ms`` is null for one that was never heard.
        stays: By sensor.
        heads: Of the newest memory, by assignment and placement: the reading it holds, and whether it is calm.
        awaited: Subjects of due work that says when a silence is too long.
        told: Placements with an alert whose reason still holds.
    """

    sensors: Sequence[Any]
    stays: dict[int, list[Stay]]
    heads: dict[tuple[int, int], tuple[int, bool]]
    awaited: frozenset[str]
    told: frozenset[int]


def known(tx: Transaction, names: Iterable[str], ids: Iterable[int], kind: str) -> Known:
    """What the record knows of the sensors of these names (all their channels), and of these ids.

    Args:
        tx: The transaction.
        names, ids: Which sensors.
        kind: The kind of due work that waits for silences.
    """
    query = select(
        sensor.c.id, sensor.c.name, sensor.c.channel, sensor.c.commissioned_ms, sensor.c.low_milli_c,
        sensor.c.high_milli_c, sensor.c.power_up, latest.c.measured_ms, latest.c.milli_c, latest.c.received_ms,
        latest.c.battery_pct, latest.c.accepted,
    ).outerjoin(latest, latest.c.sensor_id == sensor.c.id)  # fmt: skip
    named, numbered = list(names), list(ids)  # asked one after the other, so that each is found by its index
    sensors = [*tx.execute(query.where(among_texts(tx, sensor.c.name, named)))] if named else []
    sensors += [*tx.execute(query.where(among(tx, sensor.c.id, numbered)))] if numbered else []
    stays = _stays(tx, [row.id for row in sensors])
    hanging = [stay.placement_id for some in stays.values() for stay in some]
    subjects = [
        f"{stay.assignment_id}:{stay.placement_id}" for some in stays.values() for stay in some if stay.assignment_id
    ]
    awaited = tx.scalars(select(due.c.subject).where(due.c.kind == kind, among_texts(tx, due.c.subject, subjects)))
    told = tx.scalars(
        select(alert.c.placement_id).where(alert.c.cleared_ms.is_(None), among(tx, alert.c.placement_id, hanging))
    )
    return Known(sensors, stays, _heads(tx, hanging), frozenset(awaited), frozenset(told))


def sensors_of(tx: Transaction, placement_ids: Iterable[int]) -> list[int]:
    """The sensors of some placements."""
    return list(tx.scalars(select(placement.c.sensor_id).where(among(tx, placement.c.id, placement_ids))))


def product_file(tx: Transaction, sha256: str) -> str:
    """The text of a product file by which something is or was judged."""
    return str(tx.scalars(select(assignment.c.product_file).where(assignment.c.sha256 == sha256).limit(1)).one())


def _stays(tx: Transaction, sensor_ids: Sequence[int]) -> dict[int, list[Stay]]:
    query = (
        select(
            placement.c.sensor_id, placement.c.id, assignment.c.id, placement.c.location_id, placement.c.from_ms,
            placement.c.to_ms, assignment.c.from_ms, assignment.c.to_ms, placement.c.max_gap_ms,
            placement.c.uncertainty_milli_c, assignment.c.sha256, assignment.c.stage,
        )
        .outerjoin(assignment, assignment.c.location_id == placement.c.location_id)
        .where(among(tx, placement.c.sensor_id, sensor_ids))
    )  # fmt: skip
    found: dict[int, list[Stay]] = {}
    for row in tx.execute(query):
        of, hung, assigned, where, placed_ms, taken_ms, from_ms, to_ms, gap_ms, uncertainty, sha256, stage = row
        begin_ms = placed_ms if from_ms is None else max(placed_ms, from_ms)
        ends = [end for end in (taken_ms, to_ms) if end is not None]
        end_ms = min(ends) if ends else None
        nothing = end_ms is not None and end_ms <= begin_ms
        stay = Stay(
            of, hung, None if nothing else assigned, where, begin_ms, end_ms, gap_ms, uncertainty, sha256 or "",
            stage or "",
        )  # fmt: skip
        found.setdefault(of, []).append(stay)
    return found


def _heads(tx: Transaction, placement_ids: Sequence[int]) -> dict[tuple[int, int], tuple[int, bool]]:
    keys = (memory.c.assignment_id, memory.c.placement_id)
    mine = among(tx, memory.c.placement_id, placement_ids)
    last = select(*keys, func.max(memory.c.through_ms).label("through_ms")).where(mine).group_by(*keys).subquery()
    same = and_(*(last.c[name] == memory.c[name] for name in ("assignment_id", "placement_id", "through_ms")))
    query = select(*keys, memory.c.through_ms, memory.c.calm).join(last, same)
    return {(of, hung): (through_ms, calm) for of, hung, through_ms, calm in tx.execute(query)}


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
