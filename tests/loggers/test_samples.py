"""Conformance: the real exports beside this checkout, against what was worked out for them by other means."""

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from coldchain.domain.temperature import Unit, milli_c
from coldchain.errors import FileRefused
from coldchain.loggers import Channel, Declared, LoggerFile, read
from tests.loggers.writing import clock

pytestmark = pytest.mark.samples

FAMILIES = {
    "hoboware": "hoboware", "hoboconnect": "hoboconnect", "logtag": "logtag", "ibutton": "ibutton",
    "berlinger": "berlinger", "govee": "govee", "sensorpush": "sensorpush", "lascar": "lascar",
    "geoprecision": "geoprecision",
    "emsbrno": "emsbrno", "minidot": "minidot", "hanwell": "hanwell", "trend": "trend", "tandd": "tandd",
    "rotronic": "rotronic", "tomst": "tomst",
    "tempstick": "tempstick", "thingspeak": "thingspeak", "elitech": "elitech", "madgetech": "madgetech",
}  # fmt: skip
"""What the families of this version must read; the plain table takes several that have no family of their own yet."""

ANSWERS = {
    "tempstick": {"unit": "F"}, "thingspeak": {"column": "field1", "unit": "C"}, "elitech": {"unit": "C"},
}  # fmt: skip
"""What has to be declared for files that are asked about."""

OTHERS = {
    "elitech": {"unknown-unit"},
    "influxdb": {"no-temperature"},
    "shelly": {"unknown-unit"},
    "homeassistant": {"unknown-unit"},
    "thingspeak": {"no-temperature"},
    "tinytag": {"unknown-unit"},
    "meaco": {"unknown-unit"},
    "tempstick": {"unknown-unit"},
    "miniclima": {"ambiguous-date-order"},
}
"""Files that do not say enough, or hold no temperature: refused or asked about, never misread."""


def read_sample(path: Path, **declared: str) -> LoggerFile:
    return read(path.name, path.read_bytes(), Declared(site_tz="UTC", **declared))


