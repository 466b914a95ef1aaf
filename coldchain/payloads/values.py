"""Single values of a payload: a temperature, a battery, a sequence number. Nulls never become 0."""

import re

from coldchain.domain.quality import Fault, fault_of
from coldchain.domain.temperature import Unit, milli_c
from coldchain.payloads.jsontext import Json

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)

LARGEST_SEQUENCE_NUMBER = 2**63 - 1
"""What the record's columns hold."""


def temperature(value: Json, unit: Unit = Unit.C, *, power_up: bool = False) -> tuple[int | None, Fault | None]:
    """A temperature in m°C, or why it is none.

    Args:
        value: The JSON value: a number, or a text that holds one.
        unit: What it is written in.
        power_up: Whether the sensor is known to send 85.000 °C after power-up.

    Returns:
        The m°C (sentinels keep theirs; a value no thermometer reads has none), and the fault or ``None``.
    """
    if value is None:
        return None, Fault.MISSING
    if not isinstance(value, str):
        return None, Fault.DAMAGED  # false is not 0 °C
    text = value.strip()
    if not text:
        return None, Fault.MISSING
    if not _DECIMAL.fullmatch(text):
        return None, Fault.NOT_A_NUMBER
    try:
        found = milli_c(text, unit)
    except ValueError:
        return None, Fault.OUT_OF_RANGE
    fault = fault_of(found, power_up=power_up)
    return (None if fault is Fault.OUT_OF_RANGE else found), fault


def percent(value: Json) -> int | None:
    """A battery's charge in whole percent, or ``None`` where it says none between 0 and 100."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value.strip()):
        return None
    found = float(value)
    return int(found + 0.5) if 0 <= found <= 100 else None


def whole(value: Json) -> int | None:
    """A sequence number: a whole number from 0 that the record can hold, else ``None``."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,19}", value, re.ASCII):
        return None
    found = int(value)
    return found if found <= LARGEST_SEQUENCE_NUMBER else None
