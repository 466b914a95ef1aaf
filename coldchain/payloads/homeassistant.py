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
    "dev_cla": "device_class", "uniq_id": "unique_id",
}  # fmt: skip
"""The abbreviations that configurations may use (Home Assistant, "MQTT discovery messages")."""

_TEMPLATE = re.compile(
    r"\{\{\s*value(?P<json>_json)?(?P<path>(?:\.\w+|\[(?:'[^']+'|\"[^\"]+\")\])*)\s*"
    r"(?:\|\s*(?:float|int|round)(?:\([^)]*\))?\s*)*\}\}"
)
_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]|\[\"([^\"]+)\"\]")


@dataclass(frozen=True)
class _Described:
    name: str
    state_topic: str
    template: str
    unit: str
    is_temperature: bool


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
    configurations = [_described(each) for each in message.announced.get(message.topic, {}).values()]
    if not configurations:
        raise PayloadRefused(
            "unknown unit", f"no discovery configuration that has come describes the topic {message.topic!a}"
        )
    found: list[Decoded] = []
    for described in sorted(configurations, key=lambda each: each.name):
        if described.is_temperature:
            found.append(_reading(described, message, len(found)))
    return found


def _is_configuration(topic: str) -> bool:
    levels = topic.split("/")
    return len(levels) >= 4 and levels[-1] == "config" and "sensor" in (levels[-3], levels[-4])


def _described(payload: bytes) -> _Described:
    given = jsontext.parse_object(payload)
    content = {_SHORT.get(key, key): value for key, value in given.items()}
    base = content.get("~")
    topic = _text(content, "state_topic")
    if isinstance(base, str):
        topic = f"{base}{topic[1:]}" if topic.startswith("~") else topic
        topic = f"{topic[:-1]}{base}" if topic.endswith("~") else topic
    if not topic:
        raise damaged("the configuration names no state topic")
    unit = _text(content, "unit_of_measurement")
    return _Described(
        name=_text(content, "unique_id") or topic,
        state_topic=topic,
        template=_text(content, "value_template"),
        unit=unit,
        is_temperature=content.get("device_class") == "temperature" or unit_written(unit) is not None,
    )


def _text(content: dict[str, Json], key: str) -> str:
    value = content.get(key)
    return value if isinstance(value, str) and not isinstance(value, Number) else ""


def _reading(described: _Described, message: Message, position: int) -> Decoded:
    unit = message.unit or unit_written(described.unit)
    if unit is None:
        raise PayloadRefused("unknown unit", f"the configuration of {described.name} says no unit of temperature")
    value = _picked(described, message.payload)
    milli_c, fault = values.temperature(value, unit)
    text = jsontext.shown(value) + ("" if unit is Unit.C else f" {unit}")
    return Decoded(
        sensor_name(described.name), "", None, milli_c, fault, text, flags=(TIME_RECEIVED,), position=position
    )  # fmt: skip


def _picked(described: _Described, payload: bytes) -> Json:
    """The value that the template picks; templates that compute are refused, not half understood."""
    template = _TEMPLATE.fullmatch(described.template.strip()) if described.template else None
    if described.template and template is None:
        raise damaged(
            f"the template of {described.name} does more than pick a value: {jsontext.shown(described.template)}"
        )
    if template is None or template["json"] is None:
        return Number(jsontext.text_of(payload).strip())
    value: Json = jsontext.parse_object(payload)
    for step in _STEP.finditer(template["path"]):
        value = value.get(step[1] or step[2] or step[3]) if isinstance(value, dict) else None
    return value
