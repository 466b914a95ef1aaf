"""A trace drawn as SVG: readings, limits, gaps and excursions; the same picture in HTML, in a PDF and in grey.

Nothing is drawn that was not measured: no line crosses a gap. What is out of range is told by shape and hatching first
and by colour second.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import Trace
from coldchain.reporting import bars, svg
from coldchain.reporting.bars import Bar
from coldchain.reporting.ticks import time_ticks, value_ticks
from coldchain.reporting.words import about

INK, FAINT, RULE = "#16202b", "#5c6670", "#d9dde1"
RED, RED_TINT = "#b3261e", "#f8dedb"
AMBER, AMBER_TINT = "#8a5300", "#fbeccf"
VIOLET, VIOLET_TINT = "#6a6480", "#efedf4"
GOOD_TINT = "#f1f6f2"
FONT = "Libertinus Serif, Georgia, serif"

_WIDTH, _HEIGHT = 720.0, 268.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 42.0, 662.0, 22.0, 236.0
_MARK_WIDE = 13.0
"""A diamond over an excursion with its outline, and a little air."""


@dataclass(frozen=True)
class Span:
    """A stretch that stands out: UTC ms, and whether it is certain."""

    start_ms: int
    end_ms: int
    certain: bool


@dataclass(frozen=True)
class Line:
    """A limit's temperature, m°C, and what it is called at the right edge."""

    milli_c: int
    label: str


@dataclass(frozen=True)
class Chart:
    """What a chart shows.

    Attributes:
        trace: The readings.
        start_ms, end_ms: The time shown, UTC ms.
        max_gap_ms: Longer intervals are not bridged by a line.
        bad: For each reading, whether it is out of range by some limit; shape (n,).
        lines: The limits.
        good: The range between which nothing is out of range, m°C, where there is one.
        spans: Excursions.
        gaps: Silences, from the last belief to the next reading, UTC ms.
        zone: Whose wall clock the time axis shows.
        zone_name: What that zone is called.
        title: What a screen reader says.
        bars: Intervals of which only the extremes are known; where there are any, they stand instead of readings.
    """

    trace: Trace
    start_ms: int
    end_ms: int
    max_gap_ms: int
    bad: NDArray[np.bool_]
    lines: tuple[Line, ...]
    good: tuple[int, int] | None
    spans: tuple[Span, ...]
    gaps: tuple[tuple[int, int], ...]
    zone: tzinfo
    zone_name: str
    title: str
    bars: tuple[Bar, ...] = ()


def draw(chart: Chart, font: str = FONT) -> str:
    """The chart as a whole SVG document."""
    frame = _Frame.of(chart)
    parts = [
        _good_band(chart, frame), *_spans(chart, frame), *_gaps(chart, frame), *_grid(chart, frame),
        *_limits(chart, frame), *_gap_labels(chart, frame), *_readings(chart, frame), *_bars(chart, frame),
    ]  # fmt: skip
    return svg.document(_WIDTH, _HEIGHT, parts, chart.title, font=font)


@dataclass(frozen=True)
class _Frame:
    """Where instants and temperatures lie on the paper."""

    start_ms: int
    end_ms: int
    low_c: float
    high_c: float

    @classmethod
    def of(cls, chart: Chart) -> "_Frame":
        shown = chart.trace.milli_c if len(chart.trace) else np.array([line.milli_c for line in chart.lines] or [0])
        if chart.bars:
            shown = np.array([milli for bar in chart.bars for milli in (bar.low_milli_c, bar.high_milli_c)])
        low, high = float(shown.min()) / 1000, float(shown.max()) / 1000
        near = max(high - low, 6.0)
        for line in chart.lines:  # a limit far from every reading would press the readings flat
            if low - near <= line.milli_c / 1000 <= high + near:
                low, high = min(low, line.milli_c / 1000), max(high, line.milli_c / 1000)
        room = max(high - low, 0.5) * 0.09
        return cls(chart.start_ms, max(chart.end_ms, chart.start_ms + 1), low - room, high + room)

    def x(self, at_ms: float) -> float:
        part = (at_ms - self.start_ms) / (self.end_ms - self.start_ms)
        return _LEFT + min(max(part, 0.0), 1.0) * (_RIGHT - _LEFT)

    def y(self, celsius: float) -> float:
        part = (celsius - self.low_c) / (self.high_c - self.low_c)
        return _BOTTOM - min(max(part, 0.0), 1.0) * (_BOTTOM - _TOP)


def _good_band(chart: Chart, frame: _Frame) -> str:
    if chart.good is None:
        return ""
    top, bottom = frame.y(min(chart.good[1] / 1000, frame.high_c)), frame.y(max(chart.good[0] / 1000, frame.low_c))
    return svg.element("rect", x=_LEFT, y=top, width=_RIGHT - _LEFT, height=bottom - top, fill=GOOD_TINT)


