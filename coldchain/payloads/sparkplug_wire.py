"""Sparkplug B's protobuf payload, as far as a temperature needs it, and its JSON rendering.

Field numbers: Eclipse Sparkplug 3.0, "sparkplug_b.proto". Fields that are left out here are skipped by protobuf.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from coldchain.payloads import jsontext
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import damaged

_OPTIONAL, _REPEATED = 1, 3
_STRING, _UINT64, _UINT32, _FLOAT, _DOUBLE, _BOOL, _MESSAGE = 9, 4, 13, 2, 1, 8, 11
_SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
"""Int8, Int16, Int32, Int64: sent as unsigned, in two's complement."""

_MESSAGES: dict[str, list[tuple[str, int, int, int, str]]] = {
    "PropertyValue": [("string_value", 8, _STRING, _OPTIONAL, "")],
    "PropertySet": [
        ("keys", 1, _STRING, _REPEATED, ""),
        ("values", 2, _MESSAGE, _REPEATED, ".sparkplug.PropertyValue"),
    ],
    "Metric": [
        ("name", 1, _STRING, _OPTIONAL, ""),
        ("alias", 2, _UINT64, _OPTIONAL, ""),
        ("timestamp", 3, _UINT64, _OPTIONAL, ""),
        ("datatype", 4, _UINT32, _OPTIONAL, ""),
        ("is_historical", 5, _BOOL, _OPTIONAL, ""),
        ("is_null", 7, _BOOL, _OPTIONAL, ""),
        ("properties", 9, _MESSAGE, _OPTIONAL, ".sparkplug.PropertySet"),
        ("int_value", 10, _UINT32, _OPTIONAL, ""),
        ("long_value", 11, _UINT64, _OPTIONAL, ""),
        ("float_value", 12, _FLOAT, _OPTIONAL, ""),
        ("double_value", 13, _DOUBLE, _OPTIONAL, ""),
        ("string_value", 15, _STRING, _OPTIONAL, ""),
    ],
    "Payload": [
        ("timestamp", 1, _UINT64, _OPTIONAL, ""),
        ("metrics", 2, _MESSAGE, _REPEATED, ".sparkplug.Metric"),
        ("seq", 3, _UINT64, _OPTIONAL, ""),
    ],
}


@dataclass(frozen=True)
class Metric:
    """One metric of a payload.

    Attributes:
        name: ``None`` in data that name it by its alias only.
        alias: The number that stands for the name after a birth.
        at_ms: When it was measured, UTC ms.
        value: As a number's text, ``None`` for null.
        numeric: Whether it holds a number or null.
        historical: Stored on its way and sent later.
        unit: What the metric's properties say it is in.
    """

    name: str | None
    alias: int | None
    at_ms: int | None
    value: Json
    numeric: bool
    historical: bool
    unit: str | None


@dataclass(frozen=True)
class Payload:
    """A Sparkplug payload: its own time, UTC ms, its sequence number from 0 to 255, and its metrics."""

    at_ms: int | None
    seq: int | None
    metrics: tuple[Metric, ...]


def parse(payload: bytes) -> Payload:
    """A payload from the wire's protobuf, or from JSON as gateways and test tools render it.

    Raises:
        PayloadRefused: It is neither.
    """
    if len(payload) > jsontext.LARGEST_PAYLOAD_BYTES:
        raise damaged(f"the payload has {len(payload)} bytes; more than {jsontext.LARGEST_PAYLOAD_BYTES} are refused")
    if payload.lstrip()[:1] == b"{":
        return _of_json(jsontext.parse_object(payload))
    from google.protobuf.message import DecodeError

    wire = _payload_class()()
    try:
        wire.ParseFromString(payload)
    except DecodeError as error:
        raise damaged("the payload is not Sparkplug B: protobuf cannot read it") from error
    metrics = tuple(_of_wire(each) for each in wire.metrics)
    return Payload(_optional(wire, "timestamp"), _optional(wire, "seq"), metrics)


@cache
def _payload_class() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="sparkplug.proto", package="sparkplug", syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, label, of in fields:
            message.field.add(name=field, number=number, type=kind, label=label, type_name=of or None)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("sparkplug.Payload"))


def _optional(message: Any, field: str) -> Any:
    return getattr(message, field) if message.HasField(field) else None


def _of_wire(metric: Any) -> Metric:
    value = None if metric.is_null else _value(metric)
    return Metric(
        name=_optional(metric, "name") or None,
        alias=_optional(metric, "alias"),
        at_ms=_optional(metric, "timestamp"),
        value=value,
        numeric=metric.is_null or isinstance(value, Number),
        historical=metric.is_historical,
        unit=_unit(zip(metric.properties.keys, metric.properties.values, strict=False)),
    )


def _value(metric: Any) -> Json:
    for field in ("double_value", "float_value", "int_value", "long_value"):
        if metric.HasField(field):
            value = getattr(metric, field)
            bits = _SIGNED_BITS.get(metric.datatype)
            if field == "float_value":
                return Number(str(np.float32(value)))  # its own shortest text: 4.53, not 4.53000020980835
            if bits is not None and field != "double_value":
                value &= (1 << bits) - 1
                value -= (value >> (bits - 1)) << bits
            return Number(str(value))
    return metric.string_value if metric.HasField("string_value") else False


def _unit(properties: Iterator[tuple[str, Any]]) -> str | None:
    return next((value.string_value for key, value in properties if _says_unit(key) and value.string_value), None)


def _says_unit(key: str) -> bool:
    return key.replace(" ", "").lower() in ("engunit", "engineeringunits", "unit", "units")


def _of_json(content: dict[str, Json]) -> Payload:
    metrics = content.get("metrics", [])
    if not isinstance(metrics, list):
        raise damaged(f"metrics is {jsontext.kind(metrics)}, not an array")
    each = [item for item in metrics if isinstance(item, dict)]
    return Payload(_whole(content.get("timestamp")), _whole(content.get("seq")), tuple(_metric(item) for item in each))


def _metric(item: dict[str, Json]) -> Metric:
    name, value = item.get("name"), item.get("value")
    null = value is None and ("value" in item or item.get("isNull") is True)
    properties = item.get("properties")
    said = {key: each for key, each in properties.items() if _says_unit(key)} if isinstance(properties, dict) else {}
    written = next((each.get("value") if isinstance(each, dict) else each for each in said.values()), None)
    return Metric(
        name=name if isinstance(name, str) and name else None,
        alias=_whole(item.get("alias")),
        at_ms=_whole(item.get("timestamp")),
        value=value,
        numeric=null or isinstance(value, Number),
        historical=item.get("isHistorical", item.get("is_historical")) is True,
        unit=written if isinstance(written, str) else None,
    )


def _whole(value: Json) -> int | None:
    return int(value) if isinstance(value, Number) and value.isdigit() and len(value) < 20 else None
