"""An item's whole way: its stays, one after the other, judged as one trace (semantics §7, §3.edges).

Each stay's intervals are classified on its own sensor's whole trace; only the part inside the stay counts. A reading
taken elsewhere is not the item's: a move is neither good nor bad, so episodes join across it where no good reading of
the item lies between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.bounds import Bounds, Edges, Series, Table, Tests, Yardstick, series, table
from coldchain.domain.limits import Limit
from coldchain.domain.progress import Progress, advance_table, begin
from coldchain.domain.reading import EMPTY_TRACE, Trace
from coldchain.domain.verdict import LimitJudgement, conclude


@dataclass(frozen=True)
class Stay:
    """An item's time at one place.

    Attributes:
        location: Where.
        start_ms, end_ms: From its arrival to its leaving; a stay ends where the next one begins.
        trace: The whole trace of the sensor there; empty where there is none, and then nothing is known of the stay.
        yardstick: ``max_gap`` and the uncertainty of that sensor.
    """

    location: str
    start_ms: int
    end_ms: int
    trace: Trace
    yardstick: Yardstick


def judge_way(limit: Limit, stays: Sequence[Stay]) -> LimitJudgement:
    """What became of one limit over the whole way: budgets are carried from stay to stay.

    Raises:
        ValueError: No stay, or the stays do not follow one another.
    """
    return conclude(along(limit, stays))


def along(limit: Limit, stays: Sequence[Stay]) -> Progress:
    """The judge's memory of the whole way."""
    return advanced(limit, stays, way_table([limit] * len(stays), stays))


def advanced(limit: Limit, stays: Sequence[Stay], rows: Table) -> Progress:
    """`along` for a way whose intervals are classified already."""
    way = Edges(stays[0].start_ms, stays[-1].end_ms)
    fresh = replace(begin(limit, stays[0].yardstick, way), last=None)
    return advance_table(fresh, rows, (stays[-1].end_ms, None), sum(len(stay.trace) for stay in stays))


def way_table(limits: Sequence[Limit | None], stays: Sequence[Stay]) -> Table:
    """The interval table of a whole way.

    Args:
        limits: What counts as bad in each stay; ``None`` where nothing does.
        stays: The stays, one after the other.

    Raises:
        ValueError: No stay, or the stays do not follow one another.
    """
    if not stays or any(a.end_ms != b.start_ms for a, b in pairwise(stays)):
        raise ValueError("an item's stays follow one another without a break")
    parts = [
        _free(stay) if limit is None else stay_table(limit, stay) for limit, stay in zip(limits, stays, strict=True)
    ]
    joined = parts[0]
    for part in parts[1:]:
        joined = _after(joined, part)
    return joined


def stay_table(limit: Limit, stay: Stay) -> Table:
    """The interval table of one stay; its first and last rows are the moments of arrival and leaving."""
    if not len(stay.trace):
        return _unknown(stay)
    edges = Edges(stay.start_ms, stay.end_ms)
    rows = table(_with_edges(stay), limit, stay.yardstick.uncertainty_milli_c, edges)
    first = int(np.searchsorted(rows.taken_ms, stay.start_ms, side="right")) - 1
    last = int(np.searchsorted(rows.taken_ms, stay.end_ms, side="left"))
    return _cut(rows, first, last)


def _with_edges(stay: Stay) -> Series:
    """The sensor's trace, with a virtual good reading at an edge that no reading lies beyond."""
    trace, max_gap_ms = stay.trace, stay.yardstick.max_gap_ms
    before = (stay.start_ms, None) if int(trace.at_ms[0]) > stay.start_ms else None
    if int(trace.at_ms[-1]) >= stay.end_ms:
        return series(trace, max_gap_ms, before)
    longer = Trace(np.append(trace.at_ms, stay.end_ms), np.append(trace.milli_c, 0))
    return series(longer, max_gap_ms, before, end_edge=True)


