"""What goes wrong, or is only usual, with a refrigerator, its probe, its network and its clock, by name."""

import itertools
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from simulators.refrigerator import Conditions

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

CLOCK_RESET_TO_MS = 946_684_800_000
"""A device clock that lost its battery starts again at 2000-01-01T00:00Z."""

COLD_SETTING_C = 3.0
"""By how much a thermostat is turned colder."""

DEFROST_W = 45.0
"""What a defrost heater gives off into the air."""

LOADING_AIR_W, LOADING_LOAD_W = 125.0, 60.0
"""What putting in warm goods brings: door opened again and again, and the goods' own heat."""


class FaultName(StrEnum):
    """The names that ``--fault`` takes."""

    DOOR_LEFT_OPEN = "door-left-open"
    COMPRESSOR_FAILURE = "compressor-failure"
    FREEZING_THERMOSTAT = "freezing-thermostat"
    COLD_SETTING = "cold-setting"
    POWER_CUT = "power-cut"
    PROBE_DISCONNECT = "probe-disconnect"
    WIFI_OUTAGE = "wifi-outage"
    CLOCK_JUMP = "clock-jump"
    CLOCK_RESET = "clock-reset"
    LOADING = "loading"
    DEFROST = "defrost"


@dataclass(frozen=True)
class Usual:
    """What a fault usually is: how long it lasts, and a line about it."""

    minutes: int
    line: str


USUAL: dict[FaultName, Usual] = {
    FaultName.DOOR_LEFT_OPEN: Usual(45, "the door stands open; air warms within minutes, the load slowly"),
    FaultName.COMPRESSOR_FAILURE: Usual(300, "the compressor does not run; all warms towards the room"),
    FaultName.FREEZING_THERMOSTAT: Usual(240, "the thermostat never stops the compressor; it freezes"),
    FaultName.COLD_SETTING: Usual(360, "somebody turned the thermostat three degrees colder"),
    FaultName.POWER_CUT: Usual(
        180, "no mains: no cooling and (unless on battery) no readings; then 85 °C and a warm one"
    ),
    FaultName.PROBE_DISCONNECT: Usual(60, "the probe's plug is loose: −127 °C, and 85 °C when it is back"),
    FaultName.WIFI_OUTAGE: Usual(120, "readings are kept by the device and sent together when the network is back"),
    FaultName.CLOCK_JUMP: Usual(60, "the device's clock is two hours ahead"),
    FaultName.CLOCK_RESET: Usual(60, "the device's clock lost its battery and counts from 2000-01-01"),
    FaultName.LOADING: Usual(20, "warm goods come in (usual, no fault): a door opening and heat from the load"),
    FaultName.DEFROST: Usual(12, "the evaporator is defrosted (usual, no fault): a heater, no compressor"),
}


@dataclass(frozen=True)
class Fault:
    """One fault over one interval: from ``start_ms`` up to, not including, ``end_ms`` (UTC ms)."""

    name: FaultName
    start_ms: int
    end_ms: int
    shift_ms: int = 2 * HOUR_MS
    """How far a jumped clock is ahead (only `FaultName.CLOCK_JUMP`)."""

    def __post_init__(self) -> None:
        if self.end_ms <= self.start_ms:
            raise ValueError(f"the fault {self.name} ends before it starts")

    def holds(self, at_ms: int) -> bool:
        """Whether it acts at an instant."""
        return self.start_ms <= at_ms < self.end_ms


