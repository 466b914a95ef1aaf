"""TOMST TMS files: no heading, sentinels, UTC and °C by convention."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.spelling import NAMED, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import clock, only, table, times

NOTHING = Declared()
PLAIN = Spelling(";")


def export(spelling: Spelling, series: Series, stamp: str = "%Y.%m.%d %H:%M") -> list[Line]:
    return [
        [str(number), at.strftime(stamp), "4", spelling.number(milli), "-200", "-200", "8524", "205", "0", ""]
        for number, (at, milli) in enumerate(zip(times(len(series)), series, strict=True), 1)
    ]


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    must_read_alike(export, [9_600, -16_500, 2_000, 8_100], spelling, NOTHING, "tomst")


@given(SERIES, SPELLINGS.filter(lambda spelling: not spelling.parts_decimals))
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    must_read_alike(export, series, spelling, NOTHING, "tomst")


@given(SERIES, SPELLINGS.map(lambda spelling: replace(spelling, delimiter=",", mark=",", quoted=False)))
def test_commas_that_part_decimals_too_are_never_misread(series: Series, spelling: Spelling) -> None:
    with pytest.raises(FileRefused):
        read("x", spelling.written(export(spelling, series)), NOTHING)


@pytest.mark.parametrize("stamp", ["%Y.%m.%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S"])
def test_every_layout_of_dates(stamp: str) -> None:
    file = read("x", PLAIN.written(export(PLAIN, [9_600, 9_700], stamp)), NOTHING)
    assert table(only(file)) == [("2026-03-14T21:00:00", 9.6), ("2026-03-14T21:15:00", 9.7)]


def test_utc_and_celsius_are_assumed_and_said() -> None:
    evidence = read("x", PLAIN.written(export(PLAIN, [9_600, 9_700])), NOTHING).evidence
    assert [(evidence[key].value, evidence[key].source) for key in ("time_zone", "unit")] == [
        ("+00:00", "assumed"),
        ("C", "assumed"),
    ]
    assert all(evidence[key].note for key in ("time_zone", "unit"))


def test_a_declaration_goes_before_a_convention_and_a_sites_zone_does_not() -> None:
    content = PLAIN.written(export(PLAIN, [9_600, 9_700]))
    declared = read("x", content, Declared(tz="+01:00", unit="F"))
    assert table(only(declared))[0] == ("2026-03-14T20:00:00", -12.444)
    assert declared.evidence["time_zone"].source == declared.evidence["unit"].source == "declared"
    assert table(only(read("x", content, Declared(site_tz="Europe/Prague"))))[0][0] == "2026-03-14T21:00:00"


def test_a_probe_that_was_never_there_is_left_out_and_named() -> None:
    file = read("x", PLAIN.written(export(PLAIN, [9_600, 9_700])), NOTHING)
    assert [channel.name for channel in file.channels] == ["T1"]
    assert any("T2 and T3" in note for note in file.notes)


def test_sentinels_among_readings_are_quarantined() -> None:
    rows = [
        f"{number};2026.02.24 0{number}:00;4;1.1875;{second};0.375;2348;0;{flag}"
        for number, (second, flag) in enumerate([("0.75", 0), ("-100", 20), ("-200", 0), ("-99.5", 0), ("NA", 0)])
    ]
    file = read("x", "\n".join(rows).encode(), NOTHING)
    assert [len(channel.at_ms) for channel in file.channels] == [5, 1, 5]
    second = file.channels[1]
    assert [(row.line, row.text, row.reason) for row in second.quarantined] == [
        (2, "-100", "sentinel"),
        (3, "-200", "sentinel"),
        (4, "-99.5", "outside the sensor's range"),
        (5, "NA", "missing"),
    ]


def test_no_probe_at_all_is_no_reading() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", b"0;2026.02.24 01:00;4;-200;-200;-200;2348;0;0;\n", NOTHING)
    assert refused.value.code == "no-readings"


def test_midnight_without_its_time_of_day() -> None:
    at = times(4, 15, clock(2026, 10, 1, 23, 30))
    stamps = [f"{moment:%d.%m.%Y}" + (f" {moment:%H:%M:%S}" if moment.hour else "") for moment in at]
    stamps[3] = "02.10.2026 00:15:00"
    rows = [f"{number};{stamp};4;7.{number};-200;-200;65336;204;0;" for number, stamp in enumerate(stamps)]
    file = read("x", "\n".join(rows).encode(), NOTHING)
    assert [at for at, _ in table(only(file))] == [
        "2026-10-01T23:30:00", "2026-10-01T23:45:00", "2026-10-02T00:00:00", "2026-10-02T00:15:00",
    ]  # fmt: skip
    assert any("midnight" in note for note in file.notes)


@given(st.integers(0, 8))
def test_a_row_with_a_field_less_makes_it_another_format(field: int) -> None:
    lines = [list(line) for line in export(replace(PLAIN), [9_600, 9_700])]
    for line in lines:
        del line[field], line[-1]
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(lines), NOTHING)
    assert refused.value.code == "unknown-format"
