"""`coldchain simulate` as people call it."""

import subprocess
import sys
from pathlib import Path

import pytest

from coldchain.loggers import Declared, read


def simulate(*words: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", "coldchain", "simulate", *words], capture_output=True, timeout=120)


def test_a_day_of_readings_goes_to_standard_output() -> None:
    done = simulate("refrigerator", "--seed", "3", "--every", "15min")
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "Timestamp,Temperature (°C)"
    assert (lines[1][:21], lines[-1][:21], len(lines)) == ("2026-03-02T00:00:00Z,", "2026-03-02T23:45:00Z,", 97)
    assert simulate("refrigerator", "--seed", "3", "--every", "15min").stdout == done.stdout


def test_a_file_says_what_reading_it_needs(tmp_path: Path) -> None:
    target = tmp_path / "box.csv"
    done = simulate("shipment", "--as", "ibutton", "--tz", "Europe/Berlin", "--output", str(target))
    assert done.returncode == 0
    assert "144" not in done.stdout.decode()
    assert done.stderr.decode() == (
        f"{target}: 288 readings as ibutton; the file itself does not prove --tz Europe/Berlin --date-order MDY\n"
    )
    file = read("box.csv", target.read_bytes(), Declared(tz="Europe/Berlin", date_order="MDY"))
    assert sum(len(channel.at_ms) for channel in file.channels) == 288


def test_a_fault_can_be_placed() -> None:
    done = simulate("refrigerator", "--fault", "freezing-thermostat@6h+3h", "--every", "1h")
    shown = [float(line.split(",")[1]) for line in done.stdout.decode().splitlines()[1:]]
    assert min(shown[:7]) > 4
    assert min(shown[7:10]) < -1


def test_several_faults_at_once_are_placed_by_the_seed() -> None:
    done = simulate("refrigerator", "--fault", "door-left-open", "--fault", "freezing-thermostat", "--days", "3")
    shown = [float(line.split(",")[1]) for line in done.stdout.decode().splitlines()[1:]]
    assert min(shown) < 0
    assert max(shown) > 8


def test_the_faults_are_listed() -> None:
    listed = simulate("faults").stdout.decode()
    assert all(name in listed for name in ("door-left-open", "wifi-outage", "clock-jump", "frozen-packs"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["refrigerator", "--fault", "fire"], "there is no fault 'fire' here; choose from door-left-open,"),
        (
            ["shipment", "--fault", "door-left-open"],
            "there is no fault 'door-left-open' here; choose from frozen-packs,",
        ),
        (["refrigerator", "--fault", "loading@x"], "--fault: write a duration with its unit"),
        (["refrigerator", "--fault", "loading@1h+0s"], "--fault: loading lasts longer than nothing"),
        (["refrigerator", "--every", "90s", "--as", "qtag"], "--every takes whole minutes here (got 90s)"),
        (["refrigerator", "--every", "fast"], "--every: write a duration with its unit"),
        (["refrigerator", "--every", "0s"], "--every takes whole seconds here (got 0s)"),
        (["refrigerator", "--days", "0"], "--days lies between 0 and 3660 (got 0)"),
        (["refrigerator", "--days", "0.001"], "nothing to write"),
        (["refrigerator", "--start", "2026-03-02T00:00"], "--start needs its zone"),
        (["refrigerator", "--start", "yesterday"], "--start is a time such as"),
        (["refrigerator", "--tz", "Berlin"], "--tz is an IANA zone such as Europe/Berlin (got 'Berlin')"),
        (
            ["refrigerator", "--fault", "probe-disconnect", "--as", "ibutton"],
            "the sensor of the ibutton logger is inside it",
        ),
        (["refrigerator", "--output", "/nowhere/at/all.csv"], "cannot write /nowhere/at/all.csv: No such file"),
        (["refrigerator", "--publish", "localhost"], "--publish is HOST:PORT"),
        (["refrigerator", "--publish", "127.0.0.1:1", "--speed", "0"], "--speed is greater than nothing"),
        (["refrigerator", "--publish", "127.0.0.1:1"], "no MQTT broker answers at 127.0.0.1:1"),
    ],
)
def test_a_mistake_is_one_sentence(words: list[str], sentence: str) -> None:
    done = simulate(*words)
    assert done.returncode == 2
    assert done.stdout == b""
    said = done.stderr.decode()
    assert said.startswith(f"coldchain: {sentence}")
    assert said.count("\n") == 1
