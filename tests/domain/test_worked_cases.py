"""The worked cases of Besponsa, Lemtrada and natalizumab, by the domain (semantics §6)."""

import pytest

from coldchain.domain.bounds import Yardstick
from coldchain.domain.course import Happening
from coldchain.domain.preparation import PreparationJudgement, Statement, judge_preparation
from coldchain.domain.probes import one_probe_each
from coldchain.domain.product import Event
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Verdict
from coldchain.rulebook.book import load_rulebook
from tests.domain.strategies import MINUTE
from tests.domain.worked import BESPONSA, CASES, Case, at

RULEBOOK = load_rulebook()
HALF_HOUR = Yardstick(30 * MINUTE)


def judged(case: Case) -> PreparationJudgement:
    course = [
        Happening(None if what == "moved" else Event(what), at(clock), place or None)
        for what, clock, place in case.steps
    ]
    statements = [Statement(what, at(clock)) for what, clock in case.said.items()]
    traces = {}
    for place, sensor in case.sensors.items():
        instants, values = zip(*sensor.readings(), strict=True)
        traces[place] = Trace.of(list(instants), list(values))
    probes = one_probe_each(traces, HALF_HOUR)
    return judge_preparation(RULEBOOK.product(case.product), course, statements, probes, at(case.now))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.product}: {case.name}")
def test_a_worked_case(case: Case) -> None:
    found = judged(case)
    assert found.verdict.value == case.verdict
    assert {clock.deadline.id: clock.state.value for clock in found.clocks} == case.clocks
    broken = [item.judged.limit.id for item in found.conditions if item.judged.verdict is not Verdict.KEPT]
    broken += [f"equilibration-after-{wait.condition}" for wait in found.equilibrations if wait.state != "kept"]
    for reason in case.because:
        if not reason.startswith("no trace"):
            assert any(reason in said for said in (*broken, *found.missing))


def test_every_deadline_is_named_with_its_last_instant() -> None:
    clocks = {clock.deadline.id: (clock.elapsed_ms, clock.deadline_ms) for clock in judged(BESPONSA).clocks}
    assert clocks == {
        "reconstituted→diluted": (235 * MINUTE, at("12:00")),
        "reconstituted→infusion_ended": (479 * MINUTE, at("16:00")),
    }
