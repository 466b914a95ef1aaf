"""When an alert is due: the earliest moment at which a limit can no longer be shown to be kept (semantics §4)."""

from enum import StrEnum
from typing import assert_never

import numpy as np

from coldchain.domain.bounds import bad_by_test
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import AnyDuration, Each, NoAllowance, Total
from coldchain.domain.progress import Progress, finish


class AlertKind(StrEnum):
    """What an alert says."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NO_DATA = "no-data"
    ENDED = "ended"


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
    silent_ms = last_ms + progress.yardstick.max_gap_ms + 1
    good = value is None or not _perhaps_bad(progress, value)
    match progress.limit.allowance:
        case NoAllowance() | AnyDuration():
            return silent_ms if good else None
        case Each(duration):
            left_ms = milliseconds(duration) - progress.perhaps_ms
        case Total(duration, None):
            left_ms = milliseconds(duration) - progress.total.at_most_ms
        case Total(duration, _):
            if progress.peak.at_most_ms <= milliseconds(duration):
                return _when_a_window_overflows(progress, last_ms, milliseconds(duration))
            left_ms = -1
        case _:
            assert_never(progress.limit.allowance)
    if left_ms < 0:
        return silent_ms if good else None
    spent_ms = last_ms + left_ms + 1
    return max(silent_ms, spent_ms) if good else spent_ms


def _perhaps_bad(progress: Progress, milli_c: int) -> bool:
    value = np.array([milli_c], dtype=np.int64)
    return bool(bad_by_test(progress.limit, value, progress.yardstick.uncertainty_milli_c).perhaps[0])


def _when_a_window_overflows(progress: Progress, last_ms: int, allowed_ms: int) -> int:
    """Bisect: the largest window's ``at_most`` never falls as time passes, and silence alone fills it in the end."""
    kept, spent = last_ms, last_ms + progress.yardstick.max_gap_ms + allowed_ms + 1
    while spent - kept > 1:
        middle = (kept + spent) // 2
        if finish(progress, middle).peak.at_most_ms > allowed_ms:
            spent = middle
        else:
            kept = middle
    return spent
