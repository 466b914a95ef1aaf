"""Shelly Gen2 and later: ``<id>/events/rpc`` notifications, ``<id>/status/<component>``, and whole states.

Their relays and meters have a ``temperature:0`` too: their own heat. Only a sensor's is taken: an add-on's probe
(component numbers from 100), a model made to measure, or one with humidity beside the temperature.
"""

import re

from coldchain.domain.temperature import Unit
from coldchain.payloads import jsontext, times, values
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, sensor_name

FILTERS = ("+/events/rpc", "+/status/+")

_COMPONENT = re.compile(r"temperature:(\d{1,4})")
_FIRST_ADD_ON = 100
_SENSOR_MODELS = re.compile(r"shelly(plusht|htg3|htg4|ht\b|walldisplay|blugw-ht)", re.IGNORECASE)


def decode(message: Message) -> list[Decoded]:
    """The probes of one device, each a channel where it is an add-on's.

    Raises:
        PayloadRefused: The message cannot be read.
    """
    content = jsontext.parse_object(message.payload)
    state = _state(message, content)
    system = _object(state.get("sys"))
    sensor = sensor_name(device_name(message, content, state))
    at_ms = _when(content, system)
    battery = _battery(state)
    found: list[Decoded] = []
    for key, value in state.items():
        component = _COMPONENT.fullmatch(key)
        if component is None or not isinstance(value, dict) or not _is_probe(sensor, component[1], state):
            continue
        celsius = "tC" in value or "tF" not in value
        written = value.get("tC" if celsius else "tF")
        milli_c, fault = values.temperature(written, Unit.C if celsius else Unit.F)
        found.append(
            Decoded(
                sensor=sensor,
                channel=component[1] if int(component[1]) else "",
                measured_ms=at_ms,
                milli_c=milli_c,
                fault=fault,
                text=jsontext.shown(written) + ("" if celsius else " °F"),
                battery_pct=battery,
                flags=() if at_ms is not None else (TIME_RECEIVED,),
                position=len(found),
            )
        )
    return found


def device_name(message: Message, content: dict[str, Json], state: dict[str, Json]) -> str:
    """The device's name: as it says itself, else its topic's, else its MAC address."""
    system = _object(state.get("sys"))
    return jsontext.shown(content.get("src") or system.get("id") or _device(message.topic) or system.get("mac"))


def _state(message: Message, content: dict[str, Json]) -> dict[str, Json]:
    """Components by their keys, whichever message they come in."""
    *_, parent, last = ("", *message.topic.split("/"))
    if parent == "status" and _COMPONENT.fullmatch(last):
        return {last: content}
    for wrapper in ("params", "result"):
        if isinstance(content.get(wrapper), dict):
            return _object(content[wrapper])
    return content


def _device(topic: str) -> str:
    levels = topic.split("/")
    return "/".join(levels[:-2])


def _is_probe(sensor: str, number: str, state: dict[str, Json]) -> bool:
    if int(number) >= _FIRST_ADD_ON or f"humidity:{number}" in state:
        return True
    return _SENSOR_MODELS.match(sensor) is not None


def _when(content: dict[str, Json], system: dict[str, Json]) -> int | None:
    for at in (_object(content.get("params")).get("ts"), content.get("ts"), system.get("unixtime")):
        if isinstance(at, str) and (at_ms := times.epoch_s(at)) is not None:
            return at_ms
    return None


def _battery(state: dict[str, Json]) -> int | None:
    """Its charge; on external power the device says 0, which is none."""
    power = _object(state.get("devicepower:0"))
    if _object(power.get("external")).get("present") is True:
        return None
    return values.percent(_object(power.get("battery")).get("percent"))


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
