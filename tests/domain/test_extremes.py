"""What daily extremes prove: a limit is violated or undetermined, never kept; and no more than readings would show."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.bounds import Bounds, Edges, Yardstick
from coldchain.domain.extremes import Counted, Extremes
from coldchain.domain.judging_extremes import judge_extremes
from coldchain.domain.product import (
    HOTTEST,
    Allowance,
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
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import LimitJudgement, Verdict, judge
from tests.domain.strategies import limits as any_limit

HOUR = 3_600_000
DAY = 24 * HOUR
MINUTE = 60_000


def day(
    number: int, low: float, high: float, *, low_h: float | None = 6, high_h: float | None = 18, **more: object
) -> Extremes:
    """A day's lowest and highest value, °C, with the hours at which they were measured."""
    start = number * DAY
    moments = [None if hours is None else start + int(hours * HOUR) for hours in (low_h, high_h)]
    return Extremes(start, start + DAY, round(low * 1000), round(high * 1000), *moments, **more)  # type: ignore[arg-type]


def unmeasured(number: int) -> Extremes:
    return Extremes(number * DAY, number * DAY + DAY, None, None)


def above_8(allowance: Allowance = NoAllowance(), times: int | None = None) -> Limit:
    return limit(Predicate.ABOVE, 8000, allowance, times=times)


def each(hours: float) -> Limit:
    return above_8(Each(timedelta(hours=hours)))


def total(hours: float, within_h: float | None = None) -> Limit:
    return above_8(Total(timedelta(hours=hours), timedelta(hours=within_h) if within_h else None))


def judged(given_limit: Limit, *days: Extremes, uncertainty: int = 0, edges: Edges = Edges()) -> LimitJudgement:
    (one,) = judge_extremes(days, [given_limit], Yardstick(HOUR, uncertainty), edges).limits
    return one


def hours(bounds: Bounds) -> tuple[float, float, float]:
    return bounds.at_least_ms / HOUR, bounds.estimate_ms / HOUR, bounds.at_most_ms / HOUR


WARM = day(0, 9, 12)
GOOD = day(0, 3, 8)


@pytest.mark.parametrize(
    ("case", "given_limit", "days", "verdict"),
    [
        ("one bad extreme violates a limit without allowance", above_8(), [day(0, 3, 8.001)], "violated"),
        ("the edge is still good", above_8(), [GOOD], "undetermined"),
        ("good extremes never show that it was kept", above_8(), [day(n, 4, 5) for n in range(60)], "undetermined"),
        ("nothing at all", above_8(), [], "undetermined"),
        ("a day without a measurement", above_8(), [unmeasured(0)], "undetermined"),
        ("a low below", limit(Predicate.BELOW, 2000), [day(0, 1.999, 5)], "violated"),
        ("a low at the edge", limit(Predicate.BELOW, 2000), [day(0, 2, 5)], "undetermined"),
        ("freezing is at or below", limit(Predicate.AT_OR_BELOW, 0), [day(0, 0, 5)], "violated"),
        ("twelve hours between two bad extremes of a bad day", each(11.99), [WARM], "violated"),
        ("exactly as long as allowed", each(12), [WARM], "undetermined"),
        ("bad days join", each(35.99), [WARM, day(1, 9, 10)], "violated"),
        ("and no further than their outer extremes", each(36), [WARM, day(1, 9, 10)], "undetermined"),
        ("a good value between parts them", each(12), [WARM, day(1, 8, 10), day(2, 9, 10)], "undetermined"),
        ("a total adds them", total(23.99), [WARM, day(1, 8, 10), day(2, 9, 10)], "violated"),
        ("a total to the edge", total(24), [WARM, day(1, 8, 10), day(2, 9, 10)], "undetermined"),
        ("a total within a window", total(11.99, 48), [WARM], "violated"),
        ("that is shorter than the budget", total(11, 10), [WARM], "undetermined"),
        ("a day without its probe proves no stretch", each(1), [day(0, 9, 12, silent_ms=1)], "undetermined"),
        ("but its extremes were measured", above_8(), [day(0, 9, 12, silent_ms=HOUR)], "violated"),
        ("a bad maximum proves no duration", each(0), [day(0, 3, 30)], "undetermined"),
        ("two bad days without times of day", each(0), [day(n, 9, 12, low_h=None, high_h=None) for n in (0, 1)],
         "undetermined"),
        ("three of them", each(23.99), [day(n, 9, 12, low_h=None, high_h=None) for n in (0, 1, 2)], "violated"),
        ("to the edge", each(24), [day(n, 9, 12, low_h=None, high_h=None) for n in (0, 1, 2)], "undetermined"),
        ("once is allowed", above_8(Each(timedelta(hours=99)), 1), [WARM, day(1, 3, 4)], "undetermined"),
        ("twice is too often", above_8(Each(timedelta(hours=99)), 1), [WARM, day(1, 3, 4), day(2, 3, 9)], "violated"),
        ("a day that may hold more parts nothing", above_8(Each(timedelta(hours=99)), 1),
         [WARM, unmeasured(1), day(2, 3, 9)], "undetermined"),
    ],
)  # fmt: skip
def test_verdicts(case: str, given_limit: Limit, days: list[Extremes], verdict: str) -> None:
    assert judged(given_limit, *days).verdict == verdict, case


