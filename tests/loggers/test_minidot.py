"""PME miniDOT files: seconds since 1970, padded signs; and the files that PME's program joins."""

from datetime import UTC as UTC_ZONE

import pytest
from hypothesis import given

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import only, table, times

NOTHING = Declared()


def padded(text: str) -> str:
    """As the logger writes: a sign always, filled up to seven characters before it."""
    return f"{text if text.startswith('-') else '+' + text:>7}"


def export(spelling: Spelling, series: Series) -> list[Line]:
    rows = [
        [
            str(int(at.replace(tzinfo=UTC_ZONE).timestamp())),
            padded(spelling.number(3_490, 2)),
            padded(spelling.number(milli)),
            padded(spelling.number(9_654)),
            padded(spelling.number(1_004)),
        ]
        for at, milli in zip(times(len(series), 30), series, strict=True)
    ]
    return [
        "7392-300000",
        "OS REV: 1.11 Sensor Cal: 1511389810",
        ["Time (sec)", "  BV (Volts)", "  T (deg C)", "  DO (mg/l)", "  Q ()"],
        *rows,
    ]


def joined(spelling: Spelling, series: Series) -> list[Line]:
    """What PME's program makes of several files: three clocks, and units in a row of their own."""
    rows = [
        [
            str(int(at.replace(tzinfo=UTC_ZONE).timestamp())),
            f"{at:%Y-%m-%d %H:%M:%S}",
            f"{at:%Y-%m-%d} 07:07:07",
            spelling.number(3_490, 2),
            spelling.number(milli),
            spelling.number(9_654),
        ]
        for at, milli in zip(times(len(series), 30), series, strict=True)
    ]
    return [
        "MiniDOT Logger Concatenated Data File",
        "Sensor: 7392-300000",
        "Concatenation Date: 2026-10-05 17:43:25 BST",
        "",
        ["Unix Timestamp", "UTC_Date_&_Time", "Central African Time", "Battery", "Temperature", "Dissolved Oxygen"],
        ["(Second)", "(none)", "(none)", "(Volt)", "(deg C)", "(mg/l)"],
        *rows,
    ]


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    for layout in (export, joined):
        must_read_alike(layout, [14_200, -1_500, 2_000, 8_100], spelling, NOTHING, "minidot")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    for layout in (export, joined):
        must_read_alike(layout, series, spelling, NOTHING, "minidot")


def test_seconds_since_1970_are_utc_and_the_head_names_the_logger() -> None:
    file = read("x", PLAIN.written(export(PLAIN, [14_200, 14_300])), NOTHING)
    assert file.evidence["time_zone"].value == "+00:00"
    assert file.evidence["time_zone"].source == "column"
    assert file.device.serial == only(file).serial == "7392-300000"
    assert table(only(file))[0] == ("2026-03-14T21:00:00", 14.2)


@pytest.mark.parametrize("text", ["+ 7.474", "+  7.474", " +7.474", "+7.474"])
def test_blanks_between_sign_and_number(text: str) -> None:
    lines = export(PLAIN, [14_200, 14_300])
    lines[3] = [lines[3][0], "+3.49", text, "+9.6", "+1.0"]
    assert table(only(read("x", PLAIN.written(lines), NOTHING)))[0][1] == 7.474
    lines[3] = [lines[3][0], "+3.49", text.replace("+", "-"), "+9.6", "+1.0"]
    assert table(only(read("x", PLAIN.written(lines), NOTHING)))[0][1] == -7.474


def test_the_unit_stands_in_the_heading() -> None:
    lines = export(PLAIN, [41_000, 42_800])
    lines[2] = ["Time (sec)", "  BV (Volts)", "  T (deg F)", "  DO (mg/l)", "  Q ()"]
    assert [value for _, value in table(only(read("x", PLAIN.written(lines), NOTHING)))] == [5.0, 6.0]
    lines[2] = ["Time (sec)", "  BV (Volts)", "  T", "  DO (mg/l)", "  Q ()"]
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(lines), NOTHING)
    assert refused.value.code == "unknown-unit"
