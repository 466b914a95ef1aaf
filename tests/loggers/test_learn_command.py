"""`coldchain read --learn` as a user runs it: by options, on a terminal, and what it refuses to keep."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coldchain.cli.main import main
from tests.loggers.test_learned import ACME, FILE
from tests.loggers.writing import logtag

SAID = ("--name", "acme", "--temperature", "2=C", "--temperature", "3=f", "--event-column", "4", "--tz", "UTC")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the file to learn from, the one that commands run in."""
    (tmp_path / "acme.txt").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def coldchain(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def test_options_make_a_layout_that_read_and_audit_use(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = coldchain("read", "--learn", "acme.txt", *SAID, "--date-order", "DMY", capsys=capsys)
    assert (code, "Fühler B (°F): 3 readings" in err) == (0, True)
    assert out.startswith("acme.yaml: read such files with --layout acme.yaml")
    code, out, _ = coldchain("read", "acme.txt", "--layout", "acme.yaml", "--format", "json", capsys=capsys)
    assert '"format": "layout:acme"' in out
    code, out, _ = coldchain(
        "audit", "acme.txt", "--layout", str(here), "--product", "lemtrada", "--format", "json", capsys=capsys
    )
    assert '"verdict"' in out
    again = coldchain("read", "--learn", "acme.txt", *SAID, "--date-order", "DMY", capsys=capsys)
    assert (again[0], "is there already" in again[2]) == (2, True)


def test_the_folder_of_the_environment_is_at_hand_and_a_name_chooses(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = here / "layouts"
    folder.mkdir()
    (folder / "acme.yaml").write_text(ACME, encoding="utf-8")
    (folder / "other.yaml").write_text(ACME.replace("name: acme", "name: other").replace("C}", "K}"), encoding="utf-8")
    monkeypatch.setenv("COLDCHAIN_LAYOUTS", str(folder))
    code, _, err = coldchain("read", "acme.txt", capsys=capsys)
    assert (code, "the layouts acme, other all fit this file" in err) == (2, True)
    assert coldchain("read", "acme.txt", "--layout", "acme", capsys=capsys)[0] == 1  # a missing value is a finding
    assert "no layout at hand has this name" in coldchain("read", "acme.txt", "--layout", "acne", capsys=capsys)[2]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("acme.txt",), "say --temperature: the file does not show it for certain"),
        (("acme.txt", "--temperature", "2=C", "--tz", "UTC"), "say --name"),
        (("acme.txt", *SAID), "can be 2026-03-01 (DMY) or 2026-01-03 (MDY)"),
        (("acme.txt", *SAID, "--heading-line", "40", "--time-column", "1"), "there is no line 40"),
        (("acme.txt", *SAID, "--temperature", "two"), "write a column's number"),
        (("acme.txt", "acme.txt", *SAID), "--learn takes one file, not 2"),
        (("logtag.txt", *SAID), "logtag.txt is a logtag export and needs no layout"),
        (("odd.txt", *SAID, "--date-order", "DMY"), "it does not explain every row"),
    ],
)
def test_what_is_missing_or_wrong_is_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    (here / "logtag.txt").write_text(logtag(["17,9", "15,5"]), encoding="utf-8")
    (here / "odd.txt").write_text(FILE + "01.03.2026 10:15 | warm | 39,2 |\n", encoding="utf-8")
    code, _, err = coldchain("read", "--learn", *words, capsys=capsys)
    assert (code, says in err) == (2, True), err
    assert not (here / "acme.yaml").exists()


def test_rows_without_an_explanation_are_named_and_kept_only_on_demand(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "odd.txt").write_text(FILE + "01.03.2026 10:15 | warm | 39,2 |\n", encoding="utf-8")
    words = ("read", "--learn", "odd.txt", *SAID, "--date-order", "DMY", "--keep-unexplained", "--save", "-")
    code, out, err = coldchain(*words, capsys=capsys)
    assert code == 1
    assert "line 8: '01.03.2026 10:15 | warm | 39,2 |' is not explained: it states no number" in err
    assert out.startswith("schema: coldchain.layout/1\nname: acme\n")


def test_a_terminal_is_asked_exactly_what_neither_the_options_nor_the_file_say(here: Path) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    answers = ["", "", "1", "2=C, 3=F", "acme", "ACME monitor", "DMY", "Europe/Berlin"]
    command = [sys.executable, "-m", "coldchain", "read", "--learn", "acme.txt", "--event-column", "4"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COLDCHAIN")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=here, env=environment, text=True
    ) as asking:
        os.write(ours, ("\n".join(answers) + "\n").encode())
        out, err = asking.communicate(timeout=300)
    os.close(ours)
    os.close(theirs)
    assert asking.returncode == 0, out + err
    assert "   3  Wann | Fühler A | Fühler B | Bem" in out
    assert "What parts the cells (comma, semicolon, tab, pipe) [pipe]" in out
    assert "Which line is the heading (0: none) [3]" in out
    kept = (here / "acme.yaml").read_text(encoding="utf-8")
    assert 'zone: "Europe/Berlin"' in kept
    assert "date_order: DMY" in kept
