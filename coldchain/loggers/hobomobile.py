"""HOBOmobile exports: ``Serial Number:20881234 --``, then ``Date Time - GMT +05:00,"Temp, (*F)"`` and event columns."""

import re

from coldchain.errors import FileRefused
from coldchain.loggers.family import Export
from coldchain.loggers.grid import gather
from coldchain.loggers.headings import heading_where
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "hobomobile"
_SERIAL = re.compile(r"\"?\s*Serial Number:\s*(\w+)", re.IGNORECASE)
_TIME = re.compile(r"(?:#|Date Time\s*-\s*(?:GMT|UTC).*)", re.IGNORECASE)


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if a serial number stands above a heading that begins with ``Date Time - GMT``."""
    heading = heading_where(
        text.lines, "date time", lambda cells: any(map(_TIME.fullmatch, cells[:2])) and "Date" in "".join(cells[:2])
    )
    if heading is None or not any(_SERIAL.match(line) for line in text.lines[: heading[0]]):
        return None
    layout = find_layout(text.lines, declared.column)
    return layout if layout and layout.header_at == heading[0] else None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channels of a HOBOmobile export; the offset in its heading is the phone's."""
    grid = gather(export.text, layout, declared)
    serial = next((match[1] for line in export.text.lines if (match := _SERIAL.match(line))), None)
    if not grid:
        raise FileRefused("no-readings", "it is a HOBOmobile export without a single reading")
    return export.file(NAME, Device(serial), interpret(layout, grid, declared, Head(serial=serial)))
