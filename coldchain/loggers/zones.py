"""From local times to UTC: fixed offsets, IANA zones, and the hours that clocks skip or repeat."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import Milliseconds
from coldchain.errors import UsageError

_FIXED = re.compile(r"(?:UTC|GMT)?\s?([+\-−])([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)
_DAY = 86_400_000

HINTS: dict[str, tuple[str, ...]] = {
    "CST": ("America/Chicago", "America/Mexico_City", "Asia/Shanghai"),
    "CDT": ("America/Chicago", "America/Havana"),
    "EST": ("America/New_York", "Australia/Sydney"),
    "EDT": ("America/New_York", "Australia/Sydney"),
    "MST": ("America/Denver", "America/Phoenix"),
    "MDT": ("America/Denver",),
    "PST": ("America/Los_Angeles", "Asia/Manila"),
    "PDT": ("America/Los_Angeles",),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "GMT": ("Europe/London", "UTC"),
    "WET": ("Europe/Lisbon",),
    "WEST": ("Europe/Lisbon",),
    "CET": ("Europe/Berlin", "Europe/Paris"),
    "CEST": ("Europe/Berlin", "Europe/Paris"),
    "MEZ": ("Europe/Berlin",),
    "MESZ": ("Europe/Berlin",),
    "EET": ("Europe/Helsinki", "Africa/Cairo"),
    "EEST": ("Europe/Helsinki",),
    "SAST": ("Africa/Johannesburg",),
    "HST": ("Pacific/Honolulu",),
    "AEST": ("Australia/Brisbane", "Australia/Sydney"),
    "AEDT": ("Australia/Sydney",),
    "PACIFIC STANDARD TIME": ("America/Los_Angeles",),
    "MOUNTAIN STANDARD TIME": ("America/Denver",),
    "CENTRAL STANDARD TIME": ("America/Chicago",),
    "EASTERN STANDARD TIME": ("America/New_York",),
    "GMT STANDARD TIME": ("Europe/London",),
    "W. EUROPE STANDARD TIME": ("Europe/Berlin",),
    "CENTRAL EUROPE STANDARD TIME": ("Europe/Budapest", "Europe/Prague"),
    "CENTRAL EUROPEAN STANDARD TIME": ("Europe/Warsaw",),
    "ROMANCE STANDARD TIME": ("Europe/Paris", "Europe/Madrid"),
    "E. EUROPE STANDARD TIME": ("Europe/Chisinau",),
    "TURKEY STANDARD TIME": ("Europe/Istanbul",),
    "CHINA STANDARD TIME": ("Asia/Shanghai",),
    "INDIA STANDARD TIME": ("Asia/Kolkata",),
}
"""What zone words often stand for: suggested to the user, never chosen (``CST`` alone has three meanings)."""


@dataclass(frozen=True)
class Zone:
    """A declared zone: its name as it is shown, and its rules."""

    name: str
    rules: tzinfo

    @property
    def fixed_min(self) -> int | None:
        """The offset in minutes where the zone never changes it."""
        if not isinstance(self.rules, timezone):
            return None
        return self.rules.utcoffset(None) // timedelta(minutes=1)


def parse_zone(text: str) -> Zone:
    """An IANA zone (``Europe/Berlin``) or a fixed offset (``+02:00``, ``UTC``).

    Raises:
        UsageError: It is neither; zone abbreviations such as ``CST`` mean several zones.
    """
    cleaned = text.strip()
    if cleaned.upper() in {"UTC", "Z", "ETC/UTC"}:
        return Zone("UTC", UTC)
    fixed = _FIXED.fullmatch(cleaned)
    if fixed:
        minutes = int(fixed[2]) * 60 + int(fixed[3] or 0)
        if minutes <= 15 * 60 and int(fixed[3] or 0) < 60:
            minutes = minutes if fixed[1] == "+" else -minutes
            return Zone(format_offset(minutes), timezone(timedelta(minutes=minutes)))
    if "/" in cleaned:
        try:
            return Zone(cleaned, ZoneInfo(cleaned))
        except (KeyError, ValueError, OSError):
            pass
    raise UsageError(
        f"the time zone {text!r} is not known: give an IANA zone such as 'Europe/Berlin' or an offset such as '+02:00'"
    )


def format_offset(minutes: int) -> str:
    """``+02:00`` from 120."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


