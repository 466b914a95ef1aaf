"""One number as loggers write it: decimal marks, ways to write minus, words for what is missing."""

import re
from decimal import Decimal

from coldchain.domain.quality import Fault, fault_of
from coldchain.domain.temperature import Unit, milli_c

MISSING_WORDS = frozenset(
    ("", "-", "--", "---", "----", "--.-", "--.--", "---.-", "–", "—", "na", "n/a", "#n/a", "null", "none", "nil",
     "missing", "no data", "unavailable", "unknown", "*", "**", "***", "?", "x")
)  # fmt: skip
NAN_WORDS = frozenset(("nan", "-nan", "#num!", "#value!", "#div/0!", "inf", "-inf", "+inf", "infinity"))
FAULT_WORDS = frozenset(
    ("err", "error", "fault", "fail", "failed", "ol", "open", "short", "sensor error", "no sensor", "probe error")
)
CLAMPED_WORDS = {"hi": 1, "high": 1, "hh": 1, "lo": -1, "low": -1, "ll": -1}

SENTINEL_TENTHS = 9999
"""999.9, whatever the unit: what loggers write for no measurement."""

_MINUS = "−–‐‑﹣－-"
_UNIT = r"(?:[°º˚�*]|deg(?:rees)?|Â°)?\s?(?P<unit>[CFK]|Celsius|Fahrenheit|Kelvin)"
_LONGEST = 64
"""Characters of a number with its unit; what is longer is none, and slow to look at."""

_NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+{_MINUS}])?\s?(?P<whole>[0-9]{{1,9}})?"
    rf"(?:(?P<mark>[., \xa0\u202f\u2009])(?P<fraction>[0-9]+))?"
    rf"(?:E(?P<exponent>[+-]0{{0,2}}[0-3]))?"
    rf"\s?(?P<after>[+{_MINUS}])?\s*(?P<close>\))?\s*(?:{_UNIT}\.?)?",
    re.IGNORECASE,
)


def match_of(text: str) -> re.Match[str] | None:
    """The parts of a number: ``whole``, ``mark``, ``fraction`` and so on; ``None`` where a text has another shape."""
    return _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None


def looks_like_number(text: str) -> bool:
    """Whether a text is a number in one of the styles that loggers use, with or without a unit."""
    match = match_of(text)
    return match is not None and bool(match["whole"] or match["fraction"])


def number_of(text: str, unit: Unit) -> int | Fault:
    """One temperature text in m°C, or why it is none."""
    written = plain_number(text)
    if written is None:
        return _fault_of_word(text.strip().lower())
    try:
        value = milli_c(written, unit)
    except ValueError:
        return Fault.OUT_OF_RANGE
    if Decimal(written) * 10 == SENTINEL_TENTHS:
        return Fault.SENTINEL
    fault = fault_of(value)
    return value if fault is None else fault


def plain_number(text: str) -> str | None:
    """``-1.756`` from ``1,756-``, ``(1 756)``, ``−1.756 °C`` or ``-1.756E+00``; ``None`` where a text is no number."""
    match = match_of(text)
    if match is None or not (match["whole"] or match["fraction"]) or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in (match["sign"], match["after"]) if sign]
    if len(signs) > 1 or (signs and match["open"]):
        return None
    minus = bool(match["open"]) or (bool(signs) and signs[0] in _MINUS)
    written = f"{'-' if minus else ''}{match['whole'] or '0'}" + (f".{match['fraction']}" if match["fraction"] else "")
    return f"{Decimal(written).scaleb(int(match['exponent'])):f}" if match["exponent"] else written


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
