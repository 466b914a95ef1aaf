"""Calm readings move the judge's memory on and no more; memories that are the same in what matters have one future."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from coldchain.domain.alarm import unprovable_from
from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.calm import (
    calmly,
    good_around,
    good_ranges,
    is_calm,
    same_from_here,
    stays_calm,
    what_matters,
)
from coldchain.domain.limits import Limit
from coldchain.domain.progress import Progress, advance, begin
from coldchain.domain.quality import SensorRange, fault_of
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import conclude
from tests.domain.strategies import limits, traces

yardsticks = st.builds(
    Yardstick, max_gap_ms=st.sampled_from([300_000, 3_600_000]), uncertainty_milli_c=st.sampled_from([0, 500])
)


def after(first: Progress, trace: Trace, start_ms: int) -> Progress:
    """The memory after a trace that begins later."""
    return advance(first, Trace(trace.at_ms - trace.at_ms[0] + start_ms, trace.milli_c)) if len(trace) else first


def good_piece(progress: Progress, steps: list[int], values: list[int]) -> Trace:
    last_ms = 0 if progress.last is None else progress.last[0]
    at_ms = last_ms + np.cumsum(np.array(steps, dtype=np.int64))
    return Trace(at_ms, np.array(values, dtype=np.int64))


pieces = st.lists(
    st.tuples(st.sampled_from([1, 60_000, 300_000]), st.sampled_from([5_000, 4_000, 8_000, 7_000])),
    min_size=1,
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # few random memories are calm
@given(limits(), yardsticks, traces(), pieces, st.booleans())
def test_what_is_calm_is_what_advancing_comes_to(
    limit: Limit, yardstick: Yardstick, trace: Trace, some: list[tuple[int, int]], edged: bool
) -> None:
    before = begin(limit, yardstick, Edges(start_ms=0) if edged else Edges())
    before = after(before, trace, 60_000)
    piece = good_piece(before, [step for step, _ in some], [value for _, value in some])
    assume(is_calm(before) and stays_calm(before, piece))
    calm, whole = calmly(before, int(piece.at_ms[-1]), int(piece.milli_c[-1])), advance(before, piece)
    assert same_from_here([calm], [whole])
    assert is_calm(calm)
    assert is_calm(whole)
    assert whole.episodes == before.episodes
    assert unprovable_from(calm) == unprovable_from(whole)


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # few random memories are calm
@given(limits(), yardsticks, traces(), pieces, traces(min_size=1))
def test_what_follows_a_calm_memory_is_what_follows_the_whole_one(
    limit: Limit, yardstick: Yardstick, trace: Trace, some: list[tuple[int, int]], later: Trace
) -> None:
    before = after(begin(limit, yardstick), trace, 60_000)
    piece = good_piece(before, [step for step, _ in some], [value for _, value in some])
    assume(is_calm(before) and stays_calm(before, piece))
    start_ms = int(piece.at_ms[-1]) + 60_000
    calm = after(what_matters(calmly(before, int(piece.at_ms[-1]), int(piece.milli_c[-1]))), later, start_ms)
    whole = after(replace(advance(before, piece), episodes=()), later, start_ms)
    now_ms = start_ms + 9_000_000
    for at_ms in (None, now_ms):
        ours, theirs = conclude(calm, at_ms).excursions, conclude(whole, at_ms).excursions
        assert [(one.certainty, _seen(one.episode)) for one in ours] == [
            (one.certainty, _seen(one.episode)) for one in theirs
        ]
    assert unprovable_from(calm) == unprovable_from(whole)
    assert same_from_here([calm], [whole])


def _seen(episode: object) -> dict[str, object]:
    """What is told of an episode: not what it took over from before it, unless a budget or a count asks."""
    return {
        name: value for name, value in vars(episode).items() if name not in ("reached", "sure_count", "perhaps_count")
    }


@given(limits(), yardsticks, traces(), traces(min_size=1))
def test_memories_that_are_the_same_in_what_matters_come_to_the_same(
    limit: Limit, yardstick: Yardstick, trace: Trace, later: Trace
) -> None:
    whole = after(begin(limit, yardstick), trace, 0)
    start_ms = (0 if whole.last is None else whole.last[0]) + 60_000
    short = Progress.of_json(limit, what_matters(whole).to_json())
    one, other = after(short, later, start_ms), after(replace(whole, episodes=(), unsettled=()), later, start_ms)
    assert same_from_here([one], [other])
    assert [e.certainty for e in conclude(one).excursions] == [e.certainty for e in conclude(other).excursions]


@given(limits(), st.sampled_from([0, 500]), st.integers(-30_000, 60_000), st.integers(-30_000, 60_000))
def test_every_temperature_around_a_good_one_is_good(limit: Limit, uncertainty: int, value: int, other: int) -> None:
    found = good_around([(limit, uncertainty)], value)
    calm = begin(limit, Yardstick(3_600_000, uncertainty), Edges(start_ms=0))
    assert (found is not None) == stays_calm(calm, Trace.of([1], [value]))
    if found is not None and found[0] <= other <= found[1]:
        assert stays_calm(calm, Trace.of([1], [other]))


sensors = st.builds(SensorRange, st.sampled_from([-40_000, 0, 4_000]), st.sampled_from([4_000, 60_000, 125_000]))
interesting = st.sampled_from([-127_000, -40_000, 0, 2_000, 8_000, 85_000, 125_000])
near = st.builds(int.__add__, interesting, st.integers(-600, 600)) | st.integers(-130_000, 130_000)


@given(st.lists(st.tuples(limits(), st.sampled_from([0, 500])), max_size=3), sensors, st.booleans(), near)
def test_good_ranges_hold_what_is_good_by_every_limit_and_no_fault(
    some: list[tuple[Limit, int]], sensor: SensorRange, power_up: bool, value: int
) -> None:
    ranges = good_ranges(some, sensor, power_up=power_up)
    good = good_around(some, value) is not None and fault_of(value, sensor, power_up=power_up) is None
    assert any(low <= value <= high for low, high in ranges) == good
    assert all(low <= high for low, high in ranges)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))
