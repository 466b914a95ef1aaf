"""``coldchain audit --report``."""

from pathlib import Path

import pytest

from coldchain.cli.main import main
from tests.auditing.logger_files import RULES, hobo


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "box.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "a box.csv").write_bytes(hobo("5 9x3 5"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def audit(*words: str) -> int:
    return main(["audit", "a box.csv", "--product", "box", "--rules", "rules", *words])


@pytest.mark.parametrize(("name", "begins"), [
    ("r.pdf", b"%PDF"), ("r.html", b"<!doctype html>"), ("R.PDF", b"%PDF"), ("r.csv", b"file,sha256,format,channel"),
    ("r.json", b'{\n "schema": "coldchain.report/1"'), ("r.epcis.json", b'{\n "@context"'),
])  # fmt: skip
def test_it_is_written_beside_what_is_printed(name: str, begins: bytes, folder: Path) -> None:
    assert audit("--report", name) == 1
    assert (folder / name).read_bytes().startswith(begins)
    assert sorted(path.name for path in folder.iterdir()) == sorted(["a box.csv", name, "rules"])


@pytest.mark.parametrize("name", ["r.pdf", "r.html", "r.csv", "r.json", "r.epcis.json"])
def test_twice_the_same_audit_writes_the_same_bytes(name: str, folder: Path) -> None:
    audit("--report", name)
    first = (folder / name).read_bytes()
    audit("--report", name)
    assert (folder / name).read_bytes() == first


def test_it_holds_the_one_command_that_finds_the_same_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLDCHAIN_TZ", "Europe/Berlin")
    audit("--max-gap", "30 min", "--uncertainty", "0.5", "--report", "r.html", "--jobs", "1")
    page = (folder / "r.html").read_text(encoding="utf-8")
    command = (
        "COLDCHAIN_TZ=Europe/Berlin coldchain audit &#x27;a box.csv&#x27; --product box --stage strict --rules rules "
        "--max-gap &#x27;30 min&#x27; --uncertainty 0.5</pre>"
    )
    assert command in page
    assert str(folder) not in page


def test_a_report_that_cannot_be_written_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "taken.pdf").mkdir()
    assert audit("--report", "taken.pdf") == 2
    assert capsys.readouterr().err == "coldchain: the report cannot be written to 'taken.pdf': Is a directory\n"
