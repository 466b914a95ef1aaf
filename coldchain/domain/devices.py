"""What a sensor's readings say about the sensor itself: findings of their own, never temperatures.

None of them changes a reading or a verdict; each tells a person to look at the device. The thresholds are this
program's, chosen wide so that a healthy probe is not accused: no standard names them. What was found once ends a little
inside its threshold (``standing``), so that a device on the edge is not found anew every hour.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from coldchain.domain.reading import Milliseconds, Trace

HOUR_MS = 3_600_000

STUCK_AFTER_MS = 24 * HOUR_MS
"""A probe that shows one and the same value for so long is stuck, if it can show finer steps than half a degree."""
STUCK_READINGS = 50
_FINE_STEP_MILLI_C = 200
"""A device with steps coarser than this may well show one value all day in a good refrigerator."""

JUMP_MILLI_C = 20_000
JUMP_WITHIN_MS = 5 * 60_000
"""No probe among medicines changes by 20 °C within five minutes; a loose contact does."""
LEAST_JUMP_MILLI_C = 2_000
WIDEST_STEP_MILLI_C = 100_000
"""From an ultra-low freezer into a room: no probe's surroundings change by more at once."""

POWER_UP_MILLI_C = 85_000
"""What a DS18B20 holds before its first conversion (Maxim's data sheet, "Operation: Measuring Temperature")."""

DRIFT_ALLOWED_MILLI_C = 500
"""Two probes of one place may differ by so much beside their uncertainties: they do not hang at the same point."""
DRIFT_PAIRS = 24
PAIRED_WITHIN_MS = 5 * 60_000

SKEW_MS = 60_000
SKEW_READINGS = 10

_ENDS_AT = 0.8
"""What is known to drift or to be off ends only below this part of what is allowed."""

LOW_BATTERY_PCT = 20
BATTERY_BACK_PCT = 5
"""A battery that was low is not any more when it holds so much more: a new one, not a warmer day."""
CALIBRATION_NOTICE_DAYS = 30


class Complaint(StrEnum):
    """What is the matter with a device."""

    STUCK = "stuck"
    JUMPS = "jumps"
    DRIFT = "drift"
    SKEW = "clock"
    POWER_UP = "power-up"
    RANGE = "range"
    RATE = "rate"
    BATTERY = "battery"
    CALIBRATION = "calibration"


@dataclass(frozen=True)
class DeviceFinding:
    """One thing that a person should look at.

    Attributes:
        complaint: What it is.
        since_ms: From when the readings show it, UTC ms.
        size: By how much: the stuck value in m°C, the largest jump in m°C, the median difference in m°C, the median
            skew in ms (positive: the device's clock is ahead of ours), a battery's charge in percent (-1: the device
            says low, and not how low), the days until a calibration is due (negative: overdue), the newest value
            that is none, m°C, or readings a minute.
        count: How many readings, jumps or pairs show it.
    """

    complaint: Complaint
    since_ms: int
    size: int
    count: int


def stuck(trace: Trace) -> DeviceFinding | None:
    """Whether the newest readings are all the same for longer than a refrigerator is still.

    A device of coarse steps is not accused: its smallest step before must be at most 0.2 °C.
    """
    if len(trace) < STUCK_READINGS:
        return None
    newest = int(trace.milli_c[-1])
    other = np.flatnonzero(trace.milli_c != newest)
    first = int(other[-1]) + 1 if other.size else 0
    since_ms, count = int(trace.at_ms[first]), len(trace) - first
    if count < STUCK_READINGS or int(trace.at_ms[-1]) - since_ms < STUCK_AFTER_MS:
        return None
    steps = np.abs(np.diff(trace.milli_c))
    moves = steps[steps > 0]
    if not moves.size or int(moves.min()) > _FINE_STEP_MILLI_C:
        return None
    return DeviceFinding(Complaint.STUCK, since_ms, newest, count)


