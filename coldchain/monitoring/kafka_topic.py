"""A Kafka topic, as it is read here: where its partitions begin and end, and the messages from given offsets on."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coldchain.errors import BrokerUnavailable, UsageError

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError, Message

TOPIC_HEADER = "mqtt.topic"
"""The header that names the MQTT topic; without it the message's key does."""
RETAINED_HEADER, REPEATED_HEADER = "mqtt.retained", "mqtt.dup"
"""Set to ``1`` where the broker had kept a message, or may have sent it before."""
REFUSED_HEADER = "mqtt.refused"
"""Why a message cannot be read, where whoever published it could not send all of it; the payload is its beginning."""

_GROUP = "coldchain"
_POLL_S, _LINGER_S = 0.5, 0.02
_ANSWER_S = 5.0
_LONGEST_REASON = 300


@dataclass(frozen=True)
class KafkaSource:
    """What is read.

    Attributes:
        brokers: ``HOST:PORT``, several with commas.
        topic: Keyed by sensor, or by MQTT topic.
        partitions: Which; ``None`` for all, also those that are added later.
        elsewhere: Which ones other records read, where that is known: then one that nobody reads is told of.
        more: librdkafka's own settings, such as ``security.protocol``; may hold secrets, so they do not print.
    """

    brokers: str
    topic: str
    partitions: frozenset[int] | None = None
    elsewhere: frozenset[int] | None = None
    more: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class FromKafka:
    """One message.

    Attributes:
        partition, offset: Where it stands.
        topic: The MQTT topic it is about.
        payload: As published there.
        stamp_ms: When it reached Kafka, or was made, as Kafka says; ``None`` where it does not.
        retained, repeated: As the MQTT broker said.
        refused: Why it cannot be read; empty where it can.
    """

    partition: int
    offset: int
    topic: str
    payload: bytes
    stamp_ms: int | None
    retained: bool
    repeated: bool
    refused: str = ""


class MessagesGone(BrokerUnavailable):
    """Kafka no longer has the message that is to be read next."""


class KafkaTopic:
    """A topic with a consumer of its own, which keeps nothing at Kafka.

    Raises:
        UsageError: Kafka's client is not installed, or does not take its settings.
    """

    def __init__(self, source: KafkaSource) -> None:
        must_be_installed()
        self._source = source
        self._consumer = _consumer(source, self._note)
        self._said = ""

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()

    def partitions(self) -> set[int]:
        """Which partitions are to be read.

        Raises:
            BrokerUnavailable: Kafka does not answer, or has no such topic or partition.
        """
        topic, wanted = self._source.topic, self._source.partitions
        there = self._there()
        if wanted is None:
            return there
        if not wanted <= there:
            missing = ", ".join(map(str, sorted(wanted - there)))
            raise BrokerUnavailable(f"the Kafka topic {topic} has {len(there)} partitions, and no {missing}")
        return set(wanted)

    def read_by_nobody(self) -> set[int]:
        """Which partitions neither this record reads nor, by what is known of them, another one; raises the same."""
        elsewhere, wanted = self._source.elsewhere, self._source.partitions
        return set() if elsewhere is None or wanted is None else self._there() - wanted - elsewhere

    def _there(self) -> set[int]:
        with self._answering():
            found = self._consumer.list_topics(self._source.topic, timeout=_ANSWER_S).topics[self._source.topic]
        if found.error is not None or not found.partitions:
            raise BrokerUnavailable(
                f"Kafka at {self._source.brokers} has no topic {self._source.topic}: make it, or name another"
            )
        return set(found.partitions)

    def ends(self, partition: int) -> tuple[int, int]:
        """The first offset that there still is in a partition, and the one that the next message will have."""
        from confluent_kafka import TopicPartition

        with self._answering():
            of = TopicPartition(self._source.topic, partition)
            found = self._consumer.get_watermark_offsets(of, timeout=_ANSWER_S)
        if found is None:
            raise BrokerUnavailable(f"Kafka at {self._source.brokers} does not say where {self._source.topic} ends")
        return int(found[0]), int(found[1])

    def read_from(self, offsets: Mapping[int, int]) -> None:
        """Have `batch` bring these partitions, each from an offset on."""
        from confluent_kafka import TopicPartition

        with self._answering():
            self._consumer.assign([TopicPartition(self._source.topic, *where) for where in offsets.items()])

    def batch(self, most: int) -> list[FromKafka]:
        """What has come, after a short wait for company; empty where nothing came.

        Raises:
            MessagesGone: The next message is no longer there.
            BrokerUnavailable: Kafka answers with another error.
        """
        first = self._consumer.poll(_POLL_S)
        if first is None:
            return []
        with self._answering():
            messages = [first, *self._consumer.consume(most - 1, _LINGER_S)]
        return [self._read(message) for message in messages]

    def _note(self, error: "KafkaError") -> None:
        self._said = error.str()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        from confluent_kafka import KafkaException

        try:
            yield
        except KafkaException as error:
            why = self._said or error.args[0].str()
            raise BrokerUnavailable(f"Kafka at {self._source.brokers} does not answer: {why}") from error

    def _read(self, message: "Message") -> FromKafka:
        from confluent_kafka import KafkaError

        error = message.error()
        if error is not None and error.code() == KafkaError._AUTO_OFFSET_RESET:
            raise MessagesGone(f"Kafka no longer has the messages of {self._source.topic} that are to be read next")
        if error is not None:
            raise BrokerUnavailable(f"Kafka at {self._source.brokers} answers with an error: {error.str()}")
        headers = dict(message.headers() or ())
        kind, stamp_ms = message.timestamp()
        return FromKafka(
            int(message.partition() or 0),
            int(message.offset() or 0),
            _bytes(headers.get(TOPIC_HEADER) or message.key()).decode("utf-8", "replace"),
            _bytes(message.value()),
            stamp_ms if kind and stamp_ms > 0 else None,
            retained=headers.get(RETAINED_HEADER) == b"1",
            repeated=headers.get(REPEATED_HEADER) == b"1",
            refused=_bytes(headers.get(REFUSED_HEADER)).decode("utf-8", "replace")[:_LONGEST_REASON],
        )


def _consumer(source: KafkaSource, note: Callable[["KafkaError"], None]) -> "Consumer":
    from confluent_kafka import Consumer, KafkaException

    fixed = {
        "bootstrap.servers": source.brokers,
        "group.id": _GROUP,  # the client asks for one; nothing is kept under it
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",  # messages that are gone are to be noticed, not skipped
        "error_cb": note,
        "log_level": 0,  # of brokers that are away it writes a line a millisecond; `note` is told the same
    }
    try:
        return Consumer({**source.more, **fixed})
    except KafkaException as error:
        raise UsageError(f"Kafka's client does not take its settings: {error.args[0].str()}") from error


def must_be_installed() -> None:
    """Raise `UsageError`, saying what to install, where Kafka's client is not there."""
    try:
        import confluent_kafka  # noqa: F401
    except ImportError as error:
        raise UsageError("Kafka needs its client: install coldchain[kafka]") from error


def _bytes(value: bytes | str | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""
