"""A refrigerator's heat: air, load and walls, a compressor on a thermostat with hysteresis.

Two thermal masses (the air with shelves and liner, the load) exchange heat with each other, with the room through the
walls, and through the door while it is open; the compressor takes heat out of the air. The step is explicit and every
joule is booked, so that what went in minus what went out is what is stored.
"""

from dataclasses import dataclass

STEP_S = 10.0
"""Longest step of the integration; the fastest time constant here (air, door open) is several minutes."""


@dataclass(frozen=True)
class Cabinet:
    """What a refrigerator is made of. The defaults are a 150-litre pharmacy refrigerator, half full.

    Attributes:
        air_j_per_k: Heat capacity of air, shelves and liner.
        load_j_per_k: Heat capacity of what is stored; 4 186 J/K a kilogram of water.
        load_w_per_k: Heat flow between air and load.
        wall_w_per_k: Heat flow through walls, door seal and glass.
        door_w_per_k: What an open door adds to it.
        compressor_w: Heat that the running compressor takes out of air at 5 °C.
        coldest_c: Air temperature at which the compressor's power has fallen to nothing.
        set_c: Middle of the thermostat's band, air.
        hysteresis_c: The compressor starts this far above the middle and stops this far below it.
    """

    air_j_per_k: float = 9_000.0
    load_j_per_k: float = 42_000.0
    load_w_per_k: float = 8.0
    wall_w_per_k: float = 1.1
    door_w_per_k: float = 14.0
    compressor_w: float = 120.0
    coldest_c: float = -18.0
    set_c: float = 4.8
    hysteresis_c: float = 1.0


@dataclass(frozen=True)
class Conditions:
    """What acts on a refrigerator over an interval.

    Attributes:
        room_c: The room's temperature.
        door_open: The door stands open.
        powered: There is mains power.
        compressor_works: The compressor can run at all.
        thermostat_stuck: The thermostat never lets the compressor stop.
        colder_c: How much colder than the cabinet's own the thermostat is set.
        defrosting: The evaporator is being defrosted, so the compressor rests.
        air_heat_w: Heat put into the air (a defrost heater, a door opened again and again).
        load_heat_w: Heat brought in with warm goods.
    """

    room_c: float
    door_open: bool = False
    powered: bool = True
    compressor_works: bool = True
    thermostat_stuck: bool = False
    colder_c: float = 0.0
    defrosting: bool = False
    air_heat_w: float = 0.0
    load_heat_w: float = 0.0


class Refrigerator:
    """A refrigerator's state, moved on by `advance`.

    Attributes:
        air_c, load_c: Temperatures of the two masses, °C.
        running: Whether the compressor runs.
        heat_in_j, heat_out_j: All heat that came in and that the compressor took out so far.
    """

    def __init__(self, cabinet: Cabinet, start_c: float | None = None) -> None:
        self.cabinet = cabinet
        self.air_c = self.load_c = cabinet.set_c if start_c is None else start_c
        self.running = False
        self.heat_in_j = 0.0
        self.heat_out_j = 0.0

    @property
    def stored_j(self) -> float:
        """Heat stored in both masses, counted from 0 °C."""
        return self.cabinet.air_j_per_k * self.air_c + self.cabinet.load_j_per_k * self.load_c

    def advance(self, seconds: float, now: Conditions, probe_c: float, lag_s: float) -> float:
        """Move on by an interval and return what a probe with this lag, at ``probe_c`` before, shows after it."""
        steps = max(1, -int(-seconds // STEP_S))
        step_s = seconds / steps
        follow = step_s / (lag_s + step_s)
        for _ in range(steps):
            self._step(step_s, now)
            probe_c += follow * (self.air_c - probe_c)
        return probe_c

    def _step(self, step_s: float, now: Conditions) -> None:
        cabinet = self.cabinet
        self.running = self._compressor_runs(now)
        leak_w_per_k = cabinet.wall_w_per_k + (cabinet.door_w_per_k if now.door_open else 0.0)
        in_w = leak_w_per_k * (now.room_c - self.air_c) + now.air_heat_w
        out_w = self._cooling_w() if self.running else 0.0
        to_load_w = cabinet.load_w_per_k * (self.air_c - self.load_c)
        self.air_c += (in_w - out_w - to_load_w) * step_s / cabinet.air_j_per_k
        self.load_c += (to_load_w + now.load_heat_w) * step_s / cabinet.load_j_per_k
        self.heat_in_j += (in_w + now.load_heat_w) * step_s
        self.heat_out_j += out_w * step_s

    def _compressor_runs(self, now: Conditions) -> bool:
        if now.defrosting or not (now.powered and now.compressor_works):
            return False
        if now.thermostat_stuck:
            return True
        set_c = self.cabinet.set_c - now.colder_c
        if self.running:
            return self.air_c > set_c - self.cabinet.hysteresis_c
        return self.air_c >= set_c + self.cabinet.hysteresis_c

    def _cooling_w(self) -> float:
        """The colder the air, the less the compressor takes out of it; it never heats."""
        span = 5.0 - self.cabinet.coldest_c
        return max(0.0, self.cabinet.compressor_w * (self.air_c - self.cabinet.coldest_c) / span)
