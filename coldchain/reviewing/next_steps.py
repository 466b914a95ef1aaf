"""What may be done with a prepared medicine, and what comes next; pure. `preparing` does it."""

from collections.abc import Sequence

from coldchain.domain.course import SEQUENCE, Course, Happening
from coldchain.domain.product import Event, Product
from coldchain.errors import UsageError
from coldchain.records.preparations import OVER

MAY_PREPARE = frozenset({"nurse", "pharmacist"})
"""The roles that act; the others look."""

LATE_MS = 2 * 60_000
"""An entry about a moment further back than this says why it comes so late."""

LONGEST_REASON = 1_000
LONGEST_ITEM = 100


class ReasonNeeded(UsageError):
    """The reason is missing or too long; the message stands at its field."""


class TimeImpossible(UsageError):
    """At that time it cannot have happened; the message stands at its field."""


def refusal(role: str, *, disabled: bool = False) -> str | None:
    """Why this role may not act on preparations, or ``None``."""
    if disabled:
        return "this account is disabled"
    return None if role in MAY_PREPARE else f"the role {role} looks, and prepares nothing"


def sequence(product: Product) -> tuple[Event, ...]:
    """The events of a preparation of this product, in their order; use and discarding always among them."""
    asked = {event for deadline in product.deadlines for event in (deadline.begins, deadline.ends)}
    asked |= {event for stage in product.stages.values() for event in (stage.begins, stage.ends) if event}
    asked |= {attestation.at for attestation in product.attest}
    asked |= {stage.expires.since for stage in product.stages.values() if stage.expires}
    asked |= {Event.INFUSION_STARTED, Event.INFUSION_ENDED, Event.DISCARDED}
    known = [event for event in SEQUENCE if event in asked]
    return (Event.REMOVED, *known) if Event.REMOVED in asked else tuple(known)


def begins_with(product: Product) -> tuple[Event, ...]:
    """The events with which a preparation of this product can begin, the usual one first."""
    found = [event for event in sequence(product) if event in SEQUENCE[:3]]
    return (*found, Event.REMOVED) if Event.REMOVED in sequence(product) else tuple(found)


def preparable(product: Product) -> bool:
    """Whether the product is prepared: reconstitution or dilution begins something."""
    return any(event in (Event.RECONSTITUTED, Event.DILUTED) for event in begins_with(product))


def comes_next(product: Product, happened: Sequence[Event]) -> tuple[Event, ...]:
    """What can happen next, the usual one first; nothing after use or discarding."""
    if any(event.value in OVER for event in happened):
        return ()
    places_ = [SEQUENCE.index(event) for event in happened if event in SEQUENCE]
    reached = max(places_, default=-1)
    ahead = [event for event in sequence(product) if event in SEQUENCE and SEQUENCE.index(event) > reached]
    started = Event.INFUSION_STARTED in happened
    removal = [Event.REMOVED] if Event.REMOVED in sequence(product) and not started else []
    return (*ahead, *(event for event in removal if event not in happened))


def item_of(text: str) -> str:
    """The item as it is kept: one line of visible characters.

    Raises:
        UsageError: It is too long.
    """
    kept = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    if len(kept) > LONGEST_ITEM:
        raise UsageError(f"at most {LONGEST_ITEM} characters for lot, vial or bag, please; this is {len(kept)}")
    return kept


def reason_of(text: str, *, needed: bool) -> str:
    """The reason as it is kept.

    Raises:
        ReasonNeeded: It is missing where it is needed, or too long.
    """
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()
    if needed and not kept:
        raise ReasonNeeded("Say why: “pressed ten minutes after it was done”, “tapped the wrong button”")
    if len(kept) > LONGEST_REASON:
        raise ReasonNeeded(f"At most {LONGEST_REASON} characters, please; this is {len(kept)}")
    return kept


def check_course(happenings: Sequence[Happening], now_ms: int) -> None:
    """Whether these can have happened in this order.

    Raises:
        TimeImpossible: They cannot; the sentence says which one.
    """
    try:
        Course.of(happenings, now_ms)
    except ValueError as error:
        raise TimeImpossible(str(error)) from error
