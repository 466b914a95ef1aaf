"""Tables that somebody explained once, by pointing: a learned layout, and reading a file by it.

A layout names what it recognises a file by and what its columns are. It takes a file only where no family of `registry`
does, and goes the one way that all tables go (`table.interpret`): whatever the file itself proves still counts, and a
layout that says otherwise is a contradiction.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind, classify, unit_of
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid, gather
from coldchain.loggers.layout import SEARCHED_LINES, Layout
from coldchain.loggers.logger_file import DECLARED, Declared, Device, Evidence, LoggerFile
from coldchain.loggers.split import cells_of
from coldchain.loggers.stamps import is_date, is_epoch, is_stamp, is_time
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text
from coldchain.loggers.zones import parse_zone

DELIMITER_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_LONGEST_SERIAL = 100
_SAMPLE = 40


@dataclass(frozen=True)
class LearnedTemperature:
    """A column of temperatures; `index` counts from 0.

    Attributes:
        unit: ``C``, ``F`` or ``K``; ``None`` where each file says so itself or is asked.
        name: What the channel is called; the heading without its unit where nothing is said.
        serial: Of its probe, where it is always the same.
    """

    index: int
    unit: str | None = None
    name: str = ""
    serial: str | None = None


@dataclass(frozen=True)
class LearnedLayout:
    """How one kind of table is to be read, as somebody explained it. Columns count from 0.

    Attributes:
        name: What evidence and questions call it.
        title: What it is for, in words.
        delimiter: What parts the cells.
        heading: The heading's cells, compared exactly but for blanks; none where the table has no heading.
        width: How many columns it has.
        below_heading: So many lines under the heading hold no readings: units, serial numbers.
        times: The column of times; or that of dates and that of times of day.
        events: Columns in which the logger notes what is no reading.
        serial_column: The column that names each row's sensor.
        serial_after: The words in the head behind which the serial number stands.
        zone, date_order, decimal: Declared of every such file; ``None`` where each is asked.
        text, sha256: The layout file itself.
    """

    name: str
    title: str
    delimiter: str
    heading: tuple[str, ...]
    width: int
    times: tuple[int, ...]
    temperatures: tuple[LearnedTemperature, ...]
    below_heading: int = 0
    events: tuple[int, ...] = ()
    serial_column: int | None = None
    serial_after: str = ""
    zone: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    text: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Recognised:
    """A layout and where its table begins: the line of the heading, from 0; -1 without one."""

    learned: LearnedLayout
    header_at: int
    first_row: int


def recognise(text: Text, declared: Declared) -> Recognised | None:
    """The one layout at hand that fits a file, or ``None``.

    Raises:
        FileRefused: ``ambiguous-layout``: several fit; ``contradiction``: the one that was named does not.
    """
    fitting = [found for learned in declared.layouts if (found := fits(text, learned)) is not None]
    if declared.layout:
        named = [found for found in fitting if found.learned.name == declared.layout]
        if not named:
            raise FileRefused(
                "contradiction",
                f"--layout {declared.layout} was declared, but the file does not have its heading and columns",
            )
        fitting = named
    if len({found.learned.sha256 for found in fitting}) > 1:
        names = [found.learned.name for found in fitting]
        raise FileRefused(
            "ambiguous-layout",
            f"the layouts {', '.join(names)} all fit this file; say which with --layout",
            tuple(f"--layout {name}" for name in names),
        )
    return fitting[0] if fitting else None


def fits(text: Text, learned: LearnedLayout) -> Recognised | None:
    """Where a layout's table begins in a file, if it does."""
    for at, line in enumerate(text.lines[:SEARCHED_LINES]):
        if learned.delimiter not in line and learned.width > 1:
            continue
        cells = [tidy(cell) for cell in cells_of(line, learned.delimiter)]
        if learned.heading:
            if tuple(cells) == learned.heading:
                return Recognised(learned, at, at + 1 + learned.below_heading)
        elif len(cells) == learned.width and states_time(cells, learned.times):
            return Recognised(learned, -1, at)
    return None


def tidy(cell: str) -> str:
    """A heading's cell as layouts compare it: one blank where there are several, none around it, no quotes."""
    return re.sub(r"\s+", " ", cell.strip().strip('"').strip())


def states_time(cells: Sequence[str], times: Sequence[int]) -> bool:
    """Whether a row states a time in these columns."""
    stated = [cells[index] if index < len(cells) else "" for index in times]
    if len(stated) == 2:
        return is_date(stated[0]) and is_time(stated[1])
    return is_stamp(stated[0]) or is_epoch(stated[0])


def read(export: Export, found: Recognised, declared: Declared) -> LoggerFile:
    """A file by its layout.

    Raises:
        FileRefused: As for any table; ``contradiction`` where the layout and a declaration, or the file, differ.
    """
    return with_grid(export, found, declared)[0]


