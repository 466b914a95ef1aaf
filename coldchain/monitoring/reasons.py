"""Why somebody must hear of a preparation now, and when to look at it again; pure (semantics §4, §6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coldchain.domain.alarm import AlertKind
from coldchain.domain.bounds import Bounds
from coldchain.domain.clocks import Clock, ClockState
from coldchain.domain.duration import milliseconds
from coldchain.domain.preparation import Equilibrated, PreparationJudgement, StageJudgement
from coldchain.domain.product import Deadline, Limit
from coldchain.domain.verdict import Verdict
from coldchain.domain.ways import judge_ways

MINUTE_MS = 60_000

WARN_BEFORE_MS = (30 * MINUTE_MS, 5 * MINUTE_MS)
"""How long before a deadline somebody is warned, where the site says nothing else."""

LOOK_AHEAD_MS = 24 * 60 * MINUTE_MS
"""So far ahead it is worked out when a limit can no longer be shown to be kept; then it is looked at again."""


@dataclass(frozen=True)
class Reason:
    """Why somebody must hear of a preparation.

    Attributes:
        kind: What the alert says.
        about: The same as long as it is the same thing, so that nobody hears of it twice.
        since_ms: Since when it is so; the thing that is new again has another one.
        stage: Which stage of the product it concerns; empty for a deadline.
        what: The deadline, the limit or the equilibration it is about.
        deadline_ms: The last instant that is or was still in time, for deadlines.
        bounds: How long, for limits.
    """

    kind: AlertKind
    about: str
    since_ms: int
    stage: str
    what: Deadline | Limit | Equilibrated
    deadline_ms: int | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Looked:
    """A preparation, looked at.

    Attributes:
        now_ms: Now, UTC ms.
        clocks: As they stand now: at a deadline it is still in time.
        storage: Up to a millisecond later, so that a reading of this very instant counts, at the place where the item
            is by now.
    """

    now_ms: int
    clocks: tuple[Clock, ...]
    storage: PreparationJudgement

    @property
    def end_ms(self) -> int:
        """Where storage that goes on ends so far."""
        return self.now_ms + 1


def reasons(looked: Looked, warn_before_ms: Sequence[int]) -> list[Reason]:
    """Everything that gives reason for an alert now."""
    found = [reason for clock in looked.clocks if (reason := _of_clock(clock, looked.now_ms, warn_before_ms))]
    found += [reason for item in looked.storage.conditions if (reason := _of_storage(item))]
    found += [reason for wait in looked.storage.equilibrations if (reason := _of_wait(wait, looked.now_ms))]
    once: dict[str, Reason] = {}
    for reason in found:  # a silence makes every limit of its stage unprovable: it is told once
        known = once.get(reason.about)
        once[reason.about] = reason if known is None or reason.since_ms < known.since_ms else known
    return list(once.values())


def look_again_ms(looked: Looked, warn_before_ms: Sequence[int]) -> int | None:
    """The next instant at which there may be a reason that there is not now, if nothing more is heard."""
    moments = [at_ms for clock in looked.clocks for at_ms in _moments(clock, warn_before_ms) if at_ms > looked.now_ms]
    conditions = looked.storage.conditions
    kept = [i for i in conditions if i.stays[-1].end_ms == looked.end_ms and i.judged.verdict is Verdict.KEPT]
    moments += [looked.now_ms + LOOK_AHEAD_MS] if kept else []
    for item in kept:
        moment = _unprovable_from(item, looked.end_ms, min(moments))
        moments += [] if moment is None else [moment]
    return min(moments, default=None)


def _of_clock(clock: Clock, now_ms: int, warn_before_ms: Sequence[int]) -> Reason | None:
    deadline, at_ms = clock.deadline, clock.deadline_ms
    if at_ms is None:
        return None
    if clock.state is ClockState.VIOLATED:
        return Reason(AlertKind.DEADLINE, f"{deadline.id}/deadline", at_ms, "", deadline, at_ms)
    if clock.state is not ClockState.RUNNING:
        return None
    near = [before for before in _warnings(deadline, warn_before_ms) if at_ms - before <= now_ms]
    if not near:
        return None
    before = min(near)
    return Reason(AlertKind.WARNING, f"{deadline.id}/warning/{before}", at_ms - before, "", deadline, at_ms)


def _warnings(deadline: Deadline, warn_before_ms: Sequence[int]) -> list[int]:
    """The warnings that make sense: one as long before as the whole clock would come with its start."""
    return [before for before in warn_before_ms if before < milliseconds(deadline.within)]


def _moments(clock: Clock, warn_before_ms: Sequence[int]) -> Iterator[int]:
    if clock.state is ClockState.RUNNING and clock.deadline_ms is not None:
        yield clock.deadline_ms + 1  # at the deadline it is still in time
        yield from (clock.deadline_ms - before for before in _warnings(clock.deadline, warn_before_ms))


def _of_storage(item: StageJudgement) -> Reason | None:
    judged, limit = item.judged, item.judged.limit
    where = f"{item.stage}/{limit.id}"
    match judged.verdict:
        case Verdict.VIOLATED:
            starts = [one.episode.start_ms for one in judged.excursions] or [item.stays[0].start_ms]
            return Reason(AlertKind.CERTAIN, f"{where}/certain", min(starts), item.stage, limit, None, judged.bounds)
        case Verdict.UNDETERMINED:
            starts = [one.start_ms for one in judged.unsettled] or [item.stays[0].start_ms]
            silent = any(one.cause == "silent" for one in judged.unsettled)
            kind = AlertKind.NO_DATA if silent else AlertKind.POSSIBLE
            about = f"{item.stage}/no-data" if silent else f"{where}/possible"
            return Reason(kind, about, min(starts), item.stage, limit, None, judged.bounds)
        case _:
            return None


def _of_wait(wait: Equilibrated, now_ms: int) -> Reason | None:
    kinds = {ClockState.VIOLATED: AlertKind.CERTAIN, ClockState.UNDETERMINED: AlertKind.POSSIBLE}
    if wait.state not in kinds:
        return None
    about = f"{wait.stage}/equilibration-after-{wait.condition}/{kinds[wait.state]}"
    return Reason(kinds[wait.state], about, now_ms, wait.stage, wait, None, wait.room)


def _unprovable_from(item: StageJudgement, now_ms: int, until_ms: int) -> int | None:
    """The first instant, up to ``until_ms``, at which the limit can no longer be shown to be kept; bisected."""

    def kept(at_ms: int) -> bool:
        stays = (*item.stays[:-1], replace(item.stays[-1], end_ms=at_ms))
        return judge_ways(item.judged.limit, stays).verdict is Verdict.KEPT

    if until_ms <= now_ms or kept(until_ms):
        return None
    low, high = now_ms, until_ms
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if kept(middle) else (low, middle)
    return high
