"""SenML (RFC 8428): packs of records in JSON, whose base fields hold for all that follow."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from coldchain.domain.temperature import Unit
from coldchain.payloads import jsontext, values
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, damaged, sensor_name

FILTERS = ("senml/#",)

_UNITS = {"Cel": Unit.C, "K": Unit.K, "degF": Unit.F}
"""RFC 8428 §12.1, and RFC 8798 for degrees Fahrenheit."""
_RELATIVE_BELOW_S = 2**28
"""A time below this is relative to now (RFC 8428 §4.5.3)."""
_VERSION = 10
_BASES = ("bn", "bt", "bu", "bv")


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one pack; a record's name with its base name is the sensor.

    Raises:
        PayloadRefused: The pack cannot be read, or needs a newer version of SenML.
    """
    records = records_of(message)
    battery = batteries(records)
    found: list[Decoded] = []
    for record in records:
        unit = _UNITS.get(jsontext.shown(record.get("u")))
        if unit is None:
            continue
        written = _sum(record.get("bv"), record.get("v"))
        milli_c, fault = values.temperature(written, unit)
        at_ms, flags = _when(record, message)
        text = jsontext.shown(written) + ("" if unit is Unit.C else f" {record['u']}")
        sensor, level = sensor_name(name_of(record)), battery.get(base_name(record))
        found.append(Decoded(sensor, "", at_ms, milli_c, fault, text, level, flags, position=len(found)))
    return found


def records_of(message: Message) -> list[dict[str, Json]]:
    """A pack's records, each with the base fields that hold for it; raises as `decode` does."""
    pack = jsontext.parse(message.payload)
    if not isinstance(pack, list):
        raise damaged(f"a SenML pack is an array; this is {jsontext.kind(pack)}")
    return list(_resolved(pack))


def batteries(records: list[dict[str, Json]]) -> dict[str, int]:
    """The newest ``%EL`` (remaining energy, RFC 8428 §12.1) by base name.

    Records with one base name are one device's. Where several batteries have names of their own under it, nothing
    says which belongs to which sensor, and none is taken.
    """
    named: dict[str, dict[str, int | None]] = {}
    for record in records:
        if record.get("u") == "%EL":
            level = values.percent(_sum(record.get("bv"), record.get("v")))
            named.setdefault(base_name(record), {})[name_of(record)] = level
    only = {base: next(iter(levels.values())) for base, levels in named.items() if len(levels) == 1}
    return {base: level for base, level in only.items() if level is not None}


def base_name(record: dict[str, Json]) -> str:
    """What names the device of a record."""
    return _text(record, "bn")


def name_of(record: dict[str, Json]) -> str:
    """A record's whole name."""
    return base_name(record) + _text(record, "n")


def is_temperature(record: dict[str, Json]) -> bool:
    """Whether its unit is one of a temperature."""
    return jsontext.shown(record.get("u")) in _UNITS


def _resolved(pack: list[Json]) -> Iterator[dict[str, Json]]:
    """Each record with the base fields that hold for it."""
    bases: dict[str, Json] = {}
    for number, record in enumerate(pack, 1):
        if not isinstance(record, dict):
            raise damaged(f"record {number} is {jsontext.kind(record)}, not a JSON object")
        for key, value in record.items():
            if key in _BASES:
                bases[key] = value
            elif key == "bver" and _number(value) > _VERSION:
                raise damaged(f"the pack needs SenML version {jsontext.shown(value)}; this program reads {_VERSION}")
            elif key.endswith("_"):  # RFC 8428 §4.4: who does not know such a field must not use the pack
                raise damaged(f"the pack needs the field {key!a}, which this program does not know")
        inherited = {"u": bases["bu"]} if "bu" in bases else {}
        yield inherited | bases | record


def _sum(base: Json, value: Json) -> Json:
    if base is None or not isinstance(value, Number):
        return value
    return Number(_number(base) + _number(value))


def _when(record: dict[str, Json], message: Message) -> tuple[int | None, tuple[str, ...]]:
    at_s = _number(record.get("bt", Number(0))) + _number(record.get("t", Number(0)))
    if at_s >= _RELATIVE_BELOW_S:
        return int(at_s * 1_000), ()
    if not at_s:
        return None, (TIME_RECEIVED,)
    return message.received_ms + int(at_s * 1_000), (TIME_RECEIVED,)


def _number(value: Json) -> Decimal:
    try:
        found = Decimal(value) if isinstance(value, Number) else Decimal("nan")
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or found.adjusted() > 15:
        raise damaged(f"{jsontext.shown(value)!a} is not a number of SenML's")
    return found


def _text(record: dict[str, Json], key: str) -> str:
    value = record.get(key, "")
    if not isinstance(value, str) or isinstance(value, Number):
        raise damaged(f"{key} is {jsontext.kind(value)}, not a text")
    return value
