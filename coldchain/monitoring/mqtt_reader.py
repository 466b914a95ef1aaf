"""A session at an MQTT broker for tens of thousands of messages a second: one socket, read and answered in pieces.

A message is acknowledged when whoever took it over says so, on the connection that brought it, and the session
outlives a restart of either side.
"""

import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Sequence

from coldchain.errors import BrokerUnavailable, ColdchainError
from coldchain.monitoring import mqtt_wire
from coldchain.monitoring.mqtt_wire import Published
from coldchain.monitoring.session import BrokerAddress, Tls

_log = logging.getLogger(__name__)

_READ = 1 << 18
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0
_ANSWER_S = 15.0


class MqttReader:
    """One session at one broker, read by a thread of its own; a subclass says what becomes of messages.

    Args:
        address: Where, and as whom.
        filters: What is subscribed to, at QoS 1.

    Attributes:
        connected: Whether the broker has let us in and is connected now.
        complaint: Why it is not, or what the broker refused; ``None`` while all is well.
        received, acknowledged: Messages since the start.
    """

    def __init__(self, address: BrokerAddress, filters: tuple[str, ...]) -> None:
        self._address = address
        self._five = address.protocol == "5"
        self._filters = filters
        self._stopping = threading.Event()
        self._done: list[int] = []
        self._gate = threading.Lock()
        self._bell, self._ears = socket.socketpair()
        self._generation = 0
        self.connected = False
        self.complaint: str | None = None
        self.received = self.acknowledged = 0
        self._thread = threading.Thread(target=self._run, name="coldchain-receiver", daemon=True)

    def _messages(self, published: Sequence[Published]) -> None:
        """Take over messages of the connection that `_generation` counts; each is to be settled under that number."""
        raise NotImplementedError

    def start(self) -> None:
        """Connect in the background and stay connected; a broker that is not there yet is waited for."""
        self._thread.start()

    def stop(self, wait_s: float = 10.0) -> None:
        """Take no more; what is settled by then is acknowledged."""
        self._stopping.set()
        self._ring()
        self._thread.join(wait_s)
        self._bell.close()
        self._ears.close()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    # -- the connection ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        wait_s = _SHORTEST_WAIT_S
        while not self._stopping.is_set():
            try:
                with self._connected() as connection:
                    wait_s = _SHORTEST_WAIT_S
                    self._receive(connection)
            except (OSError, ColdchainError) as error:
                self.complaint = f"not connected to {self._address.host}, port {self._address.port}: {error}"
                _log.warning("%s", self.complaint)
            except Exception as error:  # noqa: BLE001 — the way in must not end
                self.complaint = f"receiving failed: {error!r}"
                _log.exception("receiving failed; connecting anew")
            self.connected = False
            self._stopping.wait(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _connected(self) -> socket.socket:
        address = self._address
        connection = socket.create_connection((address.host, address.port), _ANSWER_S)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if address.tls is not None:
                connection = _encrypted(connection, address.host, address.tls)
            connection.sendall(mqtt_wire.connect(address))
            kind, body = self._answer(connection)
            other = "the broker answers with something else"
            wrong = mqtt_wire.refusal(body, address) if kind == mqtt_wire.CONNACK else other
            if wrong is not None:
                raise BrokerUnavailable(wrong)
            connection.sendall(mqtt_wire.subscribe(address, self._filters))
        except BaseException:
            connection.close()
            raise
        with self._gate:
            self._generation += 1  # what was brought by another connection is not acknowledged on this one
            self._done.clear()
        self.connected, self.complaint = True, None
        return connection

    def _answer(self, connection: socket.socket) -> tuple[int, bytes]:
        """The first packet, byte by byte, so that nothing behind it is taken."""
        data = b""
        while not (found := mqtt_wire.parse(data, five=self._five)).others:
            piece = connection.recv(1)
            if not piece:
                raise BrokerUnavailable("the broker closed the connection")
            data += piece
        return found.others[0]

    def _receive(self, connection: socket.socket) -> None:
        data = b""
        connection.setblocking(False)
        sent_s = heard_s = time.monotonic()
        while not self._stopping.is_set() or self._done:
            readable, _, _ = select.select([connection, self._ears], [], [], 1.0)
            if self._ears in readable:
                self._ears.recv(4096)
            if connection in readable or getattr(connection, "pending", int)():
                piece = _read(connection)
                if piece == b"":
                    raise BrokerUnavailable("the broker closed the connection")
                if piece:
                    heard_s = time.monotonic()
                    data = self._take(data + piece)
            if self._acknowledge(connection):
                sent_s = time.monotonic()
            now_s = time.monotonic()
            if now_s - sent_s > self._address.keepalive_s / 2:
                _send(connection, mqtt_wire.PING)
                sent_s = now_s
            if now_s - heard_s > 2 * self._address.keepalive_s:
                raise BrokerUnavailable("the broker is silent")
        _send(connection, mqtt_wire.BYE)

    def _take(self, data: bytes) -> bytes:
        """Hand on the messages in what was read; returns the beginning of a packet that is not whole yet."""
        found = mqtt_wire.parse(data, five=self._five)
        if any(kind == mqtt_wire.DISCONNECT for kind, _ in found.others):
            raise BrokerUnavailable("the broker ended the connection; is another service using our client_id?")
        for kind, body in found.others:
            if kind == mqtt_wire.SUBACK:
                self._subscribed(mqtt_wire.not_granted(body, five=self._five))
        self._messages(found.published)
        self.received += len(found.published)
        return data[found.taken :]

    def _subscribed(self, not_granted: list[int]) -> None:
        if not_granted:
            filters = ", ".join(self._filters[each] for each in not_granted)
            self.complaint = f"the MQTT broker at {self._address.host} does not let us read {filters}"
            _log.warning("%s", self.complaint)

    # -- acknowledging -------------------------------------------------------------------------------------------------

    def settle(self, packet_id: int, generation: int) -> None:
        """A message is to be acknowledged, where the connection that brought it still is; any thread."""
        self.settle_all((packet_id,), generation)

    def settle_all(self, packet_ids: Sequence[int], generation: int) -> None:
        """`settle` for many at once."""
        with self._gate:
            if generation != self._generation:
                return
            first = not self._done
            self._done += packet_ids
        if first:
            self._ring()

    def _ring(self) -> None:
        try:
            self._bell.send(b"\0")
        except OSError:
            _log.debug("the receiver is gone")

    def _acknowledge(self, connection: socket.socket) -> bool:
        with self._gate:
            done, self._done = self._done, []
        wanted = [packet_id for packet_id in done if packet_id]
        if wanted:
            _send(connection, mqtt_wire.acknowledgements(wanted))
            self.acknowledged += len(wanted)
        return bool(wanted)


def _read(connection: socket.socket) -> bytes | None:
    try:
        return connection.recv(_READ)
    except (BlockingIOError, ssl.SSLWantReadError):
        return None


def _send(connection: socket.socket, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[connection.send(view) :]
        except (BlockingIOError, ssl.SSLWantWriteError):
            select.select([], [connection], [], _ANSWER_S)


def _encrypted(connection: socket.socket, host: str, tls: Tls) -> socket.socket:
    context = ssl.create_default_context(cafile=str(tls.ca_file) if tls.ca_file else None)
    if tls.certificate_file is not None:
        context.load_cert_chain(tls.certificate_file, tls.key_file)
    return context.wrap_socket(connection, server_hostname=host)
