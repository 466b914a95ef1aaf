"""Temperatures as integer thousandths of a degree Celsius (m°C), rounded half away from zero on the decimal text.

8.0 °C is exactly ``8000``, so no float is ever compared with a limit.
"""

from decimal import ROUND_05UP, Context, Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

ABSOLUTE_ZERO_MILLI_C = -273_150
"""0 K in m°C: 0 °C = 273.15 K (SI)."""

LARGEST_MILLI_C = 2_000_000
"""No thermometer for medicines reads beyond 2 000 °C; what lies above is a fault, not a temperature."""

_ENOUGH_DIGITS = Context(prec=60, rounding=ROUND_05UP)
"""Cuts a number to so many digits without making a tie of what is none, or none of what is one: a number with a million
decimals rounds as it should, and in no time."""


class Unit(StrEnum):
    """The unit a device wrote its temperatures in."""

    C = "C"
    F = "F"
    K = "K"


def milli_c(text: str | Decimal, unit: Unit = Unit.C) -> int:
    """The temperature that a decimal text states.

    Args:
        text: A plain decimal number such as ``"4.0625"`` or ``"-0.5"``.
        unit: What it is written in; °F and K are converted exactly before rounding.

    Returns:
        Integer m°C, rounded half away from zero: ``milli_c("4.0625") == 4063``.

    Raises:
        ValueError: The text is not a finite number.
    """
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    if number.adjusted() > 15:  # also bounds the work below: Fraction(Decimal("1e999999")) would be enormous
        raise ValueError(f"{text!r} is no temperature")
    if number.adjusted() < -30:
        number = Decimal(0)
    return _half_away(_celsius(Fraction(_ENOUGH_DIGITS.plus(number)), unit) * 1000)


def milli_c_of_float(value: float, unit: Unit = Unit.C) -> int:
    """The temperature that a float states, read as its shortest decimal representation."""
    return milli_c(repr(float(value)), unit)


def milli_c_array(values: NDArray[np.float64], unit: Unit = Unit.C) -> NDArray[np.int64]:
    """`milli_c_of_float` for a whole column, exactly equal to it on every element.

    Args:
        values: Finite floats, shape (n,).
        unit: What they are written in.

    Returns:
        Integer m°C, shape (n,). Values too large for a temperature saturate beyond `LARGEST_MILLI_C`.
    """
    bounded = np.clip(values, -1e9, 1e9)
    match unit:
        case Unit.C:
            scaled = bounded * 1000.0
        case Unit.F:
            scaled = (bounded - 32.0) * 5000.0 / 9.0
        case Unit.K:
            scaled = (bounded - 273.15) * 1000.0
    size = np.abs(scaled)
    rounded = np.floor(size + 0.5)
    # The float computation above is off by far less than 1e-6 of a unit for any real temperature, so only what lies
    # that close to a tie can be rounded wrongly; those few are done on their decimal text.
    near_tie = np.abs(size - np.floor(size) - 0.5) < 1e-6 + size * 1e-12
    result = np.where(scaled < 0, -rounded, rounded).astype(np.int64)
    for index in np.flatnonzero(near_tie):
        result[index] = milli_c_of_float(float(bounded[index]), unit)
    return result


def celsius(milli: int) -> float:
    """m°C as the float nearest to the same number of degrees, for output only."""
    return milli / 1000


def format_c(milli: int, decimals: int = 1) -> str:
    """A temperature as people read it: ``format_c(8000) == "8.0 °C"``; more decimals are shown where they matter.

    A value that needs more decimals than asked for gets them, so that 8.04 °C is never shown as the limit 8.0 °C.
    """
    sign = "-" if milli < 0 else ""
    whole, thousandths = divmod(abs(milli), 1000)
    digits = f"{thousandths:03d}"
    while len(digits) > decimals and digits.endswith("0"):
        digits = digits[:-1]
    point = f".{digits}" if digits else ""
    return f"{sign}{whole}{point} °C".replace("-", "−")


def _celsius(number: Fraction, unit: Unit) -> Fraction:
    match unit:
        case Unit.C:
            return number
        case Unit.F:
            return (number - 32) * 5 / 9
        case Unit.K:
            return number - Fraction(27315, 100)


def _half_away(number: Fraction) -> int:
    whole = (abs(number) * 2 + 1) // 2
    return int(whole) if number >= 0 else -int(whole)
