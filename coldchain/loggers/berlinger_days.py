"""A Fridge-tag's daily summaries as intervals in UTC: the first day from its activation, the last to its read-out."""

from collections.abc import Sequence
from datetime import date, datetime, time

import numpy as np

from coldchain.domain.extremes import Counted, Extremes
from coldchain.domain.product import COLDEST, HOTTEST
from coldchain.loggers.berlinger_tree import Node
from coldchain.loggers.date_order import local_times
from coldchain.loggers.logger_file import BeyondLimit, DailySummary
from coldchain.loggers.stamps import parse_stamps
from coldchain.loggers.summaries import Summary, extremes_of
from coldchain.loggers.zones import Zone

_DAY = 86_400_000
_MINUTE = 60_000


def daily_extremes(
    daily: Sequence[DailySummary], results: Node, zone: Zone | None
) -> tuple[tuple[Extremes, ...], tuple[str, ...]]:
    """The days' extremes in UTC and what is odd; nothing where the zone is not known."""
    if zone is None or not daily:
        return (), ()
    begun, read_out = _local(results.value("TS Actv")), _local(results.value("TS Report Creation"))
    return extremes_of((_summary(day, begun, read_out) for day in daily), zone)


def rolled_over(daily: Sequence[DailySummary], results: Node) -> tuple[str, ...]:
    """A sentence where the device was activated before the first day that it still holds."""
    begun = _local(results.value("TS Actv"))
    if begun is None or not daily:
        return ()
    first = min(day.day for day in daily)
    if _at(first, time(0)) <= begun // _DAY * _DAY:
        return ()
    activated = results.value("TS Actv") or ""
    return (
        f"the device was activated on {activated[:10]} and its memory has rolled over: what it measured before {first} "
        "is gone",
    )


def _summary(day: DailySummary, begun: int | None, read_out: int | None) -> Summary:
    midnight = _at(day.day, time(0))
    low_at, high_at = (None if at is None else _at(day.day, at) for at in (day.min_at, day.max_at))
    stated = [at for at in (low_at, high_at) if at is not None]
    start, end = midnight, midnight + _DAY
    if begun is not None and start < begun < end and all(begun <= at for at in stated):
        start = begun
    if read_out is not None and start < read_out < end and all(at <= read_out for at in stated):
        end = read_out
    return Summary(
        start, end, day.min_milli_c, day.max_milli_c, low_at, high_at, day.sensor_silent_min * _MINUTE,
        _counted(day.beyond),
    )  # fmt: skip


def _counted(beyond: Sequence[BeyondLimit]) -> tuple[Counted, ...]:
    """The minutes beyond the lower and the upper alarm, where the device has just these two.

    Its own logs show that it counts what lies beyond the limit, not what is equal to it.
    """
    if len(beyond) != 2 or None in (beyond[0].limit_milli_c, beyond[1].limit_milli_c):
        return ()
    low, high = sorted(beyond, key=lambda one: one.limit_milli_c or 0)
    return (
        Counted((COLDEST, (low.limit_milli_c or 0) - 1), low.minutes * _MINUTE),
        Counted(((high.limit_milli_c or 0) + 1, HOTTEST), high.minutes * _MINUTE),
    )


def _at(day: date, at: time) -> int:
    return int(np.datetime64(datetime.combine(day, at), "ms").astype(np.int64))


def _local(text: str | None) -> int | None:
    stamps = parse_stamps([text or ""])
    local_ms, good = local_times(stamps, "YMD")
    return int(local_ms[0]) if good[0] and stamps.digits[0] == 4 else None
