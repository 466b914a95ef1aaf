"""Govee and SensorPush: nearly the same heading, told apart by how the unit is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from tests.loggers.exporting import COMPUTERS, SERIES, Computer, Series, at, expected, file_of, number, readings
from tests.loggers.writing import UTC, only, table

HEADINGS = {
    "Timestamp for sample frequency every 15 min min, Temperature_Celsius,Relative_Humidity": ("govee", Unit.C),
    "Timestamp for sample frequency every 1 min min,Temperature_Fahrenheit,Relative_Humidity": ("govee", Unit.F),
    "Timestamp,PM2.5(µg/m³),Temperature_Fahrenheit,Relative_Humidity": ("govee", Unit.F),
    "Timestamp,Temperature_Celsius,Relative_Humidity,PM2.5(µg/m³)": ("govee", Unit.C),
    "Timestamp for sample frequency every 15 min,Temperature (°C),Relative Humidity (%)": ("sensorpush", Unit.C),
    "Timestamp for sample frequency every 1 min,Temperature (°F),Relative Humidity (%),Dewpoint (°F),VPD (kPa)": (
        "sensorpush",
        Unit.F,
    ),
}


def lines_of(heading: str, series: Series, delimiter: str = ",", mark: str = ".") -> list[str]:
    labels = heading.split(",")
    rows = []
    for minutes, milli in series:
        cells = [f"{at(minutes):%Y-%m-%d %H:%M:%S}"]
        for label in labels[1:]:
            is_temperature = label.strip().startswith("Temperature")
            cells.append(number(milli, mark) if is_temperature else "7" if "PM" in label else number(45_250, mark))
        rows.append(delimiter.join(cells))
    return [delimiter.join(labels), *rows]


@given(
    SERIES,
    COMPUTERS,
    st.sampled_from(sorted(HEADINGS)),
    st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", ","), ("\t", ".")]),
)
def test_every_variant_reads_alike(series: Series, computer: Computer, heading: str, style: tuple[str, str]) -> None:
    content = computer.content(lines_of(heading, series, *style))
    assert readings(content, UTC) == expected(series, HEADINGS[heading][1])


@pytest.mark.parametrize("heading", sorted(HEADINGS))
def test_the_family_and_the_unit_are_in_the_heading(heading: str) -> None:
    family, unit = HEADINGS[heading]
    file = file_of(lines_of(heading, [(0, 5_100), (15, 5_200)]), UTC)
    assert (file.format, file.evidence["unit"].value, file.evidence["unit"].source) == (family, unit, "header")


def test_the_interval_is_read_from_either_wording() -> None:
    every = [
        file_of(lines_of(heading, [(0, 5_100), (15, 5_200)]), UTC).device.interval_ms
        for heading in HEADINGS
        if "every" in heading
    ]
    assert every == [900_000, 60_000, 900_000, 60_000]


def test_the_apps_unit_cannot_be_declared_away() -> None:
    lines = lines_of("Timestamp,Temperature_Fahrenheit,Relative_Humidity", [(0, 41_000)])
    with pytest.raises(FileRefused, match="Temperature_Fahrenheit") as refused:
        file_of(lines, Declared(tz="UTC", unit="C"))
    assert refused.value.code == "contradiction"


def test_the_phones_zone_is_asked_for() -> None:
    lines = lines_of("Timestamp,Temperature_Fahrenheit,Relative_Humidity", [(0, 41_000)])
    with pytest.raises(FileRefused) as refused:
        file_of(lines, Declared())
    assert refused.value.code == "ambiguous-time-zone"


def test_chunks_put_together_repeat_the_heading_and_a_minute() -> None:
    heading = "Timestamp,Temperature_Celsius,Relative_Humidity"
    first, second = [(0, 5_100), (1, 5_200)], [(1, 5_200), (2, 5_300)]
    file = file_of([*lines_of(heading, first), *lines_of(heading, second)], UTC)
    channel = only(file)
    assert table(channel) == expected([*first, *second])
    assert channel.quarantined == ()
    assert "repeated in 1 rows" in file.notes[0]


def test_an_export_without_rows() -> None:
    for heading in HEADINGS:
        with pytest.raises(FileRefused) as refused:
            file_of([heading], UTC)
        assert refused.value.code == "no-readings"
