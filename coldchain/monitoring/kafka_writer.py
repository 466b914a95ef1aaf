"""Messages into a Kafka topic, each answered when Kafka has taken it for good."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from coldchain.errors import BrokerUnavailable, UsageError
from coldchain.monitoring.kafka_topic import (
    REFUSED_HEADER,
    REPEATED_HEADER,
    RETAINED_HEADER,
    TOPIC_HEADER,
    must_be_installed,
)

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Message, Producer

MOST_UNDERWAY = 20_000
"""So many messages may be on their way to Kafka; then whoever brings them has to wait."""
LARGEST_IN_PART = 4_096
"""So much is sent of a message that is too large for Kafka: what a record keeps of what it refuses."""
QUIET_S = 10.0
"""Messages that Kafka has left without an answer for so long are told of."""
_ANSWER_S = 5.0
_MOST_KB = 128 << 10


@dataclass(frozen=True)
class KafkaTarget:
    """Where messages go.

    Attributes:
        brokers: ``HOST:PORT``, several with commas.
        topic: It has to be there.
        more: librdkafka's own settings; may hold secrets, so they do not print.
    """

    brokers: str
    topic: str
    more: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ToKafka:
    """One message.

    Attributes:
        key: What it belongs to; messages with the same key keep their order.
        topic, payload: As published by MQTT.
        retained, repeated: As the MQTT broker said.
    """

    key: str
    topic: str
    payload: bytes
    retained: bool = False
    repeated: bool = False

    @property
    def headers(self) -> list[tuple[str, str | bytes | None]]:
        """What the key and the payload do not say."""
        found: list[tuple[str, str | bytes | None]] = []
        if self.key != self.topic:
            found.append((TOPIC_HEADER, _bytes(self.topic)))
        if self.retained:
            found.append((RETAINED_HEADER, b"1"))
        if self.repeated:
            found.append((REPEATED_HEADER, b"1"))
        return found


class NoRoom(Exception):
    """As many messages are on their way to Kafka as may be."""


class KafkaWriter:
    """One life of an idempotent producer; with its first failure it takes no more, and another one has to be made.

    One thread calls `look`, any other one `write`. Answers are given in the thread of `look`.

    Args:
        target: Where to.
        singly: Whether each message is sent by itself, so that a refusal is of that one.

    Attributes:
        failure: Why it takes no more; what it has not answered may have reached Kafka, and has to be written again.
        too_large: Whether it failed because Kafka found messages too large that were sent together.
        taken: Messages that Kafka has taken.
        cut: Messages of which only the beginning was sent.

    Raises:
        UsageError: Kafka's client is not installed, or does not take its settings.
    """

    def __init__(self, target: KafkaTarget, *, singly: bool = False) -> None:
        must_be_installed()
        self._target = target
        self._singly = singly
        self._producer = _producer(target, self._note, singly=singly)
        self._said = ""
        self._answered_s = time.monotonic()
        self._counting = threading.Lock()
        self._underway = 0
        self.failure: str | None = None
        self.too_large = False
        self.taken = self.cut = 0

    def must_be_there(self) -> None:
        """Raise `BrokerUnavailable` where Kafka does not answer, or has no such topic."""
        from confluent_kafka import KafkaException

        name = self._target.topic
        try:
            found = self._producer.list_topics(name, timeout=_ANSWER_S).topics[name]
        except KafkaException as error:
            why = self._said or error.args[0].str()
            raise BrokerUnavailable(f"Kafka at {self._target.brokers} does not answer: {why}") from error
        if found.error is not None or not found.partitions:
            raise BrokerUnavailable(f"Kafka at {self._target.brokers} has no topic {name}: make it, or name another")

    def write(self, message: ToKafka, taken: Callable[[], None]) -> None:
        """Hand a message to Kafka.

        Args:
            message: What.
            taken: Called when all of Kafka's copies hold it (``acks=all``); not at all where that cannot be known.

        Raises:
            NoRoom: Too many are on their way.
        """
        from confluent_kafka import KafkaError, KafkaException

        try:
            self._produce(message, message.payload, message.headers, taken)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.MSG_SIZE_TOO_LARGE:
                self._fail(error.args[0].str())
                return
            self._write_in_part(message, taken)

    def look(self, wait_s: float) -> None:
        """Give the answers that have come; waits for some."""
        self._producer.poll(wait_s)

    @property
    def complaint(self) -> str | None:
        """What does not work now; ``None`` while all is well."""
        if self.failure is not None:
            return self.failure
        quiet_s = time.monotonic() - self._answered_s
        if not self._underway or quiet_s < QUIET_S:
            return None
        why = f": {self._said}" if self._said else ""
        return f"Kafka at {self._target.brokers} has taken none of {self._underway} messages for {quiet_s:.0f} s{why}"

    def close(self, wait_s: float = 0.0) -> None:
        """Let what is on its way arrive, for so long; forget the rest, which is answered no more."""
        if self.failure is None:
            self._producer.flush(wait_s)
        self.failure = self.failure or "it is closed"
        self._producer.purge()
        self._producer.flush(_ANSWER_S)

    # -- one message ---------------------------------------------------------------------------------------------------

    def _produce(
        self, message: ToKafka, value: bytes, headers: list[tuple[str, str | bytes | None]], taken: Callable[[], None]
    ) -> None:
        if self.failure is not None:
            return
        if self._underway >= MOST_UNDERWAY:
            raise NoRoom
        if not self._underway:
            self._answered_s = time.monotonic()
        try:
            self._producer.produce(
                self._target.topic, value, _bytes(message.key), on_delivery=partial(self._delivered, message, taken),
                headers=headers,
            )  # fmt: skip
        except BufferError as error:
            raise NoRoom from error
        with self._counting:
            self._underway += 1

    def _write_in_part(self, message: ToKafka, taken: Callable[[], None]) -> None:
        """Only the beginning, with a word why: it is refused where it is read, and nothing waits behind it."""
        size = len(message.payload)
        why = f"the payload has {size} bytes, more than Kafka takes; this is its beginning"
        headers = [*message.headers, (REFUSED_HEADER, why.encode())]
        self._produce(message, message.payload[:LARGEST_IN_PART], headers, taken)
        self.cut += 1

    def _delivered(self, message: ToKafka, taken: Callable[[], None], error: "KafkaError | None", _: "Message") -> None:
        from confluent_kafka import KafkaError, KafkaException

        with self._counting:
            self._underway -= 1
        if error is None:
            self._answered_s = time.monotonic()
            self.taken += 1
            taken()
            return
        if error.code() != KafkaError.MSG_SIZE_TOO_LARGE or len(message.payload) <= LARGEST_IN_PART:
            self._fail(error.str())
        elif not self._singly:
            self.too_large = True
            self._fail(error.str())
        else:
            try:
                self._write_in_part(message, taken)
            except (NoRoom, KafkaException) as refused:
                self._fail(str(refused) or "no room")

    def _fail(self, why: str) -> None:
        if self.failure is None:
            self.failure = f"Kafka at {self._target.brokers} did not take a message: {why}"

    def _note(self, error: "KafkaError") -> None:
        self._said = error.str()
        if error.fatal():
            self._fail(error.str())


def _producer(target: KafkaTarget, note: Callable[["KafkaError"], None], *, singly: bool) -> "Producer":
    from confluent_kafka import KafkaException, Producer

    usual = {
        "compression.type": "lz4",
        "linger.ms": 20,
        "partitioner": "murmur2_random",  # as Kafka's own clients in Java do, so that both put a key where it was
        "queue.buffering.max.kbytes": _MOST_KB,
    }
    fixed = {
        "bootstrap.servers": target.brokers,
        "enable.idempotence": True,  # each message once and in order, however often it had to be sent
        "acks": "all",
        "message.timeout.ms": 0,  # Kafka is waited for; the MQTT broker keeps the rest
        "queue.buffering.max.messages": 2 * MOST_UNDERWAY,
        "error_cb": note,
        "log_level": 0,
        **({"batch.num.messages": 1} if singly else {}),
    }
    try:
        return Producer({**usual, **target.more, **fixed})
    except KafkaException as error:
        raise UsageError(f"Kafka's client does not take its settings: {error.args[0].str()}") from error


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
