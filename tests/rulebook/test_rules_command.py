"""`coldchain rules`: what it prints and how it exits."""

import json
from pathlib import Path

import pytest

from coldchain.cli.main import main
from coldchain.rulebook.book import load_rulebook
from tests.rulebook.broken_files import GOOD


def test_check_of_everything_shipped_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check"]) == 0
    assert capsys.readouterr().out.endswith("examples: no problems\n")


def test_check_names_every_problem_of_every_file_one_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(GOOD.replace("max_gap: 30 min", "max_gap: 30"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD.replace("expect: compliant", "expect: violated"), encoding="utf-8")
    (tmp_path / "c.yaml").write_text(GOOD, encoding="utf-8")
    assert main(["rules", "check", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/a.yaml:6:10: max_gap: write a duration with its unit, such as '8 h', '30 min' or 'PT8H' "
        "(got '30')",
        f'{tmp_path}/b.yaml:27:5: example "a warm afternoon" gives compliant, expected violated',
        f"{tmp_path}/c.yaml:2:5: the id 'sample' is also that of b.yaml",
    ]


def test_check_of_own_folder_and_shipped_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sample.yaml").write_text(GOOD, encoding="utf-8")
    assert main(["rules", "check", "--rules", str(tmp_path)]) == 0
    assert f"{len(load_rulebook().products) + 1} product files" in capsys.readouterr().out


def test_check_of_a_path_that_is_not_there_still_checks_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text("", encoding="utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main(["rules", "check", str(tmp_path / "nothing.yaml"), str(empty), str(tmp_path / "a.yaml")]) == 2
    printed = capsys.readouterr()
    assert printed.out == f"{tmp_path}/a.yaml:1:1: the file is empty\n"
    assert printed.err.splitlines() == [
        f"coldchain: there is no file or folder {tmp_path}/nothing.yaml",
        f"coldchain: there is no product file (*.yaml) in {empty}",
    ]


def test_show_says_where_the_numbers_come_from_and_what_is_unverified(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "besponsa"]) == 0
    shown = capsys.readouterr().out
    for sentence in (
        "Label: Besponsa prescribing information",
        "Unverified: no pharmacist has compared this file with the label",
        "Unverified: handling in stage reconstituted is the site's own policy, not the label's",
        "  - Never below 2 °C. [below-2]",
        "  - Always at 2–8 °C or 20–25 °C. [out-of-condition]",
        "  - Handling, at 15–30 °C (the site's own policy, not the label's): no more than 30 min in all. [in-handling]",
        "  - After refrigerated: 1 h at room directly before the infusion starts.",
        "  - From reconstituted to infusion ended: at most 8 h.",
        "  - clear, no particles, at or after: reconstituted",
        "  - Hazardous drug; handle and dispose of it as one.",
    ):
        assert sentence in shown


def test_show_json_is_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "lemtrada", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["schema"], shown["id"], shown["max_gap_s"]) == ("coldchain.rules/1", "lemtrada", 1800)
    assert shown["label"]["checked_by"] is None
    assert shown["sha256"] == load_rulebook().product("lemtrada").sha256
    assert shown["stages"][0]["limits"][1] == {
        "id": "above-8", "above": 8.0, "predicate": "above", "bad_c": [[8.001, None]], "allow": "none", "times": None,
        "site_policy": False, "in_words": "Never above 8 °C. [above-8]",
    }  # fmt: skip


@pytest.mark.parametrize("product_id", load_rulebook().products)
def test_every_product_can_be_shown_in_both_forms(product_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", product_id]) == 0
    assert main(["rules", "show", product_id, "--json"]) == 0
    assert product_id in capsys.readouterr().out


SENTENCES = """
above: 8 °C, allow: {each: 30 min} -> Above 8 °C: no stretch longer than 30 min. [above-8]
above: 8 °C, allow: {total: 24 h} -> Above 8 °C: no more than 1 d in all. [above-8]
above: 8 °C, allow: {total: 24 h, within: 7 d} -> Above 8 °C: no more than 1 d in any 7 d. [above-8]
at_or_below: 0 °C -> Never at or below 0 °C. [at-or-below-0]
at_or_above: 10 °C, times: 1 -> At or above 10 °C: at most 1 time. [at-or-above-10]
below: -15.5 °C, times: 3, allow: {each: 1 h} -> Below −15.5 °C: no stretch longer than 1 h, at most 3 times.
"""


@pytest.mark.parametrize("line", SENTENCES.strip().splitlines())
def test_a_limit_is_shown_as_a_sentence(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written, sentence = line.split(" -> ")
    text = GOOD.replace("store: 2..8 °C\n    freezing: forbidden", "store: 1..40 °C")
    text = text.replace("{id: warm, above: 25 °C}", f"{{{written}}}").replace("id: sample", "id: ours")
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    assert main(["rules", "show", "ours", "--rules", str(tmp_path)]) == 0
    assert f"  - {sentence}" in capsys.readouterr().out


def test_list_shows_every_product_and_who_checked_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(load_rulebook().products)
    assert all(line.endswith("checked by nobody)") for line in lines)


def test_an_unknown_product_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "lemtrda"]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert "did you mean 'lemtrada'?" in printed.err
