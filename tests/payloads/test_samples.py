"""Payloads that nobody of this project wrote, against what a person worked out for them."""

import csv
import re
from pathlib import Path

import pytest

from coldchain.errors import PayloadRefused
from coldchain.payloads import decode

pytestmark = pytest.mark.samples

TOPICS = {"tasmota": "tele/device/SENSOR", "zigbee2mqtt": "zigbee2mqtt/device"}
_LOG_LINE = "log line wrapper, not an MQTT payload"


def test_every_sample_of_the_systems_we_read(samples: Path) -> None:
    tried = 0
    with (samples / "mqtt" / "EXPECTED.tsv").open(newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            system = row["file"].split("__")[0]
            if system not in TOPICS:
                continue
            tried += 1
            payload = (samples / "mqtt" / row["file"]).read_bytes()
            if row["note"] == _LOG_LINE:
                with pytest.raises(PayloadRefused):
                    decode(system, TOPICS[system], payload)
                continue
            decoded = decode(system, TOPICS[system], payload)
            found = [] if row["temperature_C"] == "NONE" else row["temperature_C"].split("; ")
            assert [each.milli_c for each in decoded] == [round(float(value) * 1000) for value in found], row["file"]
            assert all(each.fault is None for each in decoded)
            ids = re.findall(r"[0-9A-F]{12}", row["device_id"])
            assert not ids or [each.channel for each in decoded] == ids
            assert all(each.measured_ms is None for each in decoded), "no sample carries an offset"
    assert tried >= 6
