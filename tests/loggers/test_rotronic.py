"""Rotronic HL and HW4 exports: sections before the table."""

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, clock, only, table, times


def export(spelling: Spelling, series: Series, unit: str = "°C", stamp: str = "%d/%m/%Y") -> list[Line]:
    rows = [
        [at.strftime(stamp), f"{at:%H:%M:%S}", spelling.number(37_900, 1), spelling.number(milli, 1)]
        for at, milli in zip(times(len(series), 60, clock(2026, 3, 24, 13, 37, 22)), series, strict=True)
    ]
    return [
        ["[#I]Device Description"], ["Store 1  "], [""],
        ["[#S]Device Information"], ["Version = V2.2-2"], ["Serial Number = A0300777"],
        ["Log Interval = 01:00:00"], [""],
        ["[#1]"], ["Humidity = %rh"], ["Low Alarm Threshold = 35"], ["High Alarm Threshold = 60"], [""],
        ["[#2]"], [f"Temperature = {unit}"], ["Low Alarm Threshold = 13"], ["High Alarm Threshold = 25"], [""],
        ["[#H]"], ["Date", "Time", "Humidity", "Temperature"], [""],
        ["[#D]"], *rows,
    ]  # fmt: skip


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [20_000, -16_500, 2_000, 8_100], spelling, UTC, "rotronic")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, UTC, "rotronic")


@pytest.mark.parametrize(("unit", "expected"), [("°C", 41.0), ("∞C", 41.0), ("\ufffdC", 41.0), ("°F", 5.0)])
def test_the_unit_stands_in_the_channels_section(unit: str, expected: float) -> None:
    file = read("x", PLAIN.written(export(PLAIN, [41_000, 41_000], unit)), UTC)
    assert [value for _, value in table(only(file))] == [expected] * 2
    assert file.evidence["unit"].source == "header"
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(export(PLAIN, [41_000], unit)), Declared(tz="UTC", unit="K"))
    assert refused.value.code == "contradiction"


def test_what_the_sections_say_of_the_device() -> None:
    device = read("x", PLAIN.written(export(PLAIN, [20_000, 20_100])), UTC).device
    assert (device.serial, device.interval_ms) == ("A0300777", 3_600_000)
    assert device.facts["Description"] == "Store 1"
    assert device.facts["Temperature High Alarm Threshold"] == "25"
    assert device.facts["Humidity High Alarm Threshold"] == "60"


def test_two_temperatures_take_the_units_of_their_own_sections() -> None:
    lines = export(PLAIN, [41_000, 41_000])
    lines[9] = ["Temperature = °F"]  # the first channel's section
    lines[19] = ["Date", "Time", "Temperature", "Temperature"]
    file = read("x", PLAIN.written(lines), UTC)
    assert [table(channel)[0][1] for channel in file.channels] == [3.278, 41.0]


def test_a_dew_point_is_calculated() -> None:
    lines = export(PLAIN, [41_000, 41_000])
    lines[9] = ["Dew Point = °C"]
    lines[19] = ["Date", "Time", "Dew Point", "Temperature"]
    assert only(read("x", PLAIN.written(lines), UTC)).name == "Temperature"


def test_without_a_unit_it_is_asked_about() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(export(PLAIN, [20_000], "")), UTC)
    assert refused.value.code == "unknown-unit"


def test_a_clock_that_was_reset_is_noted() -> None:
    lines = export(PLAIN, [20_000, 20_100, 20_200, 20_300])
    lines[-1] = ["01/01/2013", "00:00:15", "48.5", "16.9"]
    file = read("x", PLAIN.written(lines), UTC)
    assert table(only(file))[-1] == ("2013-01-01T00:00:15", 16.9)
    assert any("backwards" in note for note in file.notes)
