"""Sentences of the page "what the numbers mean", one test each, with cases worked out by hand (§1 to §5).

Series are read every five minutes; durations are minutes.
"""

from datetime import timedelta

import numpy as np
import pytest

from coldchain.domain.bounds import Bounds, Edges, Yardstick
from coldchain.domain.limits import (
    Allowance,
    AnyDuration,
    Condition,
    Each,
    Limit,
    NoAllowance,
    Predicate,
    Range,
    Total,
    conditions_limits,
    limit,
)
from coldchain.domain.progress import advance, begin, finish
from coldchain.domain.reading import Readings, Trace, settle
from coldchain.domain.statistics import statistics
from coldchain.domain.verdict import Certainty, Gap, LimitJudgement, Verdict, conclude, gaps, judge
from tests.domain.strategies import MINUTE
from tests.domain.test_judge import ABOVE_8, HOUR, each, minutes, one, total, triple

KEPT, VIOLATED, UNDETERMINED = Verdict.KEPT, Verdict.VIOLATED, Verdict.UNDETERMINED
HALF_DEGREE = Yardstick(60 * MINUTE, 500)


def unsettled(judged: LimitJudgement) -> list[tuple[float, float, str]]:
    return [(found.start_ms / MINUTE, found.end_ms / MINUTE, found.cause) for found in judged.unsettled]


# -- §1 ---------------------------------------------------------------------------------------------------------------


def test_s1_of_different_values_at_an_instant_the_least_received_source_position_value_stands() -> None:
    columns = ([0] * 4, [5000, 6000, 7000, 4000], [20, 10, 10, 10], [0, 2, 1, 1], [0, 0, 1, 1])
    settled = settle(Readings(*(np.array(column, dtype=np.int64) for column in columns)))
    assert settled.trace.milli_c.tolist() == [4000], "received first, then the lower source, the position, the value"
    assert (settled.duplicates, settled.conflicts.tolist()) == (0, [0, 1, 2])


# -- §2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predicate", "bad", "good"),
    [
        (Predicate.ABOVE, "8.001", "8.0"),
        (Predicate.BELOW, "7.999", "8.0"),
        (Predicate.AT_OR_BELOW, "8.0", "8.001"),
        (Predicate.AT_OR_ABOVE, "8.0", "7.999"),
    ],
)
def test_s2_each_predicate_at_its_limit_to_the_thousandth(predicate: Predicate, bad: str, good: str) -> None:
    rule = limit(predicate, 8000)
    assert one(minutes(bad), rule).verdict is VIOLATED
    assert one(minutes(good), rule).verdict is KEPT
    assert rule.threshold_milli_c == 8000


@pytest.mark.parametrize(
    ("allowance", "series", "expected"),
    [
        (NoAllowance(), "5 8 5", KEPT),
        (NoAllowance(), "5 8.001 5", VIOLATED),
        (Each(timedelta(minutes=10)), "9x3", KEPT),
        (Each(timedelta(minutes=9)), "9x3", VIOLATED),
        (Total(timedelta(minutes=10)), "9x2 _x20 9x2", UNDETERMINED),
        (Total(timedelta(minutes=10)), "9x2 8 9x2", UNDETERMINED),
        (Total(timedelta(minutes=9)), "9x2 8 9x2", VIOLATED),
    ],
)
def test_s2_each_allowance_to_its_last_minute(allowance: Allowance, series: str, expected: Verdict) -> None:
    assert one(minutes(series), limit(Predicate.ABOVE, 8000, allowance)).verdict is expected


# -- §3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("milliseconds", "most"), [(0, 0), (1, 60 * MINUTE + 1)])
def test_s3_exactly_max_gap_is_believed_and_a_millisecond_more_is_not(milliseconds: int, most: int) -> None:
    trace = Trace.of([0, 60 * MINUTE + milliseconds], [5000, 5000])
    assert one(trace, ABOVE_8).bounds == Bounds(0, 0, most)


