"""Several sensors under one heading: parted where another column proves it, asked about where it may; never merged.

Sensors that report at different minutes never contradict each other at one instant. What gives them away is that each
of them keeps an interval of its own, or that the temperature jumps whenever the other column changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import MilliC, Milliseconds
from coldchain.loggers.date_order import usual_step

_STEP_SLACK_MS = 1_500
_KEPT = 0.8
"""An interval is kept when so many of the steps are it."""

_MOST_SENSORS = 500
_MOST_TEXT = 120
_TIMES_THE_JUMP = 4
_JUMP_MILLI_C = 1_000
_CHANGES = 4
"""A column that changes less often says that one logger was carried, or changed its state."""


class Told(Enum):
    """What a column says of the rows that it stands in."""

    ONE = auto()
    """One logger: its state, its place, a number."""
    SEVERAL = auto()
    """Several sensors."""
    OPEN = auto()
    """One or several: nothing in the file decides."""


@dataclass(frozen=True)
class _Rows:
    """Readings in order of time, with the number of the text that stands beside each."""

    at_ms: Milliseconds
    milli_c: MilliC
    which: NDArray[np.int64]


def told_by(at_ms: Milliseconds, milli_c: MilliC, texts: Sequence[str]) -> Told:
    """Whether the texts of a column name sensors, states of one logger, or cannot be told.

    Args:
        at_ms, milli_c: The readings of one channel, shape (n,), in any order.
        texts: What stands beside each, n texts.
    """
    names = sorted(set(texts))
    if not 1 < len(names) <= min(_MOST_SENSORS, len(texts) // 2) or any(len(name) > _MOST_TEXT for name in names):
        return Told.ONE
    number_of = {name: number for number, name in enumerate(names)}
    which = np.array([number_of[text] for text in texts], dtype=np.int64)
    order = np.lexsort((which, at_ms))
    rows = _Rows(at_ms[order], milli_c[order], which[order])
    changed = np.diff(rows.which) != 0
    if int(changed.sum()) < _CHANGES or not _overlap(rows, len(names)):
        return Told.ONE
    steps = np.diff(rows.at_ms)
    own = [np.diff(rows.at_ms[rows.which == number]) for number in range(len(names))]
    together, each = _kept(steps), [_kept(mine) for mine in own]
    if all(step is not None for step in each) and not any(step == together for step in each):
        return Told.SEVERAL
    if together is not None:
        return Told.ONE
    return Told.OPEN if _jumps(rows, changed) else Told.ONE


def _kept(steps: NDArray[np.int64]) -> int | None:
    """The interval that readings keep, ms, to the slack; ``None`` where they keep none."""
    usual = usual_step(steps)
    if usual is None or usual <= 0:
        return None
    return usual if float((np.abs(steps - usual) <= _STEP_SLACK_MS).mean()) >= _KEPT else None


def _overlap(rows: _Rows, count: int) -> bool:
    """Whether two of the names stand for overlapping times; one logger that was carried is at one place at a time."""
    spans = sorted(
        (int(mine.min()), int(mine.max())) for number in range(count) if (mine := rows.at_ms[rows.which == number]).size
    )
    return any(later <= until for (_, until), (later, _) in pairwise(spans))


def _jumps(rows: _Rows, changed: NDArray[np.bool_]) -> bool:
    """Whether the temperature moves much more where the name changes than where it does not."""
    moves = np.abs(np.diff(rows.milli_c))
    across = float(np.median(moves[changed]))
    within = [np.abs(np.diff(rows.milli_c[rows.which == number])) for number in np.unique(rows.which).tolist()]
    own = np.concatenate(within)
    calm = float(np.median(own)) if own.size else 0.0
    return across >= _JUMP_MILLI_C and across >= _TIMES_THE_JUMP * calm
