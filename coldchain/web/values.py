"""How a temperature reads where there is room for one number: short, and never on the wrong side of a limit."""

from collections.abc import Iterable

from coldchain.domain.product import Limit
from coldchain.domain.temperature import format_c
from coldchain.reporting.picture import limit_lines


def tidy(milli_c: int, edges: Iterable[int] = ()) -> str:
    """A temperature with one decimal, with more where rounding would move it onto or across a limit; no unit.

    Args:
        milli_c: The temperature, m°C.
        edges: The temperatures that limits compare with, m°C.
    """
    for step in (100, 10):
        size = (abs(milli_c) + step // 2) // step * step
        rounded = size if milli_c >= 0 else -size
        if all(_side(rounded, edge) == _side(milli_c, edge) for edge in edges):
            return format_c(rounded, 1).removesuffix(" °C")
    return format_c(milli_c, 1).removesuffix(" °C")


def edges_of(limits: Iterable[Limit]) -> tuple[int, ...]:
    """The temperatures that these limits compare with, m°C."""
    return tuple(line.milli_c for line in limit_lines(list(limits)))


def decimals_of(values: Iterable[int]) -> int:
    """How many decimals a column needs so that every value stands there exactly: 1 to 3."""
    needed = 1
    for milli_c in values:
        if milli_c % 10:
            return 3
        if milli_c % 100:
            needed = 2
    return needed


def column(milli_c: int, decimals: int) -> str:
    """A temperature with exactly so many decimals, for a column of numbers; no unit."""
    return f"{milli_c / 1000:.{decimals}f}".replace("-", "−")


def _side(milli_c: int, edge: int) -> int:
    return (milli_c > edge) - (milli_c < edge)
