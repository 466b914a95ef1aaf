"""From a delimited table to channels: the one way that every family of delimited exports goes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.grid import Grid
from coldchain.loggers.layout import Layout, matching
from coldchain.loggers.logger_file import COLUMN, DECLARED, Channel, Declared, Event, Evidence
from coldchain.loggers.numbers import Scan, filled_in, holds_numbers
from coldchain.loggers.table_channels import Rows, by_source, channel_of, names_of
from coldchain.loggers.table_checks import refuse_other_headings, refuse_several_sensors
from coldchain.loggers.table_sensors import by_unknown_column, named_sensor, of_sensor
from coldchain.loggers.table_times import NOTHING_KNOWN, Head, Times, times_of
from coldchain.loggers.table_units import units_of

_SAYS_NOTHING = re.compile(r"\s*(?:[-+.,0-9]*|no|none|false|ok|normal|null|nan)\s*", re.IGNORECASE)
"""Cells of an event column that note no event: blanks, counters, and words for nothing."""

_LONGEST_SHOWN = 80
"""Characters of a heading in a message."""


@dataclass(frozen=True)
class Table:
    """What a table holds."""

    channels: tuple[Channel, ...]
    evidence: dict[str, Evidence]
    events: tuple[Event, ...]
    notes: tuple[str, ...]


def interpret(layout: Layout, grid: Grid, declared: Declared, head: Head = NOTHING_KNOWN) -> Table:
    """The channels of a table, with the evidence for zone, unit, date order and decimal mark.

    Raises:
        FileRefused: Whatever is open and not declared, and what contradicts itself.
    """
    refuse_other_headings(layout, grid)
    declared, named = named_sensor(layout, declared)
    columns, notes = _temperature_columns(layout, grid, declared)
    cells = [grid.column(column.index) for column in columns]
    held = np.zeros(len(grid), dtype=bool)
    for texts in cells:
        held |= filled_in(texts)
    if not held.any():
        raise FileRefused("no-readings", f"it holds no reading: {columns_text(columns)} is empty in every row")
    scans = [Scan.of(grid.lines, texts) for texts in cells]
    units = units_of(columns, layout, grid, scans, declared)
    decimal = _decimal(scans, grid, declared)
    times = times_of(layout, grid, held, declared, head)
    events, is_event = _events(layout, grid, times)
    table = Rows(grid, times, is_event, units, not any(scan.marks for scan in scans), head)
    channels = []
    for column, name, texts in zip(columns, names_of(columns), cells, strict=True):
        channel, odd = channel_of(column, name, texts, table)
        channels.append(channel)
        notes += odd
    if named is None:
        channels, more = by_source(layout, table, channels)
    else:
        channels, more = (
            of_sensor(channels, named, grid),
            [f"only the rows in which {named[0].label!r} says {named[1]!r}"],
        )
    if named is None and not more:
        channels, more = by_unknown_column(layout, grid, channels, one_declared=declared.column is not None)
    refuse_several_sensors(channels, layout, grid)
    evidence = {"time_zone": times.zone, "unit": units.evidence, "date_order": times.order, "decimal": decimal}
    return Table(tuple(channels), evidence, events, (*notes, *times.notes, *more))


def _temperature_columns(layout: Layout, grid: Grid, declared: Declared) -> tuple[list[Column], list[str]]:
    """The columns that hold readings, and a sentence on those left out."""
    if declared.column:
        chosen = [column for column in matching(layout.columns, declared.column) if column.index not in layout.times]
        if not chosen:
            raise FileRefused(
                "no-temperature",
                f"it has no column {declared.column!r}; its columns are {columns_text(layout.columns)}",
            )
        other = next((column for column in chosen if "%" in column.label and column.unit is None), None)
        if other:
            raise FileRefused(
                "contradiction", f"--column {declared.column} was declared, but {other.label!r} states no temperature"
            )
        return chosen, []
    chosen = layout.of_kind(Kind.TEMPERATURE)
    notes = []
    empty = [column for column in chosen if not _holds_numbers(grid, column)]
    if empty and len(empty) < len(chosen):
        chosen = [column for column in chosen if column not in empty]
        notes.append(f"{columns_text(empty)} holds no numbers and was left out")
    left_out = layout.of_kind(Kind.STATISTIC)
    if chosen and left_out:
        notes.append(f"{columns_text(left_out)} is no probe's reading and was left out")
    if not chosen:
        raise FileRefused(
            "no-temperature",
            f"it has no temperature column; its columns are {columns_text(layout.columns)}; "
            "name one with --column if it is one of them",
            tuple(f"--column {column.label!r}" for column in layout.of_kind(Kind.OTHER, Kind.STATISTIC))[:5],
        )
    return chosen, notes


def _holds_numbers(grid: Grid, column: Column) -> bool:
    """Whether a column holds temperatures, or says in a logger's words that they are missing (a dead probe)."""
    return holds_numbers(grid.columns[column.index])


def _decimal(scans: Sequence[Scan], grid: Grid, declared: Declared) -> Evidence:
    """The decimal mark, one for the whole file."""
    marks: dict[str, tuple[int, str]] = {}
    for scan in scans:
        marks = {**scan.marks, **marks}
    if len(marks) > 1:
        (one, (line, text)), (two, (other_line, other)) = list(marks.items())[:2]
        raise FileRefused(
            "ambiguous-decimal",
            f"it writes {text} in line {line} and {other} in line {other_line}: both {one!r} and {two!r} part "
            "decimals; export it again in one style",
        )
    for mark, (line, text) in marks.items():
        if declared.decimal and declared.decimal != mark:
            raise FileRefused(
                "contradiction", f"--decimal {declared.decimal} was declared, but line {line} writes {text}"
            )
        rejoined = "it had been taken for a delimiter and was put back" if grid.rejoined else ""
        return Evidence(mark, COLUMN, rejoined or ("a space" if mark == " " else ""))
    if declared.decimal:
        return Evidence(declared.decimal, DECLARED, "no value has decimals")
    return Evidence(None, COLUMN, "no value has decimals")


def _events(layout: Layout, grid: Grid, times: Times) -> tuple[tuple[Event, ...], NDArray[np.bool_]]:
    """What the logger noted, and the rows that hold at least one such note."""
    rows = np.zeros(len(grid), dtype=bool)
    found: list[tuple[int, int, str]] = []
    for column in layout.of_kind(Kind.EVENT):
        cells = grid.columns[column.index]
        held = np.flatnonzero(filled_in(cells)).tolist()
        marked = [row for row in held if not _SAYS_NOTHING.fullmatch(cells[row])]
        rows[marked] = True
        found += [(row, column.index, column.name) for row in marked]
    events = (
        Event(int(times.at_ms[row]) if times.good[row] else None, name, int(grid.lines[row]))
        for row, _, name in sorted(found)
    )
    return tuple(events), rows


def columns_text(columns: Sequence[Column]) -> str:
    """Headings for a sentence, the first twelve of them and no more of each than anyone reads."""
    shown = [repr(column.label[:_LONGEST_SHOWN]) for column in columns if column.label]
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")
