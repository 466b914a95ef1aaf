"""The room around a refrigerator: a day curve, warmest in the afternoon."""

from dataclasses import dataclass

DAY_MS = 86_400_000
WARMEST_MS = 15 * 3_600_000
"""The room is warmest at 15:00 of the simulation's own day (UTC)."""


@dataclass(frozen=True)
class Room:
    """A room's temperature over the day, °C.

    Attributes:
        mean_c: The day's mean.
        swing_c: How far the afternoon lies above the mean, and the early morning below it.
    """

    mean_c: float = 22.0
    swing_c: float = 2.0

    def at(self, at_ms: int) -> float:
        """The room's temperature at an instant, °C."""
        return self.mean_c + self.swing_c * day_wave((at_ms - WARMEST_MS) % DAY_MS / DAY_MS)


def day_wave(turn: float) -> float:
    """A cosine of one turn (0…1), within 0.002, from basic arithmetic only so that every machine agrees.

    Bhaskara's approximation: sin πx ≈ 16 x(1 − x) / (5 − 4 x(1 − x)) for x in 0…1.
    """
    quarter_on = (turn + 0.25) % 1.0
    half = quarter_on * 2.0 if quarter_on < 0.5 else (quarter_on - 0.5) * 2.0
    arch = half * (1.0 - half)
    wave = 16.0 * arch / (5.0 - 4.0 * arch)
    return wave if quarter_on < 0.5 else -wave
