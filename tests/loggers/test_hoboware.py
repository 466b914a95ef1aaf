"""HOBOware, HOBOconnect and HOBOmobile exports, trap by trap."""

from datetime import timedelta

import pytest

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from tests.loggers.writing import clock, hobo, hobo_head, only, table, times

VALUES = ["18.771", "18.913", "-0.200", "18.414", "18.652"] * 4
PRAGUE = Declared(tz="+01:00")


def reading(text: str, declared: Declared = PRAGUE) -> LoggerFile:
    """What is made of a text, in a pharmacy in Prague in winter."""
    return read("x.csv", text.encode(), declared)


def test_an_export_with_its_offset_in_the_heading_needs_no_answers() -> None:
    file = reading(hobo(VALUES), Declared())
    channel = only(file)
    assert (file.format, file.signature, file.device.serial) == ("hoboware", "none", "20881234")
    assert channel.name == "Temp"
    assert len(channel.at_ms) == 20
    assert table(channel)[0] == ("2026-03-14T20:00:00", 18.771)
    assert {name: (e.value, e.source) for name, e in file.evidence.items()} == {
        "time_zone": ("+01:00", "header"),
        "unit": ("C", "header"),
        "date_order": ("MDY", "column"),
        "decimal": (".", "column"),
    }


def test_event_rows_are_no_readings_and_are_kept_apart() -> None:
    file = reading(hobo(VALUES), Declared())
    assert [(event.name, event.line) for event in file.events] == [("Host Connected", 5)]
    assert only(file).quarantined == ()
    assert file.device.stopped_ms is None


