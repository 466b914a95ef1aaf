"""An alert is due at the first instant at which the limit can no longer be shown to be kept (semantics §4)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings

from coldchain.domain.alarm import unprovable_from
from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.limits import Each, Limit, Predicate, Total, limit
from coldchain.domain.progress import advance, begin
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Verdict, conclude
from tests.domain.strategies import MINUTE, limits, traces, yardsticks
from tests.domain.test_judge import ABOVE_8, minutes

QUARTER = Yardstick(15 * MINUTE)
EACH_30 = limit(Predicate.ABOVE, 8000, Each(timedelta(minutes=30)))
TOTAL_30 = limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=30)))
WITHIN_60 = limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=20), timedelta(minutes=60)))
WITHIN_20 = limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=20), timedelta(minutes=20)))
WITHIN_15 = limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=20), timedelta(minutes=15)))
THREE_TIMES = limit(Predicate.ABOVE, 8000, Each(timedelta(minutes=30)), times=3)


@pytest.mark.parametrize(
    ("case", "rule", "series", "expected_ms"),
    [
        ("a good reading is believed for max_gap", ABOVE_8, "5 5", 20 * MINUTE + 1),
        ("what is bad already is no silence", ABOVE_8, "5 9", None),
        ("a silence shorter than the allowance proves nothing against it", EACH_30, "5 5", 35 * MINUTE + 1),
        ("time since the last good reading is spent", EACH_30, "5 9 9", 30 * MINUTE + 1),
        ("a budget partly spent", TOTAL_30, "5 9 9 5 5", 20 * MINUTE + 15 * MINUTE + 1),
        ("a budget nearly whole outlasts max_gap", TOTAL_30, "5 5", 5 * MINUTE + 30 * MINUTE + 1),
        ("a stretch as long as is allowed: a millisecond later", EACH_30, "5 9x6", 30 * MINUTE + 1),
        ("a stretch beyond it already", EACH_30, "5 9x7", None),
        ("a window's budget, spent by what goes on", WITHIN_60, "5 9", 20 * MINUTE + 1),
        ("a window's budget, spent to the last millisecond", WITHIN_60, "5 9x4", 20 * MINUTE + 1),
        ("a window's budget, spent already", WITHIN_60, "5 9x6", None),
        ("a window's budget that silence will spend", WITHIN_60, "5 5", 5 * MINUTE + 20 * MINUTE + 1),
        ("a window shorter than what it allows", WITHIN_15, "5 9", None),
        ("a window as long as what it allows", WITHIN_20, "5 9", None),
        ("a silence may hide another time, after a bad reading too", THREE_TIMES, "5 9", 20 * MINUTE + 1),
        ("it may although each would be allowed longer", THREE_TIMES, "5 5", 20 * MINUTE + 1),
        ("what goes on is used up before silence counts", THREE_TIMES, "5 9x5", 30 * MINUTE + 1),
    ],
)
def test_when_it_is_due(case: str, rule: Limit, series: str, expected_ms: int | None) -> None:
    assert unprovable_from(advance(begin(rule, QUARTER), minutes(series))) == expected_ms, case


def test_where_nothing_was_measured_nothing_is_due() -> None:
    assert unprovable_from(begin(ABOVE_8, QUARTER)) is None
    assert unprovable_from(begin(ABOVE_8, QUARTER, Edges(0))) == 15 * MINUTE + 1


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most random traces are no longer kept at their end
@given(traces(min_size=1), limits(), yardsticks)
def test_one_millisecond_before_it_is_due_the_limit_is_still_kept(
    trace: Trace, rule: Limit, yardstick: Yardstick
) -> None:
    match rule.allowance:
        case Total(duration, within) if within is not None:
            assume(duration < within)  # an allowance as long as its window allows everything
    progress = advance(begin(rule, yardstick), trace)
    due_ms = unprovable_from(progress)
    assume(due_ms is not None and due_ms > progress.last[0] + 1)  # type: ignore[index]
    assert due_ms is not None
    assume(conclude(progress).verdict is Verdict.KEPT)
    assert conclude(progress, due_ms - 1).verdict is Verdict.KEPT
    assert conclude(progress, due_ms).verdict is not Verdict.KEPT
