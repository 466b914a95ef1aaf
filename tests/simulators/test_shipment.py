"""A box on its way: kept cool by its packs as long as they last, and each fault what its name says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.shipment import SHIPMENT_FAULTS, Journey, Leg, Packs, Shipment, ShipmentFault, samples, shipment


def temperatures(*faults: ShipmentFault, seed: int = 1) -> list[int]:
    return [sample.milli_c for sample in samples(shipment(faults), seed, 0, 600_000)]


@pytest.mark.parametrize("seed", range(5))
def test_the_usual_way_stays_between_2_and_8(seed: int) -> None:
    assert all(2_000 <= milli_c <= 8_000 for milli_c in temperatures(seed=seed))


@pytest.mark.parametrize(
    ("fault", "coldest_c", "warmest_c"),
    [
        (ShipmentFault.FROZEN_PACKS, (-5, -0.5), (4, 6)),
        (ShipmentFault.HOT_RAMP, (3, 5), (8.2, 14)),
        (ShipmentFault.LID_OPEN, (3, 5), (8.2, 20)),
        (ShipmentFault.STARTED_EARLY, (3, 5), (20, 23)),
        (ShipmentFault.LATE_DELIVERY, (3, 5), (12, 24)),
    ],
)
def test_each_fault_brings_the_temperatures_of_its_name(
    fault: ShipmentFault, coldest_c: tuple[float, float], warmest_c: tuple[float, float]
) -> None:
    shown = temperatures(fault)
    assert coldest_c[0] * 1000 <= min(shown) <= coldest_c[1] * 1000
    assert warmest_c[0] * 1000 <= max(shown) <= warmest_c[1] * 1000


def test_every_fault_has_its_line() -> None:
    assert set(SHIPMENT_FAULTS) == set(ShipmentFault)


def test_readings_are_evenly_spaced_over_the_whole_way_whatever_the_legs() -> None:
    made = shipment([ShipmentFault.STARTED_EARLY, ShipmentFault.LID_OPEN])
    instants = [sample.at_ms for sample in samples(made, 1, 1_000, 420_000)]  # 7 min: no leg is a multiple of it
    assert instants == list(range(1_000, 1_000 + made.length_ms, 420_000))


def test_packs_stay_at_zero_while_they_melt() -> None:
    packs = Packs(2.0, -20.0)
    assert packs.c == pytest.approx(-20.0)
    packs.heat_j = 0.5 * 2.0 * 334_000
    assert packs.c == 0.0
    assert packs.melted == pytest.approx(0.5)
    packs.heat_j = 2.0 * 334_000 + 2.0 * 4_186 * 3.0
    assert packs.c == pytest.approx(3.0)
    assert packs.melted == 1.0


@settings(max_examples=20, deadline=None)
@given(outside_c=st.floats(-10, 45), hours=st.floats(1, 48))
def test_heat_that_came_through_the_walls_is_in_the_packs_and_the_load(outside_c: float, hours: float) -> None:
    journey = Journey(Shipment(legs=(Leg("road", hours, outside_c),)), 1)
    box, came_in_j, steps = journey.made.box, 0.0, 200
    before_j = journey.packs.heat_j + box.load_j_per_k * journey.load_c
    for _ in range(steps):
        through_w = box.wall_w_per_k * (outside_c - journey.packs.c)
        through_w += box.load_wall_w_per_k * (outside_c - journey.load_c)
        came_in_j += through_w * hours * 3600 / steps
        journey.advance(hours * 3600 / steps, journey.made.legs[0])
    stored_j = journey.packs.heat_j + box.load_j_per_k * journey.load_c - before_j
    assert stored_j == pytest.approx(came_in_j, rel=0.02, abs=2_000)


def test_the_same_seed_gives_the_same_shipment() -> None:
    assert temperatures(seed=3) == temperatures(seed=3) != temperatures(seed=4)
