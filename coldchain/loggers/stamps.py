"""From a column of time texts to numbers: three date parts whose order is still open, and the time of day.

Texts with digits in the same places share one look at what the digits mean. Which of the three parts is the day is
decided elsewhere (`date_order`), over the whole column.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from coldchain.loggers.cells import Cells
from coldchain.loggers.eights import KEEP_FIRST, Shape, Words, digit_bits
from coldchain.loggers.figures import NO_OFFSET, Figures, Ints, Small, date_parts, offsets, times_of_day
from coldchain.loggers.stamp_shapes import (
    ANY_DIGIT,
    HALF,
    MONTHS,
    is_date,
    is_epoch,
    is_half,
    is_stamp,
    is_time,
    shape_of,
)

__all__ = [
    "ANY_DIGIT", "HALF", "MONTHS", "NO_OFFSET", "Ints", "Small", "Stamps", "epoch_ms", "is_date", "is_epoch", "is_half",
    "is_stamp", "is_time", "parse_stamps",
]  # fmt: skip

_Made = TypeVar("_Made")
_LONGEST = 96
"""Bytes of a time; the longest real one has 40."""

_USUAL_SHAPES = 16
"""Few columns have more; the rows of further ones are sorted by their shape one by one."""


@dataclass(frozen=True)
class Stamps:
    """A column of times, one element a text.

    Attributes:
        dates: The three date parts as written, left to right, of each run of rows with the same date, shape (k,) each;
            a month given by name stands as its number.
        runs: How many rows each run has, shape (k,).
        digits: How many digits each part was written with, most over the column.
        day_ms: The time of day, ms, shape (n,).
        offset_min: The offset from UTC, minutes, or `NO_OFFSET`, shape (n,).
        good: False where the text is no time, shape (n,).
        named: Whether the month is given by name, and where: index of that part, or ``None``.
        zones: The abbreviations of zones behind the times of day, such as ``CET``.
    """

    dates: tuple[Ints, Ints, Ints]
    runs: Ints
    digits: tuple[int, int, int]
    day_ms: Small
    offset_min: Small
    good: NDArray[np.bool_]
    named: int | None
    zones: frozenset[str] = frozenset()
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def keep(self, name: str, make: Callable[["Stamps", str], _Made]) -> _Made:
        """What ``make`` finds out about the column under a name; it is asked once."""
        if name not in self._known:
            self._known[name] = make(self, name)
        made: _Made = self._known[name]
        return made

    @property
    def parts(self) -> tuple[Ints, Ints, Ints]:
        """The date parts of every row, shape (n,) each."""
        first, second, third = (np.repeat(part, self.runs) for part in self.dates)
        return first, second, third


def parse_stamps(texts: Sequence[str]) -> Stamps:
    """The numbers in a column of time texts.

    Texts with their digits in the same places and the same characters between them are done at once: one shape in
    most columns, two with AM and PM, a few more where numbers are not padded.
    """
    cells = Cells.of(texts)
    count = len(cells)
    column = _Column(
        np.zeros(count, dtype=np.int32), np.full(count, NO_OFFSET, dtype=np.int32), np.zeros(count, dtype=bool)
    )
    others = parse_stamps(list(cells.others.values())) if cells.others else None
    dates: list[NDArray[np.int64]] = []
    runs: list[Ints] = []
    for rows in cells.blocks():
        block = _Block.of(cells, rows, column)
        if others is not None:
            column.put(block, list(cells.others), others)
        parts, begins = (block.dates, block.begins) if block.begins is not None else block.found_runs()
        dates.append(parts)
        runs.append(np.diff(begins, append=rows.stop - rows.start))
    first, second, third = np.concatenate(dates, axis=1) if dates else np.zeros((3, 0), dtype=np.int64)
    where = column.named.pop() if len(column.named) == 1 else None
    return Stamps(
        (first, second, third),
        np.concatenate(runs) if runs else np.zeros(0, dtype=np.int64),
        (column.digits[0], column.digits[1], column.digits[2]),
        column.day_ms,
        column.offset_min,
        column.good,
        where,
        frozenset(column.zones),
    )


def epoch_ms(texts: Sequence[str]) -> tuple[Ints, NDArray[np.bool_]]:
    """Milliseconds since 1970 from seconds (9 or 10 digits) or milliseconds, and where the text was neither."""
    at_ms = np.zeros(len(texts), dtype=np.int64)
    good = np.zeros(len(texts), dtype=bool)
    for index, text in enumerate(texts):
        if is_epoch(text):
            whole, _, fraction = text.strip().partition(".")
            good[index] = True
            at_ms[index] = int(whole) if len(whole) > 10 else int(whole) * 1000 + int((fraction + "000")[:3])
    return at_ms, good


@dataclass
class _Column:
    """What is known of a column so far."""

    day_ms: Small
    offset_min: Small
    good: NDArray[np.bool_]
    digits: list[int] = field(default_factory=lambda: [0, 0, 0])
    named: set[int | None] = field(default_factory=set)
    zones: set[str] = field(default_factory=set)
    shapes: dict[bytes, re.Match[str] | None] = field(default_factory=dict)
    usual: Shape | None = None

    def put(self, block: "_Block", at: Sequence[int], others: Stamps) -> None:
        """Enter the rows whose texts stand elsewhere."""
        found, rows = np.stack(others.parts), block.rows
        mine = [(index, row) for index, row in enumerate(at) if rows.start <= row < rows.stop]
        if not mine:
            return
        block.expand()
        for index, row in mine:
            block.dates[:, row - rows.start] = found[:, index]
            self.day_ms[row], self.offset_min[row] = others.day_ms[index], others.offset_min[index]
            self.good[row] = others.good[index]
        if others.good.any():
            self.digits = [max(pair) for pair in zip(self.digits, others.digits, strict=True)]
            self.named.add(others.named)
            self.zones |= others.zones


@dataclass
class _Block:
    """The dates of a block of rows.

    Attributes:
        dates: The date parts of each row; or of each run of rows with the same date, where `begins` is set.
        begins: Where each run begins.
    """

    rows: slice
    dates: NDArray[np.int64]
    begins: Ints | None = None

    @classmethod
    def of(cls, cells: Cells, rows: slice, column: _Column) -> "_Block":
        """Read a block of rows into the column."""
        before = cells.before[rows].astype(np.int64)
        length = cells.end[rows] - before - 1
        block = cls(rows, np.zeros((3, length.size), dtype=np.int64))
        for size in _sizes(length):
            mine = None if (length == size).all() else np.flatnonzero(length == size)
            words = cells.words((before if mine is None else before[mine]) + 1, -(-size // 8))
            words[-1] &= KEEP_FIRST[size % 8 or 8]
            mine = np.arange(length.size) if mine is None else mine
            shape = column.usual
            figures = None if shape is None else shape.figures(words)
            if shape is None or figures is None:
                shape = column.usual = Shape.of(words[:, 0])
                figures = shape.figures(words)
            if figures is not None:
                block.read(cells, mine, shape.words.tobytes(), figures, column)
                continue
            digits = digit_bits(words)
            shapes, figures = words & ~digits, words & digits
            for same in _by_shape(shapes):
                block.read(cells, mine[same], shapes[:, same][:, 0].tobytes(), figures[:, same], column)
        return block

    def read(self, cells: Cells, mine: Ints, shape: bytes, words: Words, column: _Column) -> None:
        """Read the rows of one shape."""
        if shape not in column.shapes:
            column.shapes[shape] = shape_of(cells.raw(self.rows.start + int(mine[0])).translate(ANY_DIGIT))
        match = column.shapes[shape]
        if match is None:
            return
        figures = Figures(match, words)
        day_ms, fits = times_of_day(match, figures)
        if not fits.any():
            return
        everything = mine.size == self.dates.shape[1]
        at = self.rows if everything else mine + self.rows.start
        column.day_ms[at], column.good[at] = day_ms, fits
        column.offset_min[at] = offsets(match, figures)
        zone = match.groupdict().get("zone")
        if zone:
            column.zones.add(zone.upper())
        written, month_at = date_parts(match)
        column.named.add(month_at)
        if everything:
            self.begins = figures.changes([group for part, group in enumerate(written) if part != month_at])
            figures = figures.of(self.begins)
            self.dates = np.zeros((3, self.begins.size), dtype=np.int64)
        here = slice(None) if everything else mine
        for part, group in enumerate(written):
            if part == month_at:
                self.dates[part, here] = MONTHS[match["m"].lower()]
            else:
                self.dates[part, here] = figures.number(group)
                column.digits[part] = max(column.digits[part], len(match[group]))

    def expand(self) -> None:
        """One date a row."""
        if self.begins is not None:
            self.dates = np.repeat(self.dates, np.diff(self.begins, append=self.rows.stop - self.rows.start), axis=1)
            self.begins = None

    def found_runs(self) -> tuple[NDArray[np.int64], Ints]:
        """The dates of runs of rows, and where each run begins."""
        changes = (self.dates[:, 1:] != self.dates[:, :-1]).any(axis=0)
        begins = np.concatenate(([0], np.flatnonzero(changes) + 1))
        return self.dates[:, begins], begins


def _sizes(length: Ints) -> list[int]:
    """The lengths of cells that can hold a time."""
    low, high = int(length.min()), int(length.max())
    if low == high:
        return [low] if 0 < low <= _LONGEST else []
    often = np.bincount(np.clip(length, 0, _LONGEST + 1), minlength=_LONGEST + 2)
    return [size for size in np.flatnonzero(often).tolist() if 0 < size <= _LONGEST]


def _by_shape(shapes: Words) -> Iterator[NDArray[np.intp]]:
    """The rows of each shape."""
    left = np.arange(shapes.shape[1])
    for _ in range(_USUAL_SHAPES):
        same = np.ones(left.size, dtype=bool)
        for word in shapes:
            mine = word[left]
            same &= mine == mine[0]
        yield left[same]
        left = left[~same]
        if not left.size:
            return
    rest: dict[bytes, list[int]] = {}
    for row in left.tolist():
        rest.setdefault(shapes[:, row].tobytes(), []).append(row)
    yield from map(np.array, rest.values())