def jumps_allowed_milli_c(within_ms: Milliseconds, time_constant_ms: int | None = None) -> Milliseconds:
    """From which change on between two readings no probe makes it; what is smaller may be real.

    A probe of time constant τ in surroundings that change at once by ``WIDEST_STEP_MILLI_C`` moves by that much times
    1 − e^(−t/τ): a probe in glycol cannot jump by what an air probe may.

    Args:
        within_ms: The times between neighbouring readings, shape (n,).
        time_constant_ms: As declared; ``None``: nobody has said, and only the general limit holds.

    Returns:
        m°C, shape (n,).
    """
    if not time_constant_ms:
        return np.full(within_ms.shape, JUMP_MILLI_C, dtype=np.int64)
    reached = np.ceil(-WIDEST_STEP_MILLI_C * np.expm1(-within_ms / time_constant_ms)).astype(np.int64)
    allowed: Milliseconds = np.clip(reached, LEAST_JUMP_MILLI_C, JUMP_MILLI_C)
    return allowed


def jumps(trace: Trace, time_constant_ms: int | None = None) -> DeviceFinding | None:
    """Changes between neighbouring readings that no probe among medicines makes.

    Args:
        trace: Its readings.
        time_constant_ms: The probe's, as declared: a slow probe is held to smaller changes.
    """
    if len(trace) < 2:
        return None
    steps, apart_ms = np.abs(np.diff(trace.milli_c)), np.diff(trace.at_ms)
    allowed = jumps_allowed_milli_c(apart_ms, time_constant_ms)
    wild = np.flatnonzero((steps >= allowed) & (apart_ms <= JUMP_WITHIN_MS))
    if not wild.size:
        return None
    return DeviceFinding(Complaint.JUMPS, int(trace.at_ms[wild[0]]), int(steps[wild].max()), int(wild.size))


def power_ups(trace: Trace) -> DeviceFinding | None:
    """Readings of exactly 85.000 °C far from what stands before and after: what a DS18B20 sends after power-up.

    Of a sensor that is known to send it they are quarantined; this one's were taken for temperatures.
    """
    if len(trace) < 2:
        return None
    at = np.flatnonzero(trace.milli_c == POWER_UP_MILLI_C)
    before, after = trace.milli_c[np.maximum(at - 1, 0)], trace.milli_c[np.minimum(at + 1, len(trace) - 1)]
    far = [(side == POWER_UP_MILLI_C) | (POWER_UP_MILLI_C - side >= JUMP_MILLI_C) for side in (before, after)]
    alone = (before != POWER_UP_MILLI_C) | (after != POWER_UP_MILLI_C)
    found = at[far[0] & far[1] & alone]
    if not found.size:
        return None
    return DeviceFinding(Complaint.POWER_UP, int(trace.at_ms[found[0]]), POWER_UP_MILLI_C, int(found.size))


def drift(
    one: Trace, other: Trace, uncertainty_milli_c: int = 0, *, standing: bool = False
) -> DeviceFinding | None:  # fmt: skip
    """Whether two probes of one place differ by more than their uncertainties and the place explain.

    Args:
        one, other: Their readings of the same span; compared where both measured within five minutes.
        uncertainty_milli_c: The sum of both calibrations' uncertainties.
        standing: It was found before and is not over.

    Returns:
        The median of ``one`` minus ``other``.
    """
    if not len(one) or not len(other):
        return None
    apart = compared(one, other)
    return apart if apart is not None and differs(apart, uncertainty_milli_c, standing=standing) else None


def differs(apart: DeviceFinding, uncertainty_milli_c: int, *, standing: bool = False) -> bool:
    """Whether two probes differ by more than is explained; the arguments are those of `drift`."""
    allowed = uncertainty_milli_c + DRIFT_ALLOWED_MILLI_C
    return abs(apart.size) > (allowed * _ENDS_AT if standing else allowed)


