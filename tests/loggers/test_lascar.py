"""Lascar EL-USB exports: the logger's name in the heading, the serial number in the first row only."""

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, only, table, times

HEADING = ["Fridge n°2", "Time", "Celsius(°C)", "Humidity(%rh)", "Dew Point(°C)", "Serial Number"]


def export(spelling: Spelling, series: Series, stamp: str = "%Y-%m-%d %H:%M:%S") -> list[Line]:
    rows = [
        [
            str(number),
            at.strftime(stamp),
            spelling.number(milli, 1),
            spelling.number(45_500, 1),
            spelling.number(4_400, 1),
        ]
        for number, (at, milli) in enumerate(zip(times(len(series), 60), series, strict=True), 1)
    ]
    rows[0].append("010232777")
    return [HEADING, *rows]


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [19_000, -16_500, 2_000, 8_100], spelling, UTC, "lascar")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, UTC, "lascar")


def test_the_serial_number_of_the_first_row_is_the_files() -> None:
    file = read("x", PLAIN.written(export(PLAIN, [4_000, 5_000])), UTC)
    assert file.device.serial == "010232777"
    assert only(file).serial == "010232777"
    assert file.device.facts == {"Name": "Fridge n°2"}
    assert len(file.channels) == 1  # the dew point is calculated


@pytest.mark.parametrize("name", ["Temp 3", "Temperature (°F)", "Date", "Time", "Celsius", "Cold, room", "Humidity"])
def test_a_name_is_never_taken_for_a_quantity(name: str) -> None:
    lines = export(PLAIN, [4_000, 5_000])
    lines[0] = [name, *HEADING[1:]]
    file = read("x", PLAIN.written(lines), UTC)
    assert file.format == "lascar"
    assert [value for _, value in table(only(file))] == [4.0, 5.0]


def test_fahrenheit_and_alarm_columns() -> None:
    lines = [
        ["EasyLog USB", "Time", "Fahrenheit(°F)", "High Alarm", "Low Alarm", "Serial Number"],
        ["1", "29/07/2026 12:58:03", "41.0", "46.0", "36.0", "010000001"],
        ["2", "29/07/2026 13:28:03", "42.8", "46.0", "36.0"],
    ]
    file = read("x", PLAIN.written(lines), UTC)
    assert table(only(file)) == [("2026-07-29T12:58:03", 5.0), ("2026-07-29T13:28:03", 6.0)]


def test_an_older_export_spells_the_degree_out() -> None:
    text = (
        "Vario,Time,Celsius(deg C),Humidity(%rh),dew point(deg C),Serial Number\n3,29/07/2026 12:58:03,21.0,88.5,19.0\n"
    )
    assert table(only(read("x", text.encode(), UTC))) == [("2026-07-29T12:58:03", 21.0)]


def test_two_loggers_in_one_file_are_two_channels() -> None:
    lines = export(PLAIN, [4_000, 5_000, 6_000])
    lines[2] = [*lines[2], "010232888"]
    file = read("x", PLAIN.written(lines), UTC)
    assert [(channel.name, len(channel.at_ms)) for channel in file.channels] == [("010232777", 1), ("010232888", 2)]
    assert file.device.serial is None


def test_local_time_is_asked_about() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(export(PLAIN, [4_000, 5_000])), Declared())
    assert refused.value.code == "ambiguous-time-zone"
