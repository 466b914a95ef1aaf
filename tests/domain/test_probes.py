"""Several probes at a place: each a trace of its own, the worst counts (semantics §3)."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.bounds import Yardstick
from coldchain.domain.preparation import Happening, judge_preparation
from coldchain.domain.probes import MOST_WAYS, Probe, ProbedStay, judge_measured
from coldchain.domain.product import Event
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Verdict
from coldchain.rulebook.book import load_rulebook
from tests.domain.strategies import MINUTE

BESPONSA = load_rulebook().product("besponsa")
HALF_HOUR = Yardstick(30 * MINUTE)


def steady(celsius: float, first: int = 0, last: int = 300) -> Trace:
    """One value every five minutes, minutes from the beginning."""
    instants = range(first * MINUTE, last * MINUTE + 1, 5 * MINUTE)
    return Trace.of(list(instants), [round(celsius * 1000)] * len(instants))


def probe(
    name: str, trace: Trace, since: int | None = None, until: int | None = None, by: Yardstick = HALF_HOUR
) -> Probe:
    return Probe(name, None if since is None else since * MINUTE, None if until is None else until * MINUTE, trace, by)


COURSE = (Happening(Event.RECONSTITUTED, 0, "bench"), Happening(None, 10 * MINUTE, "fridge"))


def judged(fridge: Sequence[Probe], now: int = 120) -> Verdict:
    probes = {"bench": [probe("b", steady(22))], "fridge": fridge}
    return judge_measured(BESPONSA, COURSE, (), probes, now * MINUTE).worst.verdict


@pytest.mark.parametrize(
    ("case", "fridge", "expected"),
    [
        ("one good probe", [probe("a", steady(5))], Verdict.COMPLIANT),
        ("two good probes", [probe("a", steady(5)), probe("b", steady(6))], Verdict.COMPLIANT),
        ("the worse of two counts", [probe("a", steady(5)), probe("b", steady(9))], Verdict.VIOLATED),
        ("never their average", [probe("a", steady(9)), probe("b", steady(1))], Verdict.VIOLATED),
        ("an uncertain one leaves it open",
         [probe("a", steady(5)), probe("b", steady(7.8), by=Yardstick(30 * MINUTE, 500))], Verdict.UNDETERMINED),
        ("a silent one leaves it open", [probe("a", steady(5)), probe("b", steady(5, 0, 30))], Verdict.UNDETERMINED),
        ("one was replaced by another",
         [probe("a", steady(5, 0, 60), None, 60), probe("b", steady(5, 55, 300), 60)], Verdict.COMPLIANT),
        ("what it measures elsewhere is not its place's",
         [probe("a", steady(5), None, 60), probe("b", steady(5), 60)], Verdict.COMPLIANT),
        ("between two probes nobody measured",
         [probe("a", steady(5), None, 60), probe("b", steady(5), 61)], Verdict.UNDETERMINED),
        ("one that hung there for a while only speaks for that while",
         [probe("a", steady(5)), probe("b", steady(5), 40, 60)], Verdict.COMPLIANT),
        ("and is heard then",
         [probe("a", steady(5)), probe("b", steady(9), 40, 60)], Verdict.VIOLATED),
        ("no probe", [], Verdict.UNDETERMINED),
    ],
)  # fmt: skip
def test_the_worst_probe_counts(case: str, fridge: list[Probe], expected: Verdict) -> None:
    assert judged(fridge) is expected, case


def test_the_largest_figure_of_each_column_stands() -> None:
    """7.8 °C ± 0.5 is in the refrigerator's range only perhaps; 5 °C surely is."""
    fridge = [probe("a", steady(5)), probe("b", steady(9, 0, 60), None, None)]
    probes = {"bench": [probe("x", steady(22))], "fridge": fridge}
    found = judge_measured(BESPONSA, COURSE, (), probes, 60 * MINUTE)
    assert len(found.ways) == 2
    for item in found.worst.conditions:
        every = [other for way in found.ways for other in way.conditions if other.judged.limit == item.judged.limit]
        assert item.judged.bounds.at_least_ms == max(one.judged.bounds.at_least_ms for one in every)
        assert item.judged.bounds.at_most_ms == max(one.judged.bounds.at_most_ms for one in every)


def test_the_probe_is_named() -> None:
    probes = {"bench": [probe("b", steady(22))], "fridge": [probe("good", steady(5)), probe("bad", steady(9))]}
    found = judge_measured(BESPONSA, COURSE, (), probes, 60 * MINUTE)
    outside = next(item for item in found.worst.conditions if item.judged.verdict is Verdict.VIOLATED)
    assert [stay.probe for stay in outside.stays if isinstance(stay, ProbedStay)] == ["b", "bad"]


def test_too_many_probes_are_never_called_compliant() -> None:
    many = {name: [probe(str(n), steady(5)) for n in range(9)] for name in ("fridge", "other")}
    course = (*COURSE, Happening(None, 20 * MINUTE, "other"))
    found = judge_measured(BESPONSA, course, (), {"bench": [probe("b", steady(22))], **many}, 60 * MINUTE)
    assert len(found.ways) <= MOST_WAYS
    assert found.worst.verdict is Verdict.UNDETERMINED
    assert "not every combination" in found.worst.missing[-1]


@given(st.lists(st.integers(-2_000, 30_000), min_size=1, max_size=20), st.integers(0, 1_000), st.integers(11, 150))
def test_one_probe_is_judged_as_a_preparation_with_one_trace(values: list[int], uncertainty: int, now: int) -> None:
    trace = Trace.of([n * 7 * MINUTE for n in range(len(values))], values)
    by = Yardstick(30 * MINUTE, uncertainty)
    probes = {"bench": [Probe("b", None, None, trace, by)], "fridge": [Probe("f", None, None, trace, by)]}
    one = judge_measured(BESPONSA, COURSE, (), probes, now * MINUTE).worst
    other = judge_preparation(BESPONSA, COURSE, (), {"bench": trace, "fridge": trace}, by, now * MINUTE)
    assert one.verdict is other.verdict
    assert [item.judged.bounds for item in one.conditions] == [item.judged.bounds for item in other.conditions]
