"""Excursions: what was found stays; what is known of it is appended as revisions, each with its ledger entry."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update

from coldchain.errors import NotFound
from coldchain.records import dispositions, due_work, ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import excursion as excursion_table
from coldchain.records.tables import excursion_revision
from coldchain.records.units import Unit


@dataclass(frozen=True)
class Known:
    """What is known of an excursion at some time: one revision's content.

    Attributes:
        start_ms, end_ms: First bad reading, first good one after it; ``end_ms`` is ``None`` while open.
        at_least_ms, estimate_ms, at_most_ms: How long, as a triple; while open, up to ``known_ms`` of the revision.
        extreme_milli_c: Its worst value.
        readings: How many bad readings it holds.
        certainty: ``certain`` or ``possible``.
        withdrawn: Later data showed that it was none.
    """

    start_ms: int
    end_ms: int | None
    at_least_ms: int
    estimate_ms: int
    at_most_ms: int
    extreme_milli_c: int
    readings: int
    certainty: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Revision:
    """One revision; the last one is what is known now, an earlier one what was known then."""

    revision: int
    known_ms: int
    because: str
    known: Known


@dataclass(frozen=True)
class Excursion:
    """An excursion with its newest revision.

    Attributes:
        number: What people call it, such as ``2026-0142``.
        yardstick: What it was judged by, frozen: limit, product, ``max_gap``, uncertainty, calibration.
        late: It became known only after its end.
        merged_into: The older excursion that it turned out to be part of.
    """

    id: int
    number: str
    assignment_id: int
    placement_id: int
    location_id: int
    sensor_id: int
    limit_id: str
    yardstick: dict[str, Any]
    known_ms: int
    late: bool
    merged_into: int | None
    current: Revision


def open_excursion(
    tx: Transaction, unit: Unit, limit_id: str, yardstick: Mapping[str, Any], known: Known, now_ms: int, *,
    late: bool, because: str,
) -> Excursion:  # fmt: skip
    """Record a new excursion with its first revision."""
    values = {
        "number": _next_number(tx, now_ms), "assignment_id": unit.assignment_id,
        "placement_id": unit.placement_id, "location_id": unit.location_id, "sensor_id": unit.sensor_id,
        "limit_id": limit_id, "yardstick": dict(yardstick), "known_ms": now_ms, "late": late,
    }  # fmt: skip
    made = int(tx.execute(insert(excursion_table).values(values).returning(excursion_table.c.id)).scalar_one())
    ledger.append(tx, now_ms, "excursion.opened", str(values["number"]), {"excursion": made} | values)
    first = _append(tx, made, str(values["number"]), 1, known, now_ms, because)
    return Excursion(id=made, merged_into=None, current=first, **values)  # type: ignore[arg-type]


def revise(tx: Transaction, found: Excursion, known: Known, now_ms: int, because: str) -> Revision:
    """Append what is known now; where somebody has decided on it, that is to be decided anew."""
    _overtaken(tx, found, now_ms)
    return _append(tx, found.id, found.number, found.current.revision + 1, known, now_ms, because)


def merge(tx: Transaction, found: Excursion, into: Excursion, now_ms: int) -> None:
    """Record that an excursion turned out to be part of an older one."""
    tx.execute(update(excursion_table).where(excursion_table.c.id == found.id).values(merged_into=into.id))
    body = {"excursion": found.id, "into": into.id, "into_number": into.number}
    ledger.append(tx, now_ms, "excursion.merged", found.number, body)
    _overtaken(tx, found, now_ms)


def _overtaken(tx: Transaction, found: Excursion, now_ms: int) -> None:
    if dispositions.any_of_excursion(tx, found.id):
        due_work.put(tx, dispositions.REOPENED, found.number, now_ms)


def excursion(tx: Transaction, excursion_id: int) -> Excursion:
    """One excursion, as known now.

    Raises:
        NotFound: There is none of that id.
    """
    found = _select(tx, excursion_table.c.id == excursion_id)
    if not found:
        raise NotFound(f"there is no excursion number {excursion_id}")
    return found[0]


def numbered(tx: Transaction, number: str) -> Excursion:
    """The excursion of that number, such as ``2026-0142``; raises `NotFound`."""
    found = _select(tx, excursion_table.c.number == number)
    if not found:
        raise NotFound(f"there is no excursion {number}")
    return found[0]


def of_unit(tx: Transaction, unit: Unit, after_ms: int | None = None) -> list[Excursion]:
    """The excursions of a unit, oldest id first; merged and withdrawn ones are left out.

    Args:
        tx: The transaction.
        unit: Whose.
        after_ms: Only those not over by then.
    """
    where = [
        excursion_table.c.assignment_id == unit.assignment_id,
        excursion_table.c.placement_id == unit.placement_id,
        excursion_table.c.merged_into.is_(None),
        ~excursion_revision.c.withdrawn,
    ]
    if after_ms is not None:
        where.append(excursion_revision.c.end_ms.is_(None) | (excursion_revision.c.end_ms > after_ms))
    return _select(tx, and_(*where))


def of_stay(tx: Transaction, assignment_id: int, placement_id: int) -> list[Excursion]:
    """The excursions found under an assignment and a placement; merged and withdrawn ones are left out."""
    return _select(
        tx,
        and_(
            excursion_table.c.assignment_id == assignment_id,
            excursion_table.c.placement_id == placement_id,
            excursion_table.c.merged_into.is_(None),
            ~excursion_revision.c.withdrawn,
        ),
    )


def at_place(tx: Transaction, location_id: int, sensor_id: int, at_ms: int) -> list[Excursion]:
    """The excursions that a sensor found at a location and that went on at an instant, oldest id first."""
    return _select(
        tx,
        and_(
            excursion_table.c.location_id == location_id,
            excursion_table.c.sensor_id == sensor_id,
            excursion_table.c.merged_into.is_(None),
            ~excursion_revision.c.withdrawn,
            excursion_revision.c.start_ms <= at_ms,
            excursion_revision.c.end_ms.is_(None) | (excursion_revision.c.end_ms > at_ms),
        ),
    )


def excursions(tx: Transaction) -> list[Excursion]:
    """All excursions, merged and withdrawn ones too, oldest id first."""
    return _select(tx, excursion_table.c.id.is_not(None))


def revisions(tx: Transaction, excursion_id: int) -> list[Revision]:
    """Everything that was known of an excursion, in the order it became known."""
    query = select(excursion_revision).where(excursion_revision.c.excursion_id == excursion_id)
    return [revision_of(row._mapping) for row in tx.execute(query.order_by(excursion_revision.c.revision))]


def revision_body(excursion_id: int, revision: Revision) -> dict[str, Any]:
    """What the ledger says of a revision."""
    return {
        "excursion": excursion_id, "revision": revision.revision, "known_ms": revision.known_ms,
        "because": revision.because, **asdict(revision.known),
    }  # fmt: skip


def _select(tx: Transaction, condition: Any) -> list[Excursion]:
    other = excursion_revision.alias()
    newest = select(func.max(other.c.revision)).where(other.c.excursion_id == excursion_table.c.id)
    joined = excursion_table.join(
        excursion_revision,
        and_(
            excursion_revision.c.excursion_id == excursion_table.c.id,
            excursion_revision.c.revision == newest.correlate(excursion_table).scalar_subquery(),
        ),
    )
    query = (
        select(excursion_table, excursion_revision).select_from(joined).where(condition).order_by(excursion_table.c.id)
    )
    found = []
    for row in tx.execute(query):
        own = {column.name: row._mapping[column] for column in excursion_table.columns}
        newest_row = {column.name: row._mapping[column] for column in excursion_revision.columns}
        found.append(Excursion(**own, current=revision_of(newest_row)))
    return found


def revision_of(row: Mapping[Any, Any]) -> Revision:
    """A row of the revisions table as a value."""
    known = Known(**{name: row[name] for name in Known.__dataclass_fields__})
    return Revision(row["revision"], row["known_ms"], row["because"], known)


def _append(
    tx: Transaction, excursion_id: int, number: str, revision: int, known: Known, now_ms: int, because: str
) -> Revision:
    made = Revision(revision, now_ms, because, known)
    values = asdict(known) | {"known_ms": now_ms, "because": because}
    tx.execute(insert(excursion_revision).values(excursion_id=excursion_id, revision=revision, **values))
    kind = "excursion.withdrawn" if known.withdrawn else "excursion.revised"
    ledger.append(tx, now_ms, kind, number, revision_body(excursion_id, made))
    return made


def _next_number(tx: Transaction, known_ms: int) -> str:
    """The next free number of the year in which it became known."""
    year = f"{datetime.fromtimestamp(known_ms / 1000, UTC).year:04d}-"
    number = excursion_table.c.number
    ordered = select(number).where(number.like(year + "%")).order_by(func.length(number).desc(), number.desc()).limit(1)
    newest: str | None = tx.scalar(ordered)
    return f"{year}{1 if newest is None else int(newest.removeprefix(year)) + 1:04d}"