@pytest.mark.parametrize(
    "stamp",
    [
        "%m/%d/%y %I:%M:%S %p",
        "%d.%m.%Y %H:%M:%S",
        "%y.%m.%d %H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%m.%d.%y %H:%M:%S",
        "%d/%m/%y %H:%M:%S.0",
        "%y-%m-%d %I:%M:%S  %p",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_locale_of_one_series_gives_the_same_readings(stamp: str, delimiter: str) -> None:
    assert table(only(reading(hobo(VALUES, stamp, delimiter)))) == table(only(reading(hobo(VALUES))))


@pytest.mark.parametrize("mark", [".", ",", " "])
@pytest.mark.parametrize("minus", ["-{}", "{}-", "({})"])
def test_every_decimal_and_negative_style_gives_the_same_readings(mark: str, minus: str) -> None:
    styled = [minus.format(value[1:]) if value.startswith("-") else value for value in VALUES]
    text = hobo([value.replace(".", mark) for value in styled], delimiter=";")
    assert table(only(reading(text))) == table(only(reading(hobo(VALUES))))


def test_a_comma_that_parts_fields_and_decimals_is_put_back() -> None:
    """HOBOconnect in a Czech locale: 7 headings, 10 fields; event rows are padded to the same width."""
    text = (
        "#,Date-Time (CEST),Ch:1 - Temperature   (°C),Ch:2 - RH   (%),Dew Point   (°C),Host Connected,End of File\n"
        "1,10/21/2026 13:17:23,17,97,53,24,8,34,,\n"
        "2,10/21/2026 13:47:23,-0,8,70,83,7,76,,\n"
        "3,10/21/2026 14:17:23,,,12,5,,\n"
        "7,10/21/2026 14:20:48,,,,Logged,,,,\n"
    )
    file = reading(text, Declared(tz="Europe/Prague"))
    assert [value for _, value in table(only(file))] == [17.97, -0.8]
    assert file.evidence["decimal"].note
    assert file.format == "hoboconnect"
    assert "CEST" in file.evidence["time_zone"].note
    assert [(row.line, row.reason) for row in only(file).quarantined] == [(4, "missing")]
    assert [event.name for event in file.events] == ["Host Connected"]
    assert any("Dew Point" in note for note in file.notes)


def test_a_row_that_fits_no_parting_is_refused_with_its_line() -> None:
    text = (
        "#,Date Time,Temp (°C) c:1,RH (%) c:2,End Of File\n"
        "1,2026-10-21 13:17:23,17,97,53,24,\n"
        "2,2026-10-21 13:47:23,12,53,24,\n"
    )
    with pytest.raises(FileRefused, match="line 3") as refused:
        reading(text)
    assert refused.value.code == "ambiguous-decimal"


def test_lost_decimals_are_refused() -> None:
    with pytest.raises(FileRefused, match="no decimal mark") as refused:
        reading(hobo([value.replace(".", "") for value in VALUES]))
    assert refused.value.code == "ambiguous-decimal"


def test_statistics_dew_points_and_other_quantities_are_no_channels() -> None:
    text = (
        "#,Date-Time (Pacific Standard Time),Ch: 1 - Temperature   (°C),Ch: 1 - Temperature Max : Max (°C),"
        "Ch: 1 - Temperature Std Dev : Std Dev (°C),Ch: 2 - RH   (%),Dew Point   (°C),Batt (V),Light (Lux)\n"
        "1,03-21-2026 17:40:00,21.42,21.50,0.00,46.38,9.46,3.1,12\n"
        "2,03-21-2026 17:45:00,21.20,21.37,0.06,46.87,9.42,3.1,13\n"
    )
    channel = only(reading(text, Declared(tz="America/Los_Angeles")))
    assert [value for _, value in table(channel)] == [21.42, 21.2]
    assert channel.name == "Ch: 1 - Temperature"


def test_two_channels_with_one_heading_are_numbered() -> None:
    text = "".join(
        ["Date Time\tTemp (°C)  #9724974\tTemp (°C)  #9724974\tCoupler Detached\n"]
        + [
            f"{at:%m/%d/%y %H:%M:%S}.0\t{20 + i}.865\t{4 + i}.100\t{'Logged' if not i else ''}\n"
            for i, at in enumerate(times(20, 60))
        ]
    )
    file = reading(text)
    assert [(channel.name, channel.serial, table(channel)[0][1]) for channel in file.channels] == [
        ("Temp#1", "9724974", 20.865),
        ("Temp#2", "9724974", 4.1),
    ]


def test_fahrenheit_is_converted_exactly() -> None:
    file = reading(hobo(["65.788", "64.760"] * 10, head=hobo_head("°F")))
    assert [value for _, value in table(only(file))[:2]] == [18.771, 18.2]
    assert file.evidence["unit"].value == "F"


def test_one_file_may_hold_both_units() -> None:
    text = "Date Time;Temp (°C) #9724974;Temp (°F) #9724974\n" + "".join(
        f"{at:%Y-%m-%d %H:%M:%S};20,865;69,557\n" for at in times(3)
    )
    file = reading(text)
    assert [table(channel)[0][1] for channel in file.channels] == [20.865, 20.865]
    assert file.evidence["unit"].value == "C and F"
    with pytest.raises(FileRefused) as refused:
        reading(text, Declared(tz="UTC", unit="C"))
    assert refused.value.code == "contradiction"


DETAILS = """Details
Series: Temp, °C
Devices
Product: HOBO U23-003 Temp/Temp
Serial Number: 9724974
Launch Time: 04/05/26 01:09:01 GMT-07:00 PM
Logging Interval: 01 Hr 00 Min 00 Sec
Samples: 21,723
First Sample Time: 04/05/26 02:00:00 GMT-07:00 PM"""


def details(stamp: str) -> str:
    """A file of one afternoon whose dates alone prove nothing, with the Details glued on as a last column."""
    start = clock(2026, 4, 5, 14)
    block = DETAILS.split("\n")
    lines = [f"{(start + timedelta(hours=i)).strftime(stamp)},{4 + i / 10:.3f},,{block[i]}" for i in range(len(block))]
    return "Date Time,Temp (°C) LGR S/N: 9724974,  #9724974,End Of File LGR S/N: 9724974\n" + "\n".join(lines) + "\n"


def test_details_glued_on_say_model_interval_zone_and_first_day() -> None:
    file = reading(details("%y/%m/%d %H:%M:%S"), Declared())
    assert (file.device.model, file.device.serial, file.device.interval_ms) == (
        "HOBO U23-003 Temp/Temp",
        "9724974",
        3_600_000,
    )
    assert file.evidence["time_zone"].value == "-07:00"
    assert file.evidence["time_zone"].source == "header"
    assert len(only(file).at_ms) == 9
    assert only(file).quarantined == ()


def test_details_that_fit_two_orders_leave_the_question_open() -> None:
    with pytest.raises(FileRefused) as refused:
        reading(details("%m/%d/%y %H:%M:%S"))
    assert refused.value.code == "ambiguous-date-order"
    assert refused.value.options == ("--date-order DMY", "--date-order MDY", "--date-order YMD")


def test_details_that_fit_one_order_settle_it() -> None:
    evidence = reading(details("%y/%m/%d %H:%M:%S"), Declared()).evidence["date_order"]
    assert (evidence.value, evidence.source) == ("YMD", "header")
    assert "First Sample Time" in evidence.note


def test_an_unquoted_resave_of_a_spreadsheet_is_read() -> None:
    text = (
        "Plot Title: x,,,,\n"
        '#,"Date Time, GMT-06:00","Temp, °C (LGR S/N: 109921, SEN S/N: 109921)",Coupler Attached (LGR S/N: 109921),\n'
        "1,4/1/2026 0:00,0.121,,\n2,4/1/2026 2:00,0.121,,\n3,4/13/2026 14:00,12.5,,\n4,4/13/2026 15:00,,Logged,\n"
    )
    assert [value for _, value in table(only(reading(text, Declared())))] == [0.121, 0.121, 12.5]


def test_am_and_pm_in_czech() -> None:
    stamps = [at.strftime("%m/%d/%y %I:%M:%S ") + ("dop." if at.hour < 12 else "odp.") for at in times(20)]
    rows = "".join(f"{i},{stamp},{value}\n" for i, (stamp, value) in enumerate(zip(stamps, VALUES, strict=True), 1))
    text = '"Plot Title: x"\n"#","Date Time, GMT+01:00","Temp, °C (LGR S/N: 20881234)"\n' + rows
    assert table(only(reading(text, Declared()))) == table(only(reading(hobo(VALUES))))


def test_an_export_without_readings_says_so() -> None:
    with pytest.raises(FileRefused) as refused:
        reading(hobo_head())
    assert refused.value.code == "no-readings"


def test_details_alone_are_no_readings() -> None:
    with pytest.raises(FileRefused, match="Details") as refused:
        reading(DETAILS)
    assert refused.value.code == "no-readings"


def test_hobomobile_writes_a_star_for_the_degree() -> None:
    text = 'Serial Number:20293298 --\n\nDate Time - GMT +05:00,"Temp, (*F)", \r\n' + "".join(
        f"{at:%Y-%m-%d %H:%M:%S},65.788, \r\n" for at in times(3)
    )
    file = reading(text, Declared())
    assert table(only(file))[0] == ("2026-03-14T16:00:00", 18.771)
    assert file.evidence["time_zone"].value == "+05:00"


def test_a_label_names_the_channel() -> None:
    text = hobo(VALUES).replace('SEN S/N: 20881234)","RH', 'SEN S/N: 20881234, LBL: vaccines top)","RH')
    assert only(reading(text)).name == "vaccines top"


def test_the_site_zone_yields_to_the_heading_and_both_are_shown() -> None:
    evidence = reading(hobo(VALUES), Declared(site_tz="America/New_York")).evidence["time_zone"]
    assert (evidence.value, evidence.source) == ("+01:00", "header")
    assert "America/New_York" in evidence.note


def test_a_declared_zone_that_the_heading_disproves_is_a_contradiction() -> None:
    with pytest.raises(FileRefused, match=r"America/New_York.*\+01:00") as refused:
        reading(hobo(VALUES), Declared(tz="America/New_York"))
    assert refused.value.code == "contradiction"
    assert reading(hobo(VALUES), Declared(tz="Europe/Prague")).evidence["time_zone"].value == "+01:00"


def test_utf8_marks_and_cp1252_read_alike() -> None:
    text = hobo(VALUES)
    expected = table(only(reading(text)))
    for content in (
        ("\ufeff" + text).encode(),
        text.lstrip("\ufeff").encode("cp1252"),
        text.lstrip("\ufeff").encode("utf-16"),
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(),
        text.replace("\n", "\r\n", 2).encode(),
    ):
        assert table(only(read("x", content, Declared()))) == expected
