"""Trend BMS exports: ``Timestamp`` and points such as ``P0025_[Room][Room] [P25] [S25V] [Synchronized@1800](°C)``."""

import re
from dataclasses import replace

from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.heads import LONGEST_HEAD, Heading, layout_of, rows_below, unit_in, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.split import DELIMITERS
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

NAME = "trend"
_POINT = re.compile(r"(?P<id>\w{1,40})_\[(?P<title>[^\]]*)\].*?(?:\((?P<unit>[^()]*(?:\([^()]*\))?[^()]*)\))?")
_PARTS = {
    delimiter: re.compile(rf'"[^"]*"|\[[^\]]*\]|\([^)]*\)|(?P<end>{re.escape(delimiter)})') for delimiter in DELIMITERS
}


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if ``Timestamp`` is followed by at least one point with its title in brackets."""
    for at, line in enumerate(text.lines[:20]):
        if "timestamp" not in line.lower():  # every other family's file
            continue
        for delimiter in DELIMITERS:
            cells = _cells(line, delimiter) if delimiter in line else [""]
            points = [_POINT.fullmatch(cell[:LONGEST_HEAD]) for cell in cells]
            if cells[0].lower() == "timestamp" and any(points):
                known = {
                    index: _column(index, cells[index], point)
                    for index, point in enumerate(points)
                    if point is not None
                }
                return layout_of(Heading(at, delimiter, tuple(cells)), (0,), known)
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    """The heading's cells; a delimiter within brackets belongs to a room's name."""
    cells, start = [], 0
    for part in _PARTS[delimiter].finditer(line):
        if part["end"]:
            cells.append(line[start : part.start()])
            start = part.end()
    return [cell.strip().strip('"').strip() for cell in (*cells, line[start:])]


def _column(index: int, label: str, point: re.Match[str]) -> Column:
    """A point: its unit stands in the last parentheses, and words or letters in a room's name say nothing."""
    letter = unit_in(point["unit"]) if point["unit"] else None
    told = classify([point["title"]])[0]
    if point["unit"] and letter is None:
        kind = Kind.NUMBER
    elif letter is None:
        kind = told.kind if told.kind in (Kind.TEMPERATURE, Kind.STATISTIC) else Kind.NUMBER
    else:
        titled = classify([f"{point['title']} temperature"])[0]
        kind = Kind.STATISTIC if titled.kind is Kind.STATISTIC else Kind.TEMPERATURE
    return Column(index, label, point["id"], kind, letter)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The points in °C or °F; their titles are kept as facts."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "Trend")
    titles = {
        column.name: point["title"]
        for column in layout.of_kind(Kind.TEMPERATURE)
        if (point := _POINT.fullmatch(column.label[:LONGEST_HEAD]))
    }
    table = interpret(layout, grid, declared)
    channels = tuple(replace(channel, serial=None) for channel in table.channels)
    return export.file(NAME, Device(facts=titles), replace(table, channels=channels))
