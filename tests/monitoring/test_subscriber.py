"""The subscriber under a real Mosquitto: what the broker accepted for us is committed, whoever dies in between."""

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from coldchain.errors import BrokerUnavailable, ColdchainError
from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.embedded import EmbeddedBroker
from coldchain.monitoring.session import BrokerAddress, Tls
from coldchain.monitoring.subscriber import Subscriber
from coldchain.monitoring.worker import IngestWorker
from coldchain.payloads import DEFAULT_ROUTES, Route, Router
from tests.brokers import PASSWORD, USER, Mosquitto
from tests.monitoring.certificates import certificate_for
from tests.monitoring.rows import Rows, hang_up, until
from tests.ports import free_port

pytestmark = pytest.mark.broker

TOPIC = "coldchain/readings/fridge"
PROTOCOLS = pytest.mark.parametrize("protocol", ["5", "3.1.1"])


class Service:
    """A worker and a subscriber; can be crashed."""

    def __init__(self, rows: Rows, port: int, routes: tuple[Route, ...] = DEFAULT_ROUTES, **address: Any) -> None:
        self.worker = IngestWorker(rows.ingest)
        arrivals = Arrivals(Router(routes), lambda: 1_700_000_000_000)
        where = BrokerAddress("127.0.0.1", port, user=USER, password=PASSWORD, **address)
        self.subscriber = Subscriber(where, arrivals, self.worker.submit)

    def start(self) -> "Service":
        self.worker.start()
        self.subscriber.start()
        return self

    def connected(self) -> "Service":
        until(lambda: self.subscriber.state().connected)
        return self

    def stop(self) -> None:
        self.subscriber.stop()
        self.worker.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    started = Mosquitto(tmp_path).start()
    yield started
    started.stop()


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    return Rows(tmp_path / "rows.db", poison=b'{"temperature_c": 666}')


Begin = Callable[..., Service]


@pytest.fixture
def begin(broker: Mosquitto, rows: Rows) -> Iterator[Begin]:
    services: list[Service] = []

    def make(**options: Any) -> Service:
        service = Service(rows, broker.port, **options).start()
        services.append(service)
        return service

    yield make
    for service in services:
        service.stop()


