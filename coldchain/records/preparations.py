"""Prepared medicines: what people recorded of each, appended and never changed.

A correction is an entry of its own that names the one it stands for; both stay. A preparation's verdict is no row of
the record: it is judged from its entries and the readings whenever it is looked at, and what was known at its use or
discarding stands in the ledger.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, exists, func, insert, select

from coldchain.domain.product import Event, Product
from coldchain.errors import NotFound
from coldchain.records import due_work, ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import (
    account,
    location,
    preparation,
    preparation_attestation,
    preparation_event,
)
from coldchain.records.tables import ledger as ledger_table

LOOK = "preparation"
"""Due work: look at a preparation's clocks and storage; the subject is its number."""

MOVED = "moved"
"""What an entry's event is called where the item was only taken elsewhere."""

OVER = (Event.INFUSION_ENDED.value, Event.DISCARDED.value)
"""What ends a preparation: nothing runs after it."""


@dataclass(frozen=True)
class Preparation:
    """One prepared medicine; ``product_file`` is the very text that judges it.

    Attributes:
        number: Such as ``P-2026-0007``.
        item: Lot, vial, bag: as people call it; may be empty.
        recorded_ms: When somebody started it here.
        full_name: Who that was.
    """

    id: int
    number: str
    product_id: str
    version: int
    sha256: str
    product_file: str
    item: str
    recorded_ms: int
    account_id: int
    full_name: str


@dataclass(frozen=True)
class Entry:
    """One event, move or attestation as somebody recorded it.

    Attributes:
        what: The event, `MOVED`, or what was attested.
        at_ms: When it happened.
        location, location_title: Where the item is from then on; ``None`` where the entry does not say.
        recorded_ms, by, full_name: When and by whom it was recorded.
        corrects: The id of the entry it stands for.
        struck: It says that the other one did not happen.
        reason: Why it corrects, or comes late.
        root: The id of the first entry of its chain of corrections: its place among entries of the same instant.
        newest: Nothing corrects it.
    """

    id: int
    what: str
    at_ms: int
    location: str | None
    location_title: str | None
    recorded_ms: int
    by: str
    full_name: str
    corrects: int | None
    struck: bool
    reason: str
    root: int
    newest: bool

    @property
    def stands(self) -> bool:
        """It is the newest of its chain, and says that something happened."""
        return self.newest and not self.struck


def add(
    tx: Transaction, product: Product, product_text: str, item: str, account_id: int, now_ms: int,
    once: str | None = None,
) -> tuple[int, str]:  # fmt: skip
    """Begin a preparation: its id and number. Its first event is added to it in the same transaction."""
    number = _next_number(tx, now_ms)
    values = {
        "number": number, "product_id": product.id, "version": product.version, "sha256": product.sha256,
        "item": item, "recorded_ms": now_ms, "account_id": account_id,
    }  # fmt: skip
    stored = values | {"product_file": product_text, "once": once}
    made = int(tx.execute(insert(preparation).values(stored).returning(preparation.c.id)).scalar_one())
    ledger.append(tx, now_ms, "preparation.started", number, {"id": made} | values)
    return made, number


def add_event(
    tx: Transaction, preparation_id: int, event: str, at_ms: int, account_id: int, now_ms: int, *,
    location_id: int | None = None, corrects: int | None = None, struck: bool = False, reason: str = "",
    once: str | None = None,
) -> int:  # fmt: skip
    """Append an event or a move (`MOVED`), and have the preparation looked at; returns the entry's id."""
    values = {"event": event, "location_id": location_id}
    rest = (at_ms, account_id, now_ms, corrects, struck, reason, once)
    return _append(tx, preparation_event, preparation_id, "preparation.event", values, *rest)