@dataclass(frozen=True)
class Faults:
    """All faults of one refrigerator."""

    each: tuple[Fault, ...] = ()

    def __add__(self, other: "Faults") -> "Faults":
        return Faults(self.each + other.each)

    @cached_property
    def _by_name(self) -> dict[FaultName, "_Intervals"]:
        return {name: _Intervals.of([f for f in self.each if f.name is name]) for name in FaultName}

    @cached_property
    def _edges(self) -> list[int]:
        return sorted({at_ms for fault in self.each for at_ms in (fault.start_ms, fault.end_ms)})

    def holds(self, name: FaultName, at_ms: int) -> bool:
        """Whether a fault of this name acts at an instant."""
        return self._by_name[name].last_end_ms(at_ms) > at_ms

    def ended_within(self, name: FaultName, after_ms: int, up_to_ms: int) -> bool:
        """Whether a fault of this name ended after one instant and up to another."""
        ends = self._by_name[name].sorted_ends
        return bisect_right(ends, up_to_ms) > bisect_right(ends, after_ms)

    def edges(self, after_ms: int, before_ms: int) -> list[int]:
        """The instants strictly between two at which a fault begins or ends, in order."""
        return self._edges[bisect_right(self._edges, after_ms) : bisect_left(self._edges, before_ms)]

    def conditions(self, at_ms: int, room_c: float) -> Conditions:
        """What acts on the refrigerator at an instant."""
        powered = not self.holds(FaultName.POWER_CUT, at_ms)
        loading = self.holds(FaultName.LOADING, at_ms)
        defrosting = powered and self.holds(FaultName.DEFROST, at_ms)
        return Conditions(
            room_c=room_c,
            door_open=self.holds(FaultName.DOOR_LEFT_OPEN, at_ms),
            powered=powered,
            compressor_works=not self.holds(FaultName.COMPRESSOR_FAILURE, at_ms),
            thermostat_stuck=self.holds(FaultName.FREEZING_THERMOSTAT, at_ms),
            colder_c=COLD_SETTING_C if self.holds(FaultName.COLD_SETTING, at_ms) else 0.0,
            defrosting=defrosting,
            air_heat_w=(DEFROST_W if defrosting else 0.0) + (LOADING_AIR_W if loading else 0.0),
            load_heat_w=LOADING_LOAD_W if loading else 0.0,
        )

    def stamp_ms(self, at_ms: int) -> int:
        """What the device's clock says at an instant."""
        for name in (FaultName.CLOCK_JUMP, FaultName.CLOCK_RESET):
            fault = self._by_name[name].first_holding(at_ms)
            if fault is not None:
                reset = name is FaultName.CLOCK_RESET
                return CLOCK_RESET_TO_MS + at_ms - fault.start_ms if reset else at_ms + fault.shift_ms
        return at_ms

    def sent_ms(self, at_ms: int) -> int:
        """When a reading of this instant can be sent: at once, or when the network is back."""
        outages = self._by_name[FaultName.WIFI_OUTAGE]
        while (end_ms := outages.last_end_ms(at_ms)) > at_ms:
            at_ms = end_ms
        return at_ms


@dataclass(frozen=True)
class _Intervals:
    """The faults of one name, arranged for looking up: a demo asks for hundreds of them thousands of times."""

    faults: tuple[Fault, ...]
    starts: tuple[int, ...]
    ends_so_far: tuple[int, ...]
    """The latest end among each fault and those that began before it."""
    sorted_ends: tuple[int, ...]

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> "_Intervals":
        ordered = sorted(faults, key=lambda fault: fault.start_ms)
        ends = [fault.end_ms for fault in ordered]
        return cls(
            tuple(ordered),
            tuple(fault.start_ms for fault in ordered),
            tuple(itertools.accumulate(ends, max)),
            tuple(sorted(ends)),
        )

    def last_end_ms(self, at_ms: int) -> int:
        """The latest end of those that have begun by an instant; the instant itself if none has."""
        begun = bisect_right(self.starts, at_ms)
        return self.ends_so_far[begun - 1] if begun else at_ms

    def first_holding(self, at_ms: int) -> Fault | None:
        """The first fault that acts at an instant."""
        if self.last_end_ms(at_ms) <= at_ms:
            return None
        return next(fault for fault in self.faults if fault.holds(at_ms))


def somewhere(names: Iterable[FaultName], start_ms: int, end_ms: int, seed: int) -> Faults:
    """One fault of each name, of its usual length, at a place that the seed chooses within an interval.

    A fault longer than two thirds of the interval is shortened to that, so that its beginning and end are seen.
    """
    chance = random.Random(f"faults {seed}")  # noqa: S311 - physics, not secrets
    found = []
    for name in names:
        length_ms = min(USUAL[name].minutes * MINUTE_MS, (end_ms - start_ms) * 2 // 3 // MINUTE_MS * MINUTE_MS)
        length_ms = max(length_ms, MINUTE_MS)
        room = max(1, (end_ms - start_ms - length_ms) // MINUTE_MS)
        begins_ms = start_ms + (room // 10 + chance.randrange(max(1, room - room // 5))) * MINUTE_MS
        found.append(Fault(name, begins_ms, begins_ms + length_ms))
    return Faults(tuple(found))


def again(name: FaultName, start_ms: int, end_ms: int, every_ms: int, for_ms: int) -> Faults:
    """The same fault again and again: it begins at ``start_ms`` and every ``every_ms`` after it."""
    return Faults(tuple(Fault(name, at, at + for_ms) for at in range(start_ms, end_ms, every_ms)))


def at(name: FaultName, start_ms: int, for_ms: int) -> Faults:
    """One fault."""
    return Faults((Fault(name, start_ms, start_ms + for_ms),))


def together(parts: Sequence[Faults]) -> Faults:
    """Several sets of faults as one."""
    return Faults(tuple(fault for part in parts for fault in part.each))
