"""What is mutated: valid messages of every decoder, in the layouts that the systems document."""

import base64
import json
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coldchain.domain.temperature import Unit
from coldchain.payloads import Route
from coldchain.payloads.registry import DEFAULT_ROUTES
from tests.payloads.test_samples import SYSTEMS
from tests.payloads.test_sparkplug import BIRTH, DATA, DOUBLE, FLOAT, field, payload, text, unit, whole
from tests.payloads.test_systems import (
    CAYENNE,
    CONFIGURATION,
    ELSYS,
    EUI,
    FRIDGE,
    GEN1,
    HT,
    MILESIGHT,
    NOON,
    NOON_S,
    NOON_TEXT,
    UP,
    advertised,
    df5,
    up,
)

ROUTES = (
    Route("site-b/native/+", "native", tz="Europe/Berlin", unit=Unit.F),
    Route("lab/+/state", "homeassistant"),
    Route("rtl_433/cellar/events", "rtl_433", tz="Europe/Oslo"),
    Route("tele/abroad/#", "tasmota", tz="America/New_York", unit=Unit.F),
    Route("application/elsys/device/+/event/+", "chirpstack", codec="elsys"),
    Route("application/milesight/device/+/event/+", "chirpstack", codec="milesight"),
    *DEFAULT_ROUTES,
)
"""The usual routes, with some before them that declare a zone, a unit or a codec."""


@dataclass(frozen=True)
class Valid:
    """A message as its device sends it; over HTTP it names no topic but how it comes in."""

    decoder: str
    topic: str
    payload: bytes


def _json(decoder: str, topic: str, content: object) -> Valid:
    return Valid(decoder, topic, json.dumps(content).encode())


def _lorawan() -> list[Valid]:
    coded = {name: base64.b64encode(data).decode() for name, data in
             {"milesight": MILESIGHT, "elsys": ELSYS, "cayenne": CAYENNE}.items()}  # fmt: skip
    stack = {"received_at": NOON_TEXT, "f_cnt": 3, "last_battery_percentage": {"value": 80.5}}
    ids = {"dev_eui": EUI.upper()}
    return [
        Valid("chirpstack", UP, up(object={"temperature": 4.5, "temperature_2": -20, "humidity": 40})),
        Valid("chirpstack", UP, up(object={"temperatureSensor": {"3": 27.2, "4": 5}})),
        Valid("chirpstack", UP, up(object={"history": [{"timestamp": NOON_S - 600, "temperature": 5}]})),
        *(Valid("chirpstack", UP, up(data=data)) for data in coded.values()),
        *(Valid("chirpstack", f"application/{name}/device/{EUI}/event/up", up(data=coded[name]))
          for name in ("elsys", "milesight")),
        _json("chirpstack", UP, {"devEUI": base64.b64encode(bytes.fromhex(EUI)).decode(),
                                 "objectJSON": '{"temperature": 4.5}', "rxInfo": [{"time": NOON_TEXT}]}),
        _json("thethingsstack", "v3/app@ttn/devices/x/up",
              {"end_device_ids": ids, "uplink_message": {**stack, "decoded_payload": {"temperature_3": 27.2}}}),
        _json("thethingsstack", "v3/app@ttn/devices/x/up",
              {"end_device_ids": ids, "uplink_message": {**stack, "frm_payload": coded["elsys"]}}),
        _json("loriot", "loriot/app",
              {"cmd": "rx", "EUI": EUI.upper(), "ts": NOON, "bat": 94, "fcnt": 2, "data": ELSYS.hex()}),
        _json("milesight", "milesight/up",
              {"devEUI": EUI, "time": NOON_TEXT, "data": coded["milesight"]}),
    ]  # fmt: skip


def _wires() -> list[Valid]:
    born = payload(text(1, "Probe A") + whole(2, 5) + unit("°F") + FLOAT, text(1, "Temperature") + DOUBLE)
    metric = {"name": "Temperature", "timestamp": NOON, "dataType": "Float", "value": 4.53}
    description = {"nodes": {"probe": {"properties": {"temperature": {"unit": "°C"}, "level": {"unit": "%"}}}}}
    return [
        Valid("sparkplug", "spBv1.0/ward/NBIRTH/edge", payload(text(1, "Temperature") + FLOAT)),
        Valid("sparkplug", BIRTH, born),
        Valid("sparkplug", DATA, payload(whole(2, 5) + whole(3, NOON) + field(12, 5, struct.pack("<f", 41)))),
        _json("sparkplug", BIRTH, {"timestamp": NOON, "metrics": [metric], "seq": 1}),
        _json("homie", "homie/5/fridge/$description", description),
        Valid("homie", "homie/5/fridge/probe/temperature", b"4.5"),
        Valid("homie", "homie/old/probe/temperature/$unit", "°C".encode()),
        Valid("homie", "homie/old/probe/temperature", b"4.5"),
        Valid("esphome", "lab/sensor/fridge_temperature/state", b"4.5"),
        _json("homeassistant", "homeassistant/sensor/a/t1/config", CONFIGURATION),
        _json("homeassistant", "lab/fridge/state", {"probe": {"t1": 40.1}}),
        _json("senml", "senml/x", [{"bn": "ward:", "bt": NOON_S, "bu": "Cel", "n": "a", "v": 4},
                                   {"n": "b", "t": -60, "bv": 4, "v": 1}, {"u": "%EL", "n": "c", "v": 80}]),
    ]  # fmt: skip


