"""A real PostgreSQL for tests: a cluster of our own in a temporary folder, one database a test.

A test that asks for `postgres_url` gets an empty database, and one that asks for `migrated_url` an empty record, copied
from one that was migrated once. One cluster serves a whole run of one worker. Where PostgreSQL is not
installed the tests skip and say so; with ``CI=true`` that is a failure.
"""

import getpass
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from coldchain.records import Store

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL that listens on a socket in its own folder."""

    programs: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; it refuses to be run by root, so then by its own user."""
        user = "postgres" if os.geteuid() == 0 else None
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, user=user, group=user, extra_groups=[] if user else None, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, f"{program} failed: {done.stderr}"

    @contextmanager
    def database(self, like: str = "template1") -> Iterator[str]:
        """The name of a database of one's own, a copy of another that nobody is connected to; dropped at the end."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._say("CREATE DATABASE {} TEMPLATE {}", name, like)
        try:
            yield name
        finally:
            self._say("DROP DATABASE {} WITH (FORCE)", name)

    def leave_alone(self, database: str) -> None:
        """Wait until nobody is connected any more: only then can it be copied."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 120000) FROM pg_stat_activity WHERE datname = %s", [database]
            )

    def _say(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        return f"postgresql://{user}@/{database}?host={self.folder}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL cluster for the whole session."""
    programs = find_programs()
    if programs is None:
        missing = "PostgreSQL is not installed (apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    folder = Path(tempfile.mkdtemp(prefix="coldchain-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    cluster = Cluster(programs, folder)
    data = str(folder / "data")
    try:
        cluster.run("initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        cluster.run("pg_ctl", "-D", data, "-w", "-t", "300", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield cluster
        finally:
            cluster.run("pg_ctl", "-D", data, "-w", "-t", "300", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """The address of an empty database."""
    with postgres.database() as name:
        yield postgres.url(name)


@pytest.fixture(scope="session")
def migrated(postgres: Cluster) -> Iterator[str]:
    """The name of a database that was migrated and then let alone."""
    with postgres.database() as name:
        store = Store(postgres.url(name))
        store.migrate()
        store.close()
        postgres.leave_alone(name)
        yield name


@pytest.fixture
def migrated_url(postgres: Cluster, migrated: str) -> Iterator[str]:
    """The address of an empty record."""
    with postgres.database(like=migrated) as name:
        yield postgres.url(name)


def find_programs() -> Path | None:
    """Where PostgreSQL's programs are, or ``None``."""
    found: Sequence[Path] = sorted(
        (path for place in _PLACES for path in Path("/").glob(place.lstrip("/")) if (path / "initdb").exists()),
        key=lambda path: path.as_posix(),
    )
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None
