"""LogTag and iButton exports, trap by trap."""

from datetime import timedelta

import numpy as np
import pytest

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from tests.loggers.writing import UTC, clock, ibutton, logtag, only, read_or_refused, reading, table, times

HAWAII = Declared(tz="Pacific/Honolulu")


def test_logtag_in_a_decimal_comma_locale() -> None:
    file = reading(logtag(["17,9", "15,5", "-0,8", "-12,4"]))
    assert file.format == "logtag"
    assert table(only(file)) == [
        ("2026-03-14T21:00:00", 17.9),
        ("2026-03-14T23:00:00", 15.5),
        ("2026-03-15T01:00:00", -0.8),
        ("2026-03-15T03:00:00", -12.4),
    ]
    assert (only(file).name, file.evidence["decimal"].value) == ("Readings", ",")
    assert file.device.serial is None


def test_logtag_in_english() -> None:
    text = (
        "Index,Date,Time,Readings (°C),Type\n1,2026-03-14,21:00:08,17.9,\n2,2026-03-14,23:00:08,15.5,Inspection mark\n"
    )
    assert [value for _, value in table(only(reading(text)))] == [17.9, 15.5]


def test_logtag_in_fahrenheit() -> None:
    text = "Index,Date,Time,Readings (°F)\n1,2026-03-14,21:00:08,41.0\n2,2026-03-14,23:00:08,42.8\n"
    assert [value for _, value in table(only(reading(text)))] == [5.0, 6.0]


def test_logtag_has_no_zone_and_is_asked() -> None:
    refused = read_or_refused(logtag(["17,9"]), Declared())
    assert isinstance(refused, FileRefused)
    assert refused.code == "ambiguous-time-zone"


def iread(text: str, declared: Declared = UTC) -> LoggerFile:
    """OneWireViewer writes cp1252."""
    return read("button.csv", text.encode("cp1252"), declared)


@pytest.mark.parametrize("stamp", ["%d/%m/%y %I:%M:%S %p", "%m/%d/%y %I:%M:%S %p", "%d/%m/%Y %H:%M"])
def test_the_mission_start_tells_the_date_order(stamp: str) -> None:
    file = iread(ibutton(["22.5", "22", "21.5"], stamp, at=times(3, 60, clock(2012, 10, 11, 12))))
    assert (file.format, file.device.model, file.device.serial) == ("ibutton", "DS1921G-F5", "590000002E1BCC21")
    assert table(only(file))[0] == ("2012-10-11T12:00:00", 22.5)
    assert (file.evidence["date_order"].source, file.evidence["date_order"].note) == ("header", "Mission Start")
    assert file.device.interval_ms == 3_600_000


def test_after_a_roll_over_the_mission_start_is_only_the_earliest_day() -> None:
    text = ibutton(["22.5"] * 3, at=times(3, 60, clock(2013, 2, 12, 12)))
    text = text.replace("Tue Feb 12 12:00:00 CST 2013", "Thu Oct 11 12:00:00 CST 2012").replace(
        "has NOT occurred", "has occurred"
    )
    text = text.replace("Roll Over Enabled?  false", "Roll Over Enabled?  true")
    refused = read_or_refused(text)
    assert isinstance(refused, FileRefused)
    assert refused.options == ("--date-order DMY", "--date-order MDY")


def test_an_abbreviation_in_the_mission_start_is_a_hint() -> None:
    text = ibutton(["22.5"] * 3)
    refused = read_or_refused(text, Declared())
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.options[0]) == ("ambiguous-time-zone", "--tz America/Chicago")
    assert "CST" in iread(text, Declared(tz="America/Mexico_City")).evidence["time_zone"].note


def test_utc_in_the_mission_start_is_proof() -> None:
    evidence = iread(ibutton(["22.5"] * 3, zone="UTC"), Declared()).evidence["time_zone"]
    assert (evidence.value, evidence.source) == ("+00:00", "header")


