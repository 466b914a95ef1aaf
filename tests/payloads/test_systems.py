"""What each sensor system's messages say: a table per system, one row a trap.

The messages are our own, in the layouts that the systems document.
"""

import base64
import json
import struct
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import pytest

from coldchain.domain.quality import Fault
from coldchain.domain.temperature import Unit
from coldchain.errors import PayloadRefused
from coldchain.payloads import Announcements, Declared, Decoded, announcement, decode

NOON_S = 1_795_348_800
NOON = NOON_S * 1_000
NOON_TEXT = "2026-11-22T12:00:00Z"


def brief(decoded: list[Decoded]) -> list[tuple[object, ...]]:
    return [(each.sensor, each.channel, each.milli_c, each.measured_ms) for each in decoded]


def after(decoder: str, earlier: Mapping[str, bytes]) -> Announcements:
    """What is known once these messages have come."""
    known = Announcements()
    for topic, payload in earlier.items():
        about = announcement(decoder, topic, payload)
        assert about is not None, topic
        known.note(*about, payload)
    return known


# ---- LoRaWAN

EUI = "a84041000181c061"
MILESIGHT = bytes.fromhex("01 75 5c 03 67 34 01 04 68 65")  # 92 %, 30.8 °C, 50.5 %
ELSYS = bytes.fromhex("01 00e2 02 29 04 0027 05 06 06 0308 07 0d62")  # 22.6 °C
CAYENNE = bytes.fromhex("03 67 0110 05 67 00ff 01 02 0010")  # 27.2 and 25.5 °C


def up(**parts: object) -> bytes:
    return json.dumps({"time": NOON_TEXT, "deviceInfo": {"devEui": EUI}, "fCnt": 7, **parts}).encode()


UP = f"application/1/device/{EUI}/event/up"


@pytest.mark.parametrize(
    ("case", "event", "expected"),
    [
        ("decoded by the server", {"object": {"temperature": 4.5, "humidity": 40}}, [("", 4500)]),
        ("numbered probes", {"object": {"temperature_1": 4.5, "temperature_2": -20}}, [("1", 4500), ("2", -20_000)]),
        ("a maker's names", {"object": {"TempC_SHT": 4.5, "TempC_DS": 5.0, "BatV": 3}}, [("sht", 4500), ("ds", 5000)]),
        ("degrees Fahrenheit in the name", {"object": {"temperature_f": 39.2}}, [("", 4000)]),
        ("the server's own Cayenne", {"object": {"temperatureSensor": {"3": 27.2}}}, [("3", 27_200)]),
        ("an external probe", {"object": {"externalTemperature": 4.5}}, [("external", 4500)]),
        ("set-points and limits", {"object": {"target_temperature": 5, "temperature_alarm": 1, "minTemp": 2}}, []),
        ("the chip's own heat", {"object": {"internal_temperature": 31, "device_temperature": 30}}, []),
        ("a dew point", {"object": {"dewPointTemperature": 1}}, []),
        ("nothing decoded, nothing sent", {}, []),
        ("a button's byte", {"data": base64.b64encode(b"\xaa").decode()}, []),
        ("Milesight's bytes", {"data": base64.b64encode(MILESIGHT).decode()}, [("", 30_800)]),
        ("Elsys' bytes", {"data": base64.b64encode(ELSYS).decode()}, [("", 22_600)]),
        ("Cayenne's bytes", {"data": base64.b64encode(CAYENNE).decode()}, [("3", 27_200), ("5", 25_500)]),
    ],
)
def test_chirpstack(case: str, event: dict[str, object], expected: list[tuple[str, int]]) -> None:
    decoded = decode("chirpstack", UP, up(**event))
    assert brief(decoded) == [(EUI, channel, milli_c, NOON) for channel, milli_c in expected], case
    assert all(each.seq == 7 for each in decoded)


def test_a_codec_that_nobody_declared_is_marked_and_a_declared_one_is_not() -> None:
    event = up(data=base64.b64encode(MILESIGHT).decode())
    (told,) = decode("chirpstack", UP, event)
    assert (told.flags, told.battery_pct) == (("codec=by-structure",), 92)
    (declared,) = decode("chirpstack", UP, event, declared=Declared(codec="milesight"))
    assert declared.flags == ()
    with pytest.raises(PayloadRefused, match="are not what elsys devices send"):
        decode("chirpstack", UP, event, declared=Declared(codec="elsys"))


