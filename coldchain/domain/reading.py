"""Readings and traces: what one sensor channel measured, one value an instant (semantics §1)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Milliseconds = NDArray[np.int64]
"""UTC instants in whole milliseconds since 1970-01-01, or durations in milliseconds; shape (n,)."""

MilliC = NDArray[np.int64]
"""Temperatures in m°C; shape (n,)."""


PIECE = 1 << 18
"""Readings: half a year of one a minute."""


@dataclass(frozen=True)
class Trace:
    """One sensor channel's readings, one an instant, in order.

    Attributes:
        at_ms: When each was measured, UTC ms, strictly increasing.
        milli_c: What was measured, m°C.
    """

    at_ms: Milliseconds
    milli_c: MilliC

    def __post_init__(self) -> None:
        if self.at_ms.shape != self.milli_c.shape or self.at_ms.ndim != 1:
            raise ValueError("a trace needs one instant for each temperature")
        if not (self.at_ms[1:] > self.at_ms[:-1]).all():
            raise ValueError("a trace's instants must strictly increase")

    def __len__(self) -> int:
        return int(self.at_ms.size)

    @classmethod
    def of(cls, at_ms: list[int], milli_c: list[int]) -> "Trace":
        """A trace from plain lists."""
        return cls(np.asarray(at_ms, dtype=np.int64), np.asarray(milli_c, dtype=np.int64))

    def pieces(self) -> Iterator["Trace"]:
        """The trace cut into pieces of bounded size, in order: a judge of long traces needs memory for one of them."""
        for first in range(0, len(self), PIECE):
            own = slice(first, first + PIECE)
            yield self if len(self) <= PIECE else Trace(self.at_ms[own], self.milli_c[own])

    def after(self, at_ms: int) -> "Trace":
        """The readings later than an instant."""
        first = int(np.searchsorted(self.at_ms, at_ms, side="right"))
        return Trace(self.at_ms[first:], self.milli_c[first:])


EMPTY_TRACE = Trace.of([], [])


def median_step_ms(at_ms: Milliseconds) -> float | None:
    """The median of the steps between instants, ms; ``None`` where there is none.

    One step in the middle is looked at first: where it is the median of all, as in nearly every file, counting shows
    that.
    """
    if at_ms.size < 2:
        return None
    count = at_ms.size - 1
    usual = int(at_ms[count // 2 + 1] - at_ms[count // 2])
    below = same = 0
    for first in range(0, count, PIECE):
        piece = at_ms[first : first + PIECE + 1]
        steps = piece[1:] - piece[:-1]
        below += int(np.count_nonzero(steps < usual))
        same += int(np.count_nonzero(steps == usual))
    if below <= (count - 1) // 2 and below + same > count // 2:
        return float(usual)
    return float(np.median(np.diff(at_ms)))


@dataclass(frozen=True)
class Readings:
    """What was received for one channel, in any order, with what decides between two values at one instant.

    Attributes:
        at_ms, milli_c: As in `Trace`, but in any order and with repeats.
        received_ms: When each reached us, UTC ms.
        source: A number that orders the sources (for one file: all zero).
        position: The reading's place in its file or message.
    """

    at_ms: Milliseconds
    milli_c: MilliC
    received_ms: Milliseconds
    source: NDArray[np.int64]
    position: NDArray[np.int64]

    @classmethod
    def of_file(cls, at_ms: Milliseconds, milli_c: MilliC, position: NDArray[np.int64]) -> "Readings":
        """The readings of one file: all received at once from one source."""
        nothing = np.zeros_like(at_ms)
        return cls(at_ms, milli_c, nothing, nothing, position)


@dataclass(frozen=True)
class Settled:
    """Readings made into a trace.

    Attributes:
        trace: One reading an instant.
        duplicates: How many readings said again what stands.
        conflicts: Indices (into the readings given) of those that said something else than what stands.
    """

    trace: Trace
    duplicates: int
    conflicts: NDArray[np.int64]


def settle(readings: Readings) -> Settled:
    """One reading an instant: the one with the least (received, source, position, value) stands (semantics §1).

    The result does not depend on the order of the readings.
    """
    if readings.at_ms.size and (readings.at_ms[1:] > readings.at_ms[:-1]).all():  # the usual file: nothing to settle
        return Settled(Trace(readings.at_ms, readings.milli_c), 0, np.zeros(0, dtype=np.int64))
    order = np.lexsort((readings.milli_c, readings.position, readings.source, readings.received_ms, readings.at_ms))
    at_ms, milli_c = readings.at_ms[order], readings.milli_c[order]
    first = np.ones(at_ms.size, dtype=bool)
    first[1:] = at_ms[1:] != at_ms[:-1]
    standing = milli_c[first][np.cumsum(first) - 1] if at_ms.size else milli_c
    differs = milli_c != standing
    return Settled(
        trace=Trace(at_ms[first], milli_c[first]),
        duplicates=int((~first & ~differs).sum()),
        conflicts=np.sort(order[differs]),
    )
