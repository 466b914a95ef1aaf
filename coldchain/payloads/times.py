"""Device times: with an offset they are instants; without one they need a declared zone, or are not used."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LATEST_MS = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MILLISECOND
_ISO = re.compile(
    r"(\d{4})[-.](\d\d)[-.](\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,12})?)?)([Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)
CLOCKS_SET_MS = (datetime(2001, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
"""Clocks that were never set start in 1970, 1980 or 2000; a live reading from before 2001 is one of theirs."""

_EPOCH_S = re.compile(r"(\d{1,11})(?:\.(\d*))?", re.ASCII)
_EPOCH_MS = re.compile(r"\d{1,14}(?:\.\d*)?", re.ASCII)


def instant(text: str) -> int | None:
    """UTC ms of an ISO 8601 time that carries its offset, truncated; ``None`` where it is no such time."""
    found = _ISO.fullmatch(text.strip())
    if found is None or found[5] is None:
        return None
    parsed = _parsed(found)
    return None if parsed is None else _ms(parsed)


def wall_clock(text: str, zone: ZoneInfo) -> int | None:
    """UTC ms of a local time without offset, read in a zone.

    Args:
        text: ``2026-11-21T10:00:00``, or an old firmware's ``2026.11.21 10:00:00``.
        zone: Where that clock hangs.

    Returns:
        ``None`` where it is no such time, and where the clocks were changed so that it never was or was twice.
    """
    found = _ISO.fullmatch(text.strip())
    if found is None or found[5] is not None:
        return None
    local = _parsed(found)
    if local is None:
        return None
    try:
        first, second = (_ms(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    except (OverflowError, ValueError):  # the first or last day of the calendar
        return None
    return first if first == second else None


def epoch_ms(text: str) -> int | None:
    """UTC ms written as milliseconds since 1970, truncated; ``None`` where it is no such number."""
    return int(text.split(".")[0]) if _EPOCH_MS.fullmatch(text) else None


def epoch_s(text: str) -> int | None:
    """UTC ms written as seconds since 1970, with or without decimals, truncated; ``None`` where it is no such text."""
    found = _EPOCH_S.fullmatch(text)
    if found is None:
        return None
    at_ms = int(found[1]) * 1_000 + int((found[2] or "").ljust(3, "0")[:3])
    return at_ms if at_ms <= _LATEST_MS else None


def _parsed(found: re.Match[str]) -> datetime | None:
    clock = found[4].replace(",", ".")
    try:
        return datetime.fromisoformat(f"{found[1]}-{found[2]}-{found[3]}T{clock}{(found[5] or '').upper()}")
    except ValueError:  # a 31 February, a 25th hour
        return None


def _ms(at: datetime) -> int | None:
    found = (at - _EPOCH) // _MILLISECOND
    return found if 0 <= found <= _LATEST_MS else None
