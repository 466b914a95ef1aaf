"""Milesight gateways as network servers: ``devEUI``, ``time`` and the device's bytes in base64, on any topic."""

from coldchain.payloads import jsontext, uplinks, values
from coldchain.payloads.message import Decoded, Message
from coldchain.payloads.uplinks import Uplink

FILTERS = ("milesight/#",)


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one uplink: of the object that the gateway decoded, else of the bytes.

    Raises:
        PayloadRefused: The message cannot be read.
    """
    content = jsontext.parse_object(message.payload)
    if "devEUI" not in content:
        return []
    decoded = content.get("object", content.get("decodedPayload"))
    uplink = Uplink(
        sensor=uplinks.eui(content.get("devEUI")),
        at_ms=uplinks.instant(content.get("time")),
        content=decoded,
        data=uplinks.bytes_of(content.get("data"), field="data"),
        seq=values.whole(content.get("fCnt")),
    )
    return uplinks.readings(uplink, message)
