"""Mean, MKT and coverage (semantics §5)."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.reading import Trace, median_step_ms
from coldchain.domain.statistics import mean_kinetic_temperature_c, statistics
from tests.domain.strategies import MINUTE, traces

HOUR_MS = 60 * MINUTE


def mkt(temps_c: list[float], weights: list[int], delta_h: float = 83.144) -> float:
    return mean_kinetic_temperature_c(np.array([round(t * 1000) for t in temps_c]), np.array(weights), delta_h)


def test_the_published_calculations_agree_to_four_decimals(known_answers: Path) -> None:
    cases = json.loads((known_answers / "mkt.json").read_text())
    assert len(cases) > 15
    for case in cases:
        weights = case["weights"] or [1] * len(case["temps_C"])
        found = mkt(case["temps_C"], weights, case["params"]["ea"])
        assert found == pytest.approx(case["computed"], abs=5e-5), case["id"]
        if "computed_Ea62.8" in case:
            assert mkt(case["temps_C"], weights, 62.8) == pytest.approx(case["computed_Ea62.8"], abs=5e-5), case["id"]


@pytest.mark.parametrize(
    ("source", "temps_c", "weights", "published"),
    [
        ("zelti/mkt, README", [2, 2, 5, 8, 8, 8, 8], [1] * 7, 6.25),
        ("ChristianTremblay/ddcmath, tests", [19.8, 20.2, 20.6, 21, 21.3, 21.5], [1] * 6, 20.752780387897474),
        ("tooljolt.com, MKT page", [24, 26, 28, 21], [16, 5, 3, 24], 23.23),
    ],
)
def test_the_published_figures_themselves(
    source: str, temps_c: list[float], weights: list[int], published: float
) -> None:
    digits = 2 if published < 100 and round(published, 2) == published else 6
    assert round(mkt(temps_c, weights), digits) == pytest.approx(round(published, digits)), source


def test_an_hour_of_frost_lowers_the_number_and_so_it_is_withheld() -> None:
    values = [5000] * 23 + [-5000] + [5000]
    found = statistics(Trace.of([i * HOUR_MS for i in range(25)], values), HOUR_MS)
    assert found.mkt_unguarded_c < 5.0
    assert found.mkt_c is None
    assert found.mkt_withheld is not None
    assert "freezing" in found.mkt_withheld


def test_half_a_day_unmeasured_withholds_it_too() -> None:
    found = statistics(Trace.of([0, HOUR_MS, 13 * HOUR_MS, 14 * HOUR_MS], [5000] * 4), HOUR_MS)
    assert found.coverage == pytest.approx(3 / 14)
    assert found.mkt_withheld == "only 21.4 % of the time was measured, less than 95%"


def test_a_single_reading_has_no_coverage() -> None:
    found = statistics(Trace.of([0], [5000]), HOUR_MS)
    assert (found.mean_c, found.coverage, found.mkt_c) == (5.0, None, None)


def test_a_reading_weighs_the_time_to_the_next_and_the_last_one_the_interval_before() -> None:
    found = statistics(Trace.of([0, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS], [1000, 2000, 4000, 8000]), HOUR_MS)
    assert found.mean_c == pytest.approx((1 + 2 + 4 + 8) / 4)  # the third is capped at an hour, and so is the last


def test_deep_cold_and_a_large_activation_energy_stay_in_range() -> None:
    assert mkt([-196.0, 40.0], [1, 1], 2000.0) == pytest.approx(39.72, abs=0.01)
    assert mkt([-196.0, -80.0], [1, 1], 2000.0) < -79.8


def test_neither_the_day_nor_the_width_of_the_readings_changes_coverage_mean_and_mkt() -> None:
    """Narrow and wide ranges are summed in different ways; a trace of today is no different from one of 1970."""
    for values in ([5000, 7000, 6000], [-270_000, 900_000, 6000], [0, 1_000_000, 6000], [0, 999_999, 6000]):
        then, now = (
            statistics(Trace.of([start, start + HOUR_MS, start + 4 * HOUR_MS], values), HOUR_MS)
            for start in (0, 20_000 * 24 * HOUR_MS)
        )
        assert (then.mean_c, then.mkt_unguarded_c, then.coverage) == (now.mean_c, now.mkt_unguarded_c, now.coverage)
        assert then.coverage == 0.5
        assert then.mean_c == pytest.approx(sum(values) / 3000)


@given(traces(min_size=1), st.sampled_from([5, 60]))
def test_mkt_is_never_less_than_the_weighted_mean(trace: Trace, max_gap: int) -> None:
    found = statistics(trace, max_gap * MINUTE)
    assert found.mkt_unguarded_c >= found.mean_c
    assert found.min_milli_c / 1000 <= found.mean_c <= found.max_milli_c / 1000


@given(st.integers(-80_000, 60_000), st.integers(2, 50))
def test_a_constant_trace_has_that_mkt(value: int, count: int) -> None:
    found = statistics(Trace.of([i * MINUTE for i in range(count)], [value] * count), HOUR_MS)
    assert found.mkt_unguarded_c == pytest.approx(value / 1000, abs=1e-9)


@given(st.lists(st.integers(-20_000, 40_000), min_size=2, max_size=30), st.randoms())
def test_evenly_spaced_readings_may_come_in_any_order(values: list[int], random: object) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    at = [i * MINUTE for i in range(len(values))]
    one, other = (statistics(Trace.of(at, v), HOUR_MS) for v in (values, shuffled))
    assert (one.mean_c, one.mkt_unguarded_c) == (other.mean_c, other.mkt_unguarded_c)


@given(st.lists(st.integers(1, 5), min_size=0, max_size=60))
def test_the_median_step_is_the_median_of_all_steps(steps: list[int]) -> None:
    at_ms = np.cumsum([0, *steps])
    assert median_step_ms(at_ms) == (float(np.median(steps)) if steps else None)
