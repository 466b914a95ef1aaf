"""Instants as programs and people read them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.instant import EPOCH, instant_ms, iso, minute, utc

BERLIN = ZoneInfo("Europe/Berlin")
EARLIEST_MS, LATEST_MS = -62_000_000_000_000, 253_000_000_000_000


@pytest.mark.parametrize(
    ("at_ms", "for_programs", "for_people"),
    [
        (0, "1970-01-01T00:00:00.000Z", "1970-01-01 00:00 UTC"),
        (-1, "1969-12-31T23:59:59.999Z", "1969-12-31 23:59 UTC"),
        (1_795_255_199_999, "2026-11-21T09:59:59.999Z", "2026-11-21 09:59 UTC"),
    ],
)
def test_an_instant_is_written(at_ms: int, for_programs: str, for_people: str) -> None:
    assert (iso(at_ms), minute(at_ms)) == (for_programs, for_people)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000Z"),
        ("2026-11-21T10:00:00+05:30", "2026-11-21T04:30:00.000Z"),
        ("2026-11-21 10:00", "2026-11-21T09:00:00.000Z"),  # Berlin's winter
        ("2026-07-01", "2026-06-30T22:00:00.000Z"),  # and its summer
        ("2026-11-21T10:00:00.0019Z", "2026-11-21T10:00:00.001Z"),
    ],
)
def test_a_text_without_an_offset_is_a_time_of_the_zone(text: str, expected: str) -> None:
    assert iso(instant_ms(text, BERLIN)) == expected


@pytest.mark.parametrize("text", ["", "10:00", "yesterday", "2026-02-30"])
def test_other_texts_are_no_instants(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|day is out of range"):
        instant_ms(text, BERLIN)


@given(st.integers(EARLIEST_MS, LATEST_MS))
def test_what_is_written_is_read_back_to_the_millisecond(at_ms: int) -> None:
    assert instant_ms(iso(at_ms), BERLIN) == at_ms
    assert utc(at_ms) - EPOCH == timedelta(milliseconds=at_ms)
