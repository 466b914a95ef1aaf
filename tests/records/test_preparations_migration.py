"""The migration that lets an alert be a preparation's keeps every alert, delivery and acknowledgement."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from coldchain.records import schema

BEFORE = """
insert into account (id, name, full_name, role, password_hash, created_ms) values (1, 'n', 'N', 'nurse', 'h', 1);
insert into sensor (id, name, channel, created_ms, power_up, uncertainty_milli_c) values (1, 's', '', 1, false, 0);
insert into location (id, name, title, area) values (1, 'w', 'W', '');
insert into placement (id, sensor_id, location_id, from_ms, uncertainty_milli_c) values (7, 1, 1, 1, 0);
insert into alert (id, kind, location_id, sensor_id, placement_id, since_ms, raised_ms, late, body)
  values ('a', 'no-data', 1, 1, 7, 1, 2, false, '{"x": 1}');
insert into outbox (id, alert_id, channel, target, due_ms, attempts, state)
  values (5, 'a', 'smtp', 'p', 3, 1, 'pending');
insert into delivery_attempt (id, outbox_id, at_ms, outcome, detail) values (6, 5, 4, 'retry', 'no answer');
insert into acknowledgement (id, alert_id, account_id, at_ms, comment) values (8, 'a', 1, 5, 'seen');
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """A record of the version before, with an alert that was told and acknowledged."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'older.db'}")
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url)
    with engine.connect() as connection:
        if request.param == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        _to(connection, "0002")
        for statement in BEFORE.split(";\n"):
            if statement.strip():
                connection.execute(text(_plain(statement)))
        connection.commit()
        yield connection
    engine.dispose()


def test_nothing_is_lost(older: Connection) -> None:
    before = _all(older)
    _to(older, "0003")
    assert _all(older) == before
    older.execute(
        text(
            "insert into alert (id, kind, location_id, since_ms, raised_ms, late, body) "
            "values ('b', 'deadline', 1, 1, 2, false, '{}')"
        )
    )


def _plain(statement: str) -> str:
    return statement.replace(": ", "\\: ")


def _to(connection: Connection, revision: str) -> None:
    config = schema._config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.commit()


def _all(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    names = {
        "alert": "id, kind, location_id, sensor_id, placement_id, since_ms, raised_ms, late",
        "outbox": "id, alert_id, channel, target, due_ms, attempts, state",
        "delivery_attempt": "id, outbox_id, at_ms, outcome, detail",
        "acknowledgement": "id, alert_id, account_id, at_ms, comment",
    }
    found = {table: connection.execute(text(f"select {names[table]} from {table}")).all() for table in names}  # noqa: S608
    return {table: [tuple(row) for row in rows] for table, rows in found.items()}
