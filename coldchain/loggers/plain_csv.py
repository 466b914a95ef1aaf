"""Plain delimited text: a time column and a temperature column, found by heading and content."""

from coldchain.errors import FileRefused
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid, gather
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.table import Table, interpret
from coldchain.loggers.text import Text

NAME = "csv"


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The table's layout, if the text holds a heading with a time column."""
    return find_layout(text.lines, declared.column)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """A plain table's channels."""
    grid = gather(export.text, layout, declared)
    if not grid:
        raise FileRefused("no-readings", "it holds a heading and no row of data")
    table: Table = interpret(layout, grid, declared)
    serials = {channel.serial for channel in table.channels if channel.serial}
    device = Device(serial=serials.pop() if len(serials) == 1 else None)
    return export.file(NAME, device, table, *_beyond(grid))


def _beyond(grid: Grid) -> tuple[str, ...]:
    if not grid.beyond:
        return ()
    rows = "1 row holds" if len(grid.beyond) == 1 else f"{len(grid.beyond)} rows hold"
    return (f"{rows} more than the heading names, such as {grid.beyond[0].strip()[:40]!r}: that was left out",)
