"""What a sensor's readings say about the sensor itself: findings of their own, never temperatures.

None of them changes a reading or a verdict; each tells a person to look at the device. The thresholds are this
program's, chosen wide so that a healthy probe is not accused: no standard names them.
"""

from dataclasses import dataclass
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

DRIFT_ALLOWED_MILLI_C = 500
"""Two probes of one place may differ by so much beside their uncertainties: they do not hang at the same point."""
DRIFT_PAIRS = 24
PAIRED_WITHIN_MS = 5 * 60_000

SKEW_MS = 60_000
SKEW_READINGS = 10


class Complaint(StrEnum):
    """What is the matter with a device."""

    STUCK = "stuck"
    JUMPS = "jumps"
    DRIFT = "drift"
    SKEW = "clock"


@dataclass(frozen=True)
class DeviceFinding:
    """One thing that a person should look at.

    Attributes:
        complaint: What it is.
        since_ms: From when the readings show it, UTC ms.
        size: By how much: the stuck value in m°C, the largest jump in m°C, the median difference in m°C, or the
            median skew in ms (positive: the device's clock is ahead of ours).
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


def jumps(trace: Trace) -> DeviceFinding | None:
    """Changes between neighbouring readings that no probe among medicines makes."""
    if len(trace) < 2:
        return None
    steps = np.abs(np.diff(trace.milli_c))
    wild = np.flatnonzero((steps >= JUMP_MILLI_C) & (np.diff(trace.at_ms) <= JUMP_WITHIN_MS))
    if not wild.size:
        return None
    return DeviceFinding(Complaint.JUMPS, int(trace.at_ms[wild[0]]), int(steps[wild].max()), int(wild.size))


def drift(one: Trace, other: Trace, uncertainty_milli_c: int = 0) -> DeviceFinding | None:
    """Whether two probes of one place differ by more than their uncertainties and the place explain.

    Args:
        one, other: Their readings of the same span; compared where both measured within five minutes.
        uncertainty_milli_c: The sum of both calibrations' uncertainties.

    Returns:
        The median of ``one`` minus ``other``.
    """
    if not len(one) or not len(other):
        return None
    nearest = _nearest(other.at_ms, one.at_ms)
    together = np.abs(other.at_ms[nearest] - one.at_ms) <= PAIRED_WITHIN_MS
    if int(np.count_nonzero(together)) < DRIFT_PAIRS:
        return None
    differences = one.milli_c[together] - other.milli_c[nearest][together]
    size = int(np.median(differences))
    if abs(size) <= uncertainty_milli_c + DRIFT_ALLOWED_MILLI_C:
        return None
    return DeviceFinding(Complaint.DRIFT, int(one.at_ms[together][0]), size, int(differences.size))


def skew(measured_ms: Milliseconds, received_ms: Milliseconds) -> DeviceFinding | None:
    """Whether a device's clock is off, by readings that came one by one as they were measured.

    Args:
        measured_ms: By the device's clock, UTC ms, shape (n,).
        received_ms: By ours, shape (n,).

    Returns:
        The median; late readings (a buffer, a slow network) look like a clock behind, and a median over few of them
        says so: ``count`` tells over how many.
    """
    if measured_ms.size < SKEW_READINGS:
        return None
    ahead = int(np.median(measured_ms - received_ms))
    if abs(ahead) <= SKEW_MS:
        return None
    return DeviceFinding(Complaint.SKEW, int(measured_ms.min()), ahead, int(measured_ms.size))


def _nearest(sorted_ms: Milliseconds, wanted_ms: Milliseconds) -> Milliseconds:
    """The index of the nearest instant to each wanted one."""
    right = np.clip(np.searchsorted(sorted_ms, wanted_ms), 1, max(1, sorted_ms.size - 1))
    right = np.minimum(right, sorted_ms.size - 1)
    left = np.maximum(right - 1, 0)
    closer_left = np.abs(sorted_ms[left] - wanted_ms) <= np.abs(sorted_ms[right] - wanted_ms)
    return np.where(closer_left, left, right)
