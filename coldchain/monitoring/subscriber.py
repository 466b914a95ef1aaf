"""The subscription at a site's own broker: messages are acknowledged after their COMMIT, by nobody else's word.

The broker keeps what we have not acknowledged and sends it again, after its restart or ours, so nothing that it
accepted for us is lost; what comes twice is one reading.
"""

import logging
import ssl
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

from coldchain.errors import BrokerUnavailable, DeliveryFailed
from coldchain.monitoring import session
from coldchain.monitoring.arriving import STATUS_TOPIC, Arrivals
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.session import BrokerAddress
from coldchain.monitoring.status import OFFLINE, ONLINE
from coldchain.monitoring.worker import QueueFull, WorkerClosed

_log = logging.getLogger(__name__)

_ANOTHER_MQTT = "Unsupported protocol version"

_ROOM_S = 0.25
_WATCH_S = 2.0
_PUBLISH_S = 30.0
"""An answer stands behind all the acknowledgements on their way to a broker that saves every one of them."""
_FAREWELL_S = 3.0
SILENT_BROKER_S = 15.0
"""A broker that takes the connection and answers nothing for so long speaks another MQTT than we do."""


class Submit(Protocol):
    """How messages are handed to the ingest worker: `IngestWorker.submit`."""

    def __call__(self, incoming: Incoming, wait_s: float = 0.0) -> "Future[None]":
        """The future is done after COMMIT; raises `QueueFull` or `WorkerClosed`."""


@dataclass(frozen=True)
class SubscriberState:
    """How the subscription does.

    Attributes:
        alive: Whether its thread runs.
        connected: Whether the broker has accepted us and is connected now.
        unacknowledged: Messages taken over and not yet acknowledged.
        oldest_s: How long the oldest of them has waited, seconds; 0 where none does.
        received: Messages since the start.
        connections: How often the broker accepted us.
        new_sessions: How often it knew nothing of our session then.
        complaint: Why we are not connected, or what the broker refused; ``None`` while all is well.
    """

    alive: bool
    connected: bool
    unacknowledged: int
    oldest_s: float
    received: int
    connections: int
    complaint: str | None
    new_sessions: int = 0