def _spans(chart: Chart, frame: _Frame) -> list[str]:
    parts, marks = [], []
    for span in _told_apart(chart.spans, (chart.end_ms - chart.start_ms) / (_RIGHT - _LEFT)):
        left, right = frame.x(span.start_ms), max(frame.x(span.end_ms), frame.x(span.start_ms) + 2)
        ink, tint, step = (RED, RED_TINT, 5.0) if span.certain else (AMBER, AMBER_TINT, 11.0)
        parts.append(svg.element("rect", x=left, y=_TOP, width=right - left, height=_BOTTOM - _TOP, fill=tint))
        parts.append(
            svg.hatching(left, _TOP, right, _BOTTOM, step, stroke=ink, stroke_width=0.5, stroke_opacity="0.35")
        )
        parts.append(svg.element("line", x1=left, y1=_TOP, x2=right, y2=_TOP, stroke=ink, stroke_width=2.5))
        marks.append((span.certain, right - left, (left + right) / 2))
    return parts + [
        svg.diamond(middle, _TOP - 9, 5, fill=RED if certain else "#ffffff", stroke=RED if certain else AMBER,
                    stroke_width=1.4)
        for certain, _, middle in _with_room(marks)
    ]  # fmt: skip


def _with_room(marks: list[tuple[bool, float, float]]) -> list[tuple[bool, float, float]]:
    """The marks that do not lie on another: certain ones first, of these the widest; each span keeps its bar.

    Args:
        marks: Whether certain, how wide the span is, and its middle.
    """
    taken: list[float] = []
    kept = []
    for mark in sorted(marks, reverse=True):
        at = bisect_left(taken, mark[2])
        if all(abs(other - mark[2]) >= _MARK_WIDE for other in taken[max(at - 1, 0) : at + 1]):
            taken.insert(at, mark[2])
            kept.append(mark)
    return kept


def _told_apart(spans: tuple[Span, ...], apart_ms: float) -> list[Span]:
    """The spans, with those of one certainty joined that lie closer together than the eye could tell."""
    found: list[Span] = []
    for certain in (False, True):
        mine = sorted((span.start_ms, span.end_ms) for span in spans if span.certain is certain)
        found += [Span(start_ms, end_ms, certain) for start_ms, end_ms, _ in _drawn(tuple(mine), apart_ms)]
    return sorted(found, key=lambda span: span.start_ms)


def _gaps(chart: Chart, frame: _Frame) -> list[str]:
    parts = []
    for start_ms, end_ms, _ in _drawn(chart.gaps, (frame.end_ms - frame.start_ms) / 1000):
        left, right = frame.x(start_ms), max(frame.x(end_ms), frame.x(start_ms) + 1.5)
        parts.append(svg.element("rect", x=left, y=_TOP, width=right - left, height=_BOTTOM - _TOP, fill=VIOLET_TINT))
        parts.append(
            svg.hatching(
                left, _TOP, right, _BOTTOM, 8, rising=False, stroke=VIOLET, stroke_width=0.5, stroke_opacity="0.5"
            )
        )
    return parts


def _gap_labels(chart: Chart, frame: _Frame) -> list[str]:
    parts = []
    for start_ms, end_ms, joined in _drawn(chart.gaps, (frame.end_ms - frame.start_ms) / 1000):
        if not joined:
            parts += _gap_label(frame.x(start_ms), frame.x(end_ms), about(end_ms - start_ms))
    return parts


def _drawn(gaps: tuple[tuple[int, int], ...], apart_ms: float) -> list[tuple[int, int, bool]]:
    """Gaps with those joined that the eye could not tell apart, and whether each is several."""
    drawn: list[tuple[int, int, bool]] = []
    for start_ms, end_ms in gaps:
        if drawn and start_ms - drawn[-1][1] < apart_ms:
            drawn[-1] = (drawn[-1][0], end_ms, True)
        else:
            drawn.append((start_ms, end_ms, False))
    return drawn


def _gap_label(left: float, right: float, length: str) -> list[str]:
    """``no data`` over its length, where there is room for it."""
    wide = 6.2 * max(len(length), 7) + 8
    if right - left < wide:
        return []
    middle, y = (left + right) / 2, _TOP + 34
    words = (("no data", y - 3), (length, y + 11))
    return [
        svg.element("rect", x=middle - wide / 2, y=y - 16, width=wide, height=33, rx=2, fill=VIOLET_TINT),
        *(svg.text(said, middle, line, font_size=11, fill=VIOLET, text_anchor="middle") for said, line in words),
    ]


