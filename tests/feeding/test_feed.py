"""The feed in this process, with a real record and librdkafka's mock cluster: what it stores, and what it survives."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from coldchain.errors import StoreUnavailable, UsageError
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.ingest import Also, ingest
from coldchain.monitoring.kafka import Commit, KafkaFeed
from coldchain.monitoring.kafka_topic import RETAINED_HEADER, TOPIC_HEADER, KafkaSource
from coldchain.payloads import Route, Router
from coldchain.records import Store, announcements, kafka_offsets, places, quarantine, readings
from tests.empty import empty_store
from tests.feeding.cluster import MINUTE, TOPIC, MockKafka, native
from tests.monitoring.ward import START
from tests.serve.service import eventually

ROUTES = Router([Route("coldchain/readings/#", "native"), Route("tele/+/SENSOR", "tasmota"),
                 Route("homeassistant/#", "homeassistant")])  # fmt: skip
ANNOUNCED = ("homeassistant/sensor/s9/config", b'{"device_class": "temperature", "state_topic": "s9/state"}')
NOW = START + 600 * MINUTE


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty record in memory."""
    made = empty_store()
    yield made
    made.close()


_one_batch = threading.Lock()


def to(store: Store) -> Commit:
    """The ingest step on a record, for one thread at a time as the service has it."""

    def commit(batch: Sequence[Incoming], also: Also) -> None:
        with _one_batch:
            ingest(store, batch, NOW, (), also)

    return commit


@contextmanager
def feeding(
    kafka: MockKafka, store: Store, commit: Commit | None = None, said: list[str] | None = None,
    partitions: frozenset[int] | None = None, elsewhere: frozenset[int] | None = None,
) -> Iterator[KafkaFeed]:  # fmt: skip
    """A feed that runs for the length of the block."""
    tell: Callable[[str], None] = (said if said is not None else []).append
    source = KafkaSource(kafka.brokers, TOPIC, partitions, elsewhere)
    feed = KafkaFeed(source, store, ROUTES, commit or to(store), lambda: NOW, lambda _part, detail: tell(detail))
    feed.start()
    try:
        yield feed
    finally:
        feed.stop(60)
        assert not feed.alive


def all_stored(store: Store, kafka: MockKafka) -> None:
    """Wait until the record is where Kafka ends."""

    def look() -> bool:
        with store.reading() as tx:
            return {n: at for n, at in kafka_offsets.following(tx, TOPIC).items() if at} == kafka.ends

    eventually(look, "all that was published is stored")


def counted(store: Store) -> tuple[int, int, dict[str, int]]:
    """Readings accepted and repeated, and what is in quarantine by reason."""
    with store.reading() as tx:
        counts = readings.counts(tx)
        return counts["accepted"], counts["duplicates"], dict(quarantine.count(tx))


def ten(sensor: str = "s1", first: int = 0) -> list[tuple[str, bytes]]:
    return [native(sensor, START + minute * MINUTE, 5.0) for minute in range(first, first + 10)]


def test_what_was_stored_is_not_read_again_after_a_start(kafka: MockKafka, store: Store) -> None:
    kafka.publish(ten())
    with feeding(kafka, store):
        all_stored(store, kafka)
    kafka.publish(ten(first=10))
    with feeding(kafka, store):
        all_stored(store, kafka)
    assert counted(store) == (20, 0, {})


def test_what_no_decoder_reads_goes_to_quarantine_and_blocks_nothing(kafka: MockKafka, store: Store) -> None:
    kafka.publish([("coldchain/readings/s1", b"{"), ("nobody/knows", b"5"), ("coldchain/readings/s1", None), *ten()])
    with feeding(kafka, store):
        all_stored(store, kafka)
    accepted, duplicates, held = counted(store)
    assert (accepted, duplicates) == (10, 0)
    assert held["no decoder"] == 1
    assert sum(held.values()) == 3


def test_a_header_names_the_mqtt_topic_where_the_key_is_something_else(kafka: MockKafka, store: Store) -> None:
    topic, value = native("s7", START, 5.0)
    kafka.publish([("any key", value)], headers=[(TOPIC_HEADER, topic.encode()), (RETAINED_HEADER, b"1")])
    with feeding(kafka, store):
        all_stored(store, kafka)
    with store.reading() as tx:
        assert [sensor.name for sensor in places.sensors(tx)] == ["s7"]


