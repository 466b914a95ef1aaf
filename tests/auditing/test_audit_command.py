"""``coldchain audit`` as scripts and people use it."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from coldchain.cli.main import main
from tests.auditing.logger_files import hobo

GOOD, BAD, OPEN = hobo("5x9"), hobo("5 9x3 5"), hobo("5 _x8 5")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: Path) -> Path:
    """The current folder: logs/ with three files, and rules/ beside it."""
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a-good.csv").write_bytes(GOOD)
    (logs / "b-bad.csv").write_bytes(BAD)
    (logs / "c-open.csv").write_bytes(OPEN)
    (tmp_path / "broken.csv").write_bytes(b"%PDF-1.7 not a log")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def audit(*words: str) -> int:
    return main(["audit", *words, "--product", "box", "--rules", "rules"])


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["logs/a-good.csv"], 0),
        (["logs/b-bad.csv"], 1),
        (["logs/c-open.csv"], 3),
        (["logs/a-good.csv", "logs/c-open.csv"], 3),
        (["logs"], 1),
        (["broken.csv"], 2),
        (["broken.csv", "logs"], 2),
        (["nowhere.csv"], 2),
    ],
)
def test_the_exit_code_says_how_it_went(
    paths: list[str], code: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(*paths) == code


def test_a_refused_file_is_one_sentence_and_the_others_are_judged(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit("broken.csv", "logs/b-bad.csv", "--format", "json") == 2
    printed = capsys.readouterr()
    first, second = (json.loads(line) for line in printed.out.splitlines())
    assert first["error"]["code"] == "unknown-format"
    assert second["verdict"] == "violated"
    assert printed.err.startswith("coldchain: broken.csv: ")
    assert printed.err.count("\n") == 1


def test_the_text_begins_with_the_verdict_then_excursions_then_what_it_rests_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit("logs/b-bad.csv")
    out = capsys.readouterr().out
    assert out.startswith("◆ VIOLATED  logs/b-bad.csv · Temp\n  Above 8 °C for at least 30 min.\n")
    assert "at least 30 min, at most 1 h (estimate 45 min)" in out
    order = ["Excursions", "Limits", "What the verdict rests on", "Coverage", "Time zone", "Product file", "Statistics"]
    places = [out.index(word) for word in order]
    assert places == sorted(places)
    assert "Summary" not in out
    assert "\x1b" not in out


def test_several_files_end_with_a_summary_worst_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit("logs")
    summary = capsys.readouterr().out.partition("Summary of 3")[2]
    names = [line.split()[2] for line in summary.splitlines() if line.startswith(("  ◆", "  ◇", "  ●"))]
    assert names == ["logs/b-bad.csv", "logs/c-open.csv", "logs/a-good.csv"]
    assert summary.endswith("  1 violated, 1 undetermined, 1 compliant\n")


def test_a_zip_is_opened_and_its_members_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(folder / "logs.zip", "w") as archive:
        archive.writestr("day/a.csv", GOOD)
        archive.writestr("day/b.csv", BAD)
    assert audit("logs.zip", "--format", "json") == 1
    names = [json.loads(line)["file"]["name"] for line in capsys.readouterr().out.splitlines()]
    assert names == ["logs.zip/day/a.csv", "logs.zip/day/b.csv"]


def test_a_dash_is_standard_input(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD)))
    assert audit("-", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["file"]["name"] == "standard input"


def test_several_processes_print_the_same_in_the_same_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes, outputs = [], []
    for jobs in ("1", "2"):
        codes.append(audit("broken.csv", "logs", "nowhere.csv", "logs/a-good.csv", "--format", "json", "--jobs", jobs))
        outputs.append(capsys.readouterr())
    assert codes == [2, 2]
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_twice_the_same_command_prints_the_same_bytes(
    form: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit("logs", "--format", form)
    first = capsys.readouterr().out
    audit("logs", "--format", form)
    assert capsys.readouterr().out == first


def test_csv_is_a_table_with_one_head(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit("logs", "--format", "csv")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("file,sha256,format,channel")
    assert len(lines) == 1 + 3 * 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--max-gap", "20"], "--max-gap: write a duration with its unit"),
        (["--max-gap", "0 min"], "--max-gap must be longer than nothing"),
        (["--uncertainty", "half"], "--uncertainty: 'half' is not a number"),
        (["--uncertainty", "-1"], "--uncertainty must lie between 0 and 100 °C"),
        (["--from", "yesterday"], "--from: 'yesterday' is no time"),
        (["--from", "2026-03-14"], "--from: '2026-03-14' has no time of day"),
        (["--from", "2026-03-14T08:00"], "has no time zone"),
        (["--from", "2026-03-14T09:00Z", "--to", "2026-03-14T08:00Z"], "--to must lie after --from"),
        (["--to", "2026-10-25T02:30", "--tz", "Europe/Berlin"], "stands twice or never"),
        (["--stage", "diluted"], "box has no stage 'diluted'; it has: strict, patient"),
        (["--report", "report.docx"], "--report writes FILE.pdf, .html, .csv, .json or .epcis.json"),
        (["--report", "nowhere/report.pdf"], "there is no folder 'nowhere'"),
        (["--jobs", "0"], "--jobs needs a number from 1 up"),
    ],
)
def test_wrong_usage_is_one_sentence_that_says_what_to_do(
    words: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit("logs", *words) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.startswith("coldchain: ")
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_an_unknown_product_names_the_nearest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "logs", "--product", "lemtrade"]) == 2
    assert "lemtrada" in capsys.readouterr().err


def test_an_empty_folder_is_said_to_be_empty(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "empty").mkdir()
    assert audit("empty") == 2
    assert capsys.readouterr().err == "coldchain: there is no file in empty\n"


def test_a_declared_zone_reads_a_time_without_offset(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--from", "2026-03-14T09:30", "--to", "2026-03-14T10:00", "--tz", "+01:00", "--format", "json"]
    assert audit("logs/a-good.csv", *words) == 0
    period = json.loads(capsys.readouterr().out)["period"]
    assert (period["from"], period["to"]) == ("2026-03-14T08:30:00.000Z", "2026-03-14T09:00:00.000Z")


def test_a_name_that_would_steer_the_terminal_is_shown_harmless(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "red\x1b[31m.csv").write_bytes(GOOD)
    (folder / "evil\x1b]0;x.csv").write_bytes(b"%PDF-1.7")
    audit("red\x1b[31m.csv", "evil\x1b]0;x.csv")
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_name_that_is_no_text_at_all_is_shown_all_the_same(form: str, folder: Path) -> None:
    name = os.fsencode(str(folder / "box-")) + b"\xff.csv"
    Path(os.fsdecode(name)).write_bytes(GOOD)
    root = Path(__file__).parents[2]
    words = ["--product", "box", "--rules", "rules", "--format", form, "--report", "r.html"]
    done = subprocess.run(
        [sys.executable, "-m", "coldchain", "audit", os.fsdecode(name), *words],
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(root)},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    if form == "json":
        assert json.loads(done.stdout)["file"]["name"].startswith(str(folder))


def test_an_audit_of_a_small_file_loads_nothing_heavy(folder: Path) -> None:
    heavy = ["pandas", "sqlalchemy", "fastapi", "plotly", "typst", "pydantic", "asyncio", "alembic", "paho"]
    program = (
        "import sys; from coldchain.cli.main import main; "
        "main(['audit', 'logs/b-bad.csv', '--product', 'box', '--rules', 'rules']); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(root)}
    )
    assert done.stderr == "[]\n"
