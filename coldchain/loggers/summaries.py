"""Intervals of which a file states only the lowest and highest value: from the device's clock to UTC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coldchain.domain.extremes import Counted, Extremes
from coldchain.loggers.zones import Zone, place


@dataclass(frozen=True)
class Summary:
    """One interval on the device's own clock, ms since 1970 as it shows them.

    Attributes:
        low_milli_c, high_milli_c: m°C; ``None`` where the file says that there is none.
        low_at, high_at: When they were measured, where the file says so.
        silent_ms: How long the device says that it had no probe.
        counted: What else the device counted.
    """

    start: int
    end: int
    low_milli_c: int | None
    high_milli_c: int | None
    low_at: int | None = None
    high_at: int | None = None
    silent_ms: int = 0
    counted: tuple[Counted, ...] = ()


def extremes_of(summaries: Iterable[Summary], zone: Zone) -> tuple[tuple[Extremes, ...], tuple[str, ...]]:
    """The intervals in UTC, oldest first, and sentences on what is odd about the clock.

    Two summaries of one interval, as a clock that was set back leaves them, become one that spans both.
    """
    found: dict[tuple[int, int], Extremes] = {}
    twice = 0
    for summary in summaries:
        one = _in_utc(summary, zone)
        span = one.start_ms, one.end_ms
        if span in found:
            twice += 1
            one = _joined(found[span], one)
        found[span] = one
    ordered = sorted(found.values(), key=lambda one: one.start_ms)
    notes = (f"{twice} intervals are summed up twice: the device's clock was set back",) if twice else ()
    return _apart(ordered), notes


def _in_utc(summary: Summary, zone: Zone) -> Extremes:
    start, end = (int(place(np.array([at], dtype=np.int64), zone).early[0]) for at in (summary.start, summary.end))
    low, high = summary.low_milli_c, summary.high_milli_c
    if low is None or high is None:
        low = high = None
    low_ms, high_ms = (_instant(at, zone, start, end) for at in (summary.low_at, summary.high_at))
    return Extremes(start, max(end, start + 1), low, high, low_ms, high_ms, summary.silent_ms, summary.counted)


def _instant(at: int | None, zone: Zone, start: int, end: int) -> int | None:
    """A moment in UTC; ``None`` where it is not stated, happens twice or never, or lies outside its interval."""
    if at is None:
        return None
    placed = place(np.array([at], dtype=np.int64), zone)
    instant = int(placed.early[0])
    settled = instant == int(placed.late[0]) and not placed.skipped[0]
    return instant if settled and start <= instant <= end else None


def _joined(one: Extremes, other: Extremes) -> Extremes:
    stated = [each for each in (one, other) if each.low_milli_c is not None and each.high_milli_c is not None]
    if not stated:
        return one
    lowest = min(stated, key=lambda each: each.low_milli_c or 0)
    highest = max(stated, key=lambda each: each.high_milli_c or 0)
    return Extremes(
        one.start_ms, one.end_ms, lowest.low_milli_c, highest.high_milli_c, lowest.low_ms, highest.high_ms,
        one.silent_ms + other.silent_ms,
    )  # fmt: skip


def _apart(ordered: Sequence[Extremes]) -> tuple[Extremes, ...]:
    """The intervals without those that a clock set back makes overlap: they are put together."""
    apart: list[Extremes] = []
    for one in ordered:
        if apart and one.start_ms < apart[-1].end_ms:
            before = apart.pop()
            span = before.start_ms, max(before.end_ms, one.end_ms)
            one = _joined(_widened(before, *span), _widened(one, *span))
        apart.append(one)
    return tuple(apart)


def _widened(one: Extremes, start_ms: int, end_ms: int) -> Extremes:
    return replace(one, start_ms=start_ms, end_ms=end_ms, counted=())