@pytest.mark.parametrize(
    "data",
    [
        bytes.fromhex("0100e2"),  # one record of Elsys': another maker's three bytes would fit as well
        bytes.fromhex("cbf60b0d0376010add7fff"),
        b"\xfe" * 40,
    ],
)
def test_bytes_that_do_not_tell_whose_they_are_are_refused(data: bytes) -> None:
    with pytest.raises(PayloadRefused, match="name the route's codec") as refused:
        decode("chirpstack", UP, up(data=base64.b64encode(data).decode()))
    assert refused.value.reason == "unknown codec"


@pytest.mark.parametrize(
    ("case", "data", "codec", "expected"),
    [
        ("a stored record", "20 ce 9e744663 1001 5d", "milesight", [("", 27_200, 1_665_561_758_000)]),
        ("a stored record with a contact", "20 ce 9e744663 1001 5d 00", "milesight", [("", 27_200, 1_665_561_758_000)]),
        ("below zero", "03 67 9cff", "milesight", [("", -10_000, None)]),
        ("with its alarm", "83 67 2800 01", "milesight", [("", 4000, None)]),
        ("two external probes", "0c 0028 0c ff9c", "elsys", [("external", 4000, None), ("external-2", -10_000, None)]),
    ],
)
def test_bytes(case: str, data: str, codec: str, expected: list[tuple[str, int, int | None]]) -> None:
    event = up(data=base64.b64encode(bytes.fromhex(data)).decode())
    decoded = decode("chirpstack", UP, event, declared=Declared(codec=codec))
    assert [(each.channel, each.milli_c) for each in decoded] == [row[:2] for row in expected], case
    for each, (*_, at_ms) in zip(decoded, expected, strict=True):
        assert each.measured_ms == (at_ms or NOON)
        assert ("backfilled" in each.flags) is (at_ms is not None)


def test_chirpstack_3_writes_the_eui_in_base64_and_the_object_in_a_text() -> None:
    payload = {
        "devEUI": base64.b64encode(bytes.fromhex(EUI)).decode(),
        "objectJSON": '{"temperature": 4.5}',
        "rxInfo": [{"time": None}, {"time": NOON_TEXT}],
    }
    assert brief(decode("chirpstack", UP, json.dumps(payload).encode())) == [(EUI, "", 4500, NOON)]


@pytest.mark.parametrize("kind", ["join", "ack", "log", "status", "txack"])
def test_other_events_of_chirpstack_hold_no_temperature(kind: str) -> None:
    assert decode("chirpstack", UP.replace("/up", f"/{kind}"), b"{}") == []


def test_the_things_stack() -> None:
    payload: dict[str, object] = {
        "end_device_ids": {"dev_eui": EUI.upper()},
        "received_at": "2026-11-22T12:00:09Z",
        "uplink_message": {
            "received_at": NOON_TEXT,
            "f_cnt": 3,
            "decoded_payload": {"temperature_3": 27.200000762939453},
            "last_battery_percentage": {"value": 80.5},
        },
    }
    (reading,) = decode("thethingsstack", "v3/app@ttn/devices/x/up", json.dumps(payload).encode())
    assert brief([reading]) == [(EUI, "3", 27_200, NOON)]
    assert (reading.battery_pct, reading.seq) == (81, 3)
    payload["simulated"] = True
    with pytest.raises(PayloadRefused, match="simulated"):
        decode("thethingsstack", "v3/app@ttn/devices/x/up", json.dumps(payload).encode())


def test_loriot_writes_hexadecimal_and_its_battery_in_254_steps() -> None:
    payload = {"cmd": "rx", "EUI": EUI.upper(), "ts": NOON, "bat": 94, "fcnt": 2, "data": ELSYS.hex()}
    (reading,) = decode("loriot", "loriot/app", json.dumps(payload).encode())
    assert (*brief([reading])[0], reading.battery_pct) == (EUI, "", 22_600, NOON, 37)
    assert decode("loriot", "loriot/app", json.dumps({**payload, "cmd": "gw"}).encode()) == []


def test_a_milesight_gateway_with_a_malformed_time_takes_the_receive_time() -> None:
    payload = {"devEUI": EUI, "time": "2020-0327T06:12:31Z", "data": base64.b64encode(MILESIGHT).decode()}
    (reading,) = decode("milesight", "uplink", json.dumps(payload).encode())
    assert brief([reading]) == [(EUI, "", 30_800, None)]
    assert "time=received" in reading.flags


