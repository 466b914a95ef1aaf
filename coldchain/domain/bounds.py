"""How long a limit was exceeded: surely, by estimate, and at most (semantics §3).

Between two readings nobody measured, so bad time is a triple. This file holds the interval table; `progress` sums it
into episodes, `verdict` compares it with what the label allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.limits import COLDEST, HOTTEST, Limit
from coldchain.domain.reading import MilliC, Milliseconds, Trace

Flags = NDArray[np.bool_]

DEFAULT_MAX_GAP_MS = 3_600_000
"""60 min: the longest interval over which a good reading is believed, where nothing else says (semantics §3)."""


@dataclass(frozen=True)
class Bounds:
    """Bad time in milliseconds: ``at_least_ms <= estimate_ms <= at_most_ms``."""

    at_least_ms: int = 0
    estimate_ms: int = 0
    at_most_ms: int = 0

    def __add__(self, other: "Bounds") -> "Bounds":
        return Bounds(
            self.at_least_ms + other.at_least_ms,
            self.estimate_ms + other.estimate_ms,
            self.at_most_ms + other.at_most_ms,
        )


def largest(every: Sequence[Bounds]) -> Bounds:
    """The largest figure of each column (semantics §3)."""
    return Bounds(
        max(one.at_least_ms for one in every),
        max(one.estimate_ms for one in every),
        max(one.at_most_ms for one in every),
    )


@dataclass(frozen=True)
class Yardstick:
    """What a judgement rests on besides the limit.

    Attributes:
        max_gap_ms: The longest interval over which a good reading is believed.
        uncertainty_milli_c: The probe's uncertainty, m°C.
        max_gap_from: Who said so: ``option``, ``product``, ``sensor`` or ``default``.
    """

    max_gap_ms: int = DEFAULT_MAX_GAP_MS
    uncertainty_milli_c: int = 0
    max_gap_from: str = "default"


@dataclass(frozen=True)
class Edges:
    """The ends of a stay, a declared period or a file's own stop, UTC ms; only what lies between counts."""

    start_ms: int | None = None
    end_ms: int | None = None

    def __post_init__(self) -> None:
        if self.start_ms is not None and self.end_ms is not None and self.end_ms < self.start_ms:
            raise ValueError("a period cannot end before it starts")


@dataclass(frozen=True)
class Series:
    """A piece of a trace joined to the reading before it, with its silences found; made once for all limits.

    Attributes:
        at_ms, milli_c: The readings, oldest first. A *virtual* one is an edge that stands as a good reading.
        first_virtual, last_virtual: Whether the first or the last one is virtual; a first one is ``joined`` too.
        joined: Whether the first one belongs to the piece before, so that it is not counted again.
        silent: Indices of the intervals longer than ``max_gap``.
    """

    at_ms: Milliseconds
    milli_c: MilliC
    first_virtual: bool
    last_virtual: bool
    joined: bool
    silent: NDArray[np.intp]


def series(
    trace: Trace, max_gap_ms: int, before: tuple[int, int | None] | None = None, *, end_edge: bool = False
) -> Series:
    """Join a piece of a trace to what came before it.

    Args:
        trace: The readings of the piece.
        max_gap_ms: From the yardstick.
        before: Instant and value of the reading before the piece; value ``None`` for an edge; ``None`` for nothing.
        end_edge: The piece is one virtual reading, the edge at the end.
    """
    if before is None:
        at_ms, milli_c, virtual = trace.at_ms, trace.milli_c, False
    else:
        virtual = before[1] is None
        at_ms = np.concatenate((np.array([before[0]], dtype=np.int64), trace.at_ms))
        milli_c = np.concatenate((np.array([before[1] or 0], dtype=np.int64), trace.milli_c))
    silent = np.flatnonzero(np.diff(at_ms) > max_gap_ms)
    return Series(at_ms, milli_c, virtual, end_edge, before is not None, silent)


@dataclass(frozen=True)
class Tests:
    """Which readings are bad by each column's own test; shape (n,) each. ``sure`` ⊆ ``bad`` ⊆ ``perhaps``."""

    sure: Flags
    bad: Flags
    perhaps: Flags


def bad_by_test(limit: Limit, milli_c: MilliC, uncertainty_milli_c: int = 0) -> Tests:
    """Whether readings are bad surely, as they stand, and perhaps, with a probe that may be off by ``uncertainty``."""
    bad = _touching(limit, milli_c, 0)
    if uncertainty_milli_c == 0:
        return Tests(bad, bad, bad)
    sure = np.zeros(milli_c.shape, dtype=bool)
    for low, high in limit.bad:
        sure |= (milli_c - uncertainty_milli_c >= low) & (milli_c + uncertainty_milli_c <= high)
    return Tests(sure, bad, _touching(limit, milli_c, uncertainty_milli_c))


