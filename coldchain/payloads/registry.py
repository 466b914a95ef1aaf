"""The sensor systems by name."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType, ModuleType

from coldchain.domain.quality import Fault
from coldchain.errors import UsageError
from coldchain.payloads import (
    chirpstack,
    disruptive,
    esphome,
    homeassistant,
    homie,
    loriot,
    milesight,
    monnit,
    native,
    rtl_433,
    ruuvi,
    senml,
    shelly,
    shelly_gen1,
    sparkplug,
    tasmota,
    theengs,
    thethingsstack,
    zigbee2mqtt,
)
from coldchain.payloads.announcements import NOTHING_ANNOUNCED, Announced
from coldchain.payloads.message import Decoded, Message
from coldchain.payloads.routing import UNDECLARED, Declared, Route, has_wildcard, topic_matches, wildcard_parts
from coldchain.payloads.times import CLOCKS_SET_MS

Announces = Callable[[Message], tuple[str, str] | None]


@dataclass(frozen=True)
class System:
    """One sensor system: its usual topics, and how its messages are read.

    Attributes:
        filters: The topic filters it publishes under by default.
        decode: A message's readings; raises `PayloadRefused` and nothing else.
        announces: Whether a message says of a device what later ones leave out (a birth, a description, a
            configuration): the subject it is about and its own name there; ``None`` for a system without such.
    """

    filters: tuple[str, ...]
    decode: Callable[[Message], list[Decoded]]
    announces: Announces | None = None


def _system(module: ModuleType) -> System:
    return System(module.FILTERS, module.decode, getattr(module, "announces", None))


DECODERS: Mapping[str, System] = MappingProxyType(
    {
        "native": _system(native),
        "zigbee2mqtt": _system(zigbee2mqtt),
        "tasmota": _system(tasmota),
        "shelly": _system(shelly),
        "shelly-gen1": _system(shelly_gen1),
        "chirpstack": _system(chirpstack),
        "thethingsstack": _system(thethingsstack),
        "loriot": _system(loriot),
        "milesight": _system(milesight),
        "ruuvi": _system(ruuvi),
        "theengs": _system(theengs),
        "rtl_433": _system(rtl_433),
        "senml": _system(senml),
        "sparkplug": _system(sparkplug),
        "homie": _system(homie),
        "esphome": _system(esphome),
        "homeassistant": _system(homeassistant),
        "disruptive": _system(disruptive),
        "monnit": _system(monnit),
    }
)
"""Every decoder; one more is one more file and one more line here."""

DEFAULT_ROUTES = tuple(Route(each, name) for name, system in DECODERS.items() for each in system.filters)
"""Each system under its usual topics."""


def decode(
    decoder: str,
    topic: str,
    payload: bytes,
    *,
    topic_filter: str | None = None,
    declared: Declared = UNDECLARED,
    received_ms: int | None = None,
    announced: Announced = NOTHING_ANNOUNCED,
) -> list[Decoded]:
    """The readings of one message.

    Args:
        decoder: A name of `DECODERS`.
        topic: As published.
        payload: As published.
        topic_filter: The route's filter, whose wildcards tell the sensor's name from the rest of the topic; without
            one, or where it has none, the system's usual filter, and failing that the whole topic is the name.
        declared: What the route says of messages that leave it out.
        received_ms: When it reached us, UTC ms; now, where nobody says.
        announced: What devices said of themselves before.

    Returns:
        In the message's order; empty where it holds no temperature.

    Raises:
        PayloadRefused: The message cannot be used.
        UsageError: There is no decoder of that name.
    """
    system = _system_named(decoder)
    now_ms = time.time_ns() // 1_000_000 if received_ms is None else received_ms
    message = _message(system, topic, payload, topic_filter, declared, now_ms, announced)
    return [_clock_set(each) for each in system.decode(message)]


def message_of(
    decoder: str, topic: str, payload: bytes, *, topic_filter: str | None = None, announced: Announced
) -> Message:
    """A message as its decoder sees it; the arguments are those of `decode`."""
    system = _system_named(decoder)
    return _message(system, topic, payload, topic_filter, UNDECLARED, 0, announced)


def announcement(decoder: str, topic: str, payload: bytes) -> tuple[str, str] | None:
    """The subject that a message tells something lasting of, and its name there; ``None`` for all others."""
    system = _system_named(decoder)
    return None if system.announces is None else system.announces(Message(topic, topic, topic, payload))


def _system_named(decoder: str) -> System:
    system = DECODERS.get(decoder)
    if system is None:
        raise UsageError(f"there is no decoder {decoder!r}; there are {', '.join(DECODERS)}")
    return system


def _message(
    system: System,
    topic: str,
    payload: bytes,
    topic_filter: str | None,
    declared: Declared,
    received_ms: int,
    announced: Announced,
) -> Message:
    filters = ((topic_filter,) if topic_filter is not None else ()) + system.filters
    matching = (each for each in filters if has_wildcard(each) and topic_matches(each, topic))
    name, tail = wildcard_parts(next(matching, topic), topic)
    return Message(topic, name, tail, payload, declared.zone, declared.unit, declared.codec, received_ms, announced)


def _clock_set(reading: Decoded) -> Decoded:
    """A time from before any of these systems is a clock that nobody set."""
    never_set = reading.measured_ms is not None and reading.measured_ms < CLOCKS_SET_MS
    return replace(reading, fault=Fault.CLOCK) if never_set and reading.fault is None else reading
