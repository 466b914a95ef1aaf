"""From a column of time texts to numbers: three date parts whose order is still open, and the time of day.

Which of the three parts is the day is decided elsewhere (`date_order`), over the whole column.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

NO_OFFSET = 10_000
"""Stands in `Stamps.offset_min` where a text names no offset from UTC."""

_AM = (
    "am",
    "a.m.",
    "a. m.",
    "a.m",
    "dop.",
    "dop",
    "vorm.",
    "de.",
    "de",
    "πμ",
    "π.μ.",
    "fm",
    "f.m.",
    "sa",
    "ص",
    "오전",
    "上午",
    "午前",
)
_PM = (
    "pm",
    "p.m.",
    "p. m.",
    "p.m",
    "odp.",
    "odp",
    "nachm.",
    "du.",
    "du",
    "μμ",
    "μ.μ.",
    "em",
    "e.m.",
    "ch",
    "م",
    "오후",
    "下午",
    "午後",
)
HALF = "|".join(re.escape(word) for word in sorted(_AM + _PM, key=len, reverse=True))

MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar janvier enero ene gennaio gen januari janeiro tammi tammikuu",
            "feb february februar février févr fév febrero febbraio februari fevereiro fev helmi helmikuu",
            "mar march märz mär mrz mars marzo maart mrt março maalis maaliskuu",
            "apr april avril avr abril abr aprile huhti huhtikuu",
            "may mai mayo maggio mag mei maio touko toukokuu maj",
            "jun june juni juin junio giugno giu junho kesä kesäkuu",
            "jul july juli juillet juil julio luglio lug julho heinä heinäkuu",
            "aug august août aoû agosto ago augustus augusti elo elokuu",
            "sep sept september septembre septiembre settembre set setembro syys syyskuu",
            "oct october oktober okt octobre octubre ottobre ott outubro out loka lokakuu",
            "nov november novembre noviembre novembro marras marraskuu",
            "dec december dezember dez décembre déc diciembre dic dicembre dezembro joulu joulukuu",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip

_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_CLOCK = (
    rf"(?:(?P<half0>{HALF})\s*)?(?P<h>[0-9]{{1,2}})\s?[:.hH]\s?(?P<mi>[0-9]{{2}})(?:[:.](?P<s>[0-9]{{2}})(?:[.,](?P<f>[0-9]{{1,9}}))?)?"
    rf"(?:\s*(?P<half>{HALF}))?(?:\s*(?P<off>Z|UTC|(?:GMT|UTC)?\s?[+\-−][0-9]{{1,2}}:?[0-9]{{2}}|[+\-−][0-9]{{2}}))?"
)
_NUMBERS = r"(?P<a>[0-9]{1,4})(?P<sep>[-/.])\s?(?P<b>[0-9]{1,2})(?P=sep)\s?(?P<c>[0-9]{1,4})\.?"
_NAMED = rf"(?:\w{{2,4}}\.?,?\s+)?(?P<a>[0-9]{{1,4}})\.?[-/\s]?\s?(?P<m>{_MONTH})\.?[-/\s,]\s?(?P<c>[0-9]{{1,4}})"
_NAME_FIRST = rf"(?:\w{{2,4}}\.?,?\s+)?(?P<m>{_MONTH})\.?[-/\s]\s?(?P<a>[0-9]{{1,2}}),?[-/\s]\s?(?P<c>[0-9]{{4}})"
_COMPACT = (
    r"(?P<a>[0-9]{4})(?P<b>[0-9]{2})(?P<c>[0-9]{2})[T _]?(?P<h>[0-9]{2}):?(?P<mi>[0-9]{2})(?::?(?P<s>[0-9]{2}))?"
    r"(?P<off>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_BETWEEN = r"(?:\s*[T,;]\s*|\s+)"

_SHAPES = tuple(
    re.compile(rf"\s*{shape}\s*", re.IGNORECASE)
    for shape in (
        _NUMBERS + _BETWEEN + _CLOCK,
        _NAMED + _BETWEEN + _CLOCK,
        _NAME_FIRST + _BETWEEN + _CLOCK,
        _CLOCK + _BETWEEN + _NUMBERS,
        _CLOCK + _BETWEEN + _NAMED,
        _COMPACT,
    )
)
_DATE = re.compile(
    rf"\s*(?:{_NUMBERS}|(?:{_NAMED.replace('?P<a>', '').replace('?P<c>', '').replace('?P<m>', '')}))\s*", re.IGNORECASE
)
_TIME = re.compile(rf"\s*{_CLOCK}\s*", re.IGNORECASE)
_EPOCH = re.compile(r"\s*(?:[0-9]{9,10}(?:\.[0-9]+)?|[0-9]{12,13})\s*")


@dataclass(frozen=True)
class Stamps:
    """A column of times, one element a text; shape (n,) each.

    Attributes:
        parts: The three date parts as written, left to right; a month given by name stands as its number.
        digits: How many digits each part was written with, most over the column.
        day_ms: The time of day, ms.
        offset_min: The offset from UTC, minutes, or `NO_OFFSET`.
        good: False where the text is no time.
        named: Whether the month is given by name, and where: index of that part, or ``None``.
    """

    parts: tuple[Ints, Ints, Ints]
    digits: tuple[int, int, int]
    day_ms: Ints
    offset_min: Ints
    good: NDArray[np.bool_]
    named: int | None


def is_stamp(text: str) -> bool:
    """Whether a text is a date with a time of day."""
    return any(shape.fullmatch(text) for shape in _SHAPES)


def is_date(text: str) -> bool:
    """Whether a text is a date without a time of day."""
    return bool(_DATE.fullmatch(text))


def is_time(text: str) -> bool:
    """Whether a text is a time of day without a date."""
    return bool(_TIME.fullmatch(text))


def is_epoch(text: str) -> bool:
    """Whether a text can be seconds or milliseconds since 1970."""
    return bool(_EPOCH.fullmatch(text))


def parse_stamps(texts: Sequence[str]) -> Stamps:
    """The numbers in a column of time texts.

    Columns in which every text has its digits in the same places are done at once, others text by text;
    both give the same.
    """
    return _at_once(texts) or _one_by_one(texts)


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


def _at_once(texts: Sequence[str]) -> Stamps | None:
    """The whole column by NumPy, where all texts have the same length and the same characters but for digits."""
    if len(texts) < 8:
        return None
    first = texts[0]
    shape = next((shape for shape in _SHAPES if shape.fullmatch(first)), None)
    if shape is None or not first.isascii() or any(len(text) != len(first) for text in texts):
        return None
    match = shape.fullmatch(first)
    groups = match.groupdict() if match else {}
    if not match or groups.get("m") or groups.get("half") or groups.get("half0"):
        return None
    characters = np.array(texts, dtype=f"U{len(first)}").view(np.uint32).reshape(len(texts), len(first))
    digit = (characters >= 48) & (characters <= 57)
    if not (digit == digit[0]).all() or not (characters[:, ~digit[0]] == characters[0, ~digit[0]]).all():
        return None
    figures = characters.astype(np.int64) - 48

    def number(group: str, most: int = 9) -> Ints:
        if groups.get(group) is None:
            return np.zeros(len(texts), dtype=np.int64)
        start, end = match.span(group)
        total = np.zeros(len(texts), dtype=np.int64)
        for place in range(start, min(end, start + most)):
            total = total * 10 + figures[:, place]
        return total

    fraction = number("f", 3) * 10 ** (3 - min(3, len(groups.get("f") or "000")))
    offset = np.full(len(texts), NO_OFFSET, dtype=np.int64)
    if groups.get("off"):
        if any(text[match.start("off") : match.end("off")] != groups["off"] for text in texts):
            return None
        offset[:] = _offset(groups["off"])
    hour, minute, second = number("h"), number("mi"), number("s")
    day_ms = ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    good = (minute < 60) & (second < 60) & ((hour < 24) | (day_ms == 86_400_000))
    digits = (len(groups["a"]), len(groups["b"]), len(groups["c"]))
    return Stamps((number("a"), number("b"), number("c")), digits, day_ms, offset, good, None)


def _one_by_one(texts: Sequence[str]) -> Stamps:
    count = len(texts)
    parts = np.zeros((3, count), dtype=np.int64)
    day_ms = np.zeros(count, dtype=np.int64)
    offset = np.full(count, NO_OFFSET, dtype=np.int64)
    good = np.zeros(count, dtype=bool)
    digits = [0, 0, 0]
    named: set[int | None] = set()
    shape = _SHAPES[0]
    for index, text in enumerate(texts):
        match = shape.fullmatch(text)
        if match is None:
            shape = next((other for other in _SHAPES if other.fullmatch(text)), shape)
            match = shape.fullmatch(text)
            if match is None:
                continue
        groups = match.groupdict()
        clock = _clock(groups)
        if clock is None:
            continue
        written, where = _date_parts(match)
        named.add(where)
        for part, word in enumerate(written):
            parts[part, index] = MONTHS[word.lower()] if part == where else int(word)
            if part != where:
                digits[part] = max(digits[part], len(word))
        day_ms[index] = clock
        good[index] = True
        if groups.get("off"):
            offset[index] = _offset(groups["off"])
    where = named.pop() if len(named) == 1 else None
    return Stamps((parts[0], parts[1], parts[2]), (digits[0], digits[1], digits[2]), day_ms, offset, good, where)


def _date_parts(match: re.Match[str]) -> tuple[tuple[str, str, str], int | None]:
    groups = match.groupdict()
    if groups.get("m") is None:
        return (groups["a"], groups["b"], groups["c"]), None
    if match.start("m") < match.start("a"):
        return (groups["m"], groups["a"], groups["c"]), 0
    return (groups["a"], groups["m"], groups["c"]), 1


def _clock(groups: dict[str, str | None]) -> int | None:
    """The time of day in ms, or ``None`` where there is no such time."""
    hour, minute, second = int(groups["h"] or 0), int(groups["mi"] or 0), int(groups["s"] or 0)
    half = (groups.get("half") or groups.get("half0") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            # 24-hour clocks with a superfluous word exist ("14:00 PM"); "14:00 AM" contradicts itself
            if hour > 23 or (hour > 12 and half in _AM) or (hour == 0 and half in _PM):
                return None
        elif half in _AM:
            hour %= 12
        else:
            hour = hour % 12 + 12
    day_ms = ((hour * 60 + minute) * 60 + second) * 1000 + int(((groups.get("f") or "") + "000")[:3])
    if minute > 59 or second > 59 or (hour > 23 and day_ms != 86_400_000):
        return None
    return day_ms


def _offset(text: str | None) -> int:
    """Minutes from UTC of ``Z``, ``+02:00``, ``GMT-7:00``, ``+0530``, ``-04``."""
    figures = re.sub(r"[^0-9]", "", text or "")
    if not figures:
        return 0
    sign = -1 if "-" in (text or "") or "−" in (text or "") else 1
    hours, minutes = (int(figures), 0) if len(figures) <= 2 else (int(figures[:-2]), int(figures[-2:]))
    return sign * (hours * 60 + minutes)
