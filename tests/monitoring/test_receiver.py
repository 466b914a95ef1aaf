"""Receiving in large pieces, under a real Mosquitto: acknowledged after commit, nothing lost by anybody's death."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.monitoring import mqtt_wire
from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.receiver import Receiver
from coldchain.monitoring.session import BrokerAddress
from coldchain.monitoring.worker import IngestWorker
from coldchain.payloads import DEFAULT_ROUTES, Router
from tests.brokers import PASSWORD, USER, Mosquitto
from tests.monitoring.rows import Rows, hang_up, until
from tests.monitoring.test_subscriber import PROTOCOLS, TOPIC, Peer, broker, peer, rows  # noqa: F401


def said(*readings: float) -> list[bytes]:
    return [f'{{"temperature_c": {reading}}}'.encode() for reading in readings]


class Service:
    """A worker and a receiver."""

    def __init__(self, rows: Rows, port: int, **more: Any) -> None:  # noqa: F811
        self.worker = IngestWorker(rows.ingest)
        self.receiver = Receiver(
            BrokerAddress("127.0.0.1", port, user=USER, password=PASSWORD, **more),
            Arrivals(Router(DEFAULT_ROUTES), lambda: 1_700_000_000_000),
            self.worker,
        )

    def start(self) -> "Service":
        self.worker.start()
        self.receiver.start()
        until(lambda: self.receiver.connected)
        return self

    def stop(self) -> None:
        self.worker.close()
        self.receiver.stop()


@pytest.fixture
def service(broker: Mosquitto, rows: Rows, request: pytest.FixtureRequest) -> Iterator[Service]:  # noqa: F811
    made = Service(rows, broker.port, protocol=getattr(request, "param", "5")).start()
    yield made
    made.stop()


@pytest.mark.broker
@pytest.mark.parametrize("service", ["5", "3.1.1"], indirect=True)
def test_what_is_published_is_stored_and_acknowledged(service: Service, peer: Peer, rows: Rows) -> None:  # noqa: F811
    messages = said(*range(200))
    peer.publish(TOPIC, *messages)
    until(lambda: rows.all() == messages)
    until(lambda: service.receiver.acknowledged == 200)


@pytest.mark.broker
@pytest.mark.parametrize("poison", [None, 100])
def test_usual_messages_go_in_lots_and_each_is_acknowledged(
    service: Service, peer: Peer, rows: Rows, poison: int | None  # noqa: F811
) -> None:  # fmt: skip
    messages = [f'{{"measured_at": "2023-11-14T22:13:20Z", "temperature_c": 5.{number:03d}}}'.encode()
                for number in range(200)]  # fmt: skip
    if poison is not None:
        rows.choke_on(messages[poison])
    peer.publish(TOPIC, *messages)
    until(lambda: service.receiver.acknowledged == 200)
    assert rows.all() == [each for number, each in enumerate(messages) if number != poison]
    assert rows.all(refused=True) == ([] if poison is None else [messages[poison]])


@pytest.mark.broker
@PROTOCOLS
def test_what_was_not_committed_comes_again(
    broker: Mosquitto, peer: Peer, rows: Rows, protocol: str  # noqa: F811
) -> None:  # fmt: skip
    first = Service(rows, broker.port, protocol=protocol).start()
    rows.available.clear()
    peer.publish(TOPIC, *said(1, 2, 3))
    until(lambda: first.receiver.received == 3)
    first.worker.close(0.1)
    first.receiver.stop()
    rows.available.set()
    peer.publish(TOPIC, *said(4))
    second = Service(rows, broker.port, protocol=protocol).start()
    until(lambda: set(rows.all()) >= set(said(1, 2, 3, 4)))
    second.stop()


@pytest.mark.broker
def test_a_broker_that_is_killed_is_connected_to_again(
    broker: Mosquitto, service: Service, rows: Rows, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    broker.kill()
    until(lambda: not service.receiver.connected)
    broker.start()
    until(lambda: service.receiver.connected)
    again = Peer(broker.port)
    again.publish(TOPIC, *said(7))
    until(lambda: said(7)[0] in rows.all())
    hang_up(again.client)


@pytest.mark.parametrize(
    ("code", "protocol", "said"),
    [
        (0, "5", None),
        (0x84, "5", "the MQTT broker does not speak MQTT 5: try 3.1.1"),
        (1, "3.1.1", "the MQTT broker does not speak MQTT 3.1.1: try 5"),
        (0x87, "5", "the MQTT broker refuses us (reason 135): check user, password and client_id"),
    ],
)
def test_a_refusal_says_what_helps(code: int, protocol: Any, said: str | None) -> None:
    assert mqtt_wire.refusal(bytes([0, code]), BrokerAddress("127.0.0.1", protocol=protocol)) == said


@pytest.mark.parametrize(
    ("body", "five", "refused"),
    [
        (b"\x00\x01\x01\x01", False, []),
        (b"\x00\x01\x01\x80", False, [1]),
        (b"\x00\x01\x00\x01\x87", True, [1]),
        (b"\x00\x01\x03\x1f\x00\x00\x87\x01", True, [0]),
    ],
)  # fmt: skip
def test_the_filters_that_a_broker_refuses_are_known(body: bytes, five: bool, refused: list[int]) -> None:
    assert mqtt_wire.not_granted(body, five=five) == refused


@given(
    st.lists(st.tuples(st.text("ab/", min_size=1, max_size=8), st.binary(max_size=200), st.integers(1, 65_535)),
             max_size=8),
    st.booleans(), st.data(),
)  # fmt: skip
def test_however_the_bytes_are_cut_the_messages_are_the_same(
    messages: list[tuple[str, bytes, int]], five: bool, data: st.DataObject
) -> None:
    whole = b"".join(_publish(*one, five=five) for one in messages) + mqtt_wire.PING.replace(b"\xc0", b"\xd0")
    found, rest = [], b""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)))))
    for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        parsed = mqtt_wire.parse(rest + whole[start:stop], five=five)
        found += parsed.published
        rest = (rest + whole[start:stop])[parsed.taken :]
    assert rest == b""
    assert found == [(number, topic, payload, False, False) for topic, payload, number in messages]


def _publish(topic: str, payload: bytes, number: int, *, five: bool) -> bytes:
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + number.to_bytes(2, "big") + (b"\x00" if five else b"") + payload
    return mqtt_wire._packet(0x32, body)
