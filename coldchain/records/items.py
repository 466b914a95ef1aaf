"""Items: lots and packs of a product, where they were and when, and what became of them; appended, never changed.

An item's product is frozen at its arrival. What happens to it is a row of ``item_event``; its stays follow from those
rows. Its verdict is no row of the record: it is judged from its stays and the readings whenever it is looked at.

A part of a lot is an item of its own: what happened to the lot up to the split happened to the part, and is read from
the lot's own entries, so that a logger file that is imported later is the whole lot's.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select

from coldchain.domain.product import Product
from coldchain.errors import NotFound
from coldchain.records import due_work, ledger
from coldchain.records.histories import BEGINS, ENDS, Happened, History, Item, Kind, Stay, stays_of
from coldchain.records.store import Transaction
from coldchain.records.tables import item, item_event, location

__all__ = [
    "BEGINS", "ENDS", "LOOK", "Happened", "History", "Item", "Kind", "Stay", "add", "added_once", "any_at_all",
    "append", "ever_at", "histories", "history", "look_soon", "parts_of", "some", "stays_of", "subject_of", "touch",
]  # fmt: skip

LOOK = "item"
"""Due work: look at an item's budgets, returns and expiry; the subject is its number."""


def add(
    tx: Transaction, product: Product, product_text: str, kind: str, name: str, quantity: int, now_ms: int,
    by_name: str, *, expires_ms: int | None = None, once: str | None = None, parent_id: int | None = None,
) -> int:  # fmt: skip
    """Make an item; its arrival, or its split from ``parent_id``, is appended to it in the same transaction.

    Returns its id.
    """
    values = {
        "kind": kind, "name": name, "quantity": quantity, "product_id": product.id, "version": product.version,
        "sha256": product.sha256, "expires_ms": expires_ms, "recorded_ms": now_ms, "by_name": by_name,
        "parent_id": parent_id,
    }  # fmt: skip
    statement = insert(item).values(values | {"product_file": product_text, "once": once}).returning(item.c.id)
    made = int(tx.execute(statement).scalar_one())
    ledger.append(tx, now_ms, "item.added", subject_of(made), {"id": made} | values)
    return made


def append(
    tx: Transaction, item_id: int, kind: Kind, at_ms: int, stage: str, now_ms: int, by_name: str, *,
    account_id: int | None = None, location_id: int | None = None, shipment_id: int | None = None,
    uncertainty_milli_c: int = 0, comment: str = "", part_id: int | None = None, quantity: int | None = None,
) -> int:  # fmt: skip
    """Append what happened to an item, with its ledger entry, and have it and its parts looked at.

    Returns the entry's id.
    """
    values = {
        "item_id": item_id, "kind": kind.value, "at_ms": at_ms, "location_id": location_id,
        "shipment_id": shipment_id, "stage": stage, "uncertainty_milli_c": uncertainty_milli_c, "comment": comment,
        "recorded_ms": now_ms, "account_id": account_id, "by_name": by_name, "part_id": part_id, "quantity": quantity,
    }  # fmt: skip
    made = int(tx.execute(insert(item_event).values(values).returning(item_event.c.id)).scalar_one())
    ledger.append(tx, now_ms, "item.event", subject_of(item_id), {"id": made} | values)
    for each in _with_parts(tx, [item_id]):
        look_soon(tx, each, now_ms)
    return made


def touch(tx: Transaction, location_ids: set[int], now_ms: int) -> None:
    """Have every item that was ever at these locations looked at: what is known of them has changed."""
    for location_id in sorted(location_ids):
        for one in ever_at(tx, location_id, ended=False):
            look_soon(tx, one.item.id, now_ms)


def look_soon(tx: Transaction, item_id: int, now_ms: int) -> None:
    """Have an item looked at now; whoever is looking at it at this moment sees that something has happened since."""
    due_ms = due_work.when(tx, LOOK, str(item_id))
    due_work.put(tx, LOOK, str(item_id), now_ms if due_ms is None or due_ms > now_ms else due_ms - 1)


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
        condition = _gone() if ended else ~_gone()
    return _histories(tx, condition, most)


