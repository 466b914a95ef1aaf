"""The known answers that users run: they pass here, and a wrong one is seen."""

import json
from dataclasses import replace

import pytest

from coldchain.cli.main import main
from coldchain.rulebook.book import load_rulebook
from coldchain.selftest import published, tables, worked
from coldchain.selftest.case import Case, run_cases


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
