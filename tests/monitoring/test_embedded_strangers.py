"""Who does not speak the embedded broker's MQTT, or too much of it: told so where it can be, and gone at once."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from coldchain.monitoring import embedded_greeting
from tests.monitoring.rows import Rows, hang_up, until
from tests.monitoring.test_embedded import TOPIC, Site, reading


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    return Rows(tmp_path / "rows.db")


@pytest.fixture
def site(rows: Rows) -> Iterator[Site]:
    made = Site(rows)
    yield made
    made.stop()


def answered(site: Site, *pieces: bytes) -> bytes:
    """All that the broker says until it hangs up."""
    with socket.create_connection(("127.0.0.1", site.broker.port), timeout=120) as visitor:
        for piece in pieces:
            visitor.sendall(piece)
        said = b""
        while more := visitor.recv(100):
            said += more
    return said


def connect_packet(level: int, name: bytes = b"MQTT", properties: bytes = b"") -> bytes:
    body = len(name).to_bytes(2, "big") + name + bytes([level, 2, 0, 60]) + properties + b"\x00\x01a"
    return bytes([0x10, len(body)]) + body


@pytest.mark.parametrize(
    ("case", "packet", "answer"),
    [
        ("MQTT 5", connect_packet(5, properties=b"\x00"), b"\x20\x03\x00\x84\x00"),
        ("MQTT 5 with a session's expiry", connect_packet(5, properties=b"\x05\x11\x00\x00\x0e\x10"),
         b"\x20\x03\x00\x84\x00"),
        ("MQTT 3.1", connect_packet(3, b"MQIsdp"), b"\x20\x02\x00\x01"),
        ("an MQTT to come", connect_packet(6, properties=b"\x00"), b"\x20\x03\x00\x84\x00"),
        ("another protocol", connect_packet(4, b"AMQP"), b""),
        ("a message before the CONNECT", b"\x30\x05\x00\x01aaa", b""),
        ("a protocol's name of 64 kB", b"\x10\xff\xff\x03\xff\xff", b""),
    ],
)  # fmt: skip
def test_who_speaks_something_else_is_refused_at_once(site: Site, case: str, packet: bytes, answer: bytes) -> None:
    assert answered(site, packet) == answer, case


def test_a_greeting_may_come_byte_by_byte(site: Site) -> None:
    packet = connect_packet(4)
    with socket.create_connection(("127.0.0.1", site.broker.port), timeout=120) as visitor:
        visitor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in packet:
            visitor.sendall(bytes([byte]))
        assert visitor.recv(4) == b"\x20\x02\x00\x00"


def test_a_real_client_of_mqtt_5_is_told_why(site: Site) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    told, reasons = threading.Event(), list[str]()

    def on_connect(_client: paho.Client, _data: object, _flags: object, reason: object, *_: object) -> None:
        reasons.append(str(reason))
        told.set()

    client.on_connect = on_connect
    client.connect("127.0.0.1", site.broker.port)
    client.loop_start()
    assert told.wait(120)
    hang_up(client)
    assert reasons[0] == "Unsupported protocol version"


def test_who_says_nothing_is_not_waited_for_for_ever(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_greeting, "GREETED_WITHIN_S", 0.1)
    site = Site(rows)
    assert answered(site) == b""
    assert answered(site, connect_packet(4)[:9]) == b""
    site.stop()


def test_a_packet_larger_than_any_message_is_refused_before_it_is_read(site: Site, rows: Rows) -> None:
    announced = b"\x32\xff\xff\xff\x7f" + len(TOPIC).to_bytes(2, "big") + TOPIC.encode() + b"\x00\x01"  # 256 MB
    assert answered(site, connect_packet(4), announced) == b"\x20\x02\x00\x00"
    assert rows.all() == []


def test_a_message_of_a_mebibyte_is_read(site: Site, rows: Rows) -> None:
    padded = json.dumps({"measured_at": "2026-11-21T10:00:00Z", "temperature_c": 4}).encode().ljust(1 << 20)
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    client.connect("127.0.0.1", site.broker.port)
    client.loop_start()
    client.publish(TOPIC, padded, qos=1).wait_for_publish(120)
    client.publish(TOPIC, reading(1), qos=1).wait_for_publish(120)
    until(lambda: len(rows.all()) == 2)
    hang_up(client)