def test_s3_bad_readings_are_believed_to_be_joined_up_to_max_gap() -> None:
    near, far = Trace.of([0, 60 * MINUTE], [9000, 9000]), Trace.of([0, 60 * MINUTE + 1], [9000, 9000])
    assert one(near, ABOVE_8).bounds == Bounds(60 * MINUTE, 60 * MINUTE, 60 * MINUTE)
    assert one(far, ABOVE_8).bounds == Bounds(0, 60 * MINUTE + 1, 60 * MINUTE + 1)


@pytest.mark.parametrize(("series", "verdict"), [("20 26 20", VIOLATED), ("20 14 20", VIOLATED), ("15 25", KEPT)])
def test_s6_either_side_of_a_condition_is_outside(series: str, verdict: Verdict) -> None:
    (outside,) = conditions_limits((Condition("room", Range(15_000, 25_000)),), None)
    assert one(minutes(series), outside).verdict is verdict


def test_s3_an_episode_runs_from_its_first_bad_reading_to_the_first_good_one_after_it() -> None:
    (first, second) = one(minutes("5 9 12 10 5 9"), ABOVE_8).excursions
    assert (first.episode.start_ms, first.episode.end_ms) == (5 * MINUTE, 20 * MINUTE)
    assert (first.episode.extreme_milli_c, first.episode.readings) == (12_000, 3)
    assert triple(first.episode.bounds) == (10, 15, 20)  # from the good reading before it on
    assert (second.episode.start_ms, second.episode.end_ms) == (25 * MINUTE, None)
    assert triple(second.episode.bounds) == (0, 0, 5)


def test_s3_the_extreme_is_the_worst_value_and_the_first_of_two_as_bad() -> None:
    rules = conditions_limits((Condition("room", Range(15_000, 25_000)),), None)
    both = minutes("20 14 14.5 26 20")
    (excursion,) = one(both, rules[0]).excursions
    assert excursion.episode.extreme_milli_c == 14_000
    piecewise = advance(advance(begin(rules[0], HOUR), Trace(both.at_ms[:3], both.milli_c[:3])), both.after(600_000))
    assert conclude(piecewise).excursions == (excursion,)


@pytest.mark.parametrize(
    ("case", "series", "edges", "expected"),
    [
        ("from a + max_gap to b", "5 _x19 5", Edges(), [(60, 100)]),
        ("exactly max_gap is none", "5 _x11 5", Edges(), []),
        ("only inside the edges", "5 _x19 5", Edges(70 * MINUTE, 80 * MINUTE), [(70, 80)]),
        ("before the first reading, after an edge", "5", Edges(-90 * MINUTE), [(-30, 0)]),
        ("after the last reading, before an edge", "5", Edges(None, 90 * MINUTE), [(60, 90)]),
        ("up to an edge at max_gap", "5", Edges(None, 60 * MINUTE), []),
        ("an edge in the silence, before max_gap is over", "5 _x19 5", Edges(None, 60 * MINUTE), []),
        ("nothing was measured between two edges", "", Edges(0, 90 * MINUTE), [(60, 90)]),
    ],
)
def test_s3_a_gap_is_recorded_from_max_gap_after_its_first_reading(
    case: str, series: str, edges: Edges, expected: list[tuple[int, int]]
) -> None:
    assert gaps(minutes(series), HOUR, edges) == tuple(Gap(a * MINUTE, b * MINUTE) for a, b in expected), case


@pytest.mark.parametrize(
    ("case", "series", "edges", "expected"),
    [
        ("an interval is classified whole, and counts with its part inside", "5 9 9 5", (7, 12), (3, 5, 5)),
        ("a silence counts with its part inside", "5 _x19 5", (10, 20), (0, 0, 10)),
        ("no reading beyond the start edge", "9 9", (-5, 5), (5, 5, 10)),
        ("no reading beyond the end edge", "9 9", (0, 8), (5, 8, 8)),
        ("a reading at the start edge is no reading beyond it, and none is needed", "9 9", (0, 5), (5, 5, 5)),
        ("a long silence before the end edge", "5 5", (0, 66), (0, 0, 61)),
        ("a long silence after the start edge", "5 5", (-61, 5), (0, 0, 61)),
        ("without an edge nothing is added", "9 9", (None, None), (5, 5, 5)),
    ],
)
def test_s3_edges(
    case: str, series: str, edges: tuple[int | None, int | None], expected: tuple[float, float, float]
) -> None:
    found = Edges(*(None if edge is None else edge * MINUTE for edge in edges))
    assert triple(one(minutes(series), ABOVE_8, edge=found).bounds) == expected, case


