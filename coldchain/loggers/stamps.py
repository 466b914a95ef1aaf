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
HALF = "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(_AM + _PM, key=len, reverse=True))
_HALF = re.compile(HALF, re.IGNORECASE)

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
_ANY_DIGIT = str.maketrans("123456789", "000000000")
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


def is_half(text: str) -> bool:
    """Whether a text is AM or PM, in one of many languages."""
    return bool(_HALF.fullmatch(text))


def is_epoch(text: str) -> bool:
    """Whether a text can be seconds or milliseconds since 1970."""
    return bool(_EPOCH.fullmatch(text))


def parse_stamps(texts: Sequence[str]) -> Stamps:
    """The numbers in a column of time texts.

    Texts with their digits in the same places and the same characters between them are done at once: one group in
    most columns, two with AM and PM, a few more where numbers are not padded.
    """
    groups: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        groups.setdefault(text.translate(_ANY_DIGIT), []).append(row)
    count = len(texts)
    parts = np.zeros((3, count), dtype=np.int64)
    day_ms, offset = np.zeros(count, dtype=np.int64), np.full(count, NO_OFFSET, dtype=np.int64)
    good = np.zeros(count, dtype=bool)
    digits = [0, 0, 0]
    named: set[int | None] = set()
    for members in groups.values():
        match = _match(texts[members[0]])
        if match is None:
            continue
        rows = np.array(members, dtype=np.int64)
        figures = _figures([texts[row] for row in members] if len(groups) > 1 else texts)
        day_ms[rows], fits = _times_of_day(match, figures)
        if not fits.any():
            continue
        good[rows] = fits
        offset[rows] = _offsets(match, figures)
        written, month_at = _date_parts(match)
        named.add(month_at)
        for part, group in enumerate(written):
            if part == month_at:
                parts[part, rows] = MONTHS[match["m"].lower()]
            else:
                parts[part, rows] = _number(match, group, figures)
                digits[part] = max(digits[part], len(match[group]))
    where = named.pop() if len(named) == 1 else None
    return Stamps((parts[0], parts[1], parts[2]), (digits[0], digits[1], digits[2]), day_ms, offset, good, where)


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


def _match(text: str) -> re.Match[str] | None:
    return next((match for shape in _SHAPES if (match := shape.fullmatch(text))), None)


def _figures(texts: Sequence[str]) -> NDArray[np.int64]:
    """The characters of texts of one length as numbers, "0" being 0; shape (texts, length)."""
    length = len(texts[0])
    characters = np.array(texts, dtype=f"U{length}").view(np.uint32).reshape(len(texts), length)
    return characters.astype(np.int64) - 48


def _number(match: re.Match[str], group: str, figures: NDArray[np.int64], most: int = 9) -> Ints:
    """What a group of digits says in every text; 0 where the group is not there."""
    total = np.zeros(figures.shape[0], dtype=np.int64)
    if match.groupdict().get(group) is None:
        return total
    start, end = match.span(group)
    for place in range(start, min(end, start + most)):
        total = total * 10 + figures[:, place]
    return total


def _date_parts(match: re.Match[str]) -> tuple[tuple[str, str, str], int | None]:
    """The groups of the three date parts from left to right, and which of them is a month's name."""
    if match.groupdict().get("m") is None:
        return ("a", "b", "c"), None
    return (("m", "a", "c"), 0) if match.start("m") < match.start("a") else (("a", "m", "c"), 1)


def _times_of_day(match: re.Match[str], figures: NDArray[np.int64]) -> tuple[Ints, NDArray[np.bool_]]:
    """The times of day in ms, and where there is such a time."""
    groups = match.groupdict()
    hour, minute, second = (_number(match, group, figures) for group in ("h", "mi", "s"))
    fraction = _number(match, "f", figures, 3) * 10 ** (3 - min(3, len(groups.get("f") or "000")))
    half = re.sub(r"\s", " ", (groups.get("half") or groups.get("half0") or "").lower())
    good = (minute < 60) & (second < 60)
    if half:
        after = half not in _AM
        # a 24-hour time with a superfluous word ("14:00 PM") is read; "14:00 AM" and "0:00 PM" contradict themselves
        good &= (hour < 24) & ~((hour == 0) if after else (hour > 12))
        hour = np.where((hour >= 1) & (hour <= 12), hour % 12 + (12 if after else 0), hour)
    day_ms = ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    return day_ms, good & ((hour < 24) | (day_ms == 86_400_000))


def _offsets(match: re.Match[str], figures: NDArray[np.int64]) -> Ints:
    """Minutes from UTC, or `NO_OFFSET`: ``Z``, ``+02:00``, ``GMT-7:00``, ``+0530``, ``-04``."""
    text = match.groupdict().get("off")
    if not text:
        return np.full(figures.shape[0], NO_OFFSET, dtype=np.int64)
    places = [match.start("off") + at for at, character in enumerate(text) if "0" <= character <= "9"]
    total = np.zeros(figures.shape[0], dtype=np.int64)
    for place in places:
        total = total * 10 + figures[:, place]
    minutes = total * 60 if len(places) <= 2 else total // 100 * 60 + total % 100
    return -minutes if "-" in text or "−" in text else minutes