def compared(one: Trace, other: Trace) -> DeviceFinding | None:
    """By how much two probes of one place differ, be it much or little; ``None`` where too few readings pair up."""
    if not len(one) or not len(other):
        return None
    nearest = _nearest(other.at_ms, one.at_ms)
    together = np.abs(other.at_ms[nearest] - one.at_ms) <= PAIRED_WITHIN_MS
    if int(np.count_nonzero(together)) < DRIFT_PAIRS:
        return None
    differences = one.milli_c[together] - other.milli_c[nearest][together]
    return DeviceFinding(
        Complaint.DRIFT, int(one.at_ms[together][0]), int(np.median(differences)), int(differences.size)
    )


def skew(
    measured_ms: Milliseconds, received_ms: Milliseconds, *, standing: bool = False
) -> DeviceFinding | None:  # fmt: skip
    """Whether a device's clock is off, by readings that came one by one as they were measured.

    Args:
        measured_ms: By the device's clock, UTC ms, shape (n,).
        received_ms: By ours, shape (n,).
        standing: It was found before and is not over.

    Returns:
        How far (``count``: by how many readings).
    """
    found = measured_skew(measured_ms, received_ms)
    return found if found is not None and is_off(found, standing=standing) else None


def is_off(found: DeviceFinding, *, standing: bool = False) -> bool:
    """Whether a clock is off by more than is nobody's business; the arguments are those of `skew`."""
    return abs(found.size) > (SKEW_MS * _ENDS_AT if standing else SKEW_MS)


def measured_skew(measured_ms: Milliseconds, received_ms: Milliseconds) -> DeviceFinding | None:
    """How far a device's clock is from ours, be it much or little.

    A network can only make a reading late, so a clock that is behind is as far behind as its least late reading; one
    that is ahead is so by the median. Readings that came quicker than they were measured had waited somewhere, and say
    nothing of a clock.

    Returns:
        ``None`` with too few readings to say, or with such as had waited.
    """
    if measured_ms.size < SKEW_READINGS or 2 * int(np.ptp(received_ms)) < int(np.ptp(measured_ms)):
        return None
    ahead = measured_ms - received_ms
    least_late, median = int(ahead.max()), int(np.median(ahead))
    return DeviceFinding(
        Complaint.SKEW, int(measured_ms.min()), least_late if least_late < 0 else max(median, 0), int(measured_ms.size)
    )


def low_battery(
    percent: int | None, *, says_low: bool, at_ms: int, low_pct: int = LOW_BATTERY_PCT, standing: bool = False
) -> DeviceFinding | None:
    """Whether a battery is to be changed soon, by what the device said of it last.

    Args:
        percent: Its charge; ``None`` where the device does not say.
        says_low: The device itself says that it is low.
        at_ms: When it said so.
        low_pct: At how much a battery is low.
        standing: It was found before and is not over.
    """
    if percent is None:
        return DeviceFinding(Complaint.BATTERY, at_ms, -1, 1) if says_low else None
    low = percent <= low_pct or (standing and percent < min(100, low_pct + BATTERY_BACK_PCT))
    return DeviceFinding(Complaint.BATTERY, at_ms, percent, 1) if low or says_low else None


def calibration_due(due: date | None, today: date, notice_days: int = CALIBRATION_NOTICE_DAYS) -> DeviceFinding | None:
    """Whether a probe is to be calibrated soon, or should have been."""
    if due is None or (due - today).days > notice_days:
        return None
    return DeviceFinding(Complaint.CALIBRATION, 0, (due - today).days, 1)


def _nearest(sorted_ms: Milliseconds, wanted_ms: Milliseconds) -> Milliseconds:
    """The index of the nearest instant to each wanted one."""
    right = np.clip(np.searchsorted(sorted_ms, wanted_ms), 1, max(1, sorted_ms.size - 1))
    right = np.minimum(right, sorted_ms.size - 1)
    left = np.maximum(right - 1, 0)
    closer_left = np.abs(sorted_ms[left] - wanted_ms) <= np.abs(sorted_ms[right] - wanted_ms)
    return np.where(closer_left, left, right)
