"""Plain numbers of up to eight characters, a column at once: sign, digits, one point or comma, and nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.temperature import Unit
from coldchain.loggers.cells import Cells
from coldchain.loggers.eights import KEEP_LAST, ZEROS, Words, are_digits, number_of_eight

_MOST = 8
_KEEP = np.append(KEEP_LAST, np.uint64(0))  # a longer cell is no plain number
_FILL = ZEROS & ~_KEEP
_BEFORE = np.array([64, 56, 48, 40, 32, 24, 16, 8, 0, 0], dtype=np.uint64)
"""How many bits of a word stand before a cell of so many bytes."""

_PLUS, _COMMA, _MINUS, _POINT, _ZERO = (np.uint64(byte) for byte in b"+,-.0")
_BYTE, _ONE, _SEVEN, _EIGHT, _TWO = (np.uint64(n) for n in (0xFF, 1, 7, 8, 2))
_POINTS = np.uint64(int.from_bytes(b"........", "little"))
_COMMAS_TO_POINTS = np.uint64(0x0202020202020202)
_LOW_SEVEN, _HIGH = np.uint64(0x7F7F7F7F7F7F7F7F), np.uint64(0x8080808080808080)
_TEN_TO = 10 ** np.arange(9, dtype=np.int64)


@dataclass(frozen=True)
class Plain:
    """What a column's plain numbers are.

    Attributes:
        mantissa: Each number without its mark, with its sign; 0 where there is no plain number. Shape (n,).
        decimals: How many of its digits stand behind the mark.
        good: Where there is a plain number.
        rest: The rows that hold something else; rows without a single character are neither.
        first: Mark -> the first row that shows it.
    """

    mantissa: NDArray[np.int32]
    decimals: NDArray[np.int8]
    good: NDArray[np.bool_]
    rest: NDArray[np.int64]
    first: dict[str, int]

    @property
    def all_good(self) -> bool:
        """Whether every row is a plain number."""
        return bool(self.good.all())

    def milli_c(self, unit: Unit) -> NDArray[np.int64]:
        """The temperatures in m°C, rounded half away from zero on the decimals as they are written."""
        mantissa = self.mantissa.astype(np.int64)
        low, high = (int(self.decimals.min()), int(self.decimals.max())) if self.decimals.size else (0, 0)
        scale = _TEN_TO[low] if low == high else _TEN_TO[self.decimals]
        if unit is Unit.F:
            return _rounded((mantissa - 32 * scale) * 5000, 9 * scale)
        if high > 3:
            return _rounded(mantissa * 1000 - (273_150 * scale if unit is Unit.K else 0), scale)
        mantissa *= _TEN_TO[3 - low] if low == high else _TEN_TO[3 - self.decimals]
        mantissa -= 273_150 if unit is Unit.K else 0
        return mantissa

    def equal(self, tenths: int) -> NDArray[np.bool_]:
        """Where the number, as it is written, is so many tenths."""
        if not self.mantissa.size or int(self.mantissa.max()) < tenths:
            return np.zeros(self.mantissa.size, dtype=bool)
        found: NDArray[np.bool_] = self.good & (self.mantissa.astype(np.int64) * 10 == tenths * _TEN_TO[self.decimals])
        return found


def plain(cells: Cells) -> Plain:
    """The plain numbers of a column."""
    return cells.keep("plain", _plain)


def _rounded(number: NDArray[np.int64], divisor: NDArray[np.int64]) -> NDArray[np.int64]:
    """A quotient, rounded half away from zero."""
    size = (2 * np.abs(number) + divisor) // (2 * divisor)
    return np.where(number < 0, -size, size)


def _plain(cells: Cells) -> Plain:
    count = len(cells)
    mantissa = np.zeros(count, dtype=np.int32)
    decimals = np.zeros(count, dtype=np.int8)
    good = np.zeros(count, dtype=bool)
    first: dict[str, int] = {}
    rest: list[NDArray[np.int64]] = []
    for rows in cells.blocks():
        end = cells.end[rows].astype(np.int64)
        length = end - cells.before[rows] - 1
        words = cells.words(end - 8, 1)[0]
        held = np.minimum(length, _MOST + 1)
        words = (words & _KEEP[held]) | _FILL[held]
        mantissa[rows], decimals[rows], good[rows], comma = _numbers(words, held)
        marked = good[rows] & (decimals[rows] > 0)
        for mark, shown in ((".", marked & ~comma), (",", marked & comma)):
            if mark not in first and shown.any():
                first[mark] = rows.start + int(shown.argmax())
        if not good[rows].all():
            rest.append(np.flatnonzero(~good[rows] & (length > 0)) + rows.start)
            mantissa[rows][~good[rows]] = 0
            decimals[rows][~good[rows]] = 0
    elsewhere = np.array([row for row, text in cells.others.items() if text], dtype=np.int64)
    others = np.concatenate([*rest, elsewhere]) if rest or elsewhere.size else elsewhere
    return Plain(mantissa, decimals, good, np.sort(others), first)


def _numbers(
    words: Words, length: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.bool_], NDArray[np.bool_]]:
    """Signed mantissas, decimals, where there is a number, and where its mark is a comma.

    Args:
        words: The cells' last eight bytes, shorter ones with zeros in front.
        length: How many of them are the cell's.
    """
    at = _BEFORE[length]
    head = (words >> at) & _BYTE
    minus = head == _MINUS
    signed = minus | (head == _PLUS)
    any_signed = bool(signed.any())
    if any_signed:
        words = np.where(signed, words ^ ((head ^ _ZERO) << at), words)
    apart = (words | _COMMAS_TO_POINTS) ^ _POINTS
    mark = (~(((apart & _LOW_SEVEN) + _LOW_SEVEN) | apart) & _HIGH) >> _SEVEN
    marked = mark != 0
    below = mark - _ONE
    above = ~(below | (mark * _BYTE))
    digits = ((words & below) << _EIGHT) | (words & above) | _ZERO
    decimals = (np.bitwise_count(above) >> 3).astype(np.int8)
    all_marked = bool(marked.all())
    if not all_marked:
        digits, decimals = np.where(marked, digits, words), np.where(marked, decimals, 0).astype(np.int8)
    comma = marked & ((words & (mark * _TWO)) == 0)
    figures = length - marked - signed if any_signed else length - marked
    good = are_digits(digits) & (figures >= 1) & (length <= _MOST) & ((decimals > 0) | ~marked)
    number = number_of_eight(digits)
    return np.where(minus, -number, number) if any_signed else number, decimals, good, comma
