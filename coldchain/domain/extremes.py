"""The lowest and highest value of each day or hour, where a device keeps no readings; and the parts that count."""

from collections.abc import Sequence
from dataclasses import dataclass

from coldchain.domain.bounds import Edges

Interval = tuple[int, int]
"""Closed: of m°C, or of UTC ms."""


@dataclass(frozen=True)
class Counted:
    """How long a device says that it measured temperatures in a range.

    Attributes:
        bad: The range, m°C, both ends included.
        duration_ms: Its count.
    """

    bad: Interval
    duration_ms: int


@dataclass(frozen=True)
class Extremes:
    """The lowest and highest value of one interval.

    Attributes:
        start_ms, end_ms: The interval, UTC ms.
        low_milli_c, high_milli_c: m°C; both ``None`` where nothing was measured.
        low_ms, high_ms: When they were measured, where the device says so; inside the interval.
        silent_ms: How long the device says that it had no probe.
        counted: What else the device counted; used where it counted beyond exactly the limit that is judged.
    """

    start_ms: int
    end_ms: int
    low_milli_c: int | None
    high_milli_c: int | None
    low_ms: int | None = None
    high_ms: int | None = None
    silent_ms: int = 0
    counted: tuple[Counted, ...] = ()

    def __post_init__(self) -> None:
        if self.start_ms >= self.end_ms:
            raise ValueError("an interval ends after it starts")
        if (self.low_milli_c is None) != (self.high_milli_c is None):
            raise ValueError("an interval has both extremes or none")
        if self.low_milli_c is not None and self.high_milli_c is not None and self.low_milli_c > self.high_milli_c:
            raise ValueError("the lowest value lies above the highest")
        if any(at is not None and not self.start_ms <= at <= self.end_ms for at in (self.low_ms, self.high_ms)):
            raise ValueError("an extreme was measured inside its interval")


@dataclass(frozen=True)
class Piece:
    """The part of an interval that counts.

    Attributes:
        span: UTC ms.
        between: The lowest and highest value, m°C; ``None`` where nothing was measured.
        known: The values that were surely measured in this part, m°C.
        reach: Between which instants of this part values were surely measured, UTC ms; it may run backwards, and then
            spans nothing by itself.
        silent_ms: How long there was no probe, at most.
        counted: The device's own counts; none where the interval was cut.
    """

    span: Interval
    between: Interval | None
    known: tuple[int, ...]
    reach: Interval
    silent_ms: int
    counted: tuple[Counted, ...]

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.span[1] - self.span[0]


def inside(extremes: Sequence[Extremes], edges: Edges) -> list[Piece]:
    """The parts of some intervals, oldest first, that lie inside the edges.

    Raises:
        ValueError: Two intervals overlap.
    """
    pieces: list[Piece] = []
    for one in extremes:
        start = one.start_ms if edges.start_ms is None else max(one.start_ms, edges.start_ms)
        end = one.end_ms if edges.end_ms is None else min(one.end_ms, edges.end_ms)
        if start >= end:
            continue
        if pieces and start < pieces[-1].span[1]:
            raise ValueError("two intervals overlap")
        pieces.append(_piece(one, start, end))
    return pieces


def _piece(one: Extremes, start: int, end: int) -> Piece:
    whole = (start, end) == (one.start_ms, one.end_ms)
    if one.low_milli_c is None or one.high_milli_c is None:
        return Piece((start, end), None, (), (end, start), end - start, ())
    stated = ((one.low_ms, one.low_milli_c), (one.high_ms, one.high_milli_c))
    known = tuple(value for at, value in stated if (whole if at is None else start <= at <= end))
    earliest = [min(max(end if at is None else at, start), end) for at, _ in stated]
    latest = [min(max(start if at is None else at, start), end) for at, _ in stated]
    return Piece(
        (start, end),
        (one.low_milli_c, one.high_milli_c),
        known,
        (min(earliest), max(latest)),
        min(one.silent_ms, end - start),
        one.counted if whole else (),
    )


def silences_between(pieces: Sequence[Piece], max_gap_ms: int, edges: Edges) -> list[Interval]:
    """Where nothing is known at all, for longer than ``max_gap``: before, between and after the intervals."""
    ends = [edges.start_ms, *(piece.span[1] for piece in pieces)]
    starts = [*(piece.span[0] for piece in pieces), edges.end_ms]
    between = zip(ends, starts, strict=True)
    return [(a, b) for a, b in between if a is not None and b is not None and b - a > max_gap_ms]
