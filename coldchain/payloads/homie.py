"""Homie 4 and 5: ``homie/5/<device>/<node>/<property>``, bare values; the description gives their units."""

from coldchain.domain.temperature import Unit
from coldchain.errors import PayloadRefused
from coldchain.payloads import jsontext, values
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, channel_name, sensor_name
from coldchain.payloads.naming import temperature_named, unit_written

FILTERS = ("homie/#",)

_DESCRIPTION = "$description"
_UNIT = "$unit"


def subject(topic: str) -> str:
    """The device that a message is about."""
    return split(topic)[0]


def announces(message: Message) -> tuple[str, str] | None:
    """``$description`` of a device (Homie 5), ``$unit`` of a property (Homie 4)."""
    device, rest = split(message.topic)
    if rest == [_DESCRIPTION] or (len(rest) == 3 and rest[2] == _UNIT):
        return device, "/".join(rest)
    return None


def decode(message: Message) -> list[Decoded]:
    """The temperature of one property; none for other quantities, attributes, set-points and commands.

    Raises:
        PayloadRefused: The payload cannot be read, or a temperature's unit is nowhere said.
    """
    device, rest = split(message.topic)
    if len(rest) != 2 or any(level.startswith("$") for level in (device, *rest)):
        return []
    sensor, channel = sensor_name(device.rpartition("/")[2]), channel_name("/".join(rest))
    unit = message.unit or _unit(message, device, rest)
    if unit is None:
        return []
    text = Number(jsontext.text_of(message.payload).strip())
    milli_c, fault = values.temperature(text, unit)
    shown = jsontext.shown(text) + ("" if unit is Unit.C else f" {unit}")
    return [Decoded(sensor, channel, None, milli_c, fault, shown, flags=(TIME_RECEIVED,))]


def split(topic: str) -> tuple[str, list[str]]:
    """The device's own topic and the levels below it; Homie 5 has its version in front of the device."""
    levels = topic.split("/")
    own = 3 if len(levels) > 1 and levels[1].isdigit() else 2
    return "/".join(levels[:own]), levels[own:]


def unit_said(message: Message, device: str, rest: list[str]) -> str | None:
    """The unit of a property in the device's own words, ``None`` where nothing says one.

    Args:
        message: What was announced before.
        device, rest: The property's topic, as `split` returns it.
    """
    said = message.announced.get(device, {})
    return _described(said.get(_DESCRIPTION), rest) or _attribute(said.get("/".join([*rest, _UNIT])))


def _unit(message: Message, device: str, rest: list[str]) -> Unit | None:
    written = unit_said(message, device, rest)
    if written is not None:
        return unit_written(written)
    if temperature_named(rest[-1]) is None:
        return None
    raise PayloadRefused(
        "unknown unit",
        f"the unit of {'/'.join(rest)} is not known: the device's description has none or has not come;"
        " it is retained, or declare the route's unit",
    )


def _attribute(payload: bytes | None) -> str | None:
    return None if payload is None else payload.decode(errors="replace").strip() or None


def _described(payload: bytes | None, rest: list[str]) -> str | None:
    """The unit that a description gives a property, ``""`` where it names the property without one."""
    if payload is None:
        return None
    try:
        found: Json = jsontext.parse_object(payload)
    except PayloadRefused:
        return None
    for key, name in (("nodes", rest[0]), ("properties", rest[1])):
        inside = found.get(key) if isinstance(found, dict) else None
        found = inside.get(name) if isinstance(inside, dict) else None
    unit = found.get("unit") if isinstance(found, dict) else None
    return unit if isinstance(unit, str) else None
