"""How messages reach us: a subscription at a broker, a broker of our own, or HTTP alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from coldchain.bootstrap.losses import BrokerCounts
from coldchain.bridging.address import broker_address
from coldchain.errors import BrokerUnavailable, StoreUnavailable
from coldchain.monitoring.arriving import CANARY_TOPIC, Arrivals
from coldchain.monitoring.embedded import EmbeddedBroker
from coldchain.monitoring.receiver import Receiver
from coldchain.monitoring.session import BrokerAddress, Tls, broker_says, publish_once
from coldchain.monitoring.subscriber import Subscriber
from coldchain.monitoring.worker import IngestWorker
from coldchain.payloads import Announcements, Route, Router
from coldchain.settings import Mqtt, Settings
from coldchain.web.services import Check

_CANARY_WITHIN_S = 5.0
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, as it is called from here


OLDEST_UNACKNOWLEDGED_S = 60.0
"""A message that waits longer for our acknowledgement means that the way in stands still."""
_COUNTS_WITHIN_S = 10.0
_DROPPED = "$SYS/broker/publish/messages/dropped"


class WayIn(Protocol):
    """One way for messages to come in, and for our own to go out."""

    def start(self) -> None:
        """Begin to take messages."""

    def close(self) -> None:
        """Take no more."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish a retained message; raises `BrokerUnavailable`."""

    def check(self) -> Check:
        """Whether messages can come in now."""

    def counts(self) -> BrokerCounts | None:
        """What a broker that is not ours says that it lost; ``None`` without one, or while it is not connected."""

    def send_canary(self, payload: bytes) -> None:
        """Send a test message the way that readings come in; raises `BrokerUnavailable` or `StoreUnavailable`."""


def way_in(
    settings: Settings,
    worker: IngestWorker,
    clock_ms: Callable[[], int],
    port_option: str,
    announcements: Announcements | None = None,
) -> WayIn:
    """The way in that the settings ask for; it hands every message to the worker.

    Args:
        settings, worker, clock_ms: What to listen to, who takes the messages, the time now.
        port_option: How the embedded broker's port is changed, for the sentence that it is taken.
        announcements: What devices said of themselves before.
    """
    routes = [replace(route, tz=route.tz or settings.tz) for route in settings.mqtt.routes]
    arrivals = Arrivals(Router([*routes, Route(CANARY_TOPIC, "native")]), clock_ms, announcements)
    match settings.mqtt.mode:
        case "embedded":
            return _Embedded(settings.mqtt, arrivals, worker, port_option, settings.bounds.messages_per_s)
        case "broker":
            kind = _InBulk if settings.mqtt.bulk else _AtBroker
            return kind(settings.mqtt, arrivals, worker)
        case "off":
            return _NoMqtt(arrivals, worker)


class _Embedded:
    """A broker in our own process."""

    def __init__(
        self, mqtt: Mqtt, arrivals: Arrivals, worker: IngestWorker, port_option: str, messages_per_s: int
    ) -> None:
        users = {mqtt.user: mqtt.password.reveal()} if mqtt.user and mqtt.password else {}
        self._host = _HERE.get(mqtt.host, mqtt.host)
        files = (mqtt.certificate_file, mqtt.key_file)
        self._certificate = (files[0], files[1]) if mqtt.tls and files[0] and files[1] else None
        self.broker = EmbeddedBroker(
            arrivals, worker.submit, mqtt.host, mqtt.port, users, port_option, self._certificate, mqtt.accounts_file,
            messages_per_s,
        )  # fmt: skip

    def start(self) -> None:
        self.broker.start()

    def close(self) -> None:
        self.broker.stop()

    def publish(self, topic: str, payload: bytes) -> None:
        self.broker.publish(topic, payload, retain=True)

    def send_canary(self, payload: bytes) -> None:
        user, password = self.broker.accounts.own
        tls = Tls(exactly=self._certificate[0]) if self._certificate else None
        address = BrokerAddress(self._host, self.port, user=user, password=password, tls=tls, protocol="3.1.1")
        publish_once(address, CANARY_TOPIC, payload, within_s=_CANARY_WITHIN_S)

    @property
    def port(self) -> int:
        return self.broker.port

    def counts(self) -> BrokerCounts | None:
        return None

    def check(self) -> Check:
        if not self.broker.alive:
            return Check("broker", ok=False, detail="the embedded broker does not run")
        return Check("broker", ok=True, detail=f"the embedded broker listens on port {self.broker.port}")


