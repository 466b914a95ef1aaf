"""Tinytag Explorer exports: five heading rows; a unit beside each value, or none at all."""

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, only, table, times

CELSIUS = Declared(tz="UTC", unit="C")


def export(spelling: Spelling, series: Series, beside: str = "") -> list[Line]:
    humid = " %RH" if beside else ""
    head: list[Line] = [
        ["", "Time", "1", "2", "3"],
        ["S/N", "", "730001", "730001", "730001"],
        ["Type", "", "Tinytag Ultra H°C/%RH", "Tinytag Ultra H°C/%RH", "csv file"],
        ["Description", "", "Store 3", "Store 3", "Store 3"],
        ["Property", "", "Temperature", "Humidity", "Dew Point"],
    ]
    rows = [
        [
            str(number),
            f"{at:%Y-%m-%d %H:%M:%S}",
            spelling.number(milli) + beside,
            spelling.number(53_400, 1) + humid,
            spelling.number(4_600, 1) + beside,
        ]
        for number, (at, milli) in enumerate(zip(times(len(series), 30), series, strict=True), 1)
    ]
    return [*head, *rows]


def with_units(spelling: Spelling, series: Series) -> list[Line]:
    return export(spelling, series, " °C")


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [20_900, -20_800, 2_000, 8_100], spelling, CELSIUS, "tinytag")
    must_read_alike(with_units, [20_900, -20_800, 2_000, 8_100], spelling, UTC, "tinytag")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, CELSIUS, "tinytag")


@given(SERIES, SPELLINGS)
def test_every_spelling_with_units_beside_the_values_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(with_units, series, spelling, UTC, "tinytag")


def test_the_type_names_units_that_no_channel_need_have() -> None:
    """ "Tinytag Ultra H°C/%RH" is a model: it makes no humidity a temperature and states no unit."""
    with pytest.raises(FileRefused, match="names no unit") as refused:
        read("x", PLAIN.written(export(PLAIN, [4_000, 5_000])), UTC)
    assert refused.value.code == "unknown-unit"
    assert refused.value.options == ("--unit C", "--unit F")


def test_a_unit_beside_the_values_disproves_a_declaration() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(with_units(PLAIN, [4_000, 5_000])), Declared(tz="UTC", unit="F"))
    assert refused.value.code == "contradiction"


def test_two_probes_are_two_channels_with_their_serial_numbers() -> None:
    lines: list[Line] = [
        ["", "Time", "1", "2"],
        ["S/N", "", "730001", "730002"],
        ["Type", "", "TGP-4020", "TGP-4020"],
        ["Description", "", "Top", "Bottom"],
        ["Property", "", "Temperature", "Temperature"],
        ["1", "2026-03-14 21:00:00", "4.100", "5.200"],
        ["2", "2026-03-14 21:30:00", "4.200", "5.300"],
    ]
    file = read("x", PLAIN.written(lines), CELSIUS)
    assert [(channel.name, channel.serial) for channel in file.channels] == [
        ("Temperature#1", "730001"),
        ("Temperature#2", "730002"),
    ]
    assert [value for _, value in table(file.channels[1])] == [5.2, 5.3]


def test_a_single_temperature_channel_without_a_last_line_end() -> None:
    text = (
        ",Time,1\nS/N,,730003\nType,,TGP-4017\nDescription,,F-2\nProperty,,Temperature\n1,2026-07-02 13:30:09,-19.463"
    )
    file = read("x", text.encode(), CELSIUS)
    assert table(only(file)) == [("2026-07-02T13:30:09", -19.463)]
    assert (file.device.serial, file.device.model) == ("730003", "TGP-4017")


def test_humidity_alone_is_no_temperature() -> None:
    text = ",Time,1\nS/N,,730003\nType,,Tinytag H°C/%RH\nProperty,,Humidity\n1,2026-07-02 13:30:09,19.463\n"
    with pytest.raises(FileRefused) as refused:
        read("x", text.encode(), CELSIUS)
    assert refused.value.code == "no-temperature"
