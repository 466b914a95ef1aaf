"""The native system: ``coldchain/readings/<sensor>``, one JSON object or an array of buffered ones."""

from coldchain.domain.quality import Fault
from coldchain.errors import PayloadRefused
from coldchain.payloads import jsontext, times, values
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, channel_name, damaged, sensor_name

FILTERS = ("coldchain/readings/#",)


def decode(message: Message) -> list[Decoded]:
    """The readings of one native message.

    An object is ``{"measured_at": "2026-11-21T10:00:00Z", "temperature_c": 4.53}``, optionally with ``channel``,
    ``humidity_pct``, ``battery_pct`` and ``seq``. A single object may leave out ``measured_at``.

    Raises:
        PayloadRefused: The message cannot be read at all; a single bad reading in an array only has its own fault.
    """
    sensor = sensor_name(message.name)
    content = jsontext.parse(message.payload)
    items = content if isinstance(content, list) else [content]
    found = (_reading(sensor, item, position, alone=len(items) == 1) for position, item in enumerate(items))
    return [each for each in found if each is not None]


def decode_posted(payload: bytes) -> list[Decoded]:
    """The readings of one HTTP body: native objects, or an array of them, that each name their ``sensor`` as well.

    Raises:
        PayloadRefused: The body cannot be read, or a reading names no sensor.
    """
    content = jsontext.parse(payload)
    items = content if isinstance(content, list) else [content]
    alone = len(items) == 1
    found = (_reading(_named(item), item, position, alone=alone) for position, item in enumerate(items))
    return [each for each in found if each is not None]


def _named(item: Json) -> str:
    if not isinstance(item, dict):
        raise damaged(f"a reading is {jsontext.kind(item)}, not a JSON object")
    name = item.get("sensor")
    if not isinstance(name, str) or isinstance(name, Number):
        raise damaged('a reading names no sensor; over HTTP each has its "sensor"')
    return sensor_name(name)


def _reading(sensor: str, item: Json, position: int, *, alone: bool) -> Decoded | None:
    """One reading, ``None`` where the object is about something else; a bad one does not spoil its neighbours."""
    try:
        return _of_object(sensor, item, position, alone=alone)
    except PayloadRefused as refusal:
        return Decoded(sensor, "", None, None, Fault.DAMAGED, str(refusal), position=position)


def _of_object(sensor: str, item: Json, position: int, *, alone: bool) -> Decoded | None:
    if not isinstance(item, dict):
        raise damaged(f"a reading is {jsontext.kind(item)}, not a JSON object")
    if "temperature_c" not in item:
        _check_left_out(item)
        return None
    milli_c, fault = values.temperature(item["temperature_c"])
    at_ms = _when(item.get("measured_at"), alone=alone)
    return Decoded(
        sensor=sensor,
        channel=_channel(item.get("channel")),
        measured_ms=at_ms,
        milli_c=milli_c,
        fault=fault,
        text=jsontext.shown(item["temperature_c"]),
        battery_pct=values.percent(item.get("battery_pct")),
        flags=() if at_ms is not None else (TIME_RECEIVED,),
        seq=values.whole(item.get("seq")),
        position=position,
    )


def _check_left_out(item: dict[str, Json]) -> None:
    """Humidity alone is no error, but a misspelt temperature must not get lost."""
    for key in item:
        if "temp" in key.lower():
            raise damaged(f"a reading says {jsontext.shown(key)!a}; the native format says temperature_c")


def _channel(value: Json) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or isinstance(value, Number):
        raise damaged(f"a channel is {jsontext.kind(value)}, not a text")
    return channel_name(value)


def _when(value: Json, *, alone: bool) -> int | None:
    match value:
        case None if alone:
            return None
        case None:
            raise damaged("one of several readings has no measured_at")
        case str() if (at_ms := times.instant(value)) is not None:
            return at_ms
        case _:
            shown = jsontext.shown(value)
            raise damaged(f"measured_at is {shown!a}, not a time with its offset such as 2026-11-21T10:00:00Z")
