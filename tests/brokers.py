"""A real Mosquitto for tests: on a free port of this machine, with the configuration that we ship."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.ports import free_port

SHIPPED = Path(__file__).resolve().parents[1] / "deploy" / "mosquitto"

USER, PASSWORD = "coldchain", "a password for tests"
"""The service's account, which may read and write everything."""
SENSORS = "sensors"
"""The sensors' account, with the same password."""


def require_mosquitto() -> str:
    """The program's path; skips without it, and fails where everything has to be there (``CI=true``)."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = "Mosquitto is not installed (apt-get install mosquitto)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Mosquitto:
    """A broker that can be stopped, killed and started again with what it kept.

    Args:
        folder: Where its configuration, its data and its log go.
        port: Where it listens; a free port without one.
        listener: What else its listener is told, such as its certificate.
    """

    def __init__(self, folder: Path, port: int | None = None, listener: Sequence[str] = ()) -> None:
        self._program = require_mosquitto()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port or free_port()
        self._lay_out(listener)

    def start(self) -> "Mosquitto":
        """Start it and wait until it takes connections."""
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(SHIPPED / "mosquitto.conf")],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + 120
        while not self._listens():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, "Mosquitto did not start to listen"
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """Ask it to end, as a system does; it writes what it keeps."""
        self._end(lambda process: process.terminate())

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._end(lambda process: process.kill())

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    def log(self) -> str:
        """What it wrote."""
        return (self._folder / "mosquitto.log").read_text()

    def data(self) -> Path:
        """The file in which it keeps sessions and messages."""
        return self._folder / "data" / "mosquitto.db"

    def _end(self, how: "Callable[[subprocess.Popen[bytes]], None]") -> None:
        if self._process is not None:
            how(self._process)
            self._process.wait(120)
            self._process = None

    def _listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def _lay_out(self, listener: Sequence[str]) -> None:
        """What the shipped configuration expects beside it: a place to write, accounts, rights, where to listen."""
        for name in ("data", "secrets", "listeners"):
            (self._folder / name).mkdir(exist_ok=True)
        shutil.copy(SHIPPED / "acl", self._folder / "acl")
        passwords = self._folder / "secrets" / "passwords"
        passwords.touch(mode=0o600)
        for user in (USER, SENSORS):
            subprocess.run(["mosquitto_passwd", "-b", str(passwords), user, PASSWORD], check=True, capture_output=True)
        here = self._folder / "listeners" / "here.conf"
        # where tests run as root, Mosquitto would become a user who may not write in their folder
        here.write_text("\n".join(["user root", f"listener {self.port} 127.0.0.1", *listener, ""]))