class _AtBroker:
    """A session at the site's broker; it connects in the background and keeps trying."""

    def __init__(self, mqtt: Mqtt, arrivals: Arrivals, worker: IngestWorker) -> None:
        self._address = broker_address(mqtt)
        self._where = f"{mqtt.host}, port {mqtt.port}"
        self._subscriber = Subscriber(self._address, arrivals, worker.submit)

    def start(self) -> None:
        self._subscriber.start()

    def close(self) -> None:
        self._subscriber.stop()

    def publish(self, topic: str, payload: bytes) -> None:
        self._subscriber.publish(topic, payload, retain=True)

    def send_canary(self, payload: bytes) -> None:
        publish_once(self._address, CANARY_TOPIC, payload, within_s=_CANARY_WITHIN_S)

    def counts(self) -> BrokerCounts | None:
        state = self._subscriber.state()
        if not state.connected:
            return None
        said = broker_says(self._address, within_s=_COUNTS_WITHIN_S).get(_DROPPED, "")
        where = f"{self._address.host}:{self._address.port} as {self._address.client_id}"
        return BrokerCounts(where, int(said) if said.isdecimal() else None, state.new_sessions)

    def check(self) -> Check:
        state = self._subscriber.state()
        if not state.alive:
            return Check("broker", ok=False, detail="the MQTT subscription does not run")
        if state.oldest_s > OLDEST_UNACKNOWLEDGED_S:
            waiting = f"{state.unacknowledged} messages are not acknowledged, the oldest for {state.oldest_s:.0f} s"
            return Check("broker", ok=False, detail=waiting)
        if state.complaint is not None or not state.connected:
            detail = state.complaint or f"not connected to the MQTT broker at {self._where}"
            return Check("broker", ok=False, detail=detail)
        return Check("broker", ok=True, detail=f"subscribed at {self._where}")


class _InBulk(_AtBroker):
    """The same in large pieces: one session receives, a second one, that subscribes to nothing, publishes."""

    def __init__(self, mqtt: Mqtt, arrivals: Arrivals, worker: IngestWorker) -> None:
        super().__init__(mqtt, arrivals, worker)
        self._receiver = Receiver(self._address, arrivals, worker)
        beside = replace(self._address, client_id=f"{self._address.client_id}-beside")
        self._subscriber = Subscriber(beside, Arrivals(Router(()), lambda: 0), worker.submit)

    def start(self) -> None:
        super().start()
        self._receiver.start()

    def close(self) -> None:
        self._receiver.stop()
        super().close()

    def check(self) -> Check:
        if not self._receiver.alive:
            return Check("broker", ok=False, detail="receiving by MQTT does not run")
        if not self._receiver.connected or self._receiver.complaint is not None:
            detail = self._receiver.complaint or f"not connected to the MQTT broker at {self._where}"
            return Check("broker", ok=False, detail=detail)
        return super().check()


class _NoMqtt:
    """Readings come by HTTP alone."""

    def __init__(self, arrivals: Arrivals, worker: IngestWorker) -> None:
        self._arrivals, self._worker = arrivals, worker

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass

    def publish(self, topic: str, payload: bytes) -> None:
        raise BrokerUnavailable(f"there is no MQTT in the settings: {topic} is not published ({len(payload)} bytes)")

    def send_canary(self, payload: bytes) -> None:
        incoming = self._arrivals.arrive(CANARY_TOPIC, payload)
        if incoming is None:
            return
        try:
            self._worker.submit(incoming).result(_CANARY_WITHIN_S)
        except TimeoutError as error:
            raise StoreUnavailable("a test message was not committed in time") from error

    def counts(self) -> BrokerCounts | None:
        return None

    def check(self) -> Check:
        return Check("broker", ok=True, detail="no MQTT in the settings; readings come by HTTP")
