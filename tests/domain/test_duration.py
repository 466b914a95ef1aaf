"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.duration import format_duration, in_full, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8h", 28_800),
        ("30 min", 1800),
        ("1 d 4 h", 100_800),
        ("PT8H", 28_800),
        ("P1DT30M", 88_200),
        ("1.5 h", 5400),
        ("90s", 90),
    ],
)
def test_what_people_write(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "8", "8 hours", "h", "P", "PT", "-8h", "8h 8", "1e3 h", "999999999 d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|hundred years"):
        parse_duration(text)


def test_a_hundred_years_and_no_more() -> None:
    assert parse_duration("36525 d") == timedelta(days=36_525)
    with pytest.raises(ValueError, match="hundred years"):
        parse_duration("36525 d 1 ms")


@given(st.text(max_size=30))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        assert parse_duration(text) >= timedelta()
    except ValueError:
        return


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0 min"),
        (500, "500 ms"),
        (45_000, "45 s"),
        (3_900_000, "1 h 5 min"),
        (3_599_999, "1 h"),
        (172_800_000, "2 d"),
        (86_400_000, "1 d"),
        (60_000, "1 min"),
        (1000, "1 s"),
        (-60_000, "−1 min"),
        (86_400_000 + 30 * 60_000 - 1, "1 d"),
        (86_400_000 + 30 * 60_000, "1 d 1 h"),
    ],
)
def test_what_people_read(milliseconds: int, text: str) -> None:
    assert format_duration(milliseconds) == text


@given(st.integers(0, 10**12))
def test_what_is_written_reads_back_within_half_of_its_smaller_unit(milliseconds: int) -> None:
    back = parse_duration(format_duration(milliseconds))
    assert abs(back / timedelta(milliseconds=1) - milliseconds) <= max(milliseconds * 0.04, 1)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("0 min", "0 min"), ("24 h", "1 d"), ("28 h 30 min", "1 d 4 h 30 min"), ("90 s", "1 min 30 s"),
        ("5 ms", "0.005 s"), ("23 h 59 min 59.999 s", "23 h 59 min 59.999 s"), ("1 h 1.5 s", "1 h 1.5 s"),
    ],
)  # fmt: skip
def test_what_a_rule_allows_is_said_in_full(said: str, text: str) -> None:
    assert in_full(parse_duration(said)) == text


@given(milliseconds=st.integers(0, 30_000 * 86_400_000))
def test_nothing_of_it_is_lost(milliseconds: int) -> None:
    assert parse_duration(in_full(milliseconds)) == timedelta(milliseconds=milliseconds)
