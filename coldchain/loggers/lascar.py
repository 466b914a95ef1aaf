"""Lascar EL-USB exports of EasyLog: the logger's name, ``Time``, the unit by name, the serial number once."""

import re
from collections.abc import Sequence
from dataclasses import replace

from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid
from coldchain.loggers.heads import find_heading, layout_of, left_out, rows_below, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "lascar"
_READINGS = re.compile(r"(?:celsius|fahrenheit)\s*\(")


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if the heading's second cell is ``Time`` and the third ``Celsius(`` or ``Fahrenheit(``."""
    heading = find_heading(text.lines, _fits)
    if heading is None:
        return None
    known = {0: Column(0, heading.cells[0], heading.cells[0], Kind.INDEX)}  # a name can hold any word, "Temp" too
    alarms = [column for column in classify(heading.cells) if "alarm" in column.label.lower()]
    return layout_of(heading, (1,), known | left_out(alarms))


def _fits(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and cells[1] == "time" and bool(_READINGS.match(cells[2]))


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channels of an EL-USB export; high and low alarms are settings, the dew point is calculated."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "Lascar EL-USB")
    grid, serials = _carried_on(grid, layout)
    serial = serials[0] if len(serials) == 1 else None
    table = interpret(layout, grid, declared, Head(serial=serial))
    return export.file(NAME, Device(serial, facts={"Name": layout.columns[0].label}), table)


def _carried_on(grid: Grid, layout: Layout) -> tuple[Grid, list[str]]:
    """The grid with each serial number carried on to the rows below it, up to the next one; and the serial numbers."""
    serials: list[str] = []
    columns = list(grid.columns)
    for column in layout.of_kind(Kind.SERIAL):
        carried, current = [], next((cell for cell in grid.column(column.index) if cell), "")
        for cell in grid.column(column.index):
            current = cell or current
            carried.append(current)
        columns[column.index] = carried
        serials = list(dict.fromkeys(filter(None, carried)))
    return replace(grid, columns=columns, cut=False), serials  # rows without the serial number are whole
