"""ThingSpeak: fields without names or units; the user says which is the temperature and in what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from tests.loggers.exporting import COMPUTERS, SERIES, Computer, Series, at, expected, file_of, number, readings
from tests.loggers.writing import only, table

STAMPS = ["%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S +0000"]


def lines_of(
    series: Series, label: str = "field1", stamp: str = STAMPS[0], delimiter: str = ",", mark: str = "."
) -> list[str]:
    rows = [
        [at(minutes).strftime(stamp), str(index), f"44{mark}00", number(milli, mark), "Clouds", "", "", "", ""]
        for index, (minutes, milli) in enumerate(series, 1)
    ]
    heading = ["created_at", "entry_id", "field2", label, "field3", "latitude", "longitude", "elevation", "status"]
    return [delimiter.join(row) for row in [heading, *rows]]


@given(
    SERIES,
    COMPUTERS,
    st.sampled_from(STAMPS),
    st.sampled_from([(",", "."), (";", ","), ("\t", "."), (";", ".")]),
    st.sampled_from(
        [
            ("field1", Declared(column="field1", unit="F"), Unit.F),
            ("field1", Declared(column="FIELD1", unit="C"), Unit.C),
            ("Temperature (°F)", Declared(), Unit.F),
            ("Temperature", Declared(unit="K"), Unit.K),
            ("temp_c", Declared(), Unit.C),
        ]
    ),
)
def test_every_variant_reads_alike(
    series: Series, computer: Computer, stamp: str, style: tuple[str, str], field: tuple[str, Declared, Unit]
) -> None:
    label, declared, unit = field
    shifted = [(minutes, milli + 300_000) if unit is Unit.K else (minutes, milli) for minutes, milli in series]
    content = computer.content(lines_of(shifted, label, stamp, *style))
    assert readings(content, declared) == expected(shifted, unit)


@pytest.mark.parametrize(
    ("declared", "code", "words"),
    [
        (Declared(), "no-temperature", "no field says to be a temperature"),
        (Declared(unit="C"), "no-temperature", "no field says"),
        (Declared(column="field7", unit="C"), "no-temperature", "no field 'field7'"),
        (Declared(column="field3", unit="C"), "no-temperature", "'field3' holds no numbers"),
        (Declared(column="entry_id", unit="C"), "no-temperature", "no field 'entry_id'"),
        (Declared(column="field1"), "unknown-unit", "names no unit"),
    ],
)
def test_nothing_is_taken_for_a_temperature_by_itself(declared: Declared, code: str, words: str) -> None:
    with pytest.raises(FileRefused, match=words) as refused:
        file_of(lines_of([(0, 21_200), (1, 21_300)]), declared)
    assert refused.value.code == code


def test_only_fields_with_numbers_are_offered() -> None:
    with pytest.raises(FileRefused) as refused:
        file_of(lines_of([(0, 21_200), (1, 21_300)]), Declared())
    assert refused.value.options == ("--column 'field2'", "--column 'field1'")


def test_the_viewers_offset_stands_in_every_time() -> None:
    lines = lines_of([(0, 21_200)], stamp="%Y-%m-%dT%H:%M:%S-05:00")
    file = file_of(lines, Declared(column="field1", unit="C"))
    assert (file.format, file.evidence["time_zone"].value) == ("thingspeak", "-05:00")
    assert table(only(file)) == [("2026-02-20T05:00:00", 21.2)]


def test_an_entry_without_the_field_is_missing() -> None:
    lines = [*lines_of([(0, 21_200)]), "2026-02-20T00:05:00+00:00,2,44.00,,Clouds,,,,"]
    channel = only(file_of(lines, Declared(column="field1", unit="C")))
    assert [(row.line, row.reason) for row in channel.quarantined] == [(3, "missing")]


def test_whole_degrees_beside_whole_numbers_are_whole_degrees() -> None:
    lines = ["created_at,entry_id,field1,field2", *(f"2026-02-20T00:0{row}:00Z,{row},21,44" for row in range(3))]
    file = file_of(lines, Declared(column="field1", unit="C"))
    assert [value for _, value in table(only(file))] == [21.0] * 3
