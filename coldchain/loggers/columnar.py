"""Tables parted into cells by their bytes, a block at a time: for every line that can be parted so without a doubt.

A line is regular if it has as many cells as the heading and no quotation mark but around whole cells. Every other line
is parted by `split`, on its own, and its cells are kept beside the others; what cannot be told line by line (a quoted
cell over several lines, commas that may part decimals) is left to `grid.gather_rows`.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coldchain.loggers.cells import Cells
from coldchain.loggers.layout import Layout
from coldchain.loggers.split import cells_of_row, is_open
from coldchain.loggers.text import Text

_BLOCK = 1 << 18
"""Bytes parted at once: few enough to stay in a processor's cache, and in the memory that the program already has."""

_MOST_ODD = 0.2
"""Where more of the lines are irregular, parting all of them row by row is no slower."""

_FEW = 1_000
_NEWLINE, _QUOTE, _SPACE, _NOT_ASCII = 10, 34, 32, 128

Places = NDArray[np.int32]
Wide = NDArray[np.int64]


@dataclass
class Parted:
    """A table's cells as places in its bytes.

    Attributes:
        before: The place before each cell, shape (columns, rows); shape (1, rows) where that of every other column is
            the end of the one before it.
        end: The place after each cell, shape (columns, rows).
        lines: The line number of each row, from 1.
        odd: Row -> the cells of an irregular line.
        rows: How many rows there are; what lies beyond in the arrays is unused.
    """

    before: Places
    end: Places
    lines: Places
    odd: dict[int, list[str]] = field(default_factory=dict)
    rows: int = 0

    @classmethod
    def empty(cls, width: int, rows: int, *, adjoining: bool) -> "Parted":
        """Room for so many rows."""
        before, end = np.empty((1 if adjoining else width, rows), np.int32), np.empty((width, rows), np.int32)
        return cls(before, end, np.empty(rows, np.int32))

    def room_for(self, rows: int) -> None:
        """Make room for some more rows."""
        wanted = self.rows + rows
        if wanted > self.lines.size:
            size = wanted + wanted // 8
            self.before, self.end = (
                np.concatenate((each[:, : self.rows], np.empty((each.shape[0], size - self.rows), np.int32)), axis=1)
                for each in (self.before, self.end)
            )
            self.lines = np.resize(self.lines, size)

    def columns(self, data: bytes) -> list[Cells]:
        """The cells by column; cells beyond the last heading are left out, missing ones are empty."""
        found = []
        for index, end in enumerate(self.end[:, : self.rows]):
            adjoins = index > 0 and self.before.shape[0] == 1
            before = self.end[index - 1, : self.rows] if adjoins else self.before[index, : self.rows]
            others = {row: cells[index].strip() if index < len(cells) else "" for row, cells in self.odd.items()}
            found.append(Cells(data, before, end, others))
        return found


@dataclass(frozen=True)
class _Block:
    """Some whole lines: where each begins and ends, from the block's own first byte on."""

    data: bytes
    start: int
    first_line: int
    delimiter: str
    bytes: NDArray[np.uint8]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


def parted(text: Text, layout: Layout) -> Parted | None:
    """The rows under a heading, or ``None`` where they have to be parted one after the other.

    Raises:
        FileRefused: ``damaged``: a row of absurd width.
    """
    data = text.data
    start, first_line = text.offset_of(layout.first_row), layout.first_row + 1
    sample = data[start : start + _BLOCK]
    rows = int((sample.count(b"\n") + 1) / max(len(sample), 1) * (len(data) - start)) + 1
    table = Parted.empty(len(layout.columns), rows, adjoining=data.find(b'"', start) < 0)
    while start < len(data):
        stop = data.rfind(b"\n", start, start + _BLOCK) + 1 or data.find(b"\n", start) + 1 or len(data)
        count = _part(data, start, stop, first_line, layout.delimiter, table)
        if count is None or len(table.odd) > _FEW + _MOST_ODD * table.rows:
            return None
        first_line += count
        start = stop
    return table


