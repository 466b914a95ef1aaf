"""A monitored refrigerator: physics, probe, clock and radio together, one reading after the other."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulators.ambient import Room
from simulators.faults import FaultName, Faults
from simulators.probe import Probe
from simulators.refrigerator import Cabinet, Refrigerator

DISCONNECTED_MILLI_C = -127_000
"""What a DS18B20's driver reports while the probe does not answer."""

SETTLE_S = 6 * 3600.0
"""How long a refrigerator runs undisturbed before its first reading."""


@dataclass(frozen=True)
class Sample:
    """One reading as a device made it.

    Attributes:
        at_ms: When it was really measured, UTC ms.
        stamp_ms: What the device's clock said then.
        milli_c: What the device said, m°C: a temperature, or one of the values devices send for a fault.
        sent_ms: When it can leave the device.
    """

    at_ms: int
    stamp_ms: int
    milli_c: int
    sent_ms: int


@dataclass(frozen=True)
class Setting:
    """Everything that makes one monitored refrigerator, apart from its seed.

    Attributes:
        cabinet, room, probe, faults: Its parts, and what happens to them.
        on_battery: Whether the thermometer goes on while the mains are cut.
    """

    cabinet: Cabinet = field(default_factory=Cabinet)
    room: Room = field(default_factory=Room)
    probe: Probe = field(default_factory=Probe)
    faults: Faults = field(default_factory=Faults)
    on_battery: bool = False


class Device:
    """One refrigerator with its thermometer, moved on from reading to reading.

    Args:
        setting: What it is made of and what happens to it.
        seed: Decides the noise.
        start_ms: The instant before the first reading, UTC ms.
    """

    def __init__(self, setting: Setting, seed: int, start_ms: int) -> None:
        self.setting = setting
        self.at_ms = start_ms
        self.chance = random.Random(f"device {seed}")  # noqa: S311 - physics, not secrets
        self.refrigerator = Refrigerator(setting.cabinet)
        self._probe_c = self.refrigerator.air_c
        self._settle()

    def sample(self, at_ms: int) -> Sample | None:
        """The reading of a later instant (UTC ms); ``None`` while the device has no power."""
        if at_ms < self.at_ms:
            raise ValueError("a device's readings follow the clock")
        before_ms, self.at_ms = self.at_ms, at_ms
        self._live(before_ms, at_ms)
        shown = self.setting.probe.read(self._probe_c, self.chance)  # drawn always, so faults don't move the noise
        faults = self.setting.faults
        if faults.holds(FaultName.POWER_CUT, at_ms) and not self.setting.on_battery:
            return None
        return Sample(at_ms, faults.stamp_ms(at_ms), self._said(shown, before_ms), faults.sent_ms(at_ms))

    def samples(self, every_ms: int, until_ms: int | None = None) -> Iterator[Sample]:
        """The readings from one interval after now up to and with an instant, or for ever."""
        instants = itertools.count(self.at_ms + every_ms, every_ms)
        for at_ms in instants if until_ms is None else itertools.takewhile(lambda at: at <= until_ms, instants):
            sample = self.sample(at_ms)
            if sample is not None:
                yield sample

    def _said(self, shown: int, before_ms: int) -> int:
        faults, wakes_at_milli_c = self.setting.faults, self.setting.probe.wakes_at_milli_c
        if faults.holds(FaultName.PROBE_DISCONNECT, self.at_ms):
            return DISCONNECTED_MILLI_C
        woken_by = [FaultName.PROBE_DISCONNECT] + [FaultName.POWER_CUT] * (not self.setting.on_battery)
        woken = any(faults.ended_within(name, before_ms, self.at_ms) for name in woken_by)
        return wakes_at_milli_c if woken and wakes_at_milli_c is not None else shown

    def _live(self, from_ms: int, to_ms: int) -> None:
        lag_s = self.setting.probe.lag_s
        edges = [from_ms, *self.setting.faults.edges(from_ms, to_ms), to_ms]
        for start_ms, end_ms in itertools.pairwise(edges):
            now = self.setting.faults.conditions(start_ms, self.setting.room.at(start_ms))
            seconds = (end_ms - start_ms) / 1000.0
            if seconds > 0:
                self._probe_c = self.refrigerator.advance(seconds, now, self._probe_c, lag_s)

    def _settle(self) -> None:
        quiet = Faults().conditions(self.at_ms, self.setting.room.at(self.at_ms))
        extra_s = self.chance.random() * 3600.0  # so that eight compressors do not beat as one
        lag_s = self.setting.probe.lag_s
        self._probe_c = self.refrigerator.advance(SETTLE_S + extra_s, quiet, self._probe_c, lag_s)
