"""Splitting a lot: ten of forty vials go to another ward, and have a way of their own from then on.

The part is an item like any other. Its way is the lot's up to the split and its own afterwards: what the lot had used
of its budgets, the part has used too. Nothing is judged less because a lot was split.
"""

from coldchain.records import items
from coldchain.records.items import Kind
from coldchain.records.store import Store
from coldchain.reviewing.stock import (
    Act,
    Actor,
    FieldProblem,
    comment_of,
    line_of,
    location_id_of,
    permitted,
    possible,
)
from coldchain.reviewing.whole_way import frozen


def split(
    store: Store, actor: Actor, item_id: int, quantity: int, location: str | None, at_ms: int, now_ms: int, *,
    name: str = "", comment: str = "", once: str | None = None,
) -> int:  # fmt: skip
    """Take a part off an item: an item of its own from then on. Returns the part's id.

    Args:
        store: The record.
        actor: Who.
        item_id: What is split.
        quantity: How many are taken off; at least one stays.
        location: Where the part goes; where its lot is, it stays there.
        at_ms: When.
        now_ms: Now.
        name: What the part is called; as its lot, where nothing is said.
        comment: What is to be kept with it.
        once: A form's own number: sent twice, it splits once.

    Raises:
        NotFound: There is no such item.
        NotPermitted: The role may not, or the item is gone.
        FieldProblem: So many are not there, there is no such location, or the instant cannot be.
    """
    said = comment_of(comment)
    with store.transaction() as tx:
        before = items.added_once(tx, once) if once else None
        if before is not None:
            return before
        history = items.history(tx, item_id)
        permitted(actor, Act.SPLIT, history)
        lot, here = history.item, history.last
        problem = _too_many(quantity, history.quantity)
        if problem is not None:
            raise FieldProblem("quantity", problem)
        possible(history, at_ms, now_ms)
        location_id = here.location_id if not location else location_id_of(tx, location)
        called = line_of("name", name, 100, "") if name.strip() else lot.name
        part = items.add(
            tx, frozen(lot), lot.product_file, lot.kind, called, quantity, now_ms, actor.name,
            expires_ms=lot.expires_ms, once=once, parent_id=lot.id,
        )  # fmt: skip
        items.append(
            tx, lot.id, Kind.SPLIT, at_ms, here.stage, now_ms, actor.name, location_id=here.location_id,
            comment=said, part_id=part, quantity=quantity, account_id=actor.account_id,
        )  # fmt: skip
        items.append(
            tx, part, Kind.PARTED, at_ms, here.stage, now_ms, actor.name, location_id=here.location_id,
            part_id=lot.id, quantity=quantity, account_id=actor.account_id,
        )  # fmt: skip
        if location_id != here.location_id:
            items.append(
                tx, part, Kind.MOVED, at_ms, here.stage, now_ms, actor.name, location_id=location_id, comment=said,
                account_id=actor.account_id,
            )  # fmt: skip
    return part


def _too_many(quantity: int, there: int) -> str | None:
    """Why so many cannot be taken off, or ``None``."""
    if there < 2:
        return "There is only one: move it as it is"
    if not 1 <= quantity < there:
        return f"There are {there}: write how many are taken off, 1 to {there - 1}"
    return None
