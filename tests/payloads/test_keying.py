"""What belongs together has one key, so that it keeps its order and is read by one record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.payloads import DECODERS, DEFAULT_ROUTES, Router, keying
from coldchain.payloads.keying import key_of

ROUTER = Router(DEFAULT_ROUTES)
TAG = {"data": "0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F", "ts": "1700000000"}
CONFIG = {"~": "s9", "state_topic": "~/state", "device_class": "temperature", "unit_of_measurement": "°C"}


def key(topic: str, content: object = "5.0") -> str:
    """The key of a message by the usual routes."""
    return key_of(ROUTER.route_for(topic), topic, json.dumps(content).encode())


@pytest.mark.parametrize(
    ("topic", "content", "expected"),
    [
        ("coldchain/readings/s1", {"temperature_c": 5}, "coldchain/readings/s1"),
        ("nobody/knows", 5, "nobody/knows"),
        ("ruuvi/gateway-1/CB:B8:33:4C:88:4F", TAG, "CB:B8:33:4C:88:4F"),
        ("ruuvi/gateway-2/CB:B8:33:4C:88:4F", TAG, "CB:B8:33:4C:88:4F"),
        ("ruuvi/gateway-1/history", {"data": {"tags": {"A": TAG, "B": TAG}}}, "ruuvi/gateway-1/history"),
        ("ruuvi/gateway-1/CB:B8:33:4C:88:4F", "damaged", "ruuvi/gateway-1/CB:B8:33:4C:88:4F"),
        ("home/attic/BTtoMQTT/A4C138000001", {"tempc": 5}, "A4C138000001"),
        ("home/cellar/BTtoMQTT/A4C138000001", {"tempc": 5}, "A4C138000001"),
        ("rtl_433/host/events", {"model": "Acurite", "id": 12, "temperature_C": 5}, "Acurite/12"),
        ("rtl_433/other/events", {"model": "Acurite", "id": 12, "temperature_C": 5}, "Acurite/12"),
        ("shellyhtg3-1/events/rpc", {"params": {"temperature:0": {"tC": 5}}}, "shellyhtg3-1"),
        ("shellyhtg3-1/status/temperature:100", {"tC": 5}, "shellyhtg3-1"),
        ("spBv1.0/ward/NBIRTH/edge", "", "spBv1.0/ward/edge"),
        ("spBv1.0/ward/DDATA/edge/probe", "", "spBv1.0/ward/edge"),
        ("homie/5/fridge/$description", {}, "homie/5/fridge"),
        ("homie/5/fridge/probe/temperature", 5, "homie/5/fridge"),
        ("shellies/ht-1/info", {}, "shellies/ht-1"),
        ("shellies/ht-1/sensor/temperature", 5, "shellies/ht-1"),
        ("shellies/sensor/ext_temperature/0", 5, "shellies/sensor"),
        ("homeassistant/sensor/s9/config", CONFIG, "s9/state"),
        ("s9/state", 5, "s9/state"),
    ],
)  # fmt: skip
def test_the_key_is_what_a_message_belongs_to(topic: str, content: object, expected: str) -> None:
    assert key(topic, content) == expected


@given(st.text("ab/+$#0", max_size=20), st.binary(max_size=60) | st.text().map(str.encode))
def test_every_message_has_a_key(topic: str, payload: bytes) -> None:
    assert key_of(None, topic, payload) == topic
    assert all(isinstance(key_of(route, topic, payload), str) for route in DEFAULT_ROUTES)


def test_the_systems_that_are_named_are_there() -> None:
    assert {*keying._SUBJECTS, *keying._BY_SENSOR} <= set(DECODERS)