class Subscriber:
    """One session at one broker.

    Args:
        address: Where, and as whom.
        arrivals: Routes and decodes; its filters are what we subscribe to.
        submit: Hands a message to the ingest worker.
    """

    def __init__(self, address: BrokerAddress, arrivals: Arrivals, submit: Submit) -> None:
        self._address = address
        self._place = f"{address.host}:{address.port}"
        self._arrivals = arrivals
        self._submit = submit
        self._client: paho.Client | None = None
        self._lock = threading.RLock()  # holds the connection still between a look at its number and an answer on it
        self._connection = 0
        self._connected = threading.Event()
        self._stopping = threading.Event()
        self._pending: dict[tuple[int, int], float] = {}
        self._refusals: dict[int, str] = {}
        self._received = 0
        self._connections = 0
        self._new_sessions = 0
        self._since = 0.0
        self._complaint: str | None = None
        self._watchdog = threading.Thread(target=self._watch, name="coldchain-mqtt-watch", daemon=True)

    def start(self) -> None:
        """Connect in the background and stay connected; a broker that is not there yet is waited for."""
        self._client = client = session.new_client(self._address)
        client.on_connect = self._guarded(self._on_connect)
        client.on_connect_fail = self._guarded(self._on_connect_fail)
        client.on_disconnect = self._guarded(self._on_disconnect)
        client.on_message = self._guarded(self._on_message)
        client.on_publish = self._guarded(self._on_publish)
        client.on_subscribe = self._guarded(self._on_subscribe)
        self._since = time.monotonic()
        session.begin(client, self._address)
        client.loop_start()
        self._watchdog.start()

    def stop(self) -> None:
        """Say that we go, and disconnect; the broker keeps our session and what we have not acknowledged."""
        client = self._client
        if client is None:
            return
        self._stopping.set()
        self._watchdog.join()  # before the thread ends, which it would start again
        if self._connected.is_set():
            self._farewell()
        client.disconnect()
        client.loop_stop()
        session.release(client)
        self._client = None

    def publish(self, topic: str, payload: bytes, *, retain: bool = True, within_s: float = _PUBLISH_S) -> None:
        """Publish a message of our own at QoS 1; returns when the broker has taken it.

        Raises:
            BrokerUnavailable: It is not connected, or did not answer in time; then the message may have reached it.
            DeliveryFailed: It refused the message.
        """
        client = self._client
        if client is None or not self._connected.is_set():
            raise BrokerUnavailable(f"the MQTT broker at {self._place} is not connected")
        info = client.publish(topic, payload, qos=1, retain=retain)
        try:
            info.wait_for_publish(within_s)
        except (ValueError, RuntimeError) as error:
            raise BrokerUnavailable(f"the MQTT broker at {self._place} did not take a message: {error}") from error
        refusal = self._refusals.pop(info.mid, None)
        if refusal is not None:
            raise DeliveryFailed(f"the MQTT broker at {self._place} refused {topic}: {refusal}", retry=True)
        if not info.is_published():
            raise BrokerUnavailable(f"the MQTT broker at {self._place} did not answer within {within_s:.0f} s")

    def state(self) -> SubscriberState:
        """How it does, now."""
        with self._lock:
            pending = len(self._pending)
            oldest = min(self._pending.values(), default=None)
        alive = self._client is not None and self._watchdog.is_alive()
        return SubscriberState(
            alive=alive,
            connected=self._connected.is_set(),
            unacknowledged=pending,
            oldest_s=0.0 if oldest is None else time.monotonic() - oldest,
            received=self._received,
            connections=self._connections,
            complaint=self._complaint,
            new_sessions=self._new_sessions,
        )

    # ---- what paho tells us, in its own thread

    def _guarded(self, callback: Callable[..., None]) -> Callable[..., None]:
        """An exception in a callback would end paho's thread, and with it the way in."""

        def guarded(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except Exception as error:  # noqa: BLE001 - see above
                self._complain(f"a message from the MQTT broker was not handled: {error!r}")
                _log.exception("an MQTT callback failed")

        return guarded

    def _on_connect(self, client: paho.Client, _: Any, flags: Any, reason: Any, *__: Any) -> None:
        if reason.is_failure:
            hint = f": try {self._address.other_protocol}" if reason == _ANOTHER_MQTT else ""
            self._complain(f"the MQTT broker at {self._place} does not let us in: {reason}{hint}")
            return
        self._new_connection()
        self._connections += 1
        self._new_sessions += not flags.session_present
        if self._connections > 1 and not flags.session_present:
            _log.warning("the MQTT broker at %s has lost our session and what it kept for us", self._place)
        session.subscribe(client, self._address, self._arrivals.router.filters)
        client.publish(STATUS_TOPIC, ONLINE, qos=1, retain=True)
        self._complaint = None
        self._connected.set()
        _log.info("connected to the MQTT broker at %s", self._place)

    def _on_connect_fail(self, *_: Any) -> None:
        error = sys.exc_info()[1]  # paho calls us while it handles what went wrong, and does not pass it on
        if isinstance(error, ssl.SSLError):
            why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.reason
            self._complain(f"no encrypted connection to the MQTT broker at {self._place}: {why or error}")
            return
        why = f" ({error.strerror.lower()})" if isinstance(error, OSError) and error.strerror else ""
        self._complain(f"cannot reach an MQTT broker at {self._place}{why}; trying until it answers")

    def _on_disconnect(self, _: paho.Client, __: Any, ___: Any, reason: Any, *____: Any) -> None:
        was_connected = self._connected.is_set()
        self._connected.clear()
        self._new_connection()
        self._since = time.monotonic()
        if was_connected and not self._stopping.is_set():
            self._complain(f"the connection to the MQTT broker at {self._place} is lost: {reason}")

    def _on_subscribe(self, _: paho.Client, __: Any, ___: int, reasons: Any, *____: Any) -> None:
        for topic_filter, reason in zip(self._arrivals.router.filters, reasons, strict=False):
            if reason.is_failure:
                self._complain(f"the MQTT broker at {self._place} does not let us read {topic_filter}: {reason}")

    def _on_publish(self, _: paho.Client, __: Any, mid: int, reason: Any, *___: Any) -> None:
        if reason.is_failure:
            self._refusals[mid] = str(reason)

    def _on_message(self, _: paho.Client, __: Any, message: paho.MQTTMessage) -> None:
        self._received += 1
        key = (self._connection, message.mid)
        if message.qos:
            with self._lock:
                self._pending[key] = time.monotonic()
        incoming = self._arrivals.arrive(
            session.topic_of(message), bytes(message.payload), retained=message.retain, redelivered=message.dup
        )
        if incoming is None:
            self._acknowledge(key)
            return
        done = self._submitted(incoming)
        if done is not None and message.qos:
            done.add_done_callback(lambda future: self._settled(key, future))

    # ---- acknowledging

    def _submitted(self, incoming: Incoming) -> "Future[None] | None":
        """Hand over; where the worker is full, the broker has to wait."""
        while not self._stopping.is_set():
            try:
                return self._submit(incoming, _ROOM_S)
            except QueueFull:
                continue
            except WorkerClosed:
                break
        return None

    def _settled(self, key: tuple[int, int], future: "Future[None]") -> None:
        if future.exception() is None:
            self._acknowledge(key)

    def _acknowledge(self, key: tuple[int, int]) -> None:
        """Only on the connection that brought the message: after another one the broker has sent it again, and the
        same number may by then stand for a message that is not yet committed.
        """
        with self._lock:
            if self._client is not None and self._pending.pop(key, None) is not None:
                self._client.ack(key[1], 1)

    def _new_connection(self) -> None:
        with self._lock:
            self._connection += 1
            self._pending.clear()

    # ---- keeping at it

    def _watch(self) -> None:
        """Start paho's thread again should it ever end, and name a broker that does not answer."""
        while not self._stopping.wait(_WATCH_S):
            client = self._client
            if client is not None and client.loop_start() is MQTTErrorCode.MQTT_ERR_SUCCESS:
                _log.error("the MQTT thread had ended and is started again")
            if not self._connected.is_set() and time.monotonic() - self._since > SILENT_BROKER_S:
                self._complain_of_silence()

    def _complain_of_silence(self) -> None:
        if self._complaint is None:
            self._complain(
                f"the MQTT broker at {self._place} takes the connection and does not answer;"
                f" it may not speak MQTT {self._address.protocol}: try {self._address.other_protocol}"
            )

    def _complain(self, complaint: str) -> None:
        """Say it once, not at every attempt."""
        if complaint != self._complaint:
            self._complaint = complaint
            _log.warning("%s", complaint)

    def _farewell(self) -> None:
        try:
            self.publish(STATUS_TOPIC, OFFLINE, within_s=_FAREWELL_S)
        except (BrokerUnavailable, DeliveryFailed) as error:
            _log.info("could not say goodbye to the MQTT broker: %s", error)
