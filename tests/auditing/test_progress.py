"""The bar of a long audit: what it says, and that only a terminal sees it."""

import os
import pty
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from coldchain.cli import audit_progress
from coldchain.cli.audit_progress import bar
from coldchain.loggers.files import how_many
from tests.auditing.logger_files import hobo


@pytest.mark.parametrize(
    ("case", "said", "expected"),
    [
        ("half way", bar(500, 1000, 5.0, Counter()),
         "[████████████            ] 500 of 1 000 files · 100/s · 5 s left"),
        ("what was found so far, worst first", bar(1, 2, 1.0, Counter(violated=1, compliant=3, undetermined=2)),
         "[████████████            ] 1 of 2 files · 1/s · 1 s left · 1 violated, 2 undetermined"),
        ("slow files", bar(1, 3, 4.0, Counter()), "[████████                ] 1 of 3 files · 4 s each · 8 s left"),
        ("kept ones are not counted as speed", bar(900, 1000, 2.0, Counter(), 800),
         "[█████████████████████   ] 900 of 1 000 files · 800 kept from before · 50/s · 2 s left"),
        ("all are kept", bar(10, 10, 3.0, Counter(), 10),
         "[████████████████████████] 10 of 10 files · 10 kept from before"),
    ],
)  # fmt: skip
def test_the_bar_says(case: str, said: str, expected: str) -> None:
    assert said == expected, case


def test_files_are_counted_without_being_read(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("a.csv", "deep/b.txt", "deep/er/c.csv", "deep/notes.pdf", ".hidden"):
        (tmp_path / name).write_bytes(b"x")
    assert how_many([str(tmp_path)]) == 3
    assert how_many([str(tmp_path / "deep" / "*.txt"), str(tmp_path / "nowhere")]) == 2


def test_a_terminal_sees_it_and_a_file_does_not(tmp_path: Path, rules: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.csv").write_bytes(hobo("5x9"))
    program = (
        "import sys; from coldchain.cli import audit_progress, main;"
        "audit_progress._SILENT_S = audit_progress._EVERY_S = -1.0; sys.exit(main.main())"
    )
    command = [
        sys.executable,
        "-c",
        program,
        "audit",
        "0.csv",
        "1.csv",
        "2.csv",
        "--product",
        "box",
        "--rules",
        "rules",
    ]
    ours, theirs = pty.openpty()
    run = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, timeout=180, check=False)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert run.returncode == 0
    assert "3 of 3 files" in shown
    assert shown.endswith("\x1b[2K")  # it leaves nothing behind
    quiet = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=180, check=False)
    assert quiet.stderr == b""
    assert quiet.stdout == run.stdout


def test_it_is_silent_for_two_seconds() -> None:
    assert audit_progress._SILENT_S == 2
