"""From a column of number texts to m°C: decimal marks by evidence, ways to write minus, and what is missing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.quality import Fault, SensorRange, fault_of, faulty
from coldchain.domain.temperature import Unit, milli_c, milli_c_array
from coldchain.errors import FileRefused

MISSING_WORDS = frozenset(
    ("", "-", "--", "---", "----", "--.-", "--.--", "---.-", "–", "—", "na", "n/a", "#n/a", "null", "none", "nil",
     "missing", "no data", "unavailable", "unknown", "*", "**", "***", "?", "x")
)  # fmt: skip
NAN_WORDS = frozenset(("nan", "-nan", "#num!", "#value!", "#div/0!", "inf", "-inf", "+inf", "infinity"))
FAULT_WORDS = frozenset(
    ("err", "error", "fault", "fail", "failed", "ol", "open", "short", "sensor error", "no sensor", "probe error")
)
CLAMPED_WORDS = {"hi": 1, "high": 1, "hh": 1, "lo": -1, "low": -1, "ll": -1}

IMPLAUSIBLE_C = 200.0
"""A logger's column of whole numbers beyond this (either way) has lost its decimal mark: 20865 for 20.865."""

_MARKS = {" ": " ", "\xa0": " ", "\u202f": " ", "\u2009": " ", ".": ".", ",": ","}
_MINUS = "−–‐‑﹣－-"
_UNIT = r"(?:[°º˚�*]|deg(?:rees)?|Â°)?\s?(?P<unit>[CFK]|Celsius|Fahrenheit|Kelvin)"
_LONGEST = 64
"""Characters of a number with its unit; what is longer is none, and slow to look at."""

_NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+{_MINUS}])?\s?(?P<whole>[0-9]{{1,9}})?"
    rf"(?:(?P<mark>[., \xa0\u202f\u2009])(?P<fraction>[0-9]+))?"
    rf"\s?(?P<after>[+{_MINUS}])?\s*(?P<close>\))?\s*(?:{_UNIT}\.?)?",
    re.IGNORECASE,
)


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
    def of(cls, lines: Sequence[int], texts: Sequence[str]) -> "Scan":
        """What one column shows."""
        scan = cls()
        scan.look(lines, texts)
        return scan

    def look(self, lines: Sequence[int], texts: Sequence[str]) -> None:
        """Note what a column shows."""
        joined = set("".join(texts))
        if joined <= set("0123456789.+-"):  # the usual column: nothing but plain numbers
            if "." in joined:
                self._note(self.marks, ".", lines, texts)
            return
        for line, text in zip(lines, texts, strict=True):
            match = _match(text)
            if match is None:
                continue
            if match["mark"]:
                self.marks.setdefault(_MARKS[match["mark"]], (line, text.strip()))
            if match["unit"]:
                self.units.setdefault(match["unit"][0].upper(), (line, text.strip()))
            elif match["whole"] and self.bare is None:
                self.bare = (line, text.strip())

    @staticmethod
    def _note(seen: dict[str, tuple[int, str]], key: str, lines: Iterable[int], texts: Sequence[str]) -> None:
        for line, text in zip(lines, texts, strict=True):
            if key in text:
                seen.setdefault(key, (line, text.strip()))
                return


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


def _match(text: str) -> re.Match[str] | None:
    return _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None


def looks_like_number(text: str) -> bool:
    """Whether a text is a number in one of the styles that loggers use, with or without a unit."""
    match = _match(text)
    return match is not None and bool(match["whole"] or match["fraction"])


def parse_numbers(texts: Sequence[str], unit: Unit, known_range: SensorRange | None = None) -> Numbers:
    """The temperatures of a column whose decimal mark is settled.

    Args:
        texts: The cells.
        unit: What they are written in.
        known_range: The device's range, if known: ``HI`` and ``LO`` then stand for its ends.
    """
    return _plain(texts, unit) or _by_text(texts, unit, known_range)


