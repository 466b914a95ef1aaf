"""miniClima exports: a comma in the first of the fields that semicolons part."""

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, clock, only, table, times

DMY = Declared(tz="UTC", date_order="DMY")


def export(spelling: Spelling, series: Series, stamp: str = "%d.%m.%y,%H:%M:%S") -> list[Line]:
    rows = [
        [at.strftime(stamp), spelling.number(milli, 1), "55", "56", "51", "61", "1200", ""]
        for at, milli in zip(times(len(series), 20), series, strict=True)
    ]
    return [["date,time", "T/°C", "RH/%", "set/%", "alarmMin/%", "alarmMax/%", "timediffernce"], *rows, [""]]


@pytest.mark.parametrize("spelling", [*NAMED, pytest.param(Spelling(";"), id="as exported, with semicolons")])
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [22_000, -16_500, 2_000, 8_100], spelling, DMY, "miniclima")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, DMY, "miniclima")


def whole(stamp: str = "%d.%m.%y,%H:%M:%S", day: int = 7, count: int = 4) -> bytes:
    at = times(count, 20, clock(2026, 8, day, 23))
    return PLAIN_SEMICOLONS.written(
        [["date,time", "T/°C", "RH/%", "set/%"], *[[moment.strftime(stamp), "22", "55", "56"] for moment in at]]
    )


PLAIN_SEMICOLONS = Spelling(";", line_end="\r\n")


def test_whole_degrees() -> None:
    assert [value for _, value in table(only(read("x", whole(), DMY)))] == [22.0] * 4


def test_one_afternoon_is_asked_about_and_midnight_decides() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", whole(count=3), UTC)
    assert refused.value.code == "ambiguous-date-order"
    assert table(only(read("x", whole(), UTC)))[0][0] == "2026-08-07T23:00:00"


def test_a_date_and_a_time_that_a_spreadsheet_parted() -> None:
    text = "date,time,T/°C,RH/%,set/%\n27.08.26,00:00:00,22.5,55,56\n27.08.26,00:20:00,22.4,55,56\n"
    file = read("x", text.encode(), DMY)
    assert file.format == "miniclima"
    assert table(only(file))[1] == ("2026-08-27T00:20:00", 22.4)


def test_plain_is_readable_with_commas_in_quotes() -> None:
    assert b'"date,time"' in PLAIN.written(export(PLAIN, [22_000, 22_100]))
