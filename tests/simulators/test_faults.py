"""Each fault does what its name says, and only then."""

import pytest

from simulators.device import DISCONNECTED_MILLI_C, Device, Sample, Setting
from simulators.faults import CLOCK_RESET_TO_MS, HOUR_MS, MINUTE_MS, USUAL, Fault, FaultName, Faults, at, somewhere
from simulators.probe import DS18B20_POWER_UP_MILLI_C

START_MS = 1_767_225_600_000
EVERY_MS = 5 * MINUTE_MS
FAULT_MS = START_MS + 6 * HOUR_MS


def day(name: FaultName | None, minutes: int | None = None, *, on_battery: bool = False) -> list[Sample]:
    length_ms = (minutes or (USUAL[name].minutes if name else 0)) * MINUTE_MS
    faults = at(name, FAULT_MS, length_ms) if name else Faults()
    device = Device(Setting(faults=faults, on_battery=on_battery), 5, START_MS)
    return list(device.samples(EVERY_MS, START_MS + 24 * HOUR_MS))


def temperatures(samples: list[Sample]) -> list[int]:
    return [s.milli_c for s in samples if s.milli_c not in {DISCONNECTED_MILLI_C, DS18B20_POWER_UP_MILLI_C}]


@pytest.mark.parametrize(
    ("name", "coldest_c", "warmest_c"),
    [
        (FaultName.DOOR_LEFT_OPEN, (4, 5), (8.5, 12)),
        (FaultName.COMPRESSOR_FAILURE, (4, 5), (9, 14)),
        (FaultName.FREEZING_THERMOSTAT, (-10, -1), (5, 6)),
        (FaultName.COLD_SETTING, (1, 1.9), (5, 6)),
        (FaultName.POWER_CUT, (4, 5), (7, 12)),
        (FaultName.PROBE_DISCONNECT, (4, 5), (5, 6)),
        (FaultName.WIFI_OUTAGE, (4, 5), (5, 6)),
        (FaultName.CLOCK_JUMP, (4, 5), (5, 6)),
        (FaultName.CLOCK_RESET, (4, 5), (5, 6)),
        (FaultName.LOADING, (4, 5), (6, 8)),
        (FaultName.DEFROST, (4, 5), (6, 8)),
    ],
)
def test_a_fault_of_usual_length_brings_the_temperatures_of_its_name(
    name: FaultName, coldest_c: tuple[float, float], warmest_c: tuple[float, float]
) -> None:
    shown = temperatures(day(name))
    assert coldest_c[0] * 1000 <= min(shown) <= coldest_c[1] * 1000
    assert warmest_c[0] * 1000 <= max(shown) <= warmest_c[1] * 1000


@pytest.mark.parametrize("name", list(FaultName))
def test_before_a_fault_nothing_is_different(name: FaultName) -> None:
    before = [sample for sample in day(None) if sample.at_ms < FAULT_MS]
    assert [sample for sample in day(name) if sample.at_ms < FAULT_MS] == before


@pytest.mark.parametrize("name", list(FaultName))
def test_long_after_a_fault_all_is_well_again(name: FaultName) -> None:
    last = day(name)[-20:]
    assert all(3_500 <= sample.milli_c <= 6_500 for sample in last)
    assert all(sample.stamp_ms == sample.at_ms == sample.sent_ms for sample in last)


def test_a_power_cut_silences_the_sensor_which_then_wakes_with_its_power_up_value() -> None:
    after = [sample for sample in day(FaultName.POWER_CUT) if sample.at_ms >= FAULT_MS]
    assert after[0].at_ms == FAULT_MS + 180 * MINUTE_MS
    assert after[0].milli_c == DS18B20_POWER_UP_MILLI_C
    assert after[1].milli_c > 6_500


def test_a_battery_logger_goes_on_through_a_power_cut() -> None:
    samples = day(FaultName.POWER_CUT, on_battery=True)
    assert len(samples) == 288
    assert max(sample.milli_c for sample in samples) < 15_000


def test_a_disconnected_probe_says_minus_127_and_then_85() -> None:
    during = [s.milli_c for s in day(FaultName.PROBE_DISCONNECT) if FAULT_MS <= s.at_ms <= FAULT_MS + HOUR_MS]
    assert during == [DISCONNECTED_MILLI_C] * 12 + [DS18B20_POWER_UP_MILLI_C]


def test_readings_of_a_wifi_outage_leave_when_it_ends() -> None:
    held = [sample for sample in day(FaultName.WIFI_OUTAGE) if sample.sent_ms > sample.at_ms]
    assert len(held) == 24
    assert {sample.sent_ms for sample in held} == {FAULT_MS + 120 * MINUTE_MS}
    assert all(sample.stamp_ms == sample.at_ms for sample in held)


def test_a_clock_jump_stamps_two_hours_ahead() -> None:
    wrong = [sample for sample in day(FaultName.CLOCK_JUMP) if sample.stamp_ms != sample.at_ms]
    assert len(wrong) == 12
    assert {sample.stamp_ms - sample.at_ms for sample in wrong} == {2 * HOUR_MS}


def test_a_clock_reset_counts_from_the_year_2000() -> None:
    wrong = [sample for sample in day(FaultName.CLOCK_RESET) if sample.stamp_ms != sample.at_ms]
    assert [sample.stamp_ms for sample in wrong] == [CLOCK_RESET_TO_MS + n * EVERY_MS for n in range(12)]


def test_two_outages_that_overlap_are_one() -> None:
    faults = at(FaultName.WIFI_OUTAGE, 0, 100) + at(FaultName.WIFI_OUTAGE, 50, 100)
    assert [faults.sent_ms(at_ms) for at_ms in (0, 99, 149, 150)] == [150, 150, 150, 150]


def test_a_seed_places_faults_within_the_interval_and_always_in_the_same_place() -> None:
    for seed in range(50):
        placed = somewhere(list(FaultName), START_MS, START_MS + 24 * HOUR_MS, seed)
        assert placed == somewhere(list(FaultName), START_MS, START_MS + 24 * HOUR_MS, seed)
        assert all(START_MS <= fault.start_ms < fault.end_ms <= START_MS + 24 * HOUR_MS for fault in placed.each)


def test_a_fault_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        Fault(FaultName.LOADING, 10, 10)
