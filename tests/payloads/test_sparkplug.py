"""Sparkplug B: births name what data then calls by an alias. The wire bytes are put together here by hand."""

import json
import struct

import pytest

from coldchain.domain.quality import Fault
from coldchain.errors import PayloadRefused
from coldchain.payloads import Announcements, Decoded, announcement, decode

NOON = 1_795_348_800_000
BIRTH, DATA = "spBv1.0/ward/DBIRTH/edge/fridge", "spBv1.0/ward/DDATA/edge/fridge"
_VARINT, _LENGTH, _FOUR, _EIGHT = 0, 2, 5, 1


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def field(number: int, kind: int, content: bytes) -> bytes:
    size = varint(len(content)) if kind == _LENGTH else b""
    return varint(number << 3 | kind) + size + content


def text(number: int, value: str) -> bytes:
    return field(number, _LENGTH, value.encode())


def whole(number: int, value: int) -> bytes:
    return field(number, _VARINT, varint(value))


def unit(sign: str) -> bytes:
    return field(9, _LENGTH, text(1, "engUnit") + field(2, _LENGTH, whole(1, 12) + text(8, sign)))


def payload(*metrics: bytes, at: int = NOON) -> bytes:
    return whole(1, at) + b"".join(field(2, _LENGTH, metric) for metric in metrics) + whole(3, 7)


FLOAT = field(12, _FOUR, struct.pack("<f", 4.53))
DOUBLE = field(13, _EIGHT, struct.pack("<d", 4.0625))
MINUS_20 = whole(4, 3) + whole(10, 2**32 - 20)


def heard(*births: tuple[str, bytes]) -> Announcements:
    known = Announcements()
    for topic, birth in births:
        about = announcement("sparkplug", topic, birth)
        assert about is not None
        known.note(*about, birth)
    return known


def brief(decoded: list[Decoded]) -> list[tuple[object, ...]]:
    return [(each.channel, each.milli_c, each.fault) for each in decoded]


@pytest.mark.parametrize(
    ("case", "metric", "expected"),
    [
        ("a float's own shortest text", text(1, "Temperature") + FLOAT, [("Temperature", 4530, None)]),
        ("a double", text(1, "Temperature") + DOUBLE, [("Temperature", 4063, None)]),
        ("a signed integer below zero", text(1, "Temperature") + MINUS_20, [("Temperature", -20_000, None)]),
        ("null", text(1, "Temperature") + whole(7, 1), [("Temperature", None, Fault.MISSING)]),
        ("in degrees Fahrenheit", text(1, "Probe") + unit("°F") + field(12, _FOUR, struct.pack("<f", 41)),
         [("Probe", 5000, None)]),
        ("another unit", text(1, "Temperature spread") + unit("%") + FLOAT, []),
        ("another quantity", text(1, "Supply Voltage") + FLOAT, []),
        ("a set-point", text(1, "Temperature Setpoint") + FLOAT, []),
        ("a name in folders", text(1, "Inputs/Fridge Temperature") + FLOAT,
         [("Inputs/Fridge Temperature", 4530, None)]),
    ],
)  # fmt: skip
def test_metrics(case: str, metric: bytes, expected: list[tuple[object, ...]]) -> None:
    decoded = decode("sparkplug", BIRTH, payload(metric))
    assert brief(decoded) == expected, case
    assert all(each.sensor == "ward/edge/fridge" and each.measured_ms == NOON for each in decoded)


def test_an_alias_stands_for_the_name_and_unit_of_its_birth() -> None:
    born = payload(text(1, "Probe A") + whole(2, 5) + unit("°F") + FLOAT, text(1, "Door") + whole(2, 6))
    known = heard((BIRTH, born)).known
    data = payload(whole(2, 5) + whole(3, NOON + 1) + field(12, _FOUR, struct.pack("<f", 41)), whole(2, 6) + FLOAT)
    (reading,) = decode("sparkplug", DATA, data, announced=known)
    assert (reading.channel, reading.milli_c, reading.measured_ms) == ("Probe A", 5000, NOON + 1)


def test_an_alias_without_its_birth_is_refused_with_what_to_do() -> None:
    with pytest.raises(PayloadRefused, match=r"alias 5 .* rebirth"):
        decode("sparkplug", DATA, payload(whole(2, 5) + FLOAT))


def test_after_its_edge_was_born_again_a_devices_old_aliases_stand_for_nothing() -> None:
    device = (BIRTH, payload(text(1, "Temperature") + whole(2, 5) + FLOAT))
    data = payload(whole(2, 5) + FLOAT)
    older = ("spBv1.0/ward/NBIRTH/edge", payload(at=NOON - 1))
    assert len(decode("sparkplug", DATA, data, announced=heard(device, older).known)) == 1
    newer = ("spBv1.0/ward/NBIRTH/edge", payload(at=NOON + 1))
    with pytest.raises(PayloadRefused, match="no birth of this device"):
        decode("sparkplug", DATA, data, announced=heard(device, newer).known)


def test_what_was_stored_on_the_way_is_marked() -> None:
    (reading,) = decode("sparkplug", BIRTH, payload(text(1, "Temperature") + whole(5, 1) + FLOAT))
    assert "backfilled" in reading.flags


def test_the_json_rendering_says_the_same() -> None:
    metric = {"name": "Temperature", "timestamp": NOON, "dataType": "Float", "value": 4.53}
    decoded = decode("sparkplug", BIRTH, json.dumps({"timestamp": NOON, "metrics": [metric], "seq": 1}).encode())
    assert brief(decoded) == [("Temperature", 4530, None)]


@pytest.mark.parametrize("topic", ["spBv1.0/ward/NDEATH/edge", "spBv1.0/ward/NCMD/edge", "spBv1.0/STATE/host"])
def test_deaths_commands_and_states_hold_no_temperature(topic: str) -> None:
    assert decode("sparkplug", topic, b"\xff\xff") == []


def test_bytes_that_are_no_protobuf_are_refused() -> None:
    with pytest.raises(PayloadRefused, match="protobuf cannot read it"):
        decode("sparkplug", BIRTH, b"\xff\xff\xff")
