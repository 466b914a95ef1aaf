"""Elitech RC-4 and RC-4HC logs as the open elitech-datareader writes them: a count, then number, time, °, humidity.

There is no heading and no unit; Elitech's own program writes other files.
"""

from itertools import islice, pairwise

from coldchain.domain.quality import Fault
from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.family import Export
from coldchain.loggers.grid import gather
from coldchain.loggers.headings import count_of
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.number_texts import number_of
from coldchain.loggers.split import cells_of
from coldchain.loggers.stamps import is_stamp
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

NAME = "elitech"
_LOOKED_AT = 20
_COLUMNS = (
    Column(0, "No", "No", Kind.INDEX),
    Column(1, "Time", "Time", Kind.TIME),
    Column(2, "Temperature", "Temperature", Kind.TEMPERATURE),
    Column(3, "Humidity", "Humidity", Kind.NUMBER),
)


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if the first rows are number, time, value and perhaps a humidity; a count may stand above them."""
    filled = list(islice((at for at, line in enumerate(text.lines) if line.strip()), _LOOKED_AT + 1))
    counted = text.lines[filled[0]].strip().isdecimal()
    rows = filled[1:] if counted else filled[:_LOOKED_AT]
    for delimiter in ("\t", ";"):
        if not rows or not _width(text.lines[rows[0]], delimiter):
            continue
        widths = {_width(text.lines[at], delimiter) for at in rows}
        if widths in ({3}, {4}):
            return Layout(filled[0], delimiter, _COLUMNS[: widths.pop()], (1,), rows[0])
    return None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channel of such a log.

    Raises:
        FileRefused: ``damaged``: it holds fewer readings than it says itself; ``unknown-unit`` where none is declared.
    """
    grid = gather(export.text, layout, declared)
    above = layout.header_at < layout.first_row
    stated = count_of(export.text.lines[layout.header_at].strip()) if above else None
    if stated is not None and stated > len(grid):
        raise FileRefused(
            "damaged", f"its first line says {stated} readings, and {len(grid)} follow: the rest is missing"
        )
    numbers = [number for cell in grid.column(0) if (number := count_of(cell)) is not None]
    skipped = sum(after - before - 1 for before, after in pairwise(numbers) if after > before + 1)
    notes = (f"{skipped} readings are missing: their numbers are skipped",) if skipped else ()
    return export.file(NAME, Device(), interpret(layout, grid, declared), *notes)


def _width(line: str, delimiter: str) -> int:
    """The number of cells, or 0 where they are not number, time, value."""
    cells = [cell.strip() for cell in cells_of(line, delimiter)]
    while len(cells) > 3 and not cells[-1]:
        cells.pop()
    usual = len(cells) >= 3 and cells[0].isdecimal() and is_stamp(cells[1])
    return len(cells) if usual and all(number_of(cell, Unit.C) is not Fault.DAMAGED for cell in cells[2:]) else 0
