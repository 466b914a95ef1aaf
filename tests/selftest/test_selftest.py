"""The known answers that users run: they pass here, and a wrong one is seen."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.rulebook.book import load_rulebook
from coldchain.selftest import published, tables, worked
from coldchain.selftest.case import Case, run_cases
from coldchain.selftest.installed import File, fingerprint


def every_case() -> list[Case]:
    return [*tables.cases(), *published.cases(), *worked.cases(load_rulebook())]


def test_the_installed_program_gives_every_known_answer() -> None:
    outcomes = run_cases(every_case())
    assert [f"{o.case.id}: {o.found}, expected {o.case.expected}" for o in outcomes if not o.passed] == []


def test_every_case_is_told_apart_by_its_id() -> None:
    ids = [case.id for case in every_case()]
    assert len(ids) == len(set(ids)) > 100


def test_a_wrong_answer_fails_and_an_error_is_an_answer_too() -> None:
    def broken() -> str:
        raise ZeroDivisionError("nothing to divide")

    case = next(iter(tables.cases()))
    wrong, raising = run_cases([replace(case, expected="8001"), replace(case, compute=broken)])
    assert not wrong.passed
    assert raising.found == "ZeroDivisionError: nothing to divide"


def test_the_command_prints_a_list_to_sign(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest"]) == 0
    printed = capsys.readouterr().out
    assert "known answers passed." in printed
    assert "signature:" in printed
    assert "FAIL" not in printed


def test_the_command_prints_json_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "coldchain.selftest/1"
    assert all(case["passed"] for case in said["cases"])


def test_the_list_says_what_was_run_and_on_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["run_at"].endswith(" UTC")
    files = said["program"]["files"]
    own = Path(__file__).parents[2] / "coldchain" / "domain" / "bounds.py"
    assert files["domain/bounds.py"] == hashlib.sha256(own.read_bytes()).hexdigest()
    assert "selftest/validation.typ" in files
    assert not any("__pycache__" in name for name in files)
    assert said["program"]["fingerprint"] == fingerprint([File(*each) for each in files.items()])
    assert said["products"]["besponsa"]["sha256"] == load_rulebook().product("besponsa").sha256


def test_another_byte_or_another_file_is_another_fingerprint() -> None:
    some = [File("a.py", "1"), File("b.py", "2")]
    others = [[File("a.py", "1")], [File("a.py", "1"), File("b.py", "3")], [File("a.py", "2"), File("b.py", "1")]]
    assert fingerprint(some) == fingerprint(some[::-1])
    assert fingerprint(some) not in [fingerprint(each) for each in others]


def test_it_is_a_document_to_sign_and_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("list.pdf", "list.html"):
        assert main(["selftest", "--report", str(tmp_path / name)]) == 0
    assert (tmp_path / "list.pdf").read_bytes().startswith(b"%PDF-1.7")
    page = (tmp_path / "list.html").read_text(encoding="utf-8")
    for word in ("known answers passed", "fingerprint", "Reviewed by (name, function)", "vial-7", "domain/bounds.py"):
        assert word in page, word
    assert "://" not in page.replace("https://tooljolt", ""), "it asks nobody"
    capsys.readouterr()
    assert main(["selftest", "--report", "list.doc"]) == 2
    assert "ends in .pdf or .html" in capsys.readouterr().err
