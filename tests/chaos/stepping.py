"""``coldchain serve`` that stops at a chosen step of its writing transactions and waits there for what befalls it.

It connects to the campaign's socket; ``arm 37`` makes it stop at the 37th step from then on and say
``at insert reading``; ``go`` lets it go on. A step is the moment before a statement, before a COMMIT, right after one.
``clock 3600000`` sets this machine's clock an hour ahead, as far as the process sees it.
"""

import faulthandler
import importlib
import os
import re
import signal
import socket
import sys
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

_TABLE = re.compile(r"(?:into|update|from|delete from)\s+\"?(\w+)", re.IGNORECASE)


_ASKING = ("apscheduler.schedulers.base", "apscheduler.executors.base", "coldchain.bootstrap.bells")
"""What asks ``datetime`` what time it is; everything else asks ``time``."""


class Clock:
    """The wall clock as this process sees it: this machine's, set by ``by_ms``."""

    def __init__(self) -> None:
        self.by_ms = 0
        self._honest_ns = time.time_ns

    def install(self) -> None:
        """Have everything here that asks what time it is be told this clock's."""
        outer = self

        class Set(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.now(tz) + timedelta(milliseconds=outer.by_ms)

        time.time_ns = self._now_ns
        time.time = lambda: self._now_ns() / 1e9
        for name in _ASKING:
            importlib.import_module(name).datetime = Set  # type: ignore[attr-defined]

    def _now_ns(self) -> int:
        return self._honest_ns() + self.by_ms * 1_000_000


clock = Clock()


class Steps:
    """Counts steps down and waits at the last one; a campaign that hangs up is waited for no more."""

    def __init__(self, address: str) -> None:
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(address)
        self._lock = threading.Lock()
        self._left = 0
        self._go = threading.Event()
        threading.Thread(target=self._listen, name="steps", daemon=True).start()

    def step(self, name: str) -> None:
        """One step; at the armed one, wait."""
        with self._lock:
            self._left -= 1
            if self._left != 0:
                return
        self._go.clear()
        self._line.sendall(f"at {name}\n".encode())
        self._go.wait()

    def _listen(self) -> None:
        with self._line.makefile("r") as words:
            for line in words:
                word, _, number = line.strip().partition(" ")
                if word == "clock":
                    clock.by_ms = int(number)
                elif word == "arm":
                    with self._lock:
                        self._left = int(number)
                    self._line.sendall(b"armed\n")
                else:
                    self._go.set()
        self._left = 0
        self._go.set()


def step_name(statement: str) -> str:
    """``insert reading``, ``select excursion``; what takes the writer's turn is ``lock``."""
    words = statement.lstrip().split(None, 1)[0].lower()
    table = _TABLE.search(statement)
    return f"{words} {table.group(1)}" if table else "lock" if "lock" in statement else words


def install(steps: Steps) -> None:
    """Have every writing transaction of this process count its steps."""
    committing = threading.local()
    commit = DefaultDialect.do_commit

    def writes(connection: Connection) -> bool:
        return bool(connection.get_execution_options().get("coldchain_writes", False))

    @event.listens_for(Engine, "before_cursor_execute")
    def _(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if writes(connection):
            steps.step(step_name(statement))

    @event.listens_for(Engine, "commit")
    def _(connection: Connection) -> None:
        committing.now = writes(connection)
        if committing.now:
            steps.step("commit")

    def do_commit(dialect: DefaultDialect, connection: Any) -> None:
        commit(dialect, connection)  # type: ignore[no-untyped-call]
        if getattr(committing, "now", False):
            committing.now = False
            steps.step("committed")

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]


def serve(folder: str, settings: str, variables: dict[str, str], address: str | None, log: str) -> None:
    """A whole ``coldchain serve`` in this process, which was made for it; ends with its exit code.

    Args:
        folder: Where it runs.
        settings: Its file.
        variables: Its own environment variables.
        address: Where the campaign tells it at which step to stop; ``None`` to let it run.
        log: Where its output goes.
    """
    faulthandler.register(signal.SIGUSR1)
    os.chdir(folder)
    os.environ.update(variables)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(written, stream)
    if address is not None:
        clock.install()
        install(Steps(address))
    from coldchain.cli.main import main

    sys.exit(main(["serve", "--config", settings]))
