"""Several probes at a place: each a trace of its own, the worst counts (semantics §3)."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain import ways
from coldchain.domain.bounds import Yardstick
from coldchain.domain.course import Happening
from coldchain.domain.preparation import judge_preparation
from coldchain.domain.probes import Probe
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
    return judge_preparation(BESPONSA, COURSE, (), probes, now * MINUTE).verdict


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
    fridges = [probe("a", steady(5)), probe("b", steady(9, 0, 60), None, None)]
    bench = [probe("x", steady(22))]
    both = judge_preparation(BESPONSA, COURSE, (), {"bench": bench, "fridge": fridges}, 60 * MINUTE)
    each = [judge_preparation(BESPONSA, COURSE, (), {"bench": bench, "fridge": [one]}, 60 * MINUTE) for one in fridges]
    for at, item in enumerate(both.conditions):
        every = [alone.conditions[at].judged.bounds for alone in each]
        assert item.judged.bounds.at_least_ms == max(one.at_least_ms for one in every)
        assert item.judged.bounds.at_most_ms == max(one.at_most_ms for one in every)


def test_the_probe_is_named() -> None:
    probes = {"bench": [probe("b", steady(22))], "fridge": [probe("good", steady(5)), probe("bad", steady(9))]}
    found = judge_preparation(BESPONSA, COURSE, (), probes, 60 * MINUTE)
    outside = next(item for item in found.conditions if item.judged.verdict is Verdict.VIOLATED)
    assert outside.judged.probes == ("bad",)


def test_one_probe_decides_on_a_stay_and_another_on_the_next() -> None:
    """Each choice of a probe for a stay is a way of its own: the times in a condition add up over the worst of each."""
    course = (*COURSE, Happening(None, 40 * MINUTE, "bench"), Happening(None, 70 * MINUTE, "fridge"))
    warm_first, warm_later = steady(22, 0, 35), steady(22, 40, 90)
    cool_later = Trace(np.append(warm_first.at_ms, warm_later.at_ms), np.append(warm_first.milli_c, warm_later.milli_c))
    probes = {"bench": [probe("a", cool_later), probe("b", steady(22))], "fridge": [probe("f", steady(5))]}
    found = judge_preparation(BESPONSA, course, (), probes, 80 * MINUTE)
    handling = next(item for item in found.conditions if item.judged.limit.id == "in-handling")
    assert handling.judged.bounds.at_most_ms == 40 * MINUTE


def test_where_not_every_choice_is_judged_budgets_and_limits_without_allowance_add_up_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = {name: [probe(str(n), steady(5)) for n in range(3)] for name in ("fridge", "other")}
    course = (*COURSE, Happening(None, 20 * MINUTE, "other"))
    probes = {"bench": [probe("b", steady(22))], **many}
    assert judge_preparation(BESPONSA, course, (), probes, 60 * MINUTE).verdict is Verdict.COMPLIANT
    monkeypatch.setattr(ways, "MOST_WAYS", 1)
    found = judge_preparation(BESPONSA, course, (), probes, 60 * MINUTE)
    assert found.verdict is Verdict.COMPLIANT


@given(st.lists(st.integers(-2_000, 30_000), min_size=1, max_size=20), st.integers(0, 1_000), st.integers(11, 150))
def test_the_same_probe_twice_is_judged_as_once(values: list[int], uncertainty: int, now: int) -> None:
    trace = Trace.of([n * 7 * MINUTE for n in range(len(values))], values)
    seen = Probe("p", None, None, trace, Yardstick(30 * MINUTE, uncertainty))
    one = judge_preparation(BESPONSA, COURSE, (), {"bench": [seen], "fridge": [seen]}, now * MINUTE)
    two = judge_preparation(BESPONSA, COURSE, (), {"bench": [seen] * 2, "fridge": [seen] * 2}, now * MINUTE)
    assert one.verdict is two.verdict
    assert [item.judged.bounds for item in one.conditions] == [item.judged.bounds for item in two.conditions]
    assert one.equilibrations == two.equilibrations
