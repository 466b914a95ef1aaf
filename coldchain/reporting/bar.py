"""A bar for three durations: the solid part is sure, the hatched part is possible, the mark is the estimate."""

from coldchain.domain.bounds import Bounds
from coldchain.reporting import svg
from coldchain.reporting.chart import INK
from coldchain.reporting.words import triple

WIDTH, HEIGHT = 150.0, 14.0


def draw(bounds: Bounds, longest_ms: int, *, font: str) -> str:
    """The bar as a whole SVG document.

    Args:
        bounds: The three durations.
        longest_ms: What the full width stands for, so that bars of one report can be compared.
        font: Unused by the eye, needed by the document.
    """
    scale = (WIDTH - 2) / max(longest_ms, bounds.at_most_ms, 1)
    sure, most = 1 + bounds.at_least_ms * scale, 1 + max(bounds.at_most_ms * scale, 1.5)
    estimate = 1 + bounds.estimate_ms * scale
    top, bottom = 2.0, HEIGHT - 2
    parts = [
        svg.element("rect", x=1, y=top, width=sure - 1, height=bottom - top, fill=INK),
        svg.hatching(sure, top, most, bottom, 3.2, stroke=INK, stroke_width=0.7) if most - sure > 0.5 else "",
        svg.element("rect", x=1, y=top, width=most - 1, height=bottom - top, fill="none", stroke=INK, stroke_width=0.8),
        svg.element("line", x1=estimate, y1=0, x2=estimate, y2=HEIGHT, stroke="#ffffff", stroke_width=3),
        svg.element("line", x1=estimate, y1=0, x2=estimate, y2=HEIGHT, stroke=INK, stroke_width=1.4),
    ]
    return svg.document(WIDTH, HEIGHT, parts, triple(bounds), font=font)
