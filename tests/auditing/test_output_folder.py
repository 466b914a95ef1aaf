"""``coldchain audit --output``: kept by content, taken up where it stopped, the same bytes whoever did which part."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coldchain.auditing.asked import judged_by
from coldchain.auditing.bulk import Bulk, audited
from coldchain.auditing.folder import OutputFolder
from coldchain.auditing.question import Question
from coldchain.cli.main import main
from coldchain.loggers.files import find_files
from tests.auditing.logger_files import RULES, hobo

ARGUMENTS = ("logs", "--product", "box", "--rules", "rules")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: Path) -> Path:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a-good.csv").write_bytes(hobo("5x9"))
    (logs / "b-bad.csv").write_bytes(hobo("5 9x3 5"))
    (logs / "c-asked.csv").write_bytes(hobo("5x9", zone=""))
    (logs / "d-copy.csv").write_bytes(hobo("5x9"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def audit(*words: str) -> int:
    return main(["audit", *ARGUMENTS, *words])


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def taken_up(place: Path, *, rules: str = "rules", stage: str | None = None) -> dict[str, bool]:
    """Which files of a second run were not judged again."""
    question = Question(*judged_by("box", stage, [place / rules]))
    found = audited(find_files(["logs"], load=False), Bulk(question, folder=OutputFolder(place / "out", question)))
    return {Path(outcome.name).name: outcome.taken_up for outcome, _ in found}


def test_a_file_is_kept_by_its_content_with_what_it_rests_on(place: Path) -> None:
    assert audit("--output", "out") == 2
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((place / "out" / "files").iterdir())]
    assert len(kept) == 3  # the copy has the content of another
    (bad,) = [one for one in kept if one["results"][0].get("verdict") == "violated"]
    assert bad["schema"] == "coldchain.audit-file/1"
    assert bad["results"][0]["file"] == {
        "name": "logs/b-bad.csv", "sha256": bad["sha256"], "format": "hoboware", "signature": "none",
    }  # fmt: skip
    assert (bad["basis"]["program"], bad["basis"]["stage"]) == ("0.1.0", "strict")


def test_a_second_run_judges_nothing_again_and_writes_the_same_bytes(place: Path) -> None:
    audit("--output", "out")
    first = written(place / "out")
    assert all(taken_up(place).values())
    audit("--output", "out")
    assert written(place / "out") == first


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_is_printed_does_not_tell_a_second_run_from_a_first(
    jobs: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes, said = [], []
    for _ in range(2):
        codes.append(audit("--output", "out", "--format", "json", "--jobs", jobs))
        said.append(capsys.readouterr())
    assert codes == [2, 2]
    assert said[0] == said[1]
    audit("--format", "json")
    assert capsys.readouterr().out == said[0].out


def test_a_moved_file_is_known_by_its_content(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit("--output", "out")
    (place / "logs" / "b-bad.csv").rename(place / "logs" / "z-moved.csv")
    assert taken_up(place)["z-moved.csv"]
    capsys.readouterr()
    audit("--output", "out", "--format", "json")
    moved = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (moved["file"]["name"], moved["verdict"]) == ("logs/z-moved.csv", "violated")


def test_another_product_version_is_judged_anew(place: Path) -> None:
    audit("--output", "out")
    (place / "rules" / "box.yaml").write_text(RULES.replace("version: 3", "version: 4"), encoding="utf-8")
    again = taken_up(place)
    assert not again["a-good.csv"]
    assert not again["b-bad.csv"]


def test_other_options_are_judged_anew_and_answer_what_was_asked(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit("--output", "out")
    assert not any([taken_up(place, stage="patient")["a-good.csv"]])
    capsys.readouterr()
    assert audit("--output", "out", "--tz", "+01:00") == 1
    assert "1 violated, 0 undetermined, 3 compliant" in capsys.readouterr().out


def test_another_version_of_the_program_judges_anew(place: Path) -> None:
    audit("--output", "out")
    question = Question(*judged_by("box", None, [place / "rules"]), program="0.0.9")
    folder = OutputFolder(place / "out", question)
    for kept in (place / "out" / "files").iterdir():
        assert folder.kept("x", (), kept.stem) is None


@pytest.mark.parametrize("damage", ["", "{", '{"schema": 1}', "[]", "null"])
def test_a_damaged_result_is_judged_anew(damage: str, place: Path) -> None:
    audit("--output", "out")
    whole = written(place / "out")
    for kept in (place / "out" / "files").iterdir():
        kept.write_text(damage, encoding="utf-8")
    audit("--output", "out")
    assert written(place / "out") == whole


def test_a_run_that_was_killed_is_taken_up_and_ends_in_the_same_bytes(place: Path) -> None:
    for number in range(60):
        (place / "logs" / f"n{number:02}.csv").write_bytes(hobo(f"5x{300 + number} 9x3 5x50"))
    command = [sys.executable, "-m", "coldchain", "audit", *ARGUMENTS, "--output", "killed"]
    run = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    files = place / "killed" / "files"
    until = time.monotonic() + 120
    while run.poll() is None and time.monotonic() < until and len(list(files.glob("*.json"))) < 8:
        time.sleep(0.002)
    run.send_signal(signal.SIGKILL)
    run.wait(timeout=120)
    (files / f".{'0' * 64}.json.99999.unfinished").write_text("half a resu", encoding="utf-8")
    assert audit("--output", "killed") == audit("--output", "whole") == 2
    assert written(place / "killed") == written(place / "whole")


def test_several_processes_write_the_same_bytes_as_one(place: Path) -> None:
    audit("--output", "one")
    audit("--output", "two", "--jobs", "2")
    assert written(place / "one") == written(place / "two")


def test_it_never_writes_into_a_folder_of_other_things(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "mine").mkdir()
    (place / "mine" / "thesis.txt").write_text("dear", encoding="utf-8")
    assert audit("--output", "mine") == 2
    assert capsys.readouterr().err == "coldchain: --output: 'mine' holds other things already; name a new folder\n"
    assert [path.name for path in (place / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("name", ["logs", "logs/out", "./logs/../logs/deep/out"])
def test_it_never_writes_into_what_is_audited(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("--output", name) == 2
    assert "lies inside 'logs', which is audited; name a folder outside" in capsys.readouterr().err
    assert len(list((place / "logs").iterdir())) == 4


def test_a_folder_that_cannot_be_written_is_one_sentence(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "out").write_text("a file", encoding="utf-8")
    assert audit("--output", "out") == 2
    assert capsys.readouterr().err.startswith("coldchain: --output: 'out' cannot be written: ")


def test_only_the_summary_is_printed_and_it_says_where_the_rest_is(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit("--output", "out")
    printed = capsys.readouterr()
    assert printed.out.startswith(
        "Summary of 4\n  ◆ violated      logs/b-bad.csv · Temp: above 8 °C for at least 30 min\n"
    )
    assert "Kept in out: summary.html" in printed.out
    assert printed.err == "coldchain: 1 file could not be judged: the summary says what to do\n"
    assert sorted(path.name for path in (place / "out").iterdir()) == [
        "files", "folder.json", "summary.csv", "summary.html", "summary.json",
    ]  # fmt: skip


def test_a_file_name_of_any_bytes_is_kept(place: Path) -> None:
    (place / "logs" / "caf\udce9 日本 \u202etxt.csv").write_bytes(hobo("5x3 9 5"))
    assert audit("--output", "out") == 2
    assert all(taken_up(place).values())
    names = {row["file"] for row in json.loads((place / "out" / "summary.json").read_text(encoding="utf-8"))["rows"]}
    assert "logs/caf� 日本 �txt.csv" in names
