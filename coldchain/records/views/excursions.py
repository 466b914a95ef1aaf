"""Excursions as people look at them: the newest revision, and what was said about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select

from coldchain.domain.bounds import Bounds
from coldchain.errors import NotFound
from coldchain.records import continuing
from coldchain.records import excursions as recorded
from coldchain.records.places import sensor_title
from coldchain.records.store import Transaction
from coldchain.records.tables import (
    account,
    acknowledgement,
    assignment,
    excursion,
    excursion_revision,
    location,
    placement,
    sensor,
)


@dataclass(frozen=True)
class Revision:
    """What was known of an excursion from ``known_ms`` on."""

    revision: int
    known_ms: int
    start_ms: int
    end_ms: int | None
    at_least_ms: int
    estimate_ms: int
    at_most_ms: int
    extreme_milli_c: int
    readings: int
    certainty: str
    withdrawn: bool
    because: str

    @property
    def bounds(self) -> Bounds:
        """The three durations."""
        return Bounds(self.at_least_ms, self.estimate_ms, self.at_most_ms)


@dataclass(frozen=True)
class Said:
    """Somebody acknowledged, and said why or what is done."""

    at_ms: int
    full_name: str
    role: str
    comment: str
    revision: int | None


@dataclass(frozen=True)
class Excursion:
    """An excursion in its newest revision.

    Attributes:
        yardstick: The limit, product, ``max_gap`` and uncertainty as they were; frozen.
        merged_into: The number of the excursion that this one became part of.
        said: Acknowledgements, oldest first.
        continues, continued_by: The numbers of the excursions that this one goes on from, and goes on as, where the
            rules or the calibration changed while it lasted.
    """

    id: int
    number: str
    assignment_id: int
    placement_id: int
    location_id: int
    location_name: str
    location_title: str
    area: str
    sensor_id: int
    sensor_name: str
    channel: str
    limit_id: str
    product_id: str
    stage: str
    version: int
    product_sha256: str
    yardstick: dict[str, Any]
    known_ms: int
    late: bool
    merged_into: str | None
    now: Revision
    said: tuple[Said, ...] = ()
    continues: str | None = None
    continued_by: str | None = None

    @property
    def open(self) -> bool:
        """Whether it is not yet over, and not told by another one from some moment on."""
        return self.now.end_ms is None and self.counts and self.continued_by is None

    @property
    def counts(self) -> bool:
        """Whether it stands: neither withdrawn nor part of another one."""
        return not self.now.withdrawn and self.merged_into is None

    @property
    def sensor_title(self) -> str:
        """The sensor's name, with its channel where it has several."""
        return sensor_title(self.sensor_name, self.channel)


@dataclass(frozen=True)
class Wanted:
    """Which excursions a list shows; ``None`` for any.

    Attributes:
        state: ``open``, ``over``, ``unacknowledged`` or ``withdrawn``; withdrawn and merged ones show only then.
        from_ms, to_ms: Those that touch this span.
        limit: At most so many.
    """

    state: str | None = None
    location_name: str | None = None
    certainty: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    limit: int = 200


def newest_revision() -> Subquery:
    """Each excursion's newest revision, as a table to join."""
    newest = (
        select(excursion_revision.c.excursion_id, func.max(excursion_revision.c.revision).label("revision"))
        .group_by(excursion_revision.c.excursion_id)
        .subquery()
    )
    return (
        select(excursion_revision)
        .join(
            newest,
            and_(
                excursion_revision.c.excursion_id == newest.c.excursion_id,
                excursion_revision.c.revision == newest.c.revision,
            ),
        )
        .subquery("newest")
    )


def excursions(tx: Transaction, wanted: Wanted = Wanted()) -> list[Excursion]:
    """The excursions that are wanted: open ones first, then by their start, newest first."""
    query, newest = _query()
    query = query.where(*_conditions(wanted, newest))
    query = query.order_by(newest.c.end_ms.is_not(None), newest.c.start_ms.desc(), excursion.c.id.desc())
    found = _with_words(tx, query.limit(wanted.limit))
    return [each for each in found if each.open] if wanted.state == "open" else found


def excursion_numbered(tx: Transaction, number: str) -> Excursion:
    """One excursion.

    Raises:
        NotFound: There is none of this number.
    """
    query, _ = _query()
    found = _with_words(tx, query.where(excursion.c.number == number))
    if not found:
        raise NotFound(f"there is no excursion {number}")
    return found[0]


def revisions(tx: Transaction, excursion_id: int) -> list[Revision]:
    """All that was ever known of an excursion, oldest first."""
    columns = [column for column in excursion_revision.c if column.name != "excursion_id"]
    query = select(*columns).where(excursion_revision.c.excursion_id == excursion_id)
    return [Revision(**row._mapping) for row in tx.execute(query.order_by(excursion_revision.c.revision))]


def product_texts(tx: Transaction, assignment_ids: Iterable[int]) -> dict[int, str]:
    """The very texts of the product files that these assignments froze."""
    query = select(assignment.c.id, assignment.c.product_file).where(assignment.c.id.in_(set(assignment_ids)))
    return {row.id: row.product_file for row in tx.execute(query)}