class Peer:
    """A sensor, or somebody who listens."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.client.username_pw_set(USER, PASSWORD)
        connected = threading.Event()
        self.client.on_connect = lambda *_: connected.set()
        self.client.on_message = lambda _c, _u, message: self.heard.append((message.topic, bytes(message.payload)))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert connected.wait(120)

    def publish(self, topic: str, *payloads: bytes, retain: bool = False) -> None:
        """Return when the broker has taken all of them."""
        for each in [self.client.publish(topic, payload, qos=1, retain=retain) for payload in payloads]:
            each.wait_for_publish(120)
            assert each.is_published()


@pytest.fixture
def peer(broker: Mosquitto) -> Iterator[Peer]:
    made = Peer(broker.port)
    yield made
    hang_up(made.client)


def readings(count: int, first: int = 0) -> list[bytes]:
    return [json.dumps({"temperature_c": number}).encode() for number in range(first, first + count)]


@PROTOCOLS
def test_what_is_published_is_committed_and_acknowledged(protocol: str, begin: Begin, rows: Rows, peer: Peer) -> None:
    service = begin(protocol=protocol).connected()
    peer.publish(TOPIC, *readings(200))
    until(lambda: len(rows.all()) == 200)
    assert rows.all() == readings(200)
    until(lambda: service.subscriber.state().unacknowledged == 0)


@PROTOCOLS
def test_messages_wait_for_us_while_we_are_away(protocol: str, begin: Begin, rows: Rows, peer: Peer) -> None:
    begin(protocol=protocol).connected().stop()
    peer.publish(TOPIC, *readings(100))
    begin(protocol=protocol)
    until(lambda: len(rows.all()) == 100)
    assert rows.all() == readings(100)


@PROTOCOLS
def test_what_was_not_committed_when_we_stopped_comes_again(
    protocol: str, begin: Begin, rows: Rows, peer: Peer
) -> None:
    first = begin(protocol=protocol).connected()
    rows.available.clear()
    peer.publish(TOPIC, *readings(15))
    until(lambda: first.worker.state().waiting == 15)
    assert first.subscriber.state().unacknowledged == 15
    first.stop()
    assert rows.all() == []
    rows.available.set()
    begin(protocol=protocol)
    until(lambda: set(rows.all()) == set(readings(15)))


@PROTOCOLS
@pytest.mark.parametrize("end", [Mosquitto.stop, Mosquitto.kill])
def test_a_broker_that_ends_and_comes_back_loses_nothing_it_has_saved(
    end: Callable[[Mosquitto], None], protocol: str, begin: Begin, rows: Rows, peer: Peer, broker: Mosquitto
) -> None:
    service = begin(protocol=protocol).connected()
    rows.available.clear()
    peer.publish(TOPIC, *readings(15))
    until(lambda: service.subscriber.state().unacknowledged == 15)
    saved = broker.data()
    until(lambda: saved.exists() and all(each in saved.read_bytes() for each in readings(15)))
    end(broker)
    until(lambda: not service.subscriber.state().connected)
    broker.start()
    rows.available.set()
    service.connected()
    until(lambda: set(rows.all()) == set(readings(15)))
    until(lambda: service.subscriber.state().unacknowledged == 0)
    peer2 = Peer(broker.port)
    peer2.publish(TOPIC, *readings(5, 100))
    until(lambda: set(readings(5, 100)) <= set(rows.all()))
    hang_up(peer2.client)


def test_no_more_than_agreed_is_on_its_way_while_the_database_is_away(begin: Begin, rows: Rows, peer: Peer) -> None:
    service = begin(receive_maximum=10).connected()
    rows.available.clear()
    peer.publish(TOPIC, *readings(50))
    until(lambda: service.worker.state().waiting == 10)
    assert service.subscriber.state().received == 10
    rows.available.set()
    until(lambda: len(rows.all()) == 50)
    assert rows.all() == readings(50)


def test_one_message_the_ingest_step_chokes_on_does_not_stop_the_others(begin: Begin, rows: Rows, peer: Peer) -> None:
    service = begin().connected()
    peer.publish(TOPIC, *readings(3), b'{"temperature_c": 666}', b"{]", b"\xff", *readings(3, 10))
    until(lambda: len(rows.all()) == 6 and len(rows.all(refused=True)) == 3)
    until(lambda: service.subscriber.state().unacknowledged == 0)
    assert rows.all() == readings(3) + readings(3, 10)
    assert sorted(rows.all(refused=True)) == sorted([b'{"temperature_c": 666}', b"{]", b"\xff"])


def test_a_topic_nobody_declared_goes_to_quarantine(begin: Begin, rows: Rows, peer: Peer) -> None:
    begin(routes=(Route("other/#", "native"),)).connected().stop()
    peer.publish("other/fridge", *readings(1))
    begin()  # the session still has the old subscription
    until(lambda: rows.all(refused=True) == readings(1))


def test_messages_without_a_temperature_are_acknowledged_and_leave_no_trace(
    begin: Begin, rows: Rows, peer: Peer
) -> None:
    service = begin().connected()
    peer.publish("zigbee2mqtt/bridge/state", b'{"state": "online"}')
    peer.publish("tele/plug/LWT", b"Online")
    peer.publish(TOPIC, *readings(1))
    until(lambda: rows.all() == readings(1))
    until(lambda: service.subscriber.state().unacknowledged == 0)
    assert rows.all(refused=True) == []


def test_our_own_topics_are_never_ingested(begin: Begin, rows: Rows, peer: Peer) -> None:
    service = begin(routes=(Route("coldchain/#", "native"),), protocol="3.1.1").connected()
    service.subscriber.publish("coldchain/alerts/ward-3", b'{"temperature_c": 9}')
    peer.publish("coldchain/fridge", *readings(1))
    until(lambda: rows.all() == readings(1))
    assert rows.all(refused=True) == []


@PROTOCOLS
def test_the_service_says_that_it_is_there_that_it_went_and_that_it_vanished(
    protocol: str, begin: Begin, peer: Peer
) -> None:
    def said(*states: str) -> bool:
        return [json.loads(words)["state"] for _, words in peer.heard][: len(states)] == list(states)

    peer.client.subscribe("coldchain/status", qos=1)
    service = begin(protocol=protocol).connected()
    until(lambda: said("online"))
    service.stop()
    until(lambda: said("online", "offline"))
    service = begin(protocol=protocol).connected()
    until(lambda: said("online", "offline", "online"))
    client = service.subscriber._client
    assert client is not None
    client.on_disconnect = None
    client._sock_close()  # the process is gone: no goodbye, so the broker speaks our last will
    until(lambda: said("online", "offline", "online", "offline"))


def test_an_alert_stays_for_those_who_come_later(begin: Begin, peer: Peer) -> None:
    service = begin().connected()
    service.subscriber.publish("coldchain/alerts/ward-3", b"alert")
    peer.client.subscribe("coldchain/alerts/#", qos=1)
    until(lambda: ("coldchain/alerts/ward-3", b"alert") in peer.heard)


def test_a_broker_that_is_not_there_is_said_once_and_waited_for(
    tmp_path: Path, rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    port = free_port()
    service = Service(rows, port).start()
    until(lambda: service.subscriber.state().complaint is not None)
    with pytest.raises(BrokerUnavailable, match=f"127.0.0.1:{port} is not connected"):
        service.subscriber.publish("coldchain/alerts/x", b"alert")
    broker = Mosquitto(tmp_path, port).start()
    service.connected()
    assert service.subscriber.state().complaint is None
    assert [record.message for record in caplog.records] == [
        f"cannot reach an MQTT broker at 127.0.0.1:{port} (connection refused); trying until it answers"
    ]
    service.stop()
    broker.stop()


def test_a_broker_that_speaks_another_mqtt_is_named(rows: Rows) -> None:
    other = EmbeddedBroker(Arrivals(Router(()), lambda: 0), IngestWorker(rows.ingest).submit, port=0)
    other.start()
    service = Service(rows, other.port, protocol="5").start()
    until(lambda: service.subscriber.state().complaint is not None)
    assert "try 3.1.1" in (service.subscriber.state().complaint or "")
    service.stop()
    other.stop()


def test_a_broker_that_says_nothing_may_speak_another_mqtt(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coldchain.monitoring.subscriber.SILENT_BROKER_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        service = Service(rows, silent.getsockname()[1], protocol="3.1.1").start()
        until(lambda: service.subscriber.state().complaint is not None)
        assert "does not answer; it may not speak MQTT 3.1.1: try 5" in (service.subscriber.state().complaint or "")
        service.stop()


def test_a_callback_that_fails_costs_one_message_and_not_the_way_in(
    begin: Begin, rows: Rows, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = begin().connected()

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(service.subscriber._arrivals, "arrive", fail)
        peer.publish(TOPIC, *readings(1))
        until(lambda: service.subscriber.state().complaint)
    peer.publish(TOPIC, *readings(1, 1))
    until(lambda: rows.all() == readings(1, 1))
    until(lambda: service.subscriber.state().unacknowledged == 1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho forgets the old thread's sockets
def test_a_dead_network_thread_is_started_again(begin: Begin, rows: Rows, peer: Peer) -> None:
    service = begin().connected()
    client = service.subscriber._client
    assert client is not None
    thread = client._thread
    assert thread is not None
    client._thread_terminate = True
    thread.join(120)
    assert not thread.is_alive()
    peer.publish(TOPIC, *readings(1))
    until(lambda: rows.all() == readings(1))


def test_a_certificate_that_is_not_there_is_named(rows: Rows) -> None:
    service = Service(rows, 1, tls=Tls(ca_file=Path("no-such-authority.pem")))
    with pytest.raises(ColdchainError, match=r"cannot encrypt .* with no-such-authority\.pem"):
        service.subscriber.start()


def test_a_wrong_password_is_named(broker: Mosquitto, rows: Rows) -> None:
    worker = IngestWorker(rows.ingest)
    where = BrokerAddress("127.0.0.1", broker.port, user=USER, password="wrong")
    subscriber = Subscriber(where, Arrivals(Router(()), lambda: 0), worker.submit)
    subscriber.start()
    until(lambda: "does not let us in: Not authorized" in (subscriber.state().complaint or ""))
    subscriber.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho forgets a socket it gave up
def test_an_encrypted_connection_needs_a_certificate_we_trust(tmp_path: Path, rows: Rows) -> None:
    certificate, key = certificate_for("localhost", tmp_path / "right")
    other, _ = certificate_for("localhost", tmp_path / "other")
    broker = Mosquitto(tmp_path, listener=[f"certfile {certificate}", f"keyfile {key}"]).start()
    worker = IngestWorker(rows.ingest)
    for authority, trusted in ((certificate, True), (other, False)):
        where = BrokerAddress("localhost", broker.port, user=USER, password=PASSWORD, tls=Tls(authority))
        subscriber = Subscriber(where, Arrivals(Router(()), lambda: 0), worker.submit)
        subscriber.start()
        until(lambda: subscriber.state().connected or subscriber.state().complaint)  # noqa: B023
        assert subscriber.state().connected is trusted
        assert trusted or "self-signed certificate" in (subscriber.state().complaint or "")
        subscriber.stop()
    broker.stop()
