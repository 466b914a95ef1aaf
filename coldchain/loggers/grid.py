"""The rows under a heading: cells in their columns, decimal commas that were parted put together again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from coldchain.errors import FileRefused
from coldchain.loggers.cells import Cells, LineNumbers
from coldchain.loggers.columnar import parted
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared
from coldchain.loggers.number_texts import looks_like_number
from coldchain.loggers.plain_numbers import plain
from coldchain.loggers.split import rows_of
from coldchain.loggers.text import Text

_WHOLE = re.compile(r"\s*[-+−(]?\s?[0-9]{1,5}\s*")
_FRACTION = re.compile(r"\s*[0-9]{1,6}\s?[-−)]?\s*")
_NUMERIC = (Kind.TEMPERATURE, Kind.STATISTIC, Kind.NUMBER)


def is_whole(cell: str) -> bool:
    """Whether a cell is a number without decimals, and so may be half of one."""
    return _WHOLE.fullmatch(cell) is not None


@dataclass(frozen=True)
class Grid:
    """A table's rows, kept by column.

    Attributes:
        lines: The line number of each row, from 1.
        columns: One list of cells a heading, each as long as `lines`.
        beyond: What stood to the right of the last heading (HOBOware glues its Details block there).
        rejoined: Whether decimal commas had been taken for delimiters.
        ends_open: Whether the file ends without a line end.
        cut: Whether, then, the last row is shorter than all others.
    """

    lines: LineNumbers
    columns: Sequence[Sequence[str]]
    beyond: list[str] = field(default_factory=list)
    rejoined: bool = False
    ends_open: bool = False
    cut: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, index: int) -> Sequence[str]:
        """One column's cells, without the blanks around them."""
        cells = self.columns[index]
        return cells.tidied() if isinstance(cells, Cells) else [cell.strip() for cell in cells]


def gather(text: Text, layout: Layout, declared: Declared) -> Grid:
    """The rows of a table; those of a regular one are parted all at once.

    Raises:
        FileRefused: ``damaged``; ``ambiguous-decimal`` where commas part both cells and numbers and no reading fits.
    """
    return gather_columns(text, layout) or gather_rows(text, layout, declared)


def gather_columns(text: Text, layout: Layout) -> Grid | None:
    """`gather` for a table whose lines are parted by their bytes; ``None`` where that may not be what is meant."""
    table = parted(text, layout)
    if table is None or not table.rows:
        return None
    columns = table.columns(text.data)
    if layout.delimiter == "," and not _decimals_in_place(columns, layout):
        return None
    width = len(columns)
    last, odd = table.rows - 1, table.odd
    widths = [len(cells) for row, cells in odd.items() if row != last]
    least = min(widths, default=width) if len(widths) == last else min([width, *widths])
    ends_open = not text.ends_cleanly
    cut = ends_open and last > 0 and len(odd.get(last, columns)) < least
    beyond = [", ".join(cell.strip() for cell in cells[width:]) for cells in odd.values() if len(cells) > width]
    lines = table.lines[: table.rows]
    return Grid(lines, columns, [line for line in beyond if line.strip(" ,")], False, ends_open, cut)


def _decimals_in_place(columns: Sequence[Cells], layout: Layout) -> bool:
    """Whether a temperature is no whole number, which settles that commas part nothing but cells."""
    for column in layout.of_kind(Kind.TEMPERATURE):
        cells = columns[column.index]
        found = plain(cells)
        if "." in found.first or any(cells[row] and not is_whole(cells[row]) for row in found.rest.tolist()):
            return True
    return False


def gather_rows(text: Text, layout: Layout, declared: Declared) -> Grid:
    """`gather`, row by row: any table."""
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
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return Grid(lines, columns, [line for line in beyond if line.strip(" ,")], rejoined, ends_open, cut)


def _parted(lines: Sequence[int], rows: Sequence[list[str]], layout: Layout, declared: Declared) -> bool:
    """Whether unquoted decimal commas have been read as delimiters.

    One value with its decimals in place settles that they have not; a number where no number belongs, that they have.
    """
    temperatures = layout.of_kind(Kind.TEMPERATURE)
    filled = [
        (line, cells)
        for line, cells in zip(lines, rows, strict=True)
        if any(column.index < len(cells) and cells[column.index].strip() for column in temperatures)
    ]
    for _, cells in filled:
        for column in temperatures:
            cell = cells[column.index] if column.index < len(cells) else ""
            if cell.strip() and not is_whole(cell):
                return False
    width = len(layout.columns)
    if any(len(cells) > width for _, cells in filled):
        events = [column.index for column in layout.of_kind(Kind.EVENT)]
        if any(looks_like_number(cell) for _, cells in filled for cell in _out_of_place(cells, width, events)):
            return True
        open_line = filled[0][0] if all(_fits_parted(cells, layout.columns) for _, cells in filled) else None
    else:
        open_line = next((line for line, cells in filled if _may_be_parted(cells, layout)), None)
    if open_line is None:
        return False
    if declared.decimal:
        return declared.decimal == ","
    raise FileRefused(
        "ambiguous-decimal",
        f"line {open_line}: the comma parts the fields and may part the temperature's decimals too; "
        "say which with --decimal",
        ("--decimal ,", "--decimal ."),
    )


def _out_of_place(cells: list[str], width: int, events: Sequence[int]) -> list[str]:
    """The cells in which a number would be out of place: beyond the headings, and where events are noted."""
    return cells[width:] + [cells[index] for index in events if index < len(cells)]


def _may_be_parted(cells: list[str], layout: Layout) -> bool:
    """Whether a row as wide as the headings has a number right of a temperature where none is expected."""
    columns = layout.columns[: len(cells)]
    return any(
        left.kind is Kind.TEMPERATURE
        and right.kind in (Kind.EVENT, Kind.OTHER)
        and bool(cells[left.index].strip())
        and _FRACTION.fullmatch(cells[right.index]) is not None
        for left, right in pairwise(columns)
    )


def _fits_parted(cells: list[str], columns: Sequence[Column]) -> bool:
    try:
        _rejoined(0, cells, columns)
    except FileRefused:
        return False
    return True


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
