"""When an alert is tried again."""

from itertools import count, pairwise

import pytest

from coldchain.notifying.retry import SLOW_FOR_MS, delay_ms

MIN = 60_000
HOUR = 60 * MIN


def attempts_ms() -> list[int]:
    """When each attempt is made, from the first, if every one of them fails."""
    at, times = 0, [0]
    for failed in count(1):
        delay = delay_ms(failed)
        if delay is None:
            return times
        at += delay
        times.append(at)
    raise AssertionError


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 15), (2, 30), (3, 60), (4, 120), (5, 300), (6, 600), (7, 900), (50, 900), (150, 3600)],
)
def test_the_wait_grows_and_then_stays(attempts: int, seconds: int) -> None:
    assert delay_ms(attempts) == seconds * 1000


def test_within_any_day_of_the_first_week_there_are_at_least_six_retries() -> None:
    times = attempts_ms()
    for start in range(0, SLOW_FOR_MS - 24 * HOUR + 1, HOUR):
        assert sum(start < at <= start + 24 * HOUR for at in times) >= 6, start


def test_on_the_first_day_nobody_waits_longer_than_a_quarter_of_an_hour() -> None:
    times = [at for at in attempts_ms() if at <= 24 * HOUR]
    assert max(b - a for a, b in pairwise(times)) <= 15 * MIN


def test_waits_never_shrink_and_end_after_a_week() -> None:
    times = attempts_ms()
    waits = [b - a for a, b in pairwise(times)]
    assert waits == sorted(waits)
    assert SLOW_FOR_MS - HOUR <= times[-1] <= SLOW_FOR_MS