@pytest.mark.parametrize(
    ("high", "uncertainty", "verdict"),
    [(8.5, 500, "undetermined"), (8.501, 500, "violated"), (8.001, 0, "violated"), (7.6, 500, "undetermined")],
)
def test_an_uncertain_probe_needs_more(high: float, uncertainty: int, verdict: str) -> None:
    assert judged(above_8(), day(0, 3, high), uncertainty=uncertainty).verdict == verdict


@pytest.mark.parametrize(
    ("case", "days", "expected"),
    [
        ("nothing bad", [day(0, 3, 8)], (0, 0, 24)),
        ("nothing bad, an hour without the probe", [day(0, 3, 8, silent_ms=HOUR)], (0, 0, 24)),
        ("a bad maximum", [day(0, 3, 9)], (0, 0, 24)),
        ("a bad maximum, minutes counted", [day(0, 3, 9, counted=(Counted((8001, HOTTEST), 2 * HOUR),))], (0, 2, 24)),
        ("counted beyond another limit", [day(0, 3, 9, counted=(Counted((8002, HOTTEST), 2 * HOUR),))], (0, 0, 24)),
        ("counted more than there is", [day(0, 3, 9, counted=(Counted((8001, HOTTEST), 25 * HOUR),))], (0, 24, 24)),
        ("bad throughout", [day(0, 9, 12)], (12, 24, 24)),
        ("counted less than is proven", [day(0, 9, 12, counted=(Counted((8001, HOTTEST), HOUR),))], (12, 12, 24)),
        ("nothing measured", [unmeasured(0)], (0, 0, 24)),
        ("a missing day", [day(0, 3, 4), day(2, 3, 4)], (0, 0, 72)),
    ],
)
def test_three_durations(case: str, days: list[Extremes], expected: tuple[float, float, float]) -> None:
    assert hours(judged(above_8(), *days).bounds) == expected, case


