"""What a person does with items: add, move, put into another stage, split, take out, use, discard; import a file.

Whether something may be done is decided apart from doing it (`refusal`, `wrong_instant`), so that a page can say why
not before anybody tries. Every act is appended, with a ledger entry in the same transaction.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from coldchain.domain.product import Product
from coldchain.errors import NotPermitted, UnknownProduct, UsageError
from coldchain.records import items, places
from coldchain.records.items import BEGINS, ENDS, History, Kind
from coldchain.records.store import Store, Transaction
from coldchain.reviewing.whole_way import frozen
from coldchain.rulebook.book import Rulebook


class Act(StrEnum):
    """What can be done."""

    ADD = "add items"
    MOVE = "move items"
    SPLIT = "split items"
    TAKE_OUT = "record that an item left the refrigerator"
    USE = "record that an item was used"
    DISCARD = "discard items"
    IMPORT = "import a logger file for an item"


_PHARMACY = frozenset({"pharmacist", "administrator", "command line"})
_WARD = _PHARMACY | {"nurse", "program"}
MAY: dict[Act, frozenset[str]] = {
    Act.ADD: _PHARMACY | {"program"},
    Act.MOVE: _WARD,
    Act.SPLIT: _WARD,
    Act.TAKE_OUT: _WARD,
    Act.USE: _WARD,
    Act.DISCARD: _PHARMACY,
    Act.IMPORT: _PHARMACY,
}
"""The roles that may; an auditor looks."""

AHEAD_MS = 60_000
"""A clock may be so far ahead of ours; later instants are in the future."""

_IN_ORDER = BEGINS | ENDS | {Kind.SPLIT, Kind.PARTED}
"""What is recorded in the order in which it happens."""

MOST_TEXT = 2_000
LARGEST_QUANTITY = 1_000_000


@dataclass(frozen=True)
class Actor:
    """Who acts: a person by their account, a program by its token, or whoever has the command line.

    Attributes:
        name: As it stands in the record.
        role: The account's, ``program`` or ``command line``.
    """

    name: str
    role: str
    account_id: int | None = None


class FieldProblem(UsageError):
    """What was typed cannot be used; the message stands at its field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class NewItem:
    """An item as somebody adds it.

    Attributes:
        kind: ``lot`` or ``pack``.
        name: The lot's number or the pack's serial.
        location: The name of the location it arrived at.
        stage: Of its product; empty for the first one.
        at_ms: When it arrived.
        expires_ms: As printed on it.
        once: A form's own number: sent twice, it adds one item.
    """

    product_id: str
    name: str
    location: str
    at_ms: int
    stage: str = ""
    kind: str = "lot"
    quantity: int = 1
    expires_ms: int | None = None
    once: str | None = None
    comment: str = ""


def refusal(role: str, act: Act, history: History | None = None) -> str | None:
    """Why this role may not do this with that item, or ``None``."""
    if role not in MAY[act]:
        return f"the role {role} may not {act.value}"
    end = history.end if history else None
    if end is not None:
        return f"the item was {end_words(end.kind)} already: nothing happens to it any more"
    return None


def end_words(kind: Kind) -> str:
    """How an item ended: ``used``, ``discarded``, ``sent away``."""
    return "sent away" if kind is Kind.LEFT else kind.value


def wrong_instant(history: History, at_ms: int, now_ms: int) -> str | None:
    """Why something cannot have happened to an item at that instant, or ``None``."""
    if at_ms > now_ms + AHEAD_MS:
        return "That lies in the future"
    last = max((one.at_ms for one in history.events if one.kind in _IN_ORDER), default=at_ms)
    if at_ms < last:
        return "The item's newest entry is later than that: say when it happened after it"
    return None


def add(store: Store, rulebook: Rulebook, actor: Actor, wanted: NewItem, now_ms: int) -> int:
    """Add an item: its product's file as it is today is frozen with it; returns its id.

    Raises:
        NotPermitted: The role may not.
        FieldProblem: Something of it cannot be used.
        RulebookError: The product file has problems.
    """
    permitted(actor, Act.ADD)
    product, text = _product(rulebook, wanted.product_id)
    stage = _stage(product, wanted.stage)
    name = line_of("name", wanted.name, 100, "Write the lot's number or the pack's serial, as printed on it")
    if wanted.kind not in ("lot", "pack"):
        raise FieldProblem("kind", "An item is a lot or a pack")
    if not 1 <= wanted.quantity <= LARGEST_QUANTITY:
        raise FieldProblem("quantity", "Write how many there are: 1 or more")
    if wanted.at_ms > now_ms + AHEAD_MS:
        raise FieldProblem("at", "That lies in the future")
    with store.transaction() as tx:
        before = items.added_once(tx, wanted.once) if wanted.once else None
        if before is not None:
            return before
        location_id = location_id_of(tx, wanted.location)
        made = items.add(
            tx, product, text, wanted.kind, name, wanted.quantity, now_ms, actor.name, expires_ms=wanted.expires_ms,
            once=wanted.once,
        )  # fmt: skip
        items.append(
            tx, made, Kind.ARRIVED, wanted.at_ms, stage, now_ms, actor.name, account_id=actor.account_id,
            location_id=location_id, comment=comment_of(wanted.comment),
        )  # fmt: skip
    return made


