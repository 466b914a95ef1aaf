"""Every test that asks for `store` runs on SQLite in memory, on a SQLite file, and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coldchain.records import Store
from tests.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url", "store"]


@pytest.fixture(params=["memory", "file", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty record, migrated."""
    match request.param:
        case "memory":
            url = "sqlite://"
        case "file":
            url = f"sqlite:///{tmp_path / 'coldchain.db'}"
        case _:
            url = request.getfixturevalue("postgres_url")
    made = Store(url)
    made.migrate()
    yield made
    made.close()
