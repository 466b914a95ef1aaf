"""What each system's messages say: a table per system, one row a trap."""

from zoneinfo import ZoneInfo

import pytest

from coldchain.domain.quality import Fault
from coldchain.errors import PayloadRefused, UsageError
from coldchain.payloads import Declared, Decoded, decode

NOON = 1_795_348_800_000  # 2026-11-22T12:00:00Z


def brief(decoded: list[Decoded]) -> list[tuple[object, ...]]:
    return [(each.channel, each.milli_c, each.fault) for each in decoded]


NATIVE = "coldchain/readings/fridge-3"


@pytest.mark.parametrize(
    ("case", "payload", "expected"),
    [
        ("a reading", '{"measured_at": "2026-11-22T12:00:00Z", "temperature_c": 4.53}', [("", 4530, None)]),
        ("ties go away from zero on the text", '{"temperature_c": 4.0625}', [("", 4063, None)]),
        ("below zero too", '{"temperature_c": -4.0625}', [("", -4063, None)]),
        ("8.0 °C is exactly the limit", '{"temperature_c": 8.0000000000000000001}', [("", 8000, None)]),
        ("an exponent", '{"temperature_c": 45.3e-1}', [("", 4530, None)]),
        ("a number in a text", '{"temperature_c": "4.53"}', [("", 4530, None)]),
        ("a channel", '{"temperature_c": 4, "channel": "door"}', [("door", 4000, None)]),
        ("humidity alone", '{"humidity_pct": 40}', []),
        ("an empty array", "[]", []),
        ("null", '{"temperature_c": null}', [("", None, Fault.MISSING)]),
        ("a blank", '{"temperature_c": " "}', [("", None, Fault.MISSING)]),
        ("NaN, which is no JSON", '{"temperature_c": NaN}', [("", None, Fault.NOT_A_NUMBER)]),
        ("Infinity", '{"temperature_c": -Infinity}', [("", None, Fault.NOT_A_NUMBER)]),
        ("a word", '{"temperature_c": "--.-"}', [("", None, Fault.NOT_A_NUMBER)]),
        ("a decimal comma is not guessed", '{"temperature_c": "4,5"}', [("", None, Fault.NOT_A_NUMBER)]),
        ("other scripts' digits", '{"temperature_c": "٤"}', [("", None, Fault.NOT_A_NUMBER)]),
        ("false is not 0 °C", '{"temperature_c": false}', [("", None, Fault.DAMAGED)]),
        ("an object", '{"temperature_c": {}}', [("", None, Fault.DAMAGED)]),
        ("disconnected", '{"temperature_c": -127}', [("", -127_000, Fault.SENTINEL)]),
        ("a sentinel with decimals", '{"temperature_c": 127.990}', [("", 127_990, Fault.SENTINEL)]),
        ("85 °C may be real here", '{"temperature_c": 85}', [("", 85_000, None)]),
        ("too hot for anything", '{"temperature_c": 1e6}', [("", None, Fault.OUT_OF_RANGE)]),
        ("absurd", '{"temperature_c": 1e9999}', [("", None, Fault.OUT_OF_RANGE)]),
        ("below absolute zero", '{"temperature_c": -300}', [("", None, Fault.OUT_OF_RANGE)]),
        ("no offset", '{"temperature_c": 4, "measured_at": "2026-11-22T12:00:00"}', [("", None, Fault.DAMAGED)]),
        ("a date alone", '{"temperature_c": 4, "measured_at": "2026-11-22"}', [("", None, Fault.DAMAGED)]),
        ("31 February", '{"temperature_c": 4, "measured_at": "2026-02-31T12:00:00Z"}', [("", None, Fault.DAMAGED)]),
        ("a number as time", '{"temperature_c": 4, "measured_at": 1795348800}', [("", None, Fault.DAMAGED)]),
        (
            "a clock that was never set",
            '{"temperature_c": 4, "measured_at": "1970-01-01T00:00:09Z"}',
            [("", 4000, Fault.CLOCK)],
        ),
        ("a misspelt temperature", '{"temperature": 4}', [("", None, Fault.DAMAGED)]),
        ("a channel that is no text", '{"temperature_c": 4, "channel": 2}', [("", None, Fault.DAMAGED)]),
        ("a channel that no page can show", '{"temperature_c": 4, "channel": "\\u0000"}', [("", None, Fault.DAMAGED)]),
        ("half a character", '{"temperature_c": 4, "channel": "\\ud800"}', [("", None, Fault.DAMAGED)]),
        ("one key twice, saying the same", '{"temperature_c": 4, "temperature_c": 4}', [("", 4000, None)]),
        (
            "a bad one in an array spoils no neighbour",
            '[{"measured_at": "2026-11-22T12:00:00Z", "temperature_c": 4}, 7, {"temperature_c": 5}]',
            [("", 4000, None), ("", None, Fault.DAMAGED), ("", None, Fault.DAMAGED)],
        ),
    ],
)
def test_native_messages(case: str, payload: str, expected: list[tuple[object, ...]]) -> None:
    assert brief(decode("native", NATIVE, payload.encode())) == expected, case


