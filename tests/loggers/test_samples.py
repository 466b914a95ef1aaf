"""Conformance: the real exports beside this checkout, against what was worked out for them by other means."""

from pathlib import Path

import numpy as np
import pytest

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from tests.loggers.conformance import conformance, local_offset_ms

pytestmark = pytest.mark.samples

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


def read_sample(path: Path) -> LoggerFile:
    return read(path.name, path.read_bytes(), Declared(site_tz="UTC"))


def test_every_row_of_the_table_of_expectations_agrees(samples: Path) -> None:
    lines = conformance(samples)
    print("\n".join(map(str, lines)))
    assert [str(line) for line in lines if line.differences] == []
    assert len(lines) >= 60


def test_files_that_do_not_say_enough_are_asked_about(samples: Path) -> None:
    codes: dict[str, set[str]] = {}
    for path in sorted((samples / "csv").iterdir()):
        vendor = path.name.split("__")[0].split("_")[0]
        if vendor in OTHERS:
            with pytest.raises(FileRefused) as refused:
                read_sample(path)
            codes.setdefault(vendor, set()).add(refused.value.code)
    assert all(found <= OTHERS[vendor] for vendor, found in codes.items()), codes


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
