"""Prepared medicines: linked clocks, storage by stage, equilibration and attestations (semantics §6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from coldchain.domain.bounds import Bounds
from coldchain.domain.clocks import Clock, ClockState, clock_of, expiries
from coldchain.domain.course import Course, Happening
from coldchain.domain.duration import milliseconds
from coldchain.domain.exposure import Stay, along, directly_before
from coldchain.domain.limits import Condition, Limit, Predicate, Total
from coldchain.domain.probes import Probes
from coldchain.domain.product import Attestation, Attested, Event, Product, Stage
from coldchain.domain.verdict import Verdict, item_verdict
from coldchain.domain.ways import ItemLimit, ItemStay, judge_ways, stays_at, ways


@dataclass(frozen=True)
class Statement:
    """What a person attested, and when."""

    what: Attested
    at_ms: int


@dataclass(frozen=True)
class StageJudgement:
    """One limit of one stage over the item's stays in it, a stay being cut where a probe came or went."""

    stage: str
    judged: ItemLimit
    stays: tuple[ItemStay, ...]


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
    product: Product, happenings: Sequence[Happening], attestations: Sequence[Statement], probes: Probes, now_ms: int
) -> PreparationJudgement:
    """Judge a preparation from its first event to its use, its discarding, or now.

    Args:
        product: Whose stages, deadlines and attestations apply.
        happenings: Events and moves, oldest first; at equal instants their order rules.
        attestations: In any order.
        probes: Of each location; one without any is unknown. Of several, the worst counts (`ways`).
        now_ms: What is still running runs until then.

    Raises:
        ValueError: Events out of order or repeated, or ``now`` before one of them; the sentence names them.
    """
    course = Course.of(happenings, now_ms)
    deadlines = (*product.deadlines, *expiries(product))
    clocks = tuple(clock for deadline in deadlines if (clock := clock_of(deadline, course)))
    conditions: list[StageJudgement] = []
    equilibrations: list[Equilibrated] = []
    missing = [f"{event} was not recorded" for event in _unrecorded(product, course)]
    for stage in product.stages.values():
        stays = _stays(stage, course, _window(stage, product, course), probes)
        if stays:
            conditions += [StageJudgement(stage.name, judge_ways(limit, stays), stays) for limit in stage.limits]
            equilibrations += _equilibrations(stage, stays, course)
    absent, unattested = _missing_attestations(product, course, attestations)
    missing += absent
    if any(not item.judged.every_way for item in conditions):
        missing.append("there are too many probes at these locations: not every combination of them was judged")
    verdicts = [judged.verdict for judged in (*_one_budget(conditions), *(item.judged for item in conditions))]
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


def _unrecorded(product: Product, course: Course) -> list[Event]:
    """Events that begin or end something and that a later event proves, but that nobody recorded."""
    asked = [event for deadline in product.deadlines for event in (deadline.begins, deadline.ends)]
    asked += [event for stage in product.stages.values() for event in (stage.begins, stage.ends) if event]
    asked += [attestation.at for attestation in product.attest]
    return [event for event in dict.fromkeys(asked) if course.proven(event) and _matters(event)]


def _matters(event: Event) -> bool:
    """A missing start of the infusion matters for equilibration only (semantics §6)."""
    return event is not Event.INFUSION_STARTED


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
    if start is None or (stage.ends is not None and _matters(stage.ends) and course.proven(stage.ends)):
        return None  # when it ended is not known, so neither is what of the way was in it
    ends = [course.stop_ms, *(at for at in begins if at > start)]
    enders = (stage.ends, Event.INFUSION_STARTED, Event.INFUSION_ENDED)
    ends += [course.at[event] for event in enders if event is not None and event in course.at]
    if stage.begins is None and any(at == start for at in begins):
        return None  # the first event begins another stage: this one was never judged
    return (start, max(min(ends), start))


