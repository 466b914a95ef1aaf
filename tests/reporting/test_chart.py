"""The chart: what was measured is drawn, what was not is not."""

import itertools
import re
from datetime import UTC, timedelta, timezone
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.auditing.audited import Audited
from coldchain.auditing.file import audit_file
from coldchain.domain.reading import Trace
from coldchain.reporting.bars import KEY, OUT_OF_RANGE
from coldchain.reporting.chart import Chart, Line, Span, draw
from coldchain.reporting.content import section
from coldchain.reporting.ticks import time_ticks, value_ticks
from coldchain.rulebook.series import parse_series
from tests.reporting.reports import BOX, section_of

SVG = "{http://www.w3.org/2000/svg}"
HOUR = 3_600_000


def chart(trace: Trace, *, spans: tuple[Span, ...] = (), gaps: tuple[tuple[int, int], ...] = ()) -> Chart:
    bad = (trace.milli_c > 8000) | (trace.milli_c < 2000)
    return Chart(
        trace=trace,
        start_ms=int(trace.at_ms[0]),
        end_ms=int(trace.at_ms[-1]),
        max_gap_ms=HOUR,
        bad=bad,
        lines=(Line(2000, "< 2 °C"), Line(8000, "> 8 °C")),
        good=(2000, 8000),
        spans=spans,
        gaps=gaps,
        zone=UTC,
        zone_name="time in UTC",
        title="a chart",
    )


def series(text: str, every_min: int = 15) -> Trace:
    return parse_series(text, timedelta(minutes=every_min))


def lines(svg: str) -> list[list[tuple[float, float]]]:
    """The points of each drawn line of readings."""
    return [
        [(float(x), float(y)) for x, y in (pair.split(",") for pair in found.get("points", "").split())]
        for found in ET.fromstring(svg).iter(f"{SVG}polyline")  # noqa: S314  our own
    ]


def test_no_line_crosses_a_gap() -> None:
    first, second = lines(draw(chart(series("5x9 _x9 5x9"))))
    assert max(x for x, _ in first) < min(x for x, _ in second)
    assert (len(first), len(second)) == (9, 9)


def test_every_bad_reading_is_a_diamond_and_every_good_one_a_dot() -> None:
    drawn = draw(chart(series("5x4 9x3 5x4 1")))
    assert drawn.count("<polygon") == 4
    assert drawn.count("<circle") == 8


def test_a_gap_says_how_long_it_was() -> None:
    drawn = draw(chart(series("5 _x40 5"), gaps=((HOUR, 41 * 15 * 60_000),)))
    assert ">no data<" in drawn
    assert ">9 h 15 min<" in drawn


def test_certain_and_possible_are_told_apart_without_colour() -> None:
    certain = draw(chart(series("5 9x30 5"), spans=(Span(HOUR, 2 * HOUR, certain=True),)))
    possible = draw(chart(series("5 9x30 5"), spans=(Span(HOUR, 2 * HOUR, certain=False),)))
    assert certain != possible
    assert len(re.findall("M", certain)) > len(re.findall("M", possible))  # denser hatching
    assert 'fill="#ffffff"' in possible  # a hollow diamond


_BAR = re.compile(r'<line x1="([\d.]+)" y1="22" x2="([\d.]+)" y2="22" ')


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 60), st.booleans()), min_size=1, max_size=40))
def test_no_mark_lies_on_another_and_every_excursion_keeps_its_bar(rows: list[tuple[int, int, bool]]) -> None:
    trace = series("5x2", every_min=1060)
    spans = tuple(Span(at * 60_000, (at + length) * 60_000, certain) for at, length, certain in rows)
    drawn = draw(chart(trace, spans=spans))
    middles = sorted(
        float(found.get("points", "").split(",")[0])
        for found in ET.fromstring(drawn).iter(f"{SVG}polygon")  # noqa: S314  our own
    )
    assert middles
    assert all(right - left >= 12.9 for left, right in itertools.pairwise(middles))
    covered = [(float(left), float(right)) for left, right in re.findall(_BAR, drawn)]
    for span in spans:
        at = 42 + 620 * span.start_ms / (1060 * 60_000)
        assert any(left - 2 <= at <= right + 2 for left, right in covered)


