"""Limits as sets of bad temperatures, and what a stage with several conditions asks (semantics §2, §6)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.limits import (
    COLDEST,
    HOTTEST,
    Condition,
    Limit,
    Predicate,
    Range,
    Total,
    conditions_limits,
    limit,
    limit_id,
)

FRIDGE, ROOM = Range(2000, 8000), Range(15_000, 25_000)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("predicate", "bad", "threshold"),
    [
        (Predicate.ABOVE, (8001, HOTTEST), 8000),
        (Predicate.AT_OR_ABOVE, (8000, HOTTEST), 8000),
        (Predicate.BELOW, (COLDEST, 7999), 8000),
        (Predicate.AT_OR_BELOW, (COLDEST, 8000), 8000),
    ],
)
def test_a_limit_holds_the_temperatures_that_are_bad(
    predicate: Predicate, bad: tuple[int, int], threshold: int
) -> None:
    rule = limit(predicate, 8000)
    assert rule.bad == (bad,)
    assert rule.threshold_milli_c == threshold


@pytest.mark.parametrize(
    ("predicate", "milli_c", "id_"),
    [
        (Predicate.ABOVE, 8000, "above-8"),
        (Predicate.BELOW, 2500, "below-2.5"),
        (Predicate.AT_OR_BELOW, 0, "at-or-below-0"),
        (Predicate.BELOW, -15_000, "below--15"),
        (Predicate.AT_OR_ABOVE, -1, "at-or-above--0.001"),
    ],
)
def test_a_limit_is_named_by_what_it_says(predicate: Predicate, milli_c: int, id_: str) -> None:
    assert limit_id(predicate, milli_c) == id_
    assert limit(predicate, milli_c).id == id_
    assert limit(predicate, milli_c, id="its-own").id == "its-own"


@pytest.mark.parametrize("predicate", [Predicate.OUTSIDE, Predicate.INSIDE])
def test_a_limit_on_conditions_compares_with_no_single_temperature(predicate: Predicate) -> None:
    with pytest.raises(ValueError, match="conditions_limits"):
        limit(predicate, 8000)
    assert Limit("in-room", predicate, ((15_000, 25_000),)).threshold_milli_c is None


def test_outside_every_condition_is_bad_and_time_is_limited_in_those_that_say_so() -> None:
    outside, cold = conditions_limits((Condition("room", ROOM), Condition("refrigerated", FRIDGE, HOUR)), None)
    assert (outside.id, outside.predicate) == ("out-of-condition", Predicate.OUTSIDE)
    assert outside.bad == ((COLDEST, 1999), (8001, 14_999), (25_001, HOTTEST))
    assert (cold.id, cold.predicate, cold.bad) == ("in-refrigerated", Predicate.INSIDE, ((2000, 8000),))
    assert (cold.allowance, cold.site_policy) == (Total(HOUR), False)


def test_label_conditions_are_served_before_handling_which_is_the_sites_policy() -> None:
    bench = Condition("handling", Range(7000, 30_000), HOUR)
    outside, room, handling = conditions_limits((Condition("room", ROOM, HOUR), Condition("cold", FRIDGE)), bench)
    assert outside.bad == ((COLDEST, 1999), (30_001, HOTTEST))
    assert (room.id, room.site_policy) == ("in-room", False)
    assert (handling.id, handling.site_policy) == ("in-handling", True)
    assert handling.bad == ((8001, 14_999), (25_001, 30_000))


def test_ranges_that_touch_are_one() -> None:
    """Temperatures are whole thousandths: between 8.000 and 8.001 °C there is none."""
    touching = (Condition("cold", FRIDGE), Condition("cool", Range(8001, 15_000)))
    assert conditions_limits(touching, None)[0].bad == ((COLDEST, 1999), (15_001, HOTTEST))
    apart = (Condition("cold", FRIDGE), Condition("cool", Range(8002, 15_000)))
    assert conditions_limits(apart, None)[0].bad == ((COLDEST, 1999), (8001, 8001), (15_001, HOTTEST))
    within = (Condition("cold", Range(0, 9000)), Condition("cooler", FRIDGE), Condition("top", Range(9000, 9000)))
    assert conditions_limits(within, None)[0].bad == ((COLDEST, -1), (9001, HOTTEST))


ranges = st.tuples(st.integers(-30, 30), st.integers(0, 12)).map(lambda pair: Range(pair[0], pair[0] + pair[1]))


@given(st.lists(ranges, min_size=1, max_size=4), ranges, st.integers(-40, 60))
def test_every_temperature_is_in_a_condition_in_handling_or_outside(
    stores: list[Range], bench: Range, milli_c: int
) -> None:
    conditions = tuple(Condition(str(number), store, HOUR) for number, store in enumerate(stores))
    outside, *inside = conditions_limits(conditions, Condition("handling", bench, HOUR))
    said = [rule.id for rule in inside if any(low <= milli_c <= high for low, high in rule.bad)]
    first = next((c.name for c in conditions if c.store.low_milli_c <= milli_c <= c.store.high_milli_c), "handling")
    somewhere = first != "handling" or bench.low_milli_c <= milli_c <= bench.high_milli_c
    assert said == ([f"in-{first}"] if somewhere else [])
    assert any(low <= milli_c <= high for low, high in outside.bad) is not somewhere


def test_a_range_reads_as_people_write_it() -> None:
    assert str(FRIDGE) == "2–8 °C"
    assert str(Range(-25_000, -15_000)) == "−25–−15 °C"
