"""A real PostgreSQL for tests: a cluster of our own in a temporary folder, one empty database a test.

Import the fixtures in a ``conftest.py``: ``from tests.postgres import postgres, postgres_url``. Where PostgreSQL is not
installed the tests skip and say so; with ``CI=true`` that is a failure.
"""

import getpass
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

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
    name = f"test_{uuid.uuid4().hex[:12]}"
    postgres.run("createdb", "-h", str(postgres.folder), name)
    yield postgres.url(name)
    postgres.run("dropdb", "-h", str(postgres.folder), "--force", name)


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
