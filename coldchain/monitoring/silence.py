"""What follows from nothing being received: when a limit can no longer be shown to be kept, and who is told (§4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coldchain.domain.alarm import unprovable_from
from coldchain.domain.bounds import bad_by_test
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import Each, Total
from coldchain.domain.progress import Progress
from coldchain.domain.verdict import conclude
from coldchain.monitoring import alerting
from coldchain.monitoring.alerting import Judged
from coldchain.records import due_work, units
from coldchain.records.alerts import Alert

UNPROVABLE = "unprovable"
"""Due work: the moment at which a unit can no longer be shown to keep a limit, if nothing more is received."""

SETTLING_MS = 2 * 60_000
"""While readings come in that are older than ``max_gap`` (a backfill), what only the clock says waits so long."""


def is_current(progresses: Sequence[Progress], now_ms: int) -> bool:
    """Whether the last reading is no older than a good one is believed."""
    return all(
        progress.last is not None and now_ms - progress.last[0] <= progress.yardstick.max_gap_ms
        for progress in progresses
    )


def look_ahead(judged: Judged, progresses: Sequence[Progress], *, touched: bool) -> None:
    """Raise or clear the alerts for silence and doubt, and set when to look again.

    Args:
        judged: The unit.
        progresses: Its limits' judges, come to the last reading.
        touched: Readings have come.
    """
    stand = alerting.standing(judged)
    if judged.rules.edges.end_ms is not None:
        _nobody_waits(judged, stand)
        return
    moments = [_moments(progress, judged.now_ms) for progress in progresses]
    silent = [one for one in moments if one.silent_ms is not None and one.silent_ms <= judged.now_ms]
    doubtful = [one.progress for one in moments if one.doubtful_ms is not None and one.doubtful_ms <= judged.now_ms]
    if touched and judged.current:
        alerting.silence_is_over(judged, stand, tell=True)
    if judged.by_clock and silent:
        alerting.silent(judged, stand, min(silent, key=lambda one: one.all_ms).progress)
    if not doubtful:
        alerting.doubt_is_over(judged, stand)
    elif judged.current or judged.by_clock:
        alerting.doubtful(judged, stand, doubtful[0])
    _set(judged, [at_ms for one in moments for at_ms in one.all_ms])


@dataclass(frozen=True)
class _Moments:
    """When a limit can no longer be shown to be kept, UTC ms.

    Attributes:
        silent_ms: Because nothing is received after a reading that was no excursion's.
        doubtful_ms: Because the readings lie within the probe's uncertainty of it.
        open_ms: Because an episode goes on for longer than is allowed.
    """

    progress: Progress
    silent_ms: int | None = None
    doubtful_ms: int | None = None
    open_ms: int | None = None

    @property
    def all_ms(self) -> list[int]:
        """All of them that there are."""
        return [at_ms for at_ms in (self.silent_ms, self.doubtful_ms, self.open_ms) if at_ms is not None]


def _moments(progress: Progress, now_ms: int) -> _Moments:
    moment_ms = unprovable_from(progress)
    if progress.last is None:
        return _Moments(progress)
    if progress.open is not None:
        if moment_ms is None or moment_ms > now_ms or _is_excursion(progress, now_ms):
            return _Moments(progress, open_ms=progress.last[0] if moment_ms is None else moment_ms)
        # the silence may hide further episodes than are allowed, but the one that goes on is none too many yet
        return _Moments(progress, silent_ms=moment_ms, open_ms=_excursion_from(progress, now_ms))
    last_ms, value = progress.last
    if value is None or not _perhaps_bad(progress, value):
        return _Moments(progress, silent_ms=moment_ms)
    silent_ms = last_ms + progress.yardstick.max_gap_ms + 1
    return _Moments(progress, silent_ms=silent_ms, doubtful_ms=last_ms if moment_ms is None else moment_ms)


def _is_excursion(progress: Progress, at_ms: int) -> bool:
    """Whether the episode that goes on is an excursion at an instant, if nothing more is received until then."""
    return any(one.episode.end_ms is None for one in conclude(progress, at_ms).excursions)


def _excursion_from(progress: Progress, now_ms: int) -> int | None:
    """The first instant after now at which the episode that goes on is an excursion; bisected, for it stays one."""
    match progress.limit.allowance:
        case Each(duration) | Total(duration, None):
            at_most = duration
        case Total(duration, within):
            at_most = duration + (within or duration)
        case _:
            return None
    tolerated, beyond = now_ms, now_ms + progress.yardstick.max_gap_ms + milliseconds(at_most) + 1
    if not _is_excursion(progress, beyond):
        return None
    while beyond - tolerated > 1:
        middle = (tolerated + beyond) // 2
        if _is_excursion(progress, middle):
            beyond = middle
        else:
            tolerated = middle
    return beyond


def _perhaps_bad(progress: Progress, milli_c: int) -> bool:
    value = np.array([milli_c], dtype=np.int64)
    return bool(bad_by_test(progress.limit, value, progress.yardstick.uncertainty_milli_c).perhaps[0])


def _nobody_waits(judged: Judged, stand: Sequence[Alert]) -> None:
    """The stay is over: nothing grows after it. Where the sensor is judged by other rules now, those speak for it."""
    tx, unit = judged.tx, judged.unit
    due_work.remove(tx, UNPROVABLE, unit.subject)
    if not any(other.placement_id == unit.placement_id for other in units.running_at(tx, unit.location_id)):
        alerting.doubt_is_over(judged, stand)
        alerting.silence_is_over(judged, stand, tell=False)


def _set(judged: Judged, moments: Sequence[int]) -> None:
    tx, subject = judged.tx, judged.unit.subject
    ahead = [at_ms for at_ms in moments if at_ms > judged.now_ms]
    if len(ahead) < len(moments) and not judged.by_clock and not judged.current:
        pending = due_work.when(tx, UNPROVABLE, subject)
        settling = judged.now_ms + SETTLING_MS
        ahead.append(settling if pending is None else min(pending, settling))
    if ahead:
        due_work.put(tx, UNPROVABLE, subject, min(ahead))
    else:
        due_work.remove(tx, UNPROVABLE, subject)
