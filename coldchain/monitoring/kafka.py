"""The way in from Kafka: messages of a topic, each stored exactly once.

How far each partition is stored stands in the record and is written by the transaction that stores the readings
(`coldchain.records.kafka_offsets`). So a start, and every failure, goes on from there; what Kafka remembers of a group
of consumers is never asked. Partitions are taken, not dealt out by Kafka: a record has one active worker, and who it is
the record's lock decides (ADR 0123).
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from coldchain.errors import ColdchainError, PayloadRefused, StoreUnavailable
from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.ingest import Also
from coldchain.monitoring.kafka_topic import FromKafka, KafkaSource, KafkaTopic, must_be_installed
from coldchain.payloads import Announcements, Router
from coldchain.records import Store, Transaction, kafka_offsets, ledger
from coldchain.records.kafka_offsets import OffsetMoved

_log = logging.getLogger(__name__)

BATCH = 5_000
_LOOK_EVERY_S = 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 5.0

Commit = Callable[[Sequence[Incoming], Also], None]
"""The one transaction: when it returns, the messages and what was to be written with them are committed."""

_Arrived = tuple[FromKafka, Incoming | None]


class TopicIsAnother(ColdchainError):
    """A topic ends before what the record holds of it: it was made anew, or is another cluster's."""


class KafkaFeed:
    """One consumer in a thread of its own.

    Args:
        source: What it reads.
        store: Where it is said how far; the messages go to ``commit``.
        router: Which decoder reads which MQTT topic.
        commit: Stores messages.
        clock_ms: The time, UTC ms.
        happened: Tells people: which part, and one sentence.
        announcements: What devices said of themselves before.

    Attributes:
        complaint: What does not work now; ``None`` while all is well.
        failure: Why it has ended by itself; nothing more is read then.
        behind: Messages in Kafka that are not stored yet, as they were last counted.
        poisoned: Messages that made the ingest step fail by themselves and went to quarantine for it.

    Raises:
        UsageError: Kafka's client is not installed.
    """

    def __init__(
        self,
        source: KafkaSource,
        store: Store,
        router: Router,
        commit: Commit,
        clock_ms: Callable[[], int],
        happened: Callable[[str, str], None],
        announcements: Announcements | None = None,
    ) -> None:
        must_be_installed()
        self._source = source
        self._store = store
        self._arrivals = Arrivals(router, lambda: self._message_ms, announcements)
        self._commit = commit
        self._clock_ms = clock_ms
        self._happened = happened
        self._message_ms = 0
        self._next: dict[int, int] = {}
        self._told_of: set[int] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="coldchain-kafka", daemon=True)
        self.complaint: str | None = f"not connected to Kafka at {source.brokers} yet"
        self.failure: str | None = None
        self.behind = 0
        self.poisoned = 0

    def start(self) -> None:
        """Begin to read; brokers that are not there yet are waited for."""
        self._thread.start()

    def stop(self, wait_s: float = 20.0) -> None:
        """Read no more; what is under way is committed."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    # -- from the record on ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._stopping.is_set():
            try:
                with closing(KafkaTopic(self._source)) as topic:
                    self._begin(topic)
                    self.complaint, wait_s = None, _FIRST_WAIT_S
                    self._follow(topic)
                    continue
            except ColdchainError as error:
                if self.complaint != str(error):
                    _log.warning("%s", error)
                self.complaint = str(error)
                if not error.retry:
                    self.failure = self.complaint
                    return
            except Exception as error:  # noqa: BLE001 - the way in must not end
                self.complaint = f"reading from Kafka failed: {error!r}"
                _log.exception("reading from Kafka failed; it goes on from where the record stands")
            self._stopping.wait(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _begin(self, topic: KafkaTopic) -> None:
        """Have each partition read from the first message that is not stored."""
        ends = {number: topic.ends(number) for number in topic.partitions()}
        with self._store.reading() as tx:
            stored = kafka_offsets.following(tx, self._source.topic)
        for number, (first, end) in ends.items():
            if number not in stored or stored[number] < first:
                self._begin_with(number, first, stored.get(number))
                stored[number] = first
            elif stored[number] > end:
                raise TopicIsAnother(
                    f"partition {number} of the Kafka topic {self._source.topic} ends at {end}, and the record holds "
                    f"it up to {stored[number]}: it was made anew, or is another cluster's; use a topic of another name"
                )
        self._tell_of_unread(topic)
        self._next = {number: stored[number] for number in ends}
        self._count(ends)
        topic.read_from(self._next)

    def _begin_with(self, number: int, first: int, stored: int | None) -> None:
        """Begin a partition with the oldest message there is; that others are gone before it goes into the ledger."""
        name = self._source.topic
        with self._store.transaction() as tx:
            kafka_offsets.begin(tx, name, number, first)
            if stored is not None:
                lost = {"partition": number, "from": stored, "before": first}
                ledger.append(tx, self._clock_ms(), "kafka.lost", name, lost)
        if stored is not None:
            self._happened(
                "kafka",
                f"Kafka dropped up to {first - stored} messages of {name}, partition {number}, before they were read: "
                "let it keep them for longer, and read out the sensors' own memories",
            )

    def _tell_of_unread(self, topic: KafkaTopic) -> None:
        """Once of each partition that nobody reads: one that was added, or forgotten in the file of shards."""
        unread = topic.read_by_nobody() - self._told_of
        if unread:
            numbers = ", ".join(map(str, sorted(unread)))
            self._happened(
                "kafka", f"no shard reads partition {numbers} of {self._source.topic}: say in the shards which one does"
            )
        self._told_of |= unread

    def _count(self, ends: Mapping[int, tuple[int, int]]) -> None:
        self.behind = sum(max(0, end - self._next[number]) for number, (_, end) in ends.items())

    # -- messages ----------------------------------------------------------------------------------------------------

    def _follow(self, topic: KafkaTopic) -> None:
        """Read on, until told to stop or there are other partitions than at the beginning."""
        looked_s = time.monotonic()
        while not self._stopping.is_set():
            messages = topic.batch(BATCH)
            if messages:
                self._take(messages)
            if time.monotonic() - looked_s > _LOOK_EVERY_S:
                if topic.partitions() != set(self._next):
                    return
                self._tell_of_unread(topic)
                self._count({number: topic.ends(number) for number in self._next})
                looked_s = time.monotonic()

    def _take(self, messages: Sequence[FromKafka]) -> None:
        """Commit messages whole; where that fails for another reason than the database's absence, one by one."""
        arrived = [(message, self._arrive(message)) for message in messages]  # once: what is news is so once
        try:
            self._store_patiently(arrived)
        except (StoreUnavailable, OffsetMoved):
            raise
        except Exception:  # noqa: BLE001 - one message in it must not cost the others
            _log.exception("a batch of %d messages could not be ingested; trying them one by one", len(messages))
            for one in arrived:
                self._take_alone(one)

    def _take_alone(self, one: _Arrived) -> None:
        message, incoming = one
        try:
            self._store_patiently([one])
        except (StoreUnavailable, OffsetMoved):
            raise
        except Exception as error:
            if incoming is None:
                raise
            _log.exception("a message of %s cannot be ingested; it goes to quarantine", message.topic)
            refused = PayloadRefused("ingest failed", f"the ingest step failed on this message: {error!r}"[:500])
            self._store_patiently([(message, replace(incoming, decoded=(), announced=None, refused=refused))])
            self.poisoned += 1

    def _store_patiently(self, arrived: Sequence[_Arrived]) -> None:
        """Store messages, however long the database takes to come back; only a stopping feed gives up.

        Raises:
            OffsetMoved: They are stored already: the answer to a COMMIT was lost, or another worker was here.
        """
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                self._store_once(arrived)
                break
            except StoreUnavailable as error:
                if self.complaint is None:
                    _log.warning("the database does not answer, %d messages wait: %s", len(arrived), error)
                self.complaint = str(error)
                if self._stopping.wait(wait_s):
                    raise
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        self.complaint = None

    def _store_once(self, arrived: Sequence[_Arrived]) -> None:
        """Messages, and that they are stored, in one transaction; all of it or nothing."""
        after = {message.partition: message.offset + 1 for message, _ in arrived}  # a partition's last one stays

        def move(tx: Transaction) -> None:
            for number, offset in after.items():
                kafka_offsets.move(tx, self._source.topic, number, self._next[number], offset)

        self._commit([incoming for _, incoming in arrived if incoming is not None], move)
        self._next |= after

    def _arrive(self, message: FromKafka) -> Incoming | None:
        """What the ingest step takes; a message is received when it reaches Kafka, which keeps it for us."""
        now_ms = self._clock_ms()
        self._message_ms = now_ms if message.stamp_ms is None else min(message.stamp_ms, now_ms)
        if message.refused:
            refused = PayloadRefused("damaged", message.refused)
            topic = message.topic
            return Incoming("mqtt", topic, topic, message.payload, self._message_ms, refused=refused)
        return self._arrivals.arrive(
            message.topic, message.payload, retained=message.retained, redelivered=message.repeated
        )
