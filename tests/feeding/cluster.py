"""A Kafka for tests: librdkafka's own mock cluster, in this process, reached by others over the network.

It makes a topic of four partitions when one is first named, and keeps the last 5 MB of each.
"""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from coldchain.domain.duration import milliseconds, parse_duration

TOPIC = "coldchain.readings"
MINUTE = milliseconds(parse_duration("1 min"))
_WITHIN_S = 300.0


class MockKafka:
    """One broker and who publishes at it."""

    def __init__(self) -> None:
        quiet = {"log_level": 0}
        self._cluster = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "the mock's own", **quiet})
        brokers = self._cluster.list_topics(timeout=_WITHIN_S).brokers.values()
        self.brokers = ",".join(f"{each.host}:{each.port}" for each in brokers)
        self._producer = Producer({"bootstrap.servers": self.brokers, "enable.idempotence": True, **quiet})
        self._consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": "tests", **quiet})
        self.ends: dict[int, int] = {}
        """The offset after the last message of each partition that was written to."""

    def close(self) -> None:
        self._consumer.close()

    def publish(
        self,
        messages: Iterable[tuple[str, bytes | None]],
        partition: int = -1,
        headers: list[tuple[str, str | bytes | None]] | None = None,
    ) -> None:
        """Publish messages by key; returns when Kafka has taken all of them."""
        for key, value in messages:
            self._producer.produce(
                TOPIC, key=key, value=value, partition=partition, headers=headers or [], on_delivery=self._taken
            )  # fmt: skip
            self._producer.poll(0)
        assert self._producer.flush(_WITHIN_S) == 0

    def _taken(self, error: KafkaError | None, message: Message) -> None:
        assert error is None, error
        partition, offset = int(message.partition() or 0), int(message.offset() or 0)
        self.ends[partition] = max(self.ends.get(partition, 0), offset + 1)

    def all(self) -> list[tuple[str, bytes, dict[str, bytes]]]:
        """Key, value and headers of every message there is, each partition in its order."""
        of = [TopicPartition(TOPIC, number) for number in self._consumer.list_topics(TOPIC).topics[TOPIC].partitions]
        ends = {each.partition: self._consumer.get_watermark_offsets(each, timeout=_WITHIN_S) for each in of}
        self.ends = {number: end for number, (_, end) in ends.items() if end}
        self._consumer.assign([TopicPartition(TOPIC, number, first) for number, (first, _) in ends.items()])
        left = sum(end - first for first, end in ends.values())
        found: dict[int, list[tuple[str, bytes, dict[str, bytes]]]] = {number: [] for number in ends}
        deadline = time.monotonic() + _WITHIN_S
        while left:
            assert time.monotonic() < deadline, f"{left} messages are not there"
            for message in self._consumer.consume(left, 1.0):
                assert message.error() is None, message.error()
                found[int(message.partition() or 0)].append(_plain(message))
                left -= 1
        return [each for number in sorted(found) for each in found[number]]

    def kept_from(self, partition: int) -> int:
        """The first offset that there still is."""
        return int(self._consumer.get_watermark_offsets(TopicPartition(TOPIC, partition), timeout=_WITHIN_S)[0])


@contextmanager
def kafka_of_its_own() -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A mock cluster in another process, that can be made to stand still, and its address."""
    program = (
        "from tests.feeding.cluster import MockKafka; import sys\n"
        "made = MockKafka(); print(made.brokers, flush=True); sys.stdin.read(); made.close()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def _plain(message: Message) -> tuple[str, bytes, dict[str, bytes]]:
    key, value, headers = message.key(), message.value(), dict(message.headers() or ())
    assert isinstance(key, bytes)
    assert isinstance(value, bytes)
    return key.decode(), value, {name: said for name, said in headers.items() if isinstance(said, bytes)}


def native(sensor: str, at_ms: int, temperature_c: float) -> tuple[str, bytes]:
    """A reading as a sensor publishes it: the MQTT topic is the key."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"coldchain/readings/{sensor}", b'{"measured_at": "%s", "temperature_c": %.1f}' % (
        at.encode(),
        temperature_c,
    )
