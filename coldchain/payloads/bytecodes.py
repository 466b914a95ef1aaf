"""What LoRaWAN devices put into their few bytes: Milesight, Elsys and Cayenne LPP.

Each is a row of records, a type and then as many bytes as that type has. A payload is read only where its records
explain every byte. Sources: Milesight's "Communication Protocol" of the EM300 and EM500 series, Elsys' "Payload
format" (rev. 11), and Cayenne LPP 1.0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from coldchain.errors import PayloadRefused
from coldchain.payloads.message import damaged

SHORTEST_BYTES = 3
"""Fewer cannot hold a temperature with its type: a button, a counter, a sign of life."""
LEAST_RECORDS = 3
"""How many records must fit before a codec that nobody named is believed: two bytes fit too easily."""


_POSSIBLE_TENTHS = range(-1_200, 2_501)
"""What such thermometers measure, −120 to 250 °C; bytes that would say more are explained wrongly."""
_FULL_PERCENT = 100
_UNKNOWN = 255


@dataclass(frozen=True)
class Value:
    """A temperature in a payload.

    Attributes:
        channel: Which probe; empty for a device's only one.
        celsius: Its decimal text.
        at_s: When it was measured where the payload says so, epoch seconds: a stored one, sent later.
    """

    channel: str
    celsius: str
    at_s: int | None = None


@dataclass(frozen=True)
class Explained:
    """What a codec makes of a whole payload."""

    values: tuple[Value, ...]
    battery_pct: int | None
    records: int


class _Unexplained(Exception):
    """The bytes are not this codec's."""


def codecs_explaining(data: bytes) -> dict[str, Explained]:
    """Every codec that explains all bytes of a payload, with what it makes of them."""
    found = {}
    for name, explain in CODECS.items():
        try:
            found[name] = explain(data)
        except _Unexplained:
            continue
    return found


def explained(data: bytes, codec: str | None) -> Explained:
    """A payload's values, by the named codec or by the only one that explains it.

    Args:
        data: The payload's bytes.
        codec: A name of `CODECS`; ``None`` where nobody declared one: then it must follow from the bytes.

    Returns:
        What the codec finds.

    Raises:
        PayloadRefused: ``damaged`` where the named codec does not explain the bytes; ``unknown codec`` where none,
            several, or only too few records speak for one.
    """
    found = codecs_explaining(data)
    if codec is not None:
        if codec not in found:
            raise damaged(f"the bytes {_hex(data)} are not what {codec} devices send")
        return found[codec]
    likely = {name: each for name, each in found.items() if each.records >= LEAST_RECORDS}
    if len(likely) == 1:
        return next(iter(likely.values()))
    known = ", ".join(CODECS)
    why = f"{' and '.join(found)} would both fit" if len(found) > 1 else "they are too few to tell whose they are"
    raise PayloadRefused(
        "unknown codec",
        f"the message holds the device's bytes only ({_hex(data)}) and {why if found else 'no codec explains them'};"
        f" let the network server decode them, or name the route's codec ({known})",
    )


def _hex(data: bytes) -> str:
    return data[:32].hex(" ") + (" …" if len(data) > 32 else "")


