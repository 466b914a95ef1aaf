"""Elitech logs of the open reader: no heading, no unit, a count that tells whether all is there. Shelly's summaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.exporting import COMPUTERS, SERIES, Computer, Series, at, expected, file_of, number, readings
from tests.loggers.writing import UTC

ANSWERED = Declared(tz="UTC", unit="C")


def lines_of(
    series: Series,
    counted: bool = True,
    humid: bool = False,
    delimiter: str = "\t",
    mark: str = ".",
    stamp: str = "%Y-%m-%d %H:%M:%S",
) -> list[str]:
    rows = [
        [str(index), at(minutes).strftime(stamp), number(milli, mark), *([f"43{mark}6"] if humid else [])]
        for index, (minutes, milli) in enumerate(series, 1)
    ]
    return [*([str(len(series))] if counted else []), *(delimiter.join(row) for row in rows)]


@given(
    SERIES,
    COMPUTERS,
    st.booleans(),
    st.booleans(),
    st.sampled_from([("\t", "."), ("\t", ","), (";", "."), (";", ",")]),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
)
def test_every_variant_reads_alike(
    series: Series, computer: Computer, counted: bool, humid: bool, style: tuple[str, str], stamp: str
) -> None:
    content = computer.content(lines_of(series, counted, humid, *style, stamp))
    assert readings(content, ANSWERED) == expected(series)
    assert read("x", content, ANSWERED).format == "elitech"


def test_the_unit_and_the_zone_are_asked_for() -> None:
    for declared, code in ((UTC, "unknown-unit"), (Declared(unit="C"), "ambiguous-time-zone")):
        with pytest.raises(FileRefused) as refused:
            file_of(lines_of([(0, 25_000), (1, 25_100)]), declared)
        assert refused.value.code == code


def test_a_log_that_was_cut_is_refused() -> None:
    with pytest.raises(FileRefused, match="says 3 readings, and 2 follow") as refused:
        file_of(lines_of([(0, 25_000), (1, 25_100), (2, 25_100)])[:-1], ANSWERED)
    assert refused.value.code == "damaged"


def test_skipped_numbers_are_noted() -> None:
    lines = lines_of([(0, 25_000), (1, 25_100), (2, 25_100)], counted=False)
    assert file_of([lines[0], lines[2]], ANSWERED).notes == ("1 readings are missing: their numbers are skipped",)


def test_tables_with_other_columns_are_left_to_others() -> None:
    for row in ("1\t2026-02-20 10:00:00\t25.0\t43.6\t1", "1\t2026-02-20\t25.0", "a\t2026-02-20 10:00:00\t25.0"):
        with pytest.raises(FileRefused) as refused:
            file_of([row, row], ANSWERED)
        assert refused.value.code == "unknown-format"


@pytest.mark.parametrize(
    "heading",
    [
        "Date,Time,Min,Max",
        "Date;Time;Min;Max",
        "Datum\tZeit\tMin\tMax",
        "Timestamp,Max,Min",
        "Date,Time,Min (°C),Max (°C)",
    ],
)
def test_lowest_and_highest_of_each_hour_are_no_readings_whoever_names_one(heading: str) -> None:
    delimiter = next(mark for mark in ",;\t" if mark in heading)
    rows = []
    for hour in ("00:00", "01:00"):
        stamp = ["29/10/2026 " + hour] if heading.startswith("Timestamp") else ["29/10/2026", hour]
        values = ["5.3", "4.1"] if "Max,Min" in heading else ["4.1", "5.3"]
        rows.append(delimiter.join([*stamp, *values]))
    unit = None if "°C" in heading else "C"
    for column in (None, "Max"):
        file = file_of([heading, *rows], Declared(tz="UTC", unit=unit, column=column))
        assert (file.channels, [one.high_milli_c for one in file.extremes]) == ((), [5300, 5300])


@given(COMPUTERS)
def test_a_temperature_beside_its_extremes_is_a_reading(computer: Computer) -> None:
    lines = ["Date,Time,Temperature (°C),Min,Max", "29/10/2026,00:00,4.5,4.1,5.3"]
    assert readings(computer.content(lines), UTC) == [("2026-10-29T00:00:00", 4.5)]
