"""SensorPush exports: Govee's words over the times, but the unit in brackets: ``Temperature (°C)``."""

import re

from coldchain.errors import FileRefused
from coldchain.loggers.family import Export
from coldchain.loggers.grid import gather
from coldchain.loggers.headings import heading_where, sample_interval, without_headings
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

NAME = "sensorpush"
_TIME = re.compile(r"Timestamp for sample frequency every\b", re.IGNORECASE)
_TEMPERATURE = re.compile(r"Temperature\s*[(\[][^)\]A-Z]{0,3}\s?[CFK][)\]]")


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if the heading is SensorPush's."""
    heading = heading_where(
        text.lines,
        "sample frequency",
        lambda cells: bool(_TIME.match(cells[0])) and any(map(_TEMPERATURE.fullmatch, cells)),
    )
    layout = find_layout(text.lines, declared.column) if heading else None
    return layout if heading and layout and layout.header_at == heading[0] else None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channel of a SensorPush export; its times are local, and no zone is written."""
    grid, notes = without_headings(gather(export.text, layout, declared), layout)
    if not grid:
        raise FileRefused("no-readings", "it is a SensorPush export without a single reading")
    table = interpret(layout, grid, declared)
    interval_ms = sample_interval(layout.columns[layout.times[0]].label)
    return export.file(NAME, Device(interval_ms=interval_ms), table, *notes)
