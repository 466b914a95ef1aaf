"""How limits, durations and instants are said."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.bounds import Bounds
from coldchain.domain.product import (
    AnyDuration,
    Condition,
    Each,
    Limit,
    NoAllowance,
    Predicate,
    Range,
    Total,
    conditions_limits,
    limit,
)
from coldchain.reporting.words import (
    about,
    allowance_words,
    at_least,
    at_most,
    clock_of,
    limit_words,
    plural,
    printable,
    together,
    triple,
)

H = 3_600_000


@pytest.mark.parametrize(
    ("duration_ms", "down", "nearest", "up"),
    [
        (0, "0 min", "0 min", "0 min"),
        (40 * 60_000, "40 min", "40 min", "40 min"),
        (65 * 60_000, "1 h 5 min", "1 h 5 min", "1 h 5 min"),
        (59 * 60_000 + 59_999, "59 min 59 s", "1 h", "1 h"),
        (H + 1, "1 h", "1 h", "1 h 1 min"),
        (24 * H + 45 * 60_000, "1 d 45 min", "1 d 45 min", "1 d 45 min"),
        (1500, "1 s", "2 s", "2 s"),
        (250, "250 ms", "250 ms", "250 ms"),
    ],
)
def test_a_least_is_never_said_longer_and_a_most_never_shorter(
    duration_ms: int, down: str, nearest: str, up: str
) -> None:
    assert (at_least(duration_ms), about(duration_ms), at_most(duration_ms)) == (down, nearest, up)


_SIZES = {"d": 86_400_000, "h": H, "min": 60_000, "s": 1000, "ms": 1}


def milliseconds_of(said: str) -> int:
    words = said.split()
    return sum(int(count) * _SIZES[unit] for count, unit in zip(words[::2], words[1::2], strict=True))


@given(st.integers(0, 400 * 86_400_000))
def test_what_is_said_brackets_the_duration(duration_ms: int) -> None:
    assert milliseconds_of(at_least(duration_ms)) <= duration_ms <= milliseconds_of(at_most(duration_ms))


def test_three_durations_in_one_line() -> None:
    bounds = Bounds(40 * 60_000, 50 * 60_000, 65 * 60_000)
    assert triple(bounds) == "at least 40 min, at most 1 h 5 min (estimate 50 min)"


CONDITIONS = conditions_limits(
    (
        Condition("room", Range(15_000, 25_000)),
        Condition("refrigerated", Range(2000, 8000), up_to=timedelta(hours=6)),
    ),
    None,
)


@pytest.mark.parametrize(
    ("given_limit", "said", "allowed"),
    [
        (limit(Predicate.ABOVE, 8000), "above 8 °C", "no allowance"),
        (limit(Predicate.AT_OR_BELOW, -500), "at or below −0.5 °C", "no allowance"),
        (limit(Predicate.BELOW, 2000, Each(timedelta(minutes=30))), "below 2 °C", "up to 30 min at a time"),
        (limit(Predicate.ABOVE, 8000, Total(timedelta(days=1))), "above 8 °C", "up to 1 d in all"),
        (
            limit(Predicate.ABOVE, 8000, Total(timedelta(hours=2), timedelta(days=7)), times=2),
            "above 8 °C",
            "up to 2 h in any 7 d, at most twice",
        ),
        (limit(Predicate.ABOVE, 25_000, AnyDuration(), times=1), "above 25 °C", "at most once"),
        (CONDITIONS[0], "outside 2–8 °C and 15–25 °C", "no allowance"),
        (CONDITIONS[1], "in 2–8 °C (refrigerated)", "up to 6 h in all"),
        (Limit("x", Predicate.ABOVE, ((8001, 2**62),), NoAllowance()), "above 8 °C", "no allowance"),
    ],
)
def test_a_limit_in_words(given_limit: Limit, said: str, allowed: str) -> None:
    assert (limit_words(given_limit), allowance_words(given_limit)) == (said, allowed)


SUMMER_ENDS = 1_792_890_000_000  # 2026-10-25T01:00Z, when Berlin sets its clocks from 03:00 back to 02:00


@pytest.mark.parametrize(
    ("zone", "at_ms", "said", "name"),
    [
        (None, 0, "1970-01-01 00:00", "UTC"),
        ("+02:00", 0, "1970-01-01 02:00", "UTC+02:00"),
        ("-07:30", 12_345, "1969-12-31 16:30:12.345", "UTC-07:30"),
        ("Europe/Berlin", SUMMER_ENDS - 7_200_000, "2026-10-25 01:00", "Europe/Berlin"),
        ("Europe/Berlin", SUMMER_ENDS - 1_800_000, "2026-10-25 02:30 +02:00", "Europe/Berlin"),
        ("Europe/Berlin", SUMMER_ENDS + 1_800_000, "2026-10-25 02:30 +01:00", "Europe/Berlin"),
        ("Atlantis/Capital", 0, "1970-01-01 00:00", "UTC"),
    ],
)
def test_an_instant_on_a_wall_clock(zone: str | None, at_ms: int, said: str, name: str) -> None:
    clock = clock_of(zone)
    assert (clock(at_ms), clock.name) == (said, name)


def test_counts_have_their_plural() -> None:
    assert [plural(count, "reading") for count in (0, 1, 2, 10_653)] == [
        "0 readings", "1 reading", "2 readings", "10\u00a0653 readings",
    ]  # fmt: skip


@given(st.text())
def test_printable_text_steers_nothing(said: str) -> None:
    assert all(sign.isprintable() for sign in printable(said) if sign != " ")
    assert len(printable(said)) == len(said)


def test_a_number_stays_on_the_line_of_its_unit() -> None:
    assert together("at most 1 h 5 min at 8 °C, 3 readings") == (
        "at most 1\u00a0h\u00a05\u00a0min at 8\u00a0°C, 3 readings"
    )
