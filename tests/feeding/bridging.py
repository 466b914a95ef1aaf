"""What a message costs the bridge: a backlog at a real Mosquitto, forwarded to a mock cluster in another process."""

import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from coldchain.monitoring.kafka_bridge import KafkaBridge
from coldchain.monitoring.kafka_writer import KafkaTarget
from coldchain.monitoring.mqtt_reader import MqttReader
from coldchain.monitoring.mqtt_wire import Published
from coldchain.monitoring.session import BrokerAddress
from coldchain.payloads import DEFAULT_ROUTES, Router
from tests.brokers import PASSWORD, USER, Mosquitto
from tests.feeding.cluster import MINUTE, TOPIC, kafka_of_its_own, native
from tests.feeding.publisher import Publisher
from tests.monitoring.ward import START

MESSAGES, SENSORS = 20_000, 1_000
_LONGEST_S = 300.0


class _Bare(MqttReader):
    """Acknowledges everything at once."""

    def _messages(self, published: Sequence[Published]) -> None:
        for packet_id, *_ in published:
            self.settle(packet_id, self._generation)


def cost() -> None:
    """Print what receiving alone costs, and the bridge, each over the same backlog; processor time of this process."""
    with tempfile.TemporaryDirectory() as name, kafka_of_its_own() as (_, kafka):
        broker = Mosquitto(Path(name)).start()
        try:
            bare = _bare(broker)
            ours = _bridged(broker, kafka)
        finally:
            broker.stop()
    print(f"received and acknowledged by MQTT:     {bare[0]:6.1f} µs a message of processor, {bare[1]:,.0f} a second")
    print(
        f"the same through Kafka (the bridge):   {ours[0]:6.1f} µs a message of processor, {ours[1]:,.0f} a second, "
        f"{ours[0] / bare[0]:.1f} ×"
    )


def _bare(broker: Mosquitto) -> tuple[float, float]:
    address = BrokerAddress("127.0.0.1", broker.port, "bare", USER, PASSWORD)
    _session(address)
    _publish(broker)
    reader = _Bare(address, ("coldchain/readings/#",))
    began = _now()
    reader.start()
    _until(lambda: reader.acknowledged >= MESSAGES)
    ended = _now()
    reader.stop()
    return _each(began, ended)


def _bridged(broker: Mosquitto, kafka: str) -> tuple[float, float]:
    address = BrokerAddress("127.0.0.1", broker.port, "bridge", USER, PASSWORD)
    _session(address)
    _publish(broker)
    bridge = KafkaBridge(address, Router(DEFAULT_ROUTES), KafkaTarget(kafka, TOPIC))
    began = _now()
    bridge.start()
    _until(lambda: bridge.state().acknowledged >= MESSAGES)
    ended = _now()
    bridge.stop()
    return _each(began, ended)


def _session(address: BrokerAddress) -> None:
    """Subscribe once, so that the broker keeps what is published."""
    reader = _Bare(address, ("coldchain/readings/#",))
    reader.start()
    _until(lambda: reader.connected)
    time.sleep(0.5)  # for its answer to the subscription
    reader.stop()


def _publish(broker: Mosquitto) -> None:
    publisher = Publisher(broker.port)
    for minute in range(MESSAGES // SENSORS):
        publisher.publish(native(f"s{number}", START + minute * MINUTE, 4.0) for number in range(SENSORS))
    publisher.close()


def _now() -> tuple[float, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, time.perf_counter()


def _each(began: tuple[float, float], ended: tuple[float, float]) -> tuple[float, float]:
    return (ended[0] - began[0]) / MESSAGES * 1e6, MESSAGES / (ended[1] - began[1])


def _until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LONGEST_S
    while not reached():
        if time.monotonic() > deadline:
            raise RuntimeError("it did not come to its end")
        time.sleep(0.005)
