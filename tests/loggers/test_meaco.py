"""Meaco exports: two layouts, no unit in either, and light loggers with the same first columns."""

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, only, table, times

CELSIUS = Declared(tz="UTC", unit="C")


def by_transmitter(spelling: Spelling, series: Series) -> list[Line]:
    rows = [
        ["A Library", "Store 1", f"{at:%Y-%m-%d %H:%M}", spelling.number(milli, 2), spelling.number(54_910, 2)]
        for at, milli in zip(times(len(series), 10), series, strict=True)
    ]
    return [["RECEIVER", "TRANSMITTER", "DATE", "TEMPERATURE", "HUMIDITY"], *rows]


def by_room(spelling: Spelling, series: Series) -> list[Line]:
    rows = [
        [f"{at:%d/%m/%Y %H:%M}", spelling.number(milli, 2), spelling.number(45_590, 2)]
        for at, milli in zip(times(len(series), 10), series, strict=True)
    ]
    return ["A Library - Store 1 - ID: 07", ["Timestamp", " Temperature", " Humidity"], *rows]


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    for export in (by_transmitter, by_room):
        must_read_alike(export, [23_100, -16_500, 2_000, 8_100], spelling, CELSIUS, "meaco")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    for export in (by_transmitter, by_room):
        must_read_alike(export, series, spelling, CELSIUS, "meaco")


@pytest.mark.parametrize("export", [by_transmitter, by_room])
def test_no_unit_is_stated_anywhere(export: object) -> None:
    assert callable(export)
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(export(PLAIN, [23_100, 74_000])), UTC)
    assert refused.value.code == "unknown-unit"


def test_the_place_and_the_id_stand_over_the_table() -> None:
    device = read("x", PLAIN.written(by_room(PLAIN, [23_100, 23_200])), CELSIUS).device
    assert device.serial == "07"
    assert device.facts == {"Site": "A Library", "Room": "Store 1"}


def test_several_transmitters_are_several_channels() -> None:
    lines = by_transmitter(PLAIN, [23_100, 23_200, 23_300])
    lines[2] = ["A Library", "Store 2", *lines[2][2:]]
    file = read("x", PLAIN.written(lines), CELSIUS)
    assert [(channel.name, len(channel.at_ms)) for channel in file.channels] == [("Store 1", 2), ("Store 2", 1)]


@pytest.mark.parametrize(
    "text",
    [
        'RECEIVER,TRANSMITTER,DATE,LUX,UV\n"A Library","Case 1","2026-10-15 15:08",24,0\n',
        '"A Library -  Case 1 - ID: 00"\nTimestamp," LUX"," UV"\n"14/03/2026 07:15",6.00,0.00\n',
    ],
)
def test_light_is_no_temperature(text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", text.encode(), CELSIUS)
    assert refused.value.code == "no-temperature"


def test_a_table_with_a_timestamp_and_no_place_above_it_is_not_meacos() -> None:
    assert read("x", b"Timestamp,Temperature (C)\n2026-03-14 21:00,4.2\n", UTC).format != "meaco"


def test_one_afternoon_is_asked_about() -> None:
    text = "A - B - ID: 1\nTimestamp, Temperature\n05/04/2026 07:15,6.00\n05/04/2026 07:25,6.00\n"
    with pytest.raises(FileRefused) as refused:
        read("x", text.encode(), CELSIUS)
    assert refused.value.code == "ambiguous-date-order"
    assert (
        table(only(read("x", text.encode(), Declared(tz="UTC", unit="C", date_order="DMY"))))[0][0]
        == "2026-04-05T07:15:00"
    )


def test_a_line_of_thousands_of_dashes_is_soon_done_with() -> None:
    for head in ("a" + " - " * 20_000, "a - " * 200 + "ID:"):
        with pytest.raises(FileRefused):
            read("x", f"{head}\nTimestamp, Temperature\n".encode(), CELSIUS)
