"""When people are told of what can wait: at one time of the day, by the site's clock, whatever its summer time does."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.telling import due_ms

BERLIN = ZoneInfo("Europe/Berlin")


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("case", "since", "minute", "due"),
    [
        ("in the night", "2026-11-21T03:00+01:00", 480, "2026-11-21T08:00+01:00"),
        ("at the very moment", "2026-11-21T08:00+01:00", 480, "2026-11-21T08:00+01:00"),
        ("just after", "2026-11-21T08:00:00.001+01:00", 480, "2026-11-22T08:00+01:00"),
        ("over the end of summer time", "2026-10-24T09:00+02:00", 480, "2026-10-25T08:00+01:00"),
        ("a time that the day skips", "2026-03-28T12:00+01:00", 150, "2026-03-29T03:30+02:00"),
        ("a time that the day has twice", "2026-10-24T12:00+02:00", 150, "2026-10-25T02:30+02:00"),
        ("at once", "2026-11-21T03:00+01:00", None, "2026-11-21T03:00+01:00"),
    ],
)
def test_due(case: str, since: str, minute: int | None, due: str) -> None:
    assert due_ms(ms(since), minute, BERLIN) == ms(due), case


@given(
    st.integers(0, 4_102_444_800_000), st.integers(0, 1439), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])
)
def test_it_is_never_before_and_within_a_day(since_ms: int, minute: int, zone: str) -> None:
    due = due_ms(since_ms, minute, ZoneInfo(zone))
    assert 0 <= due - since_ms <= 26 * 3_600_000
    assert datetime.fromtimestamp(due / 1000, UTC).second == 0