def with_grid(export: Export, found: Recognised, declared: Declared) -> tuple[LoggerFile, Grid]:
    """`read`, with the rows it was made from."""
    learned = found.learned
    said = _said(learned, declared)
    layout = Layout(
        header_at=found.header_at,
        delimiter=learned.delimiter,
        columns=_columns(learned),
        times=learned.times,
        first_row=found.first_row,
        epoch=_is_epoch(export.text, found),
    )
    grid = gather(export.text, layout, said)
    if not grid:
        raise FileRefused("no-readings", "it holds a heading and no row of data")
    serial = _serial(export.text.lines[: found.first_row], learned.serial_after)
    table = interpret(layout, grid, said, Head(serial=serial))
    by = f"by the layout {learned.name}, SHA-256 {learned.sha256[:12]}"
    evidence = _evidence(table.evidence, learned, declared, by)
    serials = {channel.serial for channel in table.channels if channel.serial}
    device = Device(serial=serial or (serials.pop() if len(serials) == 1 else None), model=learned.title or None)
    file = export.file(f"layout:{learned.name}", device, replace(table, evidence=evidence), f"read {by}")
    return file, grid


def _said(learned: LearnedLayout, declared: Declared) -> Declared:
    """What the person and the layout declare together.

    Raises:
        FileRefused: ``contradiction``: they declare different things.
    """
    if declared.tz and learned.zone and parse_zone(declared.tz).name != parse_zone(learned.zone).name:
        raise _differ("--tz", declared.tz, learned, learned.zone)
    for option, mine, its in (
        ("--date-order", declared.date_order, learned.date_order),
        ("--decimal", declared.decimal, learned.decimal),
    ):
        if mine and its and mine != its:
            raise _differ(option, mine, learned, its)
    for temperature in learned.temperatures:
        if declared.unit and temperature.unit and declared.unit != temperature.unit:
            raise _differ("--unit", declared.unit, learned, temperature.unit)
    return replace(
        declared,
        tz=declared.tz or learned.zone,
        date_order=declared.date_order or learned.date_order,
        decimal=declared.decimal or learned.decimal,
    )


def _differ(option: str, mine: str, learned: LearnedLayout, its: str) -> FileRefused:
    return FileRefused("contradiction", f"{option} {mine} was declared, but the layout {learned.name} says {its}")


def _columns(learned: LearnedLayout) -> tuple[Column, ...]:
    """The columns with the meaning that the layout gives them; all others mean nothing.

    Raises:
        FileRefused: ``contradiction``: a heading states another unit than the layout.
    """
    headings = learned.heading or tuple(f"column {number}" for number in range(1, learned.width + 1))
    columns = [replace(column, kind=Kind.OTHER, unit=None) for column in classify(headings)]
    for index in learned.times:
        columns[index] = replace(columns[index], kind=Kind.TIME)
    for index in learned.events:
        columns[index] = replace(columns[index], kind=Kind.EVENT)
    if learned.serial_column is not None:
        columns[learned.serial_column] = replace(columns[learned.serial_column], kind=Kind.SERIAL)
    for given in learned.temperatures:
        column = columns[given.index]
        stated = unit_of(column.label)
        if stated and given.unit and stated != given.unit:
            raise FileRefused(
                "contradiction",
                f"the layout {learned.name} says {given.unit}, but the heading {column.label!r} states {stated}",
            )
        columns[given.index] = replace(
            column,
            kind=Kind.TEMPERATURE,
            unit=stated or given.unit,
            name=given.name or column.name,
            serial=given.serial or column.serial,
        )
    return tuple(columns)


def _is_epoch(text: Text, found: Recognised) -> bool:
    """Whether the times are seconds or milliseconds since 1970."""
    if len(found.learned.times) != 1:
        return False
    lines = [line for line in text.lines[found.first_row : found.first_row + _SAMPLE] if line.strip()]
    rows = [cells_of(line, found.learned.delimiter) for line in lines]
    index = found.learned.times[0]
    cells = [row[index].strip() for row in rows if index < len(row)]
    return bool(cells) and sum(map(is_epoch, cells)) * 2 > len(cells)


def _serial(head: Sequence[str], after: str) -> str | None:
    """What stands behind some words in the lines above the readings."""
    for line in head:
        if after and after in line:
            found = line.partition(after)[2].strip(' \t;,|:="')
            word = re.split(r"[;,|\t]", found)[0].strip()
            if word:
                return word[:_LONGEST_SERIAL]
    return None


def _evidence(found: dict[str, Evidence], learned: LearnedLayout, declared: Declared, by: str) -> dict[str, Evidence]:
    """The evidence, with what the layout declared said to be so."""
    evidence = dict(found)
    for name, mine, its in (
        ("time_zone", declared.tz, learned.zone),
        ("date_order", declared.date_order, learned.date_order),
        ("decimal", declared.decimal, learned.decimal),
    ):
        if its and not mine and evidence[name].source == DECLARED:
            note = "; ".join(word for word in (by, evidence[name].note) if word)
            evidence[name] = replace(evidence[name], note=note)
    labels = learned.heading or ("",) * learned.width
    if any(given.unit and not unit_of(labels[given.index]) for given in learned.temperatures) and not declared.unit:
        evidence["unit"] = Evidence(evidence["unit"].value, DECLARED, by)
    return evidence
