"""PME miniDOT files: the logger's own (seconds since 1970 first) and those that PME's program has joined (``Cat``)."""

import re
from collections.abc import Sequence
from dataclasses import replace

from coldchain.loggers.columns import Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid
from coldchain.loggers.heads import Heading, facts_of, find_heading, rows_below, unit_in, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.split import cells_of
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "minidot"
_SERIAL = re.compile(r"[0-9]{3,5}-[0-9]{4,8}")
_PADDED = re.compile(r"\s*([+-])\s+")


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if seconds since 1970 come first and the head has PME's serial number."""
    heading = find_heading(text.lines, _fits, 60)
    if heading is None or not any(_SERIAL.search(line) for line in text.lines[: heading.at]):
        return None
    cells, first_row = list(heading.cells), heading.at + 1
    units = _units(text.lines[first_row] if first_row < len(text.lines) else "", heading)
    if units:
        cells = [f"{cell} {unit}" for cell, unit in zip(cells, units, strict=True)]
        first_row += 1
    columns = [
        column
        if column.index == 0
        else replace(column, kind=Kind.OTHER)
        if column.kind is Kind.TIME  # the same moment once more, in UTC and in the computer's zone
        else column
        for column in classify(cells)
    ]
    return Layout(heading.at, heading.delimiter, tuple(columns), (0,), first_row, epoch=True)


def _fits(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and bool(re.fullmatch(r"time \(sec\)|unix[ _]timestamp(?: \(second\))?", cells[0]))


def _units(line: str, heading: Heading) -> list[str]:
    """The row of units below the heading, where there is one."""
    cells = [cell.strip().strip('"') for cell in cells_of(line, heading.delimiter)]
    bracketed = [bool(re.fullmatch(r"\(.*\)", cell)) for cell in cells]
    if len(cells) < 2 or not bracketed[0] or not any(unit_in(cell) for cell in cells):
        return []
    return (cells + [""] * len(heading.cells))[: len(heading.cells)]


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The temperature channel: the logger counts seconds since 1970, which are UTC."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "miniDOT")
    head = export.text.lines[: layout.header_at]
    serial = next((match[0] for line in head if (match := _SERIAL.search(line))), None)
    table = interpret(layout, _signs_joined(grid, layout), declared, Head(serial=serial))
    return export.file(NAME, Device(serial, "miniDOT", facts=facts_of(head)), table)


def _signs_joined(grid: Grid, layout: Layout) -> Grid:
    """The grid with ``+ 7.474`` written ``+7.474`` in the temperature columns."""
    columns = list(grid.columns)
    for column in layout.of_kind(Kind.TEMPERATURE):
        columns[column.index] = [_PADDED.sub(r"\1", cell) for cell in columns[column.index]]
    return replace(grid, columns=columns)
