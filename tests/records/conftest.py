"""Every test that asks for `store` runs on SQLite in memory, on a SQLite file, and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coldchain.records import Store
from tests.empty import empty_store


@pytest.fixture(params=["memory", "file", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty record."""
    match request.param:
        case "memory":
            made = empty_store()
        case "file":
            made = empty_store(tmp_path / "coldchain.db")
        case _:
            made = Store(request.getfixturevalue("migrated_url"))
    yield made
    made.close()
