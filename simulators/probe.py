"""What a thermometer makes of a temperature: noise, a fixed error, and steps; integer m°C come out."""

import random
from dataclasses import dataclass

DS18B20_POWER_UP_MILLI_C = 85_000
"""What a DS18B20 holds before its first conversion after power-up (its data sheet's power-on reset value)."""


@dataclass(frozen=True)
class Probe:
    """A digital thermometer.

    Attributes:
        steps_per_degree: Its resolution: 16 for a DS18B20 at 12 bits, 10 for a logger that writes tenths.
        noise_c: Standard deviation of its noise, °C.
        error_c: What it reads too much, °C.
        lag_s: Time constant with which it follows the air; a probe in a glycol bottle takes minutes.
        wakes_at_milli_c: What it says first when it gets power again (85 °C: DS18B20), or ``None``.
    """

    steps_per_degree: int = 16
    noise_c: float = 0.03
    error_c: float = 0.0
    lag_s: float = 240.0
    wakes_at_milli_c: int | None = DS18B20_POWER_UP_MILLI_C

    def read(self, true_c: float, chance: random.Random) -> int:
        """What it shows for a true temperature, m°C."""
        seen = true_c + self.error_c + self.noise_c * bell(chance)
        return on_step(int(seen * 1000.0 + (0.5 if seen >= 0 else -0.5)), self.steps_per_degree)


def bell(chance: random.Random) -> float:
    """A nearly normal number (mean 0, variance 1) from twelve even ones.

    No logarithm, and integers are summed: Python 3.12 sums floats otherwise than 3.11.
    """
    return sum(chance.getrandbits(32) for _ in range(12)) / 2**32 - 6.0


def on_step(milli_c: int, steps_per_degree: int) -> int:
    """The nearest value that a device with this resolution can show, m°C, halves away from zero."""
    size = abs(milli_c)
    steps = (size * steps_per_degree * 2 + 1000) // 2000
    shown = (steps * 2000 + steps_per_degree) // (2 * steps_per_degree)
    return shown if milli_c >= 0 else -shown
