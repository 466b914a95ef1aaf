"""Whatever arrives: readings or a refusal, never another exception, and the very decimal that was written."""

import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.quality import Fault
from coldchain.errors import PayloadRefused
from coldchain.payloads import DECODERS, decode

_KEYS = ["temperature_c", "measured_at", "channel", "seq"]
_KEYS += ["temperature", "last_seen", "battery"]
_KEYS += ["Time", "TempUnit", "DS18B20", "Id", "Temperature", "StatusSNS"]

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(_KEYS) | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=15,
)
_KEYS += ["params", "temperature:100", "tC", "src", "ts", "deviceInfo", "devEui", "object", "data", "history", "time"]
_KEYS += [
    "end_device_ids",
    "dev_eui",
    "uplink_message",
    "cmd",
    "EUI",
    "devEUI",
    "tags",
    "tempc",
    "model",
    "u",
    "v",
    "n",
]
_KEYS += ["temperature_C", "bt", "t", "metrics", "name", "value", "alias", "targetName", "samples", "sensorMessages"]
_KEYS += ["dataType", "plotValues", "plotLabels", "state_topic", "unit_of_measurement", "timestamp"]

_TOPICS = ["coldchain/readings/a", "zigbee2mqtt/a/temperature", "tele/a/SENSOR", "application/1/device/a/event/up"]
_TOPICS += ["a/events/rpc", "shellies/a/sensor/temperature", "ruuvi/a/b", "spBv1.0/a/DDATA/b/c", "spBv1.0/a/NBIRTH/b"]
_TOPICS += ["homie/5/a/b/temperature", "a/sensor/temperature/state", "homeassistant/sensor/a/config"]
TOPICS = st.sampled_from(_TOPICS) | st.text(max_size=20)


@pytest.mark.parametrize("decoder", DECODERS)
@given(topic=TOPICS, payload=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_readings_or_a_refusal(decoder: str, topic: str, payload: bytes) -> None:
    try:
        decoded = decode(decoder, topic, payload)
    except PayloadRefused as refusal:
        str(refusal).encode()
        return
    for reading in decoded:
        "".join((reading.sensor, reading.channel, reading.text)).encode()
        assert reading.sensor
        assert (reading.fault is None) <= (reading.milli_c is not None)
        assert reading.milli_c is None or abs(reading.milli_c) < 2**62
        assert (reading.measured_ms is None) == ("time=received" in reading.flags) or reading.fault is not None


@given(st.decimals(min_value=-200, max_value=1000, places=5))
def test_temperatures_are_rounded_half_away_from_zero_on_their_text(value: Decimal) -> None:
    (reading,) = decode("native", "coldchain/readings/a", f'{{"temperature_c": {value:f}}}'.encode())
    expected = int((value * 1000).quantize(Decimal(1), ROUND_HALF_UP))
    assert reading.milli_c == expected
    assert reading.fault in (None, Fault.SENTINEL)
