"""``coldchain read --report``: what was read, and no verdict."""

import re
from pathlib import Path

import pytest

from coldchain.cli.main import main
from tests.auditing.logger_files import hobo

DAYS = b"time,Min (\xc2\xb0C),Max (\xc2\xb0C)\n2026-03-14T00:00:00Z,3.0,17.0\n2026-03-15T00:00:00Z,3.5,19.5\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a box.csv").write_bytes(hobo("5 19x3 5"))
    (tmp_path / "days.csv").write_bytes(DAYS)
    (tmp_path / "notes.csv").write_bytes(b"%PDF-1.7")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def page(*words: str, code: int = 0) -> str:
    assert main(["read", *words, "--format", "csv", "--report", "r.html"]) == code
    return Path("r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "begins"), [("r.pdf", b"%PDF"), ("r.html", b"<!doctype html>"), ("R.PDF", b"%PDF")])
def test_it_is_written_beside_what_is_printed_and_always_the_same(
    name: str, begins: bytes, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "a box.csv", "days.csv", "--format", "csv", "--report", name]) == 0
    first = (folder / name).read_bytes()
    assert capsys.readouterr().out.count("\n") == 1 + 5
    main(["read", "a box.csv", "days.csv", "--format", "csv", "--report", name])
    assert (folder / name).read_bytes() == first
    assert first.startswith(begins)


def test_no_word_of_it_is_a_verdict() -> None:
    said = page("a box.csv", "days.csv", "notes.csv", code=2).partition("</style>")[2].lower()
    assert "nothing was judged" in said
    for word in ("violated", "compliant", "undetermined", "verdict</th>", "excursion", "limit", "out of range", "mean"):
        assert word not in said, word
    assert "✘ not read" in said


def test_it_says_what_was_understood_and_why() -> None:
    said = page("a box.csv")
    assert "What was understood, and why" in said
    assert "5 readings" in said
    assert "19.0\u00a0°C" in said
    assert "<svg" in said
    assert "coldchain read &#x27;a box.csv&#x27;</pre>" in said


def test_the_command_at_its_end_spells_out_what_was_declared() -> None:
    said = page("a box.csv", "--from", "2020-01-01T00:00Z", "--to", "2040-01-01T00:00Z", "--unit", "c")
    assert "--unit C --from 2020-01-01T00:00Z --to 2040-01-01T00:00Z</pre>" in said
    assert re.search(r"from 2020-01-01.[0-9:]+ \(declared\) to 2040-01-01.[0-9:]+ \(declared\)", said)


@pytest.mark.parametrize(
    ("name", "said"),
    [("r.csv", "--report writes FILE.pdf or FILE.html here"), ("nowhere/r.pdf", "there is no folder 'nowhere'")],
)
def test_a_report_that_cannot_be_is_refused_before_anything_is_read(
    name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "a box.csv", "--format", "csv", "--report", name]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
