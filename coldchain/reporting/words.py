"""How limits, durations and instants are said, the same in every report: text, HTML and PDF."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import assert_never

from coldchain.domain import duration
from coldchain.domain.bounds import Bounds
from coldchain.domain.duration import in_full
from coldchain.domain.product import (
    COLDEST,
    HOTTEST,
    Allowance,
    AnyDuration,
    Each,
    Limit,
    NoAllowance,
    Predicate,
    Total,
)
from coldchain.domain.temperature import format_c
from coldchain.reporting.ticks import wall

at_least, at_most, about = duration.at_least, duration.at_most, duration.about


def triple(bounds: Bounds) -> str:
    """``at least 40 min, at most 1 h 5 min (estimate 50 min)``."""
    return (
        f"at least {at_least(bounds.at_least_ms)}, at most {at_most(bounds.at_most_ms)} "
        f"(estimate {about(bounds.estimate_ms)})"
    )


def limit_words(limit: Limit) -> str:
    """``above 8 °C``, ``outside 15–25 °C and 2–8 °C``, ``in 2–8 °C (refrigerated)``."""
    threshold = limit.threshold_milli_c
    if threshold is not None:
        return f"{limit.predicate.value.replace('_', ' ')} {format_c(threshold, 0)}"
    if limit.predicate is Predicate.OUTSIDE:
        return "outside " + " and ".join(_range(low, high) for low, high in good_ranges(limit.bad))
    return f"in {' and '.join(_range(low, high) for low, high in limit.bad)} ({limit.id.removeprefix('in-')})"


def good_ranges(bad: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The closed ranges that lie between bad intervals, m°C."""
    pairs = ((one[1] + 1, other[0] - 1) for one, other in pairwise(bad))
    return tuple(pair for pair in pairs if pair[0] <= pair[1])


def allowance_words(limit: Limit) -> str:
    """``no allowance``, ``up to 30 min at a time``, ``up to 24 h in all, at most once``."""
    times = "" if limit.times is None else f"at most {_times(limit.times)}"
    said = _allowance(limit.allowance)
    if not times:
        return said
    return times if isinstance(limit.allowance, AnyDuration) else f"{said}, {times}"


@dataclass(frozen=True)
class Clock:
    """A zone's wall clock, and what the zone is called."""

    zone: tzinfo
    name: str

    def __call__(self, at_ms: int) -> str:
        """``2021-04-08 23:00``; seconds where there are any; the offset in an hour that the clock shows twice."""
        local = wall(at_ms, self.zone)
        said = f"{local:%Y-%m-%d %H:%M}"
        if local.second or local.microsecond:
            said += f":{local:%S}"
        if local.microsecond:
            said += f".{local.microsecond // 1000:03d}"
        if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            said += f" {_offset(local.utcoffset() or timedelta())}"
        return said


def clock_of(zone: str | None) -> Clock:
    """The clock of an offset such as ``+02:00`` or of an IANA zone; UTC where neither is known."""
    if zone is None or zone in ("UTC", "Z", "+00:00"):
        return Clock(UTC, "UTC")
    offset = re.fullmatch(r"(?:UTC|GMT)?([+\-−])(\d{2}):?(\d{2})", zone)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return Clock(timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes)), f"UTC{zone[-6:]}")
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return Clock(ZoneInfo(zone), zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Clock(UTC, "UTC")


def printable(said: str) -> str:
    """Text from a file made safe to print: what could steer a terminal or turn text around becomes ``�``."""
    return "".join(
        " " if sign.isspace() else "�" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") else sign
        for sign in said
    )


_UNIT = re.compile(r"(\d) (°C|ms|s|min|h|d|%)(?!\w)")

_NEXT = re.compile(r"(\b(?:d|h|min|s)) (?=\d+\u00a0(?:h|min|s|ms)\b)")


def together(said: str) -> str:
    """The same words with every number kept on the line of its unit, by no-break spaces."""
    return _NEXT.sub("\\1\u00a0", _UNIT.sub("\\1\u00a0\\2", said))


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 reading``, ``48 readings``."""
    return f"{count:,}".replace(",", "\u00a0") + f" {one if count == 1 else many or one + 's'}"


def _range(low: int, high: int) -> str:
    if low <= COLDEST:
        return f"up to {format_c(high, 0)}"
    if high >= HOTTEST:
        return f"from {format_c(low, 0)} up"
    return f"{format_c(low, 0).removesuffix(' °C')}–{format_c(high, 0)}"


def _times(times: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(times, f"{times} times")


def _allowance(allowance: Allowance) -> str:
    match allowance:
        case NoAllowance():
            return "no allowance"
        case Each(duration):
            return f"up to {in_full(duration)} at a time"
        case Total(duration, within):
            window = "in all" if within is None else f"in any {in_full(within)}"
            return f"up to {in_full(duration)} {window}"
        case AnyDuration():
            return "any duration"
        case _:
            assert_never(allowance)


def _offset(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    sign = "+" if minutes >= 0 else "−"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