def test_a_native_array_keeps_every_reading_and_its_place() -> None:
    payload = b"""[
        {"measured_at": "2026-11-22T12:00:00+00:00", "temperature_c": 4.5, "seq": 17, "battery_pct": 93.4},
        {"humidity_pct": 40},
        {"measured_at": "2026-11-22T13:00:00.1239+01:00", "temperature_c": 4.6, "seq": 18}
    ]"""
    assert decode("native", NATIVE, payload) == [
        Decoded("fridge-3", "", NOON, 4500, None, "4.5", battery_pct=93, seq=17, position=0),
        Decoded("fridge-3", "", NOON + 123, 4600, None, "4.6", seq=18, position=2),
    ]


def test_a_native_reading_without_a_time_takes_the_receive_time_and_says_so() -> None:
    (reading,) = decode("native", NATIVE, b'{"temperature_c": 4.5}')
    assert (reading.measured_ms, reading.flags) == (None, ("time=received",))


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("battery_pct", "100", 100),
        ("battery_pct", '"55"', 55),
        ("battery_pct", "101", None),
        ("battery_pct", "-1", None),
        ("battery_pct", "true", None),
        ("battery_pct", "NaN", None),
        ("seq", "0", 0),
        ("seq", "9223372036854775807", 9223372036854775807),
        ("seq", "9223372036854775808", None),
        ("seq", "1.5", None),
        ("seq", "-1", None),
    ],
)
def test_what_else_a_native_reading_says(field: str, value: str, expected: int | None) -> None:
    (reading,) = decode("native", NATIVE, f'{{"temperature_c": 4, "{field}": {value}}}'.encode())
    assert getattr(reading, field) == expected
    assert reading.fault is None


Z2M = "zigbee2mqtt/ward/fridge 3"


@pytest.mark.parametrize(
    ("case", "payload", "expected"),
    [
        ("a state", '{"temperature": -0.85, "humidity": 44.7}', [("", -850, None)]),
        ("an action", '{"action": "single"}', []),
        ("before the first report", '{"temperature": null, "battery": null}', [("", None, Fault.MISSING)]),
        ("the chip's own", '{"device_temperature": 31}', []),
        ("a thermostat's", '{"local_temperature": 21, "current_heating_setpoint": 20}', []),
        ("settings", '{"temperature_calibration": 1, "temperature_unit": "celsius"}', []),
        ("two probes", '{"temperature": 21, "temperature_probe": 4.5}', [("", 21_000, None), ("probe", 4500, None)]),
        ("two endpoints", '{"temperature_1": 3, "temperature_l2": 4}', [("1", 3000, None), ("l2", 4000, None)]),
    ],
)
def test_zigbee2mqtt_states(case: str, payload: str, expected: list[tuple[object, ...]]) -> None:
    decoded = decode("zigbee2mqtt", Z2M, payload.encode())
    assert brief(decoded) == expected, case
    assert {each.sensor for each in decoded} <= {"ward/fridge 3"}