@pytest.mark.parametrize(
    ("case", "series", "edges", "starts"),
    [
        ("a bad reading at the end edge is inside", "5 5 9 5", (0, 10), [10]),
        ("what begins after the end edge is not", "5 5 9 5", (0, 9), []),
        ("an episode that ends at the start edge is not inside", "9 5 5", (5, 10), []),
        ("one that ends after it is", "9 5 5", (4, 10), [0]),
        ("what still runs may yet reach in", "9", (5, 10), [0]),
    ],
)
def test_s3_an_episode_counts_where_any_of_it_lies_inside_the_edges(
    case: str, series: str, edges: tuple[int, int], starts: list[int]
) -> None:
    judged = one(minutes(series), ABOVE_8, edge=Edges(edges[0] * MINUTE, edges[1] * MINUTE))
    assert [found.episode.start_ms // MINUTE for found in judged.excursions] == starts, case


def test_s3_a_period_cannot_end_before_it_starts() -> None:
    assert Edges(5, 5).end_ms == 5
    with pytest.raises(ValueError, match="before it starts"):
        Edges(5, 4)


@pytest.mark.parametrize(
    ("value", "rule", "verdict", "certainty", "episodes"),
    [
        ("8.501", ABOVE_8, VIOLATED, Certainty.CERTAIN, 1),
        ("8.5", ABOVE_8, UNDETERMINED, Certainty.POSSIBLE, 1),  # moved by 0.5 towards good it is good
        ("8.001", ABOVE_8, UNDETERMINED, Certainty.POSSIBLE, 1),
        ("8.0", ABOVE_8, UNDETERMINED, None, 0),  # doubtful: opens no episode
        ("7.501", ABOVE_8, UNDETERMINED, None, 0),
        ("7.5", ABOVE_8, KEPT, None, 0),  # moved by 0.5 towards bad it is still good
        ("1.499", limit(Predicate.BELOW, 2000), VIOLATED, Certainty.CERTAIN, 1),
        ("2.499", limit(Predicate.BELOW, 2000), UNDETERMINED, None, 0),
        ("2.5", limit(Predicate.BELOW, 2000), KEPT, None, 0),
        ("-0.5", limit(Predicate.AT_OR_BELOW, 0), VIOLATED, Certainty.CERTAIN, 1),
        ("0.5", limit(Predicate.AT_OR_BELOW, 0), UNDETERMINED, None, 0),
        ("0.501", limit(Predicate.AT_OR_BELOW, 0), KEPT, None, 0),
        ("8.5", limit(Predicate.AT_OR_ABOVE, 8000), VIOLATED, Certainty.CERTAIN, 1),
        ("7.5", limit(Predicate.AT_OR_ABOVE, 8000), UNDETERMINED, None, 0),
        ("7.499", limit(Predicate.AT_OR_ABOVE, 8000), KEPT, None, 0),
    ],
)
def test_s3_uncertainty_moves_a_reading_towards_good_and_towards_bad(
    value: str, rule: Limit, verdict: Verdict, certainty: Certainty | None, episodes: int
) -> None:
    judged = one(minutes(value), rule, HALF_DEGREE)
    assert judged.verdict is verdict
    assert [found.certainty for found in judged.excursions] == [certainty] * episodes


def test_s3_bad_in_the_table_means_by_each_columns_own_test() -> None:
    judged = one(minutes("5 7.8 8.3 8.9x3 8.3 7.8 5"), ABOVE_8, HALF_DEGREE)
    assert triple(judged.bounds) == (10, 25, 40)
    (excursion,) = judged.excursions
    assert (excursion.episode.start_ms, excursion.episode.end_ms) == (10 * MINUTE, 35 * MINUTE)
    assert triple(excursion.episode.bounds) == (10, 25, 30)


# -- §4 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "series", "yardstick", "expected"),
    [
        (ABOVE_8, "5 9", HOUR, VIOLATED),
        (ABOVE_8, "5 _x12 5", HOUR, UNDETERMINED),
        (ABOVE_8, "7.8", HALF_DEGREE, UNDETERMINED),
        (ABOVE_8, "5 5", HOUR, KEPT),
        (each(10), "9x3", HOUR, KEPT),
        (each(10), "9x4", HOUR, VIOLATED),
        (each(10), "9 9 _x12 9 9", HOUR, UNDETERMINED),  # no unbroken stretch: a silence lies between
        (each(10), "5 9 5 9 5", HOUR, KEPT),  # between two good readings 10 minutes at most
        (each(9), "5 9 5 9 5", HOUR, UNDETERMINED),
        (each(9), "5 9 9", HOUR, UNDETERMINED),  # an end of the trace
        (each(10), "5 9 9", HOUR, KEPT),
        (each(14), "9 9 9 5", HOUR, UNDETERMINED),  # the beginning of the trace
        (total(10), "9x3", HOUR, KEPT),
        (total(10), "9x3 5", HOUR, UNDETERMINED),
        (total(10), "9x4", HOUR, VIOLATED),
    ],
)
def test_s4_the_table_of_verdicts(rule: Limit, series: str, yardstick: Yardstick, expected: Verdict) -> None:
    assert one(minutes(series), rule, yardstick).verdict is expected


