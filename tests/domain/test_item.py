"""A lot's whole way: budgets carried, the moment one ran out, several probes, returns, shortened expiry (§7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product as every_choice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain import ways as ways_module
from coldchain.domain.bounds import Bounds, Yardstick
from coldchain.domain.exposure import NOWHERE, Stay, judge_way, way_table
from coldchain.domain.item import expiry_of, judge_item, judge_returns
from coldchain.domain.limits import AnyDuration, Each, Limit, NoAllowance, Predicate, Range, Total, limit
from coldchain.domain.probes import Probe
from coldchain.domain.product import Event, Expires, Label, Product, Returns, ReturnsFor, Stage
from coldchain.domain.reading import EMPTY_TRACE, Trace
from coldchain.domain.verdict import Verdict
from coldchain.domain.ways import ItemStay, Moment, Moments, judge_ways
from tests.domain.strategies import MINUTE, limits, traces, yardsticks
from tests.domain.test_judge import ABOVE_8, HOUR, minutes

HOURS = 60 * MINUTE
FRIDGE = Range(2000, 8000)
COMPLIANT, KEPT, VIOLATED, UNDETERMINED = Verdict.COMPLIANT, Verdict.KEPT, Verdict.VIOLATED, Verdict.UNDETERMINED


def product(*stages: Stage) -> Product:
    """A product with these stages."""
    label = Label("A label for tests", None, "EU", None, None)
    return Product("test", "Testumab", 1, "0" * 64, label, {stage.name: stage for stage in stages})


def way(*parts: tuple[str, str], stage: str = "unopened") -> list[ItemStay]:
    """Series (every 5 min) by location, one after the other; two series with ``|`` are two probes."""
    found, at = [], 0
    for location, both in parts:
        found_traces = [minutes(series) if series.strip() != "-" else EMPTY_TRACE for series in both.split("|")]
        length = max((int(trace.at_ms[-1]) + 5 * MINUTE for trace in found_traces if len(trace)), default=HOURS)
        probes = tuple(
            Probe(f"probe {number}", None, None, Trace(trace.at_ms + at, trace.milli_c), HOUR)
            for number, trace in enumerate(found_traces, 1)
        )
        found.append(ItemStay(location, stage, at, at + length, probes))
        at += length
    return found


def one_limit(rule: Limit, stays: Sequence[ItemStay]) -> ways_module.ItemLimit:
    return judge_ways(rule, stays)


NINE_HOURS = limit(Predicate.ABOVE, 8000, Total(timedelta(hours=9)), id="out-of-refrigeration")
A_THIRD_OF_AN_HOUR = limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=20), timedelta(hours=1)))
THREE_FIVE_TWO = (("transport", "12x37 5x12"), ("receipt", "15x61 5x12"), ("ward", "10x25 5x12"))


def test_three_hours_in_transport_five_at_receipt_and_two_on_the_ward_are_more_than_nine() -> None:
    judged = judge_item(product(Stage("unopened", (NINE_HOURS,))), way(*THREE_FIVE_TWO))
    assert judged.verdict is VIOLATED
    (budget,) = judged.limits
    assert budget.bounds == Bounds(10 * HOURS, 10 * HOURS + 15 * MINUTE, 10 * HOURS + 15 * MINUTE)
    begins = [0, 4 * HOURS + 5 * MINUTE, 4 * HOURS + 5 * MINUTE + 6 * HOURS + 5 * MINUTE]
    assert budget.spent.certain == Moment(begins[2] + 1 * HOURS, "ward")  # 3 h and 5 h went before
    assert budget.spent.possible == Moment(begins[2] + 50 * MINUTE, "ward")  # and 5 min after each of the two


@pytest.mark.parametrize(
    ("case", "rule", "parts", "certain", "possible"),
    [
        ("no allowance: the first bad reading, or the way to it", ABOVE_8, [("a", "5 9 9 5")], (5, "a"), (0, "a")),
        ("no allowance, kept", ABOVE_8, [("a", "5x4")], None, None),
        ("a place without a sensor is possible from the first", ABOVE_8, [("a", "5x4"), ("b", "-")], None, (20, "b")),
        ("each: a stretch of more than 10 min", limit(Predicate.ABOVE, 8000, Each(timedelta(minutes=10))),
         [("a", "5 9x4 5")], (15, "a"), (10, "a")),
        ("each: exactly 10 min are kept for sure", limit(Predicate.ABOVE, 8000, Each(timedelta(minutes=10))),
         [("a", "9x3")], None, (10, "a")),
        ("each: a trace that ends with its stay makes no certain stretch across the move",
         limit(Predicate.ABOVE, 8000, Each(timedelta(minutes=30))), [("a", "5 9x4"), ("b", "9x5 5")], None, (30, "b")),
        ("total: used up in the second place", limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=20))),
         [("a", "9x4 5"), ("b", "9x4 5")], (30, "b"), (25, "b")),
        ("total within: old time is forgotten", A_THIRD_OF_AN_HOUR,
         [("a", "9x4 5x30"), ("b", "9x4 5")], None, None),
        ("total within: both in one window", A_THIRD_OF_AN_HOUR,
         [("a", "9x4 5"), ("b", "9x4 5")], (30, "b"), (25, "b")),
        ("times: the second time is one too many", limit(Predicate.ABOVE, 8000, Total(timedelta(hours=9)), times=1),
         [("a", "5 9 5 9 5")], (15, "a"), (15, "a")),
        ("times: and not the third", limit(Predicate.ABOVE, 8000, Total(timedelta(hours=9)), times=1),
         [("a", "5 9 5 9 5 9 5 9 5")], (15, "a"), (15, "a")),
        ("times: a silence before it may have hidden one", limit(Predicate.ABOVE, 8000, AnyDuration(), times=1),
         [("a", "5 9 5 _x12 5 9 5 _x12 5 9 5")], (80, "a"), (10, "a")),
        ("each: after a stretch that was short enough", limit(Predicate.ABOVE, 8000, Each(timedelta(minutes=10))),
         [("a", "5 9x3 5 9x4 5")], (35, "a"), (10, "a")),
        ("total within: new time counts from when old time has left the window",
         limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=10), timedelta(minutes=57))),
         [("a", "9x3 5x9 9 _x5 9 5")], (70, "a"), (10, "a")),
    ],
)  # fmt: skip
def test_when_and_where_an_allowance_ran_out(
    case: str,
    rule: Limit,
    parts: list[tuple[str, str]],
    certain: tuple[int, str] | None,
    possible: tuple[int, str] | None,
) -> None:
    spent = one_limit(rule, way(*parts)).spent
    found = [None if at is None else (at.at_ms // MINUTE, at.location) for at in (spent.certain, spent.possible)]
    assert found == [certain, possible], case


@given(traces(min_size=1), limits(), yardsticks, st.integers(9_900, 10_300), st.integers(1, 300))
def test_an_allowance_ran_out_where_and_only_where_the_verdict_says_so(
    trace: Trace, rule: Limit, yardstick: Yardstick, start: int, length: int
) -> None:
    stay = ItemStay(
        "a", "unopened", start * MINUTE, (start + length) * MINUTE, (Probe("p", None, None, trace, yardstick),)
    )
    judged = one_limit(rule, [stay])
    assert (judged.spent.certain is not None) is (judged.verdict is VIOLATED)
    assert (judged.spent.possible is not None) is (judged.verdict is not KEPT)
    if judged.spent.certain and judged.spent.possible:
        assert judged.spent.possible.at_ms <= judged.spent.certain.at_ms
        assert stay.start_ms <= judged.spent.possible.at_ms
        assert judged.spent.certain.at_ms <= stay.end_ms


@given(traces(min_size=2), st.integers(0, 90), yardsticks, st.booleans())
def test_up_to_that_moment_the_budget_was_kept_for_sure_and_a_moment_later_it_was_not(
    trace: Trace, allowed: int, yardstick: Yardstick, windowed: bool
) -> None:
    within = timedelta(minutes=120) if windowed else None
    rule = limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=allowed), within))
    begin, end = int(trace.at_ms[0]), int(trace.at_ms[-1])
    stay = ItemStay("a", "unopened", begin, end, (Probe("p", None, None, trace, yardstick),))
    spent = one_limit(rule, [stay]).spent.certain if end > begin else None
    if spent is not None:
        until = Stay("a", begin, spent.at_ms, trace, yardstick)
        if spent.at_ms > begin:
            assert judge_way(rule, [until]).bounds.at_least_ms == allowed * MINUTE
        assert judge_way(rule, [replace(until, end_ms=spent.at_ms + 1)]).bounds.at_least_ms > allowed * MINUTE


# -- several probes ---------------------------------------------------------------------------------------------------


def test_with_several_probes_the_largest_of_each_column_stands_and_the_probe_is_named() -> None:
    judged = one_limit(NINE_HOURS, way(("walk-in", "5x8 | 5 9 9 9 5x4"), ("ward", "5x3")))
    assert judged.bounds == Bounds(10 * MINUTE, 15 * MINUTE, 20 * MINUTE)
    assert judged.probes == ("probe 2",)


def test_the_columns_may_come_from_different_probes() -> None:
    judged = one_limit(NINE_HOURS, way(("walk-in", "9x4 5x14 | 5 _x13 5x4")))
    assert judged.bounds == Bounds(15 * MINUTE, 20 * MINUTE, 70 * MINUTE)


def test_no_average_is_judged_a_warm_probe_beside_a_cold_one_is_warm() -> None:
    assert one_limit(ABOVE_8, way(("walk-in", "1x6 | 9x6"))).verdict is VIOLATED


probes = st.lists(traces(min_size=1, max_size=8), min_size=1, max_size=3)


@given(st.lists(probes, min_size=1, max_size=3), limits(), yardsticks)
def test_every_choice_of_probes_is_a_way_and_the_worst_of_them_stands(
    places: list[list[Trace]], rule: Limit, yardstick: Yardstick
) -> None:
    stays, at = [], 10_000
    for number, found in enumerate(places):
        named = tuple(Probe(f"{number}{index}", None, None, trace, yardstick) for index, trace in enumerate(found))
        stays.append(ItemStay(str(number), "unopened", at * MINUTE, (at + 37) * MINUTE, named))
        at += 37
    judged = one_limit(rule, stays)
    choices = [
        judge_way(
            rule, [Stay("", s.start_ms, s.end_ms, p.trace, p.yardstick) for s, p in zip(stays, choice, strict=True)]
        )
        for choice in every_choice(*(stay.probes for stay in stays))
    ]
    for column in ("at_least_ms", "estimate_ms", "at_most_ms"):
        assert getattr(judged.bounds, column) == max(getattr(one.bounds, column) for one in choices), column
    verdicts = {one.verdict for one in choices}
    assert judged.verdict is next(one for one in (VIOLATED, UNDETERMINED, KEPT) if one in verdicts)


def test_beyond_so_many_choices_totals_are_exact_still(monkeypatch: pytest.MonkeyPatch) -> None:
    stays = way(*[(f"place {n}", "5 9x3 5 | 9x2 5x3 | 5 _x13 5") for n in range(4)])
    exact = one_limit(NINE_HOURS, stays)
    monkeypatch.setattr(ways_module, "MOST_WAYS", 1)
    assert one_limit(NINE_HOURS, stays).bounds == exact.bounds


def test_beyond_so_many_choices_a_stretch_is_not_shown_to_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    stays = way(*[(f"place {n}", "5 9 5 | 5 9 5") for n in range(3)])
    rule = limit(Predicate.ABOVE, 8000, Each(timedelta(hours=1)))
    assert one_limit(rule, stays).verdict is KEPT
    monkeypatch.setattr(ways_module, "MOST_WAYS", 1)
    assert one_limit(rule, stays).verdict is UNDETERMINED


def test_as_many_choices_as_are_judged_are_all_judged_and_calm_probes_make_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = limit(Predicate.ABOVE, 8000, Each(timedelta(hours=1)))
    monkeypatch.setattr(ways_module, "MOST_WAYS", 4)
    assert one_limit(rule, way(*[(f"place {n}", "5 9 5 | 5 9 5") for n in range(2)])).verdict is KEPT
    calm = one_limit(rule, way(*[(f"place {n}", "5 9 5 | 5 5 5") for n in range(9)]))
    assert (calm.verdict, calm.every_way) == (KEPT, True)
    beyond = one_limit(rule, way(*[(f"place {n}", "5 9 5 | 5 9 5") for n in range(3)]))
    assert (beyond.verdict, beyond.every_way) == (UNDETERMINED, False)


def test_where_times_are_counted_a_calm_probe_parts_one_from_the_next() -> None:
    once = limit(Predicate.ABOVE, 8000, AnyDuration(), times=1)
    stays = way(("van", "5 9x3"), ("ward", "9x4 | 5x4"), ("bench", "9x3 5"))
    judged = one_limit(once, stays)
    assert (judged.verdict, judged.probes) == (VIOLATED, ("probe 2",))


def test_of_several_choices_the_earliest_moment_at_which_it_ran_out_is_named() -> None:
    judged = one_limit(ABOVE_8, way(("walk-in", "5x4 9x5 | 5 9x8")))
    assert judged.spent == Moments(Moment(5 * MINUTE, "walk-in"), Moment(0, "walk-in"))


def test_a_single_reading_that_took_no_time_is_not_calm() -> None:
    """Both probes read once, at the moment of arrival; one of them is warm."""
    cold, warm = (Probe(name, None, None, Trace.of([0], [value]), HOUR) for name, value in (("a", 5000), ("b", 9000)))
    stay = ItemStay("walk-in", "unopened", 0, 1, (cold, warm))
    assert one_limit(ABOVE_8, [stay]).verdict is VIOLATED


# -- stages -----------------------------------------------------------------------------------------------------------


def test_stages_that_share_a_limits_id_share_one_budget() -> None:
    month = limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=25)), id="out-of-refrigeration")
    rules = product(Stage("unopened", (month,)), Stage("in_use", (month,)))
    stays = way(("a", "9x4 5"), ("b", "9x4 5"))
    stays[1] = replace(stays[1], stage="in_use")
    judged = judge_item(rules, stays)
    assert [(one.limit.id, one.verdict) for one in judged.limits] == [("out-of-refrigeration", VIOLATED)]


def test_a_limit_binds_only_in_the_stage_that_states_it() -> None:
    warm = limit(Predicate.ABOVE, 25_000, id="warm")
    rules = product(Stage("unopened", (ABOVE_8,)), Stage("in_use", (warm,)))
    stays = way(("a", "5x4"), ("b", "20x4"))
    stays[1] = replace(stays[1], stage="in_use")
    judged = judge_item(rules, stays)
    assert judged.verdict is COMPLIANT
    assert [one.limit.id for one in judged.limits] == ["above-8", "warm"]


def test_between_two_stays_in_a_stage_another_stage_is_free_of_its_limit() -> None:
    rules = product(Stage("unopened", (ABOVE_8,)), Stage("other", ()))
    for between in ("20x4", "20x4 | 30x4"):
        stays = way(("a", "5x4"), ("b", between), ("c", "5x4"))
        stays[1] = replace(stays[1], stage="other")
        assert judge_item(rules, stays).verdict is COMPLIANT


# -- returns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "rule", "parts", "verdict", "returns"),
    [
        ("never out", Returns.NEVER, [("fridge", "5x9")], KEPT, (0, 0)),
        ("out and not back", Returns.NEVER, [("fridge", "5x4"), ("bench", "20x4")], KEPT, (0, 0)),
        ("out and back", Returns.NEVER, [("fridge", "5x4"), ("bench", "20x4"), ("fridge", "5x4")], VIOLATED, (1, 1)),
        ("out and back once", Returns.ONCE, [("fridge", "5 9 5")], KEPT, (1, 1)),
        ("out again", Returns.ONCE, [("fridge", "5 9 5 9")], KEPT, (1, 1)),
        ("and back again", Returns.ONCE, [("fridge", "5 9 5 9 5")], VIOLATED, (2, 2)),
        ("as often as you like", Returns.ANY, [("fridge", "5 9 5 9 5 9 5")], KEPT, (3, 3)),
        ("arrived warm, then refrigerated", Returns.NEVER, [("a van", "20x3"), ("fridge", "5x3")], VIOLATED, (1, 1)),
        ("colder is no removal", Returns.NEVER, [("fridge", "5 1 5")], KEPT, (0, 0)),
        ("a bench without a sensor", Returns.NEVER, [("fridge", "5x3"), ("bench", "-"), ("fridge", "5x3")],
         UNDETERMINED, (0, None)),
        ("a silence in the refrigerator", Returns.ONCE, [("fridge", "5 _x20 5")], UNDETERMINED, (0, None)),
        ("a silence, but twice for sure", Returns.ONCE, [("fridge", "5 9 5 9 5 _x20 5")], VIOLATED, (2, None)),
        ("a silence does not matter where any is allowed", Returns.ANY, [("fridge", "5 _x20 5")], KEPT, (0, None)),
    ],
)  # fmt: skip
def test_returns(
    case: str, rule: Returns, parts: list[tuple[str, str]], verdict: Verdict, returns: tuple[int, int | None]
) -> None:
    judged = judge_returns(rule, FRIDGE, way(*parts))
    assert (judged.verdict, (judged.at_least, judged.at_most)) == (verdict, returns), case


def test_the_return_that_was_one_too_many_has_its_moment_and_its_place() -> None:
    stays = way(("fridge", "5x4"), ("bench", "20x4"), ("ward fridge", "5x4"), ("bench", "20x4"), ("fridge", "5x4"))
    judged = judge_returns(Returns.NEVER, FRIDGE, stays)
    assert judged.last == Moment(40 * MINUTE, "ward fridge")
    assert judge_returns(Returns.ONCE, FRIDGE, stays).last == Moment(80 * MINUTE, "fridge")


def test_of_several_probes_the_one_that_saw_most_returns_decides() -> None:
    twice = judge_returns(Returns.ONCE, FRIDGE, way(("fridge", "5x9 | 5 9 5 5 9 5 5 5 5")))
    assert (twice.verdict, twice.at_least, twice.at_most) == (VIOLATED, 2, 2)
    perhaps = judge_returns(Returns.ONCE, FRIDGE, way(("fridge", "5 9 5x7 | 5 9 5 9 5x5")))
    assert (perhaps.verdict, perhaps.at_least, perhaps.at_most) == (VIOLATED, 2, 2)
    silent = judge_returns(Returns.ONCE, FRIDGE, way(("fridge", "5x35 | 5 _x20 5x14")))
    assert (silent.verdict, silent.at_least, silent.at_most) == (UNDETERMINED, 0, None)
    assert [one.cause for one in silent.unsettled] == ["silent"]


def test_doubtful_readings_of_one_probe_leave_the_count_open_though_another_is_sure() -> None:
    stays = way(("fridge", "5x7 | 5 8.2 5 8.2 5 5 5"))
    sure, doubtful = stays[0].probes
    stays[0] = replace(stays[0], probes=(sure, replace(doubtful, yardstick=Yardstick(HOURS, 500))))
    judged = judge_returns(Returns.NEVER, FRIDGE, stays)
    assert (judged.verdict, judged.at_least, judged.at_most) == (UNDETERMINED, 0, None)


def test_where_no_return_rule_is_stated_none_is_judged() -> None:
    for stage in (Stage("unopened", (ABOVE_8,), store=FRIDGE), Stage("unopened", (ABOVE_8,), returns=Returns.NEVER)):
        assert judge_item(product(stage), way(("fridge", "5 9 5"))).returns == ()


def test_the_refrigerator_is_the_stages_own_range_or_the_first_of_its_product() -> None:
    stages = (Stage("unopened", (ABOVE_8,), store=FRIDGE), Stage("in_use", (), returns=Returns.NEVER))
    stays = [replace(stay, stage="in_use") for stay in way(("fridge", "5 9 5"))]
    assert [one.verdict for one in judge_item(product(*stages), stays).returns] == [VIOLATED]


def test_a_reading_within_the_probes_uncertainty_leaves_a_return_open() -> None:
    stays = way(("fridge", "5x3 8.2 5x3"))
    (probe,) = stays[0].probes
    stays[0] = replace(stays[0], probes=(replace(probe, yardstick=Yardstick(HOURS, 500)),))
    judged = judge_returns(Returns.NEVER, FRIDGE, stays)
    assert (judged.verdict, judged.at_least, judged.at_most) == (UNDETERMINED, 0, None)
    assert [one.cause for one in judged.unsettled] == ["doubtful"]


@pytest.mark.parametrize(
    ("allowed", "verdict"), [(19, VIOLATED), (20, UNDETERMINED), (24, UNDETERMINED), (25, KEPT), (30, KEPT)]
)
def test_back_for_so_long_counts_the_time_in_the_refrigerator_since_the_first_removal(
    allowed: int, verdict: Verdict
) -> None:
    stays = way(("fridge", "5x9"), ("bench", "20x3"), ("fridge", "5x5"))
    judged = judge_returns(ReturnsFor(timedelta(minutes=allowed)), FRIDGE, stays)
    assert judged.refrigerated is not None
    assert judged.refrigerated.at_least_ms == 20 * MINUTE
    assert judged.verdict is verdict


def test_back_for_so_long_is_kept_while_it_was_never_out() -> None:
    assert judge_returns(ReturnsFor(timedelta(minutes=1)), FRIDGE, way(("fridge", "5x90"))).verdict is KEPT


@given(traces(min_size=1), yardsticks, st.integers(0, 1))
def test_certain_returns_are_possible_ones(trace: Trace, yardstick: Yardstick, allowed: int) -> None:
    end_ms = int(trace.at_ms[-1]) + 1
    stay = ItemStay("a", "unopened", int(trace.at_ms[0]), end_ms, (Probe("p", None, None, trace, yardstick),))
    judged = judge_returns((Returns.NEVER, Returns.ONCE)[allowed], FRIDGE, [stay])
    assert judged.at_most is None or judged.at_least <= judged.at_most
    assert (judged.verdict is VIOLATED) is (judged.at_least > allowed)
    assert (judged.verdict is KEPT) is (judged.at_most is not None and judged.at_most <= allowed)
    rows = way_table([ABOVE_8], [Stay("a", stay.start_ms, end_ms, trace, yardstick)])
    assert (judged.last is not None) is (judged.at_least > 0)
    assert rows.at_ms[-1] == end_ms


# -- shortened expiry -------------------------------------------------------------------------------------------------

FOURTEEN_DAYS = timedelta(days=14)
OUT = Moments(Moment(70 * MINUTE, "ward"), Moment(65 * MINUTE, "ward"))


@pytest.mark.parametrize(
    ("case", "since", "recorded", "first_out", "from_", "possibly", "said"),
    [
        ("never out", Event.REMOVED, {}, Moments(), None, None, False),
        ("out, by the probes", Event.REMOVED, {}, OUT, 70, 65, False),
        ("recorded before", Event.REMOVED, {Event.REMOVED: 60 * MINUTE}, OUT, 60, None, True),
        ("recorded later than the probes show", Event.REMOVED, {Event.REMOVED: 90 * MINUTE}, OUT, 70, 65, False),
        ("possibly out", Event.REMOVED, {}, Moments(None, OUT.possible), None, 65, False),
        ("surely and possibly at once", Event.REMOVED, {}, Moments(OUT.certain, OUT.certain), 70, None, False),
        ("from its receipt", Event.RECEIVED, {}, OUT, 10, None, True),
        ("from an event nobody recorded", Event.DILUTED, {}, OUT, None, None, False),
        ("from an event", Event.DILUTED, {Event.DILUTED: 30 * MINUTE}, OUT, 30, None, True),
    ],
)
def test_a_shortened_expiry_is_a_date(
    case: str, since: Event, recorded: dict[Event, int], first_out: Moments, from_: int | None, possibly: int | None,
    said: bool,
) -> None:  # fmt: skip
    found = expiry_of(Expires(FOURTEEN_DAYS, since), 10 * MINUTE, recorded, first_out)
    days = 14 * 24 * HOURS
    assert found.since_ms == (None if from_ is None else from_ * MINUTE), case
    assert found.expires_ms == (None if from_ is None else from_ * MINUTE + days), case
    assert found.possibly_ms == (None if possibly is None else possibly * MINUTE + days), case
    assert found.recorded is said, case


def test_the_judge_of_an_item_joins_all_of_it() -> None:
    stage = Stage(
        "unopened", (NINE_HOURS,), store=FRIDGE, returns=Returns.NEVER, expires=Expires(FOURTEEN_DAYS, Event.REMOVED)
    )
    judged = judge_item(product(stage), way(("fridge", "5x4"), ("bench", "20x4"), ("fridge", "5x4")))
    assert [one.verdict for one in judged.limits] == [KEPT]
    assert [one.verdict for one in judged.returns] == [VIOLATED]
    assert judged.verdict is VIOLATED
    assert judged.expiry is not None
    assert judged.expiry.since_ms == 20 * MINUTE
    assert judged.first_out.certain == Moment(20 * MINUTE, "bench")


def test_an_item_that_was_nowhere_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        judge_item(product(Stage("unopened", (ABOVE_8,))), [])


def test_a_place_without_a_sensor_is_unknown() -> None:
    assert isinstance(ABOVE_8.allowance, NoAllowance)
    judged = one_limit(ABOVE_8, way(("bench", "-")))
    assert judged.verdict is UNDETERMINED
    assert judged.bounds == Bounds(0, 0, HOURS)
    assert not len(NOWHERE)
