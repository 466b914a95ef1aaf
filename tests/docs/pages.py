"""Documentation pages as what they do: files they show, commands they run and what those print.

A page is followed from top to bottom in an empty folder:

- a ``console`` block is run: each line after ``$ `` is a command, what follows is what it must print (``…`` alone on
  a line stands for any lines, inside a line for any text);
- ``<!-- write: PATH -->`` before a block writes that block to a file, ``<!-- change: PATH: "a" to "b" -->`` edits it.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_PART = re.compile(
    r'^<!-- write: (?P<write>\S+) -->$|^<!-- change: (?P<change>\S+): "(?P<before>.+?)" to "(?P<after>.+?)" -->$'
    r"|^```(?P<language>\w*)\n(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


_COMMAND = re.compile(
    r"\s*(?:\$ )?(?:\w+=\S+ |sudo (?:-u \S+ )?|docker compose run --rm )*(?:\S+/)?coldchain (?P<rest>[^|>&;]*)"
)


@dataclass(frozen=True)
class Write:
    """A file to write."""

    path: str
    text: str


@dataclass(frozen=True)
class Change:
    """A file to edit."""

    path: str
    before: str
    after: str


@dataclass(frozen=True)
class Command:
    """A command to run and what it must print, errors included."""

    line: str
    prints: str


Step = Write | Change | Command


def steps(page: str) -> Iterator[Step]:
    """What a page asks to be done, in its order."""
    target: str | None = None
    for part in _PART.finditer(page):
        if part["write"]:
            target = part["write"]
        elif part["change"]:
            after = part["after"].replace("\\n", "\n")
            yield Change(part["change"], part["before"], after)
        elif target:
            yield Write(target, part["block"])
            target = None
        elif part["language"] == "console":
            for command in re.split(r"^\$ ", part["block"], flags=re.MULTILINE)[1:]:
                line, _, prints = command.partition("\n")
                yield Command(line, prints)


def shown_commands(page: str) -> Iterator[list[str]]:
    """Every `coldchain` command line that a page shows in a block, fenced or indented, as words."""
    blocks = [part["block"] for part in _PART.finditer(page) if part["language"] in ("sh", "console")]
    blocks += re.findall(r"^ {4}coldchain .*$", page, re.MULTILINE)
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        if found := _COMMAND.match(line):
            yield shlex.split(found["rest"], comments=True)


def follow(page: str, folder: Path) -> None:
    """Do what a page asks in a folder; a command that prints something else fails."""
    for step in steps(page):
        match step:
            case Write(path, text):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            case Change(path, before, after):
                text = (folder / path).read_text(encoding="utf-8")
                assert before in text, f"{path} does not hold {before!r}"
                (folder / path).write_text(text.replace(before, after, 1), encoding="utf-8")
            case Command(line, prints):
                printed = run(line, folder)
                assert re.fullmatch(pattern(prints), printed), f"$ {line}\n{printed}\ninstead of\n{prints}"


def run(line: str, folder: Path) -> str:
    """What a command line of a page prints, errors included."""
    program, *words = shlex.split(line)
    if program == "mkdir":
        (folder / words[0]).mkdir()
        return ""
    assert program == "coldchain", f"pages run coldchain and mkdir only, not {program!r}"
    done = subprocess.run(
        [sys.executable, "-m", "coldchain", *words],
        cwd=folder,
        env={"PYTHONPATH": str(DOCS.parent), "PATH": "/usr/bin:/bin", "COLUMNS": "100", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.stdout.decode()


def pattern(prints: str) -> str:
    """A regular expression for what a page shows, with its ``…``."""
    lines = (
        r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
        for line in prints.splitlines()
    )
    return "".join(lines)
