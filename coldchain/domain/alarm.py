"""When an alert is due: the earliest moment at which a limit can no longer be shown to be kept (semantics §4)."""

from enum import StrEnum
from typing import assert_never

import numpy as np

from coldchain.domain.bounds import bad_by_test
from coldchain.domain.duration import milliseconds
from coldchain.domain.limits import AnyDuration, Each, NoAllowance, Total
from coldchain.domain.progress import Progress, finish


class AlertKind(StrEnum):
    """What an alert says."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NO_DATA = "no-data"
    ENDED = "ended"
    WARNING = "warning"
    """A preparation's deadline, an item's expiry or the end of its budget comes near."""
    DEADLINE = "deadline"
    """A preparation's deadline or an item's expiry has passed."""
    REOPENED = "reopened"
    """What a pharmacist decided on has changed since: it is to be decided anew."""


def unprovable_from(progress: Progress) -> int | None:
    """The first instant at which, with nothing more received, the limit can no longer be shown to be kept.

    It speaks of what goes on now: an allowance that was used up in the past does not keep a sensor that falls silent
    today from being noticed.

    Returns:
        UTC ms, or ``None`` where nothing was measured yet or the stretch going on is already beyond the allowance.
    """
    if progress.last is None:
        return None
    last_ms, value = progress.last
    good = value is None or not _perhaps_bad(progress, value)
    counted = progress.limit.times is not None  # a silence may hide further episodes, after a bad reading too
    silent_ms = last_ms + progress.yardstick.max_gap_ms + 1 if good or counted else None
    spent_ms = _allowance_spent(progress, last_ms)
    if spent_ms is None or silent_ms is None:  # beyond the allowance already, or bad now: only the other one counts
        return silent_ms if spent_ms is None else spent_ms
    if good:  # believed for max_gap, whatever is left
        return silent_ms if counted else max(silent_ms, spent_ms)
    return min(silent_ms, spent_ms)


def _allowance_spent(progress: Progress, last_ms: int) -> int | None:
    """When time that counts as possibly bad has used the allowance up; ``None`` where it is beyond it already."""
    match progress.limit.allowance:
        case NoAllowance() | AnyDuration():
            return None
        case Each(duration):
            left_ms = milliseconds(duration) - progress.perhaps_ms
        case Total(duration, None):
            left_ms = milliseconds(duration) - progress.total.at_most_ms
        case Total(duration, _):
            return _when_a_window_overflows(progress, last_ms, milliseconds(duration))
        case _:
            assert_never(progress.limit.allowance)
    return last_ms + left_ms + 1 if left_ms >= 0 else None


def _perhaps_bad(progress: Progress, milli_c: int) -> bool:
    value = np.array([milli_c], dtype=np.int64)
    return bool(bad_by_test(progress.limit, value, progress.yardstick.uncertainty_milli_c).perhaps[0])


def _when_a_window_overflows(progress: Progress, last_ms: int, allowed_ms: int) -> int | None:
    """Bisect: the largest window's ``at_most`` never falls as time passes, and silence alone fills it in the end."""
    kept, spent = last_ms, last_ms + progress.yardstick.max_gap_ms + allowed_ms + 1
    if progress.peak.at_most_ms > allowed_ms or finish(progress, spent).peak.at_most_ms <= allowed_ms:
        return None
    while spent - kept > 1:
        middle = (kept + spent) // 2
        if finish(progress, middle).peak.at_most_ms > allowed_ms:
            spent = middle
        else:
            kept = middle
    return spent