def _radio() -> list[Valid]:
    tag = "ruuvi/C8:25/F4:1F:0C:28:CB:D6"
    probe = {"Time": "2026-11-22T13:00:00", "DS18B20-1": {"Id": "3C01", "Temperature": 4.5}, "TempUnit": "C"}
    return [
        *(_json("ruuvi", tag, {"gw_mac": "C8:25", "ts": str(NOON_S), "data": advertised(data)})
          for data in (df5(900), bytes([3, 80, 0x80 | 20, 50]) + bytes(10))),
        _json("theengs", "home/gw/BTtoMQTT/A4C138AABBCC", {"tempc": 4.5, "tempf": 40.1, "hum": 40, "batt": 80}),
        _json("theengs", "home/gw/BTtoMQTT/A4C138AABBCC", {"tempc1": "23", "tempc2": 115, "tempc2_dp": 3}),
        Valid("rtl_433", "rtl_433/host/events", "\n".join([FRIDGE] * 3).encode()),
        _json("rtl_433", "rtl_433/cellar/events",
              {"time": "2026-11-22 13:00:00", "model": "Nexus-TH", "id": 1, "temperature_C": 4}),
        _json("tasmota", "tele/fridge/SENSOR", probe),
        _json("tasmota", "tele/abroad/fridge/SENSOR", probe),
        _json("tasmota", "stat/fridge/STATUS8", {"StatusSNS": probe}),
        _json("zigbee2mqtt", "zigbee2mqtt/ward/fridge",
              {"temperature": 4.5, "last_seen": NOON_TEXT, "battery": 90, "humidity": 40}),
        _json("shelly", "shellyplusht-aabbcc/events/rpc", HT),
        _json("shelly", "lab/status/temperature:101", {"tC": -20, "tF": -4}),
        Valid("shelly-gen1", f"{GEN1}/ext_temperature/0", b":35.75"),
        _json("shelly-gen1", f"{GEN1}/info", {"tmp": {"units": "F"}}),
    ]  # fmt: skip


def _posted() -> list[Valid]:
    samples = [{"value": 4.5, "sampleTime": NOON_TEXT}, {"value": 5, "sampleTime": "2026-11-22T11:55:00Z"}]
    target = "projects/p/devices/probe7 "
    sensor = {"sensorID": "77", "dataType": "Percentage|TemperatureData", "messageDate": "2026-11-22 12:00:00",
              "plotValues": "40|4.5", "plotLabels": "Humidity|Celsius", "batteryLevel": "80"}  # fmt: skip
    one = {"measured_at": NOON_TEXT, "temperature_c": 4.53, "battery_pct": 80, "seq": 7}
    several: list[dict[str, object]] = [
        {**one, "channel": "door"},
        {**one, "measured_at": "2026-11-22T11:59:00+01:00"},
        {"humidity_pct": 40},
    ]
    event = {"targetName": target, "data": {"temperature": {"value": 5, "samples": samples, "isBackfilled": True}}}
    return [
        _json("native", "coldchain/readings/fridge-3", one),
        _json("native", "coldchain/readings/ward/fridge-3", several),
        _json("native", "coldchain/readings/fridge-3", {"temperature_c": 4.53}),
        _json("native", "site-b/native/fridge-4", {"temperature_c": "39.2"}),
        _json("disruptive", "disruptive/x", {"event": event, "labels": {}}),
        _json("monnit", "monnit/x", {"gatewayMessage": {}, "sensorMessages": [sensor, {**sensor, "sensorID": "78"}]}),
        _json("posted", "", [{**each, "sensor": "gateway/1"} for each in several]),
    ]


@cache
def corpus(samples: Path | None = None) -> tuple[Valid, ...]:
    """Every valid message, the same in every run; with real ones where they are at hand."""
    found = [*_posted(), *_lorawan(), *_wires(), *_radio()]
    for path in sorted((samples / "mqtt").glob("*.json")) if samples is not None else []:
        decoder, topic = SYSTEMS.get(path.name.split("__")[0], ("", ""))
        if decoder:
            found.append(Valid(decoder, topic, path.read_bytes()))
    return tuple(found)
