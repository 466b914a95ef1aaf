"""Just enough SVG: elements with escaped attributes, numbers without noise.

Only presentation attributes are used, never ``style``: they work under a strict Content-Security-Policy and in typst.
"""

from collections.abc import Iterable, Sequence
from html import escape

Point = tuple[float, float]


def number(value: float) -> str:
    """A coordinate with at most two decimals: ``12``, ``12.5``."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def element(name: str, /, *content: str, **attributes: str | float | None) -> str:
    """An element; ``stroke_width`` becomes ``stroke-width``, ``None`` leaves an attribute out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(content)}</{name}>" if content else f"<{name}{written}/>"


def text(said: str, x: float, y: float, **attributes: str | float | None) -> str:
    """A line of text."""
    return element("text", escape(said), x=x, y=y, **attributes)


def polyline(points: Iterable[Point], **attributes: str | float | None) -> str:
    """A line through points."""
    return element("polyline", points=" ".join(f"{number(x)},{number(y)}" for x, y in points), **attributes)


def diamond(x: float, y: float, size: float, **attributes: str | float | None) -> str:
    """A square on its corner: the shape of a temperature out of range."""
    corners = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    return element("polygon", points=" ".join(f"{number(a)},{number(b)}" for a, b in corners), **attributes)


def hatching(
    left: float, top: float, right: float, bottom: float, step: float, *, rising: bool = True,
    **attributes: str | float | None,
) -> str:  # fmt: skip
    """Diagonal lines inside a rectangle, each ``step`` apart: readable in grey, and no pattern ids to clash."""
    lines = []
    height = bottom - top
    offset = step - height - (height % step)
    while offset < right - left:
        start, end = max(offset, 0.0), min(offset + height, right - left)
        if end > start:
            first, second = start - offset, end - offset
            y1, y2 = (bottom - first, bottom - second) if rising else (top + first, top + second)
            lines.append(f"M{number(left + start)} {number(y1)}L{number(left + end)} {number(y2)}")
        offset += step
    return element("path", d="".join(lines), fill="none", **attributes) if lines else ""


def document(width: float, height: float, parts: Sequence[str], title: str, *, font: str) -> str:
    """A whole drawing; ``title`` is what a screen reader says."""
    return element(
        "svg", element("title", escape(title)) + "".join(parts),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {number(width)} {number(height)}",
        width=width, height=height, role="img", font_family=font,
    )  # fmt: skip