def test_s4_within_counts_cut_intervals_with_their_part_inside() -> None:
    rule = total(60, timedelta(minutes=12))
    judged = one(minutes("5 9x3 5 9 5"), rule)
    assert triple(judged.bounds) == (10, 12, 12)  # a window of 12 minutes over 5 to 17
    apart = one(minutes("9x2 5x3 9x2"), total(60, timedelta(minutes=27)))
    assert triple(apart.bounds) == (7, 12, 17)  # minutes 3 to 30: of the first five only two


@pytest.mark.parametrize(
    ("rule", "series", "expected"),
    [
        (ABOVE_8, "5 _x12 5", Bounds(0, 0, 65 * MINUTE)),
        (total(5, timedelta(minutes=30)), "5 _x20 5", Bounds(0, 0, 30 * MINUTE)),
    ],
)
def test_s4_a_silence_counts_with_its_whole_length(rule: Limit, series: str, expected: Bounds) -> None:
    assert one(minutes(series), rule).bounds == expected


@pytest.mark.parametrize(
    ("case", "rule", "series", "yardstick", "expected"),
    [
        ("none: the silence", ABOVE_8, "5 5 _x12 5 5", HOUR, [(5, 70, "silent")]),
        ("none: next to a doubtful reading", ABOVE_8, "5 5 7.8 5 5", HALF_DEGREE, [(5, 15, "doubtful")]),
        ("none: two that meet are one", ABOVE_8, "5 7.8 _x12 5", HALF_DEGREE, [(0, 70, "silent")]),
        ("each: the stretch between two good readings", each(9), "5 5 9 5 5", HOUR, [(5, 15, "between")]),
        ("each: the silence in it", each(9), "5 5 _x12 5", HOUR, [(5, 70, "silent")]),
        ("each: the one that still runs", each(9), "5 5 9 9", HOUR, [(5, 15, "between")]),
        ("each: the one that still runs after a silence", each(9), "5 9 _x12 9", HOUR, [(0, 70, "silent")]),
        ("each: not those that are short enough", each(10), "5 9 5 9 9 5", HOUR, [(10, 25, "between")]),
        ("each: nor the one that still runs", each(10), "5 9x3 5 9 9", HOUR, [(0, 20, "between")]),
        ("total: between good and bad", total(10), "5 5 9 9 9 5 5", HOUR, [(5, 10, "between"), (20, 25, "between")]),
        (
            "total: partly doubtful",
            total(10),
            "5 7.8 5 9 9 9 5",
            HALF_DEGREE,
            [(0, 15, "doubtful"), (25, 30, "between")],
        ),
        ("total: the silence", total(10), "5 _x12 5 5", HOUR, [(0, 65, "silent")]),
    ],
)
def test_s4_an_undetermined_verdict_lists_the_very_intervals_that_cause_it(
    case: str, rule: Limit, series: str, yardstick: Yardstick, expected: list[tuple[float, float, str]]
) -> None:
    judged = one(minutes(series), rule, yardstick)
    assert judged.verdict is UNDETERMINED, case
    assert unsettled(judged) == expected, case


