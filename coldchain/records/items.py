"""Items: lots and packs of a product, where they were and when, and what became of them; appended, never changed.

An item's product is frozen at its arrival. What happens to it is a row of ``item_event``; its stays follow from those
rows. Its verdict is no row of the record: it is judged from its stays and the readings whenever it is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select

from coldchain.domain.product import Product
from coldchain.errors import NotFound
from coldchain.records import ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import item, item_event, location


class Kind(StrEnum):
    """What is recorded of an item."""

    ARRIVED = "arrived"
    MOVED = "moved"
    SHIPPED = "shipped"
    """On its way: nowhere that a sensor of ours hangs."""
    STAGED = "staged"
    """In another stage of its product, at the same place."""
    FILED = "filed"
    """A logger's file was imported for a stay that had none; same instant as the stay's beginning."""
    REMOVED = "removed_from_refrigerator"
    USED = "used"
    DISCARDED = "discarded"
    LEFT = "left"


BEGINS = frozenset({Kind.ARRIVED, Kind.MOVED, Kind.SHIPPED, Kind.STAGED})
ENDS = frozenset({Kind.USED, Kind.DISCARDED, Kind.LEFT})


@dataclass(frozen=True)
class Item:
    """A lot or a pack, or part of one.

    Attributes:
        kind: ``lot`` or ``pack``.
        name: The lot's number, the pack's serial.
        product_file: The very text that judges it.
        expires_ms: As printed on the pack, UTC ms.
        by_name: Who recorded its arrival.
    """

    id: int
    kind: str
    name: str
    quantity: int
    product_id: str
    version: int
    sha256: str
    product_file: str
    expires_ms: int | None
    recorded_ms: int
    by_name: str


@dataclass(frozen=True)
class Happened:
    """One entry of an item's history.

    Attributes:
        at_ms: When it happened; ``recorded_ms`` is when it was recorded.
        location_name, location_title: Where it is from then on; ``None`` where it is nowhere here.
        uncertainty_milli_c: Of the logger whose file is `shipment_id`.
    """

    id: int
    item_id: int
    kind: Kind
    at_ms: int
    location_id: int | None
    location_name: str | None
    location_title: str | None
    shipment_id: int | None
    stage: str
    uncertainty_milli_c: int
    comment: str
    recorded_ms: int
    by_name: str


@dataclass(frozen=True)
class Stay:
    """An item's time at one place in one stage; ``to_ms`` is ``None`` where it still is.

    Attributes:
        shipment_id: The logger file that is its trace, where it was on its way.
    """

    from_ms: int
    to_ms: int | None
    stage: str
    location_id: int | None
    location_name: str | None
    location_title: str | None
    shipment_id: int | None
    uncertainty_milli_c: int

    @property
    def title(self) -> str:
        """Where, as people call it."""
        return self.location_title or "in transport"


@dataclass(frozen=True)
class History:
    """An item and everything recorded of it, in the order of what happened."""

    item: Item
    events: tuple[Happened, ...]

    @property
    def stays(self) -> tuple[Stay, ...]:
        """Its stays, one after the other."""
        return stays_of(self.events)

    @property
    def end(self) -> Happened | None:
        """What ended it: used, discarded, left; ``None`` while it is in stock."""
        return next((one for one in self.events if one.kind in ENDS), None)

    @property
    def last(self) -> Stay:
        """Where it is, or was at its end."""
        return self.stays[-1]


def stays_of(events: Sequence[Happened]) -> tuple[Stay, ...]:
    """The stays that an item's entries make: each ends where the next begins, the last at the item's end."""
    found: list[Stay] = []
    for one in events:
        if one.kind in BEGINS:
            if found:
                found[-1] = replace(found[-1], to_ms=one.at_ms)
            found.append(_stay(one))
        elif one.kind in ENDS and found:
            found[-1] = replace(found[-1], to_ms=one.at_ms)
    filed = {one.at_ms: one for one in events if one.kind is Kind.FILED}
    return tuple(_with_file(stay, filed.get(stay.from_ms)) for stay in found if stay.to_ms != stay.from_ms)


def _stay(one: Happened) -> Stay:
    return Stay(
        one.at_ms, None, one.stage, one.location_id, one.location_name, one.location_title, one.shipment_id,
        one.uncertainty_milli_c,
    )  # fmt: skip


def _with_file(stay: Stay, filed: Happened | None) -> Stay:
    if filed is None or stay.location_id is not None:
        return stay
    return replace(stay, shipment_id=filed.shipment_id, uncertainty_milli_c=filed.uncertainty_milli_c)


def add(
    tx: Transaction, product: Product, product_text: str, kind: str, name: str, quantity: int, now_ms: int,
    by_name: str, *, expires_ms: int | None = None, once: str | None = None,
) -> int:  # fmt: skip
    """Make an item; its arrival is appended to it in the same transaction. Returns its id."""
    values = {
        "kind": kind, "name": name, "quantity": quantity, "product_id": product.id, "version": product.version,
        "sha256": product.sha256, "expires_ms": expires_ms, "recorded_ms": now_ms, "by_name": by_name,
    }  # fmt: skip
    statement = insert(item).values(values | {"product_file": product_text, "once": once}).returning(item.c.id)
    made = int(tx.execute(statement).scalar_one())
    ledger.append(tx, now_ms, "item.added", subject_of(made), {"id": made} | values)
    return made


def append(
    tx: Transaction, item_id: int, kind: Kind, at_ms: int, stage: str, now_ms: int, by_name: str, *,
    account_id: int | None = None, location_id: int | None = None, shipment_id: int | None = None,
    uncertainty_milli_c: int = 0, comment: str = "",
) -> int:  # fmt: skip
    """Append what happened to an item, and its ledger entry; returns the entry's id."""
    values = {
        "item_id": item_id, "kind": kind.value, "at_ms": at_ms, "location_id": location_id,
        "shipment_id": shipment_id, "stage": stage, "uncertainty_milli_c": uncertainty_milli_c, "comment": comment,
        "recorded_ms": now_ms, "account_id": account_id, "by_name": by_name,
    }  # fmt: skip
    made = int(tx.execute(insert(item_event).values(values).returning(item_event.c.id)).scalar_one())
    ledger.append(tx, now_ms, "item.event", subject_of(item_id), {"id": made} | values)
    return made