def add_attestation(
    tx: Transaction, preparation_id: int, what: str, at_ms: int, account_id: int, now_ms: int, *,
    corrects: int | None = None, struck: bool = False, reason: str = "", once: str | None = None,
) -> int:  # fmt: skip
    """Append what somebody attests; returns the entry's id."""
    rest = (at_ms, account_id, now_ms, corrects, struck, reason, once)
    return _append(tx, preparation_attestation, preparation_id, "preparation.attested", {"what": what}, *rest)


def _append(
    tx: Transaction, table: Table, preparation_id: int, kind: str, what: dict[str, Any], at_ms: int, account_id: int,
    now_ms: int, corrects: int | None, struck: bool, reason: str, once: str | None,
) -> int:  # fmt: skip
    values = what | {
        "preparation_id": preparation_id, "at_ms": at_ms, "recorded_ms": now_ms, "account_id": account_id,
        "corrects": corrects, "struck": struck, "reason": reason,
    }  # fmt: skip
    made = int(tx.execute(insert(table).values(values | {"once": once}).returning(table.c.id)).scalar_one())
    number = str(tx.execute(select(preparation.c.number).where(preparation.c.id == preparation_id)).scalar_one())
    ledger.append(tx, now_ms, kind, number, {"id": made} | values)
    due_work.put(tx, LOOK, number, now_ms)
    return made


def note_verdict(tx: Transaction, number: str, now_ms: int, known: Mapping[str, Any]) -> None:
    """Enter into the ledger what was known at use or discarding; the verdict may be another one later."""
    ledger.append(tx, now_ms, "preparation.verdict", number, known)


def one(tx: Transaction, number: str) -> Preparation:
    """The preparation of that number; raises `NotFound`."""
    found = _select(tx, preparation.c.number == number)
    if not found:
        raise NotFound(f"there is no preparation {number}")
    return found[0]


def started_once(tx: Transaction, once: str) -> Preparation | None:
    """The preparation that this very form has begun already, or ``None``."""
    found = _select(tx, preparation.c.once == once)
    return found[0] if found else None


def entered_once(tx: Transaction, once: str) -> bool:
    """Whether this very form has made an entry already."""
    tables = (preparation_event, preparation_attestation)
    return any(tx.scalar(select(table.c.id).where(table.c.once == once)) is not None for table in tables)


def running(tx: Transaction) -> list[Preparation]:
    """Preparations that are neither used nor discarded, in the order they were begun."""
    return _select(tx, ~_is_over())


def over_since(tx: Transaction, since_ms: int, limit: int = 200) -> list[Preparation]:
    """Preparations used or discarded since then, the last one first."""
    ends = _ends().where(preparation_event.c.at_ms >= since_ms)
    return list(reversed(_select(tx, exists(ends))))[:limit]


def recent(tx: Transaction, limit: int = 50) -> list[Preparation]:
    """The preparations begun last, the last one first."""
    return _select(tx, preparation.c.id.is_not(None), newest=limit)


def events(tx: Transaction, preparation_id: int) -> list[Entry]:
    """Every entry of a preparation's events and moves, in the order they were recorded."""
    return _entries(tx, preparation_event, preparation_event.c.event, preparation_id)


def attestations(tx: Transaction, preparation_id: int) -> list[Entry]:
    """Every entry of a preparation's attestations, in the order they were recorded."""
    return _entries(tx, preparation_attestation, preparation_attestation.c.what, preparation_id)


def course_of(entries: list[Entry]) -> list[Entry]:
    """The entries that stand, in the order of what happened; at equal instants as they were recorded first."""
    return sorted((entry for entry in entries if entry.stands), key=lambda entry: (entry.at_ms, entry.root))


def touch(tx: Transaction, location_ids: set[int], now_ms: int) -> None:
    """Have every running preparation that was ever at these locations looked at: readings came, or a probe moved."""
    if not location_ids:
        return
    here = exists(
        select(preparation_event.c.id).where(
            preparation_event.c.preparation_id == preparation.c.id,
            preparation_event.c.location_id.in_(sorted(location_ids)),
        )
    )
    for number in tx.scalars(select(preparation.c.number).where(here, ~_is_over())).all():
        due_work.put(tx, LOOK, number, now_ms)


