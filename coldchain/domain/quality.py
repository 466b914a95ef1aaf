"""Sensor faults are not temperatures: what goes to quarantine, decided on the reading alone (semantics §1)."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import MilliC
from coldchain.domain.temperature import ABSOLUTE_ZERO_MILLI_C, LARGEST_MILLI_C


class Fault(StrEnum):
    """Why a reading is no temperature. The value is what pages, reports and the quarantine show."""

    MISSING = "missing"
    NOT_A_NUMBER = "not a number"
    SENTINEL = "sentinel"
    POWER_UP = "power-up value"
    OUT_OF_RANGE = "outside the sensor's range"
    CLOCK = "clock"
    CONFLICT = "conflict"
    DAMAGED = "damaged"
    UNKNOWN_SENSOR = "unknown sensor"


SENTINELS_MILLI_C: tuple[int, ...] = (-273_150, -200_000, -127_000, 127_990, 999_900)
"""Values that devices send for "no measurement": absolute zero, TOMST's absent probe (−200, colder than any store:
liquid nitrogen boils at −196 °C), DS18B20 disconnected (−127), Theengs (127.99), loggers (999.9)."""

POWER_UP_MILLI_C = 85_000
"""What a DS18B20 reports before its first conversion; a real 85 °C too, so only for sensors known to do it."""

CLOCK_AHEAD_LIMIT_MS = 5 * 60_000
"""A live reading measured more than 5 min after it was received is a clock fault (semantics §1)."""


@dataclass(frozen=True)
class SensorRange:
    """What a sensor can measure, m°C, both ends included."""

    low_milli_c: int = ABSOLUTE_ZERO_MILLI_C
    high_milli_c: int = LARGEST_MILLI_C


ANY_RANGE = SensorRange()


def fault_of(milli_c: int, sensor: SensorRange = ANY_RANGE, *, power_up: bool = False) -> Fault | None:
    """Why this value is no temperature, or ``None``.

    Args:
        milli_c: The value, m°C.
        sensor: The sensor's declared range.
        power_up: Whether the sensor is declared or known to emit 85.000 °C at power-up.
    """
    if milli_c in SENTINELS_MILLI_C:
        return Fault.SENTINEL
    if power_up and milli_c == POWER_UP_MILLI_C:
        return Fault.POWER_UP
    if not sensor.low_milli_c <= milli_c <= sensor.high_milli_c:
        return Fault.OUT_OF_RANGE
    return None


def faulty(milli_c: MilliC, sensor: SensorRange = ANY_RANGE, *, power_up: bool = False) -> NDArray[np.bool_]:
    """`fault_of` for a whole column: True where a value is no temperature, shape (n,)."""
    if not milli_c.size:
        return np.zeros(0, dtype=bool)
    low, high = int(milli_c.min()), int(milli_c.max())
    wrong = np.zeros(milli_c.shape, dtype=bool)
    for sentinel in SENTINELS_MILLI_C:
        if low <= sentinel <= high:
            wrong |= milli_c == sentinel
    if low < sensor.low_milli_c or high > sensor.high_milli_c:
        wrong |= (milli_c < sensor.low_milli_c) | (milli_c > sensor.high_milli_c)
    return wrong | (milli_c == POWER_UP_MILLI_C) if power_up else wrong


def clock_fault(measured_ms: int, received_ms: int, commissioned_ms: int | None = None) -> Fault | None:
    """Whether a live reading's own time cannot be: before the sensor's commissioning, or too far ahead of ours."""
    if measured_ms > received_ms + CLOCK_AHEAD_LIMIT_MS:
        return Fault.CLOCK
    if commissioned_ms is not None and measured_ms < commissioned_ms:
        return Fault.CLOCK
    return None