def subject_of(item_id: int) -> str:
    """How the ledger names an item."""
    return f"item {item_id}"


def history(tx: Transaction, item_id: int) -> History:
    """An item with everything recorded of it; raises `NotFound`."""
    found = _histories(tx, item.c.id == item_id) if 0 < item_id < 2**63 else []
    if not found:
        raise NotFound(f"there is no item number {item_id}")
    return found[0]


def histories(tx: Transaction, *, ended: bool | None = False, most: int = 500) -> list[History]:
    """Items, the one recorded last first: those in stock, those that are not, or (``None``) both."""
    condition: ColumnElement[bool] = item.c.id.is_not(None)
    if ended is not None:
        gone = exists(
            select(item_event.c.id).where(
                item_event.c.item_id == item.c.id, item_event.c.kind.in_(sorted(kind.value for kind in ENDS))
            )
        )
        condition = gone if ended else ~gone
    return _histories(tx, condition, most)


def ever_at(tx: Transaction, location_id: int) -> list[History]:
    """Items that are or were at a location."""
    here = exists(
        select(item_event.c.id).where(item_event.c.item_id == item.c.id, item_event.c.location_id == location_id)
    )
    return _histories(tx, here)


def added_once(tx: Transaction, once: str) -> int | None:
    """The item that this very form has added already, or ``None``."""
    found: int | None = tx.scalar(select(item.c.id).where(item.c.once == once))
    return found


def _histories(tx: Transaction, condition: ColumnElement[bool], most: int | None = None) -> list[History]:
    columns = [column for column in item.columns if column.name != "once"]
    rows = tx.execute(select(*columns).where(condition).order_by(item.c.id.desc()).limit(most))
    items = {row.id: Item(**row._mapping) for row in rows}
    events: dict[int, list[Happened]] = {item_id: [] for item_id in items}
    wanted = sorted(items)
    for start in range(0, len(wanted), 500):
        for one in _events(tx, item_event.c.item_id.in_(wanted[start : start + 500])):
            events[one.item_id].append(one)
    return [History(items[item_id], tuple(events[item_id])) for item_id in items]


def _events(tx: Transaction, condition: ColumnElement[bool]) -> list[Happened]:
    names = (
        "id", "item_id", "kind", "at_ms", "location_id", "shipment_id", "stage", "uncertainty_milli_c", "comment",
        "recorded_ms", "by_name",
    )  # fmt: skip
    query = (
        select(
            *(item_event.c[name] for name in names),
            location.c.name.label("location_name"),
            location.c.title.label("location_title"),
        )
        .outerjoin(location, location.c.id == item_event.c.location_id)
        .where(condition)
        .order_by(item_event.c.at_ms, item_event.c.id)
    )
    return [_happened(dict(row._mapping)) for row in tx.execute(query)]


def _happened(values: dict[str, Any]) -> Happened:
    return Happened(**values | {"kind": Kind(values["kind"])})
