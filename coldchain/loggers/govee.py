"""Govee Home exports: a ``Timestamp`` and ``Temperature_Celsius`` or ``Temperature_Fahrenheit``, as the app is set."""

import re

from coldchain.errors import FileRefused
from coldchain.loggers.family import Export
from coldchain.loggers.grid import gather
from coldchain.loggers.headings import heading_where, sample_interval, without_headings
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

NAME = "govee"
_TEMPERATURE = re.compile(r"Temperature_(?:Celsius|Fahrenheit|Kelvin)", re.IGNORECASE)


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if the heading is the app's."""
    heading = heading_where(
        text.lines,
        "timestamp",
        lambda cells: cells[0].lower().startswith("timestamp") and any(map(_TEMPERATURE.fullmatch, cells)),
    )
    layout = find_layout(text.lines, declared.column) if heading else None
    return layout if heading and layout and layout.header_at == heading[0] else None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channel of a Govee export; its times are those of the phone, and no zone is written."""
    grid, notes = without_headings(gather(export.text, layout, declared), layout)
    if not grid:
        raise FileRefused("no-readings", "it is a Govee export without a single reading")
    table = interpret(layout, grid, declared)
    interval_ms = sample_interval(layout.columns[layout.times[0]].label)
    return export.file(NAME, Device(interval_ms=interval_ms), table, *notes)
