"""Bringing a database to the tables of this program, step by step (Alembic), and telling whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from coldchain.errors import StoreUnusable


def upgrade(connection: Connection, address: str) -> None:
    """Run the migrations that this database has not had, in the transaction of the connection.

    Raises:
        StoreUnusable: It was made by a newer program, or holds somebody else's tables.
    """
    current = _current(connection, address)
    if current is None and set(inspect(connection).get_table_names()) & {"reading", "sensor", "excursion"}:
        raise StoreUnusable(f"the database {address} holds tables that are not this program's; choose another one")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def check(connection: Connection, address: str) -> None:
    """Raise `StoreUnusable` unless the database has exactly the tables this program needs."""
    current = _current(connection, address)
    if current is None:
        raise StoreUnusable(f"the database {address} has no tables of this program: start 'coldchain serve' once")
    if current != newest():
        raise StoreUnusable(
            f"the database {address} is of an older version ({current}): start 'coldchain serve' once to bring it up"
        )


def newest() -> str:
    """The name of the newest migration."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _current(connection: Connection, address: str) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise StoreUnusable(f"the database {address} is of a newer version ({current}): use that program, or upgrade")
    return current


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
