"""The interval table of semantics §3 in plain Python, one interval after the other."""

from collections.abc import Callable
from itertools import pairwise

MINUTE = 60_000
Row = tuple[int, float]  # UTC ms, °C


def by_hand(
    rows: list[Row], bad: Callable[[float], bool], max_gap_ms: int, stop_ms: int | None
) -> tuple[int, int, int]:
    """The interval table of §3, one interval after the other; a stop stands as a good reading."""
    points = [(at, bad(value)) for at, value in rows]
    if stop_ms is not None:
        points.append((stop_ms, False))
    least = estimate = most = 0
    for (start, a), (end, b) in pairwise(points):
        dt = end - start
        if a and b:
            least += dt if dt <= max_gap_ms else 0
        if a:
            estimate += dt
        if a or b or dt > max_gap_ms:
            most += dt
    return least, estimate, most
