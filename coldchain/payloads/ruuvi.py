"""Ruuvi Gateway: ``ruuvi/<gateway>/<tag>`` with the tag's advertisement in hexadecimal, or a history of several tags.

Formats 3 and 5 (RAWv1, RAWv2), 6 and E1 (Ruuvi Air), as docs.ruuvi.com describes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from coldchain.domain.quality import Fault
from coldchain.payloads import jsontext, times, values
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, damaged, sensor_name

FILTERS = ("ruuvi/+/+",)

_COMPANY = b"\x99\x04"
_MANUFACTURER_DATA = 0xFF
_INVALID = -0x8000
_TEMPERATURE_STEP_MILLI_C = 5


@dataclass(frozen=True)
class _Advertised:
    milli_c: int | None
    seq: int | None = None


def decode(message: Message) -> list[Decoded]:
    """The temperature of each tag in the message; none where its advertisement is no Ruuvi's.

    A tag is named by its own MAC address, so that two gateways hearing it make one trace.

    Raises:
        PayloadRefused: The message cannot be read.
    """
    content = jsontext.parse_object(message.payload)
    history = content.get("data")
    tags = history.get("tags") if isinstance(history, dict) else None
    if isinstance(tags, dict):
        tagged = [(mac, item) for mac, item in tags.items() if isinstance(item, dict)]
    elif "data" in content or "temperature" in content:
        tagged = [(message.topic.rpartition("/")[2], content)]
    else:
        return []  # the gateway's own status
    found: list[Decoded] = []
    for mac, item in tagged:
        found.extend(_reading(sensor_name(mac), item, len(found)))
    return found


def _reading(sensor: str, item: dict[str, Json], position: int) -> Iterator[Decoded]:
    at = item.get("ts", item.get("timestamp"))
    at_ms = times.epoch_s(at) if isinstance(at, str) else None
    raw = item.get("data")
    if raw is None:  # a gateway that decodes
        milli_c, fault = values.temperature(item.get("temperature"))
        text, seq = jsontext.shown(item.get("temperature")), values.whole(item.get("measurementSequenceNumber"))
    else:
        advertised = _advertised(_payload(raw))
        if advertised is None:
            return
        milli_c, seq, text = advertised.milli_c, advertised.seq, jsontext.shown(raw)
        fault = Fault.MISSING if milli_c is None else None
    flags = () if at_ms is not None else (TIME_RECEIVED,)
    yield Decoded(sensor, "", at_ms, milli_c, fault, text, flags=flags, seq=seq, position=position)


def _payload(raw: Json) -> bytes:
    if isinstance(raw, str):
        try:
            return bytes.fromhex(raw)
        except ValueError:
            pass
    raise damaged(f"data is not hexadecimal: {jsontext.shown(raw)!a}")


def _advertised(advertisement: bytes) -> _Advertised | None:
    """What the manufacturer's part says; ``None`` where it is not Ruuvi's, or of a format without a temperature."""
    at = 0
    while at + 1 < len(advertisement):
        length, kind = advertisement[at], advertisement[at + 1]
        part = advertisement[at + 2 : at + 1 + length]
        if kind == _MANUFACTURER_DATA and part[:2] == _COMPANY:
            if len(part) != length - 1:
                raise damaged("the advertisement ends within the tag's data")
            return _measured(part[2:])
        if not length:
            return None
        at += 1 + length
    return None


def _measured(data: bytes) -> _Advertised | None:
    match data[:1]:
        case b"\x05" if len(data) == 24:
            return _Advertised(_fine(data), int.from_bytes(data[16:18], "big"))
        case b"\x06" | b"\xe1" if len(data) >= 20:
            return _Advertised(_fine(data))
        case b"\x03" if len(data) == 14:
            whole, hundredths = data[2] & 0x7F, data[3]
            if hundredths > 99:
                return _Advertised(None)
            sign = -1 if data[2] & 0x80 else 1
            return _Advertised(sign * (whole * 1_000 + hundredths * 10))
        case b"\x03" | b"\x05" | b"\x06" | b"\xe1":
            raise damaged(f"the tag's data have {len(data)} bytes, which format {data[0]} has not")
        case _:
            return None


def _fine(data: bytes) -> int | None:
    steps = int.from_bytes(data[1:3], "big", signed=True)
    return None if steps == _INVALID else steps * _TEMPERATURE_STEP_MILLI_C
