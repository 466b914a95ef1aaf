"""The tables of what-the-numbers-mean: rounding, the interval table, edges, verdicts, alerts."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from coldchain.domain.bounds import Bounds, Edges, Yardstick
from coldchain.domain.duration import milliseconds
from coldchain.domain.exposure import Stay, judge_way
from coldchain.domain.product import Allowance, Each, NoAllowance, Predicate, Total, limit
from coldchain.domain.reading import Readings, Trace, settle
from coldchain.domain.temperature import Unit, milli_c
from coldchain.domain.verdict import LimitJudgement, judge
from coldchain.rulebook.series import parse_series
from coldchain.selftest.case import Case

FIVE_MINUTES = timedelta(minutes=5)
HOUR = Yardstick(3_600_000)
MINUTE_MS = 60_000

_ROUNDING = (
    ("8.0", Unit.C, "8000", "8.0 °C is exactly 8000 m°C"),
    ("4.0625", Unit.C, "4063", "rounded half away from zero"),
    ("-4.0625", Unit.C, "-4063", "rounded half away from zero, below zero too"),
    ("4.0615", Unit.C, "4062", "on the decimal text, not on its binary float"),
    ("46.4", Unit.F, "8000", "46.4 °F is exactly 8 °C"),
    ("281.15", Unit.K, "8000", "281.15 K is exactly 8 °C"),
)

_INTERVALS = (
    ("good → good, not longer than max_gap", "5 _x11 5", "0 0 0"),
    ("good → good, longer than max_gap", "5 _x12 5", "0 0 65"),
    ("good → bad", "5 9", "0 0 5"),
    ("bad → good", "9 5", "0 5 5"),
    ("bad → bad, not longer than max_gap", "9 9", "5 5 5"),
    ("bad → bad, longer than max_gap", "9 _x20 9", "0 105 105"),
    ("the limit itself is good", "8 8 8", "0 0 0"),
    ("a thousandth above it is bad", "5 8.001 5", "0 5 10"),
)

_EDGES = (
    ("a bad last reading goes on to the edge", "5 9", 20, "0 15 20"),
    ("a long silence before the edge is possible badness", "5 5", 66, "0 0 61"),
    ("only the part inside the edge counts", "5 9 9 9 5", 12, "7 7 12"),
)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


_VERDICTS: tuple[tuple[str, Allowance, str, str], ...] = (
    ("none: a bad reading", NoAllowance(), "5 9 5", "violated"),
    ("none: a gap", NoAllowance(), "5 _x12 5", "undetermined"),
    ("none: neither", NoAllowance(), "5x20", "kept"),
    ("each: exactly the allowance", Each(_minutes(10)), "9x3", "kept"),
    ("each: perhaps longer", Each(_minutes(10)), "5 9x3 5", "undetermined"),
    ("each: longer", Each(_minutes(10)), "5 9x4 5", "violated"),
    ("each: stretches do not add up", Each(_minutes(30)), "5 9x4 5 9x4 5", "kept"),
    ("total: stretches add up", Total(_minutes(25)), "5 9x4 5 9x4 5", "violated"),
    ("total within: apart", Total(_minutes(20), _minutes(30)), "5 9x3 5x9 9x3 5", "kept"),
)


def cases() -> Iterator[Case]:
    """All of them, in the order of the page."""
    for number, (text, unit, expected, about) in enumerate(_ROUNDING, 1):
        what = f"{text} °{unit} in m°C: {about}" if unit is not Unit.K else f"{text} K in m°C: {about}"
        yield Case(f"temperature-{number}", what, "§1", expected, partial(_rounded, text, unit))
    yield Case(
        "settle-1", "the same instant twice: the least (received, source, position) stands", "§1", "5000 1 1", _settled
    )
    for number, (about, series, expected) in enumerate(_INTERVALS, 1):
        yield Case(
            f"interval-{number}",
            f"{about}: minutes at least, estimate, at most",
            "§3",
            expected,
            partial(_triple, series, None),
        )
    for number, (about, series, end, expected) in enumerate(_EDGES, 1):
        yield Case(f"edge-{number}", about, "§3.edges", expected, partial(_triple, series, end))
    for number, (about, allowance, series, expected) in enumerate(_VERDICTS, 1):
        yield Case(f"verdict-{number}", about, "§4", expected, partial(_verdict, series, allowance))
    yield Case(
        "uncertainty-1",
        "7.8 °C with a probe good to 0.5 °C is no proof of at most 8 °C",
        "§3",
        "undetermined 0",
        _doubtful,
    )
    yield Case(
        "budget-1", "3 h at 12 °C, 5 h at 15 °C and 2 h at 10 °C in three places against 9 h in all", "§7",
        "violated 600 615 615", _budget,
    )  # fmt: skip


def _rounded(text: str, unit: Unit) -> str:
    return str(milli_c(text, unit))


def _settled() -> str:
    import numpy as np

    columns = np.array([[0, 9000, 2, 0, 0], [0, 5000, 1, 0, 0], [0, 5000, 3, 0, 0]]).T
    settled = settle(Readings(*columns))
    return f"{settled.trace.milli_c[0]} {settled.duplicates} {settled.conflicts.size}"


def _judged(
    series: str, allowance: Allowance, end_min: int | None = None, yardstick: Yardstick = HOUR
) -> LimitJudgement:
    edges = Edges(end_ms=None if end_min is None else end_min * MINUTE_MS)
    rule = limit(Predicate.ABOVE, 8000, allowance)
    return judge(parse_series(series, FIVE_MINUTES), [rule], yardstick, edges).limits[0]


def _in_minutes(bounds: Bounds) -> str:
    return " ".join(str(ms // MINUTE_MS) for ms in (bounds.at_least_ms, bounds.estimate_ms, bounds.at_most_ms))


def _triple(series: str, end_min: int | None) -> str:
    return _in_minutes(_judged(series, NoAllowance(), end_min).bounds)


def _verdict(series: str, allowance: Allowance) -> str:
    return str(_judged(series, allowance).verdict)


def _doubtful() -> str:
    judged = _judged("5 7.8 5", NoAllowance(), yardstick=Yardstick(3_600_000, 500))
    return f"{judged.verdict} {len(judged.excursions)}"


def _budget() -> str:
    stays, at_ms = [], 0
    for place, series in (("transport", "12x37 5x12"), ("receipt", "15x61 5x12"), ("ward", "10x25 5x12")):
        trace = parse_series(series, FIVE_MINUTES)
        until_ms = at_ms + len(trace) * milliseconds(FIVE_MINUTES)
        stays.append(Stay(place, at_ms, until_ms, Trace(trace.at_ms + at_ms, trace.milli_c), HOUR))
        at_ms = until_ms
    judged = judge_way(limit(Predicate.ABOVE, 8000, Total(timedelta(hours=9))), stays)
    return f"{judged.verdict} {_in_minutes(judged.bounds)}"
