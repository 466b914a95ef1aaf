"""Clocks that jump: set back by somebody, or begun anew where the battery failed."""

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import Milliseconds
from coldchain.loggers.date_order import usual_step

_FEWEST = 4
_STEP_SLACK_MS = 1_500
_HOUR = 3_600_000
_YEAR = 366 * 86_400_000
_FIRST_DAYS = tuple(
    int(np.datetime64(day, "ms").astype(np.int64)) for day in ("1970-01-01", "1980-01-01", "2000-01-01")
)
"""Where clocks begin that have lost their time."""

_EARLIEST_ZONE = 15 * 3_600_000


def resets(at_ms: Milliseconds) -> NDArray[np.bool_]:
    """The rows that were written after a clock had begun anew: in its first year, and years away from their neighbours.

    A file whose rows are all of that time, or follow each other into it, was measured then.

    Args:
        at_ms: UTC ms in the file's order, shape (n,).
    """
    begun_anew = np.zeros(at_ms.size, dtype=bool)
    if at_ms.size < 2 or int(at_ms.min()) > _FIRST_DAYS[-1] + _YEAR:  # the usual file
        return begun_anew
    for first in _FIRST_DAYS:
        within = (at_ms >= first - _EARLIEST_ZONE) & (at_ms < first + _YEAR)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], within, [False])).astype(np.int8)))
        for start, end in edges.reshape(-1, 2).tolist():
            beside = [
                abs(int(at_ms[a] - at_ms[b])) for a, b in ((start, start - 1), (end - 1, end)) if 0 <= b < at_ms.size
            ]
            if beside and min(beside) > _YEAR:
                begun_anew[start:end] = True
    return begun_anew if begun_anew.sum() * 2 < at_ms.size else np.zeros(at_ms.size, dtype=bool)


def begins_anew_after_twelve(local_ms: Milliseconds, day_ms: NDArray[np.int32]) -> int | None:
    """The first row at which a clock that counts to twelve begins anew; ``None`` where it does not.

    Such a clock says 12:45 and then 1:00, and neither is known to be before noon or after.

    Args:
        local_ms: The wall clock's times in the file's order, ms, shape (n,).
        day_ms: The times of day that are written, ms, shape (n,).
    """
    if local_ms.size < _FEWEST or int(day_ms.min()) < _HOUR or int(day_ms.max()) >= 13 * _HOUR:
        return None
    steps = np.diff(local_ms)
    usual = usual_step(steps)
    if not usual:
        return None
    back = usual - 12 * _HOUR if usual > 0 else usual + 12 * _HOUR
    turned = np.flatnonzero(np.abs(steps - back) <= _STEP_SLACK_MS)
    return int(turned[0]) + 1 if turned.size else None


def clock_notes(at_ms: Milliseconds, lost: int = 0) -> tuple[str, ...]:
    """Sentences on what is odd about a clock.

    Args:
        at_ms: The times that are believed, UTC ms in the file's order.
        lost: How many rows were written after the clock had begun anew.
    """
    steps = np.diff(at_ms)
    back = int(min((steps < 0).sum(), (steps > 0).sum()))
    notes = []
    if back:
        times = "time" if back == 1 else "times"
        notes.append(f"the times run backwards {back} {times}: the device's clock was set back, or runs were joined")
    if lost:
        rows = "1 row was" if lost == 1 else f"{lost} rows were"
        notes.append(
            f"{rows} written after the device's clock had lost its time and begun anew: when they were measured is not "
            "known, so they are in quarantine"
        )
    return tuple(notes)
