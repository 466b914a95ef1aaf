"""Judging readings in memory: four limits, episodes and durations, against one look at the data."""

from datetime import timedelta

import numpy as np

from coldchain.domain.bounds import Yardstick
from coldchain.domain.product import Predicate, Total, limit
from coldchain.domain.reading import Trace
from coldchain.domain.statistics import statistics
from coldchain.domain.verdict import judge
from tests.benchmarks.measure import Measured, compared

LIMITS = (
    limit(Predicate.BELOW, 2000),
    limit(Predicate.ABOVE, 8000),
    limit(Predicate.AT_OR_BELOW, 0),
    limit(Predicate.ABOVE, 25_000, Total(timedelta(hours=24))),
)


def judging(*, short: bool) -> list[Measured]:
    """The verdict, and the statistics beside it."""
    count = 200_000 if short else 10_000_000
    times = 2 if short else 5
    trace = refrigerator(count)
    values = trace.milli_c

    def one_pass() -> int:
        return int(values.max()) + int(values.sum())

    return [
        compared(
            f"judging {count:,} readings against four limits",
            lambda: judge(trace, LIMITS, Yardstick()),
            "one NumPy max and sum",
            one_pass,
            times=times,
            count=count,
            unit="readings",
        ),
        compared(
            f"mean, MKT and coverage of {count:,} readings",
            lambda: statistics(trace, 3_600_000),
            "one NumPy max and sum",
            one_pass,
            times=times,
            count=count,
            unit="readings",
        ),
    ]


def refrigerator(count: int) -> Trace:
    """A reading a minute of a compressor's cycle, a door left open now and then, and a few silences."""
    random = np.random.default_rng(1)
    minute = np.arange(count, dtype=np.int64)
    at_ms = minute * 60_000
    at_ms[count // 3 :] += 3 * 3_600_000
    cycle = 1500 * np.sin(minute / 11.0)
    milli_c = (5000 + cycle + random.normal(0, 150, count)).astype(np.int64)
    for start in range(5000, count, 5000):
        milli_c[start : start + 25] += 4000
    return Trace(at_ms, milli_c)
