"""LogTag Analyzer exports: an index, a date, a time, the readings, and a type column."""

import re

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Kind
from coldchain.loggers.family import Export
from coldchain.loggers.grid import gather
from coldchain.loggers.heads import lines_with_words
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "logtag"
_READINGS = re.compile(r"Readings?\s*[(\[]", re.IGNORECASE)
_SERIAL = re.compile(r"(?:serial|s/n|logger id)[^,;:\t]*[,;:\t]\s*\"?([A-Z0-9-]{6,})", re.IGNORECASE)


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if the heading begins with an index and holds "Readings (unit)"."""
    if not any(map(_READINGS.search, lines_with_words(text.lines, 80))):
        return None
    layout = find_layout(text.lines, declared.column)
    if layout is None or not any(_READINGS.match(column.label) for column in layout.columns):
        return None
    return layout if layout.of_kind(Kind.INDEX) else None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channels of a LogTag export; its head names the serial number in some versions only."""
    grid = gather(export.text, layout, declared)
    if not grid:
        raise FileRefused("no-readings", "it is a LogTag export without a single reading")
    head = "\n".join(export.text.lines[: layout.header_at])
    match = _SERIAL.search(head)
    serial = match[1] if match else None
    table = interpret(layout, grid, declared, Head(serial=serial))
    return export.file(NAME, Device(serial=serial), table)
