"""The Things Stack (TTN 3): ``v3/<application>@<tenant>/devices/<id>/up``."""

from coldchain.payloads import jsontext, uplinks, values
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import Decoded, Message, damaged
from coldchain.payloads.uplinks import Uplink

FILTERS = ("v3/+/devices/+/up",)


def decode(message: Message) -> list[Decoded]:
    """The temperatures of one uplink, at the time at which the network server received it.

    An uplink that somebody simulated on the console is refused: nothing was measured.

    Raises:
        PayloadRefused: The message cannot be read, or was simulated.
    """
    content = jsontext.parse_object(message.payload)
    uplink, ids = content.get("uplink_message"), content.get("end_device_ids")
    if uplink is None:
        return []  # a join, an acknowledgement, a location
    if not isinstance(uplink, dict) or not isinstance(ids, dict):
        raise damaged("uplink_message or end_device_ids is no JSON object")
    if content.get("simulated") is True:
        raise damaged("the uplink was simulated on a console; nothing was measured")
    found = Uplink(
        sensor=uplinks.eui(ids.get("dev_eui")),
        at_ms=uplinks.instant(uplink.get("received_at")) or uplinks.instant(content.get("received_at")),
        content=uplink.get("decoded_payload"),
        data=uplinks.bytes_of(uplink.get("frm_payload"), field="frm_payload"),
        battery_pct=_battery(uplink.get("last_battery_percentage")),
        seq=values.whole(uplink.get("f_cnt")),
    )
    return uplinks.readings(found, message)


def _battery(value: Json) -> int | None:
    return values.percent(value.get("value") if isinstance(value, dict) else value)