def places_of_running(tx: Transaction) -> set[int]:
    """The locations at which preparations that are not over ever were."""
    running = tx.scalars(select(preparation.c.id).where(~_is_over())).all()
    if not running:
        return set()
    mine = preparation_event.c.preparation_id.in_(running) & preparation_event.c.location_id.is_not(None)
    found = tx.scalars(select(preparation_event.c.location_id).where(mine).distinct())
    return {int(location_id) for location_id in found}


def _ends() -> Any:
    """The entries that end the preparation of the outer query and stand."""
    later = preparation_event.alias("later")
    return select(preparation_event.c.id).where(
        preparation_event.c.preparation_id == preparation.c.id,
        preparation_event.c.event.in_(OVER),
        ~preparation_event.c.struck,
        ~exists(select(later.c.id).where(later.c.corrects == preparation_event.c.id)),
    )


def _is_over() -> ColumnElement[bool]:
    return exists(_ends())


def _select(tx: Transaction, condition: ColumnElement[bool], newest: int | None = None) -> list[Preparation]:
    columns = [column for column in preparation.columns if column.name != "once"]
    query = select(*columns, account.c.full_name).join(account, account.c.id == preparation.c.account_id)
    ordered = query.where(condition).order_by(preparation.c.id if newest is None else preparation.c.id.desc())
    return [Preparation(**row._mapping) for row in tx.execute(ordered.limit(newest))]


def _entries(tx: Transaction, table: Table, what: ColumnElement[str], preparation_id: int) -> list[Entry]:
    columns = [table.c[name] for name in ("id", "at_ms", "recorded_ms", "corrects", "struck", "reason")]
    query = select(*columns, what.label("what"), account.c.name.label("by"), account.c.full_name)
    joined = table.join(account, account.c.id == table.c.account_id)
    if "location_id" in table.c:
        query = query.add_columns(location.c.name.label("location"), location.c.title.label("location_title"))
        joined = joined.outerjoin(location, location.c.id == table.c.location_id)
    rows = tx.execute(
        query.select_from(joined).where(table.c.preparation_id == preparation_id).order_by(table.c.id)
    ).all()
    corrected = {row.corrects for row in rows}
    roots: dict[int, int] = {}
    found = []
    for row in rows:
        roots[row.id] = row.id if row.corrects is None else roots[row.corrects]
        values = {"location": None, "location_title": None} | dict(row._mapping)
        found.append(Entry(**values, root=roots[row.id], newest=row.id not in corrected))
    return found


def _next_number(tx: Transaction, now_ms: int) -> str:
    year = datetime.fromtimestamp(now_ms / 1000, UTC).year
    query = select(preparation.c.number).where(preparation.c.number.like(f"P-{year}-%"))
    numbers = [int(number.rpartition("-")[2]) for number in tx.scalars(query)]
    return f"P-{year}-{max(numbers, default=0) + 1:04d}"


@dataclass(frozen=True)
class KnownThen:
    """What was known of a preparation at its use or discarding, as the ledger keeps it; ``seq`` is its entry."""

    seq: int
    at_ms: int
    body: dict[str, Any]


def known_then(tx: Transaction, number: str) -> list[KnownThen]:
    """What was known when it was used, discarded, or corrected afterwards; in order."""
    query = select(ledger_table.c.seq, ledger_table.c.at_ms, ledger_table.c.body)
    mine = query.where(ledger_table.c.kind == "preparation.verdict", ledger_table.c.subject == number)
    return [
        KnownThen(row.seq, row.at_ms, json.loads(row.body)) for row in tx.execute(mine.order_by(ledger_table.c.seq))
    ]


def running_count(tx: Transaction) -> int:
    """How many preparations are neither used nor discarded."""
    return int(tx.execute(select(func.count()).select_from(preparation).where(~_is_over())).scalar_one())
