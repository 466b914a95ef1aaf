"""Trend BMS exports: points whose names may hold any word, and their units in the last parentheses."""

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, only, table, times


def point(title: str = "Store 2 Space Temp 1", unit: str = "(°C)", number: int = 25) -> str:
    return f"P{number:04d}_[{title}][{title}] [P{number}] [S{number}V] [Synchronized@1800]{unit}"


def export(spelling: Spelling, series: Series) -> list[Line]:
    rows = [
        [f"{at:%d-%b-%y} {at.hour % 12 or 12}:{at:%M:%S} {'pm' if at.hour > 11 else 'am'}", spelling.number(milli, 1)]
        for at, milli in zip(times(len(series), 30), series, strict=True)
    ]
    return [["Timestamp", point()], *rows]


def one(title: str, unit: str) -> bytes:
    return PLAIN.written([["Timestamp", point(title, unit)], ["01-Sep-26 12:30:00 am", "20.6"]])


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [20_600, -16_500, 2_000, 8_100], spelling, UTC, "trend")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, UTC, "trend")


def test_half_past_midnight_is_written_as_twelve() -> None:
    file = read("x", one("Store 2 Space Temp 1", "(°C)"), UTC)
    assert table(only(file)) == [("2026-09-01T00:30:00", 20.6)]
    assert only(file).name == "P0025"
    assert file.device.facts == {"P0025": "Store 2 Space Temp 1"}


@pytest.mark.parametrize(
    ("title", "unit"),
    [("Store Humidity 1", "(%RH)"), ("Temp Store Humidity", "(%RH)"), ("Temp Store CO2", "(ppm)"), ("Room C", "(lux)"),
     ("Space Temp Set Point", "(°C)"), ("Room (C)", "(%RH)")],
)  # fmt: skip
def test_words_in_a_rooms_name_make_no_temperature(title: str, unit: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", one(title, unit), Declared(tz="UTC", unit="C"))
    assert refused.value.code == "no-temperature"


def test_a_room_named_after_a_letter_states_no_unit() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", one("Room F Temp", ""), UTC)
    assert refused.value.code == "unknown-unit"
    assert table(only(read("x", one("Room F", "(°C)"), UTC)))[0][1] == 20.6


def test_a_comma_in_a_rooms_name_parts_no_cells() -> None:
    text = f"Timestamp,{point('Store 2, Space Temp 1')}\n01-Sep-26 12:30:00 am,20.6\n"
    assert table(only(read("x", text.encode(), UTC))) == [("2026-09-01T00:30:00", 20.6)]


def test_several_points_are_several_channels() -> None:
    lines = [
        ["Timestamp", point(), point("Humidity", "(%RH)", 26), point("Space Temp 2", "(°F)", 27)],
        ["01-Sep-26 12:30:00 am", "20.6", "45.2", "41.0"],
    ]
    file = read("x", PLAIN.written(lines), UTC)
    assert [(channel.name, table(channel)[0][1]) for channel in file.channels] == [("P0025", 20.6), ("P0027", 5.0)]
