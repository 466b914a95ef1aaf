"""Several sensors under one heading: parted where another column proves it, asked about where it may; never merged.

Sensors that report at different minutes never contradict each other at one instant. What gives them away is that each
of them keeps an interval of its own, or that the temperature jumps whenever the other column changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import MilliC, Milliseconds
from coldchain.errors import FileRefused
from coldchain.loggers.cells import Cells
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.date_order import usual_step
from coldchain.loggers.grid import Grid
from coldchain.loggers.layout import Layout, matching
from coldchain.loggers.logger_file import Channel, Declared
from coldchain.loggers.numbers import taken
from coldchain.loggers.table_channels import parted

_STEP_SLACK_MS = 1_500
_KEPT = 0.8
"""An interval is kept when so many of the steps are it."""

_MOST_SENSORS = 500
_SURELY_MANY = 600
"""Where so few rows already name more than there can be sensors, the others need no look."""

_MOST_TEXT = 120
_LOOKED_AT = 4_000
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
    names, which = Cells.of(texts).numbered()
    if not 1 < len(names) <= min(_MOST_SENSORS, len(texts) // 2) or any(len(name) > _MOST_TEXT for name in names):
        return Told.ONE
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


def named_sensor(layout: Layout, declared: Declared) -> tuple[Declared, tuple[Column, str] | None]:
    """What ``--column NAME=VALUE`` asks for: the rows in which a column says so; and what else was declared."""
    name, _, value = (declared.column or "").partition("=")
    if not value.strip() or matching(layout.columns, declared.column or ""):
        return declared, None
    columns = matching(layout.columns, name)
    if len(columns) != 1:
        return declared, None
    return replace(declared, column=None), (columns[0], value.strip())


def of_sensor(channels: Sequence[Channel], named: tuple[Column, str], grid: Grid) -> list[Channel]:
    """Each channel's rows in which a column says what was asked for.

    Raises:
        FileRefused: ``no-temperature``, with what the column does say.
    """
    column, value = named
    texts = grid.column(column.index)
    parts = [part for channel in channels for part in parted(channel, texts, grid, len(channels) > 1)]
    mine = [part for part in parts if part.name == value or part.name.startswith(f"{value} ")]
    if not mine:
        said = sorted({text for text in texts if text})
        shown = ", ".join(repr(text[:40]) for text in said[:8])
        raise FileRefused("no-temperature", f"the column {column.label!r} never says {value!r}; it says {shown}")
    return mine


def by_unknown_column(
    layout: Layout, grid: Grid, channels: list[Channel], *, one_declared: bool
) -> tuple[list[Channel], list[str]]:
    """Channels parted by a column whose heading is not known, where it proves that it names sensors.

    Args:
        layout, grid: The table.
        channels: Its channels.
        one_declared: The user named the temperature column, and so said that all of its rows belong together.

    Raises:
        FileRefused: ``contradiction``, where it may as well name the states of one logger.
    """
    for column in layout.of_kind(Kind.OTHER, Kind.INDEX, Kind.UNIT, Kind.SOURCE):
        if column.index in layout.times or column.kind is Kind.TEMPERATURE:
            continue
        texts = grid.column(column.index)
        if len(set(texts[:_SURELY_MANY])) > _MOST_SENSORS or not 1 < len(set(texts[:_LOOKED_AT])) <= _MOST_SENSORS:
            continue
        told = _told(column, texts, grid, channels, one_declared=one_declared)
        if told is Told.SEVERAL:
            found = [part for channel in channels for part in parted(channel, texts, grid, len(channels) > 1)]
            names = len({text for text in texts if text})
            said = f"the column {column.label or column.index + 1!r} tells {names} sensors apart by when they report"
            return found, [f"{said}: each is a channel of its own"]
    return channels, []


def _told(column: Column, texts: Sequence[str], grid: Grid, channels: Sequence[Channel], *, one_declared: bool) -> Told:
    for channel in channels:
        rows = np.searchsorted(np.asarray(grid.lines), channel.lines)
        beside = taken(texts, rows)
        told = told_by(channel.at_ms, channel.milli_c, beside)
        if told is Told.OPEN and not one_declared:
            value = next(text for text in beside if text)
            label = column.label or str(column.index + 1)
            raise FileRefused(
                "contradiction",
                f"the column {label!r} may name several sensors or the states of one logger, and nothing in the file "
                f"says which: take one with --column '{label}=VALUE', or all rows as one logger's by naming the "
                "temperature column with --column",
                (f"--column {label + '=' + value!r}", f"--column {channel.label!r}"),
            )
        if told is Told.SEVERAL:
            return told
    return Told.ONE