@dataclass(frozen=True)
class Placed:
    """Local times seen through a zone; shape (n,) each.

    Attributes:
        early, late: UTC ms if the clock is read before or after a change back; equal except in a repeated hour.
        skipped: The local time does not exist in the zone.
    """

    early: Milliseconds
    late: Milliseconds
    skipped: NDArray[np.bool_]

    @property
    def repeated(self) -> NDArray[np.bool_]:
        """The local time exists twice."""
        repeated: NDArray[np.bool_] = np.not_equal(self.early, self.late)
        return repeated & ~self.skipped


def place(local_ms: Milliseconds, zone: Zone) -> Placed:
    """The instants that local times can mean, day by day: only days on which the clock changes need each row."""
    if zone.fixed_min is not None:
        at = local_ms - zone.fixed_min * 60_000
        return Placed(at, at, np.zeros(local_ms.size, dtype=bool))
    early, late = local_ms.copy(), local_ms.copy()
    skipped = np.zeros(local_ms.size, dtype=bool)
    days, which = _days(local_ms)
    offsets = np.zeros(days.size, dtype=np.int64)
    changing: list[int] = []
    for index, day in enumerate(days.tolist()):
        start = day * _DAY
        moments = ((start, 0), (start, 1), (start + _DAY // 2, 0), (start + _DAY - 1, 1))
        seen = [_offset_ms(moment, zone, fold) for moment, fold in moments]
        offsets[index] = seen[0]
        if len(set(seen)) > 1:
            changing.append(index)
    early -= offsets[which]
    late -= offsets[which]
    for row in np.flatnonzero(np.isin(which, changing)).tolist():
        local = int(local_ms[row])
        before, after = _offset_ms(local, zone, 0), _offset_ms(local, zone, 1)
        early[row], late[row] = local - before, local - after
        skipped[row] = before < after
    return Placed(early, late, skipped)


def _days(local_ms: Milliseconds) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The days that times lie in, in order, and which one each time lies in."""
    day = local_ms // _DAY
    changes = np.concatenate(([True], day[1:] != day[:-1]))[: day.size]
    days, run_of = np.unique(day[changes], return_inverse=True)
    return days, np.repeat(run_of, np.diff(np.flatnonzero(changes), append=day.size))


def _offset_ms(local_ms: int, zone: Zone, fold: int) -> int:
    moment = datetime(1970, 1, 1) + timedelta(milliseconds=local_ms)  # noqa: DTZ001 -- a wall clock time
    offset = moment.replace(tzinfo=zone.rules, fold=fold).utcoffset() or timedelta(0)
    return offset // timedelta(milliseconds=1)


def settle_repeated(placed: Placed, interval_ms: int | None) -> tuple[Milliseconds, int | None]:
    """Choose for each time in a repeated hour which of the two it is.

    A choice is proven where only one keeps the readings in order, or where only one keeps the logger's interval.

    Args:
        placed: The readings in the file's order, oldest first.
        interval_ms: What the logger's interval is, if it is constant.

    Returns:
        UTC ms, and the index of the first reading that nothing settles (or ``None``).
    """
    at = placed.early.copy()
    rows = np.flatnonzero(placed.repeated)
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if rows.size else []:
        first, last = int(run[0]), int(run[-1]) + 1
        switch = _switch(placed, at, first, last, interval_ms)
        if switch is None:
            return at, first
        at[switch:last] = placed.late[switch:last]
    return at, None


def _switch(placed: Placed, at: Milliseconds, first: int, last: int, interval_ms: int | None) -> int | None:
    """From which reading of a run on the clock has been set back; ``None`` where several answers are possible."""
    before = at[max(first - 1, 0) : first]
    after = placed.early[last : last + 1]
    possible: list[tuple[int, int]] = []
    for switch in _switches(placed, first, last):
        sequence = np.concatenate((before, placed.early[first:switch], placed.late[switch:last], after))
        steps = np.diff(sequence)
        if (steps >= 0).all():
            kept = int((np.abs(steps - interval_ms) <= 1_500).sum()) if interval_ms else 0
            possible.append((kept, switch))
    if len(possible) == 1:
        return possible[0][1]
    if not possible or interval_ms is None:
        return None
    best = max(kept for kept, _ in possible)
    winners = [switch for kept, switch in possible if kept == best]
    steps_there = last - first - 1 + before.size + after.size
    return winners[0] if len(winners) == 1 and best == steps_there else None


def _switches(placed: Placed, first: int, last: int) -> Sequence[int]:
    """Where in a run the clock can have been set back: at its one step backwards, or anywhere if there is none."""
    backwards = np.flatnonzero(np.diff(placed.early[first:last]) < 0)
    if backwards.size == 0:
        return range(first, last + 1) if last - first <= 10_000 else (first, last)
    return (first + int(backwards[0]) + 1,) if backwards.size == 1 else ()
