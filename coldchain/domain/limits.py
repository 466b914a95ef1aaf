"""Limits: sets of temperatures that count as bad, and how long they may last (semantics §2, §6).

A limit holds its bad temperatures as integer m°C intervals. That one form carries ``above: 8``, a range, and "in none
of these conditions" alike.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from coldchain.domain.temperature import format_c

COLDEST, HOTTEST = -(2**62), 2**62
"""Stand for "no end" in an interval of m°C."""


class Predicate(StrEnum):
    """How a limit compares; the words of product files."""

    ABOVE = "above"
    BELOW = "below"
    AT_OR_ABOVE = "at_or_above"
    AT_OR_BELOW = "at_or_below"
    OUTSIDE = "outside"
    """In none of a stage's conditions."""
    INSIDE = "inside"
    """In one condition whose time is limited (``up_to``)."""


@dataclass(frozen=True)
class Range:
    """A closed range of temperatures, m°C: both ends are good."""

    low_milli_c: int
    high_milli_c: int

    def __str__(self) -> str:
        low, high = format_c(self.low_milli_c, 0), format_c(self.high_milli_c, 0)
        return f"{low.removesuffix(' °C')}–{high}"


@dataclass(frozen=True)
class NoAllowance:
    """The limit is kept while no reading is bad."""


@dataclass(frozen=True)
class Each:
    """The limit is kept while no unbroken bad stretch lasts longer than ``duration``."""

    duration: timedelta


@dataclass(frozen=True)
class Total:
    """The limit is kept while bad time adds up to no more than ``duration``, in all or in every window ``within``."""

    duration: timedelta
    within: timedelta | None = None


@dataclass(frozen=True)
class AnyDuration:
    """Only the number of episodes is limited (``times``)."""


Allowance = NoAllowance | Each | Total | AnyDuration


@dataclass(frozen=True)
class Limit:
    """A set of bad temperatures and how long they may last.

    Attributes:
        id: Unique within the stage, such as ``above-8``; stages that share an id share one budget.
        predicate: How it was written.
        bad: The temperatures that count as bad: disjoint, sorted, closed intervals of m°C.
        allowance: How long they may last.
        times: At most so many episodes, or ``None``.
        site_policy: The limit is the site's own, not the label's.
    """

    id: str
    predicate: Predicate
    bad: tuple[tuple[int, int], ...]
    allowance: Allowance = NoAllowance()
    times: int | None = None
    site_policy: bool = False

    @property
    def threshold_milli_c(self) -> int | None:
        """The one temperature the limit compares with, or ``None`` for conditions."""
        match self.predicate:
            case Predicate.ABOVE:
                return self.bad[0][0] - 1
            case Predicate.AT_OR_ABOVE:
                return self.bad[0][0]
            case Predicate.BELOW:
                return self.bad[0][1] + 1
            case Predicate.AT_OR_BELOW:
                return self.bad[0][1]
            case Predicate.OUTSIDE | Predicate.INSIDE:
                return None


def limit(
    predicate: Predicate,
    milli_c: int,
    allowance: Allowance = NoAllowance(),
    *,
    id: str | None = None,  # noqa: A002 the field's own word, as in product files
    times: int | None = None,
) -> Limit:
    """A limit that compares with one temperature; its id says what it is unless one is given."""
    match predicate:
        case Predicate.ABOVE:
            bad = (milli_c + 1, HOTTEST)
        case Predicate.AT_OR_ABOVE:
            bad = (milli_c, HOTTEST)
        case Predicate.BELOW:
            bad = (COLDEST, milli_c - 1)
        case Predicate.AT_OR_BELOW:
            bad = (COLDEST, milli_c)
        case Predicate.OUTSIDE | Predicate.INSIDE:
            raise ValueError("a limit on conditions is made by conditions_limits()")
    return Limit(id or limit_id(predicate, milli_c), predicate, (bad,), allowance, times)


def limit_id(predicate: Predicate, milli_c: int) -> str:
    """The id of a limit that names none: ``above-8``, ``at-or-below-0``, ``below--15``."""
    number = f"{milli_c / 1000:.3f}".rstrip("0").rstrip(".")
    return f"{predicate.value.replace('_', '-')}-{number}"


@dataclass(frozen=True)
class Equilibration:
    """Time needed in another condition directly before use, if the item was in this one."""

    condition: str
    duration: timedelta


@dataclass(frozen=True)
class Condition:
    """One of several ways a stage may be stored.

    Attributes:
        name: Such as ``room`` or ``refrigerated``.
        store: The temperatures of this condition.
        up_to: The longest time in this condition, each for itself; ``None`` for no limit of its own.
        equilibrate: What must follow before use.
        source: Where its numbers come from, where that is not the product's label.
    """

    name: str
    store: Range
    up_to: timedelta | None = None
    equilibrate: Equilibration | None = None
    source: str | None = None


def conditions_limits(conditions: tuple[Condition, ...], handling: Condition | None) -> tuple[Limit, ...]:
    """What a stage with several conditions asks of its temperatures (semantics §6).

    Outside every condition is bad with no allowance; time in a condition that has ``up_to`` is bad beyond that.
    Label conditions are served first: a temperature that one of them takes never counts as handling.
    """
    everywhere = (*conditions, handling) if handling else conditions
    union = _merged(tuple((c.store.low_milli_c, c.store.high_milli_c) for c in everywhere))
    limits = [Limit("out-of-condition", Predicate.OUTSIDE, _complement(union))]
    taken: tuple[tuple[int, int], ...] = ()
    for condition in everywhere:
        own = ((condition.store.low_milli_c, condition.store.high_milli_c),)
        if condition.up_to is not None:
            inside = _without(own, taken)
            policy = condition is handling
            limits.append(Limit(f"in-{condition.name}", Predicate.INSIDE, inside, Total(condition.up_to), None, policy))
        taken = _merged(taken + own)
    return tuple(limits)


def _merged(intervals: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Disjoint, sorted and never touching: m°C are integers, so ``[1, 2], [3, 4]`` is ``[1, 4]``."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def _complement(merged: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    starts = [COLDEST, *(high + 1 for _, high in merged)]
    ends = [*(low - 1 for low, _ in merged), HOTTEST]
    return tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)


def _without(own: tuple[tuple[int, int], ...], taken: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    return _complement(_merged(_complement(own) + taken))
