"""Payloads that nobody of this project wrote, against what a person worked out for them."""

import csv
import re
from pathlib import Path

import pytest

from coldchain.domain.temperature import Unit, milli_c
from coldchain.errors import PayloadRefused
from coldchain.payloads import decode

pytestmark = pytest.mark.samples

LORA = "application/1/device/0101010101010101/event/up"
SYSTEMS = {
    "tasmota": ("tasmota", "tele/device/SENSOR"),
    "zigbee2mqtt": ("zigbee2mqtt", "zigbee2mqtt/device"),
    "shelly_gen2": ("shelly", "device/events/rpc"),
    "chirpstack_v4": ("chirpstack", LORA),
    "chirpstack_v3": ("chirpstack", LORA.replace("/up", "/status")),
    "ruuvi_gateway": ("ruuvi", "ruuvi/gateway/F4:1F:0C:28:CB:D6"),
    "theengs": ("theengs", "home/gateway/BTtoMQTT/A4C138AABBCC"),
    "omg": ("theengs", "home/gateway/BTtoMQTT/A4C138AABBCC"),
    "rtl_433": ("rtl_433", "rtl_433/host/events"),
    "senml": ("senml", "senml/x"),
    "disruptive": ("disruptive", "disruptive/x"),
    "sparkplug_b": ("sparkplug", "spBv1.0/group/DBIRTH/edge/device"),
    "homeassistant_discovery": ("homeassistant", "homeassistant/sensor/a/b/config"),
    "lorawan_milesight_em320-th": ("chirpstack", LORA),
    "lorawan_elsys_ers2": ("chirpstack", LORA),
}
_NOT_A_MESSAGE = ("log line wrapper, not an MQTT payload", "truncated excerpt")


def expected_milli_c(written: str) -> list[int]:
    """The temperatures of the table's cell, which also explains itself: ``0x15AE*0.005 = 27.75``, ``115 (tempc2)``."""
    if written.startswith(("NONE", "REJECT")):
        return []
    found = []
    for cell in re.split(r"[;,] ", written):
        fahrenheit = re.search(r"\((-?[\d.]+)F\)", cell)
        plain = re.sub(r"\(.*?\)|external probe", "", cell).rpartition("=")[2].strip()
        found.append(milli_c(fahrenheit[1], Unit.F) if fahrenheit else milli_c(plain))
    return found


def test_every_sample_of_the_systems_we_read(samples: Path) -> None:
    tried = 0
    with (samples / "mqtt" / "EXPECTED.tsv").open(newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            name = row["file"]
            decoder, topic = SYSTEMS.get(name.split("__")[0], ("", ""))
            if not decoder or "*" in name:
                continue
            tried += 1
            if "thingsstack" in name:
                decoder, topic = "thethingsstack", "v3/app@tenant/devices/device/up"
            if row["note"] == "join":
                topic = topic.replace("/up", "/join")
            payload = (samples / "mqtt" / name).read_bytes()
            if row["note"] in _NOT_A_MESSAGE:
                with pytest.raises(PayloadRefused):
                    decode(decoder, topic, payload)
                continue
            decoded = decode(decoder, topic, payload)
            assert [each.milli_c for each in decoded if each.fault is None] == expected_milli_c(row["temperature_C"]), (
                name
            )
            assert bool([each for each in decoded if each.fault]) is row["temperature_C"].startswith("REJECT"), name
            ids = re.findall(r"\b[0-9A-F]{12}\b", row["device_id"])
            assert not ids or [each.channel for each in decoded] == ids
    assert tried >= 35


def test_every_temperature_of_the_theengs_decoder(samples: Path) -> None:
    """Each line names its temperatures by keys; those that are a dew point, a minimum or a maximum are none."""
    lines = (samples / "mqtt" / "theengs__all_temp_lines.jsonl").read_text().splitlines()
    for line in lines:
        probes = re.findall(r'"tempc\d?":"?(-?[\d.]+)', line)
        decoded = decode("theengs", "home/gateway/BTtoMQTT/A4C138AABBCC", line.encode())
        assert [each.milli_c for each in decoded if each.fault is None] == [
            milli_c(value) for value in probes if value != "127.99"
        ], line
    assert len(lines) > 200


def test_the_elsys_sample_of_loriot(samples: Path) -> None:
    (reading,) = decode("loriot", "loriot/x", (samples / "mqtt" / "lorawan_elsys_ers2__loriot.json").read_bytes())
    assert (reading.sensor, reading.milli_c, reading.battery_pct) == ("1000000000000001", 22_600, 37)
