"""``coldchain decode``: a JSON array, 1 with the reason where something cannot be used, 2 for wrong usage."""

import io
import json
import sys
from pathlib import Path

import pytest

from coldchain.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["decode", *words])
    output = capsys.readouterr()
    return code, output.out, output.err


@pytest.fixture
def message(tmp_path: Path) -> Path:
    return tmp_path / "message.json"


def test_a_message_in_a_file(message: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message.write_text('{"measured_at": "2026-11-21T10:00:00Z", "temperature_c": 4.53, "battery_pct": 90}')
    code, out, err = run(capsys, "--topic", "coldchain/readings/fridge-3", str(message))
    assert (code, err) == (0, "")
    assert json.loads(out) == [
        {
            "sensor": "fridge-3",
            "channel": "",
            "measured_at": "2026-11-21T10:00:00.000Z",
            "time_from": "device",
            "temperature_c": 4.53,
            "battery_pct": 90,
            "flags": [],
        }
    ]


def test_a_message_on_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"temperature": 4.5}')))
    code, out, _ = run(capsys, "--topic", "zigbee2mqtt/fridge")
    (reading,) = json.loads(out)
    assert code == 0
    assert (reading["time_from"], reading["flags"]) == ("received", ["time=received"])


@pytest.mark.parametrize(
    ("topic", "payload", "code", "out", "reason"),
    [
        ("zigbee2mqtt/button", '{"action": "single"}', 0, [], ""),
        ("zigbee2mqtt/fridge", '{"temperature": null}', 0, [], "fridge: missing: null"),
        ("coldchain/readings/f", '{"temperature_c": -127}', 1, [], "f: sentinel: -127"),
        ("coldchain/readings/f", '{"temperature_c": NaN}', 1, [], "f: not a number: NaN"),
        ("coldchain/readings/f", "{", 1, None, "damaged: the payload is not JSON"),
        ("shelf/sensor/temp/state", "two\n \x1b[2Jlines", 1, [], "shelf/temp: not a number: two �[2Jlines"),
    ],
)
def test_what_cannot_be_used_is_said(
    topic: str,
    payload: str,
    code: int,
    out: list[object] | None,
    reason: str,
    message: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    message.write_text(payload)
    found_code, found_out, err = run(capsys, "--topic", topic, str(message))
    assert found_code == code
    assert (json.loads(found_out) if found_out else None) == out
    assert reason in err
    assert err.count("\n") <= 1


def test_a_named_decoder_and_a_declared_zone(message: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message.write_text('{"Time": "2026-11-22T13:00:00", "AM2301": {"Temperature": 46.4}, "TempUnit": "F"}')
    code, out, _ = run(capsys, "--topic", "x/y/SENSOR", "--decoder", "tasmota", "--tz", "Europe/Oslo", str(message))
    (reading,) = json.loads(out)
    assert code == 0
    assert (reading["measured_at"], reading["temperature_c"]) == ("2026-11-22T12:00:00.000Z", 8.0)
    assert (reading["sensor"], reading["channel"]) == ("x/y", "AM2301")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--topic", "x/y", "message"], "name it with --decoder (native, zigbee2mqtt, tasmota, "),
        (["--topic", "x", "--decoder", "nativ", "message"], "there is no decoder 'nativ'"),
        (["--topic", "coldchain/readings/x", "--tz", "Oslo", "message"], "there is no time zone 'Oslo'"),
        (["--topic", "coldchain/readings/x", "no-such-file"], "cannot read no-such-file: no such file"),
    ],
)
def test_wrong_usage_gets_one_sentence(
    words: list[str],
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("message").write_text("{}")
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


EUI = "a81758fffe05e6fb"
SAID = '{"measured_at": "2026-11-21T10:00:00Z", "temperature_c": 4.5, "battery_pct": 90, "battery_mv": 2950, '
SAID += '"battery_low": false, "rssi_dbm": -71, "snr_db": 9.5, "link_quality": 120, "firmware": "1.2"}'


def test_all_that_a_message_says_as_one_object(message: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message.write_text(SAID)
    code, out, err = run(capsys, "--json", "--topic", "coldchain/readings/fridge-3", str(message))
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["schema"], found["unusable"]) == ("coldchain.decode/1", [])
    assert [each["temperature_c"] for each in found["readings"]] == [4.5]
    assert found["devices"] == [
        {
            "device": "fridge-3",
            "battery_pct": 90,
            "battery_mv": 2950,
            "battery_low": False,
            "rssi_dbm": -71,
            "snr_db": 9.5,
            "link_quality": 120,
            "firmware": "1.2",
        }
    ]


def test_all_that_a_message_says_in_words(message: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message.write_text(SAID)
    code, out, _ = run(capsys, "--text", "--topic", "coldchain/readings/fridge-3", str(message))
    assert code == 0
    assert out.splitlines() == [
        "fridge-3: 4.5 °C at 2026-11-21T10:00:00.000Z (UTC)",
        "fridge-3 says of itself: battery 90 %, battery 2.95 V, battery not low, signal -71 dBm,"
        " signal to noise 9.5 dB, link quality 120, firmware 1.2",
    ]


STATUS = '{"deviceInfo": {"devEui": "a81758fffe05e6fb"}, "margin": 7, "batteryLevel": 75.5}'
LINK = '{"Time": "2026-11-22T13:00:00", "Wifi": {"RSSI": 82, "Signal": -59}}'


@pytest.mark.parametrize(
    ("topic", "payload", "sentence"),
    [
        (f"application/1/device/{EUI}/event/status", STATUS, f"{EUI} says of itself: battery 76 %"),
        ("tele/fridge/STATE", LINK, "fridge says of itself: signal -59 dBm, link quality 82"),
    ],
)
def test_a_message_without_a_temperature_may_say_something_of_its_device(
    topic: str, payload: str, sentence: str, message: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message.write_text(payload)
    assert run(capsys, "--text", "--topic", topic, str(message)) == (0, sentence + "\n", "")
    assert run(capsys, "--topic", topic, str(message)) == (0, "[]\n", f"coldchain: no temperature, but {sentence}\n")


def test_what_is_unusable_stands_in_the_object_too(message: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message.write_text('[{"measured_at": "2026-11-21T10:00:00Z", "temperature_c": -127}]')
    code, out, err = run(capsys, "--json", "--topic", "coldchain/readings/f", str(message))
    assert (code, err) == (1, "coldchain: f: sentinel: -127\n")
    assert json.loads(out)["unusable"] == [{"sensor": "f", "channel": "", "reason": "sentinel", "text": "-127"}]


def test_a_message_that_says_nothing(message: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message.write_text('{"action": "single"}')
    assert run(capsys, "--text", "--topic", "zigbee2mqtt/button", str(message))[:2] == (
        0,
        "no temperature, and nothing of a device\n",
    )