def expected_rows(samples: Path) -> list[dict[str, str]]:
    with (samples / "csv" / "EXPECTED.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def local_offset_ms(file: LoggerFile) -> int:
    """What was added to the wall clock: the file's own offset, or none where UTC was declared."""
    value = file.evidence["time_zone"].value or "+00:00"
    if value == "UTC":
        return 0
    sign = -1 if value[0] == "-" else 1
    return sign * (int(value[1:3]) * 60 + int(value[4:6])) * 60_000


def wall_ms(text: str) -> int:
    return int((datetime.fromisoformat(text) - clock(1970, 1, 1)).total_seconds() * 1000)


def channel_for(row: dict[str, str], file: LoggerFile) -> Channel:
    if len(file.channels) == 1:
        return file.channels[0]
    wanted = "F" if " F" in row["channel"] else "C" if " C" in row["channel"] else None
    if wanted:
        return next(channel for channel in file.channels if channel.unit == wanted)
    return file.channels[int(row["channel"][-1]) - 1]


def test_every_expected_channel_is_found(samples: Path) -> None:
    checked, problems = 0, []
    for row in expected_rows(samples):
        vendor = row["file"].split("__")[0]
        if vendor not in FAMILIES or row["n_readings"] in {"0", "REJECT/0"}:
            continue
        file = read_sample(samples / "csv" / row["file"], **ANSWERS.get(vendor, {}))
        channel = channel_for(row, file)
        unit = Unit(channel.unit)
        found = (
            file.format,
            len(channel.at_ms),
            int(channel.at_ms[0]) + local_offset_ms(file),
            int(channel.at_ms[-1]) + local_offset_ms(file),
            *(
                int(value)
                for value in (channel.milli_c[0], channel.milli_c[-1], channel.milli_c.min(), channel.milli_c.max())
            ),
        )
        expected = (
            FAMILIES[vendor],
            int(row["n_readings"]),
            wall_ms(row["first_ts"]),
            wall_ms(row["last_ts"]),
            *(milli_c(Decimal(row[key]), unit) for key in ("first_value", "last_value", "min", "max")),
        )
        checked += 1
        if found != expected:
            problems.append((row["file"], found, expected))
    assert problems == []
    assert checked >= 35


def test_formats_without_a_family_are_refused_or_asked_about(samples: Path) -> None:
    codes: dict[str, set[str]] = {}
    for path in sorted((samples / "csv").iterdir()):
        vendor = path.name.split("__")[0].split("_")[0]
        if vendor in OTHERS:
            with pytest.raises(FileRefused) as refused:
                read_sample(path)
            codes.setdefault(vendor, set()).add(refused.value.code)
    assert all(found <= OTHERS[vendor] for vendor, found in codes.items()), codes


def test_what_is_asked_can_be_answered(samples: Path) -> None:
    answers = {
        "tempstick*": {"unit": "F"}, "meaco*": {"unit": "C"}, "tinytag*": {"unit": "C"},
        "thingspeak*": {"column": "field1", "unit": "C"}, "miniclima*": {"date_order": "DMY"},
    }  # fmt: skip
    expected = {row["file"]: row for row in expected_rows(samples)}
    for pattern, declared in answers.items():
        for path in (samples / "csv").glob(pattern):
            file = read_sample(path, **declared)
            row = expected[path.name]
            assert len(file.channels[0].at_ms) == int(row["n_readings"]), path.name
            assert int(file.channels[0].milli_c[0]) == milli_c(Decimal(row["first_value"]), Unit(file.channels[0].unit))


def test_one_logger_exported_in_eight_ways_is_one_series(samples: Path) -> None:
    series = {}
    for path in (samples / "csv").glob("hoboware__ibot-geoecology__myClim__20024354*"):
        wall_clock_only = "minimal" in path.name
        file = read(path.name, path.read_bytes(), Declared(site_tz="+02:00" if wall_clock_only else "UTC"))
        channel = file.channels[0]
        series[path.name] = dict(zip(channel.at_ms.tolist(), channel.milli_c.tolist(), strict=True))
    longest = max(series.values(), key=len)
    assert len(series) >= 6
    for name, readings in series.items():
        assert readings.items() <= longest.items(), name
        assert len(readings) >= 47


def test_the_9724974_family_agrees_wherever_its_exports_overlap(samples: Path) -> None:
    """Eleven exports of one logger in every decimal, negative and date style; °F exports are rounded once more."""
    first = np.datetime64("2010-08-18T14:00:00", "ms").astype(np.int64)
    for pattern in ("*LoggerRead__hobo-*", "*hobo_1_AB_classic*", "*hobo_1_AB_var2*"):
        for path in (samples / "csv").glob(pattern):
            file = read_sample(path)
            channel = file.channels[0]
            assert int(channel.at_ms[0]) + local_offset_ms(file) == int(first), path.name
            assert int(channel.milli_c[0]) == 20_865, path.name


SIGNATURES = {
    "test.txt": "invalid", "missing_temps.txt": "none", "negative_temps.txt": "none",
}  # fmt: skip


def test_every_genuine_berlinger_export_verifies_and_edited_ones_do_not(samples: Path) -> None:
    found = 0
    for path in sorted((samples / "csv").glob("berlinger*.txt")):
        if any(word in path.name for word in ("bad_indent", "malformed", "truncated")):
            with pytest.raises(FileRefused) as refused:
                read_sample(path)
            assert refused.value.code == "damaged"
            continue
        expected = next((state for name, state in SIGNATURES.items() if path.name.endswith(name)), "valid")
        assert read_sample(path).signature == expected, path.name
        found += expected == "valid"
    assert found >= 6


def test_one_changed_digit_breaks_a_genuine_signature(samples: Path) -> None:
    path = next((samples / "csv").glob("*RCPJ00010_02*"))
    content = path.read_bytes()
    assert read(path.name, content, Declared(tz="UTC")).signature == "valid"
    assert read(path.name, content.replace(b"\t24.1\t", b"\t24.2\t", 1), Declared(tz="UTC")).signature == "invalid"
    assert read(path.name, content.replace(b"\r\n", b"\n"), Declared(tz="UTC")).signature == "valid"


def test_what_the_fridge_tag_2_l_holds(samples: Path) -> None:
    path = next((samples / "csv").glob("*130500109088*"))
    file = read_sample(path)
    steps = np.diff(file.channels[0].at_ms) // 60_000
    assert sorted(set(steps.tolist())) == [5, 352]
    assert len(file.daily) == 38
    sixth = next(day for day in file.daily if day.day.isoformat() == "2022-06-06")
    assert [beyond.minutes for beyond in sixth.beyond] == [753, 408]
    assert (sixth.min_milli_c, sixth.max_milli_c, sixth.mean_milli_c) == (-7_200, 30_300, 5_500)


def test_the_q_tags_own_alarms(samples: Path) -> None:
    file = read_sample(next((samples / "csv").glob("*RCPJ00010_02*")))
    assert [alarm.minutes for alarm in file.device_alarms] == [219, 219, 598, 145, 32, 31]
    assert file.device.facts["MKT"] == "10.5"
    assert file.device.stopped_ms == int(np.datetime64("2022-11-09T01:28", "ms").astype(np.int64))
