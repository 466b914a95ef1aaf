"""Our session at a broker: one paho client, set up so that a restart of either side loses nothing."""

import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from coldchain.errors import BrokerUnavailable, ColdchainError
from coldchain.monitoring.arriving import STATUS_TOPIC
from coldchain.monitoring.status import OFFLINE

_SHORTEST_WAIT_S = 1
_LONGEST_WAIT_S = 30
"""How long paho waits between two attempts to connect; doubled up to the longest."""
_REST_S = 0.5
"""How long the rest of a broker's words about itself is waited for after the first."""


@dataclass(frozen=True)
class Tls:
    """An encrypted connection whose certificate is checked.

    Attributes:
        ca_file: Which authority signed the broker's certificate; ``None`` for the system's.
        certificate_file, key_file: Our own certificate, where the broker asks for one.
        exactly: The broker's own certificate, where that is known beforehand: then it alone is believed, whatever
            name stands in it.
    """

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    exactly: Path | None = None


@dataclass(frozen=True)
class BrokerAddress:
    """Where the broker is, and who we are there.

    Attributes:
        host, port: Its address.
        client_id: The name of our session; it must stay the same, and be used by one service only.
        user, password: Our account there.
        tls: Encryption; ``None`` for none.
        protocol: What the broker speaks: a broker that knows no MQTT 5 does not answer a client that speaks it.
        session_expiry_s: How long the broker keeps messages for us while we are away (MQTT 5; 3.1.1 leaves it to the
            broker).
        receive_maximum: The most messages on their way to us and not yet acknowledged (MQTT 5).
        keepalive_s: After how much silence each side asks whether the other lives.
    """

    host: str
    port: int = 1883
    client_id: str = "coldchain"
    user: str | None = None
    password: str | None = None
    tls: Tls | None = None
    protocol: Literal["5", "3.1.1"] = "5"
    session_expiry_s: int = 7 * 86_400
    receive_maximum: int = 10_000
    keepalive_s: int = 30

    @property
    def other_protocol(self) -> str:
        """What to try where the broker does not speak ``protocol``."""
        return "3.1.1" if self.protocol == "5" else "5"


def new_client(address: BrokerAddress) -> paho.Client:
    """A client that acknowledges only what it is told to, and whose session survives both sides' restarts.

    Raises:
        ColdchainError: A certificate file cannot be used.
    """
    five = address.protocol == "5"
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=address.client_id,
        clean_session=None if five else False,
        protocol=paho.MQTTv5 if five else paho.MQTTv311,
        manual_ack=True,
    )
    if address.user is not None:
        client.username_pw_set(address.user, address.password)
    if address.tls is not None:
        _encrypt(client, address.tls)
    client.will_set(STATUS_TOPIC, OFFLINE, qos=1, retain=True)
    client.reconnect_delay_set(_SHORTEST_WAIT_S, _LONGEST_WAIT_S)
    return client


def begin(client: paho.Client, address: BrokerAddress) -> None:
    """Connect in the background, for as long as it takes."""
    if address.protocol != "5":
        client.connect_async(address.host, address.port, address.keepalive_s)
        return
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = address.session_expiry_s
    properties.ReceiveMaximum = address.receive_maximum
    # paho's own default throws the session away at the first connect after a restart
    client.connect_async(address.host, address.port, address.keepalive_s, clean_start=False, properties=properties)


def subscribe(client: paho.Client, address: BrokerAddress, filters: Sequence[str]) -> None:
    """Ask for every filter at QoS 1; where the session was kept, retained messages are not sent again (MQTT 5)."""
    if not filters:
        return
    if address.protocol != "5":
        client.subscribe([(each, 1) for each in filters])
        return
    once = SubscribeOptions(qos=1, noLocal=True, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
    client.subscribe([(each, once) for each in filters])


def publish_once(address: BrokerAddress, topic: str, payload: bytes, *, within_s: float) -> None:
    """Publish one message at QoS 1 by a client that comes and goes; returns when the broker has taken it.

    Raises:
        BrokerUnavailable: The broker is not there, does not let us in, or does not answer in time.
        ColdchainError: A certificate file cannot be used.
    """
    with _visit(address, within_s) as client:
        client.loop_start()
        try:
            sent = client.publish(topic, payload, qos=1)
            sent.wait_for_publish(within_s)
            if not sent.is_published():
                raise BrokerUnavailable(f"it took no message within {within_s:.0f} s")
        finally:
            client.disconnect()
            client.loop_stop()


def broker_says(address: BrokerAddress, *, within_s: float) -> dict[str, str]:
    """What a broker publishes of itself under ``$SYS/broker``, as far as it lets us see it.

    Raises:
        BrokerUnavailable: The broker is not there, or does not let us in.
        ColdchainError: A certificate file cannot be used.
    """
    said: dict[str, str] = {}
    answers: list[ReasonCode] = []

    def on_connect(client: paho.Client, _: Any, __: Any, reason: ReasonCode, *___: Any) -> None:
        answers.append(reason)
        client.subscribe("$SYS/broker/#")

    def on_message(_: paho.Client, __: Any, message: paho.MQTTMessage) -> None:
        said[topic_of(message)] = message.payload.decode("utf-8", "replace")

    with _visit(address, within_s) as client:
        client.on_connect, client.on_message = on_connect, on_message
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline and not any(each.is_failure for each in answers):
            client.loop(0.1)
            if said:  # retained, so they come together
                deadline = min(deadline, time.monotonic() + _REST_S)
        client.disconnect()
    if not answers or answers[0].is_failure:
        why = answers[0] if answers else "it does not answer"
        raise BrokerUnavailable(f"the MQTT broker at {address.host}:{address.port} does not let us in: {why}")
    return said


@contextmanager
def _visit(address: BrokerAddress, within_s: float) -> Iterator[paho.Client]:
    """A client that has opened its connection, without a session that would outlive the block."""
    client = paho.Client(
        CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5 if address.protocol == "5" else paho.MQTTv311
    )
    if address.user is not None:
        client.username_pw_set(address.user, address.password)
    if address.tls is not None:
        _encrypt(client, address.tls)
    client.connect_timeout = within_s
    try:
        client.connect(address.host, address.port, address.keepalive_s)
        yield client
    except (OSError, ValueError, RuntimeError, BrokerUnavailable) as error:
        raise BrokerUnavailable(
            f"the MQTT broker at {address.host}:{address.port} takes no message: {error}"
        ) from error
    finally:
        release(client)


def topic_of(message: paho.MQTTMessage) -> str:
    """A message's topic, whatever a broker let through."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return "(a topic that is not UTF-8)"


def release(client: paho.Client) -> None:
    """Let go of a client, so that it closes its sockets now."""
    client.on_connect = client.on_connect_fail = client.on_disconnect = None
    client.on_message = client.on_publish = client.on_subscribe = None


def _encrypt(client: paho.Client, tls: Tls) -> None:
    authority, certificate, key = (
        str(file) if file is not None else None for file in (tls.ca_file, tls.certificate_file, tls.key_file)
    )
    try:
        if tls.exactly is not None:
            client.tls_set_context(_believing(tls.exactly))
        else:
            client.tls_set(ca_certs=authority, certfile=certificate, keyfile=key)
    except (OSError, ssl.SSLError, ValueError) as error:
        files = ", ".join(each for each in (authority, certificate, key) if each) or "the system's authorities"
        raise ColdchainError(f"cannot encrypt the connection to the MQTT broker with {files}: {error}") from error


def _believing(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the certificate itself, not who signed it
    context.load_verify_locations(certificate)
    return context
