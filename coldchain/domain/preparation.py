"""Prepared medicines: linked clocks, storage by stage, equilibration and attestations (semantics §6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from coldchain.domain.bounds import Bounds, Yardstick
from coldchain.domain.duration import milliseconds
from coldchain.domain.exposure import NOWHERE, Stay, along, directly_before
from coldchain.domain.product import (
    Attestation,
    Attested,
    Condition,
    Deadline,
    Event,
    Limit,
    Predicate,
    Product,
    Stage,
    Total,
)
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import LimitJudgement, Verdict, conclude, item_verdict

SEQUENCE = (
    Event.RECEIVED,
    Event.RECONSTITUTED,
    Event.DILUTED,
    Event.INFUSION_STARTED,
    Event.INFUSION_ENDED,
    Event.DISCARDED,
)
"""The order in which events can happen; removal from the refrigerator may come at any time before use."""


@dataclass(frozen=True)
class Happening:
    """An event, or a move (``event`` is ``None``); ``location`` is where the item is from then on, if it says."""

    event: Event | None
    at_ms: int
    location: str | None = None


@dataclass(frozen=True)
class Statement:
    """What a person attested, and when."""

    what: Attested
    at_ms: int


class ClockState(StrEnum):
    """What became of a deadline."""

    KEPT = "kept"
    RUNNING = "running"
    VIOLATED = "violated"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Clock:
    """One deadline; ``deadline_ms`` is the last instant that is still in time, ``None`` where its start is unknown."""

    deadline: Deadline
    state: ClockState
    elapsed_ms: int | None
    deadline_ms: int | None


@dataclass(frozen=True)
class StageJudgement:
    """One limit of one stage over the item's stays in it."""

    stage: str
    judged: LimitJudgement
    stays: tuple[Stay, ...]


@dataclass(frozen=True)
class Equilibrated:
    """Time at room temperature directly before use, where a condition demands it."""

    stage: str
    condition: str
    needed_ms: int
    room: Bounds
    state: ClockState


@dataclass(frozen=True)
class PreparationJudgement:
    """What became of a preparation.

    Attributes:
        final: Whether it was used or discarded, so that nothing runs any more.
        missing: What nobody recorded, one sentence each.
    """

    verdict: Verdict
    final: bool
    clocks: tuple[Clock, ...]
    conditions: tuple[StageJudgement, ...]
    equilibrations: tuple[Equilibrated, ...]
    missing: tuple[str, ...]


def judge_preparation(
    product: Product,
    happenings: Sequence[Happening],
    attestations: Sequence[Statement],
    traces: Mapping[str, Trace],
    yardstick: Yardstick,
    now_ms: int,
) -> PreparationJudgement:
    """Judge a preparation from its first event to its use, its discarding, or now.

    Args:
        product: Whose stages, deadlines and attestations apply.
        happenings: Events and moves, oldest first; at equal instants their order rules.
        attestations: In any order.
        traces: Each location's whole trace; a location without one is unknown.
        yardstick: ``max_gap`` and uncertainty of the sensors.
        now_ms: What is still running runs until then.

    Raises:
        ValueError: Events out of order or repeated, or ``now`` before one of them; the sentence names them.
    """

    def staying(location: str, start_ms: int, end_ms: int) -> tuple[Stay, ...]:
        return (Stay(location, start_ms, end_ms, traces.get(location, NOWHERE), yardstick),)

    return judge_course(product, Course.of(happenings, now_ms), attestations, staying)


Staying = Callable[[str, int, int], tuple[Stay, ...]]
"""What is known of a time at a location (its name, from, to): one stay, or several where its probes changed."""


def judge_course(
    product: Product, course: "Course", attestations: Sequence[Statement], staying: Staying
) -> PreparationJudgement:
    """`judge_preparation` for events that are checked already and for whatever is known of the places."""
    clocks = tuple(clock for deadline in product.deadlines if (clock := _clock(deadline, course)))
    conditions: list[StageJudgement] = []
    equilibrations: list[Equilibrated] = []
    missing = [f"{event} was not recorded" for event in _unrecorded(product, course)]
    for stage in product.stages.values():
        stays = _stays(course, _window(stage, product, course), staying)
        if stays:
            conditions += [StageJudgement(stage.name, conclude(along(limit, stays)), stays) for limit in stage.limits]
            equilibrations += _equilibrations(stage, stays, course)
    absent, unattested = _missing_attestations(product, course, attestations)
    missing += absent
    verdicts = [judged.judged.verdict for judged in (*_one_budget(conditions), *conditions)]
    verdicts += [_of_state(state) for state in (*(c.state for c in clocks), *(e.state for e in equilibrations))]
    if unattested or _unrecorded(product, course):
        verdicts.append(Verdict.UNDETERMINED)
    return PreparationJudgement(
        verdict=item_verdict(verdicts),
        final=course.used or Event.DISCARDED in course.at,
        clocks=clocks,
        conditions=tuple(conditions),
        equilibrations=tuple(equilibrations),
        missing=tuple(dict.fromkeys(missing)),
    )