class _Bytes:
    """Bytes taken off one after the other; running out of them means that they are not this codec's."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) < count:
            raise _Unexplained
        self._at += count
        return found

    def byte(self) -> int:
        return self.take(1)[0]


def _tenths(raw: bytes, order: Literal["little", "big"]) -> str:
    value = int.from_bytes(raw, order, signed=True)
    if value not in _POSSIBLE_TENTHS:
        raise _Unexplained
    return f"{'-' if value < 0 else ''}{abs(value) // 10}.{abs(value) % 10}"


def milesight(data: bytes) -> Explained:
    """Milesight (Ursalink): channel byte, type byte, little-endian values.

    A stored record has one byte of humidity and, on some models, one of a contact's state: whichever explains the
    whole payload.
    """
    found = []
    for tail in (1, 2):
        try:
            found.append(_milesight(data, tail))
        except _Unexplained:
            continue
    if not found or found[0] != found[-1]:
        raise _Unexplained
    return found[0]


def _milesight(data: bytes, tail: int) -> Explained:
    rest, values, battery, records = _Bytes(data), [], None, 0
    while rest:
        channel, kind = rest.byte(), rest.byte()
        records += 1
        if (channel, kind) == (0x01, 0x75):
            battery = rest.byte()
            if battery > _FULL_PERCENT and battery != _UNKNOWN:
                raise _Unexplained
        elif (channel, kind) == (0x20, 0xCE):
            at_s = int.from_bytes(rest.take(4), "little")
            values.append(Value("", _tenths(rest.take(2), "little"), at_s))
            rest.take(tail)
        elif kind in (0x67, 0xD7):  # a channel from 0x80 is its probe's, with a jump and an alarm's state behind it
            probe = channel & 0x0F if channel >= 0x80 else channel
            values.append(Value("" if probe == 0x03 else str(probe), _tenths(rest.take(2), "little")))
            rest.take((2 if kind == 0xD7 else 0) + (1 if channel >= 0x80 else 0))
        else:
            length = _MILESIGHT_LENGTHS.get((channel, kind), _MILESIGHT_TYPES.get(kind))
            if length is None:
                raise _Unexplained
            rest.take(length)
    return Explained(tuple(values), None if battery == _UNKNOWN else battery, records)


def elsys(data: bytes) -> Explained:
    """Elsys: type byte, big-endian values; up to 255 external probes (0x0C), one value and its 1-wire twin (0x19)."""
    rest, values, battery_mv, records = _Bytes(data), [], None, 0
    seen: dict[int, int] = {}
    while rest:
        kind = rest.byte()
        records += 1
        length = _ELSYS_LENGTHS.get(kind)
        if length is None:
            raise _Unexplained
        raw = rest.take(length)
        match kind:
            case 0x01:
                values.append(Value("", _tenths(raw, "big")))
            case 0x0C | 0x19:
                seen[kind] = seen.get(kind, 0) + 1
                name = "external" if kind == 0x0C else "external2"
                values.append(Value(name if seen[kind] == 1 else f"{name}-{seen[kind]}", _tenths(raw, "big")))
            case 0x02 if raw[0] > _FULL_PERCENT:
                raise _Unexplained
            case 0x07:
                battery_mv = int.from_bytes(raw, "big")
    if battery_mv is not None and not 1_000 <= battery_mv <= 6_000:
        raise _Unexplained
    return Explained(tuple(values), None, records)


def cayenne(data: bytes) -> Explained:
    """Cayenne LPP: channel byte, type byte, big-endian values; each channel of type 0x67 is a probe."""
    rest, values, records = _Bytes(data), [], 0
    while rest:
        channel, kind = rest.byte(), rest.byte()
        records += 1
        length = _CAYENNE_LENGTHS.get(kind)
        if length is None:
            raise _Unexplained
        raw = rest.take(length)
        if kind == 0x67:
            values.append(Value(str(channel), _tenths(raw, "big")))
    return Explained(tuple(values), None, records)


_MILESIGHT_TYPES = {0x68: 1, 0x00: 1, 0x01: 1, 0x65: 2, 0x7D: 2, 0x73: 2, 0x77: 2, 0x71: 6, 0x6A: 2, 0x10: 2}
"""Humidity, contact and leak states, light, CO2, pressure, distance, acceleration, activity, and such."""
_MILESIGHT_LENGTHS = {
    (0xFF, 0x01): 1, (0xFF, 0x08): 6, (0xFF, 0x09): 2, (0xFF, 0x0A): 2, (0xFF, 0x0B): 1, (0xFF, 0x0F): 1,
    (0xFF, 0x16): 8, (0xFF, 0x18): 2, (0xFF, 0xFE): 1, (0xFF, 0xFF): 2, (0x05, 0xC8): 4,
}  # fmt: skip
_ELSYS_LENGTHS = {
    0x01: 2, 0x02: 1, 0x03: 3, 0x04: 2, 0x05: 1, 0x06: 2, 0x07: 2, 0x08: 2, 0x09: 6, 0x0A: 2, 0x0B: 4, 0x0C: 2,
    0x0D: 1, 0x0E: 2, 0x0F: 1, 0x10: 4, 0x11: 1, 0x12: 1, 0x13: 65, 0x14: 4, 0x15: 2, 0x16: 2, 0x17: 4, 0x18: 2,
    0x19: 2, 0x1A: 1, 0x1B: 4, 0x1C: 2, 0x3D: 4,
}  # fmt: skip
_CAYENNE_LENGTHS = {
    0x00: 1, 0x01: 1, 0x02: 2, 0x03: 2, 0x65: 2, 0x66: 1, 0x67: 2, 0x68: 1, 0x71: 6, 0x73: 2, 0x86: 6, 0x88: 9,
}  # fmt: skip

CODECS: Mapping[str, Callable[[bytes], Explained]] = MappingProxyType(
    {"milesight": milesight, "elsys": elsys, "cayenne": cayenne}
)
"""The codecs by name, as a route's ``codec`` names them."""
