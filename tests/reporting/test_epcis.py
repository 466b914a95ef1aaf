"""``--report FILE.epcis.json``: sensor events after GS1 EPCIS 2.0."""

import hashlib
import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from coldchain.cli.main import main
from coldchain.reporting.epcis import epcis_json
from tests.auditing.logger_files import RULES, hobo, two_channels
from tests.reporting.epcis_schema import DOCUMENT

OWN = "coldchain:"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "box.yaml").write_text(RULES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reported(place: Path, *words: str, **files: bytes) -> dict[str, Any]:
    (place / "logs").mkdir(exist_ok=True)
    for name, content in files.items():
        (place / "logs" / f"{name}.csv").write_bytes(content)
    main(["audit", "logs", "--product", "box", "--rules", "rules", "--report", "r.epcis.json", *words])
    document: dict[str, Any] = json.loads((place / "r.epcis.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, DOCUMENT)
    return document


def events(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    return found


def test_a_channel_is_an_event_with_what_was_measured(place: Path) -> None:
    content = hobo("5 9x3 5")
    (event,) = events(reported(place, bad=content))
    assert (event["type"], event["action"], event["bizStep"]) == ("ObjectEvent", "OBSERVE", "sensor_reporting")
    assert (event["eventTime"], event["eventTimeZoneOffset"]) == ("2026-03-14T08:00:00.000Z", "+01:00")
    whole = event["sensorElementList"][0]
    assert whole["sensorMetadata"]["deviceID"] == "urn:x-coldchain:device:21234567"
    assert whole["sensorMetadata"]["startTime"] == "2026-03-14T07:00:00.000Z"
    report = whole["sensorReport"][0]
    assert (report["minValue"], report["maxValue"], report["uom"]) == (5.0, 9.0, "CEL")
    hashed = whole["sensorMetadata"]["rawData"].removeprefix("ni:///sha-256;")
    assert urlsafe_b64decode(hashed + "=") == hashlib.sha256(content).digest()


def test_an_excursion_is_an_alarm_with_its_three_durations(place: Path) -> None:
    (event,) = events(reported(place, bad=hobo("5 9x3 5")))
    (alarm,) = event["sensorElementList"][1:]
    assert alarm["sensorMetadata"] == {"startTime": "2026-03-14T07:15:00.000Z", "endTime": "2026-03-14T08:00:00.000Z"}
    assert alarm["sensorReport"] == [
        {
            "type": "Temperature", "exception": "ALARM_CONDITION", "value": 9.0, "uom": "CEL",
            f"{OWN}limit": "above-8", f"{OWN}certainty": "certain", f"{OWN}atLeastSeconds": 1800,
            f"{OWN}estimateSeconds": 2700, f"{OWN}atMostSeconds": 3600,
        }
    ]  # fmt: skip


def test_an_excursion_that_is_not_over_has_no_end(place: Path) -> None:
    (event,) = events(reported(place, bad=hobo("5 9x3")))
    assert "endTime" not in event["sensorElementList"][1]["sensorMetadata"]


def test_a_gap_is_an_error_condition_and_no_temperature(place: Path) -> None:
    (event,) = events(reported(place, hole=hobo("5x4 _x20 5x4")))
    (gap,) = event["sensorElementList"][1:]
    assert gap["sensorReport"][0]["exception"] == "ERROR_CONDITION"
    assert "value" not in gap["sensorReport"][0]
    assert event[f"{OWN}verdict"] == "undetermined"


def test_a_verdict_is_no_disposition(place: Path) -> None:
    for event in events(reported(place, bad=hobo("5 9x3 5"), good=hobo("5x9"))):
        assert "disposition" not in event


def test_channels_are_events_of_their_own_with_their_own_names(place: Path) -> None:
    found = events(reported(place, two=two_channels("5x4", "5 9 9 5")))
    assert [event[f"{OWN}channel"] for event in found] == ["Inside", "Outside"]
    assert len({event["eventID"] for event in found}) == 2


def test_a_device_that_keeps_extremes_only_is_an_event_with_an_element_an_interval(place: Path) -> None:
    document = json.loads(epcis_json([EXTREMES], program="coldchain 0.1.0"))
    jsonschema.validate(document, DOCUMENT)
    (event,) = events(document)
    whole, first, second = event["sensorElementList"]
    assert event["eventTime"] == "2023-04-19T22:00:00.000Z"
    assert (whole["sensorReport"][0]["minValue"], whole["sensorReport"][0]["maxValue"]) == (2.3, 7.5)
    assert first["sensorReport"] == [{"type": "Temperature", "uom": "CEL", "minValue": 2.3, "maxValue": 7.0}]
    assert second["sensorMetadata"]["endTime"] == "2023-04-19T22:00:00.000Z"


EXTREMES: dict[str, Any] = {
    "file": {"name": "tag.txt", "sha256": "ab" * 32}, "device": {"serial": "1"}, "channel": "", "stage": "unopened",
    "product": {"id": "box", "version": 1, "sha256": "cd" * 32}, "evidence": {}, "statistics": None,
    "readings": {"accepted": 0, "first": None, "last": None}, "excursions": [], "gaps": [], "verdict": "undetermined",
    "extremes": [
        {"start": "2023-04-17T22:00:00.000Z", "end": "2023-04-18T22:00:00.000Z", "min_c": 2.3, "max_c": 7.0},
        {"start": "2023-04-18T22:00:00.000Z", "end": "2023-04-19T22:00:00.000Z", "min_c": 2.4, "max_c": 7.5},
    ],
}  # fmt: skip


def test_what_was_not_judged_is_named(place: Path) -> None:
    document = reported(place, good=hobo("5x9"), none=b"%PDF-1.7")
    assert document["coldchain:notJudged"] == ["logs/none.csv"]
    assert len(events(document)) == 1


def test_nothing_judged_is_still_a_document(place: Path) -> None:
    assert events(reported(place, none=b"%PDF-1.7")) == []


@pytest.mark.parametrize(
    ("zone", "offset"), [("America/St_Johns", "-02:30"), ("Asia/Kolkata", "+05:30"), ("UTC", "+00:00")]
)
def test_the_offset_is_that_of_the_day(zone: str, offset: str, place: Path) -> None:
    (event,) = events(reported(place, "--tz", zone, some=hobo("5x9", zone="")))
    assert event["eventTimeZoneOffset"] == offset


def test_the_same_audit_writes_the_same_bytes(place: Path) -> None:
    reported(place, bad=hobo("5 9x3 5"))
    first = (place / "r.epcis.json").read_bytes()
    reported(place)
    assert (place / "r.epcis.json").read_bytes() == first