# -- the course of events -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """A preparation's events, checked: when each happened, where the item was, and until when it is judged."""

    at: Mapping[Event, int]
    places: tuple[tuple[int, str], ...]
    first_ms: int
    stop_ms: int
    """Discarding ends every clock; else now."""

    @property
    def used(self) -> bool:
        """Whether the infusion has ended."""
        return Event.INFUSION_ENDED in self.at

    def proven(self, event: Event) -> bool:
        """Whether a later event shows that this one happened; discarding shows nothing."""
        if event not in SEQUENCE or event is Event.DISCARDED:
            return False
        later = SEQUENCE[SEQUENCE.index(event) + 1 : -1]
        return event not in self.at and any(other in self.at for other in later)

    @classmethod
    def of(cls, happenings: Sequence[Happening], now_ms: int) -> "Course":
        """Check the order of events; see `judge_preparation`."""
        if not any(happening.event for happening in happenings):
            raise ValueError("there is no event: a preparation is judged from its first event")
        at: dict[Event, int] = {}
        places: list[tuple[int, str]] = []
        for earlier, later in pairwise(happenings):
            if later.at_ms < earlier.at_ms:
                raise ValueError(f"{_named(later)} is written after {_named(earlier)} but happened before it")
        for happening in happenings:
            if happening.event is not None:
                _check_sequence(happening.event, at)
                at[happening.event] = happening.at_ms
            if happening.location is not None:
                places.append((happening.at_ms, happening.location))
        if now_ms < happenings[-1].at_ms:
            raise ValueError(f"'now' lies before {_named(happenings[-1])}")
        return cls(at, tuple(places), min(at.values()), at.get(Event.DISCARDED, now_ms))


def _named(happening: Happening) -> str:
    return f"event '{happening.event or 'moved'}'"


def _check_sequence(event: Event, at: Mapping[Event, int]) -> None:
    if event in at:
        raise ValueError(f"event '{event}' is there twice; an event happens once")
    if Event.DISCARDED in at:
        raise ValueError(f"event '{event}' follows 'discarded', which ends everything")
    if event in SEQUENCE:
        later = [other for other in SEQUENCE[SEQUENCE.index(event) + 1 :] if other in at]
        if later:
            raise ValueError(f"event '{event}' follows '{later[0]}', which can only come after it")


def _unrecorded(product: Product, course: Course) -> list[Event]:
    """Events that begin or end something and that a later event proves, but that nobody recorded."""
    asked = [event for deadline in product.deadlines for event in (deadline.begins, deadline.ends)]
    asked += [stage.begins for stage in product.stages.values() if stage.begins]
    asked += [attestation.at for attestation in product.attest]
    return [event for event in dict.fromkeys(asked) if course.proven(event) and _matters(event, course)]


def _matters(event: Event, course: Course) -> bool:
    """A missing start of the infusion matters for equilibration only (semantics §6)."""
    return event is not Event.INFUSION_STARTED or Event.INFUSION_ENDED not in course.at


# -- clocks -------------------------------------------------------------------------------------------------------


def _clock(deadline: Deadline, course: Course) -> Clock | None:
    """A deadline's clock, or ``None`` where it has not begun."""
    begun, ended = course.at.get(deadline.begins), course.at.get(deadline.ends)
    if begun is None:
        return Clock(deadline, ClockState.UNDETERMINED, None, None) if course.proven(deadline.begins) else None
    allowed_ms = milliseconds(deadline.within)
    elapsed_ms = (course.stop_ms if ended is None else ended) - begun
    if ended is None and course.proven(deadline.ends):
        state = ClockState.UNDETERMINED
    elif elapsed_ms > allowed_ms:
        state = ClockState.VIOLATED
    elif ended is None and Event.DISCARDED not in course.at:
        state = ClockState.RUNNING
    else:
        state = ClockState.KEPT
    return Clock(deadline, state, elapsed_ms, begun + allowed_ms)


def _of_state(state: ClockState) -> Verdict:
    match state:
        case ClockState.VIOLATED:
            return Verdict.VIOLATED
        case ClockState.UNDETERMINED:
            return Verdict.UNDETERMINED
        case ClockState.KEPT | ClockState.RUNNING:
            return Verdict.KEPT


# -- storage ------------------------------------------------------------------------------------------------------


