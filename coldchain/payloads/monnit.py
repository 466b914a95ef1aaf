"""Monnit (iMonnit webhooks): ``sensorMessages``, every value a text, several values joined by ``|``."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from coldchain.domain.quality import Fault
from coldchain.payloads import jsontext, times, values
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, channel_name, damaged, sensor_name
from coldchain.payloads.naming import unit_written

FILTERS = ("monnit/#",)

_AMERICAN = re.compile(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M", re.ASCII)


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one delivery, in the unit that their labels say.

    Raises:
        PayloadRefused: The delivery cannot be read.
    """
    content = jsontext.parse_object(message.payload)
    messages = content.get("sensorMessages")
    if messages is None:
        return []
    if not isinstance(messages, list):
        raise damaged(f"sensorMessages is {jsontext.kind(messages)}, not an array")
    found: list[Decoded] = []
    for item in messages:
        if not isinstance(item, dict):
            raise damaged(f"a sensor's message is {jsontext.kind(item)}, not a JSON object")
        found.extend(_readings(item, len(found)))
    return found


def _readings(item: dict[str, Json], before: int) -> Iterator[Decoded]:
    kinds, shown, labels = (_parts(item.get(key)) for key in ("dataType", "plotValues", "plotLabels"))
    probes = [place for place, kind in enumerate(kinds) if kind.startswith("Temperature")]
    if not probes:
        return
    sensor = sensor_name(jsontext.shown(item.get("sensorID")))
    at_ms = _when(item.get("messageDate"))
    battery = values.percent(item.get("batteryLevel"))  # 101 is mains
    for position, place in enumerate(probes, before):
        label = labels[place] if place < len(labels) else ""
        unit = unit_written(label)
        value = shown[place] if place < len(shown) else None
        milli_c, fault = values.temperature(value, unit) if unit is not None else (None, Fault.DAMAGED)
        yield Decoded(
            sensor=sensor,
            channel=channel_name(str(place) if len(probes) > 1 else ""),
            measured_ms=at_ms,
            milli_c=milli_c,
            fault=fault,
            text=jsontext.shown(value) + (f" {label}" if unit is not None else f" in the unknown unit {label!a}"),
            battery_pct=battery,
            flags=() if at_ms is not None else (TIME_RECEIVED,),
            position=position,
        )


def _parts(value: Json) -> list[str]:
    return value.split("|") if isinstance(value, str) else []


def _when(value: Json) -> int | None:
    """Monnit's times are UTC and do not say so (its knowledge base: "Time format in the REST API and webhooks")."""
    if not isinstance(value, str):
        return None
    if _AMERICAN.fullmatch(value.strip()):
        try:
            at = datetime.strptime(value.strip(), "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)
        except ValueError:
            return None
        return int(at.timestamp()) * 1_000
    return times.instant(f"{value.strip()}Z")
