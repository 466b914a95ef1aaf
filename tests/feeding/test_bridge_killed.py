"""The bridge as a process of its own, killed as by ``kill -9``, and Mosquitto, too: what was acknowledged is stored."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coldchain.records import Store
from tests.brokers import PASSWORD, USER, Mosquitto
from tests.feeding.cluster import MINUTE, MockKafka, native
from tests.feeding.publisher import Message, Publisher
from tests.feeding.test_bridge import broker, publisher  # noqa: F401
from tests.feeding.test_feed import all_stored, counted, feeding, store  # noqa: F401
from tests.feeding.test_several_workers import stored
from tests.monitoring.ward import START
from tests.serve.service import LONGEST_S, environment, eventually

pytestmark = pytest.mark.broker
PROBE = "coldchain/readings/probe"
SENSORS = [f"fridge-{number}" for number in range(8)]


class Bridge:
    """``coldchain feed bridge`` in a folder of its own, started as often as need be."""

    def __init__(self, folder: Path, broker: Mosquitto, kafka: MockKafka) -> None:  # noqa: F811
        self._folder, self._kafka = folder, kafka
        folder.mkdir()
        (folder / "coldchain.yaml").write_text(f"mqtt: {{host: 127.0.0.1, port: {broker.port}, user: {USER}}}\n")
        self.start()

    def start(self) -> None:
        with (self._folder / "err").open("a") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coldchain", "feed", "bridge", "--brokers", self._kafka.brokers],
                cwd=self._folder, env=environment(COLDCHAIN_MQTT_PASSWORD=PASSWORD), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=err,
            )  # fmt: skip

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(LONGEST_S)

    @property
    def complained(self) -> str:
        return (self._folder / "err").read_text()

    def forwards(self, broker: Mosquitto, word: bytes) -> None:  # noqa: F811
        """Wait until it has subscribed: until a message that is sent again and again is in Kafka."""
        probing = Publisher(broker.port)

        def arrived() -> bool:
            assert self.process.poll() is None, self.complained
            probing.publish([(PROBE, word)])
            return any(value == word for key, value, _ in self._kafka.all() if key == PROBE)

        eventually(arrived, "the bridge forwards")
        probing.close()


@pytest.fixture
def bridge(tmp_path: Path, broker: Mosquitto, kafka: MockKafka) -> Iterator[Bridge]:  # noqa: F811
    """A bridge that has subscribed: its session is there, and keeps what is published while it is away."""
    made = Bridge(tmp_path / "bridge", broker, kafka)
    made.forwards(broker, b"at first")
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGKILL)


def wave(number: int, minutes: int = 12) -> list[Message]:
    """Readings of every sensor in turn."""
    minute = range(number * minutes, (number + 1) * minutes)
    return [native(sensor, START + each * MINUTE, 2 + each % 50 / 10) for each in minute for sensor in SENSORS]


def in_kafka(kafka: MockKafka) -> list[Message]:
    """Topics and payloads, without the probe's."""
    return [(key, value) for key, value, _ in kafka.all() if key != PROBE]


def all_there(bridge: Bridge, kafka: MockKafka, wanted: set[Message]) -> None:
    """Wait until Kafka holds what is wanted."""

    def look() -> bool:
        assert bridge.process.poll() is None, bridge.complained
        return wanted <= set(in_kafka(kafka))

    eventually(look, "all that was acknowledged is in Kafka")


def and_stored_once(kafka: MockKafka, store: Store, ledger: set[Message]) -> None:  # noqa: F811
    """What is in Kafka is read into a record: every reading once, however often it was sent."""
    with feeding(kafka, store):
        all_stored(store, kafka)
    readings = {(sensor, at_ms) for sensor, at_ms in stored(store)}
    assert len(readings) == len(ledger)
    accepted, duplicates, held = counted(store)
    assert accepted == len(ledger)
    assert duplicates == len(in_kafka(kafka)) - len(ledger)
    assert set(held) <= {"damaged"}  # the probe


def in_order(messages: list[Message]) -> dict[str, list[bytes]]:
    """The payloads of each topic, each where it came first."""
    found: dict[str, dict[bytes, None]] = {}
    for topic, payload in messages:
        found.setdefault(topic, {})[payload] = None
    return {topic: list(payloads) for topic, payloads in found.items()}


def test_a_bridge_that_is_killed_loses_nothing_and_keeps_the_order(
    bridge: Bridge, kafka: MockKafka, publisher: Publisher, store: Store  # noqa: F811
) -> None:  # fmt: skip
    chance = random.Random(7)  # noqa: S311 - chance, not secrecy
    published = []
    for number in range(4):
        messages = wave(number)
        cut = chance.randrange(len(messages))
        publisher.publish(messages[:cut])
        if number % 2:
            bridge.end(signal.SIGKILL)
        publisher.publish(messages[cut:])
        if number % 2:
            bridge.start()
        published += messages
    all_there(bridge, kafka, set(published))
    assert in_order(in_kafka(kafka)) == in_order(published)
    and_stored_once(kafka, store, set(published))
    assert bridge.end(signal.SIGTERM) == 0


def test_a_broker_that_is_killed_loses_nothing_that_its_gateways_send_again(
    bridge: Bridge, broker: Mosquitto, kafka: MockKafka, publisher: Publisher, store: Store  # noqa: F811
) -> None:  # fmt: skip
    for number in range(3):
        publisher.publish(wave(number))
        if number < 2:
            broker.kill()
            broker.start()
            bridge.forwards(broker, b"after kill %d" % number)  # its session may have been younger than what was saved
            publisher.again()
    all_there(bridge, kafka, set(publisher.acknowledged))
    and_stored_once(kafka, store, set(publisher.acknowledged))
