"""How a gateway reaches us: MQTT, to a broker of the site or to the embedded one, or HTTP."""

import contextlib
import http.client
import json
import random
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.chaos.gateway import Link, Reading, Taken
from tests.monitoring.rows import hang_up

TRY_FOR_S = 30.0
"""How long one attempt may take before the connection is given up and made anew."""


class Mqtt:
    """One connection of a client that keeps nothing over it: what is not acknowledged, the gateway sends again."""

    def __init__(self, port: int, protocol: MQTTProtocolVersion, user: str, password: str, *, repeats: bool) -> None:
        self._repeats = repeats
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=protocol)
        self._client.username_pw_set(user, password)
        self._broken = False
        self._moved = threading.Condition()
        self._on_their_way: dict[int, list[Reading]] = {}
        self._acknowledged: set[int] = set()
        self._taken: Taken = lambda _: None
        self._chance = random.Random(port)  # noqa: S311 - chance, not secrecy
        self._connected = False
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        self._online = threading.Event()
        self._client.connect("127.0.0.1", port, keepalive=10)
        self._client.loop_start()
        with self._moved:
            if not self._moved.wait_for(lambda: self._connected or self._broken, TRY_FOR_S) or self._broken:
                raise ConnectionRefusedError

    def send(self, readings: Sequence[Reading], taken: Taken) -> None:
        """See `Link.send`. One sensor's readings come singly or, as buffered ones, in one message."""
        self._taken = taken
        for sensor in dict.fromkeys(one.sensor for one in readings):
            own = [one for one in readings if one.sensor == sensor]
            buffered = self._chance.random() < 0.5 or len(own) > 100
            for some in [own] if buffered else [[one] for one in own]:
                self._publish(sensor, some)
        with self._moved:
            done = self._moved.wait_for(lambda: self._broken or not self._on_their_way, TRY_FOR_S)
        if self._broken or not done:
            raise ConnectionResetError

    def repeat_wanted(self) -> bool:
        """See `Link.repeat_wanted`: the service says on its status topic that it has come."""
        wanted = self._online.is_set()
        self._online.clear()
        return wanted

    def close(self) -> None:
        """Hang up."""
        hang_up(self._client)

    def _publish(self, sensor: str, some: list[Reading]) -> None:
        content: Any = [one.content() for one in some] if len(some) > 1 else some[0].content()
        info = self._client.publish(f"coldchain/readings/{sensor}", json.dumps(content).encode(), qos=1)
        with self._moved:  # not around publish: paho holds a lock of its own there and in its callbacks
            self._on_their_way[info.mid] = some
            self._settle()

    def _on_message(self, _: paho.Client, __: Any, message: paho.MQTTMessage) -> None:
        if b"online" in message.payload:
            self._online.set()

    def _on_connect(self, client: paho.Client, _: Any, __: Any, reason: Any, *___: Any) -> None:
        if self._repeats:
            client.subscribe("coldchain/status", qos=1)
        with self._moved:
            self._connected = not reason.is_failure
            self._broken = self._broken or bool(reason.is_failure)
            self._moved.notify_all()

    def _on_disconnect(self, *_: Any) -> None:
        with self._moved:
            self._broken = True
            self._moved.notify_all()

    def _on_publish(self, _: paho.Client, __: Any, mid: int, *___: Any) -> None:
        with self._moved:
            self._acknowledged.add(mid)
            self._settle()

    def _settle(self) -> None:
        """An acknowledgement may come before the thread that published has written down of what."""
        for mid in self._acknowledged & self._on_their_way.keys():
            self._acknowledged.remove(mid)
            for one in self._on_their_way.pop(mid):
                self._taken(one)
        self._moved.notify_all()


class Http:
    """One connection to ``POST /api/v1/readings``; anything but 2xx is no acknowledgement."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TRY_FOR_S)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, readings: Sequence[Reading], taken: Taken) -> None:
        """See `Link.send`."""
        if not readings:
            return
        body = json.dumps([one.content(named=True) for one in readings])
        try:
            self._connection.request("POST", "/api/v1/readings", body, self._headers)
            answer = self._connection.getresponse()
            answer.read()
        except http.client.HTTPException as error:
            raise ConnectionResetError from error
        if not 200 <= answer.status < 300:
            assert answer.status >= 500, answer.status
            raise ConnectionResetError(answer.status)
        for one in readings:
            taken(one)

    def repeat_wanted(self) -> bool:
        """See `Link.repeat_wanted`: what was answered with 2xx is ours for good."""
        return False

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextlib.contextmanager
def mqtt(port: int, protocol: MQTTProtocolVersion, user: str, password: str, *, repeats: bool) -> Iterator[Link]:
    """A connection for the length of the block; ``repeats``: what it was sent before whenever the service comes."""
    link = Mqtt(port, protocol, user, password, repeats=repeats)
    try:
        yield link
    finally:
        link.close()


@contextlib.contextmanager
def http_post(port: int, token: str) -> Iterator[Link]:
    """A connection for the length of the block."""
    link = Http(port, token)
    try:
        yield link
    finally:
        link.close()
