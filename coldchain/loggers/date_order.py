"""Which of the three numbers of a date is the day, decided over the whole column, never by custom."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.errors import FileRefused
from coldchain.loggers.logger_file import ASSUMED, COLUMN, DECLARED, HEADER, Declared, Evidence
from coldchain.loggers.stamps import Ints, Stamps

ORDERS = ("DMY", "MDY", "YMD")
_DAY = 86_400_000
_STEP_SLACK_MS = 1_500
_LONGEST_INTERVAL_MS = 7 * _DAY
"""No logger measures less often than once a week."""

_CLOCK_SLACK_MS = 3 * 3_600_000
"""A wall clock may be set back (summer time ends, a user corrects it) by less than this without disproving an order."""


@dataclass(frozen=True)
class Facts:
    """What a file's head says about its first reading, on the device's own clock, ms; several where it is ambiguous.

    Attributes:
        first: The first reading's day is one of these.
        not_before: No reading is earlier than this.
        source_note: Where that stands, such as ``Mission Start``.
    """

    first: tuple[int, ...] = ()
    not_before: tuple[int, ...] = ()
    source_note: str = ""


NO_FACTS = Facts()


@dataclass(frozen=True)
class Dated:
    """Times on the device's own clock.

    Attributes:
        local_ms: Wall clock ms since 1970, shape (n,).
        good: False where the text is no time in this order.
    """

    local_ms: Ints
    good: NDArray[np.bool_]
    evidence: Evidence


def local_times(stamps: Stamps, order: str) -> tuple[Ints, NDArray[np.bool_]]:
    """The wall clock times that stamps state under one date order, and where there is such a day."""
    return stamps.keep(order, _local_times)


def _local_times(stamps: Stamps, order: str) -> tuple[Ints, NDArray[np.bool_]]:
    day, exists = stamps.keep(f"days {order}", _days)
    good = stamps.good if exists.all() else stamps.good & np.repeat(exists, stamps.runs)
    local_ms = np.repeat(day * _DAY, stamps.runs)
    local_ms += stamps.day_ms
    return local_ms, good


def _days(stamps: Stamps, name: str) -> tuple[Ints, NDArray[np.bool_]]:
    """The days since 1970 that the runs of equal dates state under one order, and where there is such a day."""
    order = name.removeprefix("days ")
    place = {letter: order.index(letter) for letter in "DMY"}
    year, month, day = (stamps.dates[place[letter]] for letter in "YMD")
    if stamps.digits[place["Y"]] <= 2:
        year = np.where(year < 70, year + 2000, year + 1900)
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1970) & (year <= 2200)
    year, month, day = np.where(exists, year, 1970), np.where(exists, month, 1), np.where(exists, day, 1)
    months = (year - 1970) * 12 + month - 1
    first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    following = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return first + day - 1, exists & (first + day - 1 < following)


def decide(stamps: Stamps, held: NDArray[np.bool_], example: str, declared: Declared, facts: Facts = NO_FACTS) -> Dated:
    """The one date order that the column, the head or the user proves.

    Args:
        stamps: The time column.
        held: Rows that hold a reading; event rows stand at odd times and prove nothing about the interval.
        example: The first time as it is written, for messages.
        declared: The user's answer where the file proves nothing.
        facts: What the head says about the first reading.

    Raises:
        FileRefused: ``ambiguous-date-order``, or ``contradiction`` where the declared order is disproved.
    """
    orders, source, note = _proven(stamps, held, facts)
    if not orders:
        raise FileRefused("damaged", f"the times, such as {example!r}, are dates in no known order")
    wanted = declared.date_order
    if wanted and wanted not in orders:
        raise FileRefused(
            "contradiction",
            f"--date-order {wanted} was declared, but the dates, such as {example!r}, prove {' or '.join(orders)}",
        )
    if len(orders) > 1 and wanted:
        orders, source, note = [wanted], DECLARED, ""
    if len(orders) > 1 and stamps.named is not None and "YMD" in orders:
        orders = [order for order in orders if order != "YMD"]
        source, note = ASSUMED, "a two-digit number before a named month is taken for the day"
    if len(orders) > 1 and not _same_times(stamps, orders):
        days = " or ".join(f"{_day_text(stamps, order)} ({order})" for order in orders)
        raise FileRefused(
            "ambiguous-date-order",
            f"{example!r} can be {days}; nothing in the file decides, so say which with --date-order",
            tuple(f"--date-order {order}" for order in orders),
        )
    if not wanted:
        _refuse_swapped(stamps, held, orders[0])
    local_ms, good = local_times(stamps, orders[0])
    return Dated(local_ms, good, Evidence(orders[0], source, note))


def _refuse_swapped(stamps: Stamps, held: NDArray[np.bool_], order: str) -> None:
    """Refuse dates in two orders: a spreadsheet swaps those that it takes for its own and leaves the others."""
    other = {"DMY": "MDY", "MDY": "DMY"}.get(order)
    if other is None or stamps.named is not None:
        return
    (mine, good), (swapped, possible) = local_times(stamps, order), local_times(stamps, other)
    rows = np.flatnonzero(held & good)
    mixed = np.where(possible, swapped, mine)[rows]
    if not (possible[rows].any() and not possible[rows].all()):
        return
    if _disproves(np.diff(mixed), np.diff(mine[rows])):
        raise FileRefused(
            "ambiguous-date-order",
            "the days above 12 and the others follow each other only in different orders: a spreadsheet has swapped "
            f"days and months; take the logger's own export, or declare --date-order {order} if the dates are right",
            (f"--date-order {order}",),
        )


def _proven(stamps: Stamps, held: NDArray[np.bool_], facts: Facts) -> tuple[list[str], str, str]:
    """The orders that survive, and what excluded the others: the calendar, the head, the sequence or the interval."""
    orders = _readable(stamps, held)
    if len(orders) <= 1:
        return orders, COLUMN, _why_only_one(stamps)
    source, note = COLUMN, ""
    by_head = _not_contradicted(stamps, held, orders, facts)
    if len(by_head) < len(orders):
        orders, source, note = by_head, HEADER, facts.source_note
    if len(orders) > 1:
        left = _not_disproved(stamps, held, orders)
        if len(left) < len(orders):
            orders, source = left, COLUMN
            note = "any other order breaks the sequence or the interval of the readings"
    return orders, source, note


def _why_only_one(stamps: Stamps) -> str:
    if sum(_fits_digits(stamps, order) for order in ORDERS) > 1:
        return "only this order makes every date exist"
    return "the year is written out" if stamps.named is None else "the month is named"


def _spelled_out(stamps: Stamps) -> bool:
    return max(stamps.digits[0], stamps.digits[2]) > 2


def _readable(stamps: Stamps, held: NDArray[np.bool_]) -> list[str]:
    """The orders under which the dates exist, but for a few damaged ones."""
    possible = [order for order in ORDERS if _fits_digits(stamps, order)]
    counted = stamps.good & held
    rows = int(np.count_nonzero(counted))
    wrong = {order: _without_a_day(stamps, order, counted) for order in possible}
    if not wrong:
        return []
    least = min(wrong.values())
    return (
        [order for order in possible if wrong[order] == least]
        if least <= max(1, rows // 50) and least < max(rows, 1)
        else []
    )


def _without_a_day(stamps: Stamps, order: str, counted: NDArray[np.bool_]) -> int:
    """How many of the rows that count state a date that does not exist under an order."""
    exists = stamps.keep(f"days {order}", _days)[1]
    return 0 if exists.all() else int(np.count_nonzero(counted & np.repeat(~exists, stamps.runs)))


def _fits_digits(stamps: Stamps, order: str) -> bool:
    """Four digits are a year, a name is a month."""
    for part, letter in enumerate(order):
        if (stamps.digits[part] > 2) != (letter == "Y") and (stamps.digits[part] > 2 or _spelled_out(stamps)):
            return False
        if (stamps.named == part) != (letter == "M") and stamps.named is not None:
            return False
    return True


def _not_contradicted(stamps: Stamps, held: NDArray[np.bool_], orders: Sequence[str], facts: Facts) -> list[str]:
    """The orders that the head's facts allow; all of them where the facts fit none."""
    left = list(orders)
    for order in orders if facts.first or facts.not_before else ():
        local_ms, good = local_times(stamps, order)
        times = local_ms[good & held]
        if times.size == 0:
            continue
        off = facts.first and min(abs(int(times.min()) - fact) for fact in facts.first) > _DAY + _CLOCK_SLACK_MS
        early = facts.not_before and int(times.min()) < min(facts.not_before) - _DAY
        if off or early:
            left.remove(order)
    return left or list(orders)


