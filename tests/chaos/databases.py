"""The two databases as a campaign sees them: killed, stopped, locked, and looked at past the service."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from tests.chaos.disk import Disk
from tests.ports import free_port
from tests.postgres import find_programs

LONGEST_S = float(os.environ.get("CHAOS_LONGEST_S", "180"))
"""Longer than anything takes on a busy machine; a round that waits so long waits in vain, and fails."""


def await_(what: str, happened: Callable[[], object]) -> None:
    """Wait for what must happen; fails where it does not, and says what it was."""
    deadline = time.monotonic() + LONGEST_S
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


class Database(Protocol):
    """What a round needs of either."""

    name: str
    url: str

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Ask it past the service, by another connection."""


class Sqlite:
    """A file on the small disk."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.file = folder / "record.db"
        self.url = f"sqlite:///{self.file}"

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=60)) as connection:
            return [tuple(row) for row in connection.execute(question)]

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else can write while the block runs."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=LONGEST_S, isolation_level=None)) as connection:
            connection.execute("begin immediate")
            yield
            connection.execute("rollback")


class Cluster:
    """A PostgreSQL on the small disk, listening on a port, so that its network can be cut."""

    def __init__(self, disk: Disk) -> None:
        found = find_programs()
        assert found is not None, "PostgreSQL is not installed"
        self._programs = found
        self.data = disk.folder / "postgres"
        self._log = disk.folder.with_name(disk.folder.name + ".log")  # a full disk must not silence it
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._user: Any = "postgres" if os.geteuid() == 0 else None
        self.data.mkdir(mode=0o700)
        if self._user:
            shutil.chown(self.data, "postgres", "postgres")
        initdb = [str(found / "initdb"), "-D", str(self.data), "-A", "trust", "-E", "UTF8", "-U", "postgres"]
        done = self._run([*initdb, "--no-sync", "--wal-segsize=1"])
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it and wait until it takes connections; nothing happens where it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
                   "max_wal_size": "8MB", "min_wal_size": "2MB", "max_connections": 40}  # fmt: skip
        command = [str(self._programs / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                user=self._user, group=self._user, extra_groups=[] if self._user else None,
            )  # fmt: skip
        await_("PostgreSQL takes connections", self._answers)

    def stop(self) -> None:
        """As its administrator restarts it: sessions are broken, nothing is lost."""
        assert self._process is not None
        self._end([self._process.pid], signal.SIGINT)

    def kill(self) -> None:
        """All its processes at once."""
        self._end(self._family(), signal.SIGKILL)

    def become_standby(self) -> None:
        """Start it as a standby of nobody: it answers, and can only be read, until it is promoted."""
        self.stop()
        signal_file = self.data / "standby.signal"
        signal_file.touch()
        if self._user:
            shutil.chown(signal_file, self._user, self._user)
        self.start()

    def promote(self) -> None:
        """Make it the one that is written to, as whoever fails over does."""
        self._ask("postgres", "select pg_promote(true, 120)")

    def freeze(self, *, on: bool) -> None:
        """All its processes stand still, or go on."""
        _send(self._family(), signal.SIGSTOP if on else signal.SIGCONT)

    def new_database(self, name: str) -> None:
        """An empty one."""
        self._ask("postgres", f"create database {name}")

    def drop(self, name: str) -> None:
        """Gone, whoever is connected."""
        self._ask("postgres", f"drop database {name} with (force)")

    def close(self) -> None:
        """End it for good."""
        self.kill()
        self._log.unlink(missing_ok=True)

    def _ask(self, database: str, words: str) -> None:
        import psycopg

        address = f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(words.encode())

    def _family(self) -> list[int]:
        """The postmaster and its children, which are no group: each leads its own."""
        if self._process is None or self._process.poll() is not None:
            return []
        pid = self._process.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def _end(self, family: list[int], how: signal.Signals) -> None:
        if self._process is not None:
            everybody = self._family()
            _send(family, how)
            self._process.wait(LONGEST_S)
            self._process = None
            await_("PostgreSQL ends", lambda: not any(_lives(pid) for pid in everybody))

    def _answers(self) -> bool:
        import psycopg

        assert self._process is not None
        if self._process.poll() is not None:  # the disk is still full, or the last kill's shared memory still there
            self._process = None
            time.sleep(0.1)
            self.start()
            return True
        with contextlib.suppress(psycopg.Error):
            self._ask("postgres", "select 1")
            return True
        return False

    def _run(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd="/", check=False, capture_output=True, text=True, timeout=LONGEST_S,
            user=self._user, group=self._user, extra_groups=[] if self._user else None,
        )  # fmt: skip


class Postgres:
    """One database of a cluster; the service reaches it by ``port``, where a proxy may stand."""

    name = "PostgreSQL"

    def __init__(self, cluster: Cluster, database: str, port: int) -> None:
        self.cluster = cluster
        self.database = database
        self.url = f"postgresql://postgres@127.0.0.1:{port}/{database}"

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        import psycopg

        address = f"host=127.0.0.1 port={self.cluster.port} user=postgres dbname={self.database}"
        with psycopg.connect(address) as connection:
            return connection.execute(question.encode()).fetchall()


def _send(family: list[int], how: signal.Signals) -> None:
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)


def _lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False