def _plain(texts: Sequence[str], unit: Unit) -> Numbers | None:
    """The whole column by NumPy where every text is a plain number short enough for a float to hold exactly."""
    if not set("".join(texts)) <= set("0123456789.+-") or not texts or max(map(len, texts)) > 15:
        return None
    if any(text[-1:] == "." for text in texts):  # a float to Python, half a number to us
        return None
    try:
        values = np.array(texts).astype(np.float64)
    except ValueError:
        return None
    column = milli_c_array(values, unit)
    wrong = faulty(column)
    raw_sentinel = values == 999.9
    faults = {
        int(row): (Fault.SENTINEL if raw_sentinel[row] else fault_of(int(column[row])) or Fault.OUT_OF_RANGE)
        for row in np.flatnonzero(wrong | raw_sentinel)
    }
    return Numbers(column, ~(wrong | raw_sentinel), faults)


def _by_text(texts: Sequence[str], unit: Unit, known_range: SensorRange | None) -> Numbers:
    column = np.zeros(len(texts), dtype=np.int64)
    faults: dict[int, Fault] = {}
    clamped: list[int] = []
    for row, text in enumerate(texts):
        side = CLAMPED_WORDS.get(text.strip().lower())
        if side and known_range is not None:
            column[row] = known_range.high_milli_c if side > 0 else known_range.low_milli_c
            clamped.append(row)
            continue
        value = number_of(text, unit)
        if isinstance(value, Fault):
            faults[row] = value
        else:
            column[row] = value
    good = np.ones(len(texts), dtype=bool)
    good[list(faults)] = False
    return Numbers(column, good, faults, tuple(clamped))


def number_of(text: str, unit: Unit) -> int | Fault:
    """One temperature text in m°C, or why it is none."""
    plain = plain_number(text)
    if plain is None:
        return _fault_of_word(text.strip().lower())
    try:
        value = milli_c(plain, unit)
    except ValueError:
        return Fault.OUT_OF_RANGE
    if plain == "999.9":
        return Fault.SENTINEL
    fault = fault_of(value)
    return value if fault is None else fault


def plain_number(text: str) -> str | None:
    """``-1.756`` from ``1,756-``, ``(1 756)`` or ``−1.756 °C``; ``None`` where the text is no number."""
    match = _match(text)
    if match is None or not (match["whole"] or match["fraction"]) or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in (match["sign"], match["after"]) if sign]
    if len(signs) > 1 or (signs and match["open"]):
        return None
    minus = bool(match["open"]) or (bool(signs) and signs[0] in _MINUS)
    return f"{'-' if minus else ''}{match['whole'] or '0'}" + (f".{match['fraction']}" if match["fraction"] else "")


def _fault_of_word(word: str) -> Fault:
    if word in MISSING_WORDS:
        return Fault.MISSING
    if word in NAN_WORDS:
        return Fault.NOT_A_NUMBER
    if word in FAULT_WORDS:
        return Fault.SENTINEL
    if word in CLAMPED_WORDS:
        return Fault.OUT_OF_RANGE
    return Fault.DAMAGED


def refuse_lost_decimals(channel: str, lines: Sequence[int], texts: Sequence[str], unit: Unit) -> None:
    """Refuse a column of whole numbers that no thermometer can mean.

    Raises:
        FileRefused: ``ambiguous-decimal``: the decimal mark was lost when the file was written.
    """
    beyond: dict[int, tuple[int, str]] = {}
    held = 0
    for line, text in zip(lines, texts, strict=True):
        value = number_of(text, unit)
        plain = plain_number(text)
        if plain is None or (not isinstance(value, Fault) and abs(value) <= IMPLAUSIBLE_C * 1000):
            held += plain is not None
            continue
        if isinstance(value, Fault) and value is Fault.SENTINEL:
            continue
        held += 1
        beyond.setdefault(int(plain), (line, text.strip()))
    if len(beyond) > 2 or (beyond and len(beyond) >= held):
        line, text = next(iter(beyond.values()))
        raise FileRefused(
            "ambiguous-decimal",
            f"line {line}, column {channel!r}: {text} has no decimal mark and is no temperature; "
            "the export lost its decimals, so export it again with a point or comma",
        )


def was_cut(texts: Sequence[str]) -> bool:
    """Whether the last number has fewer decimals than every other one: what is left when a file is cut off."""
    decimals = [len(plain.partition(".")[2]) for text in texts if (plain := plain_number(text)) is not None]
    return len(decimals) > 2 and decimals[-1] < min(decimals[:-1])
