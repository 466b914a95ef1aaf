"""A network that can be cut: a TCP proxy, and one that reads along what the service acknowledges to its broker."""

import contextlib
import json
import selectors
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

Watch = Callable[[bytes], None]


@dataclass
class _Pair:
    """One connection and where it goes on."""

    near: socket.socket
    far: socket.socket
    to_far: Watch
    to_near: Watch


class Proxy:
    """Carries bytes between whoever connects and a port of this machine.

    Args:
        target: Where connections go on.
        watches: Makes, for each connection, the two that see the bytes towards the target and back, before they go on.
    """

    def __init__(self, target: int, watches: Callable[[], tuple[Watch, Watch]] | None = None) -> None:
        self.target = target
        self._watches = watches or (lambda: (lambda _: None, lambda _: None))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setblocking(False)
        self.port: int = self._listening.getsockname()[1]
        self._open = True
        self._ending = False
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._pairs: list[_Pair] = []
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Break every connection, and every new one at once, until `mend`."""
        self._open = False
        self._wake.send(b"x")

    def mend(self) -> None:
        """Carry again."""
        self._open = True

    def close(self) -> None:
        """End for good."""
        self._ending = True
        self._wake.send(b"x")
        self._thread.join(60)
        for each in (self._listening, self._wake, self._woken):
            each.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._ending:
            for key, _ in self._selector.select(timeout=0.5):
                if key.fileobj is self._listening:
                    self._accept()
                elif key.fileobj is self._woken:
                    self._woken.recv(100)
                elif key.data in self._pairs:
                    self._carry(key.data, near=key.fileobj is key.data.near)
            if not self._open:
                self._break_all()
        self._break_all()

    def _accept(self) -> None:
        near, _ = self._listening.accept()
        try:
            if not self._open:
                raise ConnectionRefusedError
            far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            near.close()
            return
        for each in (near, far):
            each.setblocking(True)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = _Pair(near, far, *self._watches())
        self._pairs.append(pair)
        self._selector.register(near, selectors.EVENT_READ, pair)
        self._selector.register(far, selectors.EVENT_READ, pair)

    def _carry(self, pair: _Pair, *, near: bool) -> None:
        source, sink, watch = (pair.near, pair.far, pair.to_far) if near else (pair.far, pair.near, pair.to_near)
        try:
            data = source.recv(65536)
            if not data:
                raise ConnectionResetError
            watch(data)
            sink.settimeout(10)
            sink.sendall(data)
        except OSError:
            self._drop(pair)

    def _break_all(self) -> None:
        for pair in list(self._pairs):
            self._drop(pair)

    def _drop(self, pair: _Pair) -> None:
        self._pairs.remove(pair)
        for each in (pair.near, pair.far):
            self._selector.unregister(each)
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@dataclass
class Acknowledged:
    """What the service has acknowledged to its broker, read off the wire (MQTT 5).

    Attributes:
        readings: ``(sensor, measured ms)`` of every reading in an acknowledged message.
    """

    readings: set[tuple[str, int]] = field(default_factory=set)

    def watches(self) -> tuple[Watch, Watch]:
        """For one connection: towards the broker, and from it."""
        waiting: dict[int, bytes] = {}
        topics: dict[int, str] = {}

        def sent(kind: int, body: bytes) -> None:
            if kind >> 4 == 4:  # PUBACK
                mid = int.from_bytes(body[:2], "big")
                if mid in waiting:
                    self._note(topics.pop(mid), waiting.pop(mid))

        def came(kind: int, body: bytes) -> None:
            if kind >> 4 == 3 and kind & 0x06:  # PUBLISH at QoS 1
                length = int.from_bytes(body[:2], "big")
                mid = int.from_bytes(body[2 + length : 4 + length], "big")
                properties, start = _variable(body, 4 + length)
                topics[mid], waiting[mid] = body[2 : 2 + length].decode(), body[start + properties :]

        return _packets(sent), _packets(came)

    def _note(self, topic: str, payload: bytes) -> None:
        if not topic.startswith("coldchain/readings/"):
            return
        content = json.loads(payload)
        for one in content if isinstance(content, list) else [content]:
            at = datetime.fromisoformat(one["measured_at"])
            self.readings.add((topic.rpartition("/")[2], round(at.timestamp() * 1000)))


def _packets(take: Callable[[int, bytes], None]) -> Watch:
    """Puts bytes together to whole MQTT packets."""
    held = bytearray()

    def watch(data: bytes) -> None:
        held.extend(data)
        while len(held) >= 2:
            try:
                length, start = _variable(held, 1)
            except IndexError:
                return
            if len(held) < start + length:
                return
            take(held[0], bytes(held[start : start + length]))
            del held[: start + length]

    return watch


def _variable(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """A variable byte integer, and where what follows it begins."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at
