"""What makes a verdict undetermined: the very intervals, and why each leaves a limit open (semantics §4)."""

from dataclasses import dataclass, replace

import numpy as np

from coldchain.domain.bounds import Table
from coldchain.domain.duration import milliseconds
from coldchain.domain.limits import AnyDuration, Each, Limit, NoAllowance
from coldchain.domain.runs import Spans, runs


@dataclass(frozen=True)
class Unsettled:
    """An interval in which a limit may or may not have been kept.

    Attributes:
        cause: ``silent`` (nobody measured), ``doubtful`` (within the probe's uncertainty), ``between`` (between a
            good and a bad reading) or ``extremes`` (only the lowest and highest values are known).
    """

    limit_id: str
    start_ms: int
    end_ms: int
    cause: str


def unsettled(limit: Limit, rows: Table, perhaps: Spans) -> tuple[Unsettled, ...]:
    """The intervals of a part of the table that leave a limit open: which, and why."""
    if isinstance(limit.allowance, Each):
        longer = np.flatnonzero(perhaps.at_most_ms > milliseconds(limit.allowance.duration)).tolist()
        found = tuple(
            Unsettled(
                limit.id, int(perhaps.start_ms[k]), int(perhaps.end_ms[k]), "silent" if perhaps.silent[k] else "between"
            )
            for k in longer
        )
        return found if limit.times is None else found + _uncounted(limit, rows)
    wide = np.diff(rows.at_most) > np.diff(rows.at_least)
    if isinstance(limit.allowance, NoAllowance | AnyDuration):
        wide &= rows.silent | rows.doubtful
    first, end = runs(wide)
    return tuple(
        Unsettled(limit.id, int(rows.at_ms[start]), int(rows.at_ms[stop]), _cause(rows, start, stop))
        for start, stop in zip(first.tolist(), end.tolist(), strict=True)
    )


def _uncounted(limit: Limit, rows: Table) -> tuple[Unsettled, ...]:
    """Each interval in which an episode that ``times`` counts may have been missed, or counted without need."""
    wide = np.flatnonzero((rows.silent | rows.doubtful) & (np.diff(rows.at_ms) > 0)).tolist()
    return tuple(Unsettled(limit.id, int(rows.at_ms[k]), int(rows.at_ms[k + 1]), _cause(rows, k, k + 1)) for k in wide)


def apart(found: tuple[Unsettled, ...]) -> tuple[Unsettled, ...]:
    """The intervals in the order of time, without those that lie inside another one."""
    kept: list[Unsettled] = []
    for one in sorted(found, key=lambda one: (one.start_ms, -one.end_ms)):
        if not kept or one.end_ms > kept[-1].end_ms:
            kept.append(one)
    return tuple(kept)


def _cause(rows: Table, start: int, stop: int) -> str:
    if rows.silent[start:stop].any():
        return "silent"
    return "doubtful" if rows.doubtful[start:stop].any() else "between"


def joined(limit: Limit, before: tuple[Unsettled, ...], later: tuple[Unsettled, ...]) -> tuple[Unsettled, ...]:
    """Intervals that meet at a cut are one, as they would be without the cut; spans of ``each`` are never cut."""
    meet = before and later and before[-1].end_ms == later[0].start_ms
    if not meet or isinstance(limit.allowance, Each):
        return before + later
    order = ("silent", "doubtful", "between")
    cause = min(before[-1].cause, later[0].cause, key=order.index)
    return (*before[:-1], replace(before[-1], end_ms=later[0].end_ms, cause=cause), *later[1:])
