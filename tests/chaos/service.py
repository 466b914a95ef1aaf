"""``coldchain serve`` in a process of its own, which can be stopped at a step of its transactions."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tests.brokers import PASSWORD
from tests.chaos.databases import LONGEST_S, await_

SETTINGS = "coldchain.yaml"
TOKEN = "a-token-for-the-gateway"
_TOKEN_VARIABLE = "COLDCHAIN_HTTP_TOKENS_GATEWAY_TOKEN"
ROOT = Path(__file__).resolve().parents[2]


class Service:
    """The service, through all its lives.

    Args:
        folder: Where its settings and its log are.
        code: Where its ``coldchain`` package is: this one's folder, or a changed copy's.
    """

    def __init__(self, folder: Path, code: Path = ROOT) -> None:
        self._folder = folder
        self._code = code
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._said: queue.Queue[str] = queue.Queue()
        self._short = tempfile.mkdtemp(prefix="steps-")  # a socket's path must be short
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(f"{self._short}/s")
        self._listening.listen(1)
        self.life = 0
        self.killed_lives: set[int] = set()

    # ---- its lives

    def start(self) -> None:
        """Start it; returns once it can be told at which step to stop."""
        self.life += 1
        with (self._folder / "service.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.stepping", f"{self._short}/s", "serve", "--config", SETTINGS],
                cwd=self._folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._environment(),
            )  # fmt: skip
        self._listening.settimeout(LONGEST_S)
        self._line, _ = self._listening.accept()
        self._said = queue.Queue()
        threading.Thread(target=self._listen, args=(self._line, self._said), daemon=True).start()

    @property
    def pid(self) -> int | None:
        """Its process while it lives."""
        alive = self._process is not None and self._process.poll() is None
        return self._process.pid if alive and self._process is not None else None

    def revive(self) -> None:
        """What a supervisor does: start it where it has ended."""
        if self.pid is None:
            self._hang_up()
            self.start()

    def kill(self) -> None:
        """``kill -9``."""
        assert self._process is not None
        if self.pid is not None:
            self.killed_lives.add(self.life)
            self._process.kill()
        self._process.wait(LONGEST_S)
        self._hang_up()

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def await_end(self) -> int:
        """Its exit code."""
        assert self._process is not None
        return self._process.wait(LONGEST_S)

    def begin_second(self) -> "subprocess.Popen[str]":
        """Another one, started by mistake on the same settings."""
        return subprocess.Popen(
            [sys.executable, "-m", "coldchain", "serve", "--config", SETTINGS],
            cwd=self._folder, env=self._environment() | {"COLDCHAIN_HTTP_PORT": "0", "COLDCHAIN_MQTT_PORT": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def close(self) -> None:
        """End it, however it is."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait(LONGEST_S)
        self._hang_up()
        self._listening.close()
        Path(f"{self._short}/s").unlink()
        Path(self._short).rmdir()

    def log(self) -> str:
        """What it wrote, in all its lives."""
        return (self._folder / "service.log").read_text()

    # ---- its steps

    def stop_at_step(self, number: int) -> str | None:
        """Let it come to its ``number``-th step from now and stand still there.

        Returns:
            What it was about to do; ``None`` where it ended by itself instead.
        """
        assert self._line is not None
        with contextlib.suppress(OSError):
            self._line.sendall(f"arm {number}\n".encode())
        while said := self._said.get(timeout=LONGEST_S):
            if said.startswith("at "):
                return said.removeprefix("at ")
        self.await_end()
        return None

    def go_on(self) -> None:
        """Let it go on from where it stands; nothing happens where it was killed there."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.sendall(b"go\n")

    def await_answer(self, port: int) -> None:
        """Until it takes connections on a port, or has ended."""

        def answers() -> bool:
            if self.pid is None:
                return True
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    return True
            except OSError:
                return False

        await_("the way in takes connections", answers)

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("COLDCHAIN_")}
        path = os.pathsep.join([str(self._code), str(ROOT)])
        return {**own, "PYTHONPATH": path, "COLDCHAIN_MQTT_PASSWORD": PASSWORD, _TOKEN_VARIABLE: TOKEN}

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    @staticmethod
    def _listen(line: socket.socket, said: "queue.Queue[str]") -> None:
        try:
            with line.makefile("r") as words:
                for word in words:
                    said.put(word.strip())
        except (OSError, ValueError):
            pass
        said.put("")
