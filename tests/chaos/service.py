"""``coldchain serve`` in a process of its own, which can be stopped at a step of its transactions.

The processes are forked from one that has imported everything already: a life then begins in a fraction of the time.
"""

import contextlib
import multiprocessing
import queue
import socket
import tempfile
import threading
import urllib.error
import urllib.request
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.brokers import PASSWORD
from tests.chaos import stepping
from tests.chaos.databases import LONGEST_S, await_

SETTINGS = "coldchain.yaml"
TOKEN = "a-token-for-the-gateway"
_TOKEN_VARIABLE = "COLDCHAIN_HTTP_TOKENS_GATEWAY_TOKEN"
_IMPORTED = ["coldchain.bootstrap", "coldchain.cli.serve", "paho.mqtt.client", "psycopg", "tests.chaos.stepping"]


def ended(process: ForkServerProcess) -> int:
    """The exit code of a process that must end."""
    process.join(LONGEST_S)
    assert process.exitcode is not None, "the service does not end"
    return process.exitcode


class Service:
    """The service, through all its lives.

    Args:
        folder: Where its settings and its log are.

    Attributes:
        life: Which one it is, from 1 on.
        cut_off: Those that ended otherwise than by being asked to.
        taken_over: Those in which another service took the place of this one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._forking = multiprocessing.get_context("forkserver")
        self._forking.set_forkserver_preload(_IMPORTED)
        self._process: ForkServerProcess | None = None
        self._line: socket.socket | None = None
        self._said: queue.Queue[str] = queue.Queue()
        self._short = tempfile.mkdtemp(prefix="steps-")  # a socket's path must be short
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(f"{self._short}/s")
        self._listening.listen(1)
        self.life = 0
        self.cut_off: set[int] = set()
        self.taken_over: set[int] = set()

    # ---- its lives

    def start(self) -> None:
        """Start it; returns once it can be told at which step to stop."""
        self.life += 1
        self._process = self._begun(f"{self._short}/s", "service.log")
        self._listening.settimeout(LONGEST_S)
        self._line, _ = self._listening.accept()
        self._said = queue.Queue()
        threading.Thread(target=self._listen, args=(self._line, self._said), daemon=True).start()

    @property
    def pid(self) -> int | None:
        """Its process while it lives."""
        return self._process.pid if self._process is not None and self._process.exitcode is None else None

    def revive(self) -> None:
        """What a supervisor does: start it where it has ended."""
        if self.pid is None:
            if self._process is not None and self._process.exitcode:
                self.cut_off.add(self.life)
            self._hang_up()
            self.start()

    def alive(self) -> bool:
        """Whether it runs; started anew where it did not."""
        alive = self.pid is not None
        self.revive()
        return alive

    def kill(self) -> None:
        """``kill -9``."""
        assert self._process is not None
        if self.pid is not None:
            self.cut_off.add(self.life)
            self._process.kill()
        self._process.join(LONGEST_S)
        self._hang_up()

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        assert self._process is not None
        self._process.terminate()

    def await_end(self) -> int:
        """Its exit code."""
        assert self._process is not None
        return ended(self._process)

    def begin_second(self) -> ForkServerProcess:
        """Another one, started by mistake on the same settings; what it says is in ``second.log``."""
        self.log_of_second().unlink(missing_ok=True)
        return self._begun(None, "second.log", COLDCHAIN_HTTP_PORT="0", COLDCHAIN_MQTT_PORT="1")

    def log_of_second(self) -> Path:
        """What the last other one wrote."""
        return self._folder / "second.log"

    def _begun(self, address: str | None, log: str, **variables: str) -> ForkServerProcess:
        own = {"COLDCHAIN_MQTT_PASSWORD": PASSWORD, _TOKEN_VARIABLE: TOKEN, **variables}
        process = self._forking.Process(
            target=stepping.serve, args=(str(self._folder), SETTINGS, own, address, log), daemon=True
        )
        process.start()
        return process

    def close(self) -> None:
        """End it, however it is."""
        if self._process is not None:
            self._process.kill()
            self._process.join(LONGEST_S)
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

    def set_clock(self, by_ms: int) -> None:
        """Set the clock that it sees, so far from the right time."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.sendall(f"clock {by_ms}\n".encode())

    def go_on(self) -> None:
        """Let it go on from where it stands; nothing happens where it was killed there."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.sendall(b"go\n")

    def await_pages(self, port: int) -> None:
        """Until its pages answer, the last thing that it starts; or until it has ended."""

        def answers() -> bool:
            if self.pid is None:
                return True
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10):
                    return True
            except urllib.error.HTTPError as error:  # it runs, and something is not well yet
                error.close()
                return True
            except OSError:
                return False

        await_("the pages answer", answers)

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
