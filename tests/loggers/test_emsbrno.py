"""EMS Brno exports: numbered channels with units in brackets, decimal commas, NA."""

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, only, table, times


def export(spelling: Spelling, series: Series) -> list[Line]:
    rows = [
        [f"{at:%Y-%m-%d %H:%M:%S}", "NA" if number < 2 else spelling.number(176), spelling.number(milli), ""]
        for number, (at, milli) in enumerate(zip(times(len(series), 30), series, strict=True))
    ]
    return [["DATE TIME", "1. SWP [-bar] GB Delm.", "2. Temperature [oC]", ""], *rows]


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [20_900, -16_500, 2_000, 8_100], spelling, UTC, "emsbrno")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, UTC, "emsbrno")


def test_na_is_missing() -> None:
    rows = "2026-04-22 15:00:00;23,62;49,42;\n2026-04-22 16:00:00;NA;49,5;\n"
    text = "DATE TIME;1. Temperature [oC];2. Humidity [%];\n" + rows
    channel = only(read("x", text.encode(), UTC))
    assert table(channel) == [("2026-04-22T15:00:00", 23.62)]
    assert [(row.text, row.reason) for row in channel.quarantined] == [("NA", "missing")]


def test_a_comma_in_a_unit_parts_no_cells() -> None:
    text = "DATE TIME;1. PAR [umol/m2,sec];2. Temperature [oC];\n2026-10-31 12:00:00;0,7702748;22,0457;\n"
    file = read("x", text.encode(), UTC)
    assert table(only(file)) == [("2026-10-31T12:00:00", 22.046)]
    assert only(file).name == "2. Temperature"


def test_several_probes_by_their_units_whatever_they_are_called() -> None:
    text = "DATE TIME;1. Sensor A [oC];2. Temp. diff [V];3. Soil [oC];\n2026-10-31 12:00:00;7,5;0,1;8,5;\n"
    file = read("x", text.encode(), UTC)
    assert [(channel.name, table(channel)[0][1]) for channel in file.channels] == [
        ("1. Sensor A", 7.5),
        ("3. Soil", 8.5),
    ]


def test_no_temperature_and_no_zone() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", b"DATE TIME;1. SWP [-bar];\n2026-10-31 12:00:00;0,1;\n", UTC)
    assert refused.value.code == "no-temperature"
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(export(PLAIN, [20_900, 20_800])), Declared())
    assert refused.value.code == "ambiguous-time-zone"


def test_a_heading_of_thousands_of_brackets_is_soon_done_with() -> None:
    with pytest.raises(FileRefused):
        read("x", ("DATE TIME;1. " + " [" * 10_000 + "\n").encode(), UTC)
