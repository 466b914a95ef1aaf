"""Eight bytes at a time: what is a digit, and which number eight digits make, by arithmetic on whole 64-bit words.

A word is eight neighbouring bytes of a file, the first one in its lowest bits. One operation on an array of words does
eight characters of every row at once; nothing here looks at a single character.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]


def _each(byte: int) -> np.uint64:
    """A word of eight times the same byte."""
    return np.uint64(int.from_bytes(bytes([byte]) * 8, "little"))


ZEROS = _each(0x30)
"""``00000000``."""

_HIGH, _LOW_SEVEN, _LOW_FOUR = _each(0x80), _each(0x7F), _each(0x0F)
_FROM_TEN = _each(0x80 - 10)
_SEVEN, _EIGHT = np.uint64(7), np.uint64(8)
_FIFTEEN = np.uint64(15)
_ZERO_FOR_DIGIT = bytes.maketrans(b"123456789", b"000000000")
KEEP_LAST = np.array([(1 << 64) - (1 << (64 - 8 * count)) for count in range(9)], dtype=np.uint64)
"""By how many bytes are kept at a word's end."""

KEEP_FIRST = np.array([(1 << (8 * count)) - 1 for count in range(9)], dtype=np.uint64)
"""By how many bytes are kept at a word's start."""


def words_at(data: bytes, first: NDArray[np.int64], count: int) -> Words:
    """The words that begin at some places of a file; places beyond its ends hold zero bytes.

    Args:
        data: The file.
        first: Where each row's words begin, shape (n,).
        count: How many words a row.

    Returns:
        Shape (count, n): the first word of every row, then the second of every row, and so on.
    """
    width = 8 * count
    if not first.size:
        return np.zeros((count, 0), dtype=np.uint64)
    low, high = int(first.min()), int(first.max()) + width
    if low < 0 or high > len(data):
        data = bytes(max(0, -low)) + data[max(low, 0) : high] + bytes(max(0, high - len(data)))
        first = first - low
    every = np.ndarray((len(data) - width + 1,), dtype=f"V{width}", buffer=data, strides=(1,))
    return np.ascontiguousarray(every[first].view("<u8").reshape(-1, count).T)


@dataclass(frozen=True)
class Shape:
    """A text whose digits are open.

    Attributes:
        words: The text with a zero for every digit, shape (words,).
        most: What is added to a byte's difference from that so that its high bit shows any that may not be.
    """

    words: Words
    most: Words

    @classmethod
    def of(cls, words: Words) -> "Shape":
        """The shape of one text."""
        return _shape(words.tobytes().translate(_ZERO_FOR_DIGIT))

    def figures(self, words: Words) -> Words | None:
        """The digits of texts that all have this shape, other bytes zero; ``None`` where one has not."""
        if words.shape[0] != self.words.size:
            return None
        apart = np.empty_like(words)
        for each, mine, shape, most in zip(words, apart, self.words, self.most, strict=True):
            np.bitwise_xor(each, shape, out=mine)
            other = mine & _LOW_SEVEN
            other += most
            other |= mine
            if np.bitwise_or.reduce(other) & _HIGH:
                return None
        return apart


@lru_cache(1_024)  # folders hold thousands of files whose times have one shape
def _shape(zeros: bytes) -> Shape:
    words = np.frombuffer(zeros, dtype="<u8")
    return Shape(words, np.where(words.view(np.uint8) == 0x30, 0x80 - 10, 0x80 - 1).astype(np.uint8).view("<u8"))


def digit_bits(words: Words) -> Words:
    """0x0F in each byte that is a digit, 0 in every other."""
    apart: Words = words ^ ZEROS
    other = ((apart & _LOW_SEVEN) + _FROM_TEN) | apart
    return ((~other & _HIGH) >> _SEVEN) * _FIFTEEN


def are_digits(words: Words) -> NDArray[np.bool_]:
    """Whether all eight bytes are digits."""
    apart: Words = words ^ ZEROS
    other = (((apart & _LOW_SEVEN) + _FROM_TEN) | apart) & _HIGH
    none: NDArray[np.bool_] = np.equal(other, 0)
    return none


def number_of_eight(words: Words) -> NDArray[np.int64]:
    """The number that eight digits make, the first byte being the highest digit."""
    pairs = ((words & _LOW_FOUR) * np.uint64(10 * 256 + 1)) >> _EIGHT
    fours = ((pairs & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(100 * 65536 + 1)) >> np.uint64(16)
    eight = ((fours & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(10000 * 4294967296 + 1)) >> np.uint64(32)
    return eight.astype(np.int64)
