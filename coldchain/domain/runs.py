"""Runs over the interval table: unbroken stretches, spans between good readings, and how many separate bad runs.

Each may go on from the piece of the trace before, so each takes what had been running and says what runs on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.bounds import Flags, Table


def runs(flags: Flags) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each run of True begins and where it has ended (one past its last), shape (k,) each."""
    edges = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


# -- unbroken stretches of at_least -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stretches:
    """Unbroken runs of intervals that were surely bad: the first reading's index and the length of each, shape (k,)."""

    first: NDArray[np.intp]
    length_ms: NDArray[np.int64]
    longest_ms: int
    running_ms: int


def stretches(rows: Table, running_before_ms: int) -> Stretches:
    """Unbroken runs of intervals whose ``at_least`` is above zero; the first one may go on from the piece before."""
    on = np.diff(rows.at_least) > 0
    first, end = runs(on)
    length = rows.at_least[end] - rows.at_least[first]
    if first.size and first[0] == 0:
        length[0] += running_before_ms
    running = int(length[-1]) if first.size and end[-1] == on.size else 0
    if on.size == 0:
        running = running_before_ms
    return Stretches(first, length, int(length.max(initial=0)), running)


# -- at_most between readings that are good by every test ----------------------------------------------------------


@dataclass(frozen=True)
class Spans:
    """Possible badness between neighbouring good readings, shape (k,) each, and what runs on after the last one."""

    start_ms: NDArray[np.int64]
    end_ms: NDArray[np.int64]
    at_most_ms: NDArray[np.int64]
    silent: Flags
    longest_ms: int
    running_ms: int
    running_silent: bool
    since_ms: int | None


def spans(rows: Table, before_ms: int, since_ms: int | None, *, silent: bool) -> Spans:
    """``at_most`` between neighbouring readings good by the ``at_most`` test, or an end of the trace."""
    good = np.flatnonzero(~rows.tests.perhaps & ~rows.neutral)
    bounds = np.concatenate(([0], good, [rows.at_ms.size - 1]))
    sums = np.diff(rows.at_most[bounds])
    silences = np.diff(np.concatenate(([0], np.cumsum(rows.silent)))[bounds])
    sums[0] += before_ms
    silences[0] += silent
    since = int(rows.at_ms[0]) if since_ms is None else since_ms
    starts = np.concatenate(([since], rows.at_ms[good]))
    return Spans(
        start_ms=starts[:-1],
        end_ms=rows.at_ms[good],
        at_most_ms=sums[:-1],
        silent=silences[:-1] > 0,
        longest_ms=int(sums.max()),
        running_ms=int(sums[-1]),
        running_silent=bool(silences[-1] > 0),
        since_ms=int(starts[-1]),
    )


# -- how many separate bad runs -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """Running counts of separate bad runs at each reading, shape (m + 1,), and whether the last one is still open."""

    sure: NDArray[np.int64]
    perhaps: NDArray[np.int64]
    in_sure: bool
    in_perhaps: bool


@dataclass(frozen=True)
class CountedBefore:
    """How many there had been before this part of the table, and whether one was open."""

    sure: int
    perhaps: int
    in_sure: bool
    in_perhaps: bool


def counted_runs(rows: Table, before: CountedBefore) -> Counted:
    """Bad runs by the outer tests: surely separate ones (a surely good reading between them), and perhaps."""
    tests, counts = rows.tests, rows.counts
    good = ~tests.perhaps & ~rows.neutral
    sure, in_sure = _entries(tests.sure & counts, good, before.in_sure)
    perhaps, in_perhaps = _entries(tests.perhaps & counts, good, before.in_perhaps)
    return Counted(before.sure + sure, before.perhaps + perhaps, in_sure, in_perhaps)


def _entries(enters: Flags, leaves: Flags, inside: bool) -> tuple[NDArray[np.int64], bool]:
    """Running count of entries into a run, and whether the last reading leaves it open."""
    said = np.flatnonzero(enters | leaves)
    states = np.concatenate(([inside], enters[said]))
    entered = np.zeros(enters.size, dtype=np.int64)
    entered[said] = states[1:] & ~states[:-1]
    return np.cumsum(entered), bool(states[-1])
