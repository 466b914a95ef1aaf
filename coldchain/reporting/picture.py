"""From a judged channel to its chart."""

from collections.abc import Mapping, Sequence

import numpy as np

from coldchain.domain.bounds import DEFAULT_MAX_GAP_MS, bad_by_test
from coldchain.domain.extremes import Extremes
from coldchain.domain.product import COLDEST, HOTTEST, Limit, Predicate
from coldchain.domain.reading import Trace
from coldchain.domain.temperature import format_c
from coldchain.domain.verdict import Certainty
from coldchain.loggers.logger_file import Evidence
from coldchain.reporting.bars import Bar
from coldchain.reporting.chart import Chart, Line, Span
from coldchain.reporting.findings import Findings
from coldchain.reporting.words import Clock, clock_of, good_ranges


def chart_of(found: Findings, clock: Clock, title: str) -> Chart | None:
    """The picture of a channel, or ``None`` where nothing was measured."""
    trace, edges = found.trace, found.edges
    compared = [limit for limit in found.stage.limits if limit.predicate is not Predicate.INSIDE]
    bars = () if len(trace) else bars_of(found.extremes, compared)
    if not len(trace) and not bars:
        return None
    first_ms = int(trace.at_ms[0]) if len(trace) else min(one.start_ms for one in found.extremes)
    last_ms = int(trace.at_ms[-1]) if len(trace) else max(one.end_ms for one in found.extremes)
    start_ms = first_ms if edges.start_ms is None else edges.start_ms
    end_ms = last_ms if edges.end_ms is None else edges.end_ms
    bad = np.zeros(len(trace), dtype=bool)
    for limit in compared:
        bad |= bad_by_test(limit, trace.milli_c).bad
    spans = [
        Span(
            max(excursion.episode.start_ms, start_ms),
            end_ms if excursion.episode.end_ms is None else min(excursion.episode.end_ms, end_ms),
            excursion.certainty is Certainty.CERTAIN,
        )
        for judged in found.judgement.limits
        if judged.limit.predicate is not Predicate.INSIDE  # too long in a condition is not out of range
        for excursion in judged.excursions
    ]
    return Chart(
        trace=trace,
        start_ms=start_ms,
        end_ms=end_ms,
        max_gap_ms=found.yardstick.max_gap_ms,
        bad=bad,
        lines=limit_lines(compared),
        good=good_range(compared),
        spans=() if bars else apart(spans),  # when in its interval an extreme was measured is not known
        gaps=tuple((gap.start_ms, gap.end_ms) for gap in found.judgement.gaps),
        zone=clock.zone,
        zone_name=f"time in {clock.name}",
        title=title,
        bars=tuple(bar for bar in bars if bar.start_ms < end_ms and bar.end_ms > start_ms),
    )


def bars_of(extremes: Sequence[Extremes], limits: list[Limit]) -> tuple[Bar, ...]:
    """The intervals in which something was measured, oldest first, and which of their ends is out of range."""
    return tuple(
        Bar(one.start_ms, one.end_ms, low, high, _is_bad(low, limits), _is_bad(high, limits))
        for one in sorted(extremes, key=lambda one: one.start_ms)
        if (low := one.low_milli_c) is not None and (high := one.high_milli_c) is not None
    )


def _is_bad(milli_c: int, limits: list[Limit]) -> bool:
    return any(low <= milli_c <= high for limit in limits for low, high in limit.bad)


def chart_of_readings(
    trace: Trace, evidence: Mapping[str, Evidence], title: str, extremes: Sequence[Extremes] = ()
) -> Chart | None:
    """Readings alone, or extremes where there are none, judged by nothing; ``None`` where nothing was measured."""
    bars = () if len(trace) else bars_of(extremes, [])
    if not len(trace) and not bars:
        return None
    zone = evidence.get("time_zone")
    clock = clock_of(zone.value if zone else None)
    start_ms = int(trace.at_ms[0]) if len(trace) else bars[0].start_ms
    end_ms = int(trace.at_ms[-1]) if len(trace) else bars[-1].end_ms
    return Chart(
        trace=trace, start_ms=start_ms, end_ms=end_ms, bars=bars, max_gap_ms=DEFAULT_MAX_GAP_MS,
        bad=np.zeros(len(trace), dtype=bool), lines=(), good=None, spans=(), gaps=(), zone=clock.zone,
        zone_name=f"time in {clock.name}", title=title,
    )  # fmt: skip


_SIGNS = {Predicate.ABOVE: ">", Predicate.AT_OR_ABOVE: "≥", Predicate.BELOW: "<", Predicate.AT_OR_BELOW: "≤"}


def limit_lines(limits: list[Limit]) -> tuple[Line, ...]:
    """One line a temperature, with what is bad there: ``> 8 °C``; conditions by the ends of their ranges."""
    named: dict[int, str] = {}
    for limit in limits:
        if limit.threshold_milli_c is not None:
            named.setdefault(limit.threshold_milli_c, _SIGNS[limit.predicate])
        else:
            for low, high in good_ranges(limit.bad):
                named.setdefault(low, _SIGNS[Predicate.BELOW])
                named.setdefault(high, _SIGNS[Predicate.ABOVE])
    return tuple(Line(milli_c, f"{sign} {format_c(milli_c, 0)}") for milli_c, sign in sorted(named.items()))


def good_range(limits: list[Limit]) -> tuple[int, int] | None:
    """The one range that no limit calls bad, m°C; ``None`` where there is none or more than one."""
    bad = sorted(interval for limit in limits for interval in limit.bad)
    ranges = []
    reached = COLDEST - 1
    for low, high in bad:
        if low > reached + 1:
            ranges.append((reached + 1, low - 1))
        reached = max(reached, high)
    if reached < HOTTEST:
        ranges.append((reached + 1, HOTTEST))
    return ranges[0] if len(ranges) == 1 else None


def apart(spans: list[Span]) -> tuple[Span, ...]:
    """Spans without overlap to draw: where two limits were exceeded at once, one stretch, certain if either is."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start_ms, span.end_ms)):
        if joined and span.start_ms < joined[-1].end_ms:
            last = joined[-1]
            joined[-1] = Span(last.start_ms, max(last.end_ms, span.end_ms), last.certain or span.certain)
        else:
            joined.append(span)
    return tuple(joined)
