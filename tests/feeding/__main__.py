"""``python -m tests.feeding``: what the way from Kafka costs, beside the ingest step alone; then what the bridge costs.

The messages are plain native ones, a reading each, of sensors that are judged; librdkafka's mock cluster and the
producer are in the same process, and their processor time is not told apart.
"""

import os
import tempfile
import time
from pathlib import Path

from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.kafka import BATCH, KafkaFeed
from coldchain.monitoring.kafka_topic import KafkaSource
from coldchain.payloads import DEFAULT_ROUTES, Router
from coldchain.records import Store, kafka_offsets
from tests.benchmarks.ingesting import ward
from tests.feeding.bridging import cost
from tests.feeding.cluster import MINUTE, TOPIC, MockKafka, native
from tests.monitoring.ward import START

SENSORS, MINUTES, TIMES = 1_000, 30, 2


def messages(minute: int) -> list[tuple[str, bytes]]:
    """A minute's readings."""
    return [native(f"s{number}", START + minute * MINUTE, 4.0 + number % 30 / 10) for number in range(SENSORS)]


def alone(store: Store) -> float:
    """The ingest step with the decoders in front of it; µs a reading."""
    now_ms = START + MINUTES * MINUTE
    arrivals = Arrivals(Router(DEFAULT_ROUTES), lambda: now_ms)
    warm(store, now_ms)
    published = [messages(minute) for minute in range(1, MINUTES)]
    began = time.perf_counter()
    for batch in published:
        arrived = [arrivals.arrive(*one) for one in batch]
        ingest(store, [one for one in arrived if one is not None], now_ms, ())
    return (time.perf_counter() - began) / SENSORS / (MINUTES - 1) * 1e6


def warm(store: Store, now_ms: int) -> None:
    """The first reading of every sensor, which is judged by itself."""
    arrivals = Arrivals(Router(DEFAULT_ROUTES), lambda: now_ms)
    ingest(store, [one for one in (arrivals.arrive(*each) for each in messages(0)) if one is not None], now_ms, ())


def from_kafka(store: Store) -> float:
    """The same out of Kafka; µs a reading."""
    now_ms = START + MINUTES * MINUTE
    warm(store, now_ms)
    kafka = MockKafka()
    for minute in range(1, MINUTES):
        kafka.publish(messages(minute))
    feed = KafkaFeed(
        KafkaSource(kafka.brokers, TOPIC), store, Router(DEFAULT_ROUTES),
        lambda batch, also: void(ingest(store, batch, now_ms, (), also)), lambda: now_ms, lambda *_: None,
    )  # fmt: skip
    began = time.perf_counter()
    feed.start()
    while True:
        with store.reading() as tx:
            if sum(kafka_offsets.following(tx, TOPIC).values()) == SENSORS * (MINUTES - 1):
                break
        if time.perf_counter() - began > 120:
            raise RuntimeError(f"not all of it was stored: {feed.complaint}")
        time.sleep(0.02)
    took_s = time.perf_counter() - began
    feed.stop()
    kafka.close()
    return took_s / SENSORS / (MINUTES - 1) * 1e6


def void(_: object) -> None:
    """Answer nothing."""


def main() -> None:
    """Print both, the best of several in turn."""
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as name:
        for turn in range(TIMES):
            bare.append(alone(ward(Path(name), SENSORS, START, f"alone-{turn}.db")))
            ours.append(from_kafka(ward(Path(name), SENSORS, START, f"kafka-{turn}.db")))
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; best of {TIMES}, batches of up to {BATCH:,}")
    print(f"decoded, judged and stored:            {min(bare):6.1f} µs a reading")
    print(f"the same out of Kafka, with its start: {min(ours):6.1f} µs a reading, {min(ours) / min(bare):.2f} ×")
    cost()


if __name__ == "__main__":
    main()