# ---- Shelly

HT = {"src": "shellyplusht-aabbcc", "params": {"ts": NOON_S + 0.5, "temperature:0": {"id": 0, "tC": 4.5, "tF": 40.1}}}


@pytest.mark.parametrize(
    ("case", "topic", "payload", "expected"),
    [
        ("a sensor", "shellyplusht-aabbcc/events/rpc", HT, [("shellyplusht-aabbcc", "", 4500, NOON + 500)]),
        (
            "an add-on's probe beside the relay's own heat",
            "shellyplus1-a/events/rpc",
            {"src": "shellyplus1-a", "params": {"temperature:100": {"tC": 4.5}, "temperature:0": {"tC": 50}}},
            [("shellyplus1-a", "100", 4500, None)],
        ),
        (
            "an add-on's own topic",
            "lab/plus1/status/temperature:101",
            {"tC": -20},
            [("lab/plus1", "101", -20_000, None)],
        ),
        ("a relay's own heat", "shellyplus1-a/status/temperature:0", {"tC": 50}, []),
        ("a switch", "shellyplus1-a/status/switch:0", {"temperature": {"tC": 50}}, []),
        ("a probe that is gone", "x/status/temperature:100", {"tC": None, "tF": None}, [("x", "100", None, None)]),
        (
            "humidity beside it",
            "a/b",
            {"sys": {"mac": "AABB", "unixtime": NOON_S}, "humidity:0": {"rh": 40}, "temperature:0": {"tC": 4}},
            [("AABB", "", 4000, NOON)],
        ),
    ],
)
def test_shelly(case: str, topic: str, payload: dict[str, object], expected: list[tuple[object, ...]]) -> None:
    assert brief(decode("shelly", topic, json.dumps(payload).encode())) == expected, case


def test_shelly_on_external_power_says_an_empty_battery_that_is_none() -> None:
    power = {"battery": {"percent": 0}, "external": {"present": True}}
    payload = {**HT, "params": {**HT["params"], "devicepower:0": power}}  # type: ignore[dict-item]
    (reading,) = decode("shelly", "shellyplusht-aabbcc/events/rpc", json.dumps(payload).encode())
    assert reading.battery_pct is None


GEN1 = "shellies/shellyht-1"


@pytest.mark.parametrize(
    ("case", "topic", "payload", "expected"),
    [
        ("an external probe", f"{GEN1}/ext_temperature/1", b"4.5", [("shellyht-1", "1", 4500, None)]),
        ("an old firmware's colon", f"{GEN1}/ext_temperature/0", b":35.75", [("shellyht-1", "0", 35_750, None)]),
        ("its twin in degrees Fahrenheit", f"{GEN1}/ext_temperature_f/0", b"40.1", []),
        ("a relay's own heat", f"{GEN1}/temperature", b"50", []),
        ("humidity", f"{GEN1}/sensor/humidity", b"50", []),
        ("its own sensor", f"{GEN1}/sensor/temperature", b"4.5", [("shellyht-1", "", 4500, None)]),
    ],
)
def test_shelly_gen1(case: str, topic: str, payload: bytes, expected: list[tuple[object, ...]]) -> None:
    assert brief(decode("shelly-gen1", topic, payload)) == expected, case


def test_shelly_gen1_says_its_unit_beforehand_or_it_is_assumed() -> None:
    topic = f"{GEN1}/sensor/temperature"
    (assumed,) = decode("shelly-gen1", topic, b"41")
    assert (assumed.milli_c, "units=assumed" in assumed.flags) == (41_000, True)
    known = after("shelly-gen1", {f"{GEN1}/info": b'{"tmp": {"units": "F"}}'}).known
    (told,) = decode("shelly-gen1", topic, b"41", announced=known)
    assert (told.milli_c, "units=assumed" in told.flags) == (5_000, False)
    (declared,) = decode("shelly-gen1", topic, b"41", declared=Declared(unit=Unit.F))
    assert declared.milli_c == 5_000


# ---- radio

TAG = bytes.fromhex("f41f0c28cbd6")


def advertised(data: bytes) -> str:
    return (b"\x02\x01\x06" + bytes([len(data) + 3, 0xFF]) + b"\x99\x04" + data).hex().upper()


