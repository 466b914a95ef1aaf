"""The embedded broker, driven by a real paho client: a PUBACK means that the reading is committed."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from coldchain.errors import PortTaken, UsageError
from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.embedded import EmbeddedBroker
from coldchain.monitoring.worker import IngestWorker
from coldchain.payloads import DEFAULT_ROUTES, Router
from tests.monitoring.rows import Rows, hang_up, until

TOPIC = "coldchain/readings/fridge"


class Site:
    """A broker, a worker and a database."""

    def __init__(self, rows: Rows, **options: Any) -> None:
        self.rows = rows
        self.worker = IngestWorker(rows.ingest)
        arrivals = Arrivals(Router(DEFAULT_ROUTES), lambda: 1_700_000_000_000)
        self.broker = EmbeddedBroker(arrivals, self.worker.submit, port=0, **options)
        self.worker.start()
        self.broker.start()

    def stop(self) -> None:
        self.broker.stop()
        self.worker.close()


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    return Rows(tmp_path / "rows.db")


@pytest.fixture
def site(rows: Rows) -> Iterator[Site]:
    made = Site(rows)
    yield made
    made.stop()


Connect = Callable[..., paho.Client]


@pytest.fixture
def connect(site: Site) -> Iterator[Connect]:
    """Real clients, connected, and gone at the end."""
    clients: list[paho.Client] = []

    def make(name: str = "", *, port: int | None = None, user: tuple[str, str] | None = None) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=not name, protocol=paho.MQTTv311
        )
        if user:
            client.username_pw_set(*user)
        connected = threading.Event()
        client.on_connect = lambda *_: connected.set()
        client.connect("127.0.0.1", port or site.broker.port)
        client.loop_start()
        clients.append(client)
        assert connected.wait(120)
        return client

    yield make
    for client in clients:
        hang_up(client)


def reading(number: int) -> bytes:
    return json.dumps({"measured_at": f"2026-11-21T10:00:{number % 60:02d}Z", "temperature_c": number}).encode()


def test_a_puback_means_that_the_row_is_committed(site: Site, connect: Connect) -> None:
    client = connect()
    for number in range(50):
        client.publish(TOPIC, reading(number), qos=1).wait_for_publish(120)
        assert site.rows.all()[-1] == reading(number)
    assert len(site.rows.all()) == 50


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_every_quality_of_service_is_recorded(qos: int, site: Site, connect: Connect) -> None:
    connect().publish(TOPIC, reading(1), qos=qos).wait_for_publish(120)
    until(lambda: site.rows.all() == [reading(1)])


def test_without_the_database_there_is_no_puback_until_it_is_back(site: Site, connect: Connect) -> None:
    client = connect()
    site.rows.available.clear()
    sent = [client.publish(TOPIC, reading(number), qos=1) for number in range(5)]
    until(lambda: site.worker.state().waiting == 5)
    ping = threading.Event()
    client.on_subscribe = lambda *_: ping.set()
    client.subscribe("anything")  # the broker answers everything else meanwhile, so a PUBACK would have come by now
    assert ping.wait(120)
    assert not any(each.is_published() for each in sent)
    assert site.broker.waiting == 5
    site.rows.available.set()
    for each in sent:
        each.wait_for_publish(120)
    assert sorted(site.rows.all()) == sorted(reading(number) for number in range(5))


def test_a_client_that_sends_faster_than_is_committed_is_read_more_slowly(
    site: Site, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coldchain.monitoring.embedded_handler.MOST_UNCOMMITTED", 8)
    site.rows.available.clear()
    client = connect()
    sent = [client.publish(TOPIC, reading(number), qos=1) for number in range(30)]
    until(lambda: site.broker.waiting == 8)
    connect("another").publish(TOPIC, reading(59), qos=1)  # others are not held up
    until(lambda: site.broker.waiting == 9 and site.worker.state().waiting == 9)
    site.rows.available.set()
    for each in sent:
        each.wait_for_publish(120)
        assert each.is_published()
    until(lambda: len(site.rows.all()) == 31)


def test_who_brings_more_than_the_backlog_holds_is_disconnected_and_loses_nothing(
    site: Site, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coldchain.monitoring.embedded.LARGEST_BACKLOG", 3)
    site.rows.available.clear()
    patient, late = connect("patient"), connect("late")
    for number in range(3):
        patient.publish(TOPIC, reading(number), qos=1)
    until(lambda: site.broker.waiting == 3)
    gone = threading.Event()
    late.on_disconnect = lambda *_: gone.set()
    sent = late.publish(TOPIC, reading(9), qos=1)
    assert gone.wait(120)
    assert site.broker.refused >= 1
    site.rows.available.set()
    sent.wait_for_publish(120)
    assert sent.is_published()
    assert reading(9) in site.rows.all()


def test_a_client_that_left_before_the_commit_sends_again_and_nothing_is_lost(site: Site, connect: Connect) -> None:
    client = connect("persistent-sensor")
    site.rows.available.clear()
    sent = client.publish(TOPIC, reading(1), qos=1)
    until(lambda: site.worker.state().waiting == 1)
    client._sock_close()  # the cable is pulled
    site.rows.available.set()
    sent.wait_for_publish(120)
    assert set(site.rows.all()) == {reading(1)}


def test_a_damaged_message_is_acknowledged_and_in_quarantine(site: Site, connect: Connect) -> None:
    connect().publish(TOPIC, b"{]", qos=1).wait_for_publish(120)
    assert site.rows.all(refused=True) == [b"{]"]


def test_other_traffic_is_passed_on_and_not_recorded(site: Site, connect: Connect) -> None:
    heard: list[bytes] = []
    listener = connect()
    subscribed = threading.Event()
    listener.on_subscribe = lambda *_: subscribed.set()
    listener.on_message = lambda _client, _userdata, message: heard.append(bytes(message.payload))
    listener.subscribe("#", qos=1)
    assert subscribed.wait(120)
    connect().publish("lamps/hall", b"on", qos=1).wait_for_publish(120)
    until(lambda: b"on" in heard)
    assert site.rows.all() == []


def test_alerts_reach_subscribers_and_those_who_come_later(site: Site, connect: Connect) -> None:
    site.broker.publish("coldchain/alerts/ward-3", b"alert")
    heard: dict[str, bytes] = {}
    late = connect()
    late.on_message = lambda _client, _userdata, message: heard.update({message.topic: bytes(message.payload)})
    late.subscribe("coldchain/#", qos=1)
    until(lambda: {"coldchain/alerts/ward-3", "coldchain/status"} <= set(heard))
    site.broker.publish("coldchain/alerts/ward-3", b"ended")
    until(lambda: heard["coldchain/alerts/ward-3"] == b"ended")
    assert json.loads(heard["coldchain/status"])["state"] == "online"


def test_nobody_else_publishes_our_alerts(site: Site, connect: Connect) -> None:
    heard: list[bytes] = []
    listener = connect()
    subscribed = threading.Event()
    listener.on_subscribe = lambda *_: subscribed.set()
    listener.on_message = lambda _client, _userdata, message: heard.append(bytes(message.payload))
    listener.subscribe([("coldchain/alerts/#", 1), ("marker", 1)])
    assert subscribed.wait(120)
    client = connect()
    client.publish("coldchain/alerts/ward-3", b"forged", qos=1).wait_for_publish(120)
    client.publish("marker", b"after", qos=1).wait_for_publish(120)
    until(lambda: heard)
    assert heard == [b"after"]


def test_a_taken_port_is_named_with_the_option_that_changes_it(site: Site) -> None:
    second = EmbeddedBroker(Arrivals(Router(DEFAULT_ROUTES), lambda: 0), site.worker.submit, port=site.broker.port)
    with pytest.raises(PortTaken, match=rf"port {site.broker.port} .*--mqtt-port"):
        second.start()
    assert not second.alive


def test_only_this_machine_gets_in_without_a_password(site: Site) -> None:
    with pytest.raises(UsageError, match=r"0\.0\.0\.0 only with a user and a password"):
        EmbeddedBroker(Arrivals(Router(DEFAULT_ROUTES), lambda: 0), site.worker.submit, host="0.0.0.0")  # noqa: S104


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (("sensor", "right"), "Success"),
        (("sensor", "wrong"), "Not authorized"),
        (("stranger", ""), "Not authorized"),
        (None, "Not authorized"),
    ],
)
def test_with_users_only_they_get_in(user: tuple[str, str] | None, reason: str, rows: Rows) -> None:
    site = Site(rows, users={"sensor": "right"})
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    answers: list[str] = []
    client.on_connect = lambda _c, _u, _f, code, _p: answers.append(str(code))
    if user:
        client.username_pw_set(*user)
    client.connect("127.0.0.1", site.broker.port)
    while not answers and client.loop(1) is MQTTErrorCode.MQTT_ERR_SUCCESS:
        pass
    hang_up(client)
    site.stop()
    assert answers[:1] == [reason]


def test_a_visitor_that_speaks_no_mqtt_harms_nothing(site: Site, connect: Connect) -> None:
    for words in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff", bytes(range(256))):
        with socket.create_connection(("127.0.0.1", site.broker.port), timeout=120) as visitor:
            visitor.sendall(words)
    connect().publish(TOPIC, reading(1), qos=1).wait_for_publish(120)
    assert site.rows.all() == [reading(1)]


def test_stopping_with_clients_connected_and_messages_waiting_is_clean(rows: Rows) -> None:
    site = Site(rows)
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    client.connect("127.0.0.1", site.broker.port)
    client.loop_start()
    rows.available.clear()
    sent = client.publish(TOPIC, reading(1), qos=1)
    until(lambda: site.worker.state().waiting == 1)
    site.stop()
    assert not site.broker.alive
    assert not sent.is_published()
    hang_up(client)


def test_what_we_need_of_the_library_is_still_there() -> None:
    """The contract with amqtt: where an upgrade moves these, the broker must not start acknowledging too early."""
    from amqtt.broker import Broker
    from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
    from amqtt.mqtt.protocol.handler import ProtocolHandler

    from coldchain.monitoring.embedded_handler import CommittingHandler
    from coldchain.monitoring.embedded_sessions import CommittingBroker

    assert "_handle_message_flow" in vars(ProtocolHandler)
    assert "_handle_message_flow" not in vars(BrokerProtocolHandler)
    assert "_handle_message_flow" in ProtocolHandler.handle_publish.__code__.co_names
    assert "attach" in vars(ProtocolHandler)
    assert "_initialize_client_session" in vars(Broker)
    assert "_initialize_client_session" in Broker._client_connected.__code__.co_names
    for asked, by in (
        ("_authenticate", Broker._handle_client_session), ("_topic_filtering", Broker._handle_message_delivery),
        ("_topic_filtering", Broker.add_subscription), ("_del_subscription", Broker._del_all_subscriptions),
        ("_del_subscription", Broker._handle_unsubscription), ("_retain_broadcast_message", Broker._run_broadcast),
        ("mqtt_publish", Broker._run_broadcast), ("_create_server_instance", Broker._start_listeners),
        ("handle_read_timeout", ProtocolHandler._reader_loop),
    ):  # fmt: skip
        assert asked in by.__code__.co_names, asked
    assert issubclass(CommittingHandler, BrokerProtocolHandler)
    assert issubclass(CommittingBroker, Broker)