def _stays(stage: Stage, course: Course, window: tuple[int, int] | None, probes: Probes) -> tuple[ItemStay, ...]:
    """Where the item was in a window, one stay after the other; whereabouts that nobody recorded are unknown."""
    if window is None:
        return ()
    start_ms, end_ms = window
    found: list[ItemStay] = []
    for (at_ms, location), (until_ms, _) in pairwise([(start_ms, "unknown"), *course.places, (end_ms, "")]):
        begin_ms, leave_ms = max(at_ms, start_ms), min(until_ms, end_ms)
        if begin_ms < leave_ms:
            found += stays_at(location, stage.name, begin_ms, leave_ms, probes.get(location, ()))
    return tuple(found)


def _one_budget(conditions: Sequence[StageJudgement]) -> list[ItemLimit]:
    """Stages that share a limit's id share one budget (semantics §4); ``up_to`` counts in each stage for itself."""
    shared: dict[str, list[StageJudgement]] = {}
    for item in conditions:
        limit = item.judged.limit
        if isinstance(limit.allowance, Total) and limit.predicate is not Predicate.INSIDE:
            shared.setdefault(limit.id, []).append(item)
    return [judge_ways(items[-1].judged.limit, *_joined(items)) for items in shared.values() if len(items) > 1]


def _joined(items: Sequence[StageJudgement]) -> tuple[list[ItemStay], list[Limit | None]]:
    """The stays of several stages and their limits; a time between two of them is free of it."""
    stays: list[ItemStay] = []
    limits: list[Limit | None] = []
    for item in items:
        if stays and stays[-1].end_ms < item.stays[0].start_ms:
            stays.append(ItemStay("", "", stays[-1].end_ms, item.stays[0].start_ms))
            limits.append(None)
        stays += item.stays
        limits += [item.judged.limit] * len(item.stays)
    return stays, limits


# -- equilibration and attestations -------------------------------------------------------------------------------


def _equilibrations(stage: Stage, stays: Sequence[ItemStay], course: Course) -> list[Equilibrated]:
    """For each condition that demands time in another one before use: the worst of all choices of probes."""
    found = []
    for condition in stage.conditions:
        if condition.equilibrate is None:
            continue
        room = next(other for other in stage.conditions if other.name == condition.equilibrate.condition)
        inside = _inside(room)
        every, all_of_them = ways([inside] * len(stays), stays, keep_calm=True)
        waits = [wait for way in every if (wait := _equilibrated(stage, condition, inside, way.stays, course))]
        if not waits:
            continue
        worst = min(waits, key=lambda wait: (_WORST_FIRST.index(wait.state), wait.room.at_least_ms))
        unsure = worst.state is ClockState.KEPT and not all_of_them
        found.append(replace(worst, state=ClockState.UNDETERMINED) if unsure else worst)
    return found


_WORST_FIRST = (ClockState.VIOLATED, ClockState.UNDETERMINED, ClockState.RUNNING, ClockState.KEPT)


def _equilibrated(
    stage: Stage, condition: Condition, inside_room: Limit, stays: Sequence[Stay], course: Course
) -> Equilibrated | None:
    """The wait that one choice of probes shows; ``None`` where it shows that the item was never in the condition."""
    assert condition.equilibrate is not None  # noqa: S101 - asked by `_equilibrations`
    was = along(_inside(condition), stays)
    surely_was = was.sure_reading or was.total.at_least_ms > 0
    if not surely_was and was.total.at_most_ms == 0:
        return None
    needed_ms = milliseconds(condition.equilibrate.duration)
    before_use = directly_before(inside_room, stays)
    state = _equilibration_state(needed_ms, before_use, course, surely_was=surely_was)
    return Equilibrated(stage.name, condition.name, needed_ms, before_use, state)


def _equilibration_state(needed_ms: int, room: Bounds, course: Course, *, surely_was: bool) -> ClockState:
    if Event.INFUSION_STARTED not in course.at:
        if course.used:
            return ClockState.UNDETERMINED
        return ClockState.KEPT if Event.DISCARDED in course.at else ClockState.RUNNING
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
