"""The judge against the page it implements: an independent slow reading, the table, and what must always hold."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.bounds import Bounds, Edges, Yardstick
from coldchain.domain.limits import Each, Limit, Predicate, Total, limit
from coldchain.domain.progress import Progress, advance, begin
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Certainty, LimitJudgement, Verdict, conclude, judge
from tests.domain.oracle import consult
from tests.domain.strategies import MINUTE, edges, limits, traces, yardsticks

ABOVE_8 = limit(Predicate.ABOVE, 8000)
HOUR = Yardstick(60 * MINUTE)


def minutes(series: str, every: int = 5) -> Trace:
    """``"5 9x3 _ 5"``: a value, a value so many times, or a missing reading, five minutes apart."""
    at, instants, values = 0, [], []
    for word in series.split():
        value, _, count = word.partition("x")
        for _ in range(int(count or 1)):
            if value != "_":
                instants.append(at)
                values.append(round(float(value) * 1000))
            at += every * MINUTE
    return Trace.of(instants, values)


def triple(bounds: Bounds) -> tuple[float, float, float]:
    """In minutes."""
    return (bounds.at_least_ms / MINUTE, bounds.estimate_ms / MINUTE, bounds.at_most_ms / MINUTE)


def one(trace: Trace, rule: Limit, yardstick: Yardstick = HOUR, edge: Edges = Edges()) -> LimitJudgement:
    return judge(trace, [rule], yardstick, edge).limits[0]


@pytest.mark.parametrize(
    ("case", "series", "expected"),
    [
        ("the limit itself is still good", "8x9", (0, 0, 0)),
        ("good → good, near", "5 5", (0, 0, 0)),
        ("good → good, far: all of it is possible badness", "5 _x12 5", (0, 0, 65)),
        ("good → good, exactly max_gap apart: still believed", "5 _x11 5", (0, 0, 0)),
        ("good → bad", "5 9", (0, 0, 5)),
        ("good → bad, far", "5 _x20 9", (0, 0, 105)),
        ("bad → good", "9 5", (0, 5, 5)),
        ("bad → good, far", "9 _x20 5", (0, 105, 105)),
        ("bad → bad, near", "9 9", (5, 5, 5)),
        ("bad → bad, far", "9 _x20 9", (0, 105, 105)),
        ("one bad reading among good ones", "5 9 5", (0, 5, 10)),
        ("three bad readings", "5 9x3 5", (10, 15, 20)),
        ("a single reading lasts no time", "9", (0, 0, 0)),
    ],
)
def test_the_interval_table(case: str, series: str, expected: tuple[float, float, float]) -> None:
    assert triple(one(minutes(series), ABOVE_8).bounds) == expected, case


@pytest.mark.parametrize(
    ("case", "series", "end", "expected"),
    [
        ("a bad last reading goes on to the edge", "5 9", 20, (0, 15, 20)),
        ("a good last reading is believed up to max_gap", "5 5", 65, (0, 0, 0)),
        ("a long silence before the edge is possible badness", "5 5", 66, (0, 0, 61)),
        ("only what lies inside the edge counts", "5 9 9 9 5", 12, (7, 7, 12)),
    ],
)
def test_the_edge_at_the_end(case: str, series: str, end: int, expected: tuple[float, float, float]) -> None:
    assert triple(one(minutes(series), ABOVE_8, edge=Edges(end_ms=end * MINUTE)).bounds) == expected, case


def test_the_edge_at_the_start_stands_as_a_good_reading() -> None:
    judged = one(minutes("9 5"), ABOVE_8, edge=Edges(start_ms=-10 * MINUTE))
    assert triple(judged.bounds) == (0, 5, 15)


def test_an_episode_that_is_still_bad_at_the_edge_stays_open() -> None:
    (excursion,) = one(minutes("5 9 9.5"), ABOVE_8, edge=Edges(end_ms=30 * MINUTE)).excursions
    assert excursion.episode.end_ms is None
    assert triple(excursion.episode.bounds) == (5, 25, 30)
    assert excursion.episode.extreme_milli_c == 9500


HALF_HOUR = timedelta(minutes=30)


def each(minutes: int, times: int | None = None) -> Limit:
    return limit(Predicate.ABOVE, 8000, Each(timedelta(minutes=minutes)), times=times)


def total(minutes: int, within: timedelta | None = None) -> Limit:
    return limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=minutes), within))


@pytest.mark.parametrize(
    ("case", "rule", "series", "expected"),
    [
        ("none: one bad reading violates", ABOVE_8, "5 9 5", Verdict.VIOLATED),
        ("none: a gap leaves it open", ABOVE_8, "5 _x12 5", Verdict.UNDETERMINED),
        ("none: calm", ABOVE_8, "5x20", Verdict.KEPT),
        ("each: exactly the allowance is kept", each(10), "9x3", Verdict.KEPT),
        ("each: the edges of a stretch may add up to more", each(10), "5 9x3 5", Verdict.UNDETERMINED),
        ("each: longer than the allowance", each(10), "5 9x4 5", Verdict.VIOLATED),
        ("each: two short ones don't add up", each(30), "5 9x4 5 9x4 5", Verdict.KEPT),
        ("total: two short ones add up", total(25), "5 9x4 5 9x4 5", Verdict.VIOLATED),
        ("total within: each window for itself", total(15, HALF_HOUR), "5 9x3 5x9 9x3 5", Verdict.UNDETERMINED),
        ("total within: far apart and short", total(20, HALF_HOUR), "5 9x3 5x9 9x3 5", Verdict.KEPT),
        ("times: one episode too many", each(30, times=1), "5 9 5 9 5", Verdict.VIOLATED),
        ("times: as many as allowed", each(30, times=2), "5 9 5 9 5", Verdict.KEPT),
    ],
)  # fmt: skip
def test_verdicts(case: str, rule: Limit, series: str, expected: Verdict) -> None:
    assert one(minutes(series), rule).verdict is expected, case


def test_a_reading_within_the_probes_uncertainty_is_doubtful_and_opens_no_episode() -> None:
    judged = one(minutes("5 7.8 5"), ABOVE_8, Yardstick(60 * MINUTE, 500))
    assert judged.verdict is Verdict.UNDETERMINED
    assert judged.excursions == ()
    assert triple(judged.bounds) == (0, 0, 10)
    assert [span.cause for span in judged.unsettled] == ["doubtful"]


def test_a_reading_barely_beyond_the_limit_is_only_a_possible_excursion() -> None:
    (excursion,) = one(minutes("5 8.3 5"), ABOVE_8, Yardstick(60 * MINUTE, 500)).excursions
    assert excursion.certainty is Certainty.POSSIBLE


def test_nothing_measured_is_undetermined() -> None:
    assert judge(Trace.of([], []), [ABOVE_8], HOUR).verdict is Verdict.UNDETERMINED
    assert judge(Trace.of([], []), [ABOVE_8], HOUR, Edges(0, 120 * MINUTE)).verdict is Verdict.UNDETERMINED


@given(traces(), limits(), yardsticks, edges())
def test_the_judge_agrees_with_an_independent_slow_reading_of_the_page(
    trace: Trace, rule: Limit, yardstick: Yardstick, edge: Edges
) -> None:
    agrees_with_the_oracle(trace, rule, yardstick, edge)


def agrees_with_the_oracle(trace: Trace, rule: Limit, yardstick: Yardstick, edge: Edges) -> None:
    judged = one(trace, rule, yardstick, edge)
    readings = list(zip(trace.at_ms.tolist(), trace.milli_c.tolist(), strict=True))
    said = consult(rule, readings, yardstick.max_gap_ms, yardstick.uncertainty_milli_c, edge.start_ms, edge.end_ms)
    found = [(e.episode, str(e.certainty)) for e in judged.excursions] + [(e, "None") for e in judged.tolerated]
    assert judged.verdict == said.verdict
    assert (judged.bounds.at_least_ms, judged.bounds.estimate_ms, judged.bounds.at_most_ms) == said.triple
    assert sorted(
        (
            e.start_ms,
            e.end_ms or 0,
            (e.bounds.at_least_ms, e.bounds.estimate_ms, e.bounds.at_most_ms),
            e.extreme_milli_c,
            c,
        )
        for e, c in found
    ) == sorted((e.start, e.end or 0, e.triple, e.extreme, str(e.certainty)) for e in said.episodes)
    found_gaps = judge(trace, [rule], yardstick, edge).gaps
    assert [(gap.start_ms, gap.end_ms) for gap in found_gaps] == said.gaps


@given(traces(min_size=1), limits(), yardsticks, edges(), st.data())
def test_wherever_a_trace_is_cut_the_judgement_is_the_same(
    trace: Trace, rule: Limit, yardstick: Yardstick, edge: Edges, data: st.DataObject
) -> None:
    progress = begin(rule, yardstick, edge)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(trace)), max_size=4)))
    for low, high in zip([0, *cuts], [*cuts, len(trace)], strict=True):
        progress = advance(progress, Trace(trace.at_ms[low:high], trace.milli_c[low:high]))
    assert conclude(progress) == one(trace, rule, yardstick, edge)


@given(traces(min_size=1), limits(), yardsticks, edges(), st.data())
def test_a_memory_written_down_and_taken_up_again_goes_on_the_same(
    trace: Trace, rule: Limit, yardstick: Yardstick, edge: Edges, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(trace)))
    first, rest = Trace(trace.at_ms[:cut], trace.milli_c[:cut]), Trace(trace.at_ms[cut:], trace.milli_c[cut:])
    before = advance(begin(rule, yardstick, edge), first)
    resumed = conclude(advance(Progress.of_json(rule, before.to_json()), rest))
    whole = one(trace, rule, yardstick, edge)
    assert (resumed.verdict, resumed.bounds) == (whole.verdict, whole.bounds)
    known_before = {e.start_ms for e in before.episodes}
    assert resumed.excursions == tuple(e for e in whole.excursions if e.episode.start_ms not in known_before)


@given(traces(), limits(), yardsticks, edges())
def test_at_least_is_never_more_than_the_estimate_and_that_never_more_than_at_most(
    trace: Trace, rule: Limit, yardstick: Yardstick, edge: Edges
) -> None:
    judged = one(trace, rule, yardstick, edge)
    for bounds in (judged.bounds, *(e.episode.bounds for e in judged.excursions)):
        assert bounds.at_least_ms <= bounds.estimate_ms <= bounds.at_most_ms


@given(traces(min_size=3), yardsticks.map(lambda y: Yardstick(y.max_gap_ms)), st.data())
def test_removing_an_interior_reading_moves_the_triple_only_one_way(
    trace: Trace, yardstick: Yardstick, data: st.DataObject
) -> None:
    index = data.draw(st.integers(1, len(trace) - 2))
    fewer = Trace(np.delete(trace.at_ms, index), np.delete(trace.milli_c, index))
    before, after = one(trace, ABOVE_8, yardstick).bounds, one(fewer, ABOVE_8, yardstick).bounds
    if trace.milli_c[index] > 8000:
        assert all(a <= b for a, b in zip(triple(after), triple(before), strict=True)), (
            "a bad one removed raises nothing"
        )
    else:
        assert all(a >= b for a, b in zip(triple(after), triple(before), strict=True)), (
            "a good one removed lowers nothing"
        )


def test_two_thousand_random_traces_are_judged_alike_by_the_slow_reading() -> None:
    from tests.domain.campaign import campaign

    met = campaign(2000, seed=7)
    assert all(met[verdict] > 100 for verdict in (Verdict.KEPT, Verdict.VIOLATED, Verdict.UNDETERMINED))
    assert {f"predicate {predicate}" for predicate in Predicate} < set(met)
    assert {"gap", "conflicts", "doubtful reading", "edge at a reading", "moves", "judged in pieces"} < set(met)
    assert {f"allowance {one}" for one in ("NoAllowance", "Each", "Total", "Total within", "AnyDuration")} < set(met)
