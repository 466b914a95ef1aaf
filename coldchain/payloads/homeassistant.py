"""Home Assistant's discovery: retained configurations that say which topics carry a temperature, and where in them.

``homeassistant/sensor/…/config`` describes; the state topics that it names are read by the same decoder, where a
route sends them here.
"""

import re
from dataclasses import dataclass

from coldchain.domain.temperature import Unit
from coldchain.errors import PayloadRefused
from coldchain.payloads import jsontext, values
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, damaged, sensor_name
from coldchain.payloads.naming import unit_written

FILTERS = ("homeassistant/sensor/+/config", "homeassistant/sensor/+/+/config")

_SHORT = {
    "stat_t": "state_topic", "val_tpl": "value_template", "unit_of_meas": "unit_of_measurement",
    "dev_cla": "device_class", "uniq_id": "unique_id", "dev": "device",
}  # fmt: skip
"""The abbreviations that configurations may use (Home Assistant, "MQTT discovery messages")."""
_SHORT_OF_DEVICE = {"ids": "identifiers", "cns": "connections", "sw": "sw_version"}

_DEVICE = "$device/"
"""In front of a device's identifier where its configurations are looked up: nobody publishes there."""

_TEMPLATE = re.compile(
    r"\{\{\s*value(?P<json>_json)?(?P<path>(?:\.\w+|\[(?:'[^']+'|\"[^\"]+\")\])*)\s*"
    r"(?:\|\s*(?:float|int|round)(?:\([^)]*\))?\s*)*\}\}"
)
_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]|\[\"([^\"]+)\"\]")


@dataclass(frozen=True)
class Described:
    """What a configuration says of one entity; empty where it says nothing.

    Attributes:
        name: Its ``unique_id``, else its state topic.
        state_topic, template, unit, device_class: As written.
        is_temperature: Whether it is a thermometer's.
        device: Under what all configurations of the same device are announced.
        firmware: The device's ``sw_version``.
    """

    name: str
    state_topic: str
    template: str
    unit: str
    device_class: str
    is_temperature: bool
    device: str
    firmware: str


def announces(message: Message) -> tuple[str, str] | None:
    """A configuration, under the state topic that it describes."""
    if not _is_configuration(message.topic) or not message.payload:
        return None
    try:
        return _described(message.payload).state_topic, message.topic
    except PayloadRefused:
        return None


def decode(message: Message) -> list[Decoded]:
    """The temperatures of a state topic, by what its configurations say; none for a configuration itself.

    Raises:
        PayloadRefused: The message cannot be read, no configuration describes its topic, or one's template does more
            than pick a value.
    """
    if _is_configuration(message.topic):
        if message.payload:
            _described(message.payload)
        return []
    described_so = configurations(message, message.topic)
    if not described_so:
        raise PayloadRefused(
            "unknown unit", f"no discovery configuration that has come describes the topic {message.topic!a}"
        )
    found: list[Decoded] = []
    for described in sorted(described_so, key=lambda each: each.name):
        if described.is_temperature:
            found.append(_reading(described, message, len(found)))
    return found


def configurations(message: Message, subject: str) -> list[Described]:
    """What was announced of a state topic, or of a device (`Described.device`)."""
    return [_described(each) for each in message.announced.get(subject, {}).values()]


def device_of(name: str, payload: bytes) -> str | None:
    """Under what an announcement is to be found besides: a configuration's device; ``None`` for other announcements."""
    if not _is_configuration(name):
        return None
    try:
        return _described(payload).device or None
    except PayloadRefused:
        return None


def _is_configuration(topic: str) -> bool:
    levels = topic.split("/")
    return len(levels) >= 4 and levels[-1] == "config" and "sensor" in (levels[-3], levels[-4])


def _described(payload: bytes) -> Described:
    given = jsontext.parse_object(payload)
    content = {_SHORT.get(key, key): value for key, value in given.items()}
    base = content.get("~")
    topic = _text(content, "state_topic")
    if isinstance(base, str):
        topic = f"{base}{topic[1:]}" if topic.startswith("~") else topic
        topic = f"{topic[:-1]}{base}" if topic.endswith("~") else topic
    if not topic:
        raise damaged("the configuration names no state topic")
    unit, device_class = _text(content, "unit_of_measurement"), _text(content, "device_class")
    device = _device(content.get("device"))
    return Described(
        name=_text(content, "unique_id") or topic,
        state_topic=topic,
        template=_text(content, "value_template"),
        unit=unit,
        device_class=device_class,
        is_temperature=device_class == "temperature" or unit_written(unit) is not None,
        device=_identified(device),
        firmware=_text(device, "sw_version"),
    )


def _device(value: Json) -> dict[str, Json]:
    content = value if isinstance(value, dict) else {}
    return {_SHORT_OF_DEVICE.get(key, key): each for key, each in content.items()}


def _identified(device: dict[str, Json]) -> str:
    """A device's first identifier, else its first connection (``["mac", "02:5b:…"]``)."""
    for key in ("identifiers", "connections"):
        given = device.get(key)
        first = given[0] if isinstance(given, list) and given else given
        parts = [each for each in (first if isinstance(first, list) else [first]) if isinstance(each, str) and each]
        if parts:
            return _DEVICE + " ".join(parts)
    return ""


def _text(content: dict[str, Json], key: str) -> str:
    value = content.get(key)
    return value if isinstance(value, str) and not isinstance(value, Number) else ""


def _reading(described: Described, message: Message, position: int) -> Decoded:
    unit = message.unit or unit_written(described.unit)
    if unit is None:
        raise PayloadRefused("unknown unit", f"the configuration of {described.name} says no unit of temperature")
    value = picked(described, message.payload)
    milli_c, fault = values.temperature(value, unit)
    text = jsontext.shown(value) + ("" if unit is Unit.C else f" {unit}")
    return Decoded(
        sensor_name(described.name), "", None, milli_c, fault, text, flags=(TIME_RECEIVED,), position=position
    )  # fmt: skip


def picked(described: Described, payload: bytes) -> Json:
    """The value that the template picks; templates that compute are refused, not half understood."""
    template = _TEMPLATE.fullmatch(described.template.strip()) if described.template else None
    if described.template and template is None:
        raise damaged(
            f"the template of {described.name!r} does more than pick a value: {jsontext.shown(described.template)}"
        )
    if template is None or template["json"] is None:
        return Number(jsontext.text_of(payload).strip())
    value: Json = jsontext.parse_object(payload)
    for step in _STEP.finditer(template["path"]):
        value = value.get(step[1] or step[2] or step[3]) if isinstance(value, dict) else None
    return value
