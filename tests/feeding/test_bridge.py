"""The bridge in this process, between a real Mosquitto and librdkafka's mock cluster: what reaches Kafka, and how."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import KafkaError

from coldchain.errors import UsageError
from coldchain.monitoring import kafka_writer
from coldchain.monitoring.kafka_bridge import KafkaBridge
from coldchain.monitoring.kafka_topic import REFUSED_HEADER, RETAINED_HEADER, TOPIC_HEADER
from coldchain.monitoring.kafka_writer import KafkaTarget
from coldchain.monitoring.session import BrokerAddress
from coldchain.payloads import DEFAULT_ROUTES, Router
from coldchain.records import Store
from tests.brokers import PASSWORD, USER, Mosquitto
from tests.feeding.cluster import MINUTE, TOPIC, MockKafka, kafka_of_its_own, native
from tests.feeding.publisher import Publisher
from tests.feeding.test_feed import all_stored, counted, feeding, store  # noqa: F401
from tests.monitoring.ward import START
from tests.serve.service import eventually

pytestmark = pytest.mark.broker
TAG = {"data": "0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F", "ts": "1700000000"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A Mosquitto with the configuration that we ship."""
    started = Mosquitto(tmp_path).start()
    yield started
    started.stop()


@pytest.fixture
def publisher(broker: Mosquitto) -> Iterator[Publisher]:
    """A gateway at it."""
    made = Publisher(broker.port)
    yield made
    made.close()


@contextmanager
def bridging(broker: Mosquitto, brokers: str, protocol: str = "5") -> Iterator[KafkaBridge]:
    """A bridge for the length of the block; it has subscribed when the block begins."""
    address = BrokerAddress(
        "127.0.0.1", broker.port, "bridge", USER, PASSWORD, protocol="5" if protocol == "5" else "3.1.1"
    )
    bridge = KafkaBridge(address, Router(DEFAULT_ROUTES), KafkaTarget(brokers, TOPIC))
    bridge.start()
    try:
        yield bridge
    finally:
        bridge.stop(60)
        assert not bridge.alive


def subscribed(bridge: KafkaBridge) -> None:
    """Wait until it reads."""
    eventually(lambda: bridge.state().complaint is None, "it is connected on both sides")


def some(sensor: str, count: int, first: int = 0) -> list[tuple[str, bytes]]:
    return [native(sensor, START + number * MINUTE, 2 + number % 50 / 10) for number in range(first, first + count)]


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_what_is_published_is_in_kafka_in_its_order_and_then_acknowledged(
    broker: Mosquitto, kafka: MockKafka, publisher: Publisher, protocol: str
) -> None:
    messages = [each for number in range(50) for sensor in ("s1", "s2", "s3") for each in some(sensor, 1, number)]
    with bridging(broker, kafka.brokers, protocol) as bridge:
        subscribed(bridge)
        publisher.publish(messages)
        eventually(lambda: bridge.state().acknowledged == len(messages), "all of it is acknowledged")
        found = kafka.all()
    for sensor in ("s1", "s2", "s3"):
        topic = f"coldchain/readings/{sensor}"
        assert [value for key, value, _ in found if key == topic] == [
            value for name, value in messages if name == topic
        ]
    assert len(found) == len(messages)
    assert not any(headers for _, _, headers in found)


def test_a_tag_that_two_gateways_hear_has_one_key(broker: Mosquitto, kafka: MockKafka, publisher: Publisher) -> None:
    topics = [f"ruuvi/{gateway}/CB:B8:33:4C:88:4F" for gateway in ("attic", "cellar")]
    with bridging(broker, kafka.brokers) as bridge:
        subscribed(bridge)
        publisher.publish([(topic, json.dumps(TAG).encode()) for topic in topics])
        publisher.publish([("zigbee2mqtt/fridge", b'{"temperature": 5}')], retain=True)
        eventually(lambda: bridge.state().taken == 3, "all of it is in Kafka")
    tagged = [(key, headers) for key, _, headers in kafka.all() if key.startswith("CB:")]
    assert tagged == [("CB:B8:33:4C:88:4F", {TOPIC_HEADER: topic.encode()}) for topic in topics]


