"""Clocks that are set back, or begin anew in 1970, 1980 or 2000: said, and never taken for the time of a reading."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import LoggerFile, read
from tests.loggers.layouts.formats import LAYOUTS
from tests.loggers.layouts.style import Style
from tests.loggers.writing import clock, only

START = clock(2026, 3, 14, 21)
SOME = ["plain table", "hoboware", "ibutton", "lascar", "berlinger", "govee", "rotronic"]
NO_STAMPS = ("thingspeak", "homeassistant", "influxdb", "influxdb 1")
"""Their times come from a server."""


def regular(count: int, start: datetime = START) -> list[datetime]:
    return [start + timedelta(minutes=15 * n) for n in range(count)]


def file_of(name: str, times: list[datetime]) -> LoggerFile | FileRefused:
    layout = LAYOUTS[name]
    style = Style(date="%Y-%m-%d") if name != "berlinger" else Style()
    try:
        return read(
            "x", layout.content(style, [(at, 5_000 + 500 * (n % 3)) for n, at in enumerate(times)]), layout.declared
        )
    except FileRefused as refused:
        return refused


def read_of(name: str, times: list[datetime]) -> LoggerFile:
    found = file_of(name, times)
    assert isinstance(found, LoggerFile), found
    return found


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("year", [1970, 1980, 2000])
@pytest.mark.parametrize("place", ["in the middle", "at the end"])
def test_a_clock_that_begins_anew_gives_no_times(name: str, year: int, place: str) -> None:
    anew = regular(3, clock(year, 1, 1))
    times = regular(8) + anew + (regular(8, START + timedelta(hours=12)) if place == "in the middle" else [])
    file = read_of(name, times)
    channel = only(file)
    assert len(channel.at_ms) == len(times) - 3
    assert [row.reason for row in channel.quarantined] == ["clock"] * 3
    assert any("begun anew" in note for note in file.notes)


@pytest.mark.parametrize("name", SOME)
def test_a_file_of_that_time_was_measured_then(name: str) -> None:
    file = read_of(name, regular(8, clock(2000, 1, 1)))
    assert len(only(file).at_ms) == 8


def test_years_of_one_logger_that_begin_in_2000_are_all_readings() -> None:
    times = [clock(2000, 6, 1) + timedelta(days=30 * n) for n in range(60)]
    file = read_of("plain table", times)
    assert len(only(file).at_ms) == 60


@pytest.mark.parametrize("name", SOME)
def test_a_clock_that_was_set_back_is_said(name: str) -> None:
    file = read_of(name, regular(8) + regular(8, START + timedelta(hours=1, minutes=7)))
    assert any("run backwards 1 time:" in note for note in file.notes)


@given(st.sampled_from(SOME), st.integers(1, 6), st.sampled_from([1970, 1980, 2000]), st.data())
def test_resets_never_become_readings(name: str, often: int, year: int, data: st.DataObject) -> None:
    times = regular(30)
    for _ in range(often):
        at = data.draw(st.integers(1, len(times) - 1))
        times[at:at] = regular(2, clock(year, 1, 1) + timedelta(minutes=data.draw(st.integers(0, 500_000))))
    found = file_of(name, times)
    if isinstance(found, LoggerFile):
        earliest = int(only(found).at_ms.min())
        assert earliest >= 1_700_000_000_000, "a reading of a clock that had lost its time"
