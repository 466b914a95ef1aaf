"""What devices that describe themselves say of their battery, radio and firmware, and what is not clearly said."""

import json
from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.monitoring.arriving import Arrivals
from coldchain.payloads import DEFAULT_ROUTES, Announcements, Report, Router, decode, reports_of

NOON = 1_795_348_800_000


def heard(*messages: tuple[str, object]) -> tuple[Report, ...]:
    """What the last of several messages says of devices, on the way in with the usual routes."""
    arrivals = Arrivals(Router(DEFAULT_ROUTES), lambda: NOON)
    said: tuple[Report, ...] = ()
    for topic, content in messages:
        payload = content if isinstance(content, str) else json.dumps(content)
        arrived = arrivals.arrive(topic, payload.encode())
        said = () if arrived is None else arrived.reports
    return said


# ---- Homie

DESCRIPTION = {"homie": "5.0", "nodes": {"sensor": {"properties": {
    "temperature": {"unit": "°C", "datatype": "float"},
    "battery": {"unit": "%", "datatype": "float"},
}}}}  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "payload", "report"),
    [
        ("homie/fridge/$stats/battery", "81", Report("fridge", 81)),
        ("homie/fridge/$stats/battery", "181", None),
        ("homie/fridge/$stats/signal", "64", Report("fridge", link_quality=64)),
        ("homie/fridge/$fw/version", "2.1.0", Report("fridge", firmware="2.1.0")),
        ("homie/fridge/$stats/uptime", "64", None),
        ("homie/fridge/$fw/name", "Microhomie", None),
    ],
)
def test_homies_statistics(topic: str, payload: str, report: Report | None) -> None:
    assert heard((topic, payload)) == (() if report is None else (report,))


def test_a_homie_battery_is_one_whose_description_says_percent() -> None:
    described = ("homie/5/fridge/$description", DESCRIPTION)
    assert heard(described, ("homie/5/fridge/sensor/battery", "77")) == (Report("fridge", 77),)
    assert heard(("homie/5/fridge/sensor/battery", "77")) == ()


# ---- Sparkplug B

BORN = "spBv1.0/ward/DBIRTH/edge/fridge"
DATA = "spBv1.0/ward/DDATA/edge/fridge"


def metric(name: str, value: object, unit: str = "", **more: object) -> dict[str, object]:
    properties = {"properties": {"engUnit": {"type": "String", "value": unit}}} if unit else {}
    return {"name": name, "value": value, "timestamp": NOON, **properties, **more}


def payload(*metrics: dict[str, object]) -> dict[str, object]:
    return {"timestamp": NOON, "metrics": list(metrics)}


@pytest.mark.parametrize(
    ("told", "report"),
    [
        (metric("Battery", 71, "%"), Report("ward/edge/fridge", 71)),
        (metric("Sensor/Battery Level", 71, "%"), Report("ward/edge/fridge", 71)),
        (metric("Battery Percentage", 71), Report("ward/edge/fridge", 71)),
        (metric("Battery", 3.6, "V"), Report("ward/edge/fridge", battery_mv=3600)),
        (metric("Battery Voltage", 3600, "mV"), Report("ward/edge/fridge", battery_mv=3600)),
        (metric("Battery", 3.6), None),
        (metric("Battery Voltage", 3.6), None),
        (metric("Radio/RSSI", -77), Report("ward/edge/fridge", rssi_dbm=-77)),
        (metric("SNR", 7.5, "dB"), Report("ward/edge/fridge", snr_tenths_db=75)),
        (metric("Properties/Firmware Version", "1.4.2"), Report("ward/edge/fridge", firmware="1.4.2")),
        (metric("Properties/FW", "1.4.2"), Report("ward/edge/fridge", firmware="1.4.2")),
        (metric("Properties/Firmware", 142), None),
        (metric("Properties/Hardware Make", "Raspberry Pi"), None),
        (metric("Battery", 71, "%", isHistorical=True), None),
        (metric("Battery", None, "%"), None),
    ],
)
def test_sparkplug_metrics_whose_names_and_units_leave_no_doubt(told: dict[str, object], report: Report | None) -> None:
    assert heard((BORN, payload(told))) == (() if report is None else (report,))


def test_sparkplug_data_name_a_battery_by_its_births_alias() -> None:
    birth = (BORN, payload(metric("Battery", 90, "%", alias=4), metric("Temperature", 4.5, "°C", alias=5)))
    assert heard(birth, (DATA, payload({"alias": 4, "value": 70}))) == (Report("ward/edge/fridge", 70),)
    assert heard(birth, (DATA, payload({"alias": 5, "value": 4.6}))) == ()


# ---- SenML


def senml(*records: dict[str, object]) -> tuple[tuple[Report, ...], list[int | None]]:
    content = json.dumps(records).encode()
    readings = decode("senml", "senml/x", content, received_ms=NOON)
    return reports_of("senml", "senml/x", content), [each.battery_pct for each in readings]


