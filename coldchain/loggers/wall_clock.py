"""Single moments that a device states in words, such as ``TS Stop: 2022-11-09 01:28``."""

from dataclasses import dataclass

import numpy as np

from coldchain.loggers.date_order import local_times
from coldchain.loggers.logger_file import ASSUMED, DECLARED, Evidence
from coldchain.loggers.stamps import parse_stamps
from coldchain.loggers.zones import Zone, parse_zone, place


@dataclass(frozen=True)
class WallClock:
    """A device's clock: its zone if that is known, and what that rests on."""

    zone: Zone | None
    evidence: Evidence

    @classmethod
    def of(cls, text: str | None, evidence: Evidence | None = None) -> "WallClock":
        """The clock of a device whose zone is declared, or not known."""
        unknown = Evidence(None, ASSUMED, "times are shown as the device wrote them")
        if text is None:
            return cls(None, evidence or unknown)
        zone = parse_zone(text)
        return cls(zone, evidence or Evidence(zone.name, DECLARED))

    def instant(self, text: str | None) -> int | None:
        """UTC ms of a time with the year first; ``None`` where it is missing, no time, or the zone is not known."""
        if not text or self.zone is None:
            return None
        stamps = parse_stamps([text])
        local_ms, good = local_times(stamps, "YMD")
        if not good[0] or stamps.digits[0] != 4:
            return None
        return int(place(np.asarray(local_ms, dtype=np.int64), self.zone).early[0])
