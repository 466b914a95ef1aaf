"""The rows under a heading: cells in their columns, decimal commas that were parted put together again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared
from coldchain.loggers.split import rows_of
from coldchain.loggers.text import Text

_WHOLE = re.compile(r"\s*[-+−(]?\s?[0-9]{1,5}\s*")
_FRACTION = re.compile(r"\s*[0-9]{1,6}\s?[-−)]?\s*")
_NUMERIC = (Kind.TEMPERATURE, Kind.STATISTIC, Kind.NUMBER)


@dataclass(frozen=True)
class Grid:
    """A table's rows.

    Attributes:
        lines: The line number of each row, from 1.
        rows: Cells, exactly as many as there are headings.
        beyond: What stood to the right of the last heading (HOBOware glues its Details block there).
        rejoined: Whether decimal commas had been taken for delimiters.
        ends_open: Whether the file ends without a line end.
        cut: Whether, then, the last row is shorter than all others.
    """

    lines: list[int]
    rows: list[list[str]]
    beyond: list[str]
    rejoined: bool
    ends_open: bool
    cut: bool

    def column(self, index: int) -> list[str]:
        """One column's cells, without the blanks around them."""
        return [row[index].strip() for row in self.rows]


def gather(text: Text, layout: Layout, declared: Declared) -> Grid:
    """The rows of a table.

    Raises:
        FileRefused: ``damaged``; ``ambiguous-decimal`` where commas part both cells and numbers and no reading fits.
    """
    found = list(rows_of(text.lines, layout.first_row, layout.delimiter))
    lines, rows = [line for line, _ in found], [cells for _, cells in found]
    width = len(layout.columns)
    ends_open = not text.ends_cleanly
    cut = ends_open and len(rows) > 1 and len(rows[-1]) < min(len(cells) for cells in rows[:-1])
    rejoined = layout.delimiter == "," and _parted(lines, rows, layout, declared)
    if rejoined:
        rows = [_rejoined(line, cells, layout.columns) for line, cells in zip(lines, rows, strict=True)]
    beyond = [", ".join(cell.strip() for cell in cells[width:]) for cells in rows if len(cells) > width]
    for at, cells in enumerate(rows):
        if len(cells) != width:
            rows[at] = (cells + [""] * width)[:width]
    return Grid(lines, rows, [line for line in beyond if line.strip(" ,")], rejoined, ends_open, cut)


def _parted(lines: Sequence[int], rows: Sequence[list[str]], layout: Layout, declared: Declared) -> bool:
    """Whether unquoted decimal commas have been read as delimiters."""
    width = len(layout.columns)
    temperatures = layout.of_kind(Kind.TEMPERATURE)
    suspicious: tuple[int, bool] | None = None
    too_long = False
    for line, cells in zip(lines, rows, strict=True):
        for column in temperatures:
            cell = cells[column.index] if column.index < len(cells) else ""
            if not cell.strip():
                continue
            if not _WHOLE.fullmatch(cell):
                return False  # a value with its decimals in place: the commas part fields only
            too_long = too_long or (len(cells) > width and any(_FRACTION.fullmatch(c) for c in cells[width:]))
            if column.index + 1 < min(width, len(cells)):
                neighbour = layout.columns[column.index + 1]
                if neighbour.kind in (Kind.EVENT, Kind.OTHER) and _FRACTION.fullmatch(cells[neighbour.index]):
                    suspicious = suspicious or (line, neighbour.kind is Kind.EVENT)
    if too_long or suspicious is None:
        return too_long
    if declared.decimal == "." and not suspicious[1]:
        return False
    if declared.decimal == "," or suspicious[1]:
        return True
    raise FileRefused(
        "ambiguous-decimal",
        f"line {suspicious[0]}: the comma parts the fields and may part the temperature's decimals too; "
        "say which with --decimal",
        ("--decimal ,", "--decimal ."),
    )


def _rejoined(line: int, cells: list[str], columns: Sequence[Column]) -> list[str]:
    """One row with its decimals back: every number is blank or a pair, everything else is one cell."""
    numeric = [column for column in columns if column.kind in _NUMERIC]
    events = [column for column in columns if column.kind is Kind.EVENT]
    if all(column.index >= len(cells) or not cells[column.index].strip() for column in numeric) and any(
        column.index < len(cells) and cells[column.index].strip() for column in events
    ):
        return cells[: len(columns)]  # an event row: padded, but nothing was parted
    at, joined = 0, []
    for column in columns:
        cell = cells[at] if at < len(cells) else ""
        if column.kind in _NUMERIC and cell.strip():
            fraction = cells[at + 1] if at + 1 < len(cells) else ""
            if not (_WHOLE.fullmatch(cell) and _FRACTION.fullmatch(fraction)):
                raise _unfit(line, cell, column)
            joined.append(f"{cell.strip()},{fraction.strip()}")
            at += 2
        else:
            joined.append(cell)
            at += 1
    rest = [cell for cell in cells[at:] if cell.strip()]
    if rest or any(re.fullmatch(r"\s*[0-9]+\s*", joined[column.index]) for column in events):
        raise _unfit(line, (rest or ["more fields than headings"])[0], columns[-1])
    return joined


def _unfit(line: int, cell: str, column: Column) -> FileRefused:
    return FileRefused(
        "ambiguous-decimal",
        f"line {line}, column {column.label!r}: the comma parts both fields and decimals, and {cell.strip()!r} "
        "fits neither; export the file with another delimiter or a decimal point",
    )
