"""Meaco exports in both layouts: ``RECEIVER,TRANSMITTER,DATE,…``, and ``site - room - ID: nn`` over a table."""

import re
from collections.abc import Sequence

from coldchain.loggers.columns import Kind
from coldchain.loggers.family import Export
from coldchain.loggers.heads import LONGEST_HEAD, find_heading, layout_of, rows_below, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "meaco"
_PLACE = re.compile(r'[\s"]*(?P<site>\S.*?)\s+-\s+(?P<room>.*?)\s+-\s+ID:\s*(?P<id>[\w.-]+)[\s",;|]*', re.IGNORECASE)


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if a heading begins in the older way, or in the newer way below a line that ends with an ID."""
    heading = find_heading(text.lines, _by_transmitter, 20)
    if heading is not None:
        return layout_of(heading, (2,), {})
    heading = find_heading(text.lines, _by_timestamp, 20)
    if heading is None or _place(text.lines[: heading.at]) is None:
        return None
    return layout_of(heading, (0,), {})


def _place(lines: Sequence[str]) -> re.Match[str] | None:
    """The line that names the place, if one does."""
    matches = (_PLACE.fullmatch(line) for line in lines if len(line) <= LONGEST_HEAD and line.count(" - ") < 10)
    return next(filter(None, matches), None)


def _by_transmitter(cells: Sequence[str]) -> bool:
    return list(cells[:3]) == ["receiver", "transmitter", "date"]


def _by_timestamp(cells: Sequence[str]) -> bool:
    return cells[0] == "timestamp"


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The temperature channels, one a transmitter; neither layout names a unit, and both also come with light alone."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "Meaco")
    place = _place(export.text.lines[: layout.header_at])
    serial = place["id"] if place else None
    facts = {"Site": place["site"], "Room": place["room"]} if place else {}
    for column in layout.of_kind(Kind.SOURCE, Kind.OTHER)[:2] if place is None else ():
        named = sorted({cell for cell in grid.column(column.index) if cell})
        if len(named) == 1:
            facts[column.name.capitalize()] = named[0]
    table = interpret(layout, grid, declared, Head(serial=serial))
    return export.file(NAME, Device(serial, facts=facts), table)