def test_a_database_that_is_away_is_waited_for(kafka: MockKafka, store: Store) -> None:
    calls: list[int] = []

    def at_the_third_time(batch: Sequence[Incoming], also: Also) -> None:
        calls.append(len(batch))
        if len(calls) < 3:
            raise StoreUnavailable("the database does not answer")
        to(store)(batch, also)

    kafka.publish([ANNOUNCED, *ten()])
    with feeding(kafka, store, at_the_third_time) as feed:
        all_stored(store, kafka)
        eventually(lambda: feed.complaint is None, "nothing is wrong any more")
    assert counted(store) == (10, 0, {})
    with store.reading() as tx:
        assert [kept[2] for kept in announcements.kept(tx)] == [ANNOUNCED[1]]


def test_a_commit_whose_answer_was_lost_is_not_made_again(kafka: MockKafka, store: Store) -> None:
    lost: list[int] = []

    def without_an_answer(batch: Sequence[Incoming], also: Also) -> None:
        to(store)(batch, also)
        if not lost:
            lost.append(len(batch))
            raise StoreUnavailable("the connection broke")

    kafka.publish(ten(), partition=0)
    with feeding(kafka, store, without_an_answer):
        all_stored(store, kafka)
        kafka.publish(ten(first=10))
        all_stored(store, kafka)
    assert lost
    assert counted(store) == (20, 0, {})


def test_a_message_that_makes_the_ingest_step_fail_costs_no_other(kafka: MockKafka, store: Store) -> None:
    def not_at_13(batch: Sequence[Incoming], also: Also) -> None:
        if any(one.milli_c == 13_000 for message in batch for one in message.decoded):
            raise ArithmeticError("thirteen")
        to(store)(batch, also)

    kafka.publish([*ten(), native("s1", START + 10 * MINUTE, 13.0), *ten(first=11)], partition=1)
    with feeding(kafka, store, not_at_13) as feed:
        all_stored(store, kafka)
        assert feed.poisoned == 1
    assert counted(store) == (20, 0, {"ingest failed": 1})


def test_what_two_feeds_read_at_once_is_stored_once(kafka: MockKafka, store: Store) -> None:
    with feeding(kafka, store), feeding(kafka, store):
        for first in range(0, 50, 10):
            kafka.publish([*ten("s1", first), *ten("s2", first)])
        all_stored(store, kafka)
    assert counted(store) == (100, 0, {})


def test_other_partitions_are_left_to_another_record(kafka: MockKafka, store: Store) -> None:
    kafka.publish(ten("s1"), partition=0)
    kafka.publish(ten("s2"), partition=3)
    del kafka.ends[0]
    with feeding(kafka, store, partitions=frozenset({1, 3})):
        all_stored(store, kafka)
    assert counted(store) == (10, 0, {})


def test_a_partition_that_no_record_reads_is_told_of_once(kafka: MockKafka, store: Store) -> None:
    said: list[str] = []
    kafka.publish(ten("s1"), partition=0)
    with feeding(kafka, store, said=said, partitions=frozenset({0}), elsewhere=frozenset({0, 2})):
        all_stored(store, kafka)
    assert said == [f"no shard reads partition 1, 3 of {TOPIC}: say in the shards which one does"]


def test_messages_that_kafka_dropped_before_they_were_read_are_told_of(kafka: MockKafka, store: Store) -> None:
    said: list[str] = []
    kafka.publish(ten(), partition=0)
    with feeding(kafka, store, said=said):
        all_stored(store, kafka)
    kafka.publish([("coldchain/status", b"x" * 900_000)] * 12, partition=0)  # ours, so nothing to store
    gone = kafka.kept_from(0) - 10
    assert gone > 0, "the mock cluster keeps more than it did"
    with feeding(kafka, store, said=said):
        all_stored(store, kafka)
    assert len(said) == 1
    assert said[0].startswith(f"Kafka dropped up to {gone} messages of {TOPIC}, partition 0")
    with store.reading() as tx:
        assert tx.scalar(text("SELECT count(*) FROM ledger WHERE kind = 'kafka.lost'")) == 1


def test_a_topic_that_was_made_anew_is_not_read(kafka: MockKafka, store: Store) -> None:
    kafka.publish(ten(), partition=0)
    with store.transaction() as tx:
        kafka_offsets.begin(tx, TOPIC, 0, 11)
    with feeding(kafka, store) as feed:
        eventually(lambda: feed.failure, "it ends")
        assert feed.failure is not None
        assert "it was made anew, or is another cluster's" in feed.failure
    assert counted(store) == (0, 0, {})


def test_without_the_client_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    with pytest.raises(UsageError, match=r"install coldchain\[kafka\]"):
        KafkaFeed(KafkaSource("h:1", TOPIC), store, ROUTES, to(store), lambda: NOW, lambda *_: None)
