"""A transport box with packs of frozen or conditioned water, carried through the outside air leg by leg.

The packs hold latent heat: while they melt they stay at 0 °C. The load sits in an inner box apart from them, so that
conditioned packs keep it between 2 and 8 °C; packs straight from the freezer, a lid left open or a day on a hot ramp
do not.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from simulators.device import Sample
from simulators.probe import Probe

MELTING_J_PER_KG = 334_000.0
"""Latent heat of ice (CRC Handbook: 333.6 kJ/kg)."""

WATER_J_PER_KG_K = 4_186.0
ICE_J_PER_KG_K = 2_100.0
STEP_S = 10.0


class ShipmentFault(StrEnum):
    """What goes wrong on the way; the names that ``--fault`` takes."""

    FROZEN_PACKS = "frozen-packs"
    HOT_RAMP = "hot-ramp"
    LID_OPEN = "lid-open"
    STARTED_EARLY = "started-early"
    LATE_DELIVERY = "late-delivery"


SHIPMENT_FAULTS: dict[ShipmentFault, str] = {
    ShipmentFault.FROZEN_PACKS: "packs straight from the freezer at −20 °C lie against the load; it freezes",
    ShipmentFault.HOT_RAMP: "the box stands on a ramp in the sun, 52 °C, for ten hours more",
    ShipmentFault.LID_OPEN: "the lid stands open for an hour at an inspection",
    ShipmentFault.STARTED_EARLY: "the logger was started on the bench, two hours before packing",
    ShipmentFault.LATE_DELIVERY: "the box waits two more days in a van at 24 °C; the packs melt away",
}


@dataclass(frozen=True)
class Leg:
    """A part of the way.

    Attributes:
        name: Where the box is.
        hours: For how long.
        outside_c: The air around it, °C.
        lid_open: Whether the lid is off.
        packed: Whether the logger is in the box with its packs (else it lies in the outside air).
    """

    name: str
    hours: float
    outside_c: float
    lid_open: bool = False
    packed: bool = True


@dataclass(frozen=True)
class Box:
    """A passive transport box.

    Attributes:
        wall_w_per_k: Outside air to packs, through the insulation.
        load_wall_w_per_k: Outside air to the load, where no pack lies between.
        pack_w_per_k: Packs to the load, through the inner box.
        open_w_per_k: What an open lid adds between load and outside.
        packs_kg: Water in the packs.
        packs_c: The packs' temperature at packing; 0 °C is conditioned (just melting).
        load_j_per_k: Heat capacity of what is shipped.
        load_c: Its temperature at packing.
    """

    wall_w_per_k: float = 0.35
    load_wall_w_per_k: float = 0.12
    pack_w_per_k: float = 0.45
    open_w_per_k: float = 2.5
    packs_kg: float = 5.0
    packs_c: float = 0.0
    load_j_per_k: float = 16_000.0
    load_c: float = 5.0


USUAL_WAY: tuple[Leg, ...] = (
    Leg("wholesaler's cold store", 1.0, 5.0),
    Leg("van", 3.0, 19.0),
    Leg("sorting centre", 6.0, 22.0),
    Leg("night van", 8.0, 15.0),
    Leg("delivery van", 4.0, 23.0),
    Leg("hospital goods-in", 2.0, 21.0),
)
"""A day from wholesaler to hospital."""


@dataclass(frozen=True)
class Shipment:
    """A box, its way and its logger."""

    box: Box = field(default_factory=Box)
    legs: tuple[Leg, ...] = USUAL_WAY
    probe: Probe = field(default_factory=lambda: Probe(steps_per_degree=10, noise_c=0.04, lag_s=120.0))

    @property
    def length_ms(self) -> int:
        """How long the whole way takes."""
        return sum(round(leg.hours * 3_600_000) for leg in self.legs)


def shipment(faults: Sequence[ShipmentFault] = ()) -> Shipment:
    """The usual way with the faults asked for."""
    box = Box(packs_c=-20.0, pack_w_per_k=1.5) if ShipmentFault.FROZEN_PACKS in faults else Box()
    legs = list(USUAL_WAY)
    if ShipmentFault.LID_OPEN in faults:
        legs.insert(3, Leg("customs, lid off", 1.0, 22.0, lid_open=True))
    if ShipmentFault.HOT_RAMP in faults:
        legs.insert(2, Leg("airport ramp, in the sun", 10.0, 52.0))
    if ShipmentFault.LATE_DELIVERY in faults:
        legs.insert(-1, Leg("van, waiting", 48.0, 24.0))
    if ShipmentFault.STARTED_EARLY in faults:
        legs.insert(0, Leg("packing bench", 2.0, 21.5, packed=False))
    return Shipment(box, tuple(legs))


class Packs:
    """Water packs as stored heat: below zero ice, then melting at 0 °C, then water."""

    def __init__(self, kilograms: float, start_c: float) -> None:
        self.kilograms = kilograms
        self.heat_j = start_c * kilograms * (ICE_J_PER_KG_K if start_c < 0 else WATER_J_PER_KG_K)
        self._melted_j = kilograms * MELTING_J_PER_KG

    @property
    def c(self) -> float:
        """Their temperature, °C; 0 while they melt."""
        if self.heat_j < 0.0:
            return self.heat_j / (self.kilograms * ICE_J_PER_KG_K)
        if self.heat_j <= self._melted_j:
            return 0.0
        return (self.heat_j - self._melted_j) / (self.kilograms * WATER_J_PER_KG_K)

    @property
    def melted(self) -> float:
        """How much has melted, 0…1."""
        return min(1.0, max(0.0, self.heat_j / self._melted_j))


class Journey:
    """A shipment under way: the load's and the packs' heat, and what the logger in the load shows."""

    def __init__(self, made: Shipment, seed: int) -> None:
        self.made = made
        self.packs = Packs(made.box.packs_kg, made.box.packs_c)
        self.load_c = made.box.load_c
        self.probe_c = made.legs[0].outside_c if not made.legs[0].packed else self.load_c
        self.chance = random.Random(f"shipment {seed}")  # noqa: S311 - physics, not secrets

    def advance(self, seconds: float, leg: Leg) -> None:
        """Move on by an interval within one leg."""
        steps = -int(-seconds // STEP_S)  # rounded up; none for no time
        for _ in range(steps):
            self._step(seconds / steps, leg)

    def read(self) -> int:
        """What the logger shows now, m°C."""
        return self.made.probe.read(self.probe_c, self.chance)

    def _step(self, step_s: float, leg: Leg) -> None:
        box, packs_c = self.made.box, self.packs.c
        if leg.packed:
            through_w_per_k = box.load_wall_w_per_k + (box.open_w_per_k if leg.lid_open else 0.0)
            from_packs_w = box.pack_w_per_k * (packs_c - self.load_c)
            into_load_w = from_packs_w + through_w_per_k * (leg.outside_c - self.load_c)
            self.packs.heat_j += (box.wall_w_per_k * (leg.outside_c - packs_c) - from_packs_w) * step_s
            self.load_c += into_load_w * step_s / box.load_j_per_k
        around_c = self.load_c if leg.packed else leg.outside_c
        lag_s = self.made.probe.lag_s
        self.probe_c += step_s / (lag_s + step_s) * (around_c - self.probe_c)


def samples(made: Shipment, seed: int, start_ms: int, every_ms: int) -> Iterator[Sample]:
    """The logger's readings along the whole way, the first at ``start_ms``."""
    journey = Journey(made, seed)
    at_ms = next_ms = leg_ends_ms = start_ms
    for leg in made.legs:
        leg_ends_ms += round(leg.hours * 3_600_000)
        while next_ms < leg_ends_ms:
            journey.advance((next_ms - at_ms) / 1000.0, leg)
            yield Sample(next_ms, next_ms, journey.read(), next_ms)
            at_ms, next_ms = next_ms, next_ms + every_ms
        if leg_ends_ms > at_ms:
            journey.advance((leg_ends_ms - at_ms) / 1000.0, leg)
            at_ms = leg_ends_ms
