"""ChirpStack 3 and 4: ``application/<id>/device/<EUI>/event/<kind>``; only ``up`` carries what a device measured."""

from coldchain.payloads import jsontext, uplinks, values
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import Decoded, Message, damaged
from coldchain.payloads.uplinks import Uplink

FILTERS = ("application/+/device/+/event/+",)


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one uplink; none for joins, acknowledgements, logs and the battery's status.

    Version 4 names the device in ``deviceInfo.devEui`` and decodes into ``object``; version 3 writes the EUI in
    base64, the object as JSON in a text, and the time only at its gateways.

    Raises:
        PayloadRefused: The message cannot be read.
    """
    if message.topic.rpartition("/")[2] != "up":
        return []
    event = jsontext.parse_object(message.payload)
    device = event.get("deviceInfo")
    named = device.get("devEui") if isinstance(device, dict) else event.get("devEUI")
    uplink = Uplink(
        sensor=uplinks.eui(named),
        at_ms=uplinks.instant(event.get("time")) or _at_gateways(event.get("rxInfo")),
        content=_object(event),
        data=uplinks.bytes_of(event.get("data"), field="data"),
        seq=values.whole(event.get("fCnt")),
    )
    return uplinks.readings(uplink, message)


def _object(event: dict[str, Json]) -> Json:
    written = event.get("objectJSON")
    if isinstance(written, str) and written:
        return jsontext.parse(written.encode())
    found = event.get("object")
    if found is not None and not isinstance(found, dict):
        raise damaged(f"object is {jsontext.kind(found)}, not a JSON object")
    return found


def _at_gateways(received: Json) -> int | None:
    """When the first gateway with a clock of its own received it."""
    gateways = received if isinstance(received, list) else []
    each = [uplinks.instant(one.get("time")) for one in gateways if isinstance(one, dict)]
    return min((at_ms for at_ms in each if at_ms is not None), default=None)
