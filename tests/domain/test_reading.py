"""One reading an instant, whatever the order (semantics §1)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.quality import Fault, clock_fault, fault_of, faulty
from coldchain.domain.reading import Readings, Trace, settle

rows = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(0, 3), st.integers(0, 2), st.integers(0, 30)),
    max_size=30,
    unique_by=lambda row: row[2:],
)


def readings(rows: list[tuple[int, int, int, int, int]]) -> Readings:
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), 5).T
    return Readings(*columns)


@given(rows, st.randoms())
def test_the_order_of_arrival_does_not_matter(rows: list[tuple[int, int, int, int, int]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = settle(readings(rows)), settle(readings(shuffled))
    assert one.trace.at_ms.tolist() == other.trace.at_ms.tolist()
    assert one.trace.milli_c.tolist() == other.trace.milli_c.tolist()
    assert one.duplicates == other.duplicates
    assert sorted(rows[i] for i in one.conflicts) == sorted(shuffled[i] for i in other.conflicts)


@given(rows)
def test_standing_duplicate_and_conflicting_readings_add_up(rows: list[tuple[int, int, int, int, int]]) -> None:
    settled = settle(readings(rows))
    assert len(settled.trace) + settled.duplicates + settled.conflicts.size == len(rows)
    for at, value in zip(settled.trace.at_ms.tolist(), settled.trace.milli_c.tolist(), strict=True):
        least = min((row for row in rows if row[0] == at), key=lambda row: (*row[2:], row[1]))
        assert value == least[1]


def test_a_trace_refuses_instants_that_do_not_increase() -> None:
    with pytest.raises(ValueError, match="strictly increase"):
        Trace.of([1, 1], [0, 0])


@pytest.mark.parametrize(
    ("value", "power_up", "expected"),
    [
        (-127_000, False, Fault.SENTINEL),
        (-200_000, False, Fault.SENTINEL),
        (-273_150, False, Fault.SENTINEL),
        (-196_000, False, None),  # liquid nitrogen is a temperature
        (127_990, False, Fault.SENTINEL),
        (999_900, False, Fault.SENTINEL),
        (85_000, False, None),
        (85_000, True, Fault.POWER_UP),
        (-273_151, False, Fault.OUT_OF_RANGE),
        (-126_999, False, None),
    ],
)
def test_sensor_faults_are_not_temperatures(value: int, power_up: bool, expected: Fault | None) -> None:
    assert fault_of(value, power_up=power_up) is expected
    assert faulty(np.array([value]), power_up=power_up).tolist() == [expected is not None]


@pytest.mark.parametrize(
    ("measured", "expected"), [(300_000, None), (300_001, Fault.CLOCK), (-1, Fault.CLOCK), (0, None)]
)
def test_a_live_reading_from_the_future_or_before_commissioning_is_a_clock_fault(
    measured: int, expected: Fault | None
) -> None:
    assert clock_fault(measured, received_ms=0, commissioned_ms=0) is expected
