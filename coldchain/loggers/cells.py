"""One column of a table, kept as places in the file's bytes: a text is made only of a cell that is looked at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from coldchain.loggers.eights import KEEP_FIRST, Words, words_at

Which = NDArray[np.intp] | slice
"""Some rows in their order, none twice; a slice stands for all of them, so that nothing is copied."""

LineNumbers = Sequence[int] | NDArray[Any]
"""The line of each row."""

BLOCK_ROWS = 1 << 15
"""Rows done at once: enough to make the calls cheap, few enough to stay in a processor's cache."""

_BLANKS = (32, 9)
_LOOKED_AT = 8
_WIDEST_BLANK = 64
_SHORT = 64
"""Bytes of a cell; longer ones are not compared with the row before."""


_Made = TypeVar("_Made")


def those(flags: NDArray[np.bool_]) -> Which:
    """The rows that are flagged."""
    return slice(None) if flags.all() else np.flatnonzero(flags)


def nth(rows: Which, place: int) -> int:
    """Which row stands at a place among some rows."""
    return place if isinstance(rows, slice) else int(rows[place])


class Cells(Sequence[str]):
    """A column's cells, without the blanks around them.

    Attributes:
        data: The bytes in which most cells stand, UTF-8.
        before: The place before each cell's first byte, shape (n,).
        end: The place after its last byte.
        others: Row -> text of cells that do not stand in ``data`` as they are read; those are empty there.
        joint: What stands in ``data`` where texts have a blank: the delimiter between a date and a time of day.
    """

    def __init__(
        self,
        data: bytes,
        before: NDArray[Any],
        end: NDArray[Any],
        others: Mapping[int, str] | None = None,
        joint: str = "",
    ) -> None:
        self.data, self.before, self.end, self.joint = data, before, end, joint
        self.others: Mapping[int, str] = others or {}
        self.known: dict[str, Any] = {}

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Cells":
        """A column that was read row by row."""
        if isinstance(texts, Cells):
            return texts
        joined = "".join(texts)
        data = joined.encode("utf-8", "surrogatepass")
        ascii_only = len(data) == len(joined)
        sizes = map(len, texts) if ascii_only else (len(text.encode("utf-8", "surrogatepass")) for text in texts)
        end = np.cumsum(np.fromiter(sizes, dtype=np.int64, count=len(texts)))
        before = np.concatenate(([-1], end[:-1] - 1)) if len(texts) else end
        return cls(data, before, end)

    def __len__(self) -> int:
        return int(self.end.size)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        if isinstance(row, slice):
            return [self._text(each) for each in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        return self._text(int(row) % len(self))

    def __iter__(self) -> Iterator[str]:
        return (self._text(row) for row in range(len(self)))

    def raw(self, row: int) -> str:
        """A cell's text with the blanks around it, as long as its bytes in ``data``."""
        text = self.data[self.before[row] + 1 : self.end[row]].decode("utf-8", "surrogatepass")
        return text.replace(self.joint, " ") if self.joint else text

    def _text(self, row: int) -> str:
        return self.others[row] if row in self.others else self.raw(row).strip()

    def keep(self, name: str, make: Callable[["Cells"], _Made]) -> _Made:
        """What ``make`` finds out about the column; it is asked once."""
        if name not in self.known:
            self.known[name] = make(self)
        made: _Made = self.known[name]
        return made

    def blocks(self) -> Iterator[slice]:
        """The rows in pieces small enough for the processor's cache."""
        for first in range(0, len(self), BLOCK_ROWS):
            yield slice(first, min(first + BLOCK_ROWS, len(self)))

    def words(self, first: NDArray[np.int64], count: int) -> Words:
        """The words that begin at some places; see `eights.words_at`."""
        return words_at(self.data, first, count)

    def take(self, rows: Which) -> "Cells":
        """Some rows, in their order."""
        if isinstance(rows, slice):
            return self
        others = {}
        if self.others:
            others = {at: self.others[row] for at, row in enumerate(rows.tolist()) if row in self.others}
        return Cells(self.data, self.before[rows], self.end[rows], others, self.joint)

    def changes(self) -> NDArray[np.int64]:
        """The rows whose texts may differ from that of the row before; the first row always."""
        elsewhere = np.array([row for at in self.others for row in (at, at + 1) if row < len(self)], dtype=np.int64)
        found = [elsewhere]
        last = b""
        for rows in self.blocks():
            before, end = self.before[rows].astype(np.int64), self.end[rows]
            length = end - before - 1
            longest = min(int(length.max()), _SHORT)
            words = self.words(before + 1, max(1, -(-longest // 8)))
            words &= KEEP_FIRST[np.clip(length - 8 * np.arange(words.shape[0])[:, None], 0, 8)]
            differs = np.ones(length.size, dtype=bool)
            differs[1:] = (
                (length[1:] != length[:-1]) | (words[:, 1:] != words[:, :-1]).any(axis=0) | (length[1:] > _SHORT)
            )
            first = bytes(self.data[before[0] + 1 : end[0]])
            differs[0] = first != last or rows.start == 0
            last = bytes(self.data[before[-1] + 1 : end[-1]])
            found.append(np.flatnonzero(differs) + rows.start)
        return np.unique(np.concatenate(found))

    def numbered(self) -> tuple[list[str], NDArray[np.int64]]:
        """The different texts in order, and for each row which of them it has."""
        changes = self.changes()
        texts = [self._text(row) for row in changes.tolist()]
        names = sorted(set(texts))
        place = {name: at for at, name in enumerate(names)}
        which = np.array([place[text] for text in texts], dtype=np.int64)
        return names, np.repeat(which, np.diff(changes, append=len(self)))

    def tidied(self) -> "Cells":
        """The column with the blanks around its cells left out, where the first rows show that there are any."""
        sample = [self.data[self.before[row] + 1 : self.end[row]] for row in range(min(_LOOKED_AT, len(self)))]
        if all(cell == cell.strip(b" \t") for cell in sample):
            return self
        before, end = self.before.copy(), self.end.copy()
        padded = np.frombuffer(self.data, dtype=np.uint8)
        for _ in range(_WIDEST_BLANK):
            held = np.flatnonzero(end - before > 1)
            left = held[np.isin(padded[before[held] + 1], _BLANKS)]
            right = held[np.isin(padded[end[held] - 1], _BLANKS)]
            if not left.size and not right.size:
                break
            before[left] += 1
            wide = right[end[right] - before[right] > 1]
            end[wide] -= 1
        return Cells(self.data, before, end, self.others, self.joint)

    def behind(self, date: "Cells", delimiter: str) -> "Cells | None":
        """Dates and, directly behind them, these times of day as one column; ``None`` where they do not adjoin."""
        if date.data is not self.data or date.others.keys() != self.others.keys():
            return None
        if not np.array_equal(date.end, self.before):
            return None
        others = {row: f"{text} {self.others[row]}" for row, text in date.others.items()}
        return Cells(self.data, date.before, self.end, others, delimiter)
