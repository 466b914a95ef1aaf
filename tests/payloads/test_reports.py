"""What messages say of the devices that send them: each system's own words, and nothing that is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.payloads import DECODERS, Report, reports_of
from coldchain.payloads.reports import posted

EUI = "a81758fffe05e6fb"


@pytest.mark.parametrize(
    ("decoder", "topic", "content", "report"),
    [
        ("native", "coldchain/readings/s",
         {"temperature_c": 5, "battery_pct": 80, "battery_mv": 2950, "rssi_dbm": -71, "snr_db": 9.5, "firmware": "1.2"},
         Report("s", 80, 2950, None, -71, 95, None, "1.2")),
        ("zigbee2mqtt", "zigbee2mqtt/ward/3",
         {"temperature": 5, "battery": 63, "voltage": 2900, "linkquality": 120, "battery_low": False,
          "update": {"installed_version": 16777241}},
         Report("ward/3", 63, 2900, False, None, None, 120, "16777241")),
        ("zigbee2mqtt", "zigbee2mqtt/plug", {"voltage": 230, "linkquality": 90}, Report("plug", link_quality=90)),
        ("tasmota", "tele/fridge/STATE", {"Uptime": "1T", "Wifi": {"RSSI": 82, "Signal": -59}},
         Report("fridge", rssi_dbm=-59, link_quality=82)),
        ("tasmota", "tele/fridge/INFO1", {"Info1": {"Module": "x", "Version": "13.4.0"}},
         Report("fridge", firmware="13.4.0")),
        ("shelly", "shellyhtg3-1/status/devicepower:0", {"id": 0, "battery": {"V": 5.42, "percent": 71},
                                                         "external": {"present": False}},
         Report("shellyhtg3-1", 71, 5420)),
        ("shelly", "shellyhtg3-1/events/rpc",
         {"src": "shellyhtg3-1", "params": {"devicepower:0": {"battery": {"percent": 0}, "external": {"present": True}},
                                            "wifi": {"rssi": -66}}},
         Report("shellyhtg3-1", rssi_dbm=-66)),
        ("shelly-gen1", "shellies/ht-1/info", {"bat": {"value": 90, "voltage": 2.9}, "wifi_sta": {"rssi": -70},
                                               "fw_ver": "1.14"},
         Report("ht-1", 90, 2900, None, -70, None, None, "1.14")),
        ("chirpstack", f"application/1/device/{EUI}/event/status",
         {"deviceInfo": {"devEui": EUI}, "margin": 7, "batteryLevel": 75.5}, Report(EUI, 76)),
        ("chirpstack", f"application/1/device/{EUI}/event/status",
         {"deviceInfo": {"devEui": EUI}, "batteryLevel": 0, "externalPowerSource": True}, None),
        ("chirpstack", f"application/1/device/{EUI}/event/up",
         {"deviceInfo": {"devEui": EUI}, "rxInfo": [{"rssi": -110, "snr": -3.2}, {"rssi": -87, "snr": 7}]},
         Report(EUI, rssi_dbm=-87, snr_tenths_db=70)),
        ("thethingsstack", "v3/a@t/devices/d/up",
         {"end_device_ids": {"dev_eui": EUI}, "uplink_message": {"rx_metadata": [{"rssi": -95, "snr": 8.25}],
          "version_ids": {"firmware_version": "1.1"}}},
         Report(EUI, rssi_dbm=-95, snr_tenths_db=82, firmware="1.1")),
        ("loriot", "loriot/x", {"cmd": "rx", "EUI": EUI, "rssi": -21, "snr": 10},
         Report(EUI, rssi_dbm=-21, snr_tenths_db=100)),
        ("theengs", "home/gw/BTtoMQTT/AABBCCDDEEFF",
         {"id": "AA:BB:CC:DD:EE:FF", "rssi": -80, "volt": 2.9, "batt": 99.04},
         Report("AABBCCDDEEFF", 99, 2900, None, -80)),
        ("rtl_433", "rtl_433/h/events", {"model": "Acurite-986", "id": 4, "channel": "1R", "battery_ok": 0},
         Report("Acurite-986/4/1R", battery_low=True)),
        ("disruptive", "disruptive/x",
         {"event": {"targetName": "projects/p/devices/d1", "data": {"batteryStatus": {"percentage": 100}}}},
         Report("d1", 100)),
        ("monnit", "monnit/x", {"sensorMessages": [{"sensorID": "7", "batteryLevel": "101", "voltage": "2.93",
                                                    "signalStrength": "44"}]},
         Report("7", battery_mv=2930, link_quality=44)),
        ("ruuvi", "ruuvi/gw/tag", {"data": "00", "rssi": -26}, Report("tag", rssi_dbm=-26)),
    ],
)  # fmt: skip
def test_each_system_in_its_own_words(decoder: str, topic: str, content: object, report: Report | None) -> None:
    expected = () if report is None else (report,)
    assert reports_of(decoder, topic, json.dumps(content).encode()) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("battery_pct", 101), ("battery_pct", "full"), ("battery_pct", True), ("battery_mv", 3), ("battery_mv", -3_000),
        ("rssi_dbm", 0), ("rssi_dbm", 90), ("rssi_dbm", "1e400"), ("snr_db", "NaN"), ("link_quality", -1),
        ("link_quality", 256), ("firmware", " \x00 "), ("firmware", None), ("battery_low", "yes"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_nothing(field: str, value: object) -> None:
    assert reports_of("native", "coldchain/readings/s", json.dumps({field: value}).encode()) == ()


def test_of_buffered_readings_the_last_word_stands_and_what_it_leaves_out_is_kept() -> None:
    content = [{"battery_pct": 80, "rssi_dbm": -70}, {"battery_pct": 79}]
    (one,) = reports_of("native", "coldchain/readings/s", json.dumps(content).encode())
    assert (one.battery_pct, one.rssi_dbm) == (79, -70)


def test_posted_readings_name_their_device() -> None:
    content = [{"sensor": "a", "battery_pct": 80}, {"sensor": "b", "rssi_dbm": -71}, {"battery_pct": 3}, 7]
    assert posted(json.dumps(content).encode()) == (Report("a", 80), Report("b", rssi_dbm=-71))


@given(
    st.sampled_from(sorted(DECODERS)), st.binary(max_size=200), st.sampled_from(["a/b/c", "x", "a/status/b", "t/STATE"])
)
def test_whatever_comes_nothing_fails(decoder: str, payload: bytes, topic: str) -> None:
    reports_of(decoder, topic, payload)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["battery", "rssi", "rxInfo", "params", "data", "event", "update", "model", "sensorMessages", "tags"]
            )
            | st.text(max_size=6),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(
    st.sampled_from(sorted(DECODERS)),
    _JSON,
    st.sampled_from(["a/event/up", "a/event/status", "s/info", "t/STATE", "x"]),
)
def test_whatever_json_comes_nothing_fails(decoder: str, content: object, topic: str) -> None:
    reports_of(decoder, topic, json.dumps(content).encode())
