"""Shelly Gen1: ``shellies/<id>/sensor/temperature`` and ``…/ext_temperature/<n>``, each a bare number."""

from coldchain.domain.temperature import Unit
from coldchain.errors import PayloadRefused
from coldchain.payloads import jsontext, values
from coldchain.payloads.jsontext import Number
from coldchain.payloads.message import TIME_RECEIVED, UNIT_ASSUMED, Decoded, Message, channel_name, sensor_name
from coldchain.payloads.naming import unit_written

FILTERS = ("shellies/#",)

INFO = "info"


def subject(topic: str) -> str:
    """The device that a message is about; its components have topics of their own below it."""
    levels = topic.split("/")
    if len(levels) > 2 and levels[-2] in ("sensor", "ext_temperature"):
        return "/".join(levels[:-2])
    return "/".join(levels[:-1]) if levels[-1] == INFO else topic


def announces(message: Message) -> tuple[str, str] | None:
    """``shellies/<id>/info`` says which unit the device is set to."""
    levels = message.topic.split("/")
    return ("/".join(levels[:-1]), INFO) if levels[-1] == INFO else None


def decode(message: Message) -> list[Decoded]:
    """The one temperature of a topic; none for its twin in °F and for a relay's own heat.

    Raises:
        PayloadRefused: The payload cannot be read.
    """
    levels = message.topic.split("/")
    if levels[-2:] == ["sensor", "temperature"]:
        device, channel = levels[:-2], ""
        unit, flags = _unit(message, "/".join(device))
    elif len(levels) > 2 and levels[-2] == "ext_temperature":
        device, channel, unit, flags = levels[:-2], levels[-1], Unit.C, ()
    else:
        return []
    text = jsontext.text_of(message.payload).strip()
    number = Number(text.removeprefix(":"))  # old firmware writes a colon before it
    milli_c, fault = values.temperature(number, unit)
    return [
        Decoded(
            sensor=sensor_name(device[-1]),
            channel=channel_name(channel),
            measured_ms=None,
            milli_c=milli_c,
            fault=fault,
            text=jsontext.shown(number),
            flags=(TIME_RECEIVED, *flags),
        )
    ]


def _unit(message: Message, device: str) -> tuple[Unit, tuple[str, ...]]:
    """The declared unit, the one its ``info`` says, or °C, the factory's setting, marked as assumed."""
    if message.unit is not None:
        return message.unit, ()
    known = message.announced.get(device, {}).get(INFO)
    try:
        tmp = jsontext.parse_object(known).get("tmp") if known is not None else None
    except PayloadRefused:
        tmp = None
    said = tmp.get("units") if isinstance(tmp, dict) else None
    unit = unit_written(said) if isinstance(said, str) else None
    return (unit, ()) if unit is not None else (Unit.C, (UNIT_ASSUMED,))
