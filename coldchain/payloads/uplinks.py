"""LoRaWAN uplinks, whichever network server brings them: decoded by it into an object, or the device's bytes only."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from coldchain.domain.temperature import Unit
from coldchain.payloads import bytecodes, jsontext, times, values
from coldchain.payloads.jsontext import Json, Number
from coldchain.payloads.message import BACKFILLED, TIME_RECEIVED, Decoded, Message, channel_name, damaged
from coldchain.payloads.naming import Named, temperature_named

CODEC_TOLD_BY_BYTES = "codec=by-structure"
"""The flag of a reading whose codec nobody declared: it alone explains every byte."""

_LEAST_HEX_EUI = 16


@dataclass(frozen=True)
class Uplink:
    """What a network server says of one uplink.

    Attributes:
        sensor: The device's EUI, 16 lower-case hexadecimal digits.
        at_ms: When the network received it, UTC ms; ``None`` where it does not say.
        content: The decoded object, ``None`` where the server has no codec for the device.
        data: The device's bytes, ``None`` where there are none.
        battery_pct: The battery, where the server knows it.
        seq: The frame counter.
    """

    sensor: str
    at_ms: int | None
    content: Json = None
    data: bytes | None = None
    battery_pct: int | None = None
    seq: int | None = None


def readings(uplink: Uplink, message: Message) -> list[Decoded]:
    """The temperatures of an uplink: of the decoded object where there is one, else of the bytes.

    Raises:
        PayloadRefused: The bytes cannot be read, or the object is none.
    """
    if uplink.content is not None:
        return list(_of_object(uplink))
    if uplink.data is None or (message.codec is None and len(uplink.data) < bytecodes.SHORTEST_BYTES):
        return []
    found = bytecodes.explained(uplink.data, message.codec)
    flags = () if message.codec is not None else (CODEC_TOLD_BY_BYTES,)
    battery = uplink.battery_pct if found.battery_pct is None else found.battery_pct
    return [
        _reading(uplink, each.channel, Number(each.celsius), position, at_s=each.at_s, flags=flags, battery=battery)
        for position, each in enumerate(found.values)
    ]


def _of_object(uplink: Uplink) -> Iterator[Decoded]:
    content = uplink.content
    if not isinstance(content, dict):
        raise damaged(f"the decoded payload is {jsontext.kind(content)}, not a JSON object")
    battery = values.percent(content.get("battery")) if uplink.battery_pct is None else uplink.battery_pct
    for position, (named, value, at_s) in enumerate(_temperatures(content)):
        yield _reading(uplink, named.channel, value, position, at_s=at_s, unit=named.unit, battery=battery)


def _temperatures(content: dict[str, Json]) -> Iterator[tuple[Named, Json, int | None]]:
    """Name, value and stored time of every temperature of a decoded object."""
    for key, value in content.items():
        if key == "history" and isinstance(value, list):
            yield from (each for item in value if isinstance(item, dict) for each in _stored(item))
            continue
        named = temperature_named(key)
        if named is None:
            continue
        if isinstance(value, dict):  # ChirpStack's own Cayenne codec: {"temperatureSensor": {"3": 27.2}}
            for probe, each in value.items():
                yield Named(_joined(named.channel, probe), named.unit), each, None
        else:
            yield named, value, None


def _stored(item: dict[str, Json]) -> Iterator[tuple[Named, Json, int | None]]:
    at = item.get("timestamp")
    if not isinstance(at, Number) or not at.isdigit():
        return
    for named, value, _ in _temperatures({key: value for key, value in item.items() if key != "history"}):
        yield named, value, int(at)


def _joined(*parts: str) -> str:
    return "-".join(part for part in parts if part)


def _reading(
    uplink: Uplink,
    channel: str,
    value: Json,
    position: int,
    *,
    at_s: int | None,
    unit: Unit | None = None,
    flags: tuple[str, ...] = (),
    battery: int | None,
) -> Decoded:
    at_ms = uplink.at_ms if at_s is None else at_s * 1_000
    flags = flags if at_s is None else (*flags, BACKFILLED)
    milli_c, fault = values.temperature(value, unit or Unit.C)
    return Decoded(
        sensor=uplink.sensor,
        channel=channel_name(channel),
        measured_ms=at_ms,
        milli_c=milli_c,
        fault=fault,
        text=jsontext.shown(value),
        battery_pct=battery,
        flags=flags if at_ms is not None else (*flags, TIME_RECEIVED),
        seq=uplink.seq,
        position=position,
    )


def eui(value: Json) -> str:
    """A device's EUI as 16 lower-case hexadecimal digits, from hexadecimal or (ChirpStack 3) base64.

    Raises:
        PayloadRefused: It is neither.
    """
    text = value.replace("-", "").replace(":", "").strip() if isinstance(value, str) else ""
    raw = _unhex(text) if len(text) == _LEAST_HEX_EUI else unbase64(text)
    if raw is None or len(raw) != _LEAST_HEX_EUI // 2:
        raise damaged(f"the device's EUI is {jsontext.shown(value)!a}; 8 bytes are wanted")
    return raw.hex()


def unbase64(text: Json) -> bytes | None:
    """The bytes of a base64 text, or ``None`` where it is none."""
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        return None


def _unhex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def bytes_of(value: Json, *, field: str, hexadecimal: bool = False) -> bytes | None:
    """A payload's bytes from its field; ``None`` where the field is missing or empty.

    Raises:
        PayloadRefused: The field holds something else.
    """
    if value is None or value == "":
        return None
    raw = (_unhex(value) if hexadecimal else unbase64(value)) if isinstance(value, str) else None
    if raw is None:
        raise damaged(f"{field} is not {'hexadecimal' if hexadecimal else 'base64'}: {jsontext.shown(value)!a}")
    return raw


def instant(value: Json) -> int | None:
    """UTC ms of an RFC 3339 text, or ``None``."""
    return times.instant(value) if isinstance(value, str) else None