@pytest.mark.parametrize(
    ("last_seen", "measured_ms"),
    [
        ('"2026-11-22T12:00:00.000Z"', NOON),
        ('"2026-11-22T13:00:00+01:00"', NOON),
        (str(NOON), NOON),
        (f'"{NOON}"', NOON),
        ('"2026-11-22T12:00:00"', None),
        ("null", None),
        ('"yesterday"', None),
    ],
)
def test_zigbee2mqtt_last_seen(last_seen: str, measured_ms: int | None) -> None:
    (reading,) = decode("zigbee2mqtt", Z2M, f'{{"temperature": 4, "battery": 88, "last_seen": {last_seen}}}'.encode())
    assert reading.measured_ms == measured_ms
    assert reading.flags == (() if measured_ms else ("time=received",))
    assert reading.battery_pct == 88


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("zigbee2mqtt/bridge/devices", '[{"temperature": 4}]', []),
        ("zigbee2mqtt/bridge/state", "online", []),
        ("zigbee2mqtt/fridge/availability", "online", []),
        ("zigbee2mqtt/fridge/set", '{"temperature": 4}', []),
        ("zigbee2mqtt/fridge/linkquality", "87", []),
        ("zigbee2mqtt/fridge/device_temperature", "31", []),
        ("zigbee2mqtt/fridge/temperature", "4.5", [("fridge", 4500)]),
        ("zigbee2mqtt/fridge/temperature", "null", [("fridge", None)]),
        ("zigbee2mqtt/bridgehead", '{"temperature": 4}', [("bridgehead", 4000)]),
    ],
)
def test_zigbee2mqtt_topics(topic: str, payload: str, expected: list[tuple[str, int | None]]) -> None:
    assert [(each.sensor, each.milli_c) for each in decode("zigbee2mqtt", topic, payload.encode())] == expected


TASMOTA = "tele/cellar/SENSOR"


@pytest.mark.parametrize(
    ("case", "payload", "expected"),
    [
        (
            "probes are known by their Id, whatever their number",
            '{"DS18B20-1": {"Id": "01AA", "Temperature": 13.3}, "DS18B20-2": {"Id": "02BB", "Temperature": 1.2},'
            ' "TempUnit": "C"}',
            [("01AA", 13_300, None), ("02BB", 1200, None)],
        ),
        ("a sensor without Id", '{"AM2301": {"Temperature": 4.6}, "TempUnit": "C"}', [("AM2301", 4600, None)]),
        ("°F", '{"AM2301": {"Temperature": 46.4}, "TempUnit": "F"}', [("AM2301", 8000, None)]),
        ("power-up", '{"DS18B20": {"Id": "A", "Temperature": 85}, "TempUnit": "C"}', [("A", 85_000, Fault.POWER_UP)]),
        (
            "power-up in °F",
            '{"DS18B20": {"Id": "A", "Temperature": 185.0}, "TempUnit": "F"}',
            [("A", 85_000, Fault.POWER_UP)],
        ),
        ("85 °C from another kind", '{"BME280": {"Temperature": 85}, "TempUnit": "C"}', [("BME280", 85_000, None)]),
        ("lost", '{"DS18B20": {"Id": "A", "Temperature": null}, "TempUnit": "C"}', [("A", None, Fault.MISSING)]),
        (
            "disconnected",
            '{"DS18B20": {"Id": "A", "Temperature": -127}, "TempUnit": "C"}',
            [("A", -127_000, Fault.SENTINEL)],
        ),
        ("the processor's own", '{"ESP32": {"Temperature": 48.3}, "TempUnit": "C"}', []),
        ("an energy meter's", '{"ENERGY": {"Temperature": 41}, "TempUnit": "C"}', []),
        (
            "a thermocouple, not its reference",
            '{"MAX31855": {"ProbeTemperature": -79.25, "ReferenceTemperature": 21}, "TempUnit": "C"}',
            [("MAX31855", -79_250, None)],
        ),
        (
            "two analog inputs",
            '{"ANALOG": {"Temperature1": 4, "Temperature2": 5}, "TempUnit": "C"}',
            [("ANALOG-1", 4000, None), ("ANALOG-2", 5000, None)],
        ),
        ("no sensor", '{"Time": "2026-11-22T12:00:00", "Switch1": "ON"}', []),
        (
            "the answer to a question",
            '{"StatusSNS": {"AM2301": {"Temperature": 4.6}, "TempUnit": "C"}}',
            [("AM2301", 4600, None)],
        ),
    ],
)
def test_tasmota_messages(case: str, payload: str, expected: list[tuple[object, ...]]) -> None:
    decoded = decode("tasmota", TASMOTA, payload.encode())
    assert brief(decoded) == expected, case
    assert {each.sensor for each in decoded} <= {"cellar"}