@pytest.mark.parametrize(
    ("case", "series", "yardstick", "expected"),
    [
        ("an episode may hide in each silence", "5 _x12 5 9 5 _x12 5", HOUR, [(0, 65, "silent"), (75, 140, "silent")]),
        ("a silence in a stretch that is too long is said once", "5 9x2 _x12 9x2 5", HOUR, [(0, 85, "silent")]),
        ("next to a doubtful reading", "5 7.8 5", HALF_DEGREE, [(0, 5, "doubtful"), (5, 10, "doubtful")]),
    ],
)
def test_s4_with_times_what_may_hide_an_episode_is_listed_too(
    case: str, series: str, yardstick: Yardstick, expected: list[tuple[float, float, str]]
) -> None:
    few = limit(Predicate.ABOVE, 8000, Each(timedelta(minutes=70)), times=1 if "7.8" not in series else 0)
    trace = minutes(series)
    judged = one(trace, few, yardstick)
    assert judged.verdict is UNDETERMINED, case
    assert unsettled(judged) == expected, case
    for cut in range(1, len(trace)):
        first = advance(begin(few, yardstick), Trace(trace.at_ms[:cut], trace.milli_c[:cut]))
        assert conclude(advance(first, trace.after(int(trace.at_ms[cut - 1])))) == judged, (case, cut)


@pytest.mark.parametrize(
    ("series", "cut", "expected"),
    [
        ("5 _x12 5 _x12 5", 2, [(0, 130, "silent")]),
        ("5 _x12 5 5 _x12 5", 2, [(0, 65, "silent"), (70, 135, "silent")]),
        ("5 7.8 _x12 5", 2, [(0, 70, "silent")]),
    ],
)
def test_s4_intervals_that_meet_at_a_cut_are_one(
    series: str, cut: int, expected: list[tuple[float, float, str]]
) -> None:
    trace = minutes(series)
    first = advance(begin(ABOVE_8, HALF_DEGREE), Trace(trace.at_ms[:cut], trace.milli_c[:cut]))
    judged = conclude(advance(first, trace.after(int(trace.at_ms[cut - 1]))))
    assert unsettled(judged) == expected
    assert judged == one(trace, ABOVE_8, HALF_DEGREE)


@pytest.mark.parametrize("series", ["5 9 9 _x12 9 5", "5x9"])
def test_s4_any_other_verdict_lists_none(series: str) -> None:
    assert one(minutes(series), ABOVE_8).unsettled == ()


@pytest.mark.parametrize(
    ("case", "rule", "series", "yardstick", "expected"),
    [
        ("none: certain", ABOVE_8, "5 9 5", HOUR, ["certain"]),
        ("none: only possible", ABOVE_8, "5 8.3 5", HALF_DEGREE, ["possible"]),
        ("each: no stretch longer than D", each(10), "5 9x3 5", HOUR, ["possible"]),
        ("each: a stretch longer than D", each(10), "5 9x4 5", HOUR, ["certain"]),
        ("each: exactly D is tolerated", each(10), "5 9 5", HOUR, [None]),
        ("total: from the episode in which it passes D", total(15), "5 9x2 5 9x4 5 9 5", HOUR,
         [None, "certain", "certain"]),
        ("total: possible first, certain later", total(10), "5 9x2 5 9x3 5", HOUR, ["possible", "certain"]),
        ("total within: what lies further back is forgotten", total(20, timedelta(hours=1)), "5 9x6 5x20 9 5", HOUR,
         ["certain", None]),
        ("total: as much as D is tolerated", total(10), "5 9 5", HOUR, [None]),
    ],
)  # fmt: skip
def test_s4_certain_and_possible_excursions(
    case: str, rule: Limit, series: str, yardstick: Yardstick, expected: list[str | None]
) -> None:
    judged = one(minutes(series), rule, yardstick)
    said = {found.episode.start_ms: str(found.certainty) for found in judged.excursions}
    every = sorted([*said, *(episode.start_ms for episode in judged.tolerated)])
    assert [said.get(start) for start in every] == expected, case


