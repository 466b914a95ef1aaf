"""ESPHome: ``<prefix>/sensor/<name>/state``, a bare number; which quantity it is only its name says."""

from coldchain.domain.temperature import Unit
from coldchain.payloads import jsontext, values
from coldchain.payloads.jsontext import Number
from coldchain.payloads.message import TIME_RECEIVED, UNIT_ASSUMED, Decoded, Message, sensor_name
from coldchain.payloads.naming import temperature_named

FILTERS = ("+/sensor/+/state",)


def decode(message: Message) -> list[Decoded]:
    """The temperature of one sensor's topic; none where its name says another quantity.

    ESPHome's thermometers report °C; a route that declares a unit says that every topic of its filter is a temperature.

    Raises:
        PayloadRefused: The payload cannot be read.
    """
    name = sensor_of(message.topic)
    if name is None:
        return []
    named = temperature_named(name.rpartition("/")[2])
    if message.unit is None and named is None:
        return []
    said = message.unit or (named.unit if named is not None else None)
    text = Number(jsontext.text_of(message.payload).strip())
    milli_c, fault = values.temperature(text, said or Unit.C)
    flags = (TIME_RECEIVED,) if said is not None else (TIME_RECEIVED, UNIT_ASSUMED)
    return [Decoded(sensor_name(name), "", None, milli_c, fault, jsontext.shown(text), flags=flags)]


def sensor_of(topic: str) -> str | None:
    """The sensor whose state a topic carries: ``shelf/temp`` of ``shelf/sensor/temp/state``, ``None`` for others."""
    levels = topic.split("/")
    if len(levels) < 4 or levels[-1] != "state" or levels[-3] != "sensor":
        return None
    return "/".join([*levels[:-3], levels[-2]])
