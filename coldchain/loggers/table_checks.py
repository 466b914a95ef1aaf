"""What a table says against itself: other headings further down, several temperatures at one instant."""

from collections.abc import Sequence

import numpy as np

from coldchain.domain.reading import Milliseconds
from coldchain.errors import FileRefused
from coldchain.loggers.cells import Cells
from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.contract import instant
from coldchain.loggers.grid import Grid
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Channel
from coldchain.loggers.plain_numbers import plain

_SHARE_OF_CONFLICTS = 0.2
_MANY_CONFLICTS = 100
"""A device that lost its clock, or an hour passed twice, contradicts itself now and then; several sensors all along."""


def refuse_other_headings(layout: Layout, grid: Grid) -> None:
    """Refuse a table in which another one follows, whose zone, columns or units are others.

    Raises:
        FileRefused: ``contradiction``, with the line of the second heading.
    """
    temperatures = layout.of_kind(Kind.TEMPERATURE)
    if not temperatures:
        return
    time, value = layout.times[0], temperatures[0].index
    stamps, values = grid.columns[time], grid.columns[value]
    rows = plain(values).rest.tolist() if isinstance(values, Cells) else range(len(grid))
    for row in rows:
        stated = stamps[row]
        if not stated or stated[0].isdigit() or not any(map(str.isalpha, values[row])):
            continue
        others = classify([column[row] for column in grid.columns])
        if others[time].kind is not Kind.TIME:
            continue
        for mine, other in zip(layout.columns, others, strict=True):
            matters = mine.index == time or Kind.TEMPERATURE in (mine.kind, other.kind)
            if matters and other.label not in mine.label:
                raise FileRefused(
                    "contradiction",
                    f"line {grid.lines[row]} begins another table, with {other.label!r} instead of {mine.label!r}; "
                    "give each a file of its own",
                )


def refuse_several_sensors(channels: Sequence[Channel], layout: Layout, grid: Grid) -> None:
    """Refuse a channel that states different temperatures for one instant again and again.

    A few are a device that lost its clock; many, or a column that tells them apart, are several sensors.

    Raises:
        FileRefused: ``contradiction``, with two of the lines and the column, if there is one.
    """
    for channel in channels:
        if _once_each(channel.at_ms):
            continue
        instants, first, which = np.unique(channel.at_ms, return_index=True, return_inverse=True)
        others = np.flatnonzero(channel.milli_c[first][which] != channel.milli_c)
        if others.size == 0 or others.size < _SHARE_OF_CONFLICTS * channel.at_ms.size:
            continue
        column = _telling_apart(channel, layout, grid)
        if column is None and others.size < _MANY_CONFLICTS:
            continue
        row = int(others[0])
        lines = f"lines {int(channel.lines[first[which[row]]])} and {int(channel.lines[row])}"
        apart = f"the column {column.label or column.index + 1!r} tells them apart" if column else "and no column tells"
        raise FileRefused(
            "contradiction",
            f"{lines} state different temperatures for {instant(int(instants[which[row]]))}, and so do "
            f"{others.size} of {channel.at_ms.size} rows: several sensors or runs stand in one column ({apart}); "
            "give each a file of its own",
        )


def _once_each(at_ms: Milliseconds) -> bool:
    """Whether every row is later than the one before, or every row earlier."""
    later = at_ms[1:] > at_ms[:-1]
    return bool(later.all() or (not later.any() and (at_ms[1:] < at_ms[:-1]).all()))


def _telling_apart(channel: Channel, layout: Layout, grid: Grid) -> Column | None:
    """The first column by whose few values no instant has two temperatures any more."""
    row_of = {int(line): row for row, line in enumerate(grid.lines)}
    rows = [row_of[line] for line in channel.lines.tolist()]
    for column in layout.of_kind(Kind.OTHER, Kind.SOURCE, Kind.SERIAL, Kind.INDEX, Kind.UNIT):
        texts = grid.columns[column.index]
        stated: dict[tuple[int, str], int] = {}
        keys = [(at, texts[row].strip()) for at, row in zip(channel.at_ms.tolist(), rows, strict=True)]
        single = all(
            stated.setdefault(key, value) == value for key, value in zip(keys, channel.milli_c.tolist(), strict=True)
        )
        if single and 1 < len({text for _, text in keys}) <= len(keys) // 2:
            return column
    return None
