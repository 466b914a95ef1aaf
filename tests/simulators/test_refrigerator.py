"""The refrigerator's physics: it keeps its band, books every joule, and says the same for the same seed."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.ambient import Room, day_wave
from simulators.device import Device, Setting
from simulators.probe import Probe, on_step
from simulators.refrigerator import Cabinet, Conditions, Refrigerator

START_MS = 1_767_225_600_000  # 2026-01-01T00:00Z
EVERY_MS = 300_000
DAY_MS = 86_400_000


def readings(seed: int, days: float = 1, setting: Setting | None = None) -> list[int]:
    device = Device(setting or Setting(), seed, START_MS)
    return [sample.milli_c for sample in device.samples(EVERY_MS, START_MS + int(days * DAY_MS))]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31), room_c=st.floats(16, 28), set_c=st.floats(4, 6))
def test_without_faults_it_stays_within_its_band(seed: int, room_c: float, set_c: float) -> None:
    made = Setting(Cabinet(set_c=set_c), Room(mean_c=room_c, swing_c=2))
    band_milli_c = range(int((set_c - 1.3) * 1000), int((set_c + 1.3) * 1000))
    assert all(milli_c in band_milli_c for milli_c in readings(seed, 0.5, made))


@settings(max_examples=30, deadline=None)
@given(
    start_c=st.floats(-10, 30),
    door_open=st.booleans(),
    powered=st.booleans(),
    stuck=st.booleans(),
    load_heat_w=st.floats(0, 100),
    hours=st.floats(0.1, 6),
)
def test_what_went_in_minus_what_went_out_is_what_is_stored(
    start_c: float, door_open: bool, powered: bool, stuck: bool, load_heat_w: float, hours: float
) -> None:
    refrigerator = Refrigerator(Cabinet(), start_c)
    before_j = refrigerator.stored_j
    now = Conditions(22.0, door_open, powered, thermostat_stuck=stuck, load_heat_w=load_heat_w)
    refrigerator.advance(hours * 3600, now, start_c, 240)
    booked_j = refrigerator.heat_in_j - refrigerator.heat_out_j
    assert refrigerator.stored_j - before_j == pytest.approx(booked_j, abs=1e-3)


def test_without_mains_it_warms_towards_the_room_and_never_beyond() -> None:
    refrigerator = Refrigerator(Cabinet(), 5.0)
    temperatures = []
    for _ in range(200):
        refrigerator.advance(3600, Conditions(room_c=22.0, powered=False), 5.0, 240)
        temperatures.append(refrigerator.air_c)
    assert temperatures == sorted(temperatures)
    assert 21.9 < temperatures[-1] <= 22.0


def test_the_compressor_never_cools_below_what_it_can_reach() -> None:
    cabinet = Cabinet()
    refrigerator = Refrigerator(cabinet, 5.0)
    refrigerator.advance(30 * 86_400, Conditions(room_c=22.0, thermostat_stuck=True), 5.0, 240)
    assert cabinet.coldest_c < refrigerator.air_c < 0


def test_the_same_seed_gives_the_same_readings_and_another_seed_others() -> None:
    assert readings(7) == readings(7)
    assert readings(7) != readings(8)


def test_a_seed_gives_the_same_readings_on_every_machine() -> None:
    """The digest was taken once; a platform whose arithmetic differed would fail here."""
    text = ",".join(str(milli_c) for milli_c in readings(1, days=3))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "f2acda230ad81a93"


@pytest.mark.parametrize(
    ("milli_c", "steps_per_degree", "shown"),
    [(4_060, 16, 4_063), (4_031, 16, 4_000), (4_032, 16, 4_063), (-60, 16, -63), (-31, 16, 0), (4_949, 10, 4_900),
     (4_950, 10, 5_000), (-4_950, 10, -5_000), (8_001, 1000, 8_001)],
)  # fmt: skip
def test_a_probe_shows_the_nearest_of_its_steps(milli_c: int, steps_per_degree: int, shown: int) -> None:
    assert on_step(milli_c, steps_per_degree) == shown


@given(st.integers(-60_000, 60_000), st.sampled_from([2, 10, 16, 42]))
def test_what_a_probe_shows_it_shows_again(milli_c: int, steps_per_degree: int) -> None:
    shown = on_step(milli_c, steps_per_degree)
    assert on_step(shown, steps_per_degree) == shown
    assert abs(shown - milli_c) <= 500 / steps_per_degree + 1


def test_the_day_curve_is_a_cosine_near_enough() -> None:
    import math

    assert all(abs(day_wave(n / 500) - math.cos(2 * math.pi * n / 500)) < 0.002 for n in range(500))


def test_a_device_reads_integers() -> None:
    assert all(type(milli_c) is int for milli_c in readings(3, 0.1, Setting(probe=Probe(steps_per_degree=10))))
