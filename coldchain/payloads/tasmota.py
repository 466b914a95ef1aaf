"""Tasmota: ``tele/<topic>/SENSOR`` and the answer to a status question, ``stat/<topic>/STATUS8``."""

import re

from coldchain.domain.temperature import Unit
from coldchain.errors import PayloadRefused
from coldchain.payloads import jsontext, times, values
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, channel_name, damaged, sensor_name

FILTERS = ("tele/#", "stat/#")

_PREFIXES = ("tele", "stat")
_MESSAGES = ("SENSOR", "STATUS8", "STATUS10")
_NOT_A_PROBE = re.compile(r"ESP32\w*|ENERGY|BL09\d\d|AXP\d+")
"""The device's own chips: the processor, energy meters, power management."""
_TEMPERATURE = re.compile(r"(?:Probe)?Temperature(\d*)")
"""``ProbeTemperature`` is a MAX31855's thermocouple; ``ReferenceTemperature``, beside it, is the chip's own."""
_POWER_UP = re.compile(r"DS18.*", re.IGNORECASE)
"""DS18B20, DS18S20, DS1822: they report 85.000 °C before their first conversion."""


def decode(message: Message) -> list[Decoded]:
    """The probes of one device, each a channel: by its 1-wire ``Id`` where it has one, else by the object's name.

    ``Time`` is local and names no offset unless the device is told to (``SetOption52``); without a declared zone,
    and in the hours when clocks change, the receive time is taken.

    Raises:
        PayloadRefused: The message cannot be read, or does not say in which unit it is.
    """
    levels = message.topic.split("/")
    if levels[-1] not in _MESSAGES:
        return []
    sensor = sensor_name(device_name(levels))
    content = jsontext.parse_object(message.payload)
    content = _status(content) if "StatusSNS" in content else content
    probes = [
        (channel, value, bool(_POWER_UP.fullmatch(name)))
        for name, sensor_object in content.items()
        if isinstance(sensor_object, dict) and not _NOT_A_PROBE.fullmatch(name)
        for channel, value in _probes(name, sensor_object)
    ]
    if not probes:
        return []
    unit = _unit(content.get("TempUnit"))
    at_ms, flags = _when(content.get("Time"), message)
    found = []
    for position, (channel, value, power_up) in enumerate(probes):
        milli_c, fault = values.temperature(value, unit, power_up=power_up)
        text = jsontext.shown(value) + ("" if unit is Unit.C else f" °{unit}")
        found.append(Decoded(sensor, channel, at_ms, milli_c, fault, text, flags=flags, position=position))
    return found


def device_name(levels: list[str]) -> str:
    """The device's name: the topic without its prefix, wherever ``FullTopic`` puts that, and the message's name."""
    rest = levels[:-1]
    for prefix in _PREFIXES:
        if prefix in rest:
            rest.remove(prefix)
            break
    return "/".join(rest)


def _status(content: dict[str, Json]) -> dict[str, Json]:
    status = content["StatusSNS"]
    if not isinstance(status, dict):
        raise damaged(f"StatusSNS is {jsontext.kind(status)}, not a JSON object")
    return status


def _probes(name: str, sensor_object: dict[str, Json]) -> list[tuple[str, Json]]:
    """Channel and value of each temperature in one sensor's object (an analog input may have several)."""
    serial = sensor_object.get("Id")
    base = serial if isinstance(serial, str) and serial and not isinstance(serial, Number) else name
    found: list[tuple[str, Json]] = []
    for key, value in sensor_object.items():
        temperature = _TEMPERATURE.fullmatch(key)
        if temperature is not None:
            found.append((channel_name(f"{base}-{temperature[1]}" if temperature[1] else base), value))
    return found


def _unit(value: Json) -> Unit:
    if value == "C":
        return Unit.C
    if value == "F":
        return Unit.F
    raise PayloadRefused("unknown unit", f"TempUnit is {jsontext.shown(value)!a}; it must say C or F")


def _when(value: Json, message: Message) -> tuple[int | None, tuple[str, ...]]:
    if not isinstance(value, str):
        return None, (TIME_RECEIVED,)
    at_ms = times.instant(value)
    if at_ms is None and message.zone is not None:
        at_ms = times.wall_clock(value, message.zone)
    return (at_ms, ()) if at_ms is not None else (None, (TIME_RECEIVED,))