def _cut(rows: Table, first: int, last: int) -> Table:
    own, between = slice(first, last + 1), slice(first, last)
    at_ms, taken = rows.at_ms[own], rows.taken_ms[own]
    counts = rows.counts[own].copy()
    counts[-1] = False  # a reading at the moment of leaving is the next stay's
    neutral = ~counts
    tests = Tests(*(flags[own] & ~neutral for flags in (rows.tests.sure, rows.tests.bad, rows.tests.perhaps)))
    return Table(
        at_ms=at_ms,
        taken_ms=np.where(neutral, at_ms, taken),
        milli_c=rows.milli_c[own],
        tests=tests,
        counts=counts,
        neutral=neutral,
        silent=rows.silent[between],
        doubtful=rows.doubtful[between],
        at_least=rows.at_least[own],
        estimate=rows.estimate[own],
        at_most=rows.at_most[own],
    )


def _unknown(stay: Stay) -> Table:
    """Nobody measured: all of the stay is possible badness, however short."""
    free = _free(stay)
    return replace(free, silent=np.ones(1, dtype=bool), at_most=free.at_ms - free.at_ms[0])


def _free(stay: Stay) -> Table:
    """A stay in which nothing is bad: its two ends, and nothing between them."""
    at_ms = np.array([stay.start_ms, stay.end_ms], dtype=np.int64)
    no, nothing = np.zeros(2, dtype=bool), np.zeros(2, dtype=np.int64)
    return Table(
        at_ms=at_ms,
        taken_ms=at_ms,
        milli_c=nothing,
        tests=Tests(no, no, no),
        counts=no,
        neutral=~no,
        silent=np.zeros(1, dtype=bool),
        doubtful=np.zeros(1, dtype=bool),
        at_least=nothing,
        estimate=nothing,
        at_most=nothing,
    )


def _after(one: Table, other: Table) -> Table:
    """Two stays as one table: the moment of leaving and the moment of arrival are one row, the arrival's."""

    def rows(name: str) -> NDArray[Any]:
        return np.concatenate((getattr(one, name)[:-1], getattr(other, name)))

    def sums(name: str) -> NDArray[Any]:
        before = getattr(one, name)
        return np.concatenate((before[:-1], getattr(other, name) + before[-1]))

    def tests(name: str) -> NDArray[Any]:
        return np.concatenate((getattr(one.tests, name)[:-1], getattr(other.tests, name)))

    return Table(
        at_ms=rows("at_ms"),
        taken_ms=rows("taken_ms"),
        milli_c=rows("milli_c"),
        tests=Tests(tests("sure"), tests("bad"), tests("perhaps")),
        counts=rows("counts"),
        neutral=rows("neutral"),
        silent=np.concatenate((one.silent, other.silent)),
        doubtful=np.concatenate((one.doubtful, other.doubtful)),
        at_least=sums("at_least"),
        estimate=sums("estimate"),
        at_most=sums("at_most"),
    )


NOWHERE = EMPTY_TRACE
"""The trace of a place without a sensor."""


def directly_before(limit: Limit, stays: Sequence[Stay]) -> Bounds:
    """The unbroken time in a limit's temperatures directly before the end of the last stay, by each column.

    It is broken by an interval that does not count, and by a reading that was elsewhere by every test.
    """
    parts = [stay_table(limit, stay) for stay in stays]
    return Bounds(*(_unbroken_ms(parts, column) for column in ("at_least", "estimate", "at_most")))


def _unbroken_ms(parts: Sequence[Table], column: str) -> int:
    length_ms = 0
    for rows in reversed(parts):
        counted = np.diff(getattr(rows, column))
        since = [*(np.flatnonzero(counted == 0) + 1), *np.flatnonzero(~rows.tests.perhaps & ~rows.neutral)]
        length_ms += int(counted[max(since, default=0) :].sum())
        if since:
            break
    return length_ms
