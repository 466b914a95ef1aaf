"""InfluxDB 1 CSV: by the command line or over HTTP, in every precision, with tags as columns or in one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile
from coldchain.loggers.table_sensors import Told, told_by
from tests.loggers.exporting import COMPUTERS, SERIES, Computer, Series, at, expected, number, readings
from tests.loggers.writing import only, read_or_refused, reading, table

CELSIUS = Declared(unit="C")
TIMES = {
    "ns": lambda minutes: f"{int((at(minutes) - at(0)).total_seconds()) + 1771545600}000000000",
    "us": lambda minutes: f"{int((at(minutes) - at(0)).total_seconds()) + 1771545600}000000",
    "ms": lambda minutes: f"{int((at(minutes) - at(0)).total_seconds()) + 1771545600}000",
    "s": lambda minutes: f"{int((at(minutes) - at(0)).total_seconds()) + 1771545600}",
    "rfc3339": lambda minutes: f"{at(minutes):%Y-%m-%dT%H:%M:%S}Z",
}


@given(SERIES, COMPUTERS, st.sampled_from(sorted(TIMES)), st.sampled_from(["", "tags,", "tags,"]), st.booleans())
def test_every_precision_and_both_programs_read_alike(
    series: Series, computer: Computer, precision: str, tags: str, humidity: bool
) -> None:
    tagged = '"location=ward 3,probe=2",' if tags else ""
    rows = [
        f"fridge,{tagged}{TIMES[precision](minutes)},{number(milli)}{',45.2' if humidity else ''}"
        for minutes, milli in series
    ]
    lines = [f"name,{tags}time,temperature{',humidity' if humidity else ''}", *rows]
    assert readings(computer.content(lines), CELSIUS) == expected(series)


def test_the_zone_is_proven_and_the_unit_is_asked() -> None:
    text = "name,time,temperature\nfridge,2026-02-20T00:00:00Z,5.1\n"
    refused = read_or_refused(text, Declared())
    assert isinstance(refused, FileRefused)
    assert refused.code == "unknown-unit"
    file = reading("name,time,temp_c\nfridge,2026-02-20T00:00:00.123456789Z,5.1\n", Declared())
    assert (file.format, table(only(file))) == ("influxdb", [("2026-02-20T00:00:00", 5.1)])


def channels(file: LoggerFile) -> dict[str, list[float]]:
    return {channel.name: [value for _, value in table(channel)] for channel in file.channels}


def rows_of(*rows: tuple[int, str, str]) -> str:
    return "".join(f"fridge,{TIMES['ns'](minutes)},{first},{second}\n" for minutes, first, second in rows)


def test_sensors_in_a_column_of_tags_are_channels_though_they_report_at_other_minutes() -> None:
    rows = [
        (15 * step + late, box, value) for step in range(6) for late, box, value in ((0, "A", "5.1"), (7, "B", "-18"))
    ]
    text = "name,time,box,temp_c\n" + rows_of(*rows)
    assert channels(reading(text, Declared())) == {"A temp_c": [5.1] * 6, "B temp_c": [-18.0] * 6}


def test_a_state_of_one_logger_parts_nothing() -> None:
    rows = [(15 * step, "open" if step in (2, 5, 9) else "shut", "5.1") for step in range(12)]
    assert len(only(reading("name,time,door,temp_c\n" + rows_of(*rows), Declared())).at_ms) == 12


def test_what_may_be_either_is_asked() -> None:
    minutes = [0, 3, 11, 17, 31, 36, 50, 57, 71, 80]
    rows = [(at_min, "A" if index % 2 else "B", "5.1" if index % 2 else "-18") for index, at_min in enumerate(minutes)]
    refused = read_or_refused("name,time,box,temp_c\n" + rows_of(*rows), Declared())
    assert isinstance(refused, FileRefused)
    assert (refused.code, "'box'" in str(refused)) == ("contradiction", True)


def test_several_measurements_under_each_other() -> None:
    text = (
        "name,tags,time,temp_c\nfridge,probe=1,1771545600000000000,5.1\nfridge,probe=2,1771545600000000000,6.1\n"
        "\nname,tags,time,temp_c\nroom,probe=1,1771545600000000000,21.5\n"
    )
    assert channels(reading(text, Declared())) == {
        "fridge 1 temp_c": [5.1],
        "fridge 2 temp_c": [6.1],
        "room 1 temp_c": [21.5],
    }


def test_no_field_that_is_a_temperature_is_asked_about() -> None:
    refused = read_or_refused("name,time,power\nfridge,1771545600000000000,5.1\n", Declared())
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.options) == ("no-temperature", ("--column 'power'",))


@pytest.mark.parametrize(
    ("case", "minutes", "names", "told"),
    [
        ("one name", [0, 15, 30, 45, 60, 75], "AAAAAA", Told.ONE),
        ("half an interval apart", [0, 7, 15, 22, 30, 37, 45, 52], "ABABABAB", Told.SEVERAL),
        ("in turn, at one step", [0, 15, 30, 45, 60, 75, 90, 105], "ABABABAB", Told.SEVERAL),
        ("at the same instants", [0, 0, 15, 15, 30, 30, 45, 45], "ABABABAB", Told.SEVERAL),
        ("a state that comes and goes", [15 * n for n in range(12)], "AABABBAAABBA", Told.ONE),
        ("carried from A to B", [0, 15, 30, 45, 61, 75, 90, 105], "AAAABBBB", Told.ONE),
    ],
)
def test_what_a_column_tells(case: str, minutes: list[int], names: str, told: Told) -> None:
    at_ms = np.array(minutes, dtype=np.int64) * 60_000
    milli = np.array([5_000 if name == "A" else -18_000 for name in names], dtype=np.int64)
    assert told_by(at_ms, milli, list(names)) is told, case