def _part(data: bytes, start: int, stop: int, first_line: int, delimiter: str, table: Parted) -> int | None:
    """Part whole lines into the table and return how many there were; ``None`` where lines alone do not tell."""
    width = table.end.shape[0]
    block = np.frombuffer(data, dtype=np.uint8, count=stop - start, offset=start)
    is_end = block == _NEWLINE
    marks = np.flatnonzero(is_end | (block == ord(delimiter)))
    lines = int(np.count_nonzero(is_end))
    if data[stop - 1] != _NEWLINE:  # the file's last line
        marks, lines = np.append(marks, stop - start), lines + 1
        is_end = np.append(is_end, True)
    ends = marks[width - 1 :: width]
    if marks.size == lines * width and is_end[ends].all():
        last, regular = None, np.ones(lines, dtype=bool)
    else:
        last = np.flatnonzero(is_end[marks])
        ends, regular = marks[last], np.diff(last, prepend=-1) == width
    begins = np.concatenate(([0], ends[:-1] + 1))
    if delimiter == "\t":  # a line of nothing but tabs and other blanks is no row
        first = block[np.minimum(begins, block.size - 1)]
        regular &= (first > _SPACE) & (first < _NOT_ASCII)
    part = _Block(data, start, first_line, delimiter, block, begins, ends)
    if last is None and regular.all() and table.before.shape[0] == 1:  # the usual block
        _enter(table, part.begins[None, :] - 1, marks.reshape(-1, width).T, start, np.arange(lines) + first_line)
        return lines
    at = np.arange(width - 1, marks.size, width) if last is None else last
    end = marks[at[regular][:, None] + np.arange(1 - width, 1)].T
    before = np.concatenate((begins[None, regular] - 1, end[: table.before.shape[0] - 1]))
    if table.before.shape[0] > 1:
        before, end, regular = _unquoted(part, regular, before, end)
    slots = _with_odd_lines(part, regular, table)
    if slots is None:
        return None
    _enter(
        table, _spread(before, regular, begins - 1, slots), _spread(end, regular, begins, slots), start,
        slots + first_line,
    )  # fmt: skip
    return lines


def _enter(table: Parted, before: Wide, end: Wide, start: int, numbers: Wide) -> None:
    """Put a block's rows behind those that the table has."""
    table.room_for(numbers.size)
    rows = slice(table.rows, table.rows + numbers.size)
    np.add(before, start, out=table.before[:, rows], casting="unsafe")
    np.add(end, start, out=table.end[:, rows], casting="unsafe")
    table.lines[rows] = numbers
    table.rows = rows.stop


def _spread(places: Wide, regular: NDArray[np.bool_], empty: Wide, slots: Wide) -> Wide:
    """Regular lines' places among all lines that hold a row; the others' cells are empty and stand at their begin."""
    wide = np.repeat(empty[None, :], places.shape[0], axis=0)
    wide[:, regular] = places
    return wide[:, slots]


def _with_odd_lines(block: _Block, regular: NDArray[np.bool_], table: Parted) -> Wide | None:
    """Part the irregular lines of a block by themselves; returns which lines hold a row."""
    held = regular.copy()
    odd: list[tuple[int, list[str]]] = []
    for at in np.flatnonzero(~regular).tolist():
        line = block.data[block.start + int(block.begins[at]) : block.start + int(block.ends[at])]
        text = line.decode("utf-8", "surrogatepass")
        if not text or text.isspace():
            continue
        if line.count(b'"') % 2 and is_open(text, block.delimiter):  # the cell goes on in the next line
            return None
        odd.append((at, cells_of_row(text, block.first_line + at, block.delimiter)))
        held[at] = True
        if len(odd) > _FEW + _MOST_ODD * regular.size:
            return None
    row_of = np.cumsum(held) - 1
    table.odd.update((table.rows + int(row_of[at]), cells) for at, cells in odd)
    return np.flatnonzero(held)


def _unquoted(
    block: _Block, regular: NDArray[np.bool_], before: Wide, end: Wide
) -> tuple[Wide, Wide, NDArray[np.bool_]]:
    """The places inside quotation marks that stand around whole cells; lines with any other mark are irregular."""
    marks = np.searchsorted(np.flatnonzero(block.bytes == _QUOTE), np.stack((block.begins, block.ends)))
    count = (marks[1] - marks[0])[regular]
    last = block.bytes.size - 1
    opens = block.bytes[np.minimum(before + 1, last)] == _QUOTE
    closes = block.bytes[np.maximum(end - 1, 0)] == _QUOTE
    whole = opens & closes & (end - before > 2)
    fits = count == 2 * whole.sum(axis=0)
    still = regular.copy()
    still[regular] = fits
    return (before + whole)[:, fits], (end - whole)[:, fits], still
