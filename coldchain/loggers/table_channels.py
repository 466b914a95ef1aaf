"""From a temperature column to a channel, and channels parted by the sensor that each row names."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.quality import Fault
from coldchain.loggers.cells import Cells, nth, those
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.grid import Grid
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Channel, Quarantined
from coldchain.loggers.numbers import filled_in, parse_numbers, refuse_lost_decimals, taken, was_cut
from coldchain.loggers.table_times import Head, Times
from coldchain.loggers.table_units import Units

_SURELY_A_SENSOR = re.compile(r"sensor|device|probe|logger|transmitter|serial|entity|channel|s/n", re.IGNORECASE)
_MOST_SENSORS = 500


@dataclass(frozen=True)
class Rows:
    """What all channels of a table share.

    Attributes:
        events: Rows in which the logger noted something.
        markless: Whether no value of the file has a decimal mark.
        head: What the file's head says.
    """

    grid: Grid
    times: Times
    events: NDArray[np.bool_]
    units: Units
    markless: bool
    head: Head


def names_of(columns: Sequence[Column]) -> list[str]:
    """Channel names; where several columns have the same one, #1, #2 and so on in the file's order."""
    often = Counter(column.name for column in columns)
    seen: Counter[str] = Counter()
    names = []
    for column in columns:
        seen[column.name] += 1
        names.append(f"{column.name}#{seen[column.name]}" if often[column.name] > 1 else column.name)
    return names


def channel_of(column: Column, name: str, texts: Sequence[str], table: Rows) -> tuple[Channel, tuple[str, ...]]:
    """One column's readings and the rows without a usable temperature; and sentences on what is odd.

    A blank beside an event is no reading at all; a blank in any other row is a missing one.

    Raises:
        FileRefused: ``ambiguous-decimal``: the column lost its decimal marks.
    """
    grid, times = table.grid, table.times
    line_of = np.asarray(grid.lines)
    mine = (filled_in(texts) | ~table.events) & ~table.units.other_rows(len(texts))
    rows = those(mine)
    timed = times.good[rows]
    milli, good = np.zeros(timed.size, dtype=np.int64), np.zeros(timed.size, dtype=bool)
    faults: dict[int, str] = {}
    clamped = 0
    groups = table.units.groups(column, rows)
    for unit, own in groups:
        chosen = taken(taken(texts, rows), own)
        if table.markless:
            refuse_lost_decimals(column.label, line_of[rows][own], chosen, unit)
        numbers = parse_numbers(chosen, unit, table.head.range)
        clamped += len(numbers.clamped)
        if isinstance(own, slice):
            milli, good = numbers.milli_c, numbers.good
        else:
            milli[own], good[own] = numbers.milli_c, numbers.good
        faults |= {nth(own, place): str(fault) for place, fault in numbers.faults.items()}
    faults |= dict.fromkeys(np.flatnonzero(good & ~timed).tolist(), str(Fault.CLOCK))
    if grid.ends_open and good.size and mine[-1] and good[-1] and _cut(column, texts, grid):
        faults[good.size - 1] = str(Fault.DAMAGED)
        good[-1] = False
    keep = those(good & timed)
    lines = line_of[rows].astype(np.int64)
    quarantined = tuple(
        Quarantined(int(lines[place]), column.index + 1, texts[nth(rows, place)], reason)
        for place, reason in sorted(faults.items())
    )
    written = str(groups[0][0]) if groups else "C"
    serial = column.serial or table.head.serial
    note = f"{name}: {clamped} values say HI or LO and stand for the end of the device's range"
    return Channel(
        name, times.at_ms[rows][keep], milli[keep], lines[keep], quarantined, serial, written, column.label
    ), (note,) if clamped else ()  # fmt: skip


def _cut(column: Column, texts: Sequence[str], grid: Grid) -> bool:
    """Whether the last row of a file without a last line end was cut in this column."""
    is_last = not any(cells[-1].strip() for cells in grid.columns[column.index + 1 :])
    return is_last and (grid.cut or was_cut(texts))


def by_source(layout: Layout, table: Rows, channels: list[Channel]) -> tuple[list[Channel], list[str]]:
    """Channels parted by the sensor each row names, where a file holds several sensors.

    A column that may as well say where one logger was carried ("location") parts only what overlaps in time.
    """
    for column in layout.of_kind(Kind.SERIAL, Kind.SOURCE):
        texts = table.grid.column(column.index)
        names = sorted(_distinct(texts) - {""})
        if not 1 < len(names) <= _MOST_SENSORS:
            continue
        found = [part for channel in channels for part in parted(channel, texts, table.grid, len(channels) > 1)]
        if not _SURELY_A_SENSOR.search(column.label) and not _overlap(found):
            continue
        return found, [f"the column {column.label!r} names {len(names)} sensors: each is a channel of its own"]
    return channels, []


def _distinct(texts: Sequence[str]) -> set[str]:
    """The different texts of a column; runs of the same bytes are looked at once."""
    if isinstance(texts, Cells):
        texts = [texts[row] for row in texts.changes().tolist()]
    return set(texts)


def parted(channel: Channel, texts: Sequence[str], grid: Grid, several: bool) -> list[Channel]:
    """A channel's rows by what a column says in them, each part named so; ``several`` keeps the channel's name too."""
    source_of = dict(zip(np.asarray(grid.lines).tolist(), texts, strict=True))
    of_reading = [source_of[line] for line in channel.lines.tolist()]
    of_row = [source_of[row.line] for row in channel.quarantined]
    parts = []
    for source in sorted({*of_reading, *of_row}):
        mine = np.array([each == source for each in of_reading], dtype=bool)
        name = " ".join(word for word in (source, channel.name if several or not source else "") if word)
        parts.append(
            replace(
                channel,
                name=name,
                at_ms=channel.at_ms[mine],
                milli_c=channel.milli_c[mine],
                lines=channel.lines[mine],
                quarantined=tuple(row for row, each in zip(channel.quarantined, of_row, strict=True) if each == source),
            )
        )
    return parts


def _overlap(channels: Sequence[Channel]) -> bool:
    spans = sorted((int(part.at_ms.min()), int(part.at_ms.max())) for part in channels if part.at_ms.size)
    return any(later <= until for (_, until), (later, _) in pairwise(spans))
