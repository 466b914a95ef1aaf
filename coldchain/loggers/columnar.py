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

_BLOCK = 1 << 20
"""Bytes parted at once; few enough to stay in a processor's cache."""

_MOST_ODD = 0.2
"""Where more of the lines are irregular, parting all of them row by row is no slower."""

_NEWLINE, _QUOTE, _TAB = 10, 34, 9
Places = NDArray[np.int32]


@dataclass
class Parted:
    """A table's cells as places in its bytes.

    Attributes:
        before, end: The place before and after each cell, shape (columns, rows).
        lines: The line number of each row, from 1.
        odd: Row -> the cells of an irregular line.
    """

    before: Places
    end: Places
    lines: Places
    odd: dict[int, list[str]] = field(default_factory=dict)
    rows: int = 0

    def columns(self, data: bytes) -> list[Cells]:
        """The cells by column; cells beyond the last heading are left out, missing ones are empty."""
        found = []
        for index in range(self.end.shape[0]):
            others = {row: cells[index].strip() if index < len(cells) else "" for row, cells in self.odd.items()}
            found.append(Cells(data, self.before[index, : self.rows], self.end[index, : self.rows], others))
        return found


def parted(text: Text, layout: Layout) -> Parted | None:
    """The rows under a heading, or ``None`` where they have to be parted one after the other.

    Raises:
        FileRefused: ``damaged``: a row of absurd width.
    """
    data = text.data
    start, first_line = text.offset_of(layout.first_row), layout.first_row + 1
    most = data.count(b"\n", start) + (not text.ends_cleanly)
    width = len(layout.columns)
    table = Parted(
        np.empty((width, most), dtype=np.int32), np.empty((width, most), dtype=np.int32), np.empty(most, dtype=np.int32)
    )
    while start < len(data):
        stop = data.rfind(b"\n", start, start + _BLOCK) + 1 or data.find(b"\n", start) + 1 or len(data)
        count = _part_block(data, start, stop, first_line, layout.delimiter, table)
        if count is None:
            return None
        first_line += count
        start = stop
        if len(table.odd) > 1000 + _MOST_ODD * table.rows:
            return None
    return table


def _part_block(data: bytes, start: int, stop: int, first_line: int, delimiter: str, table: Parted) -> int | None:
    """Part whole lines into the table and return how many there were."""
    block = np.frombuffer(data, dtype=np.uint8, count=stop - start, offset=start)
    marks = np.flatnonzero((block == ord(delimiter)) | (block == _NEWLINE))
    is_end = block[marks] == _NEWLINE
    if data[stop - 1] != _NEWLINE:  # the file's last line
        marks, is_end = np.append(marks, stop - start), np.append(is_end, True)
    last = np.flatnonzero(is_end)
    ends = marks[last]
    begins = np.concatenate(([0], ends[:-1] + 1))
    width = table.end.shape[0]
    regular = np.diff(last, prepend=-1) == width
    if delimiter == "\t":  # a line of nothing but tabs is a blank one
        regular &= block[np.minimum(begins, block.size - 1)] != _TAB
    every = bool(regular.all())
    places = (marks.reshape(-1, width) if every else marks[last[regular][:, None] + np.arange(1 - width, 1)]).T
    before = np.vstack((begins[regular] - 1, places[:-1]))
    end = places
    if data.find(b'"', start, stop) >= 0:
        whole = _unquoted(block, begins, ends, regular, before, end)
        if whole is None:
            return None
        before, end, regular = whole
        every = bool(regular.all())
    row = table.rows
    if every:
        numbers = np.arange(first_line, first_line + ends.size)
    else:
        held = _odd_lines(data, start, begins, ends, regular, first_line, delimiter, table)
        if held is None:
            return None
        slots = np.flatnonzero(held)
        numbers = slots + first_line
        before, end = (_spread(each, regular, begins - extra, slots) for each, extra in ((before, 1), (end, 0)))
    until = row + numbers.size
    np.add(before, start, out=table.before[:, row:until], casting="unsafe")
    np.add(end, start, out=table.end[:, row:until], casting="unsafe")
    table.lines[row:until] = numbers
    table.rows = until
    return int(ends.size)


def _spread(places: NDArray[np.int64], regular: NDArray[np.bool_], empty: NDArray[np.int64], slots: NDArray[np.int64]
            ) -> NDArray[np.int64]:  # fmt: skip
    """Regular lines' places among all lines that hold a row; the others' cells are empty and stand at their begin."""
    wide = np.repeat(empty[None, :], places.shape[0], axis=0)
    wide[:, regular] = places
    return wide[:, slots]


def _odd_lines(
    data: bytes, start: int, begins: NDArray[np.int64], ends: NDArray[np.int64], regular: NDArray[np.bool_],
    first_line: int, delimiter: str, table: Parted,
) -> NDArray[np.bool_] | None:  # fmt: skip
    """Part the irregular lines of a block by themselves; returns which lines hold a row."""
    held = regular.copy()
    odd: list[tuple[int, list[str]]] = []
    for at in np.flatnonzero(~regular).tolist():
        line = data[start + int(begins[at]) : start + int(ends[at])]
        if not line:
            continue
        text = line.decode("utf-8", "surrogatepass")
        if text.isspace():
            continue
        if line.count(b'"') % 2 and is_open(text, delimiter):  # the cell goes on in the next line
            return None
        odd.append((at, cells_of_row(text, first_line + at, delimiter)))
        held[at] = True
        if len(odd) > 1000 + _MOST_ODD * regular.size:
            return None
    row_of = np.cumsum(held) - 1
    table.odd.update((table.rows + int(row_of[at]), cells) for at, cells in odd)
    return held


def _unquoted(
    block: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64], regular: NDArray[np.bool_],
    before: NDArray[np.int64], end: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]] | None:  # fmt: skip
    """The places inside quotation marks that stand around whole cells; lines with any other mark are irregular."""
    marks = np.searchsorted(np.flatnonzero(block == _QUOTE), np.stack((begins, ends)))
    count = (marks[1] - marks[0])[regular]
    wide = end - before > 2
    last = block.size - 1
    opens = wide & (block[np.minimum(before + 1, last)] == _QUOTE) & (block[np.maximum(end - 1, 0)] == _QUOTE)
    fits = count == 2 * opens.sum(axis=0)
    still = regular.copy()
    still[regular] = fits
    return (before + opens)[:, fits], (end - opens)[:, fits], still
