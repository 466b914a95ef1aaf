"""A gateway for tests: it keeps a ledger of what its MQTT broker has acknowledged, and sends again what it must."""

import threading
from collections.abc import Iterable

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.brokers import PASSWORD, USER
from tests.monitoring.rows import hang_up

Message = tuple[str, bytes]
_WITHIN_S = 120.0


class Publisher:
    """One client at the broker of a port.

    Attributes:
        acknowledged: What the broker has taken, in the order of the first time.
    """

    def __init__(self, port: int) -> None:
        self.acknowledged: dict[Message, None] = {}
        self._port = port
        self._client: paho.Client | None = None

    def publish(self, messages: Iterable[Message], *, retain: bool = False) -> None:
        """Publish at QoS 1; returns when the broker has acknowledged all of them."""
        client = self._client or self._connect()
        for message, sent in [(each, client.publish(*each, qos=1, retain=retain)) for each in messages]:
            sent.wait_for_publish(_WITHIN_S)
            assert sent.is_published(), "the broker did not take a message"
            self.acknowledged[message] = None

    def again(self) -> None:
        """After the broker was killed: connect anew, and send again what it may have lost."""
        self.close()
        self.publish(list(self.acknowledged))

    def close(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            hang_up(client)

    def _connect(self) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        client.username_pw_set(USER, PASSWORD)
        client.max_inflight_messages_set(200)
        connected = threading.Event()
        client.on_connect = lambda *_: connected.set()
        client.connect("127.0.0.1", self._port)
        client.loop_start()
        assert connected.wait(_WITHIN_S), "the broker does not let us in"
        self._client = client
        return client
