"""What a probe hangs in and how slowly it follows, in words; and how much a slow one may jump."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.devices import JUMP_MILLI_C, LEAST_JUMP_MILLI_C, jumps, jumps_allowed_milli_c, power_ups
from coldchain.domain.probe_kinds import in_words, kind_of, lag_in_words
from coldchain.domain.reading import Trace

MINUTE = 60_000


@pytest.mark.parametrize(
    ("kind", "constant_ms", "short", "lag"),
    [
        (None, None, "", ""),
        ("air", None, "in air", ""),
        (None, 600_000, "time constant 10 min", "it shows 63 % of a sudden change after 10 min and 95 % after 30 min;"),
        (
            "glycol",
            600_000,
            "in glycol, time constant 10 min",
            "in glycol it shows 63 % of a sudden change after 10 min",
        ),
    ],
)
def test_words(kind: str | None, constant_ms: int | None, short: str, lag: str) -> None:
    assert in_words(kind, constant_ms) == short
    assert lag_in_words(kind, constant_ms).startswith(lag)
    assert bool(lag_in_words(kind, constant_ms)) is bool(lag)


def test_there_is_no_other_kind() -> None:
    assert kind_of("soup") is None


@pytest.mark.parametrize(
    ("case", "constant_ms", "step", "found"),
    [
        ("nobody has said", None, 19_999, False),
        ("nobody has said, and it jumps", None, 20_000, True),
        ("glycol: 100 °C · (1 − e^(−1/10)) = 9.517 °C in a minute", 600_000, 9_516, False),
        ("glycol, a thousandth more", 600_000, 9_517, True),
        ("a very slow one: never less than 2 °C", 36_000_000, 1_999, False),
        ("a very slow one jumps", 36_000_000, 2_000, True),
        ("a quick one: never more than 20 °C", 1_000, 20_000, True),
    ],
)
def test_a_slow_probe_may_jump_less(case: str, constant_ms: int | None, step: int, found: bool) -> None:
    trace = Trace.of([0, MINUTE], [5_000, 5_000 + step])
    assert (jumps(trace, constant_ms) is not None) is found, case


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=5), st.none() | st.integers(1, 10**9))
def test_what_is_allowed_lies_between_and_grows_with_time(within: list[int], constant_ms: int | None) -> None:
    allowed = jumps_allowed_milli_c(np.sort(np.array(within, dtype=np.int64)), constant_ms)
    assert ((allowed >= LEAST_JUMP_MILLI_C) & (allowed <= JUMP_MILLI_C)).all()
    assert (np.diff(allowed) >= 0).all()


@pytest.mark.parametrize(
    ("case", "values", "count"),
    [
        ("between readings far below", [5_000, 85_000, 5_000], 1),
        ("twice in a row", [5_000, 85_000, 85_000, 5_000], 2),
        ("the first after it was plugged in", [85_000, 5_000], 1),
        ("just arrived", [5_000, 85_000], 1),
        ("not exactly", [5_000, 85_001, 5_000], 0),
        ("a hot place", [84_000, 85_000, 84_500], 0),
        ("always", [85_000, 85_000, 85_000], 0),
    ],
)
def test_85_degrees_after_power_up(case: str, values: list[int], count: int) -> None:
    found = power_ups(Trace.of([each * MINUTE for each in range(len(values))], values))
    assert (0 if found is None else found.count) == count, case
