"""Plain tables: time and temperature found by heading and content, and what is never guessed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from tests.loggers.writing import clock, only, read_or_refused, reading, table, times

ROWS = "2026-03-14 21:00:00{d}5{m}1\n2026-03-14 21:15:00{d}5{m}2\n"


@pytest.mark.parametrize(
    ("delimiter", "mark"), [(",", "."), (";", ","), (";", "."), ("\t", ","), ("\t", "."), ("|", ".")]
)
@pytest.mark.parametrize(
    "heading", ["Temperature (°C)", "temp_c", "Teplota (°C)", "T/°C", "Fridge probe [oC]", "Temp C", "Celsius"]
)
def test_any_delimiter_decimal_mark_and_heading(delimiter: str, mark: str, heading: str) -> None:
    file = reading(f"Timestamp{delimiter}{heading}\n" + ROWS.format(d=delimiter, m=mark))
    assert table(only(file)) == [("2026-03-14T21:00:00", 5.1), ("2026-03-14T21:15:00", 5.2)]
    assert (file.format, file.evidence["decimal"].value, file.evidence["unit"].source) == ("csv", mark, "header")


def test_unquoted_decimal_commas_under_a_comma_delimiter() -> None:
    text = "time,temp_c\n2026-03-14 21:00:00,5,1\n2026-03-14 21:15:00,-0,8\n"
    assert [value for _, value in table(only(reading(text)))] == [5.1, -0.8]


def test_two_whole_numbers_side_by_side_are_asked_about() -> None:
    text = "time,temp_c,note\n2026-03-14 21:00:00,5,1\n2026-03-14 21:15:00,6,2\n"
    with pytest.raises(FileRefused) as refused:
        reading(text)
    assert (refused.value.code, refused.value.options) == ("ambiguous-decimal", ("--decimal ,", "--decimal ."))
    assert [v for _, v in table(only(reading(text, Declared(tz="UTC", decimal=","))))] == [5.1, 6.2]
    assert [v for _, v in table(only(reading(text, Declared(tz="UTC", decimal="."))))] == [5.0, 6.0]


def test_both_marks_in_one_column_are_refused() -> None:
    with pytest.raises(FileRefused, match="line 2 and 5,2 in line 3") as refused:
        reading("time;temp_c\n2026-03-14 21:00;5.1\n2026-03-14 21:15;5,2\n")
    assert refused.value.code == "ambiguous-decimal"


@pytest.mark.parametrize(("declared", "text"), [
    (Declared(tz="UTC", decimal="."), "time;temp_c\n2026-03-14 21:00;5,1\n"),
    (Declared(tz="UTC", unit="F"), "time;temp_c\n2026-03-14 21:00;5.1\n"),
    (Declared(tz="UTC", unit="F"), "time;temp\n2026-03-14 21:00;5.1 °C\n"),
    (Declared(tz="UTC"), "time;temp (°F)\n2026-03-14 21:00;5.1 °C\n"),
    (Declared(tz="UTC"), "time;temp\n2026-03-14 21:00;5.1 °C\n2026-03-14 21:15;41 °F\n"),
    (Declared(tz="+05:00"), "time;temp_c\n2026-03-14 21:00+01:00;5.1\n"),
])  # fmt: skip
def test_what_the_file_disproves_is_a_contradiction(declared: Declared, text: str) -> None:
    refused = read_or_refused(text, declared)
    assert isinstance(refused, FileRefused)
    assert refused.code == "contradiction"


def test_a_temperature_without_a_unit_is_asked_about() -> None:
    text = "Timestamp,Temperature,Humidity\n05/10/2026 10:23:10 ,74.8,23\n05/25/2026 11:17:10 ,73,19.8\n"
    with pytest.raises(FileRefused, match="'Temperature' names no unit") as refused:
        reading(text)
    assert (refused.value.code, refused.value.options) == ("unknown-unit", ("--unit C", "--unit F"))
    file = reading(text, Declared(tz="UTC", unit="F"))
    assert file.evidence["unit"].source == "declared"
    assert [value for _, value in table(only(file))] == [23.778, 22.778]


def test_a_unit_beside_the_values() -> None:
    file = reading("Date;Temp\n2026-03-14 21:00;20.5 °C\n2026-03-14 21:15;20.6 °C\n")
    assert [value for _, value in table(only(file))] == [20.5, 20.6]
    assert (file.evidence["unit"].value, file.evidence["unit"].source) == ("C", "column")


def test_a_column_of_units() -> None:
    file = reading("Date,Unit,Value\n2026-03-14 21:00,F,41\n2026-03-14 21:00,%RH,60\n2026-03-14 21:15,C,5.5\n")
    assert [value for _, value in table(only(file))] == [5.0, 5.5]


@pytest.mark.parametrize(
    "heading",
    [
        "Dew Point (°C)",
        "Temp Max (°C)",
        "Setpoint (°C)",
        "Alarm limit °C",
        "Mean temperature (°C)",
        "Humidity (%)",
        "HK-TEMP:oC",
    ],
)
def test_what_is_no_probe_is_no_channel(heading: str) -> None:
    with pytest.raises(FileRefused, match="no temperature column") as refused:
        reading(f"time,{heading}\n2026-03-14 21:00,5.1\n")
    assert refused.value.code == "no-temperature"


def test_a_column_may_be_named() -> None:
    text = "created_at,field1,field2\n2026-03-14T21:00:00Z,21.2,44\n2026-03-14T21:15:00Z,21.3,44\n"
    file = reading(text, Declared(column="field1", unit="C"))
    assert [value for _, value in table(only(file))] == [21.2, 21.3]
    with pytest.raises(FileRefused, match="'field9'") as refused:
        reading(text, Declared(column="field9", unit="C"))
    assert refused.value.code == "no-temperature"


def test_a_named_column_is_the_only_one() -> None:
    text = "time,Top (°C),Bottom (°C)\n2026-03-14 21:00,5.1,3.3\n2026-03-14 21:15,5.2,3.4\n"
    assert [channel.name for channel in reading(text).channels] == ["Top", "Bottom"]
    assert [channel.name for channel in reading(text, Declared(tz="UTC", column="bottom")).channels] == ["Bottom"]


def test_rows_without_a_temperature_are_quarantined_with_line_and_text() -> None:
    text = "time,temp_c\n" + "".join(
        f"{at:%Y-%m-%d %H:%M},{value}\n"
        for at, value in zip(times(8), ("5.1", "NaN", "", "-127", "999.9", "5.x", "HI", "5.2"), strict=True)
    )
    channel = only(reading(text))
    assert [value for _, value in table(channel)] == [5.1, 5.2]
    assert [(row.line, row.column, row.text, row.reason) for row in channel.quarantined] == [
        (3, 2, "NaN", "not a number"),
        (4, 2, "", "missing"),
        (5, 2, "-127", "sentinel"),
        (6, 2, "999.9", "sentinel"),
        (7, 2, "5.x", "damaged"),
        (8, 2, "HI", "outside the sensor's range"),
    ]


def test_a_row_whose_time_is_damaged_is_quarantined() -> None:
    channel = only(reading("time,temp_c\n2026-03-14 21:00,5.1\n2026-03-14 2,5.2\n2026-03-14 21:30,5.3\n"))
    assert [value for _, value in table(channel)] == [5.1, 5.3]
    assert [(row.line, row.reason) for row in channel.quarantined] == [(3, "clock")]


@pytest.mark.parametrize(
    "ending", ["2026-03-14 21:45,5.", "2026-03-14 21:45,5", "2026-03-14 21:4", "2026-03-14 21:45,5.4\n"]
)
def test_a_file_cut_in_its_last_row_loses_that_row_only(ending: str) -> None:
    text = "time,temp_c\n2026-03-14 21:00,5.15\n2026-03-14 21:15,5.25\n2026-03-14 21:30,5.35\n" + ending
    values = [value for _, value in table(only(reading(text)))]
    assert values == [5.15, 5.25, 5.35, *([5.4] if ending.endswith("\n") else [])]


def test_a_last_line_without_its_end_is_a_reading() -> None:
    assert len(table(only(reading("time,temp_c\n2026-03-14 21:00,5.15\n2026-03-14 21:15,5.25")))) == 2


def test_a_dead_probe_is_a_channel_without_readings() -> None:
    text = "time,Top (°C),Bottom (°C)\n" + "".join(f"{at:%Y-%m-%d %H:%M},5.1,--.-\n" for at in times(3))
    top, bottom = reading(text).channels
    assert (len(top.at_ms), len(bottom.at_ms), len(bottom.quarantined)) == (3, 0, 3)


def test_counters_are_no_events() -> None:
    text = "time,temp_c,door events\n2026-03-14 21:00,5.1,0\n2026-03-14 21:15,,2\n2026-03-14 21:20,,opened\n"
    file = reading(text)
    assert [event.name for event in file.events] == ["door events"]
    assert [row.line for row in only(file).quarantined] == [3]


def test_the_time_of_measuring_goes_before_the_time_of_receiving() -> None:
    text = "received_at,measured_at,temp_c\n2026-03-14T22:00:00Z,2026-03-14T21:00:00Z,5.1\n"
    assert table(only(reading(text, Declared()))) == [("2026-03-14T21:00:00", 5.1)]


def test_a_named_column_may_have_decimal_commas() -> None:
    text = "time,field1,field2\n2026-03-14 21:00,5,1,ok\n2026-03-14 21:15,5,2,ok\n"
    file = reading(text, Declared(tz="UTC", column="field1", unit="C", decimal=","))
    assert [value for _, value in table(only(file))] == [5.1, 5.2]


def test_a_whole_temperature_beside_a_counter_is_never_joined_with_it() -> None:
    text = "time,temp_c,door events\n2026-03-14 21:00,5,0\n2026-03-14 21:15,5,2\n"
    refused = read_or_refused(text)
    assert isinstance(refused, FileRefused)
    assert refused.code == "ambiguous-decimal"


def test_a_mark_within_a_cell_is_no_quotation() -> None:
    text = 'time,shelf,temp_c\n2026-03-14 21:00,6" top,5.1\n2026-03-14 21:15,6" top,5.2\n'
    assert len(table(only(reading(text)))) == 2


def test_headings_over_several_lines() -> None:
    text = (
        '"Date/Time","No.1","No.2"\n"Date/Time","ch1","ch2"\n"","°C","%"\n'
        '"2026-03-14 21:00:00","5.1","60"\n"2026-03-14 21:15:00","5.2","61"\n'
    )
    assert [value for _, value in table(only(reading(text)))] == [5.1, 5.2]


def test_a_first_row_with_a_damaged_time_is_no_heading() -> None:
    channel = only(reading("time,temp_c\n,5.0\n2026-03-14 21:15,5.1\n2026-03-14 21:30,5.2\n"))
    assert [(row.line, row.text) for row in channel.quarantined] == [(2, "5.0")]


def test_several_sensors_under_each_other_are_channels_of_their_own() -> None:
    text = "sensor,time,temp_c\n" + "".join(
        f"{name},{at:%Y-%m-%d %H:%M},{value}\n" for name, value in (("B", 5.1), ("A", -18.2)) for at in times(3)
    )
    file = reading(text)
    assert [(channel.name, [v for _, v in table(channel)]) for channel in file.channels] == [
        ("A", [-18.2] * 3),
        ("B", [5.1] * 3),
    ]


def test_one_logger_carried_through_several_places_is_one_channel() -> None:
    text = "location,time,temp_c\n" + "".join(
        f"{'depot' if index < 2 else 'truck'},{at:%Y-%m-%d %H:%M},5.1\n" for index, at in enumerate(times(4))
    )
    assert len(table(only(reading(text)))) == 4


def test_date_and_time_in_two_columns() -> None:
    text = "Index,Date,Time,Temp (°C)\n1,14.03.2026,21.00.08,5.1\n2,14.03.2026,21.15.08,5.2\n"
    assert table(only(reading(text)))[0] == ("2026-03-14T21:00:08", 5.1)


def test_seconds_since_1970_are_utc() -> None:
    file = reading("Time (sec),BV (Volts), T (deg C)\n1576250220,+3.49,+14.287\n1576252020,+3.49,+ 7.474\n", Declared())
    assert table(only(file))[0] == ("2019-12-13T15:17:00", 14.287)
    assert file.evidence["time_zone"].value == "+00:00"


def test_quoted_cells_may_hold_delimiters_quotes_and_line_ends() -> None:
    text = 'time,note,temp_c\n2026-03-14 21:00,"a, ""b""\nc",5.1\n2026-03-14 21:15,,5.2\n'
    channel = only(reading(text))
    assert [value for _, value in table(channel)] == [5.1, 5.2]
    assert channel.lines.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "no-readings"),
        ("   \n\n", "no-readings"),
        ("time,temp_c\n", "no-readings"),
        ("time,temp_c\n2026-03-14 21:00,\n", "no-readings"),
        ("hello world\n", "unknown-format"),
        ("a,b\n1,2\n", "unknown-format"),
        ("Date,Time,Min,Max\n29/10/2026,00:00,13.28,13.3\n", "unknown-unit"),
        ("entity_id,state,last_changed\nsensor.x,75.0,2026-04-24T10:00:00.000Z\n", "no-temperature"),
        ('time,temp_c\n2026-03-14 21:00,"5.1\n', "damaged"),
        ("time,temp_c\n2026-03-14 21:00,5\x001\n", "damaged"),
        ("%PDF-1.4\n", "unknown-format"),
    ],
)
def test_what_cannot_be_read_says_why(content: str, code: str) -> None:
    refused = read_or_refused(content)
    assert isinstance(refused, FileRefused)
    assert refused.code == code
    assert "\n" not in str(refused)


@given(
    st.text('",;\n\t 05:.-atimeCF°/', max_size=200).map("time,temp_c,note\n2026-03-14 21:00,5.1,".__add__)
    | st.text(max_size=300)
    | st.from_regex(
        r"(?:time|date)[,;]temp_?c?[,;]?\n(?:[0-9./: -]{3,20}[,;][0-9.,+()°C -]{0,8}\n){0,6}", fullmatch=True
    )
)
def test_no_text_whatever_does_more_than_be_refused(text: str) -> None:
    read_or_refused(text)


@given(
    st.lists(st.tuples(st.integers(-400, 600), st.integers(1, 500)), min_size=1, max_size=40),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([".", ","]),
)
def test_what_is_written_is_what_is_read(series: list[tuple[int, int]], delimiter: str, mark: str) -> None:
    at, minute = [], 0
    for _, step in series:
        at.append(clock(2026, 1, 1) + timedelta(minutes=minute))
        minute += step
    values = [value / 10 for value, _ in series]
    text = f"time{delimiter}temp_c\n" + "".join(
        f"{m:%Y-%m-%d %H:%M:%S}{delimiter}{f'{v:.1f}'.replace('.', mark)}\n" for m, v in zip(at, values, strict=True)
    )
    assert table(only(reading(text))) == [(f"{m:%Y-%m-%dT%H:%M:%S}", v) for m, v in zip(at, values, strict=True)]
