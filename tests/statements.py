"""Statements are compiled once a process, as in a service that runs, and not once for every test's record.

SQLAlchemy keeps what it compiled for as long as there is the engine; every test has a new one, and would spend a good
part of its time on compiling what the one before it had compiled.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event


class _OfTheDialect(dict[Any, Any]):
    """What was compiled, by the dialect's name and the statement: every engine has a dialect object of its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_named(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_named(key), compiled)


def _named(key: Any) -> Any:
    dialect, *statement = key
    return dialect.name, *statement


_compiled = _OfTheDialect()


@event.listens_for(Engine, "engine_connect")
def _share(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)
