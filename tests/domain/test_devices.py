"""What readings say of their sensor: stuck, jumping, drifting, a clock that is off; and who is not accused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain import devices
from coldchain.domain.devices import Complaint, DeviceFinding
from coldchain.domain.reading import Trace

MINUTE = 60_000
HOUR = 60 * MINUTE


def trace(values: list[int], every_ms: int = 15 * MINUTE) -> Trace:
    return Trace.of([each * every_ms for each in range(len(values))], values)


DAY = [5_000] * 97
"""24 h at one reading a quarter of an hour: the last is exactly 24 h after the first."""


@pytest.mark.parametrize(
    ("case", "values", "found"),
    [
        (
            "a day without a move",
            [4_900, *DAY],
            DeviceFinding(Complaint.STUCK, 15 * MINUTE, 5_000, 97),
        ),
        ("a quarter of an hour less than a day", [4_900, *DAY[1:]], None),
        ("a move within the day", [4_900, *DAY[:50], 5_100, *DAY[:46]], None),
        ("a device of coarse steps", [4_500, *DAY], None),
        ("steps of just a fifth of a degree", [4_800, *DAY], DeviceFinding(Complaint.STUCK, 15 * MINUTE, 5_000, 97)),
        ("steps a thousandth coarser", [4_799, *DAY], None),
        ("never anything else: its steps are not known", DAY, None),
        ("nothing", [], None),
    ],
)
def test_stuck(case: str, values: list[int], found: DeviceFinding | None) -> None:
    assert devices.stuck(trace(values)) == found, case


def test_a_day_of_few_readings_is_not_called_stuck() -> None:
    assert devices.stuck(trace([4_900, *[5_000] * 49], HOUR)) is None
    assert devices.stuck(trace([4_900, *[5_000] * 50], HOUR)) is not None


@pytest.mark.parametrize(
    ("case", "values", "every_ms", "found"),
    [
        ("up and down again", [5_000, 25_000, 5_000], MINUTE, DeviceFinding(Complaint.JUMPS, 0, 20_000, 2)),
        ("a thousandth less", [5_000, 24_999, 5_000], MINUTE, None),
        ("in just five minutes", [5_000, 25_000], 5 * MINUTE, DeviceFinding(Complaint.JUMPS, 0, 20_000, 1)),
        ("in more than five minutes", [5_000, 25_000], 5 * MINUTE + 1, None),
        ("one reading", [5_000], MINUTE, None),
    ],
)
def test_jumps(case: str, values: list[int], every_ms: int, found: DeviceFinding | None) -> None:
    assert devices.jumps(trace(values, every_ms)) == found, case


@pytest.mark.parametrize(
    ("case", "apart", "uncertainty", "shift_ms", "pairs", "found"),
    [
        ("more than half a degree", 501, 0, 0, 24, DeviceFinding(Complaint.DRIFT, 0, 501, 24)),
        ("below the other", -501, 0, 0, 24, DeviceFinding(Complaint.DRIFT, 0, -501, 24)),
        ("just half a degree", 500, 0, 0, 24, None),
        ("within both uncertainties", 1_000, 500, 0, 24, None),
        ("a thousandth beyond them", 1_001, 500, 0, 24, DeviceFinding(Complaint.DRIFT, 0, 1_001, 24)),
        ("too few pairs", 2_000, 0, 0, 23, None),
        ("measured five minutes apart", 2_000, 0, 5 * MINUTE, 24, DeviceFinding(Complaint.DRIFT, 0, 2_000, 24)),
        ("measured longer apart", 2_000, 0, 5 * MINUTE + 1, 24, None),
    ],
)
def test_drift(case: str, apart: int, uncertainty: int, shift_ms: int, pairs: int, found: DeviceFinding | None) -> None:
    one = trace([5_000 + apart] * pairs)
    other = Trace(one.at_ms + shift_ms, np.full(pairs, 5_000))
    assert devices.drift(one, other, uncertainty) == found, case


def test_drift_without_readings_is_none() -> None:
    assert devices.drift(trace([]), trace([1])) is None
    assert devices.drift(trace([1] * 30), trace([])) is None
    assert devices.drift(trace([1] * 30), trace([1])) is None


@pytest.mark.parametrize(
    ("case", "ahead_ms", "readings", "found"),
    [
        ("ahead", 60_001, 10, DeviceFinding(Complaint.SKEW, 0, 60_001, 10)),
        ("behind", -60_001, 10, DeviceFinding(Complaint.SKEW, 0, -60_001, 10)),
        ("a minute", 60_000, 10, None),
        ("too few", 600_000, 9, None),
    ],
)
def test_skew(case: str, ahead_ms: int, readings: int, found: DeviceFinding | None) -> None:
    measured = np.arange(readings) * MINUTE
    assert devices.skew(measured, measured - ahead_ms) == found, case


@given(st.lists(st.integers(0, 10_000), min_size=1, unique=True), st.lists(st.integers(0, 10_000), min_size=1))
def test_the_nearest_instant_is_the_nearest(known: list[int], wanted: list[int]) -> None:
    at = np.array(sorted(known), dtype=np.int64)
    asked = np.array(wanted, dtype=np.int64)
    found = at[devices._nearest(at, asked)]
    for each, nearest in zip(asked.tolist(), found.tolist(), strict=True):
        assert abs(nearest - each) == min(abs(one - each) for one in known)
