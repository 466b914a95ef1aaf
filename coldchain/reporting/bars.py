"""Intervals of which only the lowest and the highest value are known, as bars between the two.

An end that is out of range is a diamond, one that is not is a short stroke: told by shape first, by colour second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coldchain.reporting import svg

KEY = "bar: lowest to highest value, nothing known in between"
OUT_OF_RANGE = "; ◆ out of range"
_WIDEST, _NARROWEST = 12.0, 1.2


@dataclass(frozen=True)
class Bar:
    """One interval.

    Attributes:
        start_ms, end_ms: The interval, UTC ms.
        low_milli_c, high_milli_c: What was measured, m°C.
        low_bad, high_bad: Whether each is out of range by some limit.
    """

    start_ms: int
    end_ms: int
    low_milli_c: int
    high_milli_c: int
    low_bad: bool
    high_bad: bool


def drawn(
    bars: Sequence[Bar], x: Callable[[float], float], y: Callable[[float], float], *, ink: str, bad: str, tint: str
) -> list[str]:
    """The bars, each in the middle of its interval.

    Args:
        bars: In order of time.
        x, y: Where an instant (UTC ms) and a temperature (°C) lie on the paper.
        ink, bad, tint: The colours of a bar's edge, of an end out of range, and of a bar.
    """
    parts: list[str] = []
    for bar in bars:
        left, right = x(bar.start_ms), x(bar.end_ms)
        wide = min(max((right - left) * 0.55, _NARROWEST), _WIDEST)
        middle = (left + right) / 2
        top, bottom = y(bar.high_milli_c / 1000), y(bar.low_milli_c / 1000)
        parts.append(
            svg.element(
                "rect", x=middle - wide / 2, y=top, width=wide, height=max(bottom - top, 1.0), fill=tint, stroke=ink,
                stroke_width=min(0.8, wide / 3),
            )
        )  # fmt: skip
        for level, is_bad in ((top, bar.high_bad), (bottom, bar.low_bad)):
            if is_bad:
                parts.append(
                    svg.diamond(middle, level, min(4.0, wide * 0.8 + 1), fill=bad, stroke="#ffffff", stroke_width=0.5)
                )
            else:
                half = wide / 2 + min(1.5, wide / 4)
                parts.append(
                    svg.element(
                        "line", x1=middle - half, y1=level, x2=middle + half, y2=level, stroke=ink, stroke_width=1.6
                    )
                )
    return parts
