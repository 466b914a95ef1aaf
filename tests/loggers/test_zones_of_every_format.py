"""A trace in UTC, written on a clock somewhere, over a change of its clocks: the same instants again, or a question."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from tests.loggers.layouts.formats import LAYOUTS
from tests.loggers.layouts.style import Layout, Reading, Style

ZONES = (
    "Europe/Berlin", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "America/St_Johns", "America/Havana",
    "Africa/Casablanca", "America/Asuncion", "Asia/Beirut", "Antarctica/Troll", "Pacific/Apia", "Asia/Kathmandu",
    "Europe/Samara", "America/Caracas",
)  # fmt: skip
"""An hour, half an hour, two hours, at midnight, at noon, twice a year and once in a decade, and never."""

LOCAL = [name for name, layout in LAYOUTS.items() if layout.declared.tz and not layout.utc]
"""The formats that write a wall clock without its zone."""

QUESTIONS = {"ambiguous-time-zone", "ambiguous-date-order"}


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """When the zone's clocks changed from 2006 to 2026, UTC, to the quarter of an hour."""
    rules, found = ZoneInfo(zone), []
    at, end = datetime(2006, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    while at < end:
        later = at + timedelta(days=3)
        if at.astimezone(rules).utcoffset() != later.astimezone(rules).utcoffset():
            low, high = at, later
            while high - low > timedelta(minutes=15):
                middle = low + (high - low) / 2
                same = middle.astimezone(rules).utcoffset() == at.astimezone(rules).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high.replace(minute=high.minute // 15 * 15, second=0, microsecond=0))
        at = later
    return tuple(found) or (datetime(2026, 3, 29, 1, tzinfo=UTC),)


@dataclass(frozen=True)
class Trace:
    """Instants in UTC around a change of the clocks, and the zone."""

    zone: str
    at: tuple[datetime, ...]

    def written(self, offset: timedelta | None = None) -> list[Reading]:
        """On a wall clock in the zone, or on one that keeps an offset."""
        rules = ZoneInfo(self.zone)
        clocks = [
            at.astimezone(rules).replace(tzinfo=None) if offset is None else (at + offset).replace(tzinfo=None)
            for at in self.at
        ]
        return [(at, 500 * (n % 40)) for n, at in enumerate(clocks)]


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(changes(zone)))
    step = draw(st.sampled_from([5, 10, 15, 20, 30, 60, 90, 120]))
    before = draw(st.integers(0, 30))
    count = draw(st.integers(8, 60))
    start = change - timedelta(minutes=step * before + draw(st.integers(0, step - 1)))
    at = [start + timedelta(minutes=step * n) for n in range(count)]
    if draw(st.booleans()):  # readings are missing
        gone = draw(st.sets(st.integers(1, count - 2), max_size=count // 4))
        at = [moment for n, moment in enumerate(at) if n not in gone]
    if draw(st.integers(0, 3)) == 0:  # an irregular logger
        at = [moment + timedelta(minutes=draw(st.integers(0, step // 2))) for moment in at]
    return Trace(zone, tuple(dict.fromkeys(at)))


def found_in(layout: Layout, series: list[Reading], tz: str, *, newest_first: bool = False) -> LoggerFile | FileRefused:
    style = Style(date="" if layout.only.get("date") == "" else "%Y-%m-%d", newest_first=newest_first)
    try:
        return read("x", layout.content(style, series), Declared(tz=tz, unit=layout.declared.unit))
    except FileRefused as refused:
        return refused


def instants(file: LoggerFile) -> list[int]:
    (channel,) = file.channels
    return sorted(channel.at_ms.tolist())


def meant(trace: Trace) -> list[int]:
    return sorted(int(at.timestamp()) * 1000 for at in trace.at)


@settings(max_examples=8)
@given(trace=traces(), newest_first=st.booleans())
@pytest.mark.parametrize("name", LOCAL)
def test_a_clock_that_follows_its_zone(name: str, trace: Trace, newest_first: bool) -> None:
    found = found_in(LAYOUTS[name], trace.written(), trace.zone, newest_first=newest_first)
    if isinstance(found, FileRefused):
        assert found.code in QUESTIONS, (found.code, str(found))
    else:
        assert instants(found) == meant(trace)


@settings(max_examples=4)
@given(trace=traces(), hours=st.integers(-11, 13))
@pytest.mark.parametrize("name", LOCAL)
def test_a_clock_that_keeps_an_offset(name: str, trace: Trace, hours: int) -> None:
    found = found_in(LAYOUTS[name], trace.written(timedelta(hours=hours)), f"{hours:+03d}:00")
    if isinstance(found, FileRefused):
        assert found.code in QUESTIONS
    else:
        assert instants(found) == meant(trace)


@settings(max_examples=60)
@given(trace=traces())
def test_most_changes_are_settled_where_the_interval_is_constant(trace: Trace) -> None:
    """Asked only where nothing decides: never where a constant interval goes on to either side of the repeated hour."""
    steps = {later - earlier for earlier, later in zip(trace.at, trace.at[1:], strict=False)}
    if len(steps) != 1 or len(trace.at) < 12:
        return
    rules = ZoneInfo(trace.zone)
    ends = [at.astimezone(rules).replace(tzinfo=None) for at in (trace.at[0], trace.at[-1])]
    if any(end.replace(tzinfo=rules).utcoffset() != end.replace(tzinfo=rules, fold=1).utcoffset() for end in ends):
        return
    assert isinstance(found_in(LAYOUTS["plain table"], trace.written(), trace.zone), LoggerFile)