def depth_milli_c(limit: Limit, milli_c: MilliC) -> MilliC:
    """How far each bad reading lies beyond the nearest good temperature, m°C; 0 for a good one. Shape (n,)."""
    depth = np.zeros(milli_c.shape, dtype=np.int64)
    for low, high in limit.bad:
        np.maximum(depth, np.minimum(milli_c - low + 1, high - milli_c + 1), out=depth)
    return depth


@dataclass(frozen=True)
class Table:
    """The interval table of semantics §3 over those readings that can matter; m intervals between m + 1 readings.

    Readings whose neighbours on both sides are good, near and good themselves add nothing and are left out.

    Attributes:
        at_ms: When, clipped to the edges, shape (m + 1,).
        taken_ms: When, as measured.
        milli_c: What.
        tests: Bad or not, by each test.
        counts: Whether a reading is real, inside the edges and not counted before.
        neutral: Whether a row is no reading at all but the moment of a move (`exposure`): neither good nor bad.
        silent, doubtful: Whether an interval is longer than ``max_gap``, or next to a doubtful reading, shape (m,).
        at_least, estimate, at_most: Bad time up to each reading, cumulative, shape (m + 1,).
    """

    at_ms: Milliseconds
    taken_ms: Milliseconds
    milli_c: MilliC
    tests: Tests
    counts: Flags
    neutral: Flags
    silent: Flags
    doubtful: Flags
    at_least: Milliseconds
    estimate: Milliseconds
    at_most: Milliseconds

    def between(self, first: int, last: int) -> Bounds:
        """The triple of the intervals between two readings, by index."""
        return Bounds(
            int(self.at_least[last] - self.at_least[first]),
            int(self.estimate[last] - self.estimate[first]),
            int(self.at_most[last] - self.at_most[first]),
        )


def table(part: Series, limit: Limit, uncertainty_milli_c: int, edges: Edges) -> Table:
    """Classify every interval of a series by the table of semantics §3 and sum it inside the edges."""
    tests = _real(bad_by_test(limit, part.milli_c, uncertainty_milli_c), part)
    kept, silent = _that_matter(tests.perhaps, part.silent)
    taken = part.at_ms[kept]
    inside = taken if edges == Edges() else np.clip(taken, edges.start_ms, edges.end_ms)
    sure, bad, perhaps = tests.sure[kept], tests.bad[kept], tests.perhaps[kept]
    duration = np.diff(inside)
    counts = inside == taken
    for end, virtual in ((0, part.joined), (-1, part.last_virtual)):
        if virtual:
            counts[end] = False
    return Table(
        at_ms=inside,
        taken_ms=taken,
        milli_c=part.milli_c[kept],
        tests=Tests(sure, bad, perhaps),
        counts=counts,
        neutral=np.zeros(taken.size, dtype=bool),
        silent=silent,
        doubtful=_next_to(perhaps & ~sure),
        at_least=_running(duration, sure[:-1] & sure[1:] & ~silent),
        estimate=_running(duration, bad[:-1]),
        at_most=_running(duration, _next_to(perhaps) | silent),
    )


def _touching(limit: Limit, milli_c: MilliC, uncertainty_milli_c: int) -> Flags:
    touching = np.zeros(milli_c.shape, dtype=bool)
    for low, high in limit.bad:
        if low == COLDEST:
            touching |= milli_c <= high + uncertainty_milli_c
        elif high == HOTTEST:
            touching |= milli_c >= low - uncertainty_milli_c
        else:
            touching |= (milli_c >= low - uncertainty_milli_c) & (milli_c <= high + uncertainty_milli_c)
    return touching


def _real(tests: Tests, part: Series) -> Tests:
    """The tests with virtual readings good by each of them."""
    for flags in (tests.sure, tests.bad, tests.perhaps):
        if part.first_virtual:
            flags[0] = False
        if part.last_virtual:
            flags[-1] = False
    return tests


def _that_matter(perhaps: Flags, silent: NDArray[np.intp]) -> tuple[NDArray[np.intp], Flags]:
    """Indices of the readings next to anything but calm, and which intervals between those are silent."""
    matter = perhaps.copy()
    matter[1:] |= perhaps[:-1]
    matter[:-1] |= perhaps[1:]
    matter[silent] = True
    matter[silent + 1] = True
    matter[[0, -1]] = True
    kept = np.flatnonzero(matter)
    flags = np.zeros(max(kept.size - 1, 0), dtype=bool)
    flags[np.searchsorted(kept, silent)] = True
    return kept, flags


def _next_to(readings: Flags) -> Flags:
    return readings[:-1] | readings[1:]


def _running(duration: Milliseconds, counted: Flags) -> Milliseconds:
    running = np.zeros(duration.size + 1, dtype=np.int64)
    np.cumsum(np.where(counted, duration, 0), out=running[1:])
    return running
