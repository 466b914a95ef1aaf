"""The real ``coldchain serve`` as a child process, and what tests do with it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

LONGEST_S = 300.0


def eventually(look: Callable[[], T | None], what: str, longest_s: float = LONGEST_S) -> T:
    """What ``look`` finds, as soon as it finds it; fails where it does not in time."""
    deadline = time.monotonic() + longest_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {longest_s:.0f} s: {what}"
        time.sleep(0.05)
    return found


def environment(**more: str) -> dict[str, str]:
    """The environment of this process, without any settings of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COLDCHAIN_")}
    return {**own, "PYTHONWARNINGS": "error", **more}


def command(folder: Path, *words: str, stdin: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
    """One `coldchain` command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "coldchain", *words],
        cwd=folder,
        env=environment(**variables),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


class Service:
    """`coldchain serve` in a folder with a ``coldchain.yaml``."""

    def __init__(self, folder: Path, settings: str, **variables: str) -> None:
        self.folder = folder
        (folder / "coldchain.yaml").write_text(settings, encoding="utf-8")
        self._out = (folder / "out").open("w+")
        self._err = (folder / "err").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coldchain", "serve"],
            cwd=folder,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._err,
        )

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LONGEST_S)
        self._out.close()
        self._err.close()

    @property
    def said(self) -> str:
        """Its standard output so far."""
        return (self.folder / "out").read_text()

    @property
    def complained(self) -> str:
        """Its standard error so far."""
        return (self.folder / "err").read_text()

    @property
    def address(self) -> str:
        """Where its pages are; waits until they are there."""

        def look() -> str | None:
            assert self.process.poll() is None, self.complained
            line = next((line for line in self.said.splitlines() if "pages on " in line), None)
            return line.rpartition(" ")[2] if line else None

        return eventually(look, "the service says where its pages are")

    def health(self) -> dict[str, Any]:
        """What ``/healthz`` says, with its status."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=120) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, body = error.code, error.read()
        return {"status": status, **json.loads(body)}

    def metric(self, line: str) -> float:
        """A number of ``/metrics``, by what stands before it."""
        with urllib.request.urlopen(f"{self.address}/metrics", timeout=120) as answer:
            text = answer.read().decode()
        return float(next((one.rpartition(" ")[2] for one in text.splitlines() if one.startswith(line + " ")), "0"))

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(LONGEST_S)
