"""A plain native message is read as any other would be, or left to be read as any other."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coldchain.errors import PayloadRefused
from coldchain.payloads import decode
from coldchain.payloads.native_plain import plain

numbers = st.one_of(
    st.decimals(-300, 1000, places=3).map(lambda d: f"{d:f}"),
    st.sampled_from(["-0", "0.0", "-0.5", "05", "4.5600", "1e1", "85", "85.0", "-127", "999.9", "5.", ".5", "null"]),
)
times = st.one_of(
    st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds") + "Z"),
    st.sampled_from([
        "2026-11-21T10:00:00Z", "2026-11-21T10:00:60Z", "2026-02-30T10:00:00Z", "2026-11-21T10:00:00.5Z",
        "2026-11-21T24:00:00Z", "2026-11-21T10:00:00+01:00", "1970-01-01T00:00:00Z", "2026-11-21 10:00:00Z",
    ]),
)  # fmt: skip
more = st.sampled_from(["", ', "battery_pct": 87', ', "battery_pct": 101', ', "battery_pct": 7, "seq": 12',
                        ', "seq": 0', ', "seq": 1.5', ', "channel": "b"', ', "temperature_c": 9'])  # fmt: skip
names = st.sampled_from(["s1", "ward/3/fridge", "ä", "a b", "x" * 201, "", "a//b", "a\u200bb"])


@given(times, numbers, more, names, st.booleans())
@example("2026-11-21T10:00:00.123Z", "4.5", "", "s1", True)
def test_it_is_the_same_reading(when: str, number: str, rest: str, name: str, spaced: bool) -> None:
    text = f'{{"measured_at": "{when}", "temperature_c": {number}{rest}}}'
    payload = (text if spaced else text.replace(": ", ":").replace(", ", ",")).encode()
    topic = f"coldchain/readings/{name}"
    quick = plain(topic, payload)
    if quick is not None:
        assert [quick] == decode("native", topic, payload)


def test_the_usual_message_is_plain() -> None:
    said = json.dumps({"measured_at": "2026-11-21T10:00:00Z", "temperature_c": 4.53})
    found = plain("coldchain/readings/ward-3", said.encode())
    assert found is not None
    assert (found.sensor, found.measured_ms, found.milli_c, found.text) == ("ward-3", 1_795_255_200_000, 4530, "4.53")
    assert plain("coldchain/readings/ward-3", said.replace("4.53", "NaN").encode()) is None


def test_what_is_refused_is_left_to_be_refused() -> None:
    for payload in (b"", b"{", b'{"temperature_c": 5}'):
        assert plain("coldchain/readings/s", payload) is None
    with pytest.raises(PayloadRefused):
        decode("native", "coldchain/readings/s", b"{")
