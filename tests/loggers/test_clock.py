"""From the device's clock to UTC: zones, hints, and the hours that clocks skip or repeat."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused, UsageError
from coldchain.loggers import Declared
from coldchain.loggers.clock import ZoneWords, zone_words
from coldchain.loggers.zones import format_offset, parse_zone, place
from tests.loggers.writing import clock, only, read_or_refused, reading, table

BERLIN = Declared(tz="Europe/Berlin")


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Date Time, GMT-07:00", ZoneWords(-420)),
        ("Date Time - GMT +05:00", ZoneWords(300)),
        ("Date Time, GMT+05:45", ZoneWords(345)),
        ("Timestamp (UTC)", ZoneWords(0)),
        ("measured_at_utc", ZoneWords(0)),
        ("Timestamp (UTC offset: +01:00)", ZoneWords(60)),
        ("Time (UTC+5.5)", ZoneWords(None, "UTC+5.5")),
        ("Time (UTC+01:00) Amsterdam, Berlin", ZoneWords(None, "(UTC+01:00) Amsterdam, Berlin")),
        ("Date (UTC+01:00) Time", ZoneWords(60)),
        ("Time UTC 01:00", ZoneWords()),
        ("Time (local, not UTC)", ZoneWords()),
        ("Date-Time (CEST)", ZoneWords(None, "CEST")),
        ("Date-Time (Pacific Standard Time)", ZoneWords(None, "Pacific Standard Time")),
        ("Date Time CST", ZoneWords(None, "CST")),
        ("Date Time (GMT)", ZoneWords(None, "GMT")),
        ("Date Time", ZoneWords()),
        ("DATE TIME", ZoneWords()),
        ("Date (dd/mm/yyyy)", ZoneWords()),
        ("Time (hh:mm:ss)", ZoneWords()),
    ],
)
def test_what_a_heading_says_of_its_zone(heading: str, expected: ZoneWords) -> None:
    assert zone_words(heading) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("UTC", "UTC"),
        ("z", "UTC"),
        ("+02:00", "+02:00"),
        ("-0330", "-03:30"),
        ("GMT+1", "+01:00"),
        ("Asia/Kolkata", "Asia/Kolkata"),
    ],
)
def test_zones_that_can_be_declared(text: str, name: str) -> None:
    assert parse_zone(text).name == name


@pytest.mark.parametrize(
    "text", ["CST", "EST", "Berlin", "Europe/Atlantis", "+25:00", "+01:75", "../../etc/passwd", ""]
)
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="time zone"):
        parse_zone(text)


def csv(at: list[datetime], heading: str = "Time") -> str:
    return f"{heading},Temperature (°C)\n" + "".join(f"{m:%Y-%m-%d %H:%M:%S},5.{m.minute:02d}\n" for m in at)


def utc_steps(text: str, declared: Declared) -> set[int]:
    return set(np.diff(only(reading(text, declared)).at_ms).tolist())


def test_times_without_a_zone_are_asked_about() -> None:
    with pytest.raises(FileRefused, match="carry no zone") as refused:
        reading(csv([clock(2026, 3, 1, 12)]), Declared())
    assert refused.value.code == "ambiguous-time-zone"


def test_an_abbreviation_is_a_hint_and_shown_beside_the_answer() -> None:
    text = csv([clock(2026, 3, 1, 12)], "Date Time CST")
    with pytest.raises(FileRefused, match="CST") as refused:
        reading(text, Declared())
    assert refused.value.code == "ambiguous-time-zone"
    assert "--tz America/Mexico_City" in refused.value.options
    evidence = reading(text, Declared(tz="Asia/Shanghai")).evidence["time_zone"]
    assert (evidence.value, evidence.source) == ("Asia/Shanghai", "declared")
    assert "CST" in evidence.note


@pytest.mark.parametrize("written", ["{} {}", "{}  {}", "{} pm {}"])
def test_an_abbreviation_behind_every_time_is_a_hint_too(written: str) -> None:
    stamps = [written.format(f"2026-10-25 0{hour}:{minute}:00", zone) for hour, minute, zone in (
        (1, 30, "CEST"), (2, "00", "CEST"), (2, 30, "CEST"), (2, "00", "CET"), (2, 30, "CET"))]  # fmt: skip
    text = "time,temp_c\n" + "".join(f"{stamp},5.{at}\n" for at, stamp in enumerate(stamps))
    with pytest.raises(FileRefused, match="CEST/CET") as refused:
        reading(text, Declared())
    assert refused.value.code == "ambiguous-time-zone"
    assert refused.value.options == ("--tz Europe/Berlin", "--tz Europe/Paris")
    file = reading(text, Declared(tz="Europe/Berlin"))
    assert len(only(file).at_ms) == 5
    assert "CEST/CET" in file.evidence["time_zone"].note


def test_an_offset_of_whole_hours_behind_utc_or_gmt() -> None:
    file = reading("time,temp_c\n2026-10-25 02:00 GMT+1,5.1\n2026-10-25 02:10 GMT+1,5.2\n", Declared())
    assert table(only(file)) == [("2026-10-25T01:00:00", 5.1), ("2026-10-25T01:10:00", 5.2)]


def test_the_site_zone_answers_where_nothing_else_does() -> None:
    evidence = reading(csv([clock(2026, 3, 1, 12)]), Declared(site_tz="Europe/Berlin")).evidence["time_zone"]
    assert (evidence.value, evidence.source) == ("Europe/Berlin", "declared")


def test_offsets_in_the_times_need_no_answer() -> None:
    text = "created_at,temp_c\n2026-10-25T02:50:00+02:00,5.1\n2026-10-25T02:00:00+01:00,5.2\n"
    file = reading(text, Declared())
    assert table(only(file)) == [("2026-10-25T00:50:00", 5.1), ("2026-10-25T01:00:00", 5.2)]
    assert file.evidence["time_zone"].value == "+01:00/+02:00"
    assert file.evidence["time_zone"].source == "column"


def test_times_of_which_some_name_an_offset_are_asked_about() -> None:
    with pytest.raises(FileRefused) as refused:
        reading("created_at,temp_c\n2026-10-25T02:50:00+02:00,5.1\n2026-10-25T02:00:00,5.2\n")
    assert refused.value.code == "ambiguous-time-zone"


def wall(start: datetime, count: int, minutes: int, zone: str = "Europe/Berlin") -> list[datetime]:
    """What a clock that follows a zone shows every so many minutes."""
    first = start.replace(tzinfo=ZoneInfo(zone)).timestamp()
    moments = (first + 60 * minutes * index for index in range(count))
    return [datetime.fromtimestamp(moment, ZoneInfo(zone)).replace(tzinfo=None) for moment in moments]


@pytest.mark.parametrize("minutes", [5, 10, 15, 20, 30, 60, 120])
@pytest.mark.parametrize("day", [clock(2026, 10, 24, 20), clock(2026, 3, 28, 20)])
@pytest.mark.parametrize("newest_first", [False, True])
def test_a_clock_that_follows_its_zone_keeps_the_interval_over_the_change(
    minutes: int, day: datetime, newest_first: bool
) -> None:
    at = wall(day, 12 * 60 // minutes, minutes)
    sign = -1 if newest_first else 1
    assert utc_steps(csv(at[::sign]), BERLIN) == {sign * minutes * 60_000}


@given(
    minutes=st.integers(1, 180),
    offset=st.integers(0, 179),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_no_wrong_instant_whatever_the_interval(minutes: int, offset: int, zone: str) -> None:
    start = {"Australia/Lord_Howe": clock(2026, 4, 4, 12)}.get(zone, clock(2026, 10, 24, 12)) + timedelta(
        minutes=offset
    )
    start = clock(2026, 10, 31, 12) + timedelta(minutes=offset) if zone == "America/New_York" else start
    count = 40 * 60 // minutes
    at = wall(start, count, minutes, zone)
    file = read_or_refused(csv(at), Declared(tz=zone))
    if isinstance(file, FileRefused):
        assert file.code == "ambiguous-time-zone"
    else:
        assert set(np.diff(only(file).at_ms).tolist()) == {minutes * 60_000}


def test_a_repeated_hour_passed_once_is_asked_about() -> None:
    """The device's clock was not set back: its times keep the interval, and no reading of them in the zone does."""
    at = [clock(2026, 10, 25, 1) + timedelta(minutes=10 * i) for i in range(24)]
    with pytest.raises(FileRefused, match="twice") as refused:
        reading(csv(at), BERLIN)
    assert refused.value.code == "ambiguous-time-zone"
    assert refused.value.options == ("--tz +01:00", "--tz +02:00")
    assert utc_steps(csv(at), Declared(tz="+02:00")) == {600_000}


