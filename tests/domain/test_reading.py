"""One reading an instant, whatever the order (semantics §1)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.quality import Fault, SensorRange, clock_fault, fault_of, faulty
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
    for instants in ([1, 1], [2, 1], [1, 3, 2], [1, 2, 2]):
        with pytest.raises(ValueError, match="strictly increase"):
            Trace.of(instants, [0] * len(instants))


@pytest.mark.parametrize(("at_ms", "milli_c"), [([1, 2], [0]), ([1], [0, 0]), ([[1], [2]], [[0], [0]])])
def test_a_trace_refuses_instants_without_a_temperature(at_ms: list[int], milli_c: list[int]) -> None:
    with pytest.raises(ValueError, match="one instant for each temperature"):
        Trace.of(at_ms, milli_c)


def test_a_trace_may_be_short() -> None:
    assert [len(Trace.of([], [])), len(Trace.of([1], [0])), len(Trace.of([1, 2, 9], [0, 0, 0]).after(2))] == [0, 1, 1]


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


FREEZER_PROBE = SensorRange(-40_000, 20_000)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-40_001, Fault.OUT_OF_RANGE), (-40_000, None), (0, None), (20_000, None), (20_001, Fault.OUT_OF_RANGE),
        (-127_000, Fault.SENTINEL),
    ],
)  # fmt: skip
def test_both_ends_of_a_declared_range_are_temperatures(value: int, expected: Fault | None) -> None:
    assert fault_of(value, FREEZER_PROBE) is expected
    for others in ([], [5000], [-50_000, 50_000]):
        assert faulty(np.array([value, *others]), FREEZER_PROBE)[0] == (expected is not None)


@given(
    st.lists(st.sampled_from([-127_000, 127_990, 999_900, -200_000, -273_150, -273_151, 85_000, 20_000, 20_001, 5, 6])),
    st.sampled_from([SensorRange(), FREEZER_PROBE, SensorRange(5, 5), SensorRange(-300_000, 3_000_000)]),
    st.booleans(),
)
def test_a_column_is_looked_at_as_each_of_its_values(values: list[int], sensor: SensorRange, power_up: bool) -> None:
    expected = [fault_of(value, sensor, power_up=power_up) is not None for value in values]
    assert faulty(np.array(values, dtype=np.int64), sensor, power_up=power_up).tolist() == expected


@pytest.mark.parametrize(
    ("measured", "expected"), [(300_000, None), (300_001, Fault.CLOCK), (-1, Fault.CLOCK), (0, None)]
)
def test_a_live_reading_from_the_future_or_before_commissioning_is_a_clock_fault(
    measured: int, expected: Fault | None
) -> None:
    assert clock_fault(measured, received_ms=0, commissioned_ms=0) is expected
