"""Calm: a good reading soon after a good one, with nothing open. Then what the judge remembers moves on, and no more.

Almost every reading of a refrigerator is calm. For those the judge's memory follows from the last reading alone, so it
need be neither computed nor stored: live monitoring settles them many sensors at once, and a late reading is judged
without going through the calm months after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from coldchain.domain.bounds import Bounds, bad_by_test
from coldchain.domain.limits import COLDEST, HOTTEST, Limit, Total
from coldchain.domain.progress import Episode, Progress
from coldchain.domain.quality import POWER_UP_MILLI_C, SENTINELS_MILLI_C, SensorRange
from coldchain.domain.reading import Trace
from coldchain.domain.window import Window

Between = tuple[int, int]
"""A range of temperatures, m°C, both ends included."""


def is_calm(progress: Progress) -> bool:
    """Whether the last reading, or the start edge, was good by every test, and nothing goes on."""
    going_on = progress.perhaps_ms or progress.perhaps_silent or progress.in_sure_run or progress.in_perhaps_run
    if progress.last is None or progress.open is not None or going_on or progress.sure_ms:
        return False
    value = progress.last[1]
    return value is None or _is_good(progress, value)


def stays_calm(progress: Progress, trace: Trace) -> bool:
    """Whether every reading of the next piece is calm, given that the memory is."""
    if progress.last is None or not len(trace):
        return False
    first_ms, gap_ms = int(trace.at_ms[0]), progress.yardstick.max_gap_ms
    if not progress.last[0] < first_ms <= progress.last[0] + gap_ms:
        return False
    if progress.edges.end_ms is not None and int(trace.at_ms[-1]) > progress.edges.end_ms:
        return False
    near = bool(((trace.at_ms[1:] - trace.at_ms[:-1]) <= gap_ms).all())
    return near and not bad_by_test(progress.limit, trace.milli_c, progress.yardstick.uncertainty_milli_c).perhaps.any()


def calmly(progress: Progress, at_ms: int, milli_c: int) -> Progress:
    """The memory after calm readings up to one: `advance`, but for what only a verdict on the whole trace asks."""
    return replace(progress, last=(at_ms, milli_c), perhaps_since_ms=at_ms)


def good_around(limits: Iterable[tuple[Limit, int]], milli_c: int) -> Between | None:
    """The range around a temperature in which none of some limits calls a reading bad, by any test.

    Args:
        limits: Each with the probe's uncertainty, m°C.
        milli_c: The temperature.

    Returns:
        ``None`` where a limit calls it bad, or perhaps bad.
    """
    low, high = COLDEST, HOTTEST
    for limit, uncertainty in limits:
        for first, last in limit.bad:
            if first - uncertainty <= milli_c <= last + uncertainty:
                return None
            if last < milli_c:
                low = max(low, last + uncertainty + 1)
            else:
                high = min(high, first - uncertainty - 1)
    return low, high


def any_good(limits: Sequence[tuple[Limit, int]]) -> int | None:
    """A temperature, m°C, in the narrowest range that no limit calls bad by any test; ``None`` where there is none."""
    beside = ((low - by - 1, high + by + 1) for limit, by in limits for low, high in limit.bad)
    edges = {edge for pair in beside for edge in pair if abs(edge) < HOTTEST // 2}
    found = {good_around(limits, edge) for edge in edges or [0]} - {None}
    narrowest = min((one for one in found if one is not None), key=lambda one: one[1] - one[0], default=None)
    return None if narrowest is None else min(max(0, narrowest[0]), narrowest[1])


def good_ranges(limits: Iterable[tuple[Limit, int]], sensor: SensorRange, *, power_up: bool) -> list[Between]:
    """The values that no limit calls bad by any test, and that are no fault of the sensor either.

    Args:
        limits: Each with the probe's uncertainty, m°C.
        sensor: The sensor's declared range.
        power_up: Whether it is known to emit 85.000 °C at power-up.

    Returns:
        Ranges, m°C, in order and apart from each other.
    """
    bad = [(first - uncertainty, last + uncertainty) for limit, uncertainty in limits for first, last in limit.bad]
    bad += [(value, value) for value in (*SENTINELS_MILLI_C, *((POWER_UP_MILLI_C,) if power_up else ()))]
    bad += [(COLDEST, sensor.low_milli_c - 1), (sensor.high_milli_c + 1, HOTTEST)]
    good: list[Between] = []
    beyond = COLDEST
    for first, last in sorted(bad):
        if first > beyond:
            good.append((beyond, first - 1))
        beyond = max(beyond, last + 1)
    return good


def what_matters(progress: Progress) -> Progress:
    """The memory without what no later episode, excursion or alert depends on.

    Two traces whose memories are equal in this come to the same from there on.
    """
    allowance = progress.limit.allowance
    budget = isinstance(allowance, Total) and allowance.within is None
    counted = progress.limit.times is not None
    return replace(
        progress,
        readings=0,
        sure_reading=False,
        perhaps_reading=False,
        longest_sure_ms=0,
        longest_perhaps_ms=0,
        silences=0,
        total=progress.total if budget else Bounds(),
        sure_count=progress.sure_count if counted else 0,
        perhaps_count=progress.perhaps_count if counted else 0,
        open=_episode(progress, budget=budget, counted=counted),
        window=None if progress.window is None else _at(progress.window, progress),
        episodes=(),
        unsettled=(),
    )


def same_from_here(some: Sequence[Progress], others: Sequence[Progress]) -> bool:
    """Whether what follows two memories of each limit comes to the same, whatever it is."""
    return all(
        what_matters(one).to_json() == what_matters(other).to_json() for one, other in zip(some, others, strict=True)
    )


def _is_good(progress: Progress, milli_c: int) -> bool:
    return good_around([(progress.limit, progress.yardstick.uncertainty_milli_c)], milli_c) is not None


def _episode(progress: Progress, *, budget: bool, counted: bool) -> Episode | None:
    """The open episode; what it took over from before its beginning only where that decides."""
    found = progress.open
    if found is None or (budget and counted):
        return found
    return replace(
        found,
        reached=found.reached if budget or progress.window is not None else Bounds(),
        sure_count=found.sure_count if counted else 0,
        perhaps_count=found.perhaps_count if counted else 0,
    )


def _at(window: Window, progress: Progress) -> Window:
    """The window at the last reading, in the one form that does not show where the trace was cut."""
    if progress.last is None or window.at_ms.size == 0:
        return window
    at_ms, running = window.at_ms, window.running
    if at_ms[-1] < progress.last[0]:
        at_ms = np.append(at_ms, progress.last[0])
        running = np.concatenate((running, running[:, -1:]), axis=1)
    level = (running[:, 1:] == running[:, :-1]).all(axis=0)
    between = np.concatenate(([False], level[:-1] & level[1:], [False])) if at_ms.size > 1 else np.zeros(1, dtype=bool)
    trimmed = Window(window.length_ms, at_ms[~between], running[:, ~between]).trimmed()
    leading = trimmed.at_ms.size > 1 and bool((trimmed.running[:, 1] == trimmed.running[:, 0]).all())
    first = 1 if leading else 0
    if trimmed.at_ms.size - first < 2:  # no bad time within reach
        return Window.empty(window.length_ms)
    return Window(window.length_ms, trimmed.at_ms[first:], trimmed.running[:, first:])