@pytest.mark.parametrize("count", [1, 2, 5000, 200_000])
def test_any_number_of_readings_is_drawn_with_bounded_ink(count: int) -> None:
    noise = np.random.default_rng(count).integers(2000, 8000, count)
    noise[count // 2] = 9000
    trace = Trace(np.arange(count, dtype=np.int64) * 60_000, noise.astype(np.int64))
    drawn = draw(chart(trace))
    assert len(drawn) < 250_000
    if count > 2:
        assert drawn.count("<polygon") == 1  # the one bad reading is never thinned out


@given(
    st.lists(
        st.tuples(st.integers(0, 10**10), st.integers(-300_000, 2_000_000)),
        min_size=1,
        max_size=40,
        unique_by=lambda r: r[0],
    )
)
def test_whatever_was_measured_the_drawing_is_sound_and_inside_its_frame(rows: list[tuple[int, int]]) -> None:
    rows.sort()
    drawn = draw(chart(Trace.of([at for at, _ in rows], [milli for _, milli in rows])))
    width, height = (float(ET.fromstring(drawn).get(side, "0")) for side in ("width", "height"))  # noqa: S314
    for line in lines(drawn):
        assert all(0 <= x <= width and 0 <= y <= height for x, y in line)


def test_any_number_of_excursions_is_drawn_with_bounded_ink() -> None:
    trace = series("5 9 " * 20_000)
    step = int(trace.at_ms[1])
    spans = tuple(Span(2 * number * step, (2 * number + 1) * step, number % 3 != 0) for number in range(20_000))
    assert len(draw(chart(trace, spans=spans))) < 400_000


def test_a_title_is_escaped() -> None:
    drawn = draw(section_chart('<script>alert("1")</script>&'))
    assert "<script" not in drawn
    ET.fromstring(drawn)  # noqa: S314


def section_chart(title: str) -> Chart:
    made = section_of("5 9x3 5").chart
    assert made is not None
    return Chart(**{**{name: getattr(made, name) for name in made.__dataclass_fields__}, "title": title})


EXTREMES = """time,Min (°C),Max (°C)
2026-03-14T00:00:00Z,3.0,7.0
2026-03-15T00:00:00Z,3.5,9.5
2026-03-16T00:00:00Z,,
2026-03-17T00:00:00Z,1.0,8.0
"""


def test_lowest_and_highest_values_are_bars_and_those_out_of_range_diamonds() -> None:
    (found,) = audit_file("days.csv", EXTREMES.encode(), BOX, BOX.stages["strict"])
    assert isinstance(found, Audited)
    made = section(found).chart
    assert made is not None
    assert [(bar.low_milli_c, bar.high_milli_c, bar.low_bad, bar.high_bad) for bar in made.bars] == [
        (3000, 7000, False, False),
        (3500, 9500, False, True),
        (1000, 8000, True, False),
    ]
    drawn = draw(made)
    assert drawn.count("<polygon") == 2
    assert KEY + OUT_OF_RANGE in drawn
    heights = [float(box.get("height", 0)) for box in ET.fromstring(drawn).iter(f"{SVG}rect") if box.get("stroke")]  # noqa: S314
    assert heights[0] / heights[1] == pytest.approx(4 / 6, abs=0.01)


def test_readings_stand_instead_of_bars_where_there_are_any() -> None:
    made = section_of("5 9x3 5").chart
    assert made is not None
    assert made.bars == ()
    assert KEY not in draw(made)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (6, ["06:00, 14 Mar", "07:00", "08:00", "09:00", "10:00", "11:00", "12:00"]),
        (30, ["06:00, 14 Mar", "12:00", "18:00", "15 Mar", "06:00", "12:00"]),
    ],
)
def test_times_stand_on_round_hours_of_the_zone(hours: int, said: list[str]) -> None:
    start = 1_773_464_400_000  # 2026-03-14T05:00Z
    assert [text for _, text in time_ticks(start, start + hours * HOUR, timezone(timedelta(hours=1)))] == said


@given(st.integers(0, 4 * 10**12), st.integers(1, 10**11))
def test_times_are_in_order_inside_and_not_too_many(start: int, span: int) -> None:
    ticks = [at for at, _ in time_ticks(start, start + span, UTC)]
    assert ticks == sorted(set(ticks))
    assert all(start <= at <= start + span for at in ticks)
    assert len(ticks) <= 9


@given(st.floats(-300, 2000), st.floats(0.001, 2000))
def test_temperatures_stand_on_round_numbers(low: float, span: float) -> None:
    ticks = value_ticks(low, low + span)
    assert len(ticks) <= 9
    assert all(low - 1e-3 <= tick <= low + span + 1e-3 for tick in ticks)
