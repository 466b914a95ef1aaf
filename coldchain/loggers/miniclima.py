"""miniClima exports: ``date,time`` in the first of several fields parted by semicolons, units after a slash."""

import re
from collections.abc import Sequence

from coldchain.loggers.family import Export
from coldchain.loggers.heads import find_heading, layout_of, rows_below, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

NAME = "miniclima"
_TEMPERATURE = re.compile(r"t/.{0,3}[cfk]")


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if a heading begins with ``date,time`` (in one cell or in two), ``T/°C`` and ``RH/%``."""
    heading = find_heading(text.lines, _in_one, 20)
    if heading is not None:
        return layout_of(heading, (0,), {})
    heading = find_heading(text.lines, _in_two, 20)
    return layout_of(heading, (0, 1), {}) if heading is not None else None


def _in_one(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and bool(re.fullmatch(r"date\s?,\s?time", cells[0])) and _rest(cells[1:])


def _in_two(cells: Sequence[str]) -> bool:
    return len(cells) > 3 and list(cells[:2]) == ["date", "time"] and _rest(cells[2:])


def _rest(cells: Sequence[str]) -> bool:
    return bool(_TEMPERATURE.fullmatch(cells[0])) and cells[1].startswith("rh/")


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The temperature channel; the set-point and the alarms are settings of the humidity control."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "miniClima")
    return export.file(NAME, Device(), interpret(layout, grid, declared))
