"""The sensor systems by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType, ModuleType
from zoneinfo import ZoneInfo

from coldchain.domain.quality import Fault
from coldchain.errors import UsageError
from coldchain.payloads import native, tasmota, zigbee2mqtt
from coldchain.payloads.message import Decoded, Message
from coldchain.payloads.routing import Route, has_wildcard, topic_matches, wildcard_parts
from coldchain.payloads.times import CLOCKS_SET_MS


@dataclass(frozen=True)
class System:
    """One sensor system: its usual topics, and how its messages are read.

    Attributes:
        filters: The topic filters it publishes under by default.
        decode: A message's readings; raises `PayloadRefused` and nothing else.
    """

    filters: tuple[str, ...]
    decode: Callable[[Message], list[Decoded]]


def _system(module: ModuleType) -> System:
    return System(module.FILTERS, module.decode)


DECODERS: Mapping[str, System] = MappingProxyType(
    {"native": _system(native), "zigbee2mqtt": _system(zigbee2mqtt), "tasmota": _system(tasmota)}
)
"""Every decoder; one more is one more file and one more line here."""

DEFAULT_ROUTES = tuple(Route(each, name) for name, system in DECODERS.items() for each in system.filters)
"""Each system under its usual topics."""


def decode(
    decoder: str, topic: str, payload: bytes, *, topic_filter: str | None = None, tz: ZoneInfo | None = None
) -> list[Decoded]:
    """The readings of one message.

    Args:
        decoder: A name of `DECODERS`.
        topic: As published.
        payload: As published.
        topic_filter: The route's filter, whose wildcards tell the sensor's name from the rest of the topic; without
            one, or where it has none, the system's usual filter, and failing that the whole topic is the name.
        tz: The zone of device times that carry none.

    Returns:
        In the message's order; empty where it holds no temperature.

    Raises:
        PayloadRefused: The message cannot be used.
        UsageError: There is no decoder of that name.
    """
    system = DECODERS.get(decoder)
    if system is None:
        raise UsageError(f"there is no decoder {decoder!r}; there are {', '.join(DECODERS)}")
    filters = ((topic_filter,) if topic_filter is not None else ()) + system.filters
    matching = (each for each in filters if has_wildcard(each) and topic_matches(each, topic))
    name, tail = wildcard_parts(next(matching, topic), topic)
    return [_clock_set(each) for each in system.decode(Message(topic, name, tail, payload, tz))]


def _clock_set(reading: Decoded) -> Decoded:
    """A time from before any of these systems is a clock that nobody set."""
    never_set = reading.measured_ms is not None and reading.measured_ms < CLOCKS_SET_MS
    return replace(reading, fault=Fault.CLOCK) if never_set and reading.fault is None else reading
