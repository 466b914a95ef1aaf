"""rtl_433: ``rtl_433/<host>/events``, radio sensors of many makers; also OpenMQTTGateway's ``RTL_433toMQTT``."""

import re
from collections.abc import Iterator

from coldchain.domain.temperature import Unit
from coldchain.payloads import jsontext, times, values
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import (
    BATTERY_LOW,
    TIME_RECEIVED,
    Decoded,
    Message,
    channel_name,
    damaged,
    sensor_name,
)

FILTERS = ("rtl_433/+/events", "home/+/RTL_433toMQTT/#")

_PROBE = re.compile(r"temperature(?:_([0-9A-Za-z]+))?_([CF])")
"""``temperature_C``, ``temperature_1_F``; the unit is in the key. ``setpoint_C`` is no measurement."""


def decode(message: Message) -> list[Decoded]:
    """The probes of one sensor. Sensors repeat each frame two or three times; the same line twice is one reading.

    A sensor is its model, number and channel; the number of many changes with the battery.

    Raises:
        PayloadRefused: The message cannot be read, or names no model.
    """
    found: list[Decoded] = []
    for event in events(message):
        found.extend(_readings(event, message, len(found)))
    return found


def events(message: Message) -> Iterator[dict[str, Json]]:
    """The frames of a message, each once; raises as `decode` does."""
    lines = [line.strip() for line in jsontext.text_of(message.payload).split("\n") if line.strip()]
    several = all(line.startswith("{") and line.endswith("}") for line in lines)
    payloads = [line.encode() for line in dict.fromkeys(lines)] if several else [message.payload]
    for payload in payloads:
        yield jsontext.parse_object(payload)


def _readings(event: dict[str, Json], message: Message, before: int) -> list[Decoded]:
    probes = [(found, value) for key, value in event.items() if (found := _PROBE.fullmatch(key)) is not None]
    if not probes:
        return []
    sensor = name_of(event)
    at_ms = _when(event.get("time"), message)
    low = (BATTERY_LOW,) if event.get("battery_ok") == "0" else ()
    flags = low if at_ms is not None else (TIME_RECEIVED, *low)
    readings = []
    for position, (probe, value) in enumerate(probes, before):
        unit = Unit(probe[2])
        milli_c, fault = values.temperature(value, unit)
        text = jsontext.shown(value) + ("" if unit is Unit.C else " °F")
        channel = channel_name(probe[1] or "")
        readings.append(Decoded(sensor, channel, at_ms, milli_c, fault, text, flags=flags, position=position))
    return readings


def name_of(event: dict[str, Json]) -> str:
    """A sensor's model, number and channel; raises where it names no model."""
    model = event.get("model")
    if not isinstance(model, str) or isinstance(model, Number) or not model:
        raise damaged("the message names no model")
    parts = (model, event.get("id"), event.get("channel"))
    return sensor_name("/".join(jsontext.shown(part) for part in parts if part is not None))


def _when(value: Json, message: Message) -> int | None:
    """Its ``time`` by rtl_433's settings: with an offset, in epoch seconds, or local; a file's replay has none."""
    if not isinstance(value, str):
        return None
    found = times.instant(value)
    if found is None:
        found = times.epoch_s(value)
    if found is None and message.zone is not None:
        found = times.wall_clock(value, message.zone)
    return found
