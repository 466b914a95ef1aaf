"""How times and temperatures read, which span a page shows, and what is left of a long trace."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.instant import instant_ms, iso
from coldchain.domain.reading import Trace
from coldchain.web.spans import span_of
from coldchain.web.thinning import thinned
from coldchain.web.times import DAY_MS, Clock, age
from coldchain.web.values import column, decimals_of, tidy

BERLIN = ZoneInfo("Europe/Berlin")
NOON = 1_795_262_400_000  # 21 November 2026, 13:00 in Berlin
BACKWARDS = "The end must lie after the beginning"
MILLI = st.integers(-300_000, 300_000)


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (-5, "0 s"), (999, "0 s"), (59_999, "59 s"), (60_000, "1 min"), (3_599_999, "59 min"), (3_600_000, "1 h"),
        (3_900_000, "1 h 5 min"), (86_399_999, "23 h 59 min"), (86_400_000, "1 d"), (90_000_000, "1 d 1 h"),
    ],
)  # fmt: skip
def test_an_age_is_never_rounded_up(milliseconds: int, words: str) -> None:
    assert age(milliseconds) == words


@pytest.mark.parametrize(
    ("case", "at", "short"),
    [
        ("today", (2026, 11, 21, 1, 14), "02:14"),
        ("yesterday", (2026, 11, 20, 1, 14), "20 Nov 02:14"),
        ("today there, yesterday in UTC", (2026, 11, 20, 23, 30), "00:30"),
        ("another year", (2025, 7, 1, 10, 0), "1 Jul 2025 12:00"),
    ],
)
def test_a_time_names_its_day_where_that_is_not_today(case: str, at: tuple[int, ...], short: str) -> None:
    year, month, day, hour, minute = at
    at_ms = int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)
    assert Clock(NOON, BERLIN).short(at_ms) == short, case


def test_where_two_instants_stand_together_each_names_its_day() -> None:
    clock = Clock(NOON, BERLIN)
    assert (clock.dated(NOON), clock.dated(NOON - DAY_MS, seconds=True)) == ("21 Nov 13:00", "20 Nov 13:00:00")
    assert clock.dated(NOON - 365 * DAY_MS) == "21 Nov 2025 13:00"


def test_a_time_says_its_zone_and_utc() -> None:
    clock = Clock(NOON, BERLIN)
    assert clock.full(NOON) == "21 Nov 2026 13:00:00 UTC+01:00"
    assert clock.zone_name == "Europe/Berlin, UTC+01:00"
    assert 'datetime="2026-11-21T12:00:00.000Z" title="2026-11-21 12:00:00 UTC"' in clock.moment(NOON)
    assert Clock(NOON, ZoneInfo("UTC")).zone_name == "UTC"
    assert Clock(NOON, ZoneInfo("America/New_York")).offset(NOON) == "UTC−05:00"


def test_a_time_without_an_offset_is_the_sites() -> None:
    assert instant_ms("2026-11-21T13:00", BERLIN) == instant_ms("2026-11-21T12:00:00Z", BERLIN) == NOON
    assert iso(NOON + 7) == "2026-11-21T12:00:00.007Z"


@pytest.mark.parametrize(
    ("milli_c", "edges", "shown"),
    [
        (4_563, (2_000, 8_000), "4.6"), (8_040, (8_000,), "8.04"), (8_004, (8_000,), "8.004"), (8_000, (8_000,), "8.0"),
        (7_980, (8_000,), "7.98"), (-40, (0,), "−0.04"), (-40, (), "0.0"), (-50, (0,), "−0.1"), (-7_875, (), "−7.9"),
        (1_950, (2_000,), "1.95"), (0, (0,), "0.0"),
    ],
)  # fmt: skip
def test_a_short_value_stays_on_its_side_of_every_limit(milli_c: int, edges: tuple[int, ...], shown: str) -> None:
    assert tidy(milli_c, edges) == shown


@given(MILLI, st.lists(MILLI, max_size=4))
def test_rounding_never_moves_a_value_onto_or_over_a_limit(milli_c: int, edges: list[int]) -> None:
    shown = round(float(tidy(milli_c, edges).replace("−", "-")) * 1000)
    assert abs(shown - milli_c) <= 50
    assert all((shown > edge) == (milli_c > edge) and (shown < edge) == (milli_c < edge) for edge in edges)


@given(st.lists(MILLI, min_size=1, max_size=20))
def test_a_column_holds_every_value_exactly(values: list[int]) -> None:
    decimals = decimals_of(values)
    assert [round(float(column(each, decimals).replace("−", "-")) * 1000) for each in values] == values


@given(
    st.lists(st.tuples(st.integers(1, 10_000_000), st.integers(-5_000, 15_000)), min_size=1, max_size=400),
    st.integers(2, 20),
)
def test_a_thinned_trace_keeps_its_ends_and_extremes(steps: list[tuple[int, int]], quarter: int) -> None:
    at_ms = np.cumsum(np.array([step for step, _ in steps], dtype=np.int64))
    trace = Trace(at_ms, np.array([value for _, value in steps], dtype=np.int64))
    most = quarter * 4
    kept = thinned(trace, most)
    assert len(kept) == len(trace) if len(trace) <= most else len(kept) <= most
    assert (np.diff(kept) > 0).all()
    assert {0, len(trace) - 1} <= set(kept.tolist())
    assert trace.milli_c[kept].max() == trace.milli_c.max()
    assert trace.milli_c[kept].min() == trace.milli_c.min()


@pytest.mark.parametrize(
    ("case", "name", "from_text", "to_text", "chosen", "length_ms", "problem"),
    [
        ("nothing said", "", "", "", "24h", DAY_MS, ""),
        ("a named range", "7d", "", "", "7d", 7 * DAY_MS, ""),
        ("an unknown name", "9y", "", "", "24h", DAY_MS, ""),
        ("typed", "", "2026-11-20T13:00", "2026-11-20T14:00", "", 3_600_000, ""),
        ("only a beginning", "", "2026-11-20T13:00", "", "", DAY_MS, ""),
        ("no date", "", "soon", "", "24h", DAY_MS, "Write a date and time such as 2026-11-21 08:00"),
        ("the wrong way round", "", "2026-11-20T14:00", "2026-11-20T13:00", "24h", DAY_MS, BACKWARDS),
        ("too long", "", "2020-01-01T00:00", "", "24h", DAY_MS, "Show at most 400 days at once"),
        ("no year that can be", "", "9999-12-31T23:59", "", "24h", DAY_MS, BACKWARDS),
    ],
)  # fmt: skip
def test_the_span_of_a_page(
    case: str, name: str, from_text: str, to_text: str, chosen: str, length_ms: int, problem: str
) -> None:
    span = span_of(Clock(NOON, BERLIN), name, from_text, to_text)
    assert (span.chosen, span.to_ms - span.from_ms, span.problem) == (chosen, length_ms, problem), case
    if problem:
        assert (span.from_text, span.to_text) == (from_text, to_text), "what was typed stays"
