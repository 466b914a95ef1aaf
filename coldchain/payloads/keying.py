"""What a message belongs to: messages with the same key are to be read in their order, and by the same record.

The topic, where a sensor has one of its own. Where it speaks under several, or several share one, the sensor's name or
what its births and descriptions are about.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from coldchain.errors import PayloadRefused
from coldchain.payloads import homie, shelly_gen1, sparkplug
from coldchain.payloads.registry import announcement, decode
from coldchain.payloads.routing import Route

_SUBJECTS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"sparkplug": sparkplug.subject, "homie": homie.subject, "shelly-gen1": shelly_gen1.subject}
)
"""Systems whose data are read with what was said of the device under another topic."""

_BY_SENSOR = frozenset({"shelly", "ruuvi", "theengs", "rtl_433", "loriot", "milesight", "disruptive"})
"""Systems whose sensors are heard by several gateways, speak under several topics, or share one."""


def key_of(route: Route | None, topic: str, payload: bytes) -> str:
    """What a message belongs to; raises nothing, whatever the message holds.

    Args:
        route: Which decoder will read it; ``None`` where no route is declared.
        topic, payload: As published.

    Returns:
        The sensor's name, a device's or edge node's own topic, or the message's topic: also where the message holds no
        reading, or those of several sensors.
    """
    if route is None:
        return topic
    try:
        return _told_by(route, topic, payload) or topic
    except PayloadRefused:
        return topic
    except Exception:  # noqa: BLE001 - a decoder's own mistake is told where the message is read
        return topic


def _told_by(route: Route, topic: str, payload: bytes) -> str | None:
    subject = _SUBJECTS.get(route.decoder)
    if subject is not None:
        return subject(topic)
    if route.decoder not in _BY_SENSOR:
        announced = announcement(route.decoder, topic, payload)
        return None if announced is None else announced[0]
    found = decode(route.decoder, topic, payload, topic_filter=route.filter, declared=route.declared, received_ms=0)
    sensors = {one.sensor for one in found}
    return sensors.pop() if len(sensors) == 1 else None