def test_days_in_a_row_are_one_excursion_and_a_good_day_ends_it() -> None:
    found = judged(above_8(), WARM, day(1, 3, 20), day(2, 3, 4), day(3, 3, 9))
    spans = [(one.episode.start_ms // DAY, (one.episode.end_ms or 0) // DAY) for one in found.excursions]
    assert spans == [(0, 2), (3, 4)]
    assert [(one.certainty, one.episode.extreme_milli_c, one.episode.readings) for one in found.excursions] == [
        ("certain", 20_000, 3),
        ("certain", 9_000, 1),
    ]


def test_a_bad_stretch_within_its_allowance_may_be_longer() -> None:
    found = judged(each(20), WARM)
    assert [(one.certainty, one.episode.bounds.at_most_ms) for one in found.excursions] == [("possible", DAY)]
    assert judged(each(24), WARM).tolerated[0].longest_sure_ms == 12 * HOUR


@pytest.mark.parametrize(
    ("case", "edges", "verdict", "at_most_h"),
    [
        ("the whole day", Edges(0, DAY), "violated", 24),
        ("from the bad moment on", Edges(18 * HOUR, DAY), "violated", 6),
        ("after it", Edges(18 * HOUR + 1, DAY), "undetermined", 6),
        ("up to it", Edges(0, 18 * HOUR), "violated", 18),
        ("before it", Edges(0, 18 * HOUR - 1), "undetermined", 18),
        ("another day", Edges(DAY, 2 * DAY), "undetermined", 24),
    ],
)
def test_only_what_was_measured_in_the_period_counts(case: str, edges: Edges, verdict: str, at_most_h: float) -> None:
    found = judged(above_8(), day(0, 3, 9), edges=edges)
    assert found.verdict == verdict, case
    assert round(found.bounds.at_most_ms / HOUR) == at_most_h


def test_a_bad_day_that_the_period_cuts_was_bad_inside_it_too() -> None:
    assert hours(judged(each(99), WARM, edges=Edges(9 * HOUR, DAY)).bounds)[0] == 9


def test_an_extreme_without_its_time_proves_nothing_where_the_period_cuts_the_day() -> None:
    unknown = day(0, 3, 9, low_h=None, high_h=None)
    assert judged(above_8(), unknown).verdict == "violated"
    assert judged(above_8(), unknown, edges=Edges(1, DAY)).verdict == "undetermined"


def test_late_activation_missing_days_and_an_early_end_are_gaps() -> None:
    judgement = judge_extremes([day(2, 3, 4), day(4, 3, 4)], [above_8()], Yardstick(HOUR), Edges(0, 7 * DAY))
    assert [(gap.start_ms, gap.end_ms) for gap in judgement.gaps] == [
        (HOUR, 2 * DAY), (3 * DAY + HOUR, 4 * DAY), (5 * DAY + HOUR, 7 * DAY),
    ]  # fmt: skip
    causes = [(one.cause, one.start_ms // DAY, one.end_ms // DAY) for one in judgement.limits[0].unsettled]
    assert causes == [("silent", 0, 2), ("extremes", 2, 3), ("silent", 3, 4), ("extremes", 4, 5), ("silent", 5, 7)]
    assert judgement.verdict == "undetermined"


@pytest.mark.parametrize(("start", "gaps"), [(0, 0), (-HOUR, 0), (-HOUR - 1, 1)])
def test_a_silence_up_to_max_gap_is_none(start: int, gaps: int) -> None:
    assert len(judge_extremes([GOOD], [above_8()], Yardstick(HOUR), Edges(start, None)).gaps) == gaps


def test_a_range_of_conditions_may_be_passed_through_without_an_extreme_in_it() -> None:
    """Room temperature for 6 h at most: 3 to 30 °C passes through it, and neither extreme lies in it."""
    room = Condition("room", Range(15_000, 25_000), timedelta(hours=6))
    outside, inside = conditions_limits((room, Condition("cold", Range(2_000, 8_000))), None)
    found = judge_extremes([day(0, 3, 7), day(1, 3, 30)], [outside, inside], Yardstick()).limits
    assert [one.verdict for one in found] == ["violated", "undetermined"]
    assert hours(found[1].bounds) == (0, 0, 48)


def test_intervals_that_contradict_themselves_are_no_extremes() -> None:
    with pytest.raises(ValueError, match="above the highest"):
        day(0, 5, 4)
    with pytest.raises(ValueError, match="inside its interval"):
        day(0, 4, 5, low_h=25)
    with pytest.raises(ValueError, match="both extremes"):
        Extremes(0, 1, 4000, None)
    with pytest.raises(ValueError, match="ends after"):
        Extremes(0, 0, 4000, 4000)
    with pytest.raises(ValueError, match="overlap"):
        judged(above_8(), WARM, WARM)


WALKS = st.lists(st.integers(-3_000, 3_000), min_size=24, max_size=120)


def _summed_up(trace: Trace, per: int, *, timed: bool) -> list[Extremes]:
    """What a device that keeps extremes only would have kept of a trace."""
    kept = []
    for first in range(0, len(trace), per):
        at, values = trace.at_ms[first : first + per], trace.milli_c[first : first + per]
        low, high = int(values.argmin()), int(values.argmax())
        moments = (int(at[low]), int(at[high])) if timed else (None, None)
        kept.append(Extremes(int(at[0]), int(at[0]) + per * MINUTE, int(values[low]), int(values[high]), *moments))
    return kept


@given(WALKS, any_limit(), st.sampled_from([4, 10, 24]), st.booleans(), st.sampled_from([0, 400]))
def test_extremes_never_show_more_than_the_readings_behind_them(
    steps: list[int], one: Limit, per: int, timed: bool, uncertainty: int
) -> None:
    values = 5_000 + np.cumsum(np.array(steps, dtype=np.int64))
    values = values[: len(values) // per * per]
    trace = Trace(np.arange(values.size, dtype=np.int64) * MINUTE, values)
    measure = Yardstick(MINUTE, uncertainty)
    edges = Edges(0, values.size * MINUTE) if values.size else Edges()
    (known,) = judge(trace, [one], measure, edges).limits
    (found,) = judge_extremes(_summed_up(trace, per, timed=timed), [one], measure, edges).limits
    assert found.verdict is not Verdict.KEPT
    if found.verdict is Verdict.VIOLATED:
        assert known.verdict is Verdict.VIOLATED
    assert found.bounds.at_least_ms <= known.bounds.at_least_ms
    assert found.bounds.at_least_ms <= found.bounds.estimate_ms <= found.bounds.at_most_ms
    boundaries = values.size // per if values.size else 0
    assert known.bounds.at_most_ms <= found.bounds.at_most_ms + boundaries * MINUTE


BELOW_2 = limit(Predicate.BELOW, 2000)


@pytest.mark.parametrize(
    ("case", "given_limit", "one", "uncertainty", "verdict", "expected"),
    [
        ("above, surely", above_8(), day(0, 9, 12), 900, "violated", (12, 24, 24)),
        ("above, not throughout for sure", above_8(), day(0, 8.9, 12), 900, "violated", (0, 24, 24)),
        ("below, surely", BELOW_2, day(0, 1, 1.6), 300, "violated", (12, 24, 24)),
        ("below, not throughout for sure", BELOW_2, day(0, 1, 1.8), 300, "violated", (0, 24, 24)),
        ("below, perhaps not even once", BELOW_2, day(0, 1.8, 5), 300, "undetermined", (0, 0, 24)),
        ("below, perhaps, by a thousandth", BELOW_2, day(0, 2.299, 5), 300, "undetermined", (0, 0, 24)),
        ("below, not even perhaps", BELOW_2, day(0, 2.3, 5), 300, "undetermined", (0, 0, 24)),
        ("above, perhaps, by a thousandth", above_8(), day(0, 3, 7.701), 300, "undetermined", (0, 0, 24)),
        ("above, not even perhaps", above_8(), day(0, 3, 7.7), 300, "undetermined", (0, 0, 24)),
    ],
)
def test_uncertainty_moves_both_extremes(
    case: str, given_limit: Limit, one: Extremes, uncertainty: int, verdict: str,
    expected: tuple[float, float, float],
) -> None:  # fmt: skip
    found = judged(given_limit, one, uncertainty=uncertainty)
    assert (found.verdict, hours(found.bounds)) == (verdict, expected), case


def test_an_interval_that_ends_at_the_edge_is_not_inside() -> None:
    found = judged(above_8(), GOOD, day(1, 3, 4), edges=Edges(DAY, 2 * DAY))
    assert [(one.start_ms // DAY, one.end_ms // DAY) for one in found.unsettled] == [(1, 2)]


def test_a_cut_interval_was_silent_no_longer_than_it_is() -> None:
    found = judged(above_8(), day(0, 3, 8, silent_ms=20 * HOUR), edges=Edges(2 * HOUR, 3 * HOUR))
    assert hours(found.bounds) == (0, 0, 1)


def test_an_extreme_at_either_end_of_its_interval_was_measured_in_it() -> None:
    assert hours(judged(above_8(), day(0, 9, 12, low_h=0, high_h=24)).bounds) == (24, 24, 24)


def test_the_longest_of_several_stretches_fills_a_window() -> None:
    days = [WARM, day(1, 3, 4), day(2, 9, 10, low_h=8, high_h=11)]
    assert hours(judged(total(1, 48), *days).bounds) == (12, 48, 48)
    assert judged(each(11.99), *days).verdict == "violated"


def test_an_episode_of_several_days_is_certain_if_one_of_them_is() -> None:
    (found,) = judged(above_8(), day(0, 3, 8.2), day(1, 3, 9), uncertainty=500).excursions
    assert (found.certainty, found.episode.sure) == ("certain", True)
    first, second = judged(above_8(), WARM, day(1, 3, 4), day(2, 3, 9)).excursions
    assert [one.episode.perhaps_count for one in (first, second)] == [1, 2]


def test_the_extreme_of_a_range_is_what_lies_farthest_outside_it() -> None:
    (outside, *_) = conditions_limits((Condition("room", Range(15_000, 25_000)),), None)
    (found,) = judged(outside, day(0, 14, 30)).excursions
    assert (found.episode.extreme_milli_c, found.episode.badness) == (30_000, 5_000)
    (cold,) = judged(outside, day(0, 9, 26)).excursions
    assert (cold.episode.extreme_milli_c, cold.episode.badness) == (9_000, 6_000)


@pytest.mark.parametrize(("low", "high", "uncertainty"), [(3, 8, 0), (3, 8.001, 0), (3, 7.5, 500)])
def test_how_long_at_most_no_extremes_say(low: float, high: float, uncertainty: int) -> None:
    """Between two measurements nobody measured, and no file says how far apart they were."""
    assert hours(judged(above_8(), day(0, low, high), uncertainty=uncertainty).bounds)[2] == 24


@pytest.mark.parametrize(
    ("case", "low", "high", "uncertainty", "violated"),
    [
        ("inside both ends", 16, 24, 0, True),
        ("as near to either end as the probe may be off", 15.5, 24.5, 500, True),
        ("nearer to the upper end", 15.5, 24.501, 500, False),
        ("nearer to the lower end", 15.499, 24.5, 500, False),
    ],
)
def test_bad_temperatures_with_two_ends(case: str, low: float, high: float, uncertainty: int, violated: bool) -> None:
    """A day inside a condition whose time is limited to 11 h: from 6 to 18 h it was surely in it."""
    room = Condition("room", Range(15_000, 25_000), timedelta(hours=11))
    inside = conditions_limits((room, Condition("cold", Range(2_000, 8_000))), None)[1]
    found = judged(inside, day(0, low, high), uncertainty=uncertainty)
    assert (found.verdict == "violated") is violated, case


def test_the_worst_value_of_an_excursion_and_how_far_it_lies_beyond() -> None:
    ((warm,), (cold,)) = (
        judged(one, day(0, -3, 12), day(1, -5, 9)).excursions for one in (above_8(), limit(Predicate.BELOW, 2000))
    )
    assert (warm.episode.extreme_milli_c, warm.episode.badness) == (12_000, 4_000)
    assert (cold.episode.extreme_milli_c, cold.episode.badness) == (-5_000, 7_000)


def test_a_window_takes_the_longest_stretch_and_no_more_than_itself() -> None:
    found = judged(total(99, 36), WARM, day(1, 8, 10), day(2, 9, 10), day(3, 9, 10))
    assert hours(found.bounds) == (36, 36, 36)
    assert hours(judged(total(99, 100), WARM, day(1, 8, 10), day(2, 9, 10), day(3, 9, 10)).bounds) == (36, 72, 96)


def test_a_day_with_one_extreme_outside_the_period_and_one_inside() -> None:
    found = judged(each(99), day(0, 9, 12, low_h=6, high_h=18), edges=Edges(7 * HOUR, 12 * HOUR))
    assert hours(found.bounds) == (5, 5, 5)
    assert found.excursions == ()


def test_minutes_without_a_probe_are_no_more_than_the_interval() -> None:
    assert hours(judged(above_8(), day(0, 3, 8, silent_ms=3 * DAY)).bounds) == (0, 0, 24)


def test_separate_runs_are_counted_by_the_good_days_between() -> None:
    days = [day(0, 3, 9), day(1, 3, 8), day(2, 3, 9), day(3, 3, 8), day(4, 3, 9)]
    counts = [
        (one.sure_count, one.perhaps_count) for one in judged(above_8(Each(timedelta(hours=99)), 9), *days).tolerated
    ]
    assert counts == [(1, 1), (2, 2), (3, 3)]
    assert judged(above_8(Each(timedelta(hours=99)), 2), *days).verdict == "violated"
    assert judged(above_8(Each(timedelta(hours=99)), 3), *days).verdict == "undetermined"


def test_an_interval_that_only_touches_the_period_says_nothing_of_it() -> None:
    found = judged(above_8(), day(0, 3, 9, high_h=24), edges=Edges(DAY, 2 * DAY))
    assert (found.verdict, found.excursions, hours(found.bounds)) == ("undetermined", (), (0, 0, 24))
