"""A sensor's readings of a span as a page shows them: drawn by the server, as points for the script, and in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from coldchain.domain.bounds import Edges, Yardstick, bad_by_test
from coldchain.domain.product import Limit, Predicate
from coldchain.domain.reading import EMPTY_TRACE, Trace
from coldchain.domain.statistics import Statistics, statistics
from coldchain.domain.verdict import Gap, gaps
from coldchain.records.places import sensor_title
from coldchain.records.store import Transaction
from coldchain.records.views import series
from coldchain.records.views.excursions import Excursion
from coldchain.reporting.chart import Chart, Span, draw
from coldchain.reporting.picture import apart, limit_lines
from coldchain.reporting.words import at_least
from coldchain.web.looking import good_of
from coldchain.web.thinning import thinned
from coldchain.web.times import Clock


@dataclass(frozen=True)
class Figure:
    """One sensor at one place over one span.

    Attributes:
        from_ms, to_ms: The span, UTC ms; its end is never later than now.
        trace: The readings in it.
        bad: Which of them some limit calls bad; shape (n,).
        gaps: Silences longer than ``max_gap_ms``.
        excursions: Those that touch the span.
    """

    sensor_id: int
    title: str
    from_ms: int
    to_ms: int
    trace: Trace
    bad: NDArray[np.bool_]
    limits: tuple[Limit, ...]
    max_gap_ms: int
    gaps: tuple[Gap, ...]
    excursions: tuple[Excursion, ...]

    @property
    def statistics(self) -> Statistics | None:
        """Mean, mean kinetic temperature and coverage; ``None`` without readings."""
        return statistics(self.trace, self.max_gap_ms) if len(self.trace) else None

    @property
    def words(self) -> str:
        """What a screen reader says instead of the picture."""
        found = self.statistics
        if found is None:
            return f"{self.title}: no readings in this time"
        low, high = found.min_milli_c / 1000, found.max_milli_c / 1000
        return (
            f"{self.title}: {len(self.trace)} readings from {low:.1f} to {high:.1f} °C, "
            f"{len(self.excursions)} excursions, {len(self.gaps)} gaps; the table below holds the readings"
        )


def figure(
    tx: Transaction, stay: series.Stay, limits: Sequence[Limit], found: Sequence[Excursion], *,
    from_ms: int, to_ms: int, now_ms: int, max_gap_ms: int,
) -> Figure:  # fmt: skip
    """One sensor's stay at a place over a span.

    Args:
        tx: The transaction.
        stay: The sensor, and when it hung there.
        limits: What binds there.
        found: Excursions that touch the span, of any sensor.
        from_ms, to_ms: The span wanted.
        now_ms: Nothing is known beyond it.
        max_gap_ms: How long a good reading is believed.
    """
    first = max(from_ms, stay.from_ms)
    last = min(to_ms, now_ms, stay.to_ms if stay.to_ms is not None else now_ms)
    wide = series.trace(tx, stay.sensor_id, first, max(first, last), neighbours=True)
    inside = (wide.at_ms >= first) & (wide.at_ms <= last)
    trace = Trace(wide.at_ms[inside], wide.milli_c[inside])
    bad = np.zeros(len(trace), dtype=bool)
    for limit in limits:
        if limit.predicate is not Predicate.INSIDE:
            bad |= bad_by_test(limit, trace.milli_c).bad
    silent = gaps(wide, Yardstick(max_gap_ms), Edges(first, last)) if last > first else ()
    own = tuple(each for each in found if each.sensor_id == stay.sensor_id)
    title = sensor_title(stay.name, stay.channel)
    return Figure(
        stay.sensor_id, title, from_ms, min(to_ms, now_ms), trace, bad, tuple(limits), max_gap_ms, silent, own
    )


def drawn(shown: Figure, clock: Clock) -> Markup:
    """The figure as the server draws it: complete without a script, and on paper."""
    spans = [
        Span(
            max(each.now.start_ms, shown.from_ms),
            min(_end(each, shown.to_ms), shown.to_ms),
            each.now.certainty == "certain",
        )
        for each in shown.excursions
    ]
    compared = [limit for limit in shown.limits if limit.predicate is not Predicate.INSIDE]
    picture = Chart(
        trace=shown.trace if len(shown.trace) else EMPTY_TRACE,
        start_ms=shown.from_ms,
        end_ms=shown.to_ms,
        max_gap_ms=shown.max_gap_ms,
        bad=shown.bad,
        lines=limit_lines(compared),
        good=good_of(shown.limits),
        spans=apart(spans),
        gaps=tuple((gap.start_ms, gap.end_ms) for gap in shown.gaps),
        zone=clock.zone,
        zone_name=clock.zone_name,
        title=shown.words,
    )
    return Markup(draw(picture))  # noqa: S704 - made by reporting.svg, which escapes every attribute and text


def points(shown: Figure, clock: Clock) -> dict[str, Any]:
    """The figure for the page's chart: times are shifted to the zone's wall clock at the end of the span.

    The script draws numbers as they are; one offset for the whole chart keeps time running evenly over a change of
    the clocks, and the axis says which.
    """
    local = clock.local(shown.to_ms)
    shift = int((local.utcoffset() or local - local).total_seconds() * 1000)
    index = thinned(shown.trace)
    at_ms, milli_c = shown.trace.at_ms[index], shown.trace.milli_c[index]
    x: list[int | None] = (at_ms + shift).tolist()
    y: list[float | None] = (milli_c / 1000).tolist()
    for position in reversed(_breaks(shown)):
        cut = int(np.searchsorted(at_ms, position))
        x.insert(cut, None)
        y.insert(cut, None)
    bad = shown.bad[index]
    good = good_of(shown.limits)
    compared = [limit for limit in shown.limits if limit.predicate is not Predicate.INSIDE]
    return {
        "sensor": shown.title,
        "shift_ms": shift,
        "zone": f"{clock.zone.key}, {clock.offset(shown.to_ms)}" if clock.zone.key != "UTC" else "UTC",
        "from": shown.from_ms + shift,
        "to": shown.to_ms + shift,
        "readings": len(shown.trace),
        "x": x,
        "y": y,
        "bad_x": (at_ms[bad] + shift).tolist(),
        "bad_y": (milli_c[bad] / 1000).tolist(),
        "good": None if good is None else [good[0] / 1000, good[1] / 1000],
        "lines": [{"y": line.milli_c / 1000, "words": line.label} for line in limit_lines(compared)],
        "gaps": [
            {"from": gap.start_ms + shift, "to": gap.end_ms + shift, "words": _silence(gap)} for gap in shown.gaps
        ],
        "excursions": [
            {
                "from": each.now.start_ms + shift, "to": min(_end(each, shown.to_ms), shown.to_ms) + shift,
                "certain": each.now.certainty == "certain", "number": each.number,
            }
            for each in shown.excursions
        ],
    }  # fmt: skip


def _silence(gap: Gap) -> str:
    return f"no data {at_least(gap.end_ms - gap.start_ms)}"


def _end(found: Excursion, otherwise_ms: int) -> int:
    return found.now.end_ms if found.now.end_ms is not None else otherwise_ms


def _breaks(shown: Figure) -> list[int]:
    """The readings before which the line is interrupted: those after an interval longer than ``max_gap_ms``."""
    after = np.flatnonzero(np.diff(shown.trace.at_ms) > shown.max_gap_ms) + 1
    return [int(each) for each in shown.trace.at_ms[after]]
