"""Durations as people write and read them: ``8h``, ``30 min``, ``1 d 4 h``, ``PT8H``."""

import re
from datetime import timedelta

_UNITS = {"d": 86_400_000, "h": 3_600_000, "min": 60_000, "s": 1_000, "ms": 1}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(ms|min|d|h|s)(?![a-z])\s*")
_ISO = re.compile(
    r"P(?:(?P<d>\d{1,9})D)?(?:T(?=\d)(?:(?P<h>\d{1,9})H)?(?:(?P<min>\d{1,9})M)?(?:(?P<s>\d{1,9}(?:\.\d{1,3})?)S)?)?"
)


def parse_duration(text: str) -> timedelta:
    """The duration that a text states.

    Args:
        text: Numbers with units (``ms s min h d``), such as ``1 d 4 h``, or ISO 8601, such as ``PT8H``.

    Raises:
        ValueError: The text is not a duration; the message says what one looks like.
    """
    cleaned = text.strip()
    iso = _ISO.fullmatch(cleaned)
    if iso and any(iso.groupdict().values()):
        parts = [(number, unit) for unit, number in iso.groupdict().items() if number]
    else:
        parts = _PART.findall(cleaned)
        if not parts or _PART.sub("", cleaned):
            raise ValueError(f"write a duration with its unit, such as '8h', '30 min' or 'PT8H' (got {text!r})")
    milliseconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if milliseconds > 36_525 * 86_400_000:
        raise ValueError(f"{text!r} is longer than a hundred years")
    return timedelta(milliseconds=round(milliseconds))


def milliseconds(duration: timedelta) -> int:
    """A duration in whole milliseconds."""
    return duration // timedelta(milliseconds=1)


def format_duration(duration: timedelta | int) -> str:
    """A duration as people read it, from milliseconds or a timedelta: ``1 h 5 min``, ``2 d``, ``45 s``, ``0 min``.

    Two units at most; what is cut off is rounded to the smaller of them.
    """
    total = duration if isinstance(duration, int) else milliseconds(duration)
    if total < 0:
        return "−" + format_duration(-total)
    if total == 0:
        return "0 min"
    sizes = list(_UNITS.items())
    at = next(index for index, (_, size) in enumerate(sizes) if total >= size or size == 1)
    smaller = sizes[min(at + 1, len(sizes) - 1)][1]
    rounded = (total + smaller // 2) // smaller * smaller
    if at and rounded >= sizes[at - 1][1]:  # 59 min 59.9 s reads as 1 h
        at -= 1
    parts = []
    for unit, size in sizes[at : at + 2]:
        count, rounded = divmod(rounded, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts)


def in_full(duration: timedelta | int) -> str:
    """A duration to the millisecond, for what a rule allows: ``1 d 4 h 30 min``, ``23 h 59 min 59.999 s``."""
    total = duration if isinstance(duration, int) else milliseconds(duration)
    minutes, rest = divmod(total, 60_000)
    parts = []
    for unit, size in (("d", 1440), ("h", 60), ("min", 1)):
        count, minutes = divmod(minutes, size)
        parts += [f"{count} {unit}"] if count else []
    if rest:
        parts.append(f"{rest // 1000}.{rest % 1000:03d}".rstrip("0").rstrip(".") + " s")
    return " ".join(parts) or "0 min"


def at_least(duration_ms: int) -> str:
    """A duration never said longer than it is: rounded down, to minutes from an hour on, to seconds below."""
    return _said(duration_ms - duration_ms % _grain(duration_ms))


def at_most(duration_ms: int) -> str:
    """A duration never said shorter than it is: rounded up as `at_least` rounds down."""
    return _said(-(-duration_ms // _grain(duration_ms)) * _grain(duration_ms))


def about(duration_ms: int) -> str:
    """A duration rounded to the nearest."""
    grain = _grain(duration_ms)
    return _said((duration_ms + grain // 2) // grain * grain)


def _grain(duration_ms: int) -> int:
    if duration_ms >= 3_600_000:
        return 60_000
    return 1_000 if duration_ms >= 1_000 else 1


def _said(duration_ms: int) -> str:
    parts = []
    for unit, size in _UNITS.items():
        count, duration_ms = divmod(duration_ms, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 min"
