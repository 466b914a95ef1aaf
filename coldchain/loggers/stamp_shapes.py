"""How loggers write a date and a time of day: the shapes, the months' names, the words for morning and afternoon."""

import re
from functools import cache, lru_cache

from coldchain.loggers.zones import HINTS

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
_ZONE = "|".join(word for word in HINTS if " " not in word)
_CLOCK = (
    rf"(?:(?P<half0>{HALF})\s*)?(?P<h>[0-9]{{1,2}})\s?[:.hH]\s?(?P<mi>[0-9]{{2}})(?:[:.](?P<s>[0-9]{{2}})(?:[.,](?P<f>[0-9]{{1,9}}))?)?"
    rf"(?:\s*(?P<half>{HALF}))?(?:\s*(?P<off>Z|UTC|(?:GMT|UTC)?\s?[+\-−][0-9]{{1,2}}:?[0-9]{{2}}|(?:GMT|UTC)\s?[+\-−][0-9]|[+\-−][0-9]{{2}})"
    rf"|\s+(?P<zone>{_ZONE}))?"
)
_NUMBERS = r"(?P<a>[0-9]{1,4})(?P<sep>[-/.])\s?(?P<b>[0-9]{1,2})(?P=sep)\s?(?P<c>[0-9]{1,4})\.?"
_NAMED = rf"(?:\w{{2,4}}\.?,?\s+)?(?P<a>[0-9]{{1,4}})\.?[-/\s]?\s?(?P<m>{_MONTH})\.?[-/\s,]\s?(?P<c>[0-9]{{1,4}})"
_NAME_FIRST = rf"(?:\w{{2,4}}\.?,?\s+)?(?P<m>{_MONTH})\.?[-/\s]\s?(?P<a>[0-9]{{1,2}}),?[-/\s]\s?(?P<c>[0-9]{{4}})"
_COMPACT = (
    r"(?P<a>[0-9]{4})(?P<b>[0-9]{2})(?P<c>[0-9]{2})[T _]?(?P<h>[0-9]{2}):?(?P<mi>[0-9]{2})(?::?(?P<s>[0-9]{2}))?"
    r"(?P<off>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_CHARACTERS = r"(?P<a>[0-9]{4})\s?[年년]\s?(?P<b>[0-9]{1,2})\s?[月월]\s?(?P<c>[0-9]{1,2})\s?[日일]"
_BETWEEN = r"(?:\s*[T,;]\s*|\s+)"

_SHAPES = (
    _NUMBERS + _BETWEEN + _CLOCK,
    _NAMED + _BETWEEN + _CLOCK,
    _NAME_FIRST + _BETWEEN + _CLOCK,
    _CLOCK + _BETWEEN + _NUMBERS,
    _CLOCK + _BETWEEN + _NAMED,
    _COMPACT,
    _CHARACTERS + r"\s*" + _CLOCK,
)
_UNNAMED = (re.sub(r"\?P<[abcm]>", "", written) for written in (_CHARACTERS, _NAMED))  # a pattern has each name once
_DATE = rf"(?:{'|'.join((_NUMBERS, *_UNNAMED))})"
_EPOCH = re.compile(r"\s*(?:[0-9]{9,10}(?:\.[0-9]+)?|[0-9]{12,13})\s*")
ANY_DIGIT = str.maketrans("123456789", "000000000")
"""For texts with a zero in place of every digit: no shape looks at which digits there are."""

_REMEMBERED = 4_096
_LONGEST = 200
"""Characters of a time that is worth remembering."""


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    """A shape with blanks around it; compiled when it is first asked for, since that takes longer than a small file."""
    return re.compile(rf"\s*{shape}\s*", re.IGNORECASE)


@lru_cache(_REMEMBERED)
def shape_of(zeros: str) -> re.Match[str] | None:
    """How a text, with zeros for its digits, is a time: the groups are its figures' places."""
    return next((match for shape in _SHAPES if (match := _pattern(shape).fullmatch(zeros))), None)


def _has_shape(text: str, shapes: tuple[str, ...]) -> bool:
    """Whether a text has one of some shapes."""
    zeros = text.translate(ANY_DIGIT)
    return "0" in zeros and (_remembered if len(text) <= _LONGEST else _looked_at)(zeros, shapes)


def _looked_at(zeros: str, shapes: tuple[str, ...]) -> bool:
    return any(_pattern(shape).fullmatch(zeros) for shape in shapes)


_remembered = lru_cache(_REMEMBERED)(_looked_at)


def is_stamp(text: str) -> bool:
    """Whether a text is a date with a time of day."""
    return _has_shape(text, _SHAPES)


def is_date(text: str) -> bool:
    """Whether a text is a date without a time of day."""
    return _has_shape(text, (_DATE,))


def is_time(text: str) -> bool:
    """Whether a text is a time of day without a date."""
    return _has_shape(text, (_CLOCK,))


def is_half(text: str) -> bool:
    """Whether a text is AM or PM, in one of many languages."""
    return bool(_HALF.fullmatch(text))


def is_epoch(text: str) -> bool:
    """Whether a text can be seconds or milliseconds since 1970."""
    return bool(_EPOCH.fullmatch(text))


def is_after_noon(half: str) -> bool | None:
    """Whether a word for a half of the day means the second one; ``None`` where there is no word."""
    return re.sub(r"\s", " ", half.lower()) not in _AM if half else None
