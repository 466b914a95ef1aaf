"""Times as loggers write them, and that the quick way over a column equals the slow one."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.loggers.date_order import local_times
from coldchain.loggers.stamps import NO_OFFSET, Stamps, epoch_ms, is_date, is_stamp, is_time, parse_stamps
from tests.loggers.writing import clock

NOON = "2026-03-14T12:34:56.000"


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-03-14 12:34:56", "YMD", NOON),
        ("2026-03-14T12:34:56", "YMD", NOON),
        ("2026/03/14 12:34:56.789", "YMD", "2026-03-14T12:34:56.789"),
        ("2026-03-14 12:34:56.7891", "YMD", "2026-03-14T12:34:56.789"),
        ("2026-03-14 12:34", "YMD", "2026-03-14T12:34:00.000"),
        ("14.03.2026 12:34:56", "DMY", NOON),
        ("14. 3. 2026 12:34:56", "DMY", NOON),
        ("03/14/26 12:34:56 PM", "MDY", NOON),
        ("03/14/26 12:34:56  PM", "MDY", NOON),
        ("03/14/26 12:00:00 AM", "MDY", "2026-03-14T00:00:00.000"),
        ("03/14/26 12:00:00 PM", "MDY", "2026-03-14T12:00:00.000"),
        ("03/14/26 01:05:00 odp.", "MDY", "2026-03-14T13:05:00.000"),
        ("14.03.26 01:05:00 dop.", "DMY", "2026-03-14T01:05:00.000"),
        ("14.03.26 1:05:00 p. m.", "DMY", "2026-03-14T13:05:00.000"),
        ("26.03.14 12.34.56", "YMD", NOON),
        ("12:34:56 14/Mar/2026", "DMY", NOON),
        ("14-Mar-26 12:34:56 pm", "DMY", NOON),
        ("14-Mrz-2026 12:34:56", "DMY", NOON),
        ("Mar 14, 2026 12:34:56 PM", "MDY", NOON),
        ("14.03.26,12:34:56", "DMY", NOON),
        ("20260314T123456", "YMD", NOON),
        ("14.03.2026 24:00:00", "DMY", "2026-03-15T00:00:00.000"),
    ],
)
def test_a_time_is_read_in_its_order(text: str, order: str, expected: str) -> None:
    stamps = parse_stamps([text])
    local_ms, good = local_times(stamps, order)
    assert is_stamp(text)
    assert good.all(), text
    assert np.datetime_as_string(local_ms.astype("M8[ms]"))[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "14.03.2026",
        "12:34",
        "31.02.2026 10:00",
        "14.03.2026 25:00",
        "14.03.2026 12:61",
        "00.00.2000 00:00",
        "12345",
    ],
)
def test_what_is_no_time_is_never_one(text: str) -> None:
    assert not local_times(parse_stamps([text]), "DMY")[1].any()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2026-03-14T12:34:56Z", 0),
        ("2026-03-14T12:34:56+02:00", 120),
        ("2026-03-14 12:34:56 -0330", -210),
        ("2026-03-14 12:34:56 UTC", 0),
        ("2026-03-14 12:34:56 GMT-07:00", -420),
        ("2026-03-14 12:34:56+05", 300),
        ("2026-03-14 12:34:56", NO_OFFSET),
    ],
)
def test_an_offset_in_a_time_is_seen(text: str, minutes: int) -> None:
    assert parse_stamps([text]).offset_min.tolist() == [minutes]


def test_dates_and_times_of_day_are_told_apart() -> None:
    assert is_date("21.04.08")
    assert not is_date("21.04.08 10:00")
    assert is_time("18.00.08")
    assert is_time("1:05 PM")
    assert not is_time("21")


def test_seconds_and_milliseconds_since_1970() -> None:
    at_ms, good = epoch_ms(["1576250220", "1576250220.25", "1576250220123", "soon"])
    assert good.tolist() == [True, True, True, False]
    assert at_ms.tolist()[:3] == [1576250220000, 1576250220250, 1576250220123]


MOMENTS = st.datetimes(min_value=clock(1990, 1, 1), max_value=clock(2069, 12, 31))


def same(column: Stamps, rows: list[Stamps]) -> None:
    """A column's numbers are those of its texts, each by itself."""
    assert column.good.tolist() == [bool(row.good[0]) for row in rows]
    for index, row in enumerate(rows):
        if row.good[0]:
            assert [int(part[index]) for part in column.parts] == [int(part[0]) for part in row.parts]
            assert int(column.day_ms[index]) == int(row.day_ms[0])
            assert int(column.offset_min[index]) == int(row.offset_min[0])


LAYOUTS = [
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
    "%Y-%m-%dT%H:%M:%S.%f+02:00",
    "%d-%b-%y %H.%M",
]


@given(st.lists(st.tuples(MOMENTS, st.sampled_from(LAYOUTS)), min_size=1, max_size=30))
def test_a_column_at_once_is_what_it_is_text_by_text(stamps: list[tuple[datetime, str]]) -> None:
    texts = [at.strftime(layout) for at, layout in stamps]
    same(parse_stamps(texts), [parse_stamps([text]) for text in texts])


@given(
    st.lists(
        st.from_regex(r"[0-3]?[0-9]\.[01][0-9]\.2[0-9] [0-2]?[0-9]:[0-6][0-9]( [AP]M)?", fullmatch=True), min_size=1
    )
)
def test_also_where_some_texts_are_no_times(texts: list[str]) -> None:
    same(parse_stamps(texts), [parse_stamps([text]) for text in texts])


@given(MOMENTS, st.sampled_from(["%Y-%m-%d %H:%M:%S.%f", "%d/%m/%Y %I:%M:%S.%f %p", "%b %d, %Y %I:%M:%S.%f %p"]))
def test_a_time_is_what_the_standard_library_makes_of_it(at: datetime, layout: str) -> None:
    order = {"%Y": "YMD", "%d": "DMY", "%b": "MDY"}[layout[:2]]
    local_ms, good = local_times(parse_stamps([at.strftime(layout)]), order)
    assert good.all()
    assert clock(1970, 1, 1) + timedelta(milliseconds=int(local_ms[0])) == at.replace(
        microsecond=at.microsecond // 1000 * 1000
    )