def test_a_senml_battery_is_its_base_names() -> None:
    told, levels = senml(
        {"bn": "urn:dev:1:", "n": "temp", "u": "Cel", "v": 4.5},
        {"n": "battery", "u": "%EL", "v": 81},
        {"bn": "urn:dev:2:", "n": "temp", "u": "Cel", "v": 5},
    )
    assert (told, levels) == ((Report("urn:dev:1:temp", 81),), [81, None])


def test_a_senml_base_value_counts_for_a_battery_too() -> None:
    told, _ = senml({"bn": "a", "bv": 80, "u": "%EL", "v": 1}, {"n": "t", "u": "Cel", "v": -75})
    assert told == (Report("a", 81), Report("at", 81))


def test_of_two_senml_batteries_under_one_base_name_none_is_taken() -> None:
    records = [
        {"n": "a/temp", "u": "Cel", "v": 4.5},
        {"n": "a/battery", "u": "%EL", "v": 81},
        {"n": "b/battery", "u": "%EL", "v": 12},
    ]
    assert senml(*records) == ((), [None])


# ---- Home Assistant's discovery, and ESPHome by it


def configuration(name: str, device_class: str, unit: str, **more: object) -> tuple[str, object]:
    """As ESPHome publishes it, abbreviated."""
    content = {
        "stat_t": f"shelf/sensor/{name}/state", "dev_cla": device_class, "unit_of_meas": unit,
        "uniq_id": f"ESPsensor{name}", "dev": {"ids": "94c960aa1122", "sw": "2026.10.1", "mdl": "esp32dev"}, **more,
    }  # fmt: skip
    return f"homeassistant/sensor/shelf/{name}/config", content


TEMPERATURE = configuration("fridge_temperature", "temperature", "°C")
FREEZER = configuration("freezer_temperature", "temperature", "°C")
BATTERY = configuration("battery_level", "battery", "%")
SIGNAL = configuration("wifi_signal", "signal_strength", "dBm")
ESPHOME = (TEMPERATURE, FREEZER, BATTERY, SIGNAL)


@pytest.mark.parametrize(
    ("entity", "state", "said"),
    [
        ("battery_level", "64.2", Report("", 64)),
        ("battery_level", "nan", None),
        ("wifi_signal", "-67", Report("", rssi_dbm=-67)),
    ],
)
def test_what_an_esphome_device_says_holds_for_all_its_thermometers(
    entity: str, state: str, said: Report | None
) -> None:
    expected = () if said is None else (said.of("shelf/fridge_temperature"), said.of("shelf/freezer_temperature"))
    assert heard(*ESPHOME, (f"shelf/sensor/{entity}/state", state)) == expected


def test_an_esphome_thermometer_has_its_devices_firmware() -> None:
    said = heard(*ESPHOME, ("shelf/sensor/fridge_temperature/state", "4.5"))
    assert said == (Report("shelf/fridge_temperature", firmware="2026.10.1"),)


def test_without_a_configuration_a_name_alone_is_no_battery() -> None:
    assert heard(("shelf/sensor/battery_level/state", "64")) == ()


def test_another_device_is_not_meant() -> None:
    other = configuration("battery_level", "battery", "%", dev={"ids": ["another"]})
    assert heard(TEMPERATURE, other, ("shelf/sensor/battery_level/state", "64")) == ()


def test_a_configuration_that_moves_to_another_device_leaves_the_old_one() -> None:
    moved = configuration("freezer_temperature", "temperature", "°C", dev={"ids": ["another"]})
    (only,) = heard(*ESPHOME, moved, ("shelf/sensor/battery_level/state", "64"))
    assert only.device == "shelf/fridge_temperature"


def test_discovered_entities_of_one_topic_pick_their_own_values() -> None:
    more = {"stat_t": "lab/fridge", "dev": {"cns": [["mac", "02:5b:26:a8:dc:12"]]}}
    known = Announcements()
    for name, device_class, unit in (("temperature", "temperature", "°C"), ("battery", "battery", "%")):
        template = f"{{{{ value_json.{name} }}}}"
        topic, content = configuration(name, device_class, unit, val_tpl=template, **more)
        known.note("lab/fridge", topic, json.dumps(content).encode())
    said = reports_of("homeassistant", "lab/fridge", b'{"temperature": 4.5, "battery": 88}', announced=known.known)
    assert said == (Report("ESPsensortemperature", 88),)


def test_the_command_takes_configurations_that_came_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["decode", "--text", "--topic", "shelf/sensor/wifi_signal/state", str(tmp_path / "state")]
    (tmp_path / "state").write_text("-67")
    for topic, content in ESPHOME:
        file = tmp_path / topic.split("/")[-2]
        file.write_text(json.dumps(content))
        words += ["--after", f"{topic}={file}"]
    assert main(words) == 0
    assert "shelf/fridge_temperature says of itself: signal -67 dBm" in capsys.readouterr().out
