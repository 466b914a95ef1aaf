"""``coldchain preparation check``: the worked cases, from files as people have them (contract, preparation check)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coldchain.cli.main import main
from tests.domain.worked import BESPONSA, CASES, Case, at

EXIT_CODES = {"compliant": 0, "violated": 1, "undetermined": 3}


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written(case: Case, folder: Path) -> list[str]:
    """The files of a case; the words of the command that checks them."""
    recorded = {
        "schema": "coldchain.preparation/1",
        "product": case.product,
        "item": "LOT1 vial 3",
        "events": [
            {"event": what, "at": iso(at(clock))} | ({"location": place} if place else {})
            for what, clock, place in case.steps
        ],
        "attestations": [
            {"what": what.value, "by": "A. Nurse", "at": iso(at(clock))} for what, clock in case.said.items()
        ],
        "now": iso(at(case.now)),
    }
    (folder / "vial.json").write_text(json.dumps(recorded, ensure_ascii=False), encoding="utf-8")
    words = ["preparation", "check", str(folder / "vial.json"), "--format", "json"]
    for place, sensor in case.sensors.items():
        rows = "".join(f"{iso(at_ms)},{milli_c / 1000:.3f}\n" for at_ms, milli_c in sensor.readings())
        (folder / f"{place}.csv").write_text(f"time,temperature (°C)\n{rows}", encoding="utf-8")
        words.append(f"--trace={place}={folder / place}.csv")
    return words


def checked(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(words)
    captured = capsys.readouterr()
    assert captured.err == ""
    return code, json.loads(captured.out)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.product}: {case.name}")
def test_a_worked_case_from_files(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = checked(written(case, tmp_path), capsys)
    assert (found["verdict"], code) == (case.verdict, EXIT_CODES[case.verdict])
    assert {clock["id"]: clock["state"] for clock in found["clocks"]} == case.clocks
    broken = [condition["id"] for condition in found["conditions"] if condition["verdict"] != "kept"]
    for reason in case.because:
        assert any(reason in said for said in (*broken, *found["missing"]))


def test_the_answer_has_the_fields_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = checked(written(BESPONSA, tmp_path), capsys)
    assert found["schema"] == "coldchain.preparation/1"
    assert found["final"] is True
    assert found["clocks"] == [
        {
            "id": "reconstituted→diluted", "limit_s": 14_400, "elapsed_s": 14_100,
            "deadline": "2026-03-01T12:00:00.000Z", "state": "kept",
        },
        {
            "id": "reconstituted→infusion_ended", "limit_s": 28_800, "elapsed_s": 28_740,
            "deadline": "2026-03-01T16:00:00.000Z", "state": "kept",
        },
    ]  # fmt: skip
    assert (found["excursions"], found["missing"], found["unsettled"]) == ([], [], [])
    handling = next(one for one in found["conditions"] if one["id"] == "in-handling")
    assert (handling["site_policy"], handling["up_to_s"], handling["verdict"]) == (True, 1800, "kept")


def test_an_excursion_says_where_and_when(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = next(one for one in CASES if one.name == "five minutes on a trolley at 12 °C")
    _, found = checked(written(case, tmp_path), capsys)
    (excursion,) = found["excursions"]
    assert (excursion["location"], excursion["certainty"], excursion["extreme_c"]) == ("trolley", "certain", 12.0)
    assert excursion["start"] == "2026-03-01T08:55:00.000Z"


def test_the_text_leads_with_the_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for word in written(BESPONSA, tmp_path) if word not in ("--format", "json")]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("Compliant: Besponsa")


@pytest.mark.parametrize(("option", "code"), [([], 3), (["--uncertainty", "0"], 0), (["--max-gap", "3 h"], 3)])
def test_what_was_asked_for_comes_before_what_a_record_brings_along(
    option: list[str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The record says that the refrigerator's probe may be off by 0.3 °C, and it reads 7.9 °C."""
    words = written(BESPONSA, tmp_path)
    file = tmp_path / "vial.json"
    fridge = tmp_path / "fridge.csv"
    fridge.write_text(fridge.read_text(encoding="utf-8").replace(",5.000", ",7.900"), encoding="utf-8")
    recorded = json.loads(file.read_text(encoding="utf-8"))
    recorded["traces"] = [{"location": "fridge", "file": "fridge.csv", "probe": "F2", "uncertainty_c": 0.3}]
    file.write_text(json.dumps(recorded), encoding="utf-8")
    given = [word for word in words if not word.startswith("--trace=fridge")]
    found, _ = checked([*given, *option], capsys)
    assert found == code


def test_of_both_max_gaps_the_smaller_one_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A record of an hour does not widen the product's 30 minutes; a record of 20 minutes narrows them."""
    words = written(BESPONSA, tmp_path)
    file, fridge = tmp_path / "vial.json", tmp_path / "fridge.csv"
    lines = fridge.read_text(encoding="utf-8").splitlines(keepends=True)
    silent = [line for line in lines if not "2026-03-01T09:00" < line < "2026-03-01T09:25"]
    fridge.write_text("".join(silent), encoding="utf-8")
    recorded = json.loads(file.read_text(encoding="utf-8"))
    given = [word for word in words if not word.startswith("--trace=fridge")]
    found = []
    for max_gap_s in (3600, 1200):
        recorded["traces"] = [{"location": "fridge", "file": "fridge.csv", "probe": "F2", "max_gap_s": max_gap_s}]
        file.write_text(json.dumps(recorded), encoding="utf-8")
        found.append(checked(given, capsys)[0])
    assert found == [0, 3]
