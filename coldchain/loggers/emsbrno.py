"""EMS Brno (Minikin) exports: ``DATE TIME``, then numbered channels with their units in brackets."""

import re
from collections.abc import Sequence

from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.heads import LONGEST_HEAD, find_heading, layout_of, rows_below, unit_in, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

NAME = "emsbrno"
_CHANNEL = re.compile(r"(?P<name>[0-9]{1,2}\.\s.*?)\s*\[(?P<unit>[^\]]*)\](?P<sensor>.*)")


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if ``DATE TIME`` is followed by channels such as ``2. Temperature [oC]``."""
    heading = find_heading(text.lines, _fits, 20)
    if heading is None:
        return None
    known = {
        index: _column(index, cell, match) for index, cell in enumerate(heading.cells) if (match := _channel(cell))
    }
    return layout_of(heading, (0,), known)


def _fits(cells: Sequence[str]) -> bool:
    return cells[0] == "date time" and any(_channel(cell) for cell in cells[1:])


def _channel(cell: str) -> re.Match[str] | None:
    return _CHANNEL.fullmatch(cell) if len(cell) <= LONGEST_HEAD else None


def _column(index: int, label: str, match: re.Match[str]) -> Column:
    """A channel: the unit in brackets decides whether it is a temperature."""
    letter = unit_in(match["unit"])
    told = classify([f"{match['name']} °C"])[0].kind
    kind = (Kind.STATISTIC if told is Kind.STATISTIC else Kind.TEMPERATURE) if letter else Kind.NUMBER
    return Column(index, label, match["name"], kind, letter)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The temperature channels; ``NA`` is missing."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "EMS Brno")
    return export.file(NAME, Device(), interpret(layout, grid, declared))