def test_what_the_broker_kept_is_marked(broker: Mosquitto, kafka: MockKafka, publisher: Publisher) -> None:
    publisher.publish([("zigbee2mqtt/fridge", b'{"temperature": 5}')], retain=True)
    with bridging(broker, kafka.brokers) as bridge:
        eventually(lambda: bridge.state().taken == 1, "it is in Kafka")
    assert kafka.all() == [("zigbee2mqtt/fridge", b'{"temperature": 5}', {RETAINED_HEADER: b"1"})]


def test_a_message_too_large_for_kafka_goes_to_quarantine_and_blocks_nothing(
    broker: Mosquitto, kafka: MockKafka, publisher: Publisher, store: Store  # noqa: F811
) -> None:  # fmt: skip
    with bridging(broker, kafka.brokers) as bridge:
        subscribed(bridge)
        publisher.publish([*some("s1", 5), ("coldchain/readings/s1", b"9" * 1_020_000), *some("s1", 5, 5)])
        eventually(lambda: bridge.state().acknowledged == 11, "all of it is acknowledged")
        assert bridge.state().cut == 1
    (refused,) = [headers[REFUSED_HEADER] for _, _, headers in kafka.all() if headers]
    assert refused.startswith(b"the payload has 1020000 bytes, more than Kafka takes")
    with feeding(kafka, store):
        all_stored(store, kafka)
    assert counted(store) == (10, 0, {"damaged": 1})


def test_nothing_is_acknowledged_while_kafka_is_away_and_all_of_it_when_it_is_back(
    broker: Mosquitto, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_writer, "QUIET_S", 0.3)
    with kafka_of_its_own() as (process, brokers), bridging(broker, brokers) as bridge:
        subscribed(bridge)
        publisher.publish(some("s1", 10))
        eventually(lambda: bridge.state().acknowledged == 10, "it works")
        process.send_signal(signal.SIGSTOP)
        publisher.publish(some("s1", 100, 10))
        eventually(lambda: "has taken none of" in (bridge.state().complaint or ""), "it says that Kafka is away")
        assert bridge.state().acknowledged == 10
        process.send_signal(signal.SIGCONT)
        eventually(lambda: bridge.state().acknowledged == 110, "all of it is acknowledged")
        eventually(lambda: bridge.state().complaint is None, "nothing is wrong any more")


def test_a_kafka_that_is_not_there_yet_is_waited_for_and_named(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_writer, "_ANSWER_S", 0.3)
    with bridging(broker, "127.0.0.1:1") as bridge:
        eventually(lambda: "Kafka at 127.0.0.1:1 does not answer" in (bridge.state().complaint or ""), "it says so")
        assert bridge.alive
        assert bridge.state().received == 0


@pytest.mark.parametrize("singly", [False, True])
def test_what_kafka_itself_finds_too_large_is_sent_in_part_once_it_is_known_which_it_is(singly: bool) -> None:
    writer = kafka_writer.KafkaWriter(KafkaTarget("127.0.0.1:1", TOPIC), singly=singly)
    taken: list[int] = []
    large = kafka_writer.ToKafka("s1", "coldchain/readings/s1", b"9" * 600_000)
    writer._delivered(large, lambda: taken.append(1), KafkaError(KafkaError.MSG_SIZE_TOO_LARGE), None)  # type: ignore[arg-type]
    assert (writer.cut, writer.too_large, writer.failure is None) == (int(singly), not singly, singly)
    assert not taken  # not before Kafka has its beginning
    writer.close()


def test_settings_that_kafkas_client_does_not_take_are_refused() -> None:
    with pytest.raises(UsageError, match="does not take its settings"):
        kafka_writer.KafkaWriter(KafkaTarget("h:1", TOPIC, {"acks.of.all": "1"}))