def test_the_repeated_hour_is_settled_by_the_sample_rate() -> None:
    """2014-11-02 01:44 and 02:44 on a clock that follows Chicago are two hours apart."""
    at = [clock(2014, 11, 1, 23, 44), clock(2014, 11, 2, 1, 44), clock(2014, 11, 2, 2, 44), clock(2014, 11, 2, 4, 44)]
    file = iread(ibutton(["22.5"] * 4, "%m/%d/%y %I:%M:%S %p", at=at, minutes=120), Declared(tz="America/Chicago"))
    assert np.diff(only(file).at_ms).tolist() == [7_200_000] * 3


def test_humidity_alone_is_no_temperature() -> None:
    with pytest.raises(FileRefused, match="%RH") as refused:
        iread(ibutton(["60.1", "60.2"], unit="%RH"))
    assert refused.value.code == "no-temperature"


def test_fahrenheit_in_the_unit_column() -> None:
    assert [value for _, value in table(only(iread(ibutton(["41", "42.8"], unit="F"))))] == [5.0, 6.0]


def test_decimal_commas_are_put_back_beside_a_unit_column() -> None:
    file = iread(ibutton(["22,5", "-0,8", "21,0"], "%d/%m/%y %H:%M:%S"))
    assert [value for _, value in table(only(file))] == [22.5, -0.8, 21.0]
    assert file.evidence["decimal"].note


def test_a_comma_between_date_and_time_is_no_delimiter() -> None:
    """Newer Java writes "12/16/12, 3:11:00 AM", with a narrow space before AM."""
    file = iread(ibutton(["22.5", "22.0"], "%m/%d/%y, %I:%M:%S %p"))
    assert table(only(file)) == [("2026-03-14T21:00:00", 22.5), ("2026-03-14T22:00:00", 22.0)]


def test_hi_and_lo_are_the_ends_of_the_parts_range_and_flagged() -> None:
    file = iread(ibutton(["22.5", "HI", "LO"]))
    assert [value for _, value in table(only(file))] == [22.5, 85.0, -40.0]
    assert any("HI or LO" in note for note in file.notes)


def test_a_spreadsheet_resave_adds_commas_and_24_hours() -> None:
    text = ibutton(["22.5"] * 4, "%d/%m/%Y %H:%M").replace(",Value", ",Value,,").replace(",22.5", ",22.5,,")
    text = text.replace("DS1921G-F5", "DS1921G-F5,,,,")
    file = iread(text)
    assert len(only(file).at_ms) == 4
    assert file.device.model == "DS1921G-F5"


def test_an_export_without_a_sample_says_so() -> None:
    refused = read_or_refused(ibutton(["1"]).rsplit("\n", 2)[0] + "\n")
    assert isinstance(refused, FileRefused)
    assert refused.code == "no-readings"


def test_the_head_of_a_ds1923() -> None:
    start = clock(2022, 3, 24, 14, 18, 1)
    head = "\r\n".join(
        (
            "1-Wire/iButton Part Number: DS1923",
            "1-Wire/iButton Registration Number: A20000005F2B2F41",
            "Mission in Progress?  true",
            "Sample Rate:  Every 120 second(s)",
            "Mission Start Time:  Thu Mar 24 14:18:01 CDT 2022",
            "Roll Over Enabled?  true(no rollover occurred)",
            "First Sample Timestamp:  Thu Mar 24 14:18:01 CDT 2022",
            "Temperature Logging:  0.5 C",
            "",
            "Date/Time,Unit,Value\r\n",
        )
    )
    at = [start + timedelta(minutes=2 * i) for i in range(5)]
    file = iread(ibutton(["18.594"] * 5, "%m/%d/%y %I:%M:%S %p", at=at, head=head), HAWAII)
    assert file.device.interval_ms == 120_000
    assert table(only(file))[0] == ("2022-03-25T00:18:01", 18.594)
