"""Zigbee2MQTT: ``zigbee2mqtt/<friendly name>``, whose friendly names may contain slashes."""

import re

from coldchain.payloads import jsontext, times, values
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, channel_name, sensor_name

FILTERS = ("zigbee2mqtt/#",)

_PROBE = re.compile(r"temperature(?:_(probe|external|l?\d+))?")
"""A probe's own keys. ``device_temperature`` is the chip's, ``local_temperature`` and set-points are a thermostat's,
``temperature_calibration`` and the like are settings."""

_COMMANDS = ("set", "get", "availability")


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one device's state; none for the bridge's own topics, commands and other attributes.

    Raises:
        PayloadRefused: The state cannot be read.
    """
    levels = message.tail.split("/")
    if levels[0] == "bridge" or levels[-1] in _COMMANDS:
        return []
    if len(levels) > 1 and not message.payload.lstrip().startswith(b"{"):
        return _attribute(message)
    state = jsontext.parse_object(message.payload)
    sensor = sensor_name(message.name)
    at_ms = _last_seen(state.get("last_seen"))
    found: list[Decoded] = []
    for key, value in state.items():
        probe = _PROBE.fullmatch(key)
        if probe is not None:
            found.append(_reading(sensor, probe[1] or "", value, at_ms, state.get("battery"), len(found)))
    return found


def _attribute(message: Message) -> list[Decoded]:
    """Zigbee2MQTT can publish each attribute to a topic of its own: ``zigbee2mqtt/<name>/temperature``."""
    name, _, attribute = message.name.rpartition("/")
    probe = _PROBE.fullmatch(attribute)
    if probe is None:
        return []
    text = jsontext.text_of(message.payload).strip()
    value: Json = None if text == "null" else Number(text)
    return [_reading(sensor_name(name), probe[1] or "", value, None, None, 0)]


def _reading(sensor: str, channel: str, value: Json, at_ms: int | None, battery: Json, position: int) -> Decoded:
    milli_c, fault = values.temperature(value)
    return Decoded(
        sensor=sensor,
        channel=channel_name(channel),
        measured_ms=at_ms,
        milli_c=milli_c,
        fault=fault,
        text=jsontext.shown(value),
        battery_pct=values.percent(battery),
        flags=() if at_ms is not None else (TIME_RECEIVED,),
        position=position,
    )


def _last_seen(value: Json) -> int | None:
    """``last_seen`` is ISO 8601 with an offset or epoch milliseconds, where the bridge is set to send it."""
    if not isinstance(value, str):
        return None
    return times.instant(value) if not value.isdigit() else times.epoch_ms(value)
