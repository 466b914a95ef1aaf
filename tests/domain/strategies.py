"""Traces, limits and yardsticks that hypothesis draws: many bad readings, gaps, and values at the very edge."""

from datetime import timedelta

from hypothesis import strategies as st

from coldchain.domain.bounds import Edges, Yardstick
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
from coldchain.domain.reading import Trace

MINUTE = 60_000

temperatures = st.one_of(
    st.sampled_from([1999, 2000, 2001, 5000, 7999, 8000, 8001, 0, -1, 20_000, 7600, 8400, 1600, 2400]),
    st.integers(-20_000, 40_000),
)
steps = st.one_of(
    st.just(5 * MINUTE), st.integers(1, 30 * MINUTE), st.sampled_from([59, 60, 61, 120]).map(lambda m: m * MINUTE)
)


@st.composite
def traces(draw: st.DrawFn, min_size: int = 0, max_size: int = 24) -> Trace:
    """A trace that starts at 10 000 min after the epoch."""
    values = draw(st.lists(temperatures, min_size=min_size, max_size=max_size))
    gaps = draw(st.lists(steps, min_size=len(values), max_size=len(values)))
    at, instants = 10_000 * MINUTE, []
    for gap in gaps:
        instants.append(at)
        at += gap
    return Trace.of(instants, values)


durations = st.sampled_from([0, 1, 5, 10, 30, 60, 120]).map(lambda minutes: timedelta(minutes=minutes))

allowances: st.SearchStrategy[Allowance] = st.one_of(
    st.just(NoAllowance()),
    durations.map(Each),
    durations.map(Total),
    st.tuples(durations, st.sampled_from([10, 30, 90]).map(lambda m: timedelta(minutes=m))).map(
        lambda both: Total(*both)
    ),
)


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    """Any of the four predicates, or a condition's, with any allowance."""
    kind = draw(st.integers(0, 5))
    if kind == 5:
        conditions = (
            Condition("room", Range(15_000, 25_000)),
            Condition("refrigerated", Range(2000, 8000), up_to=timedelta(minutes=30)),
        )
        return draw(
            st.sampled_from(
                conditions_limits(conditions, Condition("handling", Range(15_000, 30_000), timedelta(minutes=10)))
            )
        )
    predicate = draw(st.sampled_from(list(Predicate)[:4]))
    times = draw(st.one_of(st.none(), st.integers(0, 3)))
    allowance = draw(allowances if times is None else st.one_of(allowances, st.just(AnyDuration())))
    return limit(predicate, draw(st.sampled_from([0, 2000, 8000])), allowance, times=times)


yardsticks = st.builds(
    Yardstick,
    max_gap_ms=st.sampled_from([5, 10, 30, 60]).map(lambda m: m * MINUTE),
    uncertainty_milli_c=st.sampled_from([0, 0, 1, 500, 1000]),
)


@st.composite
def edges(draw: st.DrawFn) -> Edges:
    """No edge, one, or both; inside, at and beyond the readings."""
    instants = st.one_of(st.none(), st.integers(9_800, 10_600).map(lambda m: m * MINUTE))
    start, end = draw(instants), draw(instants)
    if start is not None and end is not None and end < start:
        start, end = end, start
    return Edges(start, end)
