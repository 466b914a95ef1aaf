"""What people do with a prepared medicine: start it, say what happened, move it, attest, correct, discard.

What may be done is decided apart from doing it. Every act is appended with its ledger entry in one transaction, and
has the preparation looked at; the time of an act is now, and one that lies further back says why it comes late.
"""

from collections.abc import Sequence
from functools import lru_cache

from coldchain.domain.course import Happening
from coldchain.domain.product import Attested, Event, Product
from coldchain.errors import NotFound, NotPermitted, UsageError
from coldchain.records import places, preparations
from coldchain.records.accounts import Account
from coldchain.records.preparations import MOVED, OVER, Entry
from coldchain.records.prepared import Prepared, prepared
from coldchain.records.store import Store, Transaction
from coldchain.reviewing.known_then import as_known
from coldchain.reviewing.next_steps import (
    LATE_MS,
    MAY_PREPARE,
    ReasonNeeded,
    TimeImpossible,
    begins_with,
    check_course,
    comes_next,
    item_of,
    preparable,
    reason_of,
    refusal,
    sequence,
)
from coldchain.rulebook.book import parse_product
from coldchain.rulebook.words import event_words

__all__ = [
    "LATE_MS",
    "MAY_PREPARE",
    "ReasonNeeded",
    "TimeImpossible",
    "as_known",
    "attest",
    "begins_with",
    "comes_next",
    "correct",
    "move",
    "preparable",
    "record",
    "refusal",
    "sequence",
    "start",
]


# -- acts ---------------------------------------------------------------------------------------------------------


def start(
    store: Store, product: Product, product_text: str, event: Event, location: str, item: str, account: Account,
    now_ms: int, *, once: str | None = None,
) -> str:  # fmt: skip
    """Begin a preparation with its first event, now; returns its number.

    Args:
        store: The record.
        product: The product; its text is frozen with the preparation.
        product_text: The very text of its file.
        event: What begins it, one of `begins_with`.
        location: Where that was, by name.
        item: Lot, vial or bag; may be empty.
        account: Who.
        now_ms: When, UTC ms.
        once: Of the form, so that a second tap begins no second preparation.

    Raises:
        NotPermitted: The role may not.
        UsageError: The product is not prepared, or not begun with this event; the item is too long.
        NotFound: There is no such location.
    """
    _permit(account)
    kept = item_of(item)
    if event not in begins_with(product):
        raise UsageError(f"a preparation of {product.id} does not begin with '{event_words(event)}'")
    with store.transaction() as tx:
        before = preparations.started_once(tx, once) if once else None
        if before is not None:
            return before.number
        location_id = _location(tx, location)
        made, number = preparations.add(tx, product, product_text, kept, account.id, now_ms, once)
        preparations.add_event(tx, made, event.value, now_ms, account.id, now_ms, location_id=location_id)
        return number


def record(
    store: Store, number: str, event: Event, account: Account, now_ms: int, *, at_ms: int | None = None,
    reason: str = "", once: str | None = None,
) -> None:  # fmt: skip
    """Say that an event happened: now, or at an earlier moment with the reason why it is said only now.

    What is known at use and at discarding is entered into the ledger with it.

    Raises:
        NotPermitted: The role may not.
        NotFound: There is no such preparation.
        TimeImpossible: The event cannot have happened, or not then.
        ReasonNeeded: It lies further back and nobody says why.
    """
    _permit(account)
    when = now_ms if at_ms is None else at_ms
    kept = reason_of(reason, needed=now_ms - when > LATE_MS)
    with store.transaction() as tx:
        whole = _whole(tx, number, now_ms)
        if _again(tx, once):
            return
        _check_with(whole, Happening(event, when), now_ms)
        preparations.add_event(
            tx, whole.preparation.id, event.value, when, account.id, now_ms, reason=kept, once=once
        )  # fmt: skip
        if event.value in OVER:
            _note(tx, number, now_ms)


def move(
    store: Store, number: str, location: str, account: Account, now_ms: int, *, at_ms: int | None = None,
    reason: str = "", once: str | None = None,
) -> None:  # fmt: skip
    """Say that the item was taken to another location.

    Raises:
        NotPermitted, NotFound, TimeImpossible, ReasonNeeded: As `record`.
    """
    _permit(account)
    when = now_ms if at_ms is None else at_ms
    kept = reason_of(reason, needed=now_ms - when > LATE_MS)
    with store.transaction() as tx:
        whole = _whole(tx, number, now_ms)
        if _again(tx, once):
            return
        location_id = _location(tx, location)
        here = whole.place_at(when)
        if whole.over_ms is not None and when >= whole.over_ms:
            raise TimeImpossible("it was used or discarded by then: there is nothing to move")
        if here is not None and here.location == location:
            raise TimeImpossible(f"it was at {here.location_title} already")
        _check_with(whole, Happening(None, when, location), now_ms)
        preparations.add_event(
            tx, whole.preparation.id, MOVED, when, account.id, now_ms, location_id=location_id, reason=kept, once=once
        )  # fmt: skip


