"""Stages, storage, equilibration and attestations of a prepared medicine, sentence by sentence (semantics §6)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from coldchain.domain import ways
from coldchain.domain.bounds import Yardstick
from coldchain.domain.clocks import ClockState
from coldchain.domain.course import Happening
from coldchain.domain.limits import (
    Condition,
    Each,
    Equilibration,
    Limit,
    Predicate,
    Range,
    Total,
    conditions_limits,
    limit,
)
from coldchain.domain.preparation import PreparationJudgement, Statement, judge_preparation
from coldchain.domain.probes import Probe, Probes, one_probe_each
from coldchain.domain.product import Attestation, Attested, Deadline, Event, Label, Product, Stage
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Verdict
from tests.domain.strategies import MINUTE
from tests.domain.test_judge import ABOVE_8, triple

BY = Yardstick(30 * MINUTE)
COMPLIANT, VIOLATED, UNDETERMINED = Verdict.COMPLIANT, Verdict.VIOLATED, Verdict.UNDETERMINED
LABEL = Label("A label for tests", None, "EU", None, None)
RECEIVED, RECONSTITUTED, DILUTED = Event.RECEIVED, Event.RECONSTITUTED, Event.DILUTED
STARTED, ENDED, DISCARDED = Event.INFUSION_STARTED, Event.INFUSION_ENDED, Event.DISCARDED


def product(*stages: Stage, deadlines: tuple[Deadline, ...] = (), attest: tuple[Attestation, ...] = ()) -> Product:
    return Product(
        "test", "Testumab", 1, "0" * 64, LABEL, {one.name: one for one in stages}, None, deadlines, attest
    )  # fmt: skip


def steady(celsius: float, first: int = -60, last: int = 1000, every: int = 5) -> Trace:
    instants = [at * MINUTE for at in range(first, last + 1, every)]
    return Trace.of(instants, [round(celsius * 1000)] * len(instants))


ROOMS: Mapping[str, Trace] = {"bench": steady(22), "fridge": steady(5), "hot": steady(40)}


def judged(
    rules: Product,
    course: Sequence[tuple[Event | None, int, str | None]],
    now: int = 600,
    said: Sequence[tuple[Attested, int]] = (),
    probes: Probes | None = None,
) -> PreparationJudgement:
    happenings = [Happening(event, at * MINUTE, place) for event, at, place in course]
    statements = [Statement(what, at) for what, at in said]
    found = one_probe_each(ROOMS, BY) if probes is None else probes
    return judge_preparation(rules, happenings, statements, found, now * MINUTE)


def verdicts(found: PreparationJudgement) -> dict[str, str]:
    return {f"{item.stage}/{item.judged.limit.id}": item.judged.verdict.value for item in found.conditions}


UNOPENED, TRANSPORT = Stage("unopened", (ABOVE_8,)), Stage("transport", (limit(Predicate.ABOVE, 30_000),))
MIXED = Stage("mixed", (limit(Predicate.ABOVE, 25_000),), begins=RECONSTITUTED, ends=DILUTED)
READY = Stage("ready", (limit(Predicate.ABOVE, 30_000),), begins=DILUTED, ends=ENDED)


# -- stages ---------------------------------------------------------------------------------------------------------


def test_it_is_judged_from_its_first_event_in_the_first_stage_until_another_begins() -> None:
    rules = product(UNOPENED, TRANSPORT, MIXED)
    received = judged(rules, [(RECEIVED, 0, "fridge"), (RECONSTITUTED, 60, "bench")])
    assert verdicts(received) == {"unopened/above-8": "kept", "mixed/above-25": "kept"}
    warm = judged(rules, [(RECEIVED, 0, "bench"), (RECONSTITUTED, 60, "bench")])
    assert verdicts(warm)["unopened/above-8"] == "violated"
    assert warm.conditions[0].stays[0].start_ms == 0
    assert warm.conditions[0].stays[-1].end_ms == 60 * MINUTE


def test_the_first_event_may_begin_another_stage_and_then_the_first_one_was_never_judged() -> None:
    assert verdicts(judged(product(UNOPENED, MIXED), [(RECONSTITUTED, 0, "bench")])) == {"mixed/above-25": "kept"}


def test_a_stage_runs_from_its_event_to_the_one_that_ends_it() -> None:
    course = [(RECONSTITUTED, 0, "bench"), (DILUTED, 60, "bench"), (STARTED, 90, None), (ENDED, 120, None)]
    found = judged(product(MIXED, READY), course)
    spans = [(item.stage, item.stays[0].start_ms, item.stays[-1].end_ms) for item in found.conditions]
    assert spans == [("mixed", 0, 60 * MINUTE), ("ready", 60 * MINUTE, 90 * MINUTE)]


@pytest.mark.parametrize(
    ("case", "course", "until"),
    [
        ("until the infusion starts", [(STARTED, 90, None), (ENDED, 120, None)], 90),
        ("until it ends, where nobody recorded its start", [(ENDED, 120, None)], 120),
        ("until it is discarded", [(DISCARDED, 100, None)], 100),
        ("until now", [], 600),
    ],
)
def test_storage_binds(case: str, course: list[tuple[Event, int, None]], until: int) -> None:
    (item,) = judged(product(READY), [(DILUTED, 60, "bench"), *course]).conditions
    assert item.stays[-1].end_ms == until * MINUTE, case


def test_too_warm_while_it_is_infused_is_not_storage() -> None:
    course = [(DILUTED, 0, "bench"), (STARTED, 30, "hot"), (ENDED, 90, None)]
    assert judged(product(READY), course).verdict is COMPLIANT
    assert judged(product(READY), [step for step in course if step[0] is not STARTED]).verdict is COMPLIANT
    assert judged(product(READY), [(DILUTED, 0, "bench"), (None, 30, "hot"), (ENDED, 90, None)]).verdict is VIOLATED


def test_at_equal_instants_the_order_of_the_list_rules() -> None:
    course = [(DILUTED, 0, "hot"), (None, 0, "bench"), (None, 30, "hot"), (None, 30, "bench")]
    found = judged(product(READY), course, 60)
    assert [stay.location for stay in found.conditions[0].stays] == ["bench", "bench"]
    assert found.verdict is COMPLIANT


def test_a_whereabouts_that_nobody_recorded_is_unknown() -> None:
    found = judged(product(READY), [(DILUTED, 0, None), (None, 30, "bench")], 60)
    assert [stay.location for stay in found.conditions[0].stays] == ["unknown", "bench"]
    assert found.verdict is UNDETERMINED


@pytest.mark.parametrize("course", [[(RECEIVED, 0, "fridge"), (ENDED, 90, None)]])
def test_a_beginning_that_a_later_event_proves_but_nobody_recorded_is_undetermined(
    course: list[tuple[Event, int, str | None]],
) -> None:
    rules = product(UNOPENED, READY, deadlines=(Deadline(DILUTED, ENDED, timedelta(hours=8)),))
    found = judged(rules, course)
    assert [(clock.state, clock.elapsed_ms, clock.deadline_ms) for clock in found.clocks] == [
        (ClockState.UNDETERMINED, None, None)
    ]
    assert (found.verdict, found.missing) == (UNDETERMINED, ("diluted was not recorded",))


def test_a_stage_whose_end_is_proven_but_not_recorded_is_not_judged_and_leaves_it_open() -> None:
    found = judged(product(MIXED), [(RECONSTITUTED, 0, "bench"), (ENDED, 90, None)])
    assert (found.verdict, found.conditions, found.missing) == (UNDETERMINED, (), ("diluted was not recorded",))
    running = judged(product(MIXED), [(RECONSTITUTED, 0, "bench")])
    assert (running.verdict, running.missing) == (COMPLIANT, ())


def test_discarding_proves_nothing_and_a_removal_neither() -> None:
    rules = product(UNOPENED, READY, deadlines=(Deadline(Event.REMOVED, ENDED, timedelta(hours=8)),))
    found = judged(rules, [(RECEIVED, 0, "fridge"), (DISCARDED, 90, None)])
    assert (found.verdict, found.clocks, found.missing, found.final) == (COMPLIANT, (), (), True)
    used = judged(rules, [(RECEIVED, 0, "fridge"), (DILUTED, 30, None), (ENDED, 90, None)])
    assert (used.verdict, used.clocks) == (COMPLIANT, ()), "nobody took it out, and nothing shows that somebody did"


@pytest.mark.parametrize(
    ("now", "state", "verdict", "final"),
    [(480, ClockState.RUNNING, COMPLIANT, False), (481, ClockState.VIOLATED, VIOLATED, False)],
)
def test_an_end_that_is_not_proven_is_running_and_past_its_deadline_violated(
    now: int, state: ClockState, verdict: Verdict, final: bool
) -> None:
    rules = product(READY, deadlines=(Deadline(DILUTED, ENDED, timedelta(hours=8)),))
    found = judged(rules, [(DILUTED, 0, "bench")], now)
    assert [clock.state for clock in found.clocks] == [state]
    assert [clock.deadline_ms for clock in found.clocks] == [480 * MINUTE]
    assert [clock.elapsed_ms for clock in found.clocks] == [now * MINUTE]
    assert (found.verdict, found.final) == (verdict, final)


@pytest.mark.parametrize(
    ("happenings", "said"),
    [
        ([(DILUTED, 10), (None, 5)], "event 'moved' is written after event 'diluted' but happened before it"),
        ([(DILUTED, 10), (STARTED, 5)], "event 'infusion_started' is written after event 'diluted'"),
        ([(STARTED, 5), (Event.REMOVED, 6)], "'removed_from_refrigerator' follows the infusion"),
        ([(ENDED, 5), (Event.REMOVED, 6)], "'removed_from_refrigerator' follows the infusion"),
        ([(DILUTED, 5), (RECONSTITUTED, 5)], "'reconstituted' follows 'diluted'"),
        ([(None, 21), (DILUTED, 21)], "'now' lies before event 'diluted'"),
    ],
)
def test_events_that_cannot_be_are_named(happenings: list[tuple[Event | None, int]], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        judged(product(READY), [(event, minute, "bench") for event, minute in happenings], 20)


def test_a_removal_may_come_at_any_time_before_use() -> None:
    for place in range(3):
        course: list[tuple[Event | None, int, str | None]] = [(RECEIVED, 0, "bench"), (DILUTED, 5, None)]
        course.insert(place, (Event.REMOVED, [0, 2, 5][place], None))
        assert judged(product(READY), course, 20).verdict is COMPLIANT


# -- budgets that stages share --------------------------------------------------------------------------------------


def budget(minutes: int) -> Limit:
    return limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=minutes)), id="out")


@pytest.mark.parametrize(("allowed", "expected"), [(50, COMPLIANT), (49, VIOLATED)])
def test_stages_that_share_a_limits_id_share_one_budget(allowed: int, expected: Verdict) -> None:
    """20 minutes before reconstitution, 30 after it; what lies between two stages is free of it."""
    first = Stage("unopened", (budget(allowed),))
    later = Stage("ready", (budget(allowed),), begins=DILUTED, ends=ENDED)
    near = [(RECEIVED, 0, "bench"), (DILUTED, 20, "bench"), (STARTED, 50, None)]
    assert judged(product(first, later), near, 50).verdict is expected
    between = [(RECEIVED, 0, "bench"), (RECONSTITUTED, 20, "bench"), (DILUTED, 80, "bench"), (STARTED, 110, None)]
    free = Stage("mixed", (), begins=RECONSTITUTED, ends=DILUTED)
    assert judged(product(first, free, later), between, 110).verdict is expected


def test_time_in_a_condition_counts_in_each_stage_for_itself() -> None:
    room = (Condition("room", Range(15_000, 25_000), timedelta(minutes=30)),)
    stages = [
        Stage(name, conditions_limits(room, None), begins=begins, ends=ends, conditions=room)
        for name, begins, ends in (("mixed", RECONSTITUTED, DILUTED), ("ready", DILUTED, ENDED))
    ]
    course = [(RECONSTITUTED, 0, "bench"), (DILUTED, 30, "bench"), (STARTED, 60, None)]
    assert judged(product(*stages), course, 60).verdict is COMPLIANT


# -- equilibration --------------------------------------------------------------------------------------------------

ROOM = Condition("room", Range(15_000, 25_000))
COLD = Condition("cold", Range(2000, 8000), None, Equilibration("room", timedelta(minutes=60)))
WARMED = Stage(
    "ready", conditions_limits((ROOM, COLD), None), begins=DILUTED, ends=ENDED, conditions=(ROOM, COLD)
)  # fmt: skip


def waits(found: PreparationJudgement) -> list[tuple[str, tuple[float, float, float]]]:
    return [(wait.state.value, triple(wait.room)) for wait in found.equilibrations]


@pytest.mark.parametrize(
    ("case", "course", "probes", "expected"),
    [
        ("never refrigerated: nothing is needed", [(DILUTED, 0, "bench"), (STARTED, 30, None)], ROOMS, []),
        ("an hour at room temperature", [(DILUTED, 0, "fridge"), (None, 30, "bench"), (STARTED, 90, None)], ROOMS,
         [("kept", (60, 60, 60))]),
        ("a minute too little", [(DILUTED, 0, "fridge"), (None, 31, "bench"), (STARTED, 90, None)], ROOMS,
         [("violated", (59, 59, 59))]),
        ("refrigerated for two minutes between two readings",
         [(DILUTED, 0, "bench"), (None, 51, "fridge"), (None, 53, "bench"), (STARTED, 90, None)], ROOMS,
         [("violated", (37, 37, 37))]),
        ("a refrigerator that read a single time", [(DILUTED, 0, "fridge"), (None, 10, "bench"), (STARTED, 40, None)],
         {**ROOMS, "fridge": steady(5, 5, 5)}, [("violated", (30, 30, 30))]),
        ("perhaps refrigerated: nobody measured", [(DILUTED, 0, "bench"), (None, 30, "away"), (None, 40, "bench"),
         (STARTED, 70, None)], ROOMS, [("undetermined", (30, 30, 70))]),
        ("an hour at most, less for sure", [(DILUTED, 0, "fridge"), (None, 30, "bench"), (STARTED, 90, None)],
         {**ROOMS, "bench": steady(22, -60, 85)}, [("undetermined", (0, 60, 60))]),
        ("less than an hour at most", [(DILUTED, 0, "fridge"), (None, 31, "bench"), (STARTED, 90, None)],
         {**ROOMS, "bench": steady(22, -60, 85)}, [("violated", (0, 59, 59))]),
        ("used without a recorded start", [(DILUTED, 0, "fridge"), (None, 30, "bench"), (ENDED, 90, None)], ROOMS,
         [("undetermined", (60, 60, 60))]),
        ("not used yet", [(DILUTED, 0, "fridge"), (None, 30, "bench")], ROOMS, [("running", (570, 570, 570))]),
        ("discarded", [(DILUTED, 0, "fridge"), (DISCARDED, 30, None)], ROOMS, [("kept", (0, 0, 0))]),
    ],
)  # fmt: skip
def test_equilibration(
    case: str,
    course: list[tuple[Event | None, int, str | None]],
    probes: Mapping[str, Trace],
    expected: list[tuple[str, tuple[float, float, float]]],
) -> None:
    assert waits(judged(product(WARMED), course, probes=one_probe_each(probes, BY))) == expected, case


def probe(name: str, trace: Trace) -> Probe:
    return Probe(name, None, None, trace, BY)


TWO_ON_THE_BENCH = [(DILUTED, 0, "fridge"), (None, 30, "bench"), (STARTED, 95, None)]


def test_of_several_probes_the_worst_decides_on_equilibration() -> None:
    late = Trace.of([at * MINUTE for at in range(30, 120, 5)], [5000] * 2 + [22_000] * 16)
    probes = {"fridge": [probe("f", steady(5))], "bench": [probe("a", steady(22)), probe("b", late)]}
    assert waits(judged(product(WARMED), TWO_ON_THE_BENCH, probes=probes)) == [("undetermined", (55, 55, 60))]


def test_where_not_every_choice_of_probes_is_judged_nothing_is_kept_for_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stretch of an hour is no sum: the worst probe of each stay does not make the worst of the way."""
    stage = Stage("ready", (limit(Predicate.ABOVE, 30_000), limit(Predicate.ABOVE, 21_000, Each(timedelta(hours=2)))),
                  begins=DILUTED, ends=ENDED, conditions=WARMED.conditions)  # fmt: skip
    probes = {"fridge": [probe("f", steady(5))], "bench": [probe("a", steady(22)), probe("b", steady(22))]}
    whole = judged(product(stage), TWO_ON_THE_BENCH, probes=probes)
    assert (whole.verdict, whole.missing) == (COMPLIANT, ())
    monkeypatch.setattr(ways, "MOST_WAYS", 1)
    found = judged(product(stage), TWO_ON_THE_BENCH, probes=probes)
    assert (found.verdict, verdicts(found)["ready/above-30"]) == (UNDETERMINED, "kept")
    assert [wait.state for wait in found.equilibrations] == [ClockState.UNDETERMINED]
    assert found.missing == ("there are too many probes at these locations: not every combination of them was judged",)


