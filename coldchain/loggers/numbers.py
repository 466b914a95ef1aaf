"""From a column of number texts to m°C: decimal marks by evidence, and what is missing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.quality import SENTINELS_MILLI_C, Fault, SensorRange, fault_of, faulty
from coldchain.domain.temperature import Unit, milli_c_array
from coldchain.errors import FileRefused
from coldchain.loggers.cells import Cells, LineNumbers, Which
from coldchain.loggers.number_texts import CLAMPED_WORDS, SENTINEL_TENTHS, match_of, number_of, plain_number
from coldchain.loggers.plain_numbers import plain

IMPLAUSIBLE_C = 200.0
"""A logger's column of whole numbers beyond this (either way) has lost its decimal mark: 20865 for 20.865."""

_LOOKED_AT = 2_000

_MARKS = {" ": " ", "\xa0": " ", "\u202f": " ", "\u2009": " ", ".": ".", ",": ","}


@dataclass
class Scan:
    """What the texts of a temperature column show.

    Attributes:
        marks: Decimal marks seen, each with the first line and text that shows it.
        units: Units written beside values, likewise.
        bare: The first value without a unit.
    """

    marks: dict[str, tuple[int, str]] = field(default_factory=dict)
    units: dict[str, tuple[int, str]] = field(default_factory=dict)
    bare: tuple[int, str] | None = None

    @classmethod
    def of(cls, lines: LineNumbers, texts: Sequence[str]) -> "Scan":
        """What one column shows."""
        scan = cls()
        scan.look(lines, texts)
        return scan

    def look(self, lines: LineNumbers, texts: Sequence[str]) -> None:
        """Note what a column shows."""
        cells = Cells.of(texts)
        plain_ones = plain(cells)
        marks = {mark: (row, texts[row].strip()) for mark, row in plain_ones.first.items()}
        bare = int(np.argmax(plain_ones.good)) if plain_ones.good.any() else None
        units: dict[str, tuple[int, str]] = {}
        matched: dict[str, re.Match[str] | None] = {}
        for row in plain_ones.rest.tolist():
            text = texts[row]
            match = matched[text] if text in matched else matched.setdefault(text, match_of(text))
            if match is None:
                continue
            if match["mark"] and row < marks.get(_MARKS[match["mark"]], (len(texts),))[0]:
                marks[_MARKS[match["mark"]]] = (row, text.strip())
            if match["unit"]:
                units.setdefault(match["unit"][0].upper(), (row, text.strip()))
            elif match["whole"] and (bare is None or row < bare):
                bare = row
        for seen, found in ((self.marks, marks), (self.units, units)):
            for key, (row, text) in sorted(found.items(), key=lambda item: item[1][0]):
                seen.setdefault(key, (int(lines[row]), text))
        if bare is not None and self.bare is None:
            self.bare = (int(lines[bare]), texts[bare].strip())


@dataclass(frozen=True)
class Numbers:
    """A column in m°C.

    Attributes:
        milli_c: Shape (n,); 0 where `fault` is set.
        good: Where there is a temperature.
        faults: Row index -> why there is none.
        clamped: Rows that say HI or LO and stand for the end of the device's known range.
    """

    milli_c: NDArray[np.int64]
    good: NDArray[np.bool_]
    faults: dict[int, Fault]
    clamped: tuple[int, ...] = ()


def parse_numbers(texts: Sequence[str], unit: Unit, known_range: SensorRange | None = None) -> Numbers:
    """The temperatures of a column whose decimal mark is settled.

    Args:
        texts: The cells.
        unit: What they are written in.
        known_range: The device's range, if known: ``HI`` and ``LO`` then stand for its ends.
    """
    cells = Cells.of(texts)
    plain_ones = plain(cells)
    column, good = plain_ones.milli_c(unit), plain_ones.good.copy()
    faults: dict[int, Fault] = {}
    clamped: list[int] = []
    if known_range is not None or not plain_ones.all_good:
        rest = [texts[row] for row in plain_ones.rest.tolist()]
        others = _floats(rest, unit) or _by_text(rest, unit, known_range)
        column[plain_ones.rest], good[plain_ones.rest] = others.milli_c, others.good
        faults = dict.fromkeys(np.flatnonzero(~plain_ones.good).tolist(), Fault.MISSING)
        for row in plain_ones.rest.tolist():
            del faults[row]
        faults |= {int(plain_ones.rest[at]): fault for at, fault in others.faults.items()}
        clamped = [int(plain_ones.rest[at]) for at in others.clamped]
    sentinel = plain_ones.equal(SENTINEL_TENTHS)
    wrong = plain_ones.good & (faulty(column) | sentinel)
    for row in np.flatnonzero(wrong).tolist():
        faults[row] = Fault.SENTINEL if sentinel[row] else fault_of(int(column[row])) or Fault.OUT_OF_RANGE
    good &= ~wrong
    return Numbers(column, good, faults, tuple(clamped))


