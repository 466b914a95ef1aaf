"""Theengs and OpenMQTTGateway: ``home/<gateway>/BTtoMQTT/<MAC>``, Bluetooth sensors already decoded."""

import re

from coldchain.domain.temperature import Unit
from coldchain.payloads import jsontext, values
from coldchain.payloads.jsontext import Json
from coldchain.payloads.message import TIME_RECEIVED, Decoded, Message, channel_name, sensor_name

FILTERS = ("home/+/BTtoMQTT/+",)

_PROBE = re.compile(r"temp([cf])(\d?)")
"""``tempc``, ``tempc1`` … ``tempc6``. ``tempc2_dp`` is a dew point, ``tempc_min`` a day's minimum."""
_MAC = re.compile(r"[0-9A-Fa-f]{12}")


def decode(message: Message) -> list[Decoded]:
    """The probes of one device; °F only where there is no °C beside it.

    A device is named by its MAC address, so that two gateways hearing it make one trace.

    Raises:
        PayloadRefused: The message cannot be read.
    """
    content = jsontext.parse_object(message.payload)
    sensor = name_of(message, content)
    outside = "external" if content.get("extprobe") is True else ""
    found: list[Decoded] = []
    for key, value in content.items():
        probe = _PROBE.fullmatch(key)
        if probe is None or (probe[1] == "f" and f"tempc{probe[2]}" in content):
            continue
        unit = Unit.F if probe[1] == "f" else Unit.C
        milli_c, fault = values.temperature(value, unit)
        found.append(
            Decoded(
                sensor=sensor,
                channel=channel_name(probe[2] or outside),
                measured_ms=None,
                milli_c=milli_c,
                fault=fault,
                text=jsontext.shown(value) + ("" if unit is Unit.C else " °F"),
                battery_pct=values.percent(content.get("batt")),
                flags=(TIME_RECEIVED,),
                position=len(found),
            )
        )
    return found


def name_of(message: Message, content: dict[str, Json]) -> str:
    """The device's MAC address, from the topic or the message."""
    last = message.topic.rpartition("/")[2]
    said = content.get("mac", content.get("id"))
    mac = said.replace(":", "") if isinstance(said, str) else ""
    return sensor_name(last if _MAC.fullmatch(last) or not _MAC.fullmatch(mac) else mac.upper())
