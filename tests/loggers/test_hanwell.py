"""Hanwell exports: an indented head, and the time of day before the date."""

import pytest
from hypothesis import given

from coldchain.loggers import read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, only, table, times


def export(
    spelling: Spelling, series: Series, stamp: str = "%H:%M:%S %d/%b/%Y", count: int | None = None, unit: str = "C"
) -> list[Line]:
    at = times(len(series), 30)
    rows = [
        [moment.strftime(stamp), spelling.number(milli, 1), spelling.number(40_500, 1), ""]
        for moment, milli in zip(at, series, strict=True)
    ]
    return [
        [""], ["Database Valid"], ["  Sensor:", "Thermistor/RH"], ["  Style:", "Stand-Alone"],
        ["  Serial No:", "0417-00231"], ["  Data Starts:", f"{at[0]:%H:%M %d/%b/%Y}"],
        ["  Data Ends:", f"{at[-1]:%H:%M %d/%b/%Y}"], [""], ["  No. of Readings:", str(count or len(rows))], [""],
        ["Time", f" Temperature ({unit})", "Humidity (RH(%))", ""], *rows,
    ]  # fmt: skip


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [18_500, -16_500, 2_000, 8_100], spelling, UTC, "hanwell")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, UTC, "hanwell")


def test_what_the_head_says_of_the_device() -> None:
    file = read("x", PLAIN.written(export(PLAIN, [18_500, 18_400])), UTC)
    assert (file.device.serial, file.device.model) == ("0417-00231", "Thermistor/RH")
    assert file.notes == ()


def test_where_the_data_start_settles_a_date_order_that_a_spreadsheet_lost() -> None:
    file = read("x", PLAIN.written(export(PLAIN, [18_500, 18_400], "%d/%m/%y %H:%M")), UTC)
    assert table(only(file))[0][0] == "2026-03-14T21:00:00"
    lines = [["05/04/26 21:00", *line[1:]] if line[0] == "14/03/26 21:00" else line for line in export(PLAIN, [18_500])]
    starts = [["  Data Starts:", "21:00 05/Apr/2026"] if "Starts" in line[0] else line for line in lines]
    rows = [["05/04/26 21:00", "18.5", "40.5", ""] if "Mar" in line[0] else line for line in starts]
    file = read("x", PLAIN.written(rows), UTC)
    assert table(only(file))[0][0] == "2026-04-05T21:00:00"
    assert file.evidence["date_order"].source == "header"


def test_a_count_that_differs_is_noted() -> None:
    (note,) = read("x", PLAIN.written(export(PLAIN, [18_500, 18_400], count=3)), UTC).notes
    assert "3 readings" in note
    assert "holds 2" in note


def test_a_database_that_is_not_valid_is_noted() -> None:
    lines = export(PLAIN, [18_500, 18_400])
    lines[1] = ["Database Invalid"]
    (note,) = read("x", PLAIN.written(lines), UTC).notes
    assert "Invalid" in note


def test_fahrenheit() -> None:
    file = read("x", PLAIN.written(export(PLAIN, [41_000, 42_800], unit="F")), UTC)
    assert [value for _, value in table(only(file))] == [5.0, 6.0]