_REVISION = tuple(column.name for column in excursion_revision.c if column.name != "excursion_id")


def _query() -> tuple[Select[Any], Subquery]:
    newest = newest_revision()
    whole = excursion.alias()
    query = (
        select(
            excursion.c.id, excursion.c.number, excursion.c.assignment_id, excursion.c.placement_id,
            excursion.c.location_id, location.c.name.label("location_name"), location.c.title.label("location_title"),
            location.c.area, excursion.c.sensor_id, sensor.c.name.label("sensor_name"), sensor.c.channel,
            excursion.c.limit_id, assignment.c.product_id, assignment.c.stage, assignment.c.version,
            assignment.c.sha256.label("product_sha256"), excursion.c.yardstick, excursion.c.known_ms, excursion.c.late,
            whole.c.number.label("merged_into"),
            *(newest.c[name].label(f"now_{name}") for name in _REVISION),
            assignment.c.from_ms.label("edge_assigned"), placement.c.from_ms.label("edge_placed"),
            assignment.c.to_ms.label("edge_unassigned"), placement.c.to_ms.label("edge_taken"),
        )
        .join(newest, newest.c.excursion_id == excursion.c.id)
        .join(assignment, assignment.c.id == excursion.c.assignment_id)
        .join(placement, placement.c.id == excursion.c.placement_id)
        .join(location, location.c.id == excursion.c.location_id)
        .join(sensor, sensor.c.id == excursion.c.sensor_id)
        .outerjoin(whole, whole.c.id == excursion.c.merged_into)
    )  # fmt: skip
    return query, newest


def _conditions(wanted: Wanted, newest: Subquery) -> list[ColumnElement[bool]]:
    stands = and_(~newest.c.withdrawn, excursion.c.merged_into.is_(None))
    found: list[ColumnElement[bool]] = [~stands if wanted.state == "withdrawn" else stands]
    if wanted.state == "open":
        found.append(newest.c.end_ms.is_(None))
    if wanted.state == "over":
        found.append(newest.c.end_ms.is_not(None))
    if wanted.state == "unacknowledged":
        spoken = select(acknowledgement.c.excursion_id).where(acknowledgement.c.excursion_id.is_not(None))
        found.append(excursion.c.id.not_in(spoken))
    if wanted.location_name is not None:
        found.append(location.c.name == wanted.location_name)
    if wanted.certainty is not None:
        found.append(newest.c.certainty == wanted.certainty)
    if wanted.to_ms is not None:
        found.append(newest.c.start_ms <= wanted.to_ms)
    if wanted.from_ms is not None:
        found.append(func.coalesce(newest.c.end_ms, wanted.from_ms) >= wanted.from_ms)
    return found


def _with_words(tx: Transaction, query: Select[Any]) -> list[Excursion]:
    rows = [dict(row._mapping) for row in tx.execute(query)]
    said = _said(tx, [row["id"] for row in rows])
    found = []
    for row in rows:
        now = Revision(**{name: row.pop(f"now_{name}") for name in _REVISION})
        before, after = _around(tx, row["id"], now, {name: row.pop(name) for name in _EDGES})
        words = tuple(said.get(row["id"], ()))
        found.append(Excursion(**row, now=now, said=words, continues=before, continued_by=after))
    return found


_EDGES = ("edge_assigned", "edge_placed", "edge_unassigned", "edge_taken")


def _around(
    tx: Transaction, excursion_id: int, now: Revision, edges: dict[str, int | None]
) -> tuple[str | None, str | None]:
    """Which excursions it goes on from and as; asked of the record only where it reaches an edge of its stay."""
    begins = [at_ms for at_ms in (edges["edge_assigned"], edges["edge_placed"]) if at_ms is not None]
    ends = [at_ms for at_ms in (edges["edge_unassigned"], edges["edge_taken"]) if at_ms is not None]
    reaches_in = now.start_ms <= max(begins)
    reaches_out = bool(ends) and (now.end_ms is None or now.end_ms > min(ends))
    if not (reaches_in or reaches_out):
        return None, None
    whole = recorded.excursion(tx, excursion_id)
    before = continuing.goes_on_from(tx, whole) if reaches_in else None
    after = continuing.goes_on_as(tx, whole) if reaches_out else None
    return before.number if before else None, after.number if after else None


def _said(tx: Transaction, excursion_ids: list[int]) -> dict[int, list[Said]]:
    query = (
        select(
            acknowledgement.c.excursion_id, acknowledgement.c.at_ms, account.c.full_name, account.c.role,
            acknowledgement.c.comment, acknowledgement.c.revision,
        )
        .join(account, account.c.id == acknowledgement.c.account_id)
        .where(acknowledgement.c.excursion_id.in_(excursion_ids))
        .order_by(acknowledgement.c.at_ms, acknowledgement.c.id)
    )  # fmt: skip
    found: dict[int, list[Said]] = {}
    for excursion_id, *rest in tx.execute(query):
        found.setdefault(excursion_id, []).append(Said(*rest))
    return found
