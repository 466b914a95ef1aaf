"""Linked clocks, conditions, equilibration and attestations (semantics §6): the worked case of a Besponsa vial."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from coldchain.domain.bounds import Yardstick
from coldchain.domain.clocks import ClockState
from coldchain.domain.course import Happening
from coldchain.domain.preparation import (
    PreparationJudgement,
    Statement,
    judge_preparation,
)
from coldchain.domain.probes import one_probe_each
from coldchain.domain.product import Attested, Event, Product
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Verdict
from coldchain.rulebook.book import load_rulebook
from tests.domain.strategies import MINUTE

HALF_HOUR = Yardstick(30 * MINUTE)


def at(clock: str) -> int:
    """A time of the day in milliseconds: ``"08:20"``, ``"16:00:00.001"``."""
    hours, minutes, *seconds = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * MINUTE + round(float(seconds[0] if seconds else 0) * 1000)


def steady(celsius: float, first: str = "07:00", last: str = "18:00", silent: tuple[str, str] | None = None) -> Trace:
    """A sensor that reads one value every five minutes, perhaps with a silence."""
    instants = range(at(first), at(last) + 1, 5 * MINUTE)
    kept = [i for i in instants if silent is None or not at(silent[0]) < i < at(silent[1])]
    return Trace.of(kept, [round(celsius * 1000)] * len(kept))


TRACES = {"bench": steady(22), "fridge": steady(5)}
DAY = {
    "reconstituted": ("08:00", "bench"),
    "refrigerated": ("08:20", "fridge"),
    "taken out": ("11:50", "bench"),
    "diluted": ("11:55", "bench"),
    "refrigerated again": ("12:10", "fridge"),
    "out for use": ("14:40", "bench"),
    "infusion_started": ("15:45", None),
    "infusion_ended": ("15:59", None),
}
ATTESTED = tuple(
    Statement(what, at("11:56")) for what in (Attested.CLEAR, Attested.NO_DISCOLOURATION, Attested.FROM_LIGHT)
)


@pytest.fixture(scope="module")
def besponsa() -> Product:
    return load_rulebook().product("besponsa")


Judge = Callable[..., PreparationJudgement]


@pytest.fixture
def judged(besponsa: Product) -> Judge:
    def judge(
        changed: dict[str, str] | None = None,
        traces: dict[str, Trace] | None = None,
        statements: tuple[Statement, ...] = ATTESTED,
        without: tuple[str, ...] = (),
        now: str = "18:00",
    ) -> PreparationJudgement:
        day = {name: ((changed or {}).get(name, clock), place) for name, (clock, place) in DAY.items()}
        happenings = [
            Happening(Event(name) if name in set(Event) else None, at(clock), place)
            for name, (clock, place) in day.items()
            if name not in without
        ]
        found = {**TRACES, **(traces or {})}
        return judge_preparation(besponsa, happenings, statements, one_probe_each(found, HALF_HOUR), at(now))

    return judge


def test_the_day_as_it_should_be_is_compliant(judged: Judge) -> None:
    day = judged()
    assert day.verdict is Verdict.COMPLIANT
    assert day.final
    assert {clock.state for clock in day.clocks} == {ClockState.KEPT}
    assert [wait.state for wait in day.equilibrations] == [ClockState.KEPT]
    assert day.missing == ()


@pytest.mark.parametrize(
    ("case", "changed", "expected"),
    [
        ("8 h to the millisecond are in time", {"infusion_ended": "16:00:00.000"}, Verdict.COMPLIANT),
        ("a millisecond later is not", {"infusion_ended": "16:00:00.001"}, Verdict.VIOLATED),
        ("dilution after 4 h to the millisecond", {"diluted": "12:00"}, Verdict.COMPLIANT),
        ("dilution a millisecond later", {"diluted": "12:00:00.001"}, Verdict.VIOLATED),
        ("15 minutes of equilibration are no hour", {"out for use": "15:30"}, Verdict.VIOLATED),
        ("the bench for longer than the site allows", {"refrigerated": "08:26"}, Verdict.VIOLATED),
    ],
)
def test_times_decide_to_the_millisecond(case: str, changed: dict[str, str], expected: Verdict, judged: Judge) -> None:
    assert judged(changed).verdict is expected, case


@pytest.mark.parametrize(
    ("case", "traces", "expected"),
    [
        ("a silent bench sensor", {"bench": steady(22, silent=("11:00", "13:00"))}, Verdict.UNDETERMINED),
        ("a bench without a sensor", {"bench": Trace.of([], [])}, Verdict.UNDETERMINED),
        ("a refrigerator at 9 °C is none of the conditions", {"fridge": steady(9)}, Verdict.VIOLATED),
        ("a cool room is no room temperature for the diluted medicine", {"bench": steady(18)}, Verdict.VIOLATED),
    ],
)
def test_temperatures_decide(case: str, traces: dict[str, Trace], expected: Verdict, judged: Judge) -> None:
    assert judged(traces=traces).verdict is expected, case


def test_an_attestation_missing_at_use_leaves_it_open(judged: Judge) -> None:
    day = judged(statements=ATTESTED[:2])
    assert day.verdict is Verdict.UNDETERMINED
    assert day.missing == ("nobody attested 'protected from light' at or after reconstituted",)


@pytest.mark.parametrize("clock", ["07:59", "15:59:00.001"])
def test_an_attestation_before_its_event_or_after_use_does_not_count(clock: str, judged: Judge) -> None:
    statements = (*ATTESTED[:2], Statement(Attested.FROM_LIGHT, at(clock)))
    assert judged(statements=statements).verdict is Verdict.UNDETERMINED


def test_before_use_a_missing_attestation_is_only_missing(judged: Judge) -> None:
    day = judged(statements=(), without=("infusion_started", "infusion_ended"), now="15:00")
    assert day.verdict is Verdict.COMPLIANT
    assert not day.final
    assert len(day.missing) == 3


def test_a_dilution_that_nobody_recorded_is_undetermined(judged: Judge) -> None:
    day = judged(without=("diluted",))
    assert day.verdict is Verdict.UNDETERMINED
    assert {clock.deadline.id: clock.state for clock in day.clocks} == {
        "reconstituted→diluted": ClockState.UNDETERMINED,
        "reconstituted→infusion_ended": ClockState.KEPT,
    }
    assert [clock.elapsed_ms for clock in day.clocks if clock.state is ClockState.UNDETERMINED] == [None]
    assert "diluted was not recorded" in day.missing


@pytest.mark.parametrize(("now", "expected"), [("12:00", ClockState.RUNNING), ("12:00:00.001", ClockState.VIOLATED)])
def test_a_clock_runs_until_its_deadline(now: str, expected: ClockState, judged: Judge) -> None:
    later = ("diluted", "refrigerated again", "out for use", "infusion_started", "infusion_ended")
    day = judged(without=later, now=now)
    assert {clock.state for clock in day.clocks if clock.deadline.ends is Event.DILUTED} == {expected}


def test_a_missing_start_of_the_infusion_matters_only_for_equilibration(judged: Judge) -> None:
    day = judged(without=("infusion_started",))
    assert [wait.state for wait in day.equilibrations] == [ClockState.UNDETERMINED]
    assert {clock.state for clock in day.clocks} == {ClockState.KEPT}
    assert {item.judged.verdict for item in day.conditions} == {Verdict.KEPT}
    assert day.verdict is Verdict.UNDETERMINED


def test_discarding_ends_every_clock(besponsa: Product) -> None:
    happenings = [Happening(Event.RECONSTITUTED, at("08:00"), "fridge"), Happening(Event.DISCARDED, at("09:00"))]
    day = judge_preparation(besponsa, happenings, (), one_probe_each(TRACES, HALF_HOUR), at("18:00"))
    assert {clock.state for clock in day.clocks} == {ClockState.KEPT}
    assert (day.verdict, day.final) == (Verdict.COMPLIANT, True)


@pytest.mark.parametrize(
    ("case", "happenings", "said"),
    [
        ("written out of order", [(Event.DILUTED, 10), (None, 5)], "written after"),
        ("out of sequence", [(Event.DILUTED, 5), (Event.RECONSTITUTED, 10)], "can only come after"),
        ("repeated", [(Event.DILUTED, 5), (Event.DILUTED, 10)], "there twice"),
        ("after discarding", [(Event.DISCARDED, 5), (Event.REMOVED, 10)], "ends everything"),
        ("in the future", [(Event.DILUTED, 21)], "'now' lies before"),
        ("only moves", [(None, 5)], "no event"),
    ],
)
def test_events_that_cannot_be_are_an_error(
    case: str, happenings: list[tuple[Event | None, int]], said: str, besponsa: Product
) -> None:
    course = [Happening(event, minute * MINUTE, "bench") for event, minute in happenings]
    with pytest.raises(ValueError, match=said):
        judge_preparation(besponsa, course, (), one_probe_each(TRACES, HALF_HOUR), 20 * MINUTE)


def test_the_order_of_the_list_rules_at_equal_instants(besponsa: Product) -> None:
    course = [Happening(Event.RECONSTITUTED, 0, "bench"), Happening(Event.DILUTED, 0), Happening(None, 0, "fridge")]
    probes = one_probe_each({"fridge": steady(5, "00:00")}, HALF_HOUR)
    day = judge_preparation(besponsa, course, (), probes, 60 * MINUTE)
    assert day.verdict is Verdict.COMPLIANT


def test_six_hours_refrigerated_and_then_an_hour_of_equilibration_are_in_order(besponsa: Product) -> None:
    """The 6 hours count for each condition (labels §1)."""
    patient = replace(besponsa, deadlines=())
    course = [
        Happening(Event.DILUTED, at("07:00"), "fridge"),
        Happening(None, at("13:00"), "bench"),
        Happening(Event.INFUSION_STARTED, at("14:00")),
    ]
    day = judge_preparation(patient, course, (), one_probe_each(TRACES, HALF_HOUR), at("14:00"))
    assert {item.judged.verdict for item in day.conditions} == {Verdict.KEPT}
    assert [wait.state for wait in day.equilibrations] == [ClockState.KEPT]
    later = [replace(h, at_ms=h.at_ms + (1 if h.event is None else 0)) for h in course]
    day = judge_preparation(patient, later, (), one_probe_each(TRACES, HALF_HOUR), at("14:00"))
    verdicts = {item.judged.limit.id: item.judged.verdict for item in day.conditions}
    assert verdicts["in-refrigerated"] is Verdict.VIOLATED
    assert day.equilibrations[0].room.at_least_ms == timedelta(hours=1) / timedelta(milliseconds=1) - 1
