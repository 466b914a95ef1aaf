"""`coldchain read` as a user runs it: what it prints, where, and its exit codes."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coldchain.cli.main import main
from tests.loggers.test_berlinger import GENUINE, Q_TAG
from tests.loggers.writing import a_day, fridge_tag, hobo, logtag

VALUES = ["18.771", "18.913", "-0.200", "18.414", "18.652"] * 4


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "hobo.csv").write_text(hobo(VALUES))
    (tmp_path / "logtag.csv").write_text(logtag(["17,9", "15,5", "-0,8"]))
    (tmp_path / "q.txt").write_text(Q_TAG)
    (tmp_path / "signed.txt").write_bytes(GENUINE)
    (tmp_path / "daily.txt").write_text(fridge_tag(a_day(1, "2026-03-15")))
    (tmp_path / "words.txt").write_text("hello\n")
    (tmp_path / "gaps.csv").write_text(
        "time,temp_c\n2026-03-14 21:00,5.1\n2026-03-14 21:15,NaN\n2026-03-14 21:00,5.2\n"
    )
    return tmp_path


def read(*words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["read", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_csv_is_the_three_columns_of_the_contract(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = read(files / "logtag.csv", "--tz", "+02:00", "--format", "csv", capsys=capsys)
    assert (code, err) == (0, "")
    assert list(csv.reader(io.StringIO(out))) == [
        ["measured_at", "channel", "temperature_c"],
        ["2026-03-14T19:00:00.000Z", "Readings", "17.900"],
        ["2026-03-14T21:00:00.000Z", "Readings", "15.500"],
        ["2026-03-14T23:00:00.000Z", "Readings", "-0.800"],
    ]


def test_json_is_one_object_a_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = read(files / "hobo.csv", files / "q.txt", "--tz", "+01:00", "--format", "json", capsys=capsys)
    hobo_file, q_tag = map(json.loads, out.splitlines())
    assert code == 0
    assert hobo_file["file"]["format"] == "hoboware"
    assert hobo_file["file"]["signature"] == "none"
    assert len(hobo_file["file"]["sha256"]) == 64
    assert hobo_file["device"]["serial"] == "20881234"
    assert hobo_file["evidence"]["time_zone"] == {"value": "+01:00", "from": "header"}
    assert hobo_file["readings"] == {
        "accepted": 20, "quarantined": 0, "duplicates": 0, "conflicts": 0,
        "first": "2026-03-14T20:00:00.000Z", "last": "2026-03-15T00:45:00.000Z", "median_interval_s": 900,
    }  # fmt: skip
    (channel,) = hobo_file["channels"]
    assert channel["channel"] == "Temp"
    assert channel["temperatures"][2] == {"measured_at": "2026-03-14T20:30:00.000Z", "temperature_c": -0.2}
    assert q_tag["device"]["stopped"] == "2026-03-14T21:09:00.000Z"
    assert q_tag["device_alarms"][0]["minutes"] == 62


def test_daily_summaries_are_shown_and_are_no_fault(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = read(files / "daily.txt", "--format", "json", capsys=capsys)
    assert (code, err) == (0, "")
    assert json.loads(out)["daily"][0]["beyond"][1] == {
        "alarm": "alarm 1", "limit_c": 8.0, "allowed_min": 600, "minutes": 37, "triggered": "13:35",
    }  # fmt: skip


def test_text_says_what_it_is_and_what_every_choice_rests_on(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = read(files / "hobo.csv", capsys=capsys)
    assert code == 0
    for words in (
        "HOBOware export",
        "serial 20881234",
        "20 readings, every 15 min",
        "−0.2 °C to 18.913 °C",
        "+01:00",
        "MDY",
        "Host Connected",
    ):
        assert words in out, words


def test_quarantined_rows_and_conflicts_are_findings(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = read(files / "gaps.csv", "--tz", "UTC", capsys=capsys)
    assert code == 1
    assert "1 quarantined: 1 not a number" in out
    assert "line 3, field 2: 'NaN'" in out
    assert "1 in conflict" in out


def test_an_invalid_signature_is_a_finding_and_shown(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = read(files / "signed.txt", "--tz", "UTC", capsys=capsys)
    assert code == 1
    assert "INVALID" in out


def test_a_file_that_cannot_be_read_leaves_the_others_printed(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = read(files / "words.txt", files / "hobo.csv", "--format", "json", capsys=capsys)
    refused, good = map(json.loads, out.splitlines())
    assert code == 2
    assert refused["error"]["code"] == "unknown-format"
    assert good["readings"]["accepted"] == 20
    assert err.count("\n") == 1
    assert err.startswith(f"coldchain: {files / 'words.txt'}: ")


def test_options_are_part_of_the_error(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = read(files / "logtag.csv", "--format", "json", capsys=capsys)
    assert code == 2
    assert json.loads(out)["error"]["options"] == ["--tz ZONE"]
    assert "--tz" in err


def test_a_folder_and_a_part_of_time(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = read(files, "--tz", "+01:00", "--from", "2026-03-14T22:00Z", "--format", "json", capsys=capsys)
    objects = [json.loads(line) for line in out.splitlines()]
    assert code == 2  # words.txt
    assert len(objects) == 7
    hobo_file = next(found for found in objects if found["file"]["name"].endswith("hobo.csv"))
    assert hobo_file["readings"]["first"] == "2026-03-14T22:00:00.000Z"


@pytest.mark.parametrize(
    "words",
    [
        ["--tz", "CST"],
        ["--tz"],
        ["--tz", "-07:00:61"],
        ["--format", "xml"],
        ["--no-such-option"],
        ["--report", "x.doc"],
        ["--from", "yesterday"],
        ["--from", "2026-03-14T22:00Z", "--to", "2026-03-14T21:00Z"],
    ],
)
def test_wrong_usage_is_one_sentence(files: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(["read", str(files / "hobo.csv"), *words])
    except SystemExit as wrong:  # words that the parser itself refuses
        code = int(str(wrong.code))
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("coldchain: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [("--tz", "-07:00"), ("--tz=-07:00",), ("--tz", "-0700"), ("--tz", "-7:00")])
def test_a_zone_west_of_greenwich_is_no_option(
    words: tuple[str, ...], files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = read(files / "logtag.csv", *words, "--format", "csv", capsys=capsys)
    assert code == 0
    assert out.splitlines()[1].startswith("2026-03-15T04:00:00.000Z,")


def test_standard_input_and_the_site_zone(files: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coldchain", "read", "-", "--format", "csv"],
        input=(files / "logtag.csv").read_bytes(),
        env={**os.environ, "COLDCHAIN_TZ": "+02:00"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.splitlines()[1] == b"2026-03-14T19:00:00.000Z,Readings,17.900"


def test_reading_a_small_file_loads_no_heavy_library(files: Path) -> None:
    watching = (
        "import sys; from coldchain.cli.main import main; code = main(sys.argv[1:]);"
        "heavy = {'pandas', 'sqlalchemy', 'fastapi', 'cryptography', 'pydantic'} & set(sys.modules);"
        "sys.exit(str(heavy)) if heavy else sys.exit(code)"
    )
    words = ["read", str(files / "hobo.csv"), "--format", "json"]
    done = subprocess.run([sys.executable, "-c", watching, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