def test_s4_the_count_of_episodes_is_surely_more_or_only_perhaps() -> None:
    twice = limit(Predicate.ABOVE, 8000, AnyDuration(), times=1)
    sure = one(minutes("5 9 5 9 5"), twice)
    assert (sure.verdict, [found.certainty for found in sure.excursions]) == (VIOLATED, [Certainty.CERTAIN])
    perhaps = one(minutes("5 9 5 8.3 5"), twice, HALF_DEGREE)
    assert (perhaps.verdict, [found.certainty for found in perhaps.excursions]) == (UNDETERMINED, [Certainty.POSSIBLE])
    doubtful_between = one(minutes("5 9 7.8 9 5"), twice, HALF_DEGREE)
    assert doubtful_between.verdict is KEPT, "without a surely good reading between them they are one"
    assert one(minutes("5 9 5 _x12 5"), twice).verdict is UNDETERMINED, "a silence may hide another one"


# -- §5 ---------------------------------------------------------------------------------------------------------------


def test_s5_one_hour_at_minus_5_lowers_the_mkt_of_a_day_at_5_to_4_758() -> None:
    hour = 60 * MINUTE
    day = Trace.of([at * hour for at in range(24)], [5000] * 11 + [-5000] + [5000] * 12)
    found = statistics(day, hour)
    assert round(found.mkt_unguarded_c, 3) == 4.758
    assert found.mkt_c is None


@pytest.mark.parametrize(
    ("case", "lowest", "gap", "withheld"),
    [
        ("above freezing, everything measured", 1, 60, False),
        ("a reading at 0 °C", 0, 60, True),
        ("coverage of 95 %", 1, 114, False),
        ("coverage of less than 95 %", 1, 115, True),
    ],
)
def test_s5_mkt_is_withheld_at_0_degrees_and_below_95_percent(case: str, lowest: int, gap: int, withheld: bool) -> None:
    """16 hours of readings, then a silence of ``gap`` minutes of which ``max_gap``, an hour, counts as measured."""
    hour = 60 * MINUTE
    instants = [at * MINUTE for at in range(967)]
    trace = Trace.of([*instants, instants[-1] + gap * MINUTE], [5000] * len(instants) + [lowest])
    found = statistics(trace, hour)
    assert found.coverage == pytest.approx((966 + min(gap, 60)) / (966 + gap))
    assert (found.mkt_withheld is not None) is withheld, case


def test_s5_the_guarded_number_never_changes_a_verdict() -> None:
    trace = minutes("5x200 8.1 5x200")
    assert statistics(trace, 60 * MINUTE).mkt_c is not None
    assert judge(trace, [ABOVE_8], HOUR).verdict is VIOLATED


# -- piece by piece ---------------------------------------------------------------------------------------------------


def test_a_later_piece_must_be_later() -> None:
    begun = advance(begin(ABOVE_8, HOUR), minutes("5 5"))
    for at in (4 * MINUTE, 5 * MINUTE):
        with pytest.raises(ValueError, match="reach back"):
            advance(begun, Trace.of([at], [5000]))
    assert advance(begun, Trace.of([5 * MINUTE + 1], [5000])).readings == 3


@pytest.mark.parametrize(("cut", "silent_first"), [(1, False), (2, False), (3, True), (4, True)])
def test_a_stretch_that_goes_on_from_an_earlier_piece_keeps_its_beginning_and_its_silence(
    cut: int, silent_first: bool
) -> None:
    trace = minutes("5 9 _x12 9 9 5")
    first = advance(begin(each(9), HOUR), Trace(trace.at_ms[:cut], trace.milli_c[:cut]))
    assert first.perhaps_silent is silent_first
    whole = conclude(advance(first, trace.after(int(trace.at_ms[cut - 1]))))
    assert unsettled(whole) == [(0, 80, "silent")]


def test_readings_are_counted_once_and_edges_never() -> None:
    begun = begin(ABOVE_8, HOUR, Edges(-5 * MINUTE, 60 * MINUTE))
    first = advance(begun, minutes("5 9"))
    second = advance(first, Trace.of([10 * MINUTE], [5000]))
    assert [progress.readings for progress in (begun, first, second, finish(second))] == [0, 2, 3, 3]
