"""What a medicine may go through: products, their stages, deadlines and attestations (semantics §2, §6, §7).

The limits of its stages are in `limits`; whoever reads product files finds their names here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from coldchain.domain.limits import (
    COLDEST,
    HOTTEST,
    Allowance,
    AnyDuration,
    Condition,
    Each,
    Equilibration,
    Limit,
    NoAllowance,
    Predicate,
    Range,
    Total,
    conditions_limits,
    limit,
    limit_id,
)

__all__ = [
    "COLDEST",
    "HOTTEST",
    "Allowance",
    "AnyDuration",
    "Attestation",
    "Attested",
    "Condition",
    "Deadline",
    "Each",
    "Equilibration",
    "Event",
    "Example",
    "Expires",
    "Label",
    "Limit",
    "NoAllowance",
    "Predicate",
    "Product",
    "Range",
    "Returns",
    "ReturnsFor",
    "Stage",
    "Total",
    "conditions_limits",
    "limit",
    "limit_id",
]


class Event(StrEnum):
    """What happens to a medicine, in the words of `semantics` §6."""

    RECEIVED = "received"
    RECONSTITUTED = "reconstituted"
    DILUTED = "diluted"
    REMOVED = "removed_from_refrigerator"
    INFUSION_STARTED = "infusion_started"
    INFUSION_ENDED = "infusion_ended"
    DISCARDED = "discarded"


class Attested(StrEnum):
    """The five things a person can attest."""

    INSPECTED = "inspected"
    CLEAR = "clear, no particles"
    NO_DISCOLOURATION = "no discolouration"
    FROM_LIGHT = "protected from light"
    NOT_SHAKEN = "not shaken"


class Returns(StrEnum):
    """Whether an item may go back into the refrigerator."""

    NEVER = "never"
    ONCE = "once"
    ANY = "any"


@dataclass(frozen=True)
class ReturnsFor:
    """An item may go back into the refrigerator for so long."""

    duration: timedelta


@dataclass(frozen=True)
class Expires:
    """A shortened expiry: ``after`` so long ``since`` an event."""

    after: timedelta
    since: Event


@dataclass(frozen=True)
class Deadline:
    """Two events that must not lie further apart than ``within``; exactly ``within`` is in time."""

    begins: Event
    ends: Event
    within: timedelta

    @property
    def id(self) -> str:
        """Such as ``reconstituted→infusion_ended``."""
        return f"{self.begins}→{self.ends}"


@dataclass(frozen=True)
class Attestation:
    """What a person must attest, at or after an event and not after use."""

    at: Event
    what: Attested


@dataclass(frozen=True)
class Stage:
    """One stage of a product's life and everything its label says of it.

    Attributes:
        name: Such as ``unopened`` or ``diluted``.
        limits: What its temperatures must keep, conditions included; in the order of the file.
        store: The range, where the stage has a single one.
        freezing_forbidden: Whether the label forbids freezing.
        protect_from: ``light``, ``shaking``.
        begins, ends: The events that bound it, for prepared medicines.
        within: The longest time from ``begins`` to ``ends``.
        conditions: The ways it may be stored, where there are several.
        handling: The site's own condition while it is worked on.
        returns: Whether it may go back into the refrigerator.
        expires: A shortened expiry.
        source: Where its statements come from, where that is not the product's label.
    """

    name: str
    limits: tuple[Limit, ...]
    store: Range | None = None
    freezing_forbidden: bool = False
    protect_from: tuple[str, ...] = ()
    begins: Event | None = None
    ends: Event | None = None
    within: timedelta | None = None
    conditions: tuple[Condition, ...] = ()
    handling: Condition | None = None
    returns: Returns | ReturnsFor | None = None
    expires: Expires | None = None
    source: str | None = None


@dataclass(frozen=True)
class Label:
    """Where a product's numbers come from; ``checked_by`` is the pharmacist who compared them, or ``None``."""

    document: str
    section: str | None
    jurisdiction: str
    dated: date | None
    checked_by: str | None


@dataclass(frozen=True)
class Example:
    """A worked case of a product file: readings every so often, and the verdict they must get."""

    name: str
    stage: str
    every: timedelta
    temps_c: str
    expect: str


@dataclass(frozen=True)
class Product:
    """One product file.

    Attributes:
        id: The name commands use.
        sha256: Of the file's bytes: which rules judged is part of every record.
        deadlines: Between events; a stage's own ``within`` is among them.
        notes: Statements of the label that no sensor can judge, in our own words.
    """

    id: str
    name: str
    version: int
    sha256: str
    label: Label
    stages: Mapping[str, Stage]
    max_gap: timedelta | None = None
    deadlines: tuple[Deadline, ...] = ()
    attest: tuple[Attestation, ...] = ()
    examples: tuple[Example, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def first_stage(self) -> Stage:
        """The stage that is meant where none is named."""
        return next(iter(self.stages.values()))