# -- attestations ---------------------------------------------------------------------------------------------------

NOT_SHAKEN = (Attestation(DILUTED, Attested.NOT_SHAKEN),)
USED: list[tuple[Event | None, int, str | None]] = [(DILUTED, 10, "bench"), (STARTED, 40, None), (ENDED, 90, None)]


@pytest.mark.parametrize(
    ("case", "at_ms", "expected"),
    [
        ("at its event", 10 * MINUTE, COMPLIANT),
        ("a millisecond before it", 10 * MINUTE - 1, UNDETERMINED),
        ("at use", 90 * MINUTE, COMPLIANT),
        ("a millisecond after use", 90 * MINUTE + 1, UNDETERMINED),
    ],
)
def test_an_attestation_counts_from_its_event_to_use(case: str, at_ms: int, expected: Verdict) -> None:
    found = judged(product(READY, attest=NOT_SHAKEN), USED, said=[(Attested.NOT_SHAKEN, at_ms)])
    assert found.verdict is expected, case


def test_another_attestation_is_not_the_one_that_is_asked_for() -> None:
    found = judged(product(READY, attest=NOT_SHAKEN), USED, said=[(Attested.INSPECTED, 20 * MINUTE)])
    assert (found.verdict, found.missing) == (UNDETERMINED, ("nobody attested 'not shaken' at or after diluted",))


def test_before_use_a_missing_attestation_is_named_and_leaves_nothing_open() -> None:
    found = judged(product(READY, attest=NOT_SHAKEN), USED[:2])
    assert (found.verdict, found.missing) == (COMPLIANT, ("nobody attested 'not shaken' at or after diluted",))
    assert judged(product(UNOPENED, READY, attest=NOT_SHAKEN), [(RECEIVED, 0, "fridge")]).missing == ()