def attest(
    store: Store, number: str, what: Attested, account: Account, now_ms: int, *, at_ms: int | None = None,
    reason: str = "", once: str | None = None,
) -> None:  # fmt: skip
    """Attest one of the five things that no sensor sees.

    Raises:
        NotPermitted, NotFound, TimeImpossible, ReasonNeeded: As `record`.
    """
    _permit(account)
    when = now_ms if at_ms is None else at_ms
    kept = reason_of(reason, needed=now_ms - when > LATE_MS)
    if when > now_ms:
        raise TimeImpossible("that lies in the future")
    with store.transaction() as tx:
        whole = _whole(tx, number, now_ms)
        if _again(tx, once):
            return
        preparations.add_attestation(
            tx, whole.preparation.id, what.value, when, account.id, now_ms, reason=kept, once=once
        )  # fmt: skip


def correct(
    store: Store, number: str, entry_id: int, account: Account, now_ms: int, *, reason: str, at_ms: int | None = None,
    location: str | None = None, struck: bool = False, attestation: bool = False,
) -> None:  # fmt: skip
    """Stand a new entry for one that is wrong; both stay, the judge sees the new one.

    Args:
        store: The record.
        number: The preparation's.
        entry_id: The entry that is wrong; nothing may have corrected it yet.
        account: Who.
        now_ms: When this is said, UTC ms.
        reason: Why; required.
        at_ms: When it really happened; ``None`` leaves the time.
        location: Where the item really was from then on; ``None`` leaves the place.
        struck: It did not happen.
        attestation: The entry is an attestation, not an event.

    Raises:
        NotPermitted, NotFound, TimeImpossible, ReasonNeeded: As `record`.
        UsageError: Somebody has corrected that entry before.
    """
    _permit(account)
    kept = reason_of(reason, needed=True)
    with store.transaction() as tx:
        whole = _whole(tx, number, now_ms)
        wrong = _entry(whole.attestations if attestation else whole.events, entry_id)
        when = wrong.at_ms if at_ms is None else at_ms
        if when > now_ms:
            raise TimeImpossible("that lies in the future")
        if attestation:
            preparations.add_attestation(
                tx, whole.preparation.id, wrong.what, when, account.id, now_ms, corrects=wrong.id, struck=struck,
                reason=kept,
            )  # fmt: skip
            return
        where = wrong.location if location is None else location
        preparations.add_event(
            tx, whole.preparation.id, wrong.what, when, account.id, now_ms, corrects=wrong.id, struck=struck,
            reason=kept, location_id=None if where is None else _location(tx, where),
        )  # fmt: skip
        corrected = _whole(tx, number, now_ms)
        check_course(corrected.happenings, now_ms)  # raised, it undoes the transaction
        if corrected.course[0].location is None:
            raise TimeImpossible("then nobody would have said where it was: correct the first entry's time instead")
        if corrected.over_ms is not None:
            _note(tx, number, now_ms)


# -- details ------------------------------------------------------------------------------------------------------


def _permit(account: Account) -> None:
    why_not = refusal(account.role, disabled=account.disabled_ms is not None)
    if why_not is not None:
        raise NotPermitted(why_not)


@lru_cache(maxsize=64)
def _frozen(text: str, product_id: str) -> Product:
    return parse_product(text, f"{product_id} as frozen")


def _whole(tx: Transaction, number: str, now_ms: int) -> Prepared:
    found = preparations.one(tx, number)
    return prepared(tx, found, _frozen(found.product_file, found.product_id), now_ms)


def _again(tx: Transaction, once: str | None) -> bool:
    return bool(once) and preparations.entered_once(tx, str(once))


def _location(tx: Transaction, name: str) -> int:
    found = places.location_named(tx, name)
    if found is None:
        raise NotFound(f"there is no location called {name!r}")
    return found.id


def _entry(entries: Sequence[Entry], entry_id: int) -> Entry:
    found = next((entry for entry in entries if entry.id == entry_id), None)
    if found is None:
        raise NotFound(f"this preparation has no entry number {entry_id}")
    if not found.newest:
        raise UsageError("somebody has corrected that entry before: correct the newest one")
    return found


def _check_with(whole: Prepared, new: Happening, now_ms: int) -> None:
    """The course with one more happening, in its place by time."""
    happenings = sorted((*whole.happenings, new), key=lambda one: one.at_ms)
    check_course(happenings, now_ms)
    if happenings[0] is new:
        raise TimeImpossible("that lies before the preparation began: correct its first entry instead")


def _note(tx: Transaction, number: str, now_ms: int) -> None:
    preparations.note_verdict(tx, number, now_ms, as_known(_whole(tx, number, now_ms), now_ms))
