"""Temp Stick: no unit anywhere, so it is asked for; what the values suggest is said and never taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from tests.loggers.exporting import COMPUTERS, SERIES, Computer, Series, at, expected, file_of, number, readings
from tests.loggers.writing import UTC

ANSWERED = Declared(tz="UTC", unit="F")
SENSOR = "Sensor: {} (ID: 218653),Created: 2026-03-05 10:22:57 ,Start: 2026-02-01 09:16:34 ,End: 2026-03-05 10:16:34 "


def lines_of(
    series: Series,
    date: str = "%m/%d/%Y %H:%M:%S ",
    delimiter: str = ",",
    mark: str = ".",
    name: str = "218653",
    columns: str = "Timestamp,Temperature,Humidity,Dewpoint",
) -> list[str]:
    rows = []
    for minutes, milli in series:
        cells = {
            "Timestamp": at(minutes).strftime(date),
            "Temperature": number(milli, mark),
            "Humidity": f"41{mark}5",
            "Dewpoint": f"34{mark}5",
            "Heat Index": f"99{mark}9",
        }
        rows.append(delimiter.join(cells[label] for label in columns.split(",")))
    return [SENSOR.format(name), "", columns.replace(",", delimiter), *rows]


@given(
    SERIES,
    COMPUTERS,
    st.sampled_from(["%m/%d/%Y %H:%M:%S ", "%d/%m/%Y %H:%M:%S ", "%Y-%m-%d %H:%M:%S ", "%m/%d/%Y %I:%M:%S %p"]),
    st.sampled_from([(",", "."), (";", ","), ("\t", "."), ("\t", ",")]),
    st.sampled_from(["218653", "vaccine fridge, left", "Kühlschrank"]),
    st.sampled_from(["Timestamp,Temperature,Humidity,Dewpoint", "Timestamp,Temperature,Heat Index,Humidity,Dewpoint"]),
)
def test_every_variant_reads_alike(
    series: Series, computer: Computer, date: str, style: tuple[str, str], name: str, columns: str
) -> None:
    content = computer.content(lines_of(series, date, *style, name, columns))
    assert readings(content, ANSWERED) == expected(series, Unit.F)


def test_the_unit_is_asked_for_and_the_likely_one_comes_first() -> None:
    for values, likely in (([74_800, 73_000], "F"), ([5_100, 4_900], "C")):
        lines = lines_of([(15 * index, value) for index, value in enumerate(values)])
        with pytest.raises(FileRefused, match="names no unit") as refused:
            file_of(lines, UTC)
        assert refused.value.code == "unknown-unit"
        assert refused.value.options[0] == f"--unit {likely}"


@pytest.mark.parametrize(
    ("row", "likely"), [("41.0 ,60,28.2", "F"), ("5.0 ,60,-2.1", "C"), ("37.2,100,37.2", "C"), ("5.0,,", "C")]
)
def test_humidity_and_dew_point_tell_the_likely_unit(row: str, likely: str) -> None:
    lines = [SENSOR.format("x"), "", "Timestamp,Temperature,Humidity,Dewpoint", f"02/20/2026 10:00:00 ,{row}"]
    with pytest.raises(FileRefused) as refused:
        file_of(lines, UTC)
    assert refused.value.options[0] == f"--unit {likely}"


def test_neither_dew_points_nor_heat_indices_are_readings() -> None:
    file = file_of(lines_of([(0, 41_000)], columns="Timestamp,Temperature,Heat Index,Humidity,Dewpoint"), ANSWERED)
    assert [channel.name for channel in file.channels] == ["Temperature"]


def test_the_sensor_is_named_in_the_first_line() -> None:
    file = file_of(lines_of([(0, 41_000)], name="vaccine fridge"), ANSWERED)
    assert (file.format, file.device.serial, file.device.facts["name"]) == ("tempstick", "218653", "vaccine fridge")


def test_the_exports_start_and_end_settle_the_date_order() -> None:
    rows = ["Timestamp,Temperature,Humidity,Dewpoint", "02/05/2026 10:00:00 ,41.5,60,28.2"]
    file = file_of([SENSOR.format("x"), "", *rows], ANSWERED)
    assert (file.evidence["date_order"].value, file.evidence["date_order"].source) == ("MDY", "header")