def _not_disproved(stamps: Stamps, held: NDArray[np.bool_], orders: Sequence[str]) -> list[str]:
    """The orders that no other one disproves by its sequence or by its constant interval."""
    usable = held & stamps.good
    for order in orders:
        usable = usable & local_times(stamps, order)[1]
    steps = {order: np.diff(local_times(stamps, order)[0][usable]) for order in orders}
    left = [
        order
        for order in orders
        if not any(_disproves(steps[other], steps[order]) for other in orders if other != order)
    ]
    return left or list(orders)


def _disproves(steps: Ints, other: Ints) -> bool:
    """Whether one order's steps show the other order to be wrong."""
    if steps.size == 0:
        return False
    backwards, others_backwards = _backwards(steps), _backwards(other)
    if backwards == 0 and others_backwards > 0:
        return True
    if backwards > others_backwards:
        return False
    constant, others_constant = _constant(steps), _constant(other)
    often = np.count_nonzero(constant)  # a single step is no interval
    if often < 2 or often * 2 < constant.size:
        return False
    return bool((constant & ~others_constant).any()) and not bool((others_constant & ~constant).any())


def _backwards(steps: Ints) -> int:
    """How often the sequence turns back by more than a clock correction; newest-first files run down throughout."""
    newest_first = (steps < 0).sum() * 2 > steps.size
    return int(((steps if newest_first else -steps) > _CLOCK_SLACK_MS).sum())


def _constant(steps: Ints) -> NDArray[np.bool_]:
    """The steps that are the column's usual one; a few steps of months or years may be equal by chance."""
    usual = usual_step(steps)
    if usual is None or abs(usual) > _LONGEST_INTERVAL_MS:
        return np.zeros(steps.size, dtype=bool)
    return np.abs(steps - usual) <= _STEP_SLACK_MS


def usual_step(steps: Ints) -> int | None:
    """The commonest step, or ``None`` where there is none."""
    if steps.size == 0:
        return None
    middle = int(np.partition(steps, steps.size // 2)[steps.size // 2])
    if np.count_nonzero(steps == middle) * 2 > steps.size:  # what more than half of them are is the median
        return middle
    values, counts = np.unique(steps, return_counts=True)
    return int(values[counts.argmax()])


def _same_times(stamps: Stamps, orders: Sequence[str]) -> bool:
    first = local_times(stamps, orders[0])[0]
    return all(bool((local_times(stamps, order)[0] == first)[stamps.good].all()) for order in orders[1:])


def _day_text(stamps: Stamps, order: str) -> str:
    row = int(np.flatnonzero(stamps.good)[0])
    local_ms, _ = local_times(stamps, order)
    return str(np.datetime64(int(local_ms[row]), "ms").astype("M8[D]"))
