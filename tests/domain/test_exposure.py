"""An item's whole way is one exposure, however it is cut into stays (semantics §7)."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.exposure import NOWHERE, Stay, advanced, directly_before, judge_way, way_table
from coldchain.domain.limits import Limit, Predicate, Total, limit
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Certainty, Verdict
from tests.domain.strategies import MINUTE, limits, traces, yardsticks
from tests.domain.test_judge import ABOVE_8, HOUR, minutes, one, triple


@given(traces(min_size=1), limits(), yardsticks, st.data())
def test_stays_before_the_same_sensor_are_judged_as_one_period(
    trace: Trace, rule: Limit, yardstick: Yardstick, data: st.DataObject
) -> None:
    instants = st.integers(9_900, 10_500).map(lambda m: m * MINUTE)
    moments = sorted(data.draw(st.lists(instants, min_size=2, max_size=5, unique=True)))
    assume(not (set(moments) & set(trace.at_ms.tolist())))  # a reading at the moment of a move is the next stay's
    inner = moments[1:-1] or [int(trace.at_ms[0])]  # a move before the first reading makes an edge of its own there
    assume(trace.at_ms[0] <= inner[0] and trace.at_ms[-1] >= inner[-1])
    stays = [Stay("", a, b, trace, yardstick) for a, b in pairwise(moments)]
    way, whole = judge_way(rule, stays), one(trace, rule, yardstick, Edges(moments[0], moments[-1]))
    assert way.bounds == whole.bounds
    assert way.verdict == whole.verdict


def stays(*parts: tuple[str, str]) -> list[Stay]:
    """Series by location, one after the other: each begins five minutes after the last reading of the one before."""
    found, at = [], 0
    for location, series in parts:
        trace = minutes(series)
        length = len(series.split()) * 5 * MINUTE if "x" not in series else int(trace.at_ms[-1]) + 5 * MINUTE
        moved = Trace(trace.at_ms + at, trace.milli_c)
        found.append(Stay(location, at, at + length, moved, HOUR))
        at += length
    return found


def test_an_episode_joins_across_a_move_when_no_good_reading_lies_between() -> None:
    (excursion,) = judge_way(ABOVE_8, stays(("ward", "5 9 9"), ("bench", "9 9 5"))).excursions
    assert excursion.episode.readings == 4
    assert excursion.episode.end_ms == 25 * MINUTE


def test_a_budget_is_carried_from_stay_to_stay() -> None:
    nine_hours = limit(Predicate.ABOVE, 8000, Total(timedelta(hours=9)))
    way = stays(("transport", "12x37 5x12"), ("receipt", "15x61 5x12"), ("ward", "10x25 5x12"))
    judged = judge_way(nine_hours, way)
    assert judged.verdict is Verdict.VIOLATED
    assert triple(judged.bounds) == (600.0, 615.0, 615.0)  # 3 h + 5 h + 2 h; each stay begins with a reading
    assert [e.certainty for e in judged.excursions] == [Certainty.CERTAIN]
    assert len(judged.tolerated) == 2


@pytest.mark.parametrize("length", [1, 10, 90])
def test_a_place_without_a_sensor_is_unknown_however_short_the_stay(length: int) -> None:
    before = Stay("ward", 0, 10 * MINUTE, minutes("5x4"), HOUR)
    nowhere = Stay("corridor", 10 * MINUTE, (10 + length) * MINUTE, NOWHERE, HOUR)
    judged = judge_way(ABOVE_8, [before, nowhere])
    assert judged.verdict is Verdict.UNDETERMINED
    assert triple(judged.bounds) == (0, 0, length)
    assert [(u.start_ms, u.cause) for u in judged.unsettled] == [(10 * MINUTE, "silent")]


def test_what_a_sensor_read_before_the_item_came_is_not_the_items() -> None:
    hot_before = Trace.of([0, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE], [20_000, 5000, 5000, 5000])
    judged = judge_way(ABOVE_8, [Stay("ward", 5 * MINUTE, 15 * MINUTE, hot_before, HOUR)])
    assert judged.verdict is Verdict.KEPT


def test_a_reading_at_the_moment_of_leaving_is_the_next_stays() -> None:
    trace = Trace.of([0, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE], [5000, 5000, 9000, 9000])
    judged = judge_way(ABOVE_8, [Stay("ward", 0, 10 * MINUTE, trace, HOUR)])
    assert judged.verdict is Verdict.UNDETERMINED  # on the way to 9 °C it may have been too warm
    assert triple(judged.bounds) == (0, 0, 5)
    assert judged.excursions == ()


def test_an_episode_goes_on_over_a_stay_that_the_limit_does_not_bind() -> None:
    parts = stays(("ward", "5 9 9"), ("bench", "9 9"), ("ward", "9 9 5"))
    joined = advanced(ABOVE_8, parts, way_table([ABOVE_8, None, ABOVE_8], parts))
    (episode,) = joined.episodes
    assert (episode.start_ms, episode.end_ms, episode.readings) == (5 * MINUTE, 35 * MINUTE, 4)
    assert triple(joined.total) == (10, 20, 25)  # the stay on the bench counts nothing


INSIDE_ROOM = Limit("in-room", Predicate.INSIDE, ((15_000, 25_000),))


@pytest.mark.parametrize(
    ("case", "parts", "expected"),
    [
        ("all of it", [("bench", "20x5")], (20, 20, 20)),
        ("only since it last was elsewhere", [("bench", "20x3 5 20x4")], (15, 15, 20)),
        ("since the last of several times elsewhere", [("bench", "20x2 5 20x2 5 20x3")], (10, 10, 15)),
        ("elsewhere at the moment of leaving: since when, nobody knows", [("bench", "20x4 5")], (0, 20, 20)),
        ("over a move", [("bench", "20x3"), ("ward", "20x3")], (20, 20, 20)),
        ("not over a stay elsewhere", [("bench", "20x3"), ("fridge", "5x3"), ("bench", "20x2")], (5, 5, 5)),
        ("elsewhere on arrival", [("bench", "20x3"), ("ward", "5 20x4")], (15, 15, 20)),
        ("a stay that nobody measured may count", [("bench", "20x3"), ("corridor", "-"), ("bench", "20x2")],
         (5, 5, 30)),
        ("a silence may count", [("bench", "20x2 _x20 20x2")], (5, 115, 115)),
    ],
)  # fmt: skip
def test_the_unbroken_time_directly_before(
    case: str, parts: list[tuple[str, str]], expected: tuple[float, float, float]
) -> None:
    way: list[Stay] = []
    for location, series in parts:
        start = way[-1].end_ms if way else 0
        trace = NOWHERE if series == "-" else minutes(series)
        length = 15 * MINUTE if series == "-" else int(trace.at_ms[-1])
        way.append(Stay(location, start, start + length, Trace(trace.at_ms + start, trace.milli_c), HOUR))
    assert triple(directly_before(INSIDE_ROOM, way)) == expected, case


def test_stays_must_follow_one_another() -> None:
    with pytest.raises(ValueError, match="without a break"):
        judge_way(ABOVE_8, [Stay("a", 0, 5, NOWHERE, HOUR), Stay("b", 6, 9, NOWHERE, HOUR)])
