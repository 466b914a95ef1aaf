"""Sparkplug B: ``spBv1.0/<group>/<message>/<edge>[/<device>]``; data may name a metric by its birth's alias only."""

from coldchain.domain.temperature import Unit
from coldchain.errors import PayloadRefused
from coldchain.payloads import jsontext, values
from coldchain.payloads.message import (
    BACKFILLED,
    TIME_RECEIVED,
    UNIT_ASSUMED,
    Decoded,
    Message,
    channel_name,
    damaged,
    sensor_name,
)
from coldchain.payloads.naming import temperature_named, unit_written
from coldchain.payloads.sparkplug_wire import Metric, Payload, parse

FILTERS = ("spBv1.0/#",)

_BIRTHS = ("NBIRTH", "DBIRTH")
_DATA = ("NDATA", "DDATA")


def subject(topic: str) -> str:
    """The edge node that a message is about, or of one of whose devices: their births and data belong together."""
    levels = topic.split("/")
    return _edge(levels) if len(levels) >= 4 else topic


def announces(message: Message) -> tuple[str, str] | None:
    """A birth says what the aliases of the data that follow stand for."""
    levels = message.topic.split("/")
    if len(levels) < 4 or levels[2] not in _BIRTHS:
        return None
    return _edge(levels), "/".join(levels[4:])


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one birth or data message; none for deaths, states and commands.

    A metric is a temperature where its properties give a temperature's unit, or its name says so.

    Raises:
        PayloadRefused: The message cannot be read, or uses an alias whose birth we have not seen.
    """
    named = named_metrics(message)
    if named is None:
        return []
    sensor, metrics, payload = named
    found: list[Decoded] = []
    for known, metric in metrics:
        unit = _unit(known, metric, message)
        if unit is not None:
            found.append(_reading(sensor, known, metric, payload, unit, len(found)))
    return found


def named_metrics(message: Message) -> tuple[str, list[tuple[Metric, Metric]], Payload] | None:
    """The device, each metric after the one that says what it is (itself, or the birth's), and the whole payload.

    ``None`` for deaths, states and commands; raises as `decode` does.
    """
    levels = message.topic.split("/")
    if len(levels) < 4 or levels[2] not in (*_BIRTHS, *_DATA):
        return None
    payload = parse(message.payload)
    born = _born(message, levels) if levels[2] in _DATA else {}
    sensor = sensor_name("/".join([levels[1], *levels[3:]]))
    return sensor, [(_named(metric, born), metric) for metric in payload.metrics], payload


def _edge(levels: list[str]) -> str:
    return "/".join(["spBv1.0", levels[1], levels[3]])


def _born(message: Message, levels: list[str]) -> dict[int, Metric]:
    """The metrics by alias, of the device's birth and of its edge's, which is the older of the two."""
    births = message.announced.get(_edge(levels), {})
    device = "/".join(levels[4:])
    node = _birth(births.get(""))
    own = _birth(births.get(device)) if device else None
    if own is not None and node is not None and (own.at_ms or 0) < (node.at_ms or 0):
        own = None  # the edge was born again since, and its aliases are new
    return {
        metric.alias: metric
        for birth in (node, own)
        if birth is not None
        for metric in birth.metrics
        if metric.alias is not None
    }


def _birth(payload: bytes | None) -> Payload | None:
    try:
        return None if payload is None else parse(payload)
    except PayloadRefused:  # it was refused when it came
        return None


def _named(metric: Metric, born: dict[int, Metric]) -> Metric:
    """The metric that says what this one is: itself, or the one of the birth."""
    known = born.get(metric.alias) if metric.alias is not None else None
    if known is not None and metric.name in (None, known.name):
        return known
    if metric.name is None:
        raise damaged(
            f"the metric has only its alias {metric.alias} and no birth of this device told what that is;"
            " ask the edge node for a rebirth"
        )
    return metric


def _unit(known: Metric, metric: Metric, message: Message) -> tuple[Unit, bool] | None:
    """The unit of a temperature and whether it is assumed; ``None`` for another quantity."""
    written = metric.unit or known.unit
    if written is not None:
        unit = unit_written(written)
        return None if unit is None else (unit, False)
    named = temperature_named((known.name or "").rpartition("/")[2])
    if named is None or not metric.numeric:
        return None
    said = named.unit or message.unit
    return (said, False) if said is not None else (Unit.C, True)


def _reading(
    sensor: str, known: Metric, metric: Metric, payload: Payload, unit: tuple[Unit, bool], position: int
) -> Decoded:
    at_ms = metric.at_ms if metric.at_ms is not None else payload.at_ms
    milli_c, fault = values.temperature(metric.value, unit[0])
    flags = (
        *(() if at_ms is not None else (TIME_RECEIVED,)),
        *((UNIT_ASSUMED,) if unit[1] else ()),
        *((BACKFILLED,) if metric.historical else ()),
    )
    return Decoded(
        sensor=sensor,
        channel=channel_name(known.name or ""),
        measured_ms=at_ms,
        milli_c=milli_c,
        fault=fault,
        text=jsontext.shown(metric.value) + ("" if unit[0] is Unit.C else f" {unit[0]}"),
        flags=flags,
        position=position,
    )