@pytest.mark.parametrize(
    ("time", "zone", "measured_ms"),
    [
        ("2026-11-22T13:00:00", "Europe/Oslo", NOON),
        ("2026.11.22 13:00:00", "Europe/Oslo", NOON),  # firmware before 5.x
        ("2026-11-22T13:00:00", None, None),
        ("2026-11-22T13:00:00+01:00", None, NOON),
        ("2026-11-22T13:00:00+01:00", "America/Denver", NOON),
        ("2026-10-25T02:30:00", "Europe/Oslo", None),  # this hour came twice
        ("2026-03-29T02:30:00", "Europe/Oslo", None),  # and this one never
        ("soon", "Europe/Oslo", None),
    ],
)
def test_tasmota_times_are_local(time: str, zone: str | None, measured_ms: int | None) -> None:
    payload = f'{{"Time": "{time}", "AM2301": {{"Temperature": 4.6}}, "TempUnit": "C"}}'.encode()
    (reading,) = decode("tasmota", TASMOTA, payload, declared=Declared(ZoneInfo(zone) if zone else None))
    assert reading.measured_ms == measured_ms
    assert reading.flags == (() if measured_ms else ("time=received",))


@pytest.mark.parametrize(
    ("topic", "sensors"),
    [
        ("tele/cellar/SENSOR", {"cellar"}),
        ("tele/ward/fridge/SENSOR", {"ward/fridge"}),
        ("ward/fridge/tele/SENSOR", {"ward/fridge"}),
        ("stat/cellar/STATUS10", {"cellar"}),
        ("tele/cellar/STATE", set()),
        ("tele/cellar/LWT", set()),
    ],
)
def test_tasmota_topics(topic: str, sensors: set[str]) -> None:
    payload = b'{"AM2301": {"Temperature": 4.6}, "TempUnit": "C"}'
    assert {each.sensor for each in decode("tasmota", topic, payload)} == sensors


def test_tasmota_words_on_topics_that_carry_no_json_are_no_damage() -> None:
    assert decode("tasmota", "tele/cellar/LWT", b"Online") == []


@pytest.mark.parametrize("unit", ["", ', "TempUnit": null', ', "TempUnit": "K"'])
def test_a_tasmota_message_without_its_unit_is_not_guessed_at(unit: str) -> None:
    with pytest.raises(PayloadRefused, match="TempUnit") as refused:
        decode("tasmota", TASMOTA, f'{{"AM2301": {{"Temperature": 41}}{unit}}}'.encode())
    assert refused.value.reason == "unknown unit"


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (b"", "the payload is empty"),
        (b"  ", "the payload is empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"temperature": 4', "not JSON: .* at line 1, column 18"),
        (b'{"temperature": 4}}', "not JSON: Extra data"),
        (b"[1]", "an array, not a JSON object"),
        (b"4.5", "a number, not a JSON object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"temperature": 4, "temperature": 5}', "says 'temperature' twice"),
        (b'{"a": ' * 100_000, "nested too deeply"),
        (b"[" + b"1," * (1 << 20) + b"1]", "bytes; more than 1048576 are refused"),
    ],
)
@pytest.mark.parametrize(("decoder", "topic"), [("zigbee2mqtt", "zigbee2mqtt/fridge"), ("tasmota", TASMOTA)])
def test_damaged_payloads_are_refused_with_the_reason(decoder: str, topic: str, payload: bytes, sentence: str) -> None:
    with pytest.raises(PayloadRefused, match=sentence) as refused:
        decode(decoder, topic, payload)
    assert refused.value.reason == "damaged"


def test_a_byte_order_mark_is_no_damage() -> None:
    assert brief(decode("native", NATIVE, b'\xef\xbb\xbf{"temperature_c": 4}')) == [("", 4000, None)]


@pytest.mark.parametrize("topic", ["coldchain/readings/", "coldchain/readings", f"coldchain/readings/{'x' * 201}"])
def test_a_topic_that_names_no_usable_sensor_is_refused(topic: str) -> None:
    with pytest.raises(PayloadRefused):
        decode("native", topic, b'{"temperature_c": 4}')


def test_an_unknown_decoder_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no decoder 'nativ'; there are native, zigbee2mqtt, tasmota"):
        decode("nativ", NATIVE, b"{}")