def df5(steps: int) -> bytes:
    return b"\x05" + struct.pack(">h", steps) + bytes(13) + b"\x03\xf4" + TAG


@pytest.mark.parametrize(
    ("case", "data", "expected"),
    [
        ("format 5", df5(900), [(4500, 1012)]),
        ("below zero", df5(-4000), [(-20_000, 1012)]),
        ("no measurement", df5(-0x8000), [(None, 1012)]),
        ("format 3", bytes([3, 80, 0x80 | 20, 50]) + bytes(10), [(-20_500, None)]),
        ("format 6", b"\x06" + struct.pack(">h", 900) + bytes(17), [(4500, None)]),
        ("a format without a temperature", b"\x08" + bytes(23), []),
    ],
)
def test_ruuvi(case: str, data: bytes, expected: list[tuple[int | None, int | None]]) -> None:
    payload = json.dumps({"gw_mac": "C8:25", "ts": str(NOON_S), "data": advertised(data)}).encode()
    decoded = decode("ruuvi", "ruuvi/C8:25/F4:1F:0C:28:CB:D6", payload)
    assert [(each.milli_c, each.seq) for each in decoded] == expected, case
    assert all(each.sensor == "F4:1F:0C:28:CB:D6" and each.measured_ms == NOON for each in decoded)


def test_another_makers_advertisement_and_a_gateways_status_hold_no_temperature() -> None:
    other = (b"\x02\x01\x06\x05\xff\x4c\x00\x10\x05").hex()
    assert decode("ruuvi", "ruuvi/gw/tag", json.dumps({"data": other}).encode()) == []
    assert decode("ruuvi", "ruuvi/gw/gw_status", b'{"state": "online"}') == []
    with pytest.raises(PayloadRefused, match="ends within"):
        decode("ruuvi", "ruuvi/gw/tag", json.dumps({"data": advertised(df5(900))[:-6]}).encode())


@pytest.mark.parametrize(
    ("case", "payload", "expected"),
    [
        ("both units", {"tempc": 4.5, "tempf": 40.1}, [("", 4500, None)]),
        ("texts", {"tempc": "4.5", "tempf": "40.1"}, [("", 4500, None)]),
        ("degrees Fahrenheit alone", {"tempf": 40.1}, [("", 4500, None)]),
        ("several probes", {"tempc1": 23, "tempc2": 115, "tempc2_dp": 3}, [("1", 23_000, None), ("2", 115_000, None)]),
        ("an external probe", {"tempc": 4.5, "extprobe": True}, [("external", 4500, None)]),
        ("a sentinel", {"tempc": 127.99, "hum": 127.5}, [("", 127_990, Fault.SENTINEL)]),
        ("a beacon", {"rssi": -80}, []),
        ("a day's extremes", {"tempc_min": 1, "tempc_max": 9}, []),
    ],
)
def test_theengs(case: str, payload: dict[str, object], expected: list[tuple[object, ...]]) -> None:
    decoded = decode("theengs", "home/gw/BTtoMQTT/A4C138AABBCC", json.dumps(payload).encode())
    assert [(each.channel, each.milli_c, each.fault) for each in decoded] == expected, case
    assert all(each.sensor == "A4C138AABBCC" for each in decoded)


FRIDGE = '{"time": "@0.08s", "model": "Acurite-986", "id": 42, "channel": "1R", "battery_ok": 0, "temperature_F": 40.1}'


def test_rtl_433_says_the_unit_in_the_key_and_repeats_itself() -> None:
    (reading,) = decode("rtl_433", "rtl_433/host/events", "\n".join([FRIDGE] * 3).encode())
    assert brief([reading]) == [("Acurite-986/42/1R", "", 4500, None)]
    assert reading.flags == ("time=received", "battery=low")
    assert decode("rtl_433", "rtl_433/host/events", b'{"model": "x", "setpoint_C": 5}') == []


def test_rtl_433_writes_times_by_its_settings() -> None:
    def at(time: str, zone: str | None = None) -> int | None:
        payload = json.dumps({"time": time, "model": "Nexus-TH", "id": 1, "temperature_C": 4}).encode()
        declared = Declared(ZoneInfo(zone) if zone else None)
        (reading,) = decode("rtl_433", "rtl_433/host/events", payload, declared=declared)
        return reading.measured_ms

    assert at("2026-11-22 13:00:00") is None, "local time of an unknown place"
    assert at("2026-11-22 13:00:00", "Europe/Oslo") == NOON
    assert at("2026-11-22T13:00:00+0100") == NOON
    assert at(f"{NOON_S}.250") == NOON + 250
    assert at("@0.081680s") is None


