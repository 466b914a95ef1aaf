"""Small pictures as SVG that takes its colours from the page's tokens: the sparkline and the bar of durations."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from coldchain.domain.bounds import Bounds
from coldchain.records.views.series import Bucket
from coldchain.reporting.svg import Point, element, number, polyline

_WIDTH, _HEIGHT = 280.0, 56.0
_LEAST_SPAN_MILLI_C = 4_000

_Axis = Callable[[float], float]


def sparkline(
    buckets: Sequence[Bucket], good: tuple[int, int] | None, from_ms: int, to_ms: int, max_gap_ms: int, words: str
) -> Markup:
    """A day in small: what was measured, the limits as a band, silences as silences.

    Args:
        buckets: The readings, a few minutes in each.
        good: The range that no limit calls bad, m°C; ``None`` where there is none.
        from_ms, to_ms: The time shown.
        max_gap_ms: No line is drawn over a longer silence.
        words: What a screen reader says instead.
    """
    low, high = _scale(buckets, good)

    def x(at_ms: float) -> float:
        return (min(max(at_ms, from_ms), to_ms) - from_ms) / (to_ms - from_ms) * _WIDTH

    def y(milli_c: float) -> float:
        return _HEIGHT - (min(max(milli_c, low), high) - low) / (high - low) * _HEIGHT

    parts = []
    if good is not None:
        top, bottom = y(good[1]), y(good[0])
        parts.append(element("rect", x=0, y=top, width=_WIDTH, height=bottom - top, class_="band"))
        edges = [edge for edge in good if low < edge < high]
        parts += [element("line", x1=0, x2=_WIDTH, y1=y(edge), y2=y(edge), class_="edge") for edge in edges]
    for start_ms, end_ms in silences(buckets, from_ms, to_ms, max_gap_ms):
        left, width = x(start_ms), max(x(end_ms) - x(start_ms), 1.0)
        for paint in ("gap", None):
            fill = None if paint else "url(#hatch-gap)"
            parts.append(element("rect", x=left, y=0, width=width, height=_HEIGHT, class_=paint, fill=fill))
    for run in _runs(buckets, max_gap_ms):
        parts += _ribbon(run, good, x, y)
    svg = element(
        "svg",
        "".join(parts),
        viewBox=f"0 0 {number(_WIDTH)} {number(_HEIGHT)}",
        class_="picture spark",
        role="img",
        aria_label=words,
        preserveAspectRatio="none",
    )
    return Markup(svg)  # noqa: S704 - made by reporting.svg, which escapes every attribute


def silences(buckets: Sequence[Bucket], from_ms: int, to_ms: int, max_gap_ms: int) -> list[tuple[int, int]]:
    """The times in which nothing is known: from ``max_gap_ms`` after a reading to the next one."""
    ends = [bucket.last_ms + max_gap_ms for bucket in buckets]
    starts = [bucket.first_ms for bucket in buckets]
    known_until = [from_ms, *ends]
    known_from = [*starts, to_ms]
    return [(end, start) for end, start in zip(known_until, known_from, strict=True) if end < start]


def duration_bar(bounds: Bounds, allowed_ms: int | None, state: str, words: str) -> Markup:
    """Three durations in one bar: solid is sure, hatched is possible, a mark is the estimate, a line the allowance.

    Args:
        bounds: The triple.
        allowed_ms: What the label allows, if it allows anything.
        state: ``out`` or ``possibly``.
        words: What a screen reader says instead.
    """
    width, height, top = 640.0, 34.0, 6.0
    whole = max(bounds.at_most_ms, allowed_ms or 0, 1) * 1.02

    def x(duration_ms: int) -> float:
        return duration_ms / whole * width

    thick = height - 2 * top
    sure, most = x(bounds.at_least_ms), x(bounds.at_most_ms)
    parts = [
        element("rect", x=sure, y=top, width=max(most - sure, 0.0), height=thick, fill=f"url(#hatch-{state})"),
        element("rect", x=0, y=top, width=sure, height=thick, class_="sure"),
        element("rect", x=0.5, y=top, width=max(most - 0.5, 1.0), height=thick, class_="frame"),
        element("line", x1=x(bounds.estimate_ms), x2=x(bounds.estimate_ms), y1=2, y2=height - 2, class_="mark"),
    ]
    if allowed_ms is not None:
        parts.append(element("line", x1=x(allowed_ms), x2=x(allowed_ms), y1=0, y2=height, class_="allowed"))
    view = f"0 0 {number(width)} {number(height)}"
    svg = element(
        "svg", "".join(parts), viewBox=view, class_=f"picture how-long is-{state}", role="img", aria_label=words,
        preserveAspectRatio="none",
    )  # fmt: skip
    return Markup(svg)  # noqa: S704 - made by reporting.svg, which escapes every attribute


def _scale(buckets: Sequence[Bucket], good: tuple[int, int] | None) -> tuple[float, float]:
    """The lowest and the highest temperature to show, with some room."""
    lows = [bucket.min_milli_c for bucket in buckets]
    highs = [bucket.max_milli_c for bucket in buckets]
    near = [edge for edge in (good or ()) if abs(edge) < 100_000]
    low, high = min([*lows, *near], default=0), max([*highs, *near], default=10_000)
    room = max(_LEAST_SPAN_MILLI_C - (high - low), 0) / 2 + max(high - low, _LEAST_SPAN_MILLI_C) * 0.12
    return low - room, high + room


def _runs(buckets: Sequence[Bucket], max_gap_ms: int) -> list[list[Bucket]]:
    runs: list[list[Bucket]] = []
    for bucket in buckets:
        if runs and bucket.first_ms - runs[-1][-1].last_ms <= max_gap_ms:
            runs[-1].append(bucket)
        else:
            runs.append([bucket])
    return runs


def _ribbon(run: Sequence[Bucket], good: tuple[int, int] | None, x: _Axis, y: _Axis) -> list[str]:
    """One unbroken run: a line through the extremes of each bucket, with what is beyond the limits drawn over it."""
    if len(run) == 1 and run[0].readings == 1:
        bad = _beyond(run[0], good)
        at = x(run[0].first_ms)
        return [element("circle", cx=at, cy=y(run[0].min_milli_c), r=2, class_="dot beyond" if bad else "dot")]
    parts = [polyline(_zigzag(run, x, y), class_="trace")]
    piece: list[Bucket] = []
    for bucket in [*run, None]:
        if bucket is not None and _beyond(bucket, good):
            piece.append(bucket)
        elif piece:
            parts.append(polyline(_zigzag(piece, x, y), class_="trace beyond"))
            piece = []
    return parts


def _beyond(bucket: Bucket, good: tuple[int, int] | None) -> bool:
    return good is not None and (bucket.min_milli_c < good[0] or bucket.max_milli_c > good[1])


def _zigzag(run: Sequence[Bucket], x: _Axis, y: _Axis) -> list[Point]:
    points: list[Point] = []
    for bucket in run:
        points += [(x(bucket.first_ms), y(bucket.min_milli_c)), (x(bucket.last_ms), y(bucket.max_milli_c))]
    return points
