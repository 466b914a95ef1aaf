"""T&D TR-7x exports: three heading rows, and beside each time the same time as a spreadsheet's serial date."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.date_order import ORDERS, Facts, local_times
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid
from coldchain.loggers.heads import Heading, find_heading, layout_of, rows_below, time_column, unit_in, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.split import cells_of
from coldchain.loggers.stamps import parse_stamps
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "tandd"
_NUMBERED = re.compile(r"no\.\s?[0-9]+")
_SERIAL_DATE = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")
_EPOCH_DAYS = 25_569
"""From the spreadsheets' day 0 (1899-12-30) to 1970."""
_DAY = 86_400_000
_SLACK_MS = 90_000
"""Serial dates come with five decimals of a day, times to the minute."""


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if a heading names ``Date/Time`` and channels ``No.1`` … and two more heading rows follow."""
    heading = find_heading(text.lines, _fits)
    if heading is None or len(text.lines) < heading.at + 3:
        return None
    names, units = (_padded(text.lines[heading.at + row], heading) for row in (1, 2))
    if any(_NUMBERED.fullmatch(cell.lower()) for cell in units) or not any(units):
        return None
    times = [index for index, cell in enumerate(heading.cells[:2]) if not _NUMBERED.fullmatch(cell.lower())]
    stamps = time_column(text.lines, replace(heading, at=heading.at + 2), times)
    known: dict[int, Column] = {}
    for index, cell in enumerate(heading.cells):
        if index in stamps:
            known[index] = Column(index, "Date/Time", "Date/Time", Kind.TIME)
        elif index in times:
            known[index] = Column(index, "Date/Time (serial)", "Date/Time (serial)", Kind.NUMBER)
        else:
            known[index] = _channel(index, cell, names[index], units[index])
    return layout_of(heading, stamps, known, heading.at + 3)


def _fits(cells: Sequence[str]) -> bool:
    numbered = any(_NUMBERED.fullmatch(cell) for cell in cells[1:])
    return numbered and "date/time" in cells[:2] and cells[0] in ("", "date/time")


def _padded(line: str, heading: Heading) -> list[str]:
    cells = [cell.strip() for cell in cells_of(line, heading.delimiter)]
    return (cells + [""] * len(heading.cells))[: len(heading.cells)]


def _channel(index: int, number: str, name: str, unit: str) -> Column:
    """The third heading row decides what a channel measures; "°C" may have become anything before its C."""
    letter = unit_in(unit)
    label = " ".join(filter(None, (number, name, unit)))
    named = "" if re.fullmatch(r"(?:ch\.?\s?[0-9]+)?", name, re.IGNORECASE) else f" {name}"
    return Column(index, label, number + named, Kind.TEMPERATURE if letter else Kind.NUMBER, letter)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channels in °C or °F; the serial date settles the date order and must say the same time.

    Raises:
        FileRefused: ``contradiction``: a row states two times.
    """
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "T&D")
    facts = _checked(layout, grid)
    table = interpret(layout, grid, declared, Head(facts))
    return export.file(NAME, Device(), table)


def _checked(layout: Layout, grid: Grid) -> Facts:
    """The first time as its serial date says it, after every row's two times have been compared."""
    beside = next((column for column in layout.columns[:2] if column.kind is Kind.NUMBER), None)
    if beside is None or len(layout.times) > 1:
        return Facts()
    texts, stamps = grid.column(beside.index), parse_stamps(grid.column(layout.times[0]))
    dated = np.array([bool(_SERIAL_DATE.fullmatch(text)) for text in texts], dtype=bool)
    if not dated.any():
        return Facts()
    days = np.array([float(text.replace(",", ".")) if good else 0.0 for text, good in zip(texts, dated, strict=True)])
    serial_ms = np.round((days - _EPOCH_DAYS) * _DAY).astype(np.int64)
    agrees = np.zeros(len(texts), dtype=bool)
    for order in ORDERS:
        local_ms, good = local_times(stamps, order)
        agrees |= good & (np.abs(local_ms - serial_ms) <= _SLACK_MS)
    wrong = dated & stamps.good & ~agrees
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise FileRefused(
            "contradiction",
            f"line {grid.lines[row]} states two times: {grid.column(layout.times[0])[row]!r} and the serial date "
            f"{texts[row]!r}",
        )
    first = int(serial_ms[dated].min())
    return Facts(first=(first,), source_note="the serial date beside each time")