def _grid(chart: Chart, frame: _Frame) -> list[str]:
    parts = []
    for celsius in value_ticks(frame.low_c, frame.high_c):
        y = frame.y(celsius)
        parts.append(svg.element("line", x1=_LEFT, y1=y, x2=_RIGHT, y2=y, stroke=RULE, stroke_width=0.6))
        said = svg.number(celsius).replace("-", "−")
        parts.append(svg.text(said, _LEFT - 6, y + 3.5, font_size=11, fill=FAINT, text_anchor="end"))
    parts.append(svg.text("°C", _LEFT - 6, _TOP - 8, font_size=11, fill=FAINT, text_anchor="end"))
    parts.append(svg.element("line", x1=_LEFT, y1=_BOTTOM, x2=_RIGHT, y2=_BOTTOM, stroke=FAINT, stroke_width=0.8))
    for at_ms, said in time_ticks(frame.start_ms, frame.end_ms, chart.zone):
        x = frame.x(at_ms)
        parts.append(svg.element("line", x1=x, y1=_BOTTOM, x2=x, y2=_BOTTOM + 4, stroke=FAINT, stroke_width=0.8))
        parts.append(svg.text(said, x, _BOTTOM + 16, font_size=11, fill=FAINT, text_anchor="middle"))
    parts.append(svg.text(chart.zone_name, _RIGHT, _BOTTOM + 29, font_size=10, fill=FAINT, text_anchor="end"))
    return parts


def _limits(chart: Chart, frame: _Frame) -> list[str]:
    parts = []
    lowest = _BOTTOM + 12.0
    for line in chart.lines:  # from the lowest up, each label at least a line above the one before
        if frame.low_c <= line.milli_c / 1000 <= frame.high_c:
            y = frame.y(line.milli_c / 1000)
            parts.append(
                svg.element("line", x1=_LEFT, y1=y, x2=_RIGHT, y2=y, stroke=INK, stroke_width=1, stroke_dasharray="6 3")
            )
            lowest = min(y + 3.5, lowest - 11)
            parts.append(svg.text(line.label, _RIGHT + 5, lowest, font_size=11, fill=INK))
    return parts


def _readings(chart: Chart, frame: _Frame) -> list[str]:
    at_ms, milli_c = chart.trace.at_ms, chart.trace.milli_c
    inside = np.flatnonzero((at_ms >= frame.start_ms) & (at_ms <= frame.end_ms))
    if inside.size == 0:
        return []
    few = inside.size <= 160
    parts = []
    for piece in np.split(inside, np.flatnonzero(np.diff(at_ms[inside]) > chart.max_gap_ms) + 1):
        shown = _thinned(at_ms, milli_c, piece, frame)
        points = [(frame.x(int(at_ms[index])), frame.y(float(milli_c[index]) / 1000)) for index in shown]
        if len(points) > 1:
            parts.append(svg.polyline(points, fill="none", stroke=INK, stroke_width=1.3, stroke_linejoin="round"))
        parts += [
            svg.element("circle", cx=x, cy=y, r=2.2 if inside.size <= 60 else 1.6, fill=INK)
            for (x, y), index in zip(points, shown, strict=True)
            if (few or len(points) == 1) and not chart.bad[index]
        ]
        parts += [
            svg.diamond(
                x,
                y,
                4.0 if inside.size <= 60 else 3.0 if few else 1.9,
                fill=RED,
                stroke="#ffffff" if few else RED,
                stroke_width=0.5,
            )
            for (x, y), index in zip(points, shown, strict=True)
            if chart.bad[index]
        ]
    return parts


def _bars(chart: Chart, frame: _Frame) -> list[str]:
    if not chart.bars:
        return []
    said = bars.KEY + (bars.OUT_OF_RANGE if chart.lines else "")
    key = svg.text(said, _LEFT, _BOTTOM + 29, font_size=10, fill=FAINT)
    return [*bars.drawn(chart.bars, frame.x, frame.y, ink=INK, bad=RED, tint=RULE), key]


def _thinned(at_ms: NDArray[np.int64], milli_c: NDArray[np.int64], piece: NDArray[np.intp], frame: _Frame) -> list[int]:
    """The readings that the eye could tell apart: in each column the first, the lowest, the highest and the last."""
    columns = 1240
    if piece.size <= 2 * columns:
        return [int(index) for index in piece]
    column = (at_ms[piece] - frame.start_ms) * columns // (frame.end_ms - frame.start_ms + 1)
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    kept: set[int] = set()
    for block in np.split(piece, starts[1:]):
        values = milli_c[block]
        kept |= {int(block[0]), int(block[values.argmin()]), int(block[values.argmax()]), int(block[-1])}
    return sorted(kept)
