"""Kafka as the way in, in place of MQTT."""

from collections.abc import Callable
from dataclasses import replace

from coldchain.bootstrap.losses import BrokerCounts
from coldchain.bootstrap.wayin import WayIn, way_in
from coldchain.monitoring.kafka import Commit, KafkaFeed
from coldchain.monitoring.kafka_topic import KafkaSource
from coldchain.monitoring.worker import IngestWorker
from coldchain.payloads import Announcements, Router
from coldchain.records import Store
from coldchain.settings import Settings
from coldchain.web.services import Check


def without_mqtt(settings: Settings) -> Settings:
    """The same settings for a service that listens to no MQTT; their routes still say which decoder reads what."""
    return replace(settings, mqtt=replace(settings.mqtt, mode="off"))


class KafkaWay:
    """Messages come from a Kafka topic; HTTP goes beside it as ever, and nothing is published.

    Args:
        source: What is read.
        settings: Their routes say which decoder reads what.
        store, worker: The record, and who commits what comes by HTTP.
        commit: Commits what comes from Kafka.
        clock_ms, happened, announcements: See `KafkaFeed`.
    """

    def __init__(
        self,
        source: KafkaSource,
        settings: Settings,
        store: Store,
        worker: IngestWorker,
        commit: Commit,
        clock_ms: Callable[[], int],
        happened: Callable[[str, str], None],
        announcements: Announcements,
    ) -> None:
        routes = [replace(route, tz=route.tz or settings.tz) for route in settings.mqtt.routes]
        self._source = source
        self._feed = KafkaFeed(source, store, Router(routes), commit, clock_ms, happened, announcements)
        self._beside: WayIn = way_in(without_mqtt(settings), worker, clock_ms, "", announcements)

    @property
    def failure(self) -> str | None:
        """Why it has ended by itself."""
        return self._feed.failure

    def start(self) -> None:
        """Begin to read."""
        self._feed.start()

    def close(self) -> None:
        """Read no more."""
        self._feed.stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """Nothing can be published; raises `BrokerUnavailable`."""
        self._beside.publish(topic, payload)

    def counts(self) -> BrokerCounts | None:
        """What Kafka dropped before it was read is noticed when it is read."""
        return None

    def send_canary(self, payload: bytes) -> None:
        """Send a test message through the worker to the record."""
        self._beside.send_canary(payload)

    def check(self) -> Check:
        """Whether messages come in, and how far behind Kafka the record is."""
        feed = self._feed
        if not feed.alive:
            return Check("broker", ok=False, detail=feed.failure or "reading from Kafka does not run")
        if feed.complaint is not None:
            return Check("broker", ok=False, detail=feed.complaint)
        detail = f"reads {self._source.topic} from Kafka at {self._source.brokers}, {feed.behind} messages behind"
        return Check("broker", ok=True, detail=detail)