def _window(stage: Stage, product: Product, course: Course) -> tuple[int, int] | None:
    """When a stage's storage binds: from its event (or the first one) until the next stage, use, discarding or now."""
    begins = [
        course.at[other.begins] for other in product.stages.values() if other.begins in course.at and other.begins
    ]
    if stage.begins is not None:
        start = course.at.get(stage.begins)
    else:
        start = course.first_ms if stage is product.first_stage else None
    if start is None or (stage.ends is not None and _matters(stage.ends, course) and course.proven(stage.ends)):
        return None  # when it ended is not known, so neither is what of the way was in it
    ends = [course.stop_ms, *(at for at in begins if at > start)]
    enders = (stage.ends, Event.INFUSION_STARTED, Event.INFUSION_ENDED)
    ends += [course.at[event] for event in enders if event is not None and event in course.at]
    if stage.begins is None and any(at == start for at in begins):
        return None  # the first event begins another stage: this one was never judged
    return (start, max(min(ends), start))


def _stays(course: Course, window: tuple[int, int] | None, staying: Staying) -> tuple[Stay, ...]:
    """Where the item was in a window, one stay after the other; whereabouts that nobody recorded are unknown."""
    if window is None or window[0] >= window[1]:
        return ()
    start, end = window
    before = [location for at, location in course.places if at <= start]
    moves = [(start, before[-1] if before else "unknown")]
    moves += [(at, location) for at, location in course.places if start < at < end]
    return tuple(
        stay
        for (at, location), (until, _) in pairwise([*moves, (end, "")])
        if at < until
        for stay in staying(location, at, until)
    )


def _one_budget(conditions: Sequence[StageJudgement]) -> tuple[StageJudgement, ...]:
    """Stages that share a limit's id share one budget (semantics §4); ``up_to`` counts in each stage for itself."""
    shared: dict[str, list[StageJudgement]] = {}
    for item in conditions:
        limit = item.judged.limit
        if isinstance(limit.allowance, Total) and limit.predicate is not Predicate.INSIDE:
            shared.setdefault(limit.id, []).append(item)
    together = []
    for items in shared.values():
        stays = tuple(stay for item in items for stay in item.stays)
        if len(items) > 1 and all(a.end_ms == b.start_ms for a, b in pairwise(stays)):
            together.append(StageJudgement("", conclude(along(items[0].judged.limit, stays)), stays))
    return tuple(together)


# -- equilibration and attestations -------------------------------------------------------------------------------


def _equilibrations(stage: Stage, stays: Sequence[Stay], course: Course) -> list[Equilibrated]:
    found = []
    for condition in stage.conditions:
        if condition.equilibrate is None:
            continue
        room = next(other for other in stage.conditions if other.name == condition.equilibrate.condition)
        judged = along(_inside(condition), stays)
        surely_was = judged.sure_reading or judged.total.at_least_ms > 0
        if not surely_was and judged.total.at_most_ms == 0:
            continue
        needed_ms = milliseconds(condition.equilibrate.duration)
        before_use = directly_before(_inside(room), stays)
        state = _equilibration_state(needed_ms, before_use, course, surely_was=surely_was)
        found.append(Equilibrated(stage.name, condition.name, needed_ms, before_use, state))
    return found


def _equilibration_state(needed_ms: int, room: Bounds, course: Course, *, surely_was: bool) -> ClockState:
    if Event.INFUSION_STARTED not in course.at:
        over = course.used or Event.DISCARDED in course.at
        return ClockState.UNDETERMINED if course.used else ClockState.KEPT if over else ClockState.RUNNING
    if room.at_least_ms >= needed_ms:
        return ClockState.KEPT
    return ClockState.VIOLATED if surely_was and room.at_most_ms < needed_ms else ClockState.UNDETERMINED


def _inside(condition: Condition) -> Limit:
    """Being in a condition, as a limit whose "bad" time is the time in it."""
    low, high = condition.store.low_milli_c, condition.store.high_milli_c
    return Limit(f"in-{condition.name}", Predicate.INSIDE, ((low, high),))


def _missing_attestations(
    product: Product, course: Course, attestations: Sequence[Statement]
) -> tuple[list[str], bool]:
    """Which required attestations are not there, and whether the item was used without one."""
    until_ms = course.at.get(Event.INFUSION_ENDED, course.stop_ms)
    missing = [needed for needed in product.attest if not _attested(needed, course, attestations, until_ms)]
    due = [needed for needed in missing if needed.at in course.at or course.proven(needed.at)]
    return [f"nobody attested '{needed.what}' at or after {needed.at}" for needed in due], bool(due) and course.used


def _attested(needed: Attestation, course: Course, said: Sequence[Statement], until_ms: int) -> bool:
    since_ms = course.at.get(needed.at)
    if since_ms is None:
        return False
    return any(one.what is needed.what and since_ms <= one.at_ms <= until_ms for one in said)