def move(
    store: Store, actor: Actor, item_id: int, location: str | None, at_ms: int, now_ms: int, *, stage: str = "",
    comment: str = "",
) -> None:  # fmt: skip
    """Record that an item went to a location (``None``: on its way), or into another stage where it is.

    Doing it again where it is already changes nothing.

    Raises:
        NotFound: There is no such item.
        NotPermitted: The role may not, or the item is gone.
        FieldProblem: There is no such location or stage, or the instant cannot be.
    """
    with store.transaction() as tx:
        history = items.history(tx, item_id)
        permitted(actor, Act.MOVE, history)
        location_id = None if location is None else location_id_of(tx, location)
        here = history.last
        stage = _stage(frozen(history.item), stage or here.stage)
        same_place = location_id == here.location_id
        if same_place and stage == here.stage:
            return
        possible(history, at_ms, now_ms)
        kind = Kind.STAGED if same_place else Kind.SHIPPED if location_id is None else Kind.MOVED
        items.append(
            tx, item_id, kind, at_ms, stage, now_ms, actor.name, account_id=actor.account_id, location_id=location_id,
            shipment_id=here.shipment_id if same_place else None, comment=comment_of(comment),
            uncertainty_milli_c=here.uncertainty_milli_c if same_place else 0,
        )  # fmt: skip


def take_out(store: Store, actor: Actor, item_id: int, at_ms: int, now_ms: int, comment: str = "") -> None:
    """Record that an item left the refrigerator for good or for the first time: a shortened expiry counts from it."""
    with store.transaction() as tx:
        history = items.history(tx, item_id)
        permitted(actor, Act.TAKE_OUT, history)
        if at_ms > now_ms + AHEAD_MS or at_ms < history.begins_ms:
            since = "its arrival" if history.parted is None else "the split from its lot"
            raise FieldProblem("at", f"Say when, between {since} and now")
        here = history.last
        items.append(
            tx, item_id, Kind.REMOVED, at_ms, here.stage, now_ms, actor.name, account_id=actor.account_id,
            location_id=here.location_id, comment=comment_of(comment),
        )  # fmt: skip


def end(store: Store, actor: Actor, item_id: int, how: Kind, at_ms: int, now_ms: int, comment: str = "") -> None:
    """Record that an item was used, discarded or sent away; nothing happens to it any more.

    Raises:
        NotFound, NotPermitted: As `move`.
        FieldProblem: The instant cannot be, or a reason is missing where one is needed.
    """
    said = comment_of(comment)
    with store.transaction() as tx:
        history = items.history(tx, item_id)
        permitted(actor, act_of(how), history)
        if how is Kind.DISCARDED and not said:
            raise FieldProblem("comment", "Say why it is discarded")
        possible(history, at_ms, now_ms)
        items.append(
            tx, item_id, how, at_ms, history.last.stage, now_ms, actor.name, account_id=actor.account_id, comment=said
        )


def act_of(how: Kind) -> Act:
    """Which act ends an item so."""
    match how:
        case Kind.USED:
            return Act.USE
        case Kind.DISCARDED:
            return Act.DISCARD
        case Kind.LEFT:
            return Act.MOVE
        case (
            Kind.ARRIVED | Kind.MOVED | Kind.SHIPPED | Kind.STAGED | Kind.FILED | Kind.REMOVED | Kind.SPLIT
            | Kind.PARTED
        ):  # fmt: skip
            raise UsageError(f"{how.value!r} does not end an item")
        case _:
            assert_never(how)


def comment_of(text: str) -> str:
    """A comment as it is kept: without blanks around it and without characters that can't be seen."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()
    if len(kept) > MOST_TEXT:
        raise FieldProblem("comment", f"At most {MOST_TEXT} characters, please; this is {len(kept)}")
    return kept


def permitted(actor: Actor, act: Act, history: History | None = None) -> None:
    """Raise `NotPermitted` where this actor may not do this."""
    why_not = refusal(actor.role, act, history)
    if why_not is not None:
        raise NotPermitted(why_not)


def possible(history: History, at_ms: int, now_ms: int) -> None:
    """Raise `FieldProblem` where nothing can have happened to an item at that instant."""
    problem = wrong_instant(history, at_ms, now_ms)
    if problem is not None:
        raise FieldProblem("at", problem)


def _product(rulebook: Rulebook, product_id: str) -> tuple[Product, str]:
    if not product_id.strip():
        raise FieldProblem("product", "Choose a product")
    try:
        return rulebook.product(product_id.strip()), rulebook.text(product_id.strip())
    except UnknownProduct as error:
        raise FieldProblem("product", str(error)) from error


def _stage(product: Product, stage: str) -> str:
    wanted = stage or product.first_stage.name
    if wanted not in product.stages:
        raise FieldProblem("stage", f"{product.id} has no stage {wanted!r}: it has {', '.join(product.stages)}")
    return wanted


def location_id_of(tx: Transaction, name: str) -> int:
    """The location of that name; raises `FieldProblem`."""
    found = places.location_named(tx, name)
    if found is None:
        raise FieldProblem("location", f"There is no location {name!r}" if name else "Choose a location")
    return found.id


def line_of(field: str, text: str, most: int, missing: str) -> str:
    """One line of text as it is kept; raises `FieldProblem` where nothing is left of it, or too much."""
    kept = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not kept:
        raise FieldProblem(field, missing)
    if len(kept) > most:
        raise FieldProblem(field, f"At most {most} characters, please; this is {len(kept)}")
    return kept