def _floats(texts: Sequence[str], unit: Unit) -> Numbers | None:
    """Longer plain numbers by NumPy, where every text is one and short enough for a float to hold exactly."""
    if not texts or not set("".join(texts)) <= set("0123456789.+-") or max(map(len, texts)) > 15:
        return None
    if any(text[-1:] == "." or len(text.partition(".")[0].lstrip("+-")) > 9 for text in texts):  # floats to Python only
        return None
    try:
        values = np.array(texts).astype(np.float64)
    except ValueError:
        return None
    column = milli_c_array(values, unit)
    raw_sentinel = values == SENTINEL_TENTHS / 10
    wrong = faulty(column) | raw_sentinel
    faults = {
        int(row): (Fault.SENTINEL if raw_sentinel[row] else fault_of(int(column[row])) or Fault.OUT_OF_RANGE)
        for row in np.flatnonzero(wrong)
    }
    return Numbers(column, ~wrong, faults)


def _by_text(texts: Sequence[str], unit: Unit, known_range: SensorRange | None) -> Numbers:
    column = np.zeros(len(texts), dtype=np.int64)
    faults: dict[int, Fault] = {}
    clamped: list[int] = []
    known: dict[str, int | Fault] = {}  # a column has few different texts
    for row, text in enumerate(texts):
        side = CLAMPED_WORDS.get(text.strip().lower())
        if side and known_range is not None:
            column[row] = known_range.high_milli_c if side > 0 else known_range.low_milli_c
            clamped.append(row)
            continue
        value = known[text] if text in known else known.setdefault(text, number_of(text, unit))
        if isinstance(value, Fault):
            faults[row] = value
        else:
            column[row] = value
    good = np.ones(len(texts), dtype=bool)
    good[list(faults)] = False
    return Numbers(column, good, faults, tuple(clamped))


def filled_in(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which cells of a column hold anything, shape (n,)."""
    if not isinstance(texts, Cells):
        return np.fromiter(map(bool, texts), dtype=bool, count=len(texts))
    filled: NDArray[np.bool_] = (texts.end - texts.before > 1).astype(bool)
    for row in plain(texts).rest.tolist():
        filled[row] = bool(texts[row])
    return filled


def taken(texts: Sequence[str], rows: Which) -> Sequence[str]:
    """Some cells of a column."""
    if isinstance(rows, slice):
        return texts
    return texts.take(rows) if isinstance(texts, Cells) else [texts[row] for row in rows.tolist()]


def holds_numbers(texts: Sequence[str]) -> bool:
    """Whether half of the first filled cells are numbers, or words by which loggers say that one is missing."""
    if isinstance(texts, Cells) and len(texts) and plain(texts).good[:_LOOKED_AT].all():
        return True
    filled = Counter(islice((text for cell in texts if (text := cell.strip())), _LOOKED_AT))
    usual = sum(often for text, often in filled.items() if number_of(text, Unit.C) is not Fault.DAMAGED)
    return bool(filled) and usual * 2 >= filled.total()


def refuse_lost_decimals(channel: str, lines: LineNumbers, texts: Sequence[str], unit: Unit) -> None:
    """Refuse a column of whole numbers that no thermometer can mean.

    Raises:
        FileRefused: ``ambiguous-decimal``: the decimal mark was lost when the file was written.
    """
    cells = Cells.of(texts)
    found = plain(cells)
    milli = found.milli_c(unit)
    numbers = found.good & ~(np.isin(milli, SENTINELS_MILLI_C) | found.equal(SENTINEL_TENTHS))
    far = numbers & (np.abs(milli) > IMPLAUSIBLE_C * 1000)
    held = int(numbers.sum())
    beyond: dict[int, int] = {}
    if far.any():
        values, first = np.unique(found.mantissa[far], return_index=True)
        beyond = dict(zip(values.tolist(), np.flatnonzero(far)[first].tolist(), strict=True))
    for row in found.rest.tolist():
        text = texts[row]
        value, written = number_of(text, unit), plain_number(text)
        if written is None or value is Fault.SENTINEL:
            continue
        held += 1
        if isinstance(value, Fault) or abs(value) > IMPLAUSIBLE_C * 1000:
            beyond[int(written)] = min(row, beyond.get(int(written), row))
    if len(beyond) > 2 or (beyond and len(beyond) >= held):
        row = min(beyond.values())
        raise FileRefused(
            "ambiguous-decimal",
            f"line {lines[row]}, column {channel!r}: {texts[row].strip()} has no decimal mark and is no temperature; "
            "the export lost its decimals, so export it again with a point or comma",
        )


def was_cut(texts: Sequence[str]) -> bool:
    """Whether the last number has fewer decimals than every other one: what is left when a file is cut off."""
    found = plain(Cells.of(texts))
    shown = np.where(found.good, found.decimals, -1)
    for row in found.rest.tolist():
        written = plain_number(texts[row])
        shown[row] = -1 if written is None else min(len(written.partition(".")[2]), 100)
    decimals = shown[shown >= 0]
    return decimals.size > 2 and bool(decimals[-1] < decimals[:-1].min())
