"""What a transmitter sends, and when: a clock that is moved by hand, and everything that was sent."""

import json

import pytest

from coldchain.errors import BrokerUnavailable
from simulators.device import Sample
from simulators.publish import LARGEST_ARRAY, Publisher, Timeline, Transmitter, broadcast, message
from tests.ports import free_port

NOW_MS = 1_767_225_600_000


def sample(at_ms: int, milli_c: int = 5_000, sent_ms: int | None = None) -> Sample:
    return Sample(at_ms, at_ms, milli_c, at_ms if sent_ms is None else sent_ms)


class Clock:
    """A clock that only waiting moves; it stops whoever waits beyond its end."""

    def __init__(self, now_ms: int, end_ms: int) -> None:
        self.now_ms, self.end_ms = now_ms, end_ms

    def __call__(self) -> int:
        return self.now_ms

    def wait(self, seconds: float) -> bool:
        self.now_ms += max(1, round(seconds * 1000))
        return self.now_ms > self.end_ms


def sent_by(samples: list[Sample], clock: Clock) -> list[tuple[int, list[int]]]:
    """When each message was sent and the instants in it, both as seconds from now."""
    found: list[tuple[int, list[int]]] = []

    def send(payload: bytes) -> None:
        body = json.loads(payload)
        rows = body if isinstance(body, list) else [body]
        found.append((clock.now_ms - NOW_MS, [row["seq"] for row in rows]))

    broadcast(samples, send, clock, clock.wait)
    return found


def test_one_reading_is_an_object_and_several_are_an_array() -> None:
    one = json.loads(message([sample(NOW_MS + 1, 4_063)], 7))
    assert one == {"measured_at": "2026-01-01T00:00:00.001Z", "temperature_c": 4.063, "seq": 7}
    two = json.loads(message([sample(NOW_MS), sample(NOW_MS + 5_000, -127_000)], 8))
    assert [(row["seq"], row["temperature_c"]) for row in two] == [(8, 5.0), (9, -127.0)]


def test_the_past_is_sent_at_once_in_arrays_of_a_day() -> None:
    samples = [sample(NOW_MS - 300_000 * n) for n in range(600, 0, -1)]
    sent = sent_by(samples, Clock(NOW_MS, NOW_MS))
    assert [(when, len(rows)) for when, rows in sent] == [(0, LARGEST_ARRAY), (0, LARGEST_ARRAY), (0, 24)]
    assert [seq for _, rows in sent for seq in rows] == list(range(600))


def test_what_comes_is_sent_when_it_comes() -> None:
    sent = sent_by([sample(NOW_MS + ms) for ms in (1_000, 2_000, 3_000)], Clock(NOW_MS, NOW_MS + 10_000))
    assert sent == [(1_000, [0]), (2_000, [1]), (3_000, [2])]


def test_readings_of_an_outage_are_sent_together_when_it_is_over() -> None:
    samples = [
        sample(NOW_MS + 1_000),
        sample(NOW_MS + 2_000, sent_ms=NOW_MS + 3_500),
        sample(NOW_MS + 3_000, sent_ms=NOW_MS + 3_500),
        sample(NOW_MS + 4_000),
    ]
    assert sent_by(samples, Clock(NOW_MS, NOW_MS + 10_000)) == [(1_000, [0]), (4_000, [1, 2, 3])]


def test_a_trace_that_ends_within_an_outage_is_sent_after_it() -> None:
    samples = [sample(NOW_MS + 1_000, sent_ms=NOW_MS + 6_000)]
    assert sent_by(samples, Clock(NOW_MS, NOW_MS + 10_000)) == [(6_000, [0])]


def test_whoever_is_stopped_sends_no_more() -> None:
    assert sent_by([sample(NOW_MS + ms) for ms in (1_000, 9_000)], Clock(NOW_MS, NOW_MS + 5_000)) == [(1_000, [0])]


def test_after_the_turn_time_runs_faster_and_a_wrong_clock_stays_as_wrong() -> None:
    timeline = Timeline(NOW_MS, speed=60)
    before = Sample(NOW_MS - 5, NOW_MS - 5, 1, NOW_MS - 5)
    assert timeline.real(before) == before
    jumped = Sample(NOW_MS + 300_000, NOW_MS + 300_000 + 7_200_000, 1, NOW_MS + 600_000)
    assert timeline.real(jumped) == Sample(NOW_MS + 5_000, NOW_MS + 5_000 + 7_200_000, 1, NOW_MS + 10_000)


def test_a_transmitter_knows_when_it_can_send_next() -> None:
    assert Transmitter().next_ms is None
    transmitter = Transmitter()
    transmitter.take(sample(NOW_MS, sent_ms=NOW_MS + 9))
    transmitter.take(sample(NOW_MS + 1, sent_ms=NOW_MS + 4))
    assert (transmitter.waiting, transmitter.next_ms) == (2, NOW_MS + 4)


def test_no_broker_is_one_sentence() -> None:
    port = free_port()
    with pytest.raises(BrokerUnavailable, match=f"no MQTT broker answers at 127.0.0.1:{port}"):
        Publisher("127.0.0.1", port, "probe").connect()
