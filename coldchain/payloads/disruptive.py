"""Disruptive Technologies: events of their data connector, one object each, usually in ``{"event": …}``."""

from collections.abc import Iterator

from coldchain.payloads import jsontext, times, values
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import BACKFILLED, TIME_RECEIVED, Decoded, Message, sensor_name

FILTERS = ("disruptive/#",)

_KINDS = {"temperature": "value", "humidity": "temperature"}
"""The kinds of event that carry a temperature, and under which key."""


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one event: each of its samples, or its value where it has none.

    The envelope's ``timestamp`` may say 1970; the measurement's own time is taken.

    Raises:
        PayloadRefused: The event cannot be read.
    """
    content = jsontext.parse_object(message.payload)
    event = content.get("event")
    event = event if isinstance(event, dict) else content
    data = event.get("data", event.get("reported"))
    name = event.get("targetName", event.get("name"))
    if not isinstance(data, dict) or not isinstance(name, str):
        return []
    sensor = sensor_name(name.strip().rpartition("/")[2])
    found: list[Decoded] = []
    for kind, key in _KINDS.items():
        measured = data.get(kind)
        if isinstance(measured, dict):
            found.extend(_readings(sensor, measured, key, len(found)))
    return found


def _readings(sensor: str, measured: dict[str, Json], key: str, before: int) -> Iterator[Decoded]:
    samples = measured.get("samples")
    several = [each for each in samples if isinstance(each, dict)] if isinstance(samples, list) else []
    late = (BACKFILLED,) if measured.get("isBackfilled") is True else ()
    for position, each in enumerate(several or [measured], before):
        at = each.get("sampleTime", each.get("updateTime"))
        at_ms = times.instant(at) if isinstance(at, str) else None
        milli_c, fault = values.temperature(each.get(key))
        flags = late if at_ms is not None else (*late, TIME_RECEIVED)
        yield Decoded(
            sensor, "", at_ms, milli_c, fault, jsontext.shown(each.get(key)), flags=flags, position=position
        )  # fmt: skip
