"""T&D TR-7x exports: three heading rows, and each time twice."""

from datetime import datetime

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, clock, only, table, times


def serial_date(at: datetime) -> int:
    """Thousandths of a day, more exactly than needed: days since 1899-12-30 in units of 10⁻⁵."""
    return round((at - clock(1899, 12, 30)).total_seconds() / 86_400 * 100_000)


def export(spelling: Spelling, series: Series, stamp: str = "%Y-%m-%d %H:%M:%S", degree: str = "°C") -> list[Line]:
    rows = []
    for at, milli in zip(times(len(series)), series, strict=True):
        whole, part = divmod(serial_date(at), 100_000)
        serial = f"{whole}{spelling.mark}{part:05d}"
        light = [spelling.number(21_530, 2), spelling.number(0)]
        rows.append([at.strftime(stamp), serial, *light, spelling.number(milli, 1), spelling.number(53_000, 1), "", ""])
    rows[-1][-2:] = [spelling.number(117_536_000, 1), spelling.number(0)]
    return [
        ["Date/Time", "Date/Time", *(f"No.{number}" for number in range(1, 7))],
        [
            "Date/Time",
            "Date/Time",
            "ch1",
            "ch2",
            "ch3",
            "ch4",
            "Cumulative Illuminance",
            "Cumulative Amount of UV Light",
        ],
        ["", "", "lx", "mW/cm2", degree, "%", "lxh", "W/cm2h"],
        *rows,
    ]


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [22_700, -16_500, 2_000, 8_100], spelling, UTC, "tandd")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, UTC, "tandd")


@pytest.mark.parametrize("degree", ["°C", "\ufffdC", "?C", "C", "℃", "∞C", "ºC", "Â°C", "deg C", "°F"])
def test_the_unit_row_decides_whatever_became_of_its_degree_sign(degree: str) -> None:
    file = read("x", PLAIN.written(export(PLAIN, [41_000, 42_800], degree=degree)), UTC)
    expected = [5.0, 6.0] if degree == "°F" else [41.0, 42.8]
    assert [value for _, value in table(only(file))] == expected
    assert file.evidence["unit"].source == "header"
    assert only(file).name == "No.3"


def test_the_heading_of_the_time_may_be_blank() -> None:
    lines = export(PLAIN, [22_700, 22_800])
    lines[0], lines[1] = ["", *lines[0][1:]], ["", *lines[1][1:]]
    assert [value for _, value in table(only(read("x", PLAIN.written(lines), UTC)))] == [22.7, 22.8]


@pytest.mark.parametrize(("stamp", "order"), [("%d/%m/%Y %H:%M", "DMY"), ("%m/%d/%Y %H:%M", "MDY")])
def test_the_serial_date_settles_the_date_order(stamp: str, order: str) -> None:
    lines = export(PLAIN, [22_700, 22_800])
    at = clock(2026, 3, 4, 21)
    for row in (3, 4):
        cells = [at.strftime(stamp), f"{serial_date(at) / 100_000:.5f}", *lines[row][2:]]
        lines[row] = cells
    file = read("x", PLAIN.written(lines), UTC)
    assert (file.evidence["date_order"].value, file.evidence["date_order"].source) == (order, "header")
    assert table(only(file))[0][0] == "2026-03-04T21:00:00"


def test_a_row_that_states_two_times_is_refused() -> None:
    lines = export(PLAIN, [22_700, 22_800, 22_900])
    lines[4] = [lines[4][0], "46000.50000", *lines[4][2:]]
    with pytest.raises(FileRefused, match=r"line 5 states two times") as refused:
        read("x", PLAIN.written(lines), UTC)
    assert refused.value.code == "contradiction"


def test_channels_with_names_of_their_own() -> None:
    lines = export(PLAIN, [22_700, 22_800])
    lines[1] = ["Date/Time", "Date/Time", "Lamp", "UV", "Top shelf", "Humidity", "a", "b"]
    assert only(read("x", PLAIN.written(lines), UTC)).name == "No.3 Top shelf"


def test_light_alone_is_no_temperature() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(export(PLAIN, [22_700, 22_800], degree="V")), UTC)
    assert refused.value.code == "no-temperature"