# ---- standards


@pytest.mark.parametrize(
    ("case", "pack", "expected"),
    [
        ("one record", [{"n": "fridge", "u": "Cel", "v": 4.5}], [("fridge", 4500, None)]),
        ("kelvin", [{"n": "fridge", "u": "K", "v": 277.65}], [("fridge", 4500, None)]),
        ("degrees Fahrenheit", [{"n": "fridge", "u": "degF", "v": 40.1}], [("fridge", 4500, None)]),
        (
            "inherited name, time and unit",
            [{"bn": "ward:", "bt": NOON_S, "bu": "Cel", "n": "a", "v": 4}, {"n": "b", "t": -60, "v": 5}],
            [("ward:a", 4000, NOON), ("ward:b", 5000, NOON - 60_000)],
        ),
        ("a base value", [{"n": "fridge", "u": "Cel", "bv": 4, "v": 0.5}], [("fridge", 4500, None)]),
        (
            "a base that changes midway",
            [{"bn": "a", "u": "Cel", "v": 4}, {"bn": "b", "u": "Cel", "v": 5}],
            [("a", 4000, None), ("b", 5000, None)],
        ),
        ("relative to now", [{"n": "fridge", "u": "Cel", "v": 4, "t": -30}], [("fridge", 4000, NOON - 30_000)]),
        ("no temperature", [{"n": "x", "u": "V", "v": 120}, {"n": "x", "u": "%RH", "v": 40}], []),
    ],
)
def test_senml(case: str, pack: list[object], expected: list[tuple[object, ...]]) -> None:
    decoded = decode("senml", "senml/x", json.dumps(pack).encode(), received_ms=NOON)
    assert [(each.sensor, each.milli_c, each.measured_ms) for each in decoded] == expected, case


@pytest.mark.parametrize("record", [{"bver": 11}, {"n": "x", "u": "Cel", "v": 1, "must_": 1}])
def test_senml_that_needs_what_we_do_not_know_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(PayloadRefused, match="the pack needs"):
        decode("senml", "senml/x", json.dumps([record]).encode())


def test_homie_values_take_the_unit_of_their_description() -> None:
    description = {"nodes": {"probe": {"properties": {"temperature": {"unit": "°F"}, "level": {"unit": "%"}}}}}
    known = after("homie", {"homie/5/fridge/$description": json.dumps(description).encode()}).known
    (reading,) = decode("homie", "homie/5/fridge/probe/temperature", b"40.1", announced=known)
    assert brief([reading]) == [("fridge", "probe/temperature", 4500, None)]
    assert decode("homie", "homie/5/fridge/probe/level", b"50", announced=known) == []
    assert decode("homie", "homie/5/fridge/probe/temperature/$target", b"5", announced=known) == []
    with pytest.raises(PayloadRefused, match="description has none or has not come"):
        decode("homie", "homie/5/fridge/probe/temperature", b"40.1")


def test_homie_names_that_do_not_print_are_refused_and_not_printed() -> None:
    with pytest.raises(PayloadRefused) as refused:
        decode("homie", "homie/5/fridge/\0/temperature", b"40.1")
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_what_a_device_says_of_itself_under_a_name_that_no_database_takes_is_refused(odd: str) -> None:
    with pytest.raises(PayloadRefused, match="do not print"):
        Announcements().note(f"homie/5/{odd}", "$description", b"{}")


def test_homie_4_has_an_attribute_of_its_own_for_the_unit() -> None:
    known = after("homie", {"homie/fridge/probe/temperature/$unit": "°C".encode()}).known
    assert brief(decode("homie", "homie/fridge/probe/temperature", b"4.5", announced=known)) == [
        ("fridge", "probe/temperature", 4500, None)
    ]