def some(tx: Transaction, item_ids: Sequence[int]) -> list[History]:
    """These items, as far as there are any."""
    return _histories(tx, item.c.id.in_(sorted(set(item_ids))))


def ever_at(tx: Transaction, location_id: int, *, ended: bool | None = None) -> list[History]:
    """Items that are or were at a location: all of them, or only those in stock or gone."""
    came = select(item_event.c.item_id).where(item_event.c.location_id == location_id).distinct()
    condition: ColumnElement[bool] = item.c.id.in_(_with_parts(tx, tx.scalars(came).all()))
    if ended is not None:
        condition &= _gone() if ended else ~_gone()
    found = _histories(tx, condition)
    return [one for one in found if any(stay.location_id == location_id for stay in one.stays)]


def parts_of(tx: Transaction, item_id: int) -> list[Item]:
    """What was split off from an item, in that order."""
    return [one.item for one in reversed(_histories(tx, item.c.parent_id == item_id))]


def any_at_all(tx: Transaction) -> bool:
    """Whether this site records items."""
    return tx.scalar(select(item.c.id).limit(1)) is not None


def places_of_stock(tx: Transaction) -> set[int]:
    """The locations at which items ever were."""
    found = tx.scalars(select(item_event.c.location_id).where(item_event.c.location_id.is_not(None)).distinct())
    return {int(location_id) for location_id in found}


def _gone() -> ColumnElement[bool]:
    """Whether the item of the outer query has ended."""
    ends = sorted(kind.value for kind in ENDS)
    return exists(select(item_event.c.id).where(item_event.c.item_id == item.c.id, item_event.c.kind.in_(ends)))


def _with_parts(tx: Transaction, item_ids: Sequence[int]) -> list[int]:
    """These items, what was split off from them, what was split off from that, and so on."""
    found, newest = list(item_ids), list(item_ids)
    while newest:
        newest = list(tx.scalars(select(item.c.id).where(item.c.parent_id.in_(newest))).all())
        found += newest
    return found


def added_once(tx: Transaction, once: str) -> int | None:
    """The item that this very form has added already, or ``None``."""
    found: int | None = tx.scalar(select(item.c.id).where(item.c.once == once))
    return found


def _histories(tx: Transaction, condition: ColumnElement[bool], most: int | None = None) -> list[History]:
    items = _items(tx, condition, most)
    every = dict(items)
    while missing := {one.parent_id for one in every.values() if one.parent_id is not None} - every.keys():
        every |= _items(tx, item.c.id.in_(sorted(missing)))
    own: dict[int, list[Happened]] = {item_id: [] for item_id in every}
    wanted = sorted(every)
    for start in range(0, len(wanted), 500):
        for one in _events(tx, item_event.c.item_id.in_(wanted[start : start + 500])):
            own[one.item_id].append(one)
    return [History(one, tuple(_with_the_lots(one, every, own))) for one in items.values()]


def _items(tx: Transaction, condition: ColumnElement[bool], most: int | None = None) -> dict[int, Item]:
    columns = [column for column in item.columns if column.name != "once"]
    rows = tx.execute(select(*columns).where(condition).order_by(item.c.id.desc()).limit(most))
    return {row.id: Item(**row._mapping) for row in rows}


def _with_the_lots(one: Item, every: dict[int, Item], own: dict[int, list[Happened]]) -> list[Happened]:
    """An item's entries, after those of the lot that it was part of, up to the split."""
    if one.parent_id is None:
        return own[one.id]
    lots = _with_the_lots(every[one.parent_id], every, own)
    split = next(entry for entry in lots if entry.kind is Kind.SPLIT and entry.part_id == one.id)
    before = [entry for entry in lots if (entry.at_ms, entry.id) < (split.at_ms, split.id)]
    return [entry for entry in before if entry.kind is not Kind.SPLIT] + own[one.id]


def _events(tx: Transaction, condition: ColumnElement[bool]) -> list[Happened]:
    names = (
        "id", "item_id", "kind", "at_ms", "location_id", "shipment_id", "stage", "uncertainty_milli_c", "comment",
        "recorded_ms", "by_name", "part_id", "quantity",
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
