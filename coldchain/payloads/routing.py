"""Which system sent a message: MQTT topic filters, their wildcards, and the first that matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from coldchain.domain.temperature import Unit


@dataclass(frozen=True)
class Declared:
    """What is declared of messages that leave it out.

    Attributes:
        zone: Where the clocks hang whose times carry no offset.
        unit: What values are in that carry no unit.
        codec: How LoRaWAN devices write their bytes: a name of `bytecodes.CODECS`.
    """

    zone: ZoneInfo | None = None
    unit: Unit | None = None
    codec: str | None = None


UNDECLARED = Declared()


@dataclass(frozen=True)
class Route:
    """Messages of a topic filter go to a decoder.

    Attributes:
        filter: An MQTT topic filter; ``+`` stands for one level, a last ``#`` for all that follow.
        decoder: A decoder's name, such as ``zigbee2mqtt``.
        tz: The zone of device times that carry none, an IANA name.
        unit: The unit of values that carry none.
        codec: How LoRaWAN devices write their bytes, where the network server does not decode them.
    """

    filter: str
    decoder: str
    tz: str | None = None
    unit: Unit | None = None
    codec: str | None = None

    def __post_init__(self) -> None:
        complaint = filter_complaint(self.filter)
        if complaint is not None:
            raise ValueError(complaint)

    @cached_property
    def declared(self) -> Declared:
        """What the route says; raises ``ZoneInfoNotFoundError`` or ``ValueError`` where there is no such zone."""
        return Declared(ZoneInfo(self.tz) if self.tz is not None else None, self.unit, self.codec)


class Router:
    """Finds a topic's route; the first in the list wins.

    Args:
        routes: In the order in which they are tried.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)

    def route_for(self, topic: str) -> Route | None:
        """The first route whose filter matches, or ``None``."""
        return next((route for route in self.routes if topic_matches(route.filter, topic)), None)

    def decoder_for(self, topic: str) -> str | None:
        """The name of the decoder for a topic, or ``None``."""
        route = self.route_for(topic)
        return None if route is None else route.decoder

    @property
    def filters(self) -> tuple[str, ...]:
        """What to subscribe to, each filter once."""
        return tuple(dict.fromkeys(route.filter for route in self.routes))


def topic_matches(topic_filter: str, topic: str) -> bool:
    """Whether a topic is one of a filter's (MQTT 5.0 §4.7): ``a/#`` matches ``a`` too, ``#`` no ``$SYS`` topic."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("+", "#"):
        return False
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(levels) or level not in ("+", levels[index]):
            return False
    return len(wanted) == len(levels)


def wildcard_parts(topic_filter: str, topic: str) -> tuple[str, str]:
    """What a filter's wildcards stand for in a topic that it matches.

    Returns:
        All of it, and what the last wildcard stands for: ``+/zigbee2mqtt/#`` and ``site/zigbee2mqtt/ward/probe`` give
        ``("site/ward/probe", "ward/probe")``. A filter without wildcards stands for the whole topic.
    """
    levels = topic.split("/")
    parts: list[list[str]] = []
    for index, level in enumerate(topic_filter.split("/")):
        if level == "+":
            parts.append([levels[index]])
        elif level == "#":
            parts.append(levels[index:])
    if not parts:
        return topic, topic
    return "/".join(level for part in parts for level in part), "/".join(parts[-1])


def has_wildcard(topic_filter: str) -> bool:
    """Whether a filter stands for more than one topic."""
    return "+" in topic_filter or "#" in topic_filter


def filter_complaint(topic_filter: str) -> str | None:
    """One sentence on what is wrong with a topic filter, or ``None``."""
    if not topic_filter or "\0" in topic_filter:
        return "a topic filter must not be empty"
    levels = topic_filter.split("/")
    if any("#" in level and (level != "#" or index != len(levels) - 1) for index, level in enumerate(levels)):
        return f"in the topic filter {topic_filter!r}, # must stand alone as the last level"
    if any("+" in level and level != "+" for level in levels):
        return f"in the topic filter {topic_filter!r}, + must stand for a whole level"
    return None
