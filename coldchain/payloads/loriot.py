"""LORIOT: ``cmd: rx`` with the device's bytes in hexadecimal; ``gw`` is the same uplink with its gateways again."""

from coldchain.payloads import jsontext, times, uplinks, values
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import Decoded, Message
from coldchain.payloads.uplinks import Uplink

FILTERS = ("loriot/#",)

_BATTERY_STEPS = 254
"""LoRaWAN's battery byte: 1 to 254 from empty to full, 0 external power, 255 unknown (LoRaWAN 1.0.4 §5.5)."""


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one uplink.

    Raises:
        PayloadRefused: The message cannot be read.
    """
    content = jsontext.parse_object(message.payload)
    if content.get("cmd") != "rx":
        return []
    at = content.get("ts")
    decoded = content.get("decoded")
    uplink = Uplink(
        sensor=uplinks.eui(content.get("EUI")),
        at_ms=times.epoch_ms(at) if isinstance(at, str) else None,
        content=decoded.get("data") if isinstance(decoded, dict) else None,
        data=uplinks.bytes_of(content.get("data"), field="data", hexadecimal=True),
        battery_pct=_battery(content.get("bat")),
        seq=values.whole(content.get("fcnt")),
    )
    return uplinks.readings(uplink, message)


def _battery(value: Json) -> int | None:
    steps = values.whole(value)
    return round(100 * steps / _BATTERY_STEPS) if steps is not None and 1 <= steps <= _BATTERY_STEPS else None