def test_an_irregular_repeated_hour_is_asked_about_unless_the_clock_ran_backwards() -> None:
    once = [clock(2026, 10, 25, 1, 10), clock(2026, 10, 25, 2, 17), clock(2026, 10, 25, 3, 40), clock(2026, 10, 25, 9)]
    with pytest.raises(FileRefused) as refused:
        reading(csv(once), BERLIN)
    assert refused.value.code == "ambiguous-time-zone"
    back = [clock(2026, 10, 25, 1, 10), clock(2026, 10, 25, 2, 47), clock(2026, 10, 25, 2, 5), clock(2026, 10, 25, 9)]
    assert [at for at, _ in table(only(reading(csv(back), BERLIN)))] == [
        "2026-10-24T23:10:00", "2026-10-25T00:47:00", "2026-10-25T01:05:00", "2026-10-25T08:00:00",
    ]  # fmt: skip


def test_a_time_that_the_zone_skips_contradicts_it() -> None:
    at = [clock(2026, 3, 29, 1) + timedelta(minutes=10 * i) for i in range(24)]
    with pytest.raises(FileRefused, match=r"02:00 does not exist in Europe/Berlin") as refused:
        reading(csv(at), BERLIN)
    assert refused.value.code == "contradiction"
    assert refused.value.options == ("--tz +01:00", "--tz +02:00")


def test_an_interval_kept_over_the_change_contradicts_a_zone_that_changed() -> None:
    at = [clock(2026, 3, 28, 1) + timedelta(minutes=120 * i) for i in range(48)]
    with pytest.raises(FileRefused, match="keep their interval") as refused:
        reading(csv(at), BERLIN)
    assert refused.value.code == "contradiction"


@given(
    st.lists(st.datetimes(clock(2015, 1, 1), clock(2030, 1, 1)), min_size=1, max_size=50),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "Asia/Tehran", "Africa/Cairo"]),
)
def test_placing_by_day_is_placing_by_the_standard_library(moments: list[datetime], name: str) -> None:
    local_ms = np.array([(at - clock(1970, 1, 1)) // timedelta(milliseconds=1) for at in moments], dtype=np.int64)
    placed = place(local_ms, parse_zone(name))
    for index, local in enumerate(local_ms.tolist()):
        at = clock(1970, 1, 1) + timedelta(milliseconds=local)
        for fold, found in ((0, placed.early), (1, placed.late)):
            expected = at.replace(tzinfo=ZoneInfo(name), fold=fold).timestamp()
            assert int(found[index]) == round(expected * 1000)


def test_offsets_are_written_with_sign_and_two_digits() -> None:
    assert [format_offset(minutes) for minutes in (0, 120, -210)] == ["+00:00", "+02:00", "-03:30"]