def test_esphome_says_its_quantity_in_the_name_only() -> None:
    (assumed,) = decode("esphome", "lab/sensor/fridge_temperature/state", b"4.5")
    assert brief([assumed]) == [("lab/fridge_temperature", "", 4500, None)]
    assert "units=assumed" in assumed.flags
    assert decode("esphome", "lab/sensor/humidity/state", b"40") == []
    (gone,) = decode("esphome", "lab/sensor/fridge_temperature/state", b"nan")
    assert gone.fault is Fault.NOT_A_NUMBER
    (declared,) = decode("esphome", "lab/sensor/fridge/state", b"40.1", declared=Declared(unit=Unit.F))
    assert (declared.milli_c, declared.flags) == (4500, ("time=received",))


CONFIGURATION = {
    "~": "lab/fridge", "stat_t": "~/state", "val_tpl": "{{ value_json.probe['t1'] | float | round(1) }}",
    "unit_of_meas": "°F", "dev_cla": "temperature", "uniq_id": "0xfridge_t1",
}  # fmt: skip


def test_home_assistants_configurations_say_where_the_temperature_is() -> None:
    known = after("homeassistant", {"homeassistant/sensor/a/t1/config": json.dumps(CONFIGURATION).encode()}).known
    (reading,) = decode("homeassistant", "lab/fridge/state", b'{"probe": {"t1": 40.1}}', announced=known)
    assert brief([reading]) == [("0xfridge_t1", "", 4500, None)]
    (gone,) = decode("homeassistant", "lab/fridge/state", b'{"probe": null}', announced=known)
    assert gone.fault is Fault.MISSING
    with pytest.raises(PayloadRefused, match="no discovery configuration"):
        decode("homeassistant", "lab/other/state", b"4", announced=known)


def test_a_template_that_computes_is_refused() -> None:
    computing = {**CONFIGURATION, "val_tpl": "{{ (value_json.raw - 32) / 1.8 }}"}
    known = after("homeassistant", {"homeassistant/sensor/a/config": json.dumps(computing).encode()}).known
    with pytest.raises(PayloadRefused, match="does more than pick a value"):
        decode("homeassistant", "lab/fridge/state", b'{"raw": 40}', announced=known)


# ---- webhooks


def test_disruptive_technologies_take_the_samples_own_times() -> None:
    samples = [{"value": 4.5, "sampleTime": NOON_TEXT}, {"value": 5, "sampleTime": "2026-11-22T12:05:00Z"}]
    event = {
        "targetName": "projects/p/devices/probe7 ",
        "data": {"temperature": {"value": 5, "samples": samples, "updateTime": NOON_TEXT, "isBackfilled": True}},
        "timestamp": "1970-01-01T00:00:00Z",
    }
    decoded = decode("disruptive", "disruptive/x", json.dumps({"event": event, "labels": {}}).encode())
    assert brief(decoded) == [("probe7", "", 4500, NOON), ("probe7", "", 5000, NOON + 300_000)]
    assert all("backfilled" in each.flags for each in decoded)
    assert decode("disruptive", "disruptive/x", b'{"targetName": "x", "data": {"touch": {}}}') == []


@pytest.mark.parametrize(
    ("case", "message", "expected"),
    [
        ("degrees Fahrenheit by its label", {"plotValues": "40.1", "plotLabels": "Fahrenheit"}, [("", 4500, None)]),
        ("degrees Celsius", {"plotValues": "4.5", "plotLabels": "Celsius"}, [("", 4500, None)]),
        (
            "with humidity beside it",
            {"dataType": "Percentage|TemperatureData", "plotValues": "40|4.5", "plotLabels": "Humidity|Celsius"},
            [("", 4500, None)],
        ),
        ("an unknown label", {"plotValues": "4.5", "plotLabels": "Temperature"}, [("", None, Fault.DAMAGED)]),
        ("a door", {"dataType": "DoorData", "plotValues": "0", "plotLabels": "Door"}, []),
    ],
)
@pytest.mark.parametrize("at", ["2026-11-22 12:00:00", "11/22/2026 12:00:00 PM"])
def test_monnit(case: str, message: dict[str, str], expected: list[tuple[object, ...]], at: str) -> None:
    whole = {"sensorID": "77", "dataType": "TemperatureData", "messageDate": at, "batteryLevel": "101", **message}
    decoded = decode("monnit", "monnit/x", json.dumps({"sensorMessages": [whole]}).encode())
    assert [(each.channel, each.milli_c, each.fault) for each in decoded] == expected, case
    assert all((each.sensor, each.measured_ms, each.battery_pct) == ("77", NOON, None) for each in decoded)
