"""When an allowance was used up: surely, and possibly (semantics §4).

*Surely* is the instant at which the running ``at_least`` reaches what is allowed and goes on; *possibly* is the same of
``at_most``. Between two rows of the interval table each column stands still or runs with the clock, so the instant is
exact.
"""

from collections.abc import Sequence
from typing import assert_never

import numpy as np

from coldchain.domain.bounds import Flags, Table
from coldchain.domain.duration import milliseconds
from coldchain.domain.limits import AnyDuration, Each, Limit, NoAllowance, Total
from coldchain.domain.progress import Episode
from coldchain.domain.reading import Milliseconds

Instants = tuple[int | None, int | None]
"""Surely and possibly; ``None`` where it was not."""


def ran_out(limit: Limit, rows: Table, episodes: Sequence[Episode]) -> Instants:
    """The instants, UTC ms, at which a limit's allowance was surely and possibly used up.

    Args:
        limit: With its allowance.
        rows: The interval table of the whole way.
        episodes: Those of the same way; they tell which was one too many where ``times`` is limited.
    """
    by_time = _by_time(limit, rows)
    if limit.times is None:
        return by_time
    sure = [one.start_ms for one in episodes if one.sure and one.sure_count > limit.times]
    perhaps = [one.start_ms for one in episodes if one.perhaps_count > limit.times]
    perhaps += rows.at_ms[:-1][rows.silent].tolist()
    return _earlier(by_time[0], min(sure, default=None)), _earlier(by_time[1], min(perhaps, default=None))


def _by_time(limit: Limit, rows: Table) -> Instants:
    match limit.allowance:
        case NoAllowance():
            return _at_once(rows)
        case Each(duration):
            return _stretch(rows, milliseconds(duration))
        case Total(duration, None):
            allowed_ms = milliseconds(duration)
            return _passes(rows.at_ms, rows.at_least, allowed_ms), _passes(rows.at_ms, rows.at_most, allowed_ms)
        case Total(duration, within):
            allowed_ms, length_ms = milliseconds(duration), milliseconds(within or duration)
            columns = (_in_window(rows.at_ms, column, length_ms) for column in (rows.at_least, rows.at_most))
            sure, perhaps = (_passes(at_ms, sums, allowed_ms) for at_ms, sums in columns)
            return sure, perhaps
        case AnyDuration():
            return None, None
        case _:
            assert_never(limit.allowance)


def _earlier(one: int | None, other: int | None) -> int | None:
    return min((at_ms for at_ms in (one, other) if at_ms is not None), default=None)


def _passes(at_ms: Milliseconds, running: Milliseconds, allowed_ms: int) -> int | None:
    """Where a column that stands still, falls or runs with the clock first goes beyond what is allowed."""
    beyond = np.flatnonzero(running > allowed_ms)
    if not beyond.size:
        return None
    first = int(beyond[0])
    return int(at_ms[first - 1]) + allowed_ms - int(running[first - 1]) if first else int(at_ms[0])


def _in_window(at_ms: Milliseconds, column: Milliseconds, length_ms: int) -> tuple[Milliseconds, Milliseconds]:
    """The bad time in the window that ends at each instant where its course may bend: ``(instants, sums)``."""
    ends = np.unique(np.concatenate((at_ms, at_ms + length_ms)))
    return ends, _up_to(at_ms, column, ends) - _up_to(at_ms, column, ends - length_ms)


def _up_to(at_ms: Milliseconds, column: Milliseconds, instants: Milliseconds) -> Milliseconds:
    at = np.clip(instants, at_ms[0], at_ms[-1])
    index = np.searchsorted(at_ms, at, side="right") - 1
    following = np.minimum(index + 1, at_ms.size - 1)
    rising = column[following] > column[index]
    running: Milliseconds = column[index] + np.where(rising, at - at_ms[index], 0)
    return running


def _at_once(rows: Table) -> Instants:
    """No allowance: the first bad reading, or the beginning of the first interval that counts."""
    return (
        _earlier(_first_reading(rows, rows.tests.sure), _passes(rows.at_ms, rows.at_least, 0)),
        _earlier(_first_reading(rows, rows.tests.perhaps), _passes(rows.at_ms, rows.at_most, 0)),
    )


def _first_reading(rows: Table, bad: Flags) -> int | None:
    found = np.flatnonzero(bad & rows.counts)
    return int(rows.at_ms[found[0]]) if found.size else None


def _stretch(rows: Table, allowed_ms: int) -> Instants:
    """An unbroken stretch of ``at_least``; and ``at_most`` since the last reading that is good by every test."""
    index = np.arange(rows.at_ms.size)
    standing = np.concatenate(([True], np.diff(rows.at_least) == 0))
    good = ~rows.tests.perhaps & ~rows.neutral
    found: list[int | None] = []
    for column, breaks in ((rows.at_least, standing), (rows.at_most, good)):
        since = np.maximum.accumulate(np.where(breaks, index, 0))
        running = np.concatenate(([0], column[1:] - column[since[:-1]]))
        beyond = np.flatnonzero(running > allowed_ms)
        if not beyond.size:
            found.append(None)
            continue
        last = int(beyond[0]) - 1
        left_ms = allowed_ms - int(column[last] - column[since[last]])
        found.append(int(rows.at_ms[last]) + left_ms)
    return found[0], found[1]
