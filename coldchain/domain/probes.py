"""A preparation judged by all probes of the places it was in: each a trace of its own, the worst counts (§3).

A *way* is one choice of probes: which of a location's probes is believed wherever the item was there. Every way is
judged like any preparation; per limit the largest figure of each column stands, and the verdict is the worst.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from coldchain.domain.bounds import Bounds, Yardstick
from coldchain.domain.exposure import NOWHERE, Stay
from coldchain.domain.preparation import (
    ClockState,
    Course,
    Equilibrated,
    Happening,
    PreparationJudgement,
    StageJudgement,
    Statement,
    Staying,
    judge_course,
)
from coldchain.domain.product import Product
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Verdict, item_verdict

MOST_WAYS = 64
"""More choices of probes than these are not all judged; then the verdict is never better than undetermined."""


@dataclass(frozen=True)
class Probe:
    """One probe's time at a location.

    Attributes:
        name: What people call it.
        from_ms, to_ms: When it hung there; ``None``: since ever, or still.
        trace: What it measured, here and elsewhere.
        yardstick: Its ``max_gap`` and uncertainty there and then.
    """

    name: str
    from_ms: int | None
    to_ms: int | None
    trace: Trace
    yardstick: Yardstick


Probes = Mapping[str, Sequence[Probe]]
"""The probes of each location, by its name; a location that is missing has none."""


@dataclass(frozen=True)
class ProbedStay(Stay):
    """A stay, and which probe speaks for it; empty where none hung."""

    probe: str = ""


@dataclass(frozen=True)
class Measured:
    """What became of a preparation.

    Attributes:
        worst: Per limit the largest figures of any way, and the worst verdict.
        ways: Every way, judged by itself; the first one by the first probe of each location.
    """

    worst: PreparationJudgement
    ways: tuple[PreparationJudgement, ...]


def judge_measured(
    product_: Product, happenings: Sequence[Happening], statements: Sequence[Statement], probes: Probes, now_ms: int
) -> Measured:
    """Judge a preparation by every choice of probes.

    Raises:
        ValueError: As `judge_preparation`.
    """
    course = Course.of(happenings, now_ms)
    here = {name: _lanes(probes.get(name, ())) for name in dict.fromkeys(name for _, name in course.places)}
    choices, complete = _choices({name: len(lanes) for name, lanes in here.items() if len(lanes) > 1})
    ways = tuple(judge_course(product_, course, statements, _staying(here, choice)) for choice in choices)
    worst = _worst(ways)
    if not complete:
        sentence = "there are too many probes at these locations: not every combination of them was judged"
        verdict = item_verdict([worst.verdict, Verdict.UNDETERMINED])
        worst = replace(worst, verdict=verdict, missing=(*worst.missing, sentence))
    return Measured(worst, ways)


# -- which probe speaks when --------------------------------------------------------------------------------------

Lane = tuple[Probe, ...]
"""Probes of one location of which each hung after the one before it was gone."""


def _lanes(probes: Sequence[Probe]) -> tuple[Lane, ...]:
    """As few lanes as there were probes at a time; a replaced probe's successor goes on in its lane."""
    lanes: list[list[Probe]] = []
    for probe in sorted(probes, key=lambda one: (_start(one), one.name)):
        free = next((lane for lane in lanes if _end(lane[-1]) <= _start(probe)), None)
        if free is None:
            lanes.append([probe])
        else:
            free.append(probe)
    return tuple(tuple(lane) for lane in lanes)


_EVER, _ALWAYS = -(2**62), 2**62


def _start(probe: Probe) -> int:
    return _EVER if probe.from_ms is None else probe.from_ms


def _end(probe: Probe) -> int:
    return _ALWAYS if probe.to_ms is None else probe.to_ms


def _choices(lanes: Mapping[str, int]) -> tuple[Iterator[Mapping[str, int]], bool]:
    """Every choice of a lane for each location that has several; not all of them where they are too many."""
    many = 1
    for count in lanes.values():
        many *= count
    if many <= MOST_WAYS:
        ranges = (range(count) for count in lanes.values())
        return (dict(zip(lanes, choice, strict=True)) for choice in product(*ranges)), True
    most = min(max(lanes.values()), MOST_WAYS)
    return ({name: way % count for name, count in lanes.items()} for way in range(most)), False


def _staying(here: Mapping[str, tuple[Lane, ...]], choice: Mapping[str, int]) -> Staying:
    """What a choice of lanes knows; where its probe is missing for a while, another one that hung there speaks."""

    def staying(location: str, start_ms: int, end_ms: int) -> tuple[Stay, ...]:
        lanes = here.get(location, ())
        chosen = choice.get(location, 0)
        order = [*lanes[chosen : chosen + 1], *lanes[:chosen], *lanes[chosen + 1 :]]
        ends = {at for lane in lanes for one in lane for at in (_start(one), _end(one)) if start_ms < at < end_ms}
        return tuple(_stay(location, order, start, end) for start, end in pairwise(sorted({start_ms, *ends, end_ms})))

    return staying


def _stay(location: str, lanes: Sequence[Lane], start_ms: int, end_ms: int) -> ProbedStay:
    for lane in lanes:
        for one in lane:
            if _start(one) <= start_ms and end_ms <= _end(one):
                return ProbedStay(location, start_ms, end_ms, one.trace, one.yardstick, one.name)
    return ProbedStay(location, start_ms, end_ms, NOWHERE, Yardstick())


# -- the worst of all ways ----------------------------------------------------------------------------------------

_BY_VERDICT = (Verdict.VIOLATED, Verdict.UNDETERMINED, Verdict.KEPT)
_BY_STATE = (ClockState.VIOLATED, ClockState.UNDETERMINED, ClockState.RUNNING, ClockState.KEPT)


def _worst(ways: Sequence[PreparationJudgement]) -> PreparationJudgement:
    if len(ways) == 1:
        return ways[0]
    stages = [(item.stage, item.judged.limit.id) for way in ways for item in way.conditions]
    waits = [(item.stage, item.condition) for way in ways for item in way.equilibrations]
    return replace(
        ways[0],
        verdict=item_verdict(way.verdict for way in ways),
        conditions=tuple(_worst_condition(ways, *key) for key in dict.fromkeys(stages)),
        equilibrations=tuple(_worst_wait(ways, *key) for key in dict.fromkeys(waits)),
        missing=tuple(dict.fromkeys(sentence for way in ways for sentence in way.missing)),
    )


def _worst_condition(ways: Sequence[PreparationJudgement], stage: str, limit_id: str) -> StageJudgement:
    found = [item for way in ways for item in way.conditions if (item.stage, item.judged.limit.id) == (stage, limit_id)]
    worst = min(found, key=lambda item: (_BY_VERDICT.index(item.judged.verdict), -item.judged.bounds.at_most_ms))
    every = [item.judged.bounds for item in found]
    bounds = Bounds(
        max(one.at_least_ms for one in every),
        max(one.estimate_ms for one in every),
        max(one.at_most_ms for one in every),
    )
    return replace(worst, judged=replace(worst.judged, bounds=bounds))


def _worst_wait(ways: Sequence[PreparationJudgement], stage: str, condition: str) -> Equilibrated:
    found = [item for way in ways for item in way.equilibrations if (item.stage, item.condition) == (stage, condition)]
    return min(found, key=lambda item: (_BY_STATE.index(item.state), item.room.at_least_ms))
