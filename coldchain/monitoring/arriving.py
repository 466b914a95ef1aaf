"""From an MQTT message to what the ingest step takes: routed, decoded, or refused with its reason."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from coldchain.errors import PayloadRefused
from coldchain.monitoring.batches import Plain
from coldchain.monitoring.incoming import FRESH_MS, Incoming, Published
from coldchain.payloads import (
    Announced,
    Announcements,
    Decoded,
    Report,
    Route,
    Router,
    announcement,
    decode,
    native_plain,
    reports_of,
)

ALERT_TOPICS = "coldchain/alerts/"
STATUS_TOPIC = "coldchain/status"
"""What we publish ourselves; never taken for a sensor's message."""

CANARY_TOPIC = "coldchain/canary"
"""Our own test messages, which go the way of readings up to their COMMIT."""
CANARY_SUBJECT = ("coldchain", "canary")
"""Where the record keeps the newest one."""

_log = logging.getLogger(__name__)


def is_our_own(topic: str) -> bool:
    """Whether we are the one who publishes there."""
    return topic.startswith(ALERT_TOPICS) or topic == STATUS_TOPIC


@dataclass
class Arrived:
    """Many messages at once, each with the number by which the broker wants it acknowledged.

    Attributes:
        plain: The usual ones that were measured just now.
        plain_ids: Their numbers.
        others: Each with its number; ``None`` is none of a sensor's temperatures.
    """

    plain: Plain = field(default_factory=Plain)
    plain_ids: list[int] = field(default_factory=list)
    others: list[tuple[int, Incoming | None]] = field(default_factory=list)


class Arrivals:
    """Turns messages into `Incoming`.

    Args:
        router: Which decoder reads which topic.
        clock_ms: The time, UTC ms; when it is called is when a message was received.
        announcements: What devices said of themselves before, as the record keeps it; new ones are added.
    """

    def __init__(self, router: Router, clock_ms: Callable[[], int], announcements: Announcements | None = None) -> None:
        self.router = router
        self._plainly = _native_first(router)
        self._clock_ms = clock_ms
        self._announcements = Announcements() if announcements is None else announcements

    def expects(self, topic: str) -> bool:
        """Whether a route is declared for a topic."""
        return topic == CANARY_TOPIC or (not is_our_own(topic) and self.router.route_for(topic) is not None)

    def arrive(
        self, topic: str, payload: bytes, *, retained: bool = False, redelivered: bool = False
    ) -> Incoming | None:
        """What the ingest step is to take, or ``None`` where the message is none of a sensor's temperatures.

        A message of a topic for which no route is declared is refused; nothing is dropped silently.
        """
        received_ms = self._clock_ms()
        if self._plainly:
            one = native_plain.plain(topic, payload)
            if one is not None:
                return Incoming(
                    "mqtt", topic, topic, payload, received_ms, (one,), retained=retained, redelivered=redelivered
                )  # fmt: skip
        if is_our_own(topic):
            return None
        if topic == CANARY_TOPIC:
            return Incoming("mqtt", topic, topic, payload, received_ms, announced=CANARY_SUBJECT, retained=retained)
        try:
            route = self._route(topic)
            decoded = _decoded_by(route, topic, payload, received_ms, self._announcements.known)
            announced = self._announced(route, topic, payload)
        except PayloadRefused as refusal:
            return Incoming("mqtt", topic, topic, payload, received_ms, refused=refusal, retained=retained)
        said = _reports_by(route, topic, payload, self._announcements.known)
        if not decoded and announced is None and not said:
            return None
        return Incoming(
            "mqtt", topic, topic, payload, received_ms, tuple(decoded), announced=announced,
            retained=retained, redelivered=redelivered, reports=said,
        )  # fmt: skip

    def arrive_all(self, published: Iterable[Published]) -> "Arrived":
        """What the ingest step is to take of many messages at once; the usual ones are not made into objects."""
        found, plainly, values = Arrived(), self._plainly, native_plain.values
        ids, topics, payloads, sensors = (found.plain_ids, found.plain.topics, found.plain.payloads,
                                          found.plain.sensors)  # fmt: skip
        at_ms, milli_c, battery = found.plain.at_ms, found.plain.milli_c, found.plain.battery
        received_ms = self._clock_ms()
        fresh_ms = received_ms - FRESH_MS
        for packet_id, topic, payload, redelivered, retained in published:
            said = None if redelivered or retained or not plainly else values(topic, payload)
            if said is None or said[1] < fresh_ms:
                incoming = self.arrive(topic, payload, retained=retained, redelivered=redelivered)
                found.others.append((packet_id, incoming))
                continue
            ids.append(packet_id)
            topics.append(topic)
            payloads.append(payload)
            sensors.append(said[0])
            at_ms.append(said[1])
            milli_c.append(said[2])
            battery.append(said[3])
        found.plain.received_ms += [received_ms] * len(ids)
        return found

    def _route(self, topic: str) -> Route:
        route = self.router.route_for(topic)
        if route is None:
            raise PayloadRefused("no decoder", f"no route is declared for the topic {topic!r}")
        return route

    def _announced(self, route: Route, topic: str, payload: bytes) -> tuple[str, str] | None:
        """The subject and name under which the record is to keep the payload; ``None`` where that is no news."""
        about = announcement(route.decoder, topic, payload)
        return about if about is not None and self._announcements.note(*about, payload) else None


def _native_first(router: Router) -> bool:
    """Whether every message under the native topics is the native decoder's."""
    for route in router.routes:
        if route.filter == native_plain.FILTER:
            return route.decoder == "native"
        if route.filter.split("/")[0] in ("+", "#", "coldchain"):
            return False
    return False


def _decoded_by(route: Route, topic: str, payload: bytes, received_ms: int, announced: Announced) -> list[Decoded]:
    """What the decoder makes of it; a decoder's own mistake costs one message, not the way in."""
    try:
        return decode(
            route.decoder, topic, payload, topic_filter=route.filter, declared=route.declared,
            received_ms=received_ms, announced=announced,
        )  # fmt: skip
    except PayloadRefused:
        raise
    except Exception as error:
        _log.exception("the decoder %s failed on a message of %s", route.decoder, topic)
        raise PayloadRefused("damaged", f"the decoder {route.decoder} failed: {error!r}") from error


def _reports_by(route: Route, topic: str, payload: bytes, announced: Announced) -> tuple[Report, ...]:
    """What it says of devices; a mistake in reading that costs no reading."""
    try:
        return reports_of(route.decoder, topic, payload, route.filter, announced)
    except Exception:  # noqa: BLE001 - logged; the readings are what counts
        _log.exception("what a message of %s says of its device cannot be read", topic)
        return ()
