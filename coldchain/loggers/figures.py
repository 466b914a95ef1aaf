"""What the digits say in time texts of one shape: the date's three parts, the time of day, the offset from UTC."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from coldchain.loggers.eights import Words
from coldchain.loggers.stamp_shapes import is_after_noon

Ints = NDArray[np.int64]

Small = NDArray[np.int32]

NO_OFFSET = 10_000
"""Stands in `Stamps.offset_min` where a text names no offset from UTC."""

_ALL_BITS = (1 << 64) - 1
_TEN_AND_ONE = np.uint16(10 * 256 + 1)
_BYTE = np.uint16(8)


class Figures:
    """The digits of texts of one shape, by the groups of their match."""

    def __init__(self, match: re.Match[str], words: Words) -> None:
        self.rows = words.shape[1]
        self._match, self._words = match, np.ascontiguousarray(words)
        self._groups = match.groupdict()
        text = match.string
        self._place = None if text.isascii() else np.cumsum([0, *(len(each.encode()) for each in text)])

    def of(self, rows: Ints) -> "Figures":
        """Those of some rows."""
        return Figures(self._match, self._words[:, rows])

    def number(self, group: str, most: int = 9) -> Small:
        """What a group of digits says in every text; 0 where the group is not there."""
        if self._groups.get(group) is None:
            return np.zeros(self.rows, dtype=np.int32)
        first, last = self._match.span(group)
        return self.between(first, min(last, first + most))

    def between(self, first: int, last: int) -> Small:
        """The number that the digits at some places of the text make, nine of them at most."""
        first, last = self._places(first, last)
        total: Small | None = None
        while first < last:
            more, count = (self._pair(first), 2) if last - first > 1 else (self._digit(first), 1)
            total = more if total is None else total * 10**count + more
            first += count
        return np.zeros(self.rows, dtype=np.int32) if total is None else total

    def digit(self, place: int) -> Ints:
        """The digit at a place of every text."""
        return self.between(place, place + 1).astype(np.int64)

    def first_digit(self, place: int) -> int:
        """The digit at a place of the first text."""
        word, byte = divmod(self._places(place, place)[0], 8)
        return int(self._words[word, 0]) >> 8 * byte & 15

    def changes(self, groups: Sequence[str]) -> Ints:
        """The first row, and the rows in which the digits of some groups are not those of the row before."""
        changed = np.zeros(self.rows, dtype=bool)
        changed[0] = True
        for words, mine in self._of_groups(groups):
            changed[1:] |= ((words[1:] ^ words[:-1]) & mine) != 0
        return np.flatnonzero(changed)

    def are_alike(self, group: str) -> bool:
        """Whether every row has the same digits in a group."""
        return not any(((words ^ words[0]) & mine).any() for words, mine in self._of_groups([group]))

    def _of_groups(self, groups: Sequence[str]) -> Iterator[tuple[NDArray[np.uint64], np.uint64]]:
        """The words in which the digits of some groups stand, each with the bits that are theirs."""
        bits = 0
        for group in groups:
            first, last = self._places(*self._match.span(group))
            bits |= ((1 << 8 * (last - first)) - 1) << 8 * first
        for at, words in enumerate(self._words):
            if mine := (bits >> 64 * at) & _ALL_BITS:
                yield words, np.uint64(mine)

    def _places(self, first: int, last: int) -> tuple[int, int]:
        """Characters' places as those of their bytes."""
        return (first, last) if self._place is None else (int(self._place[first]), int(self._place[last]))

    def _pair(self, place: int) -> Small:
        word, byte = divmod(place, 8)
        if byte == 7:
            return self._digit(place) * 10 + self._digit(place + 1)
        two = np.ndarray((self.rows,), "<u2", buffer=self._words[word].data, offset=byte, strides=(8,))
        return ((two * _TEN_AND_ONE) >> _BYTE).astype(np.int32)

    def _digit(self, place: int) -> Small:
        word, byte = divmod(place, 8)
        one = np.ndarray((self.rows,), "u1", buffer=self._words[word].data, offset=byte, strides=(8,))
        return one.astype(np.int32)


def date_parts(match: re.Match[str]) -> tuple[tuple[str, str, str], int | None]:
    """The groups of the three date parts from left to right, and which of them is a month's name."""
    if match.groupdict().get("m") is None:
        return ("a", "b", "c"), None
    return (("m", "a", "c"), 0) if match.start("m") < match.start("a") else (("a", "m", "c"), 1)


def times_of_day(match: re.Match[str], figures: Figures) -> tuple[Small, NDArray[np.bool_]]:
    """The times of day in ms, and where there is such a time."""
    groups = match.groupdict()
    hour, minute, second = (figures.number(group) for group in ("h", "mi", "s"))
    good = (minute < 60) & (second < 60)
    after = is_after_noon(groups.get("half") or groups.get("half0") or "")
    if after is not None:
        # a 24-hour time with a superfluous word ("14:00 PM") is read; "14:00 AM" and "0:00 PM" contradict themselves
        good &= (hour < 24) & ~((hour == 0) if after else (hour > 12))
        hour = np.where((hour >= 1) & (hour <= 12), hour % 12 + (12 if after else 0), hour)
    day_ms = ((hour * 60 + minute) * 60 + second) * 1000
    if groups.get("f"):
        day_ms += figures.number("f", 3) * 10 ** (3 - min(3, len(groups["f"])))
    return day_ms, good & ((hour < 24) | (day_ms == 86_400_000))


def offsets(match: re.Match[str], figures: Figures) -> Ints | int:
    """Minutes from UTC, or `NO_OFFSET`: ``Z``, ``+02:00``, ``GMT-7:00``, ``+0530``, ``-04``."""
    text = match.groupdict().get("off")
    if not text:
        return NO_OFFSET
    places = [match.start("off") + at for at, character in enumerate(text) if "0" <= character <= "9"]
    digit = figures.first_digit if figures.are_alike("off") else figures.digit  # the usual column: one offset
    total: Ints | int = 0
    for place in places:
        total = total * 10 + digit(place)
    minutes = total * 60 if len(places) <= 2 else total // 100 * 60 + total % 100
    return -minutes if "-" in text or "−" in text else minutes
