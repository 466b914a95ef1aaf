"""The migration to memories by unit carries over what the judge remembered, and has judged anew what does not fit."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.limits import Predicate, limit
from coldchain.domain.progress import Progress, advance, begin
from coldchain.domain.reading import Trace
from coldchain.records import schema

BEFORE = """
insert into sensor (id, name, channel, created_ms, power_up, uncertainty_milli_c) values (1, 's', '', 1, false, 0);
insert into location (id, name, title, area) values (1, 'w', 'W', '');
insert into placement (id, sensor_id, location_id, from_ms, uncertainty_milli_c) values (7, 1, 1, 1, 0);
insert into placement (id, sensor_id, location_id, from_ms, uncertainty_milli_c) values (8, 1, 1, 1, 0);
insert into assignment (id, location_id, product_id, stage, version, sha256, product_file, from_ms)
  values (3, 1, 'p', 's', 1, 'x', 'y', 1);
insert into reading (measured_ms, sensor_id, milli_c, received_ms, source_id, position, flags, copies)
  values (60000, 1, 5000, 60001, 1, 0, 0, 1);
"""

ABOVE, BELOW = limit(Predicate.ABOVE, 8000), limit(Predicate.BELOW, 2000)

OLD = [
    (7, ABOVE.id, 60_000), (7, BELOW.id, 60_000), (7, ABOVE.id, 120_000), (7, BELOW.id, 120_000),
    (8, ABOVE.id, 60_000), (8, BELOW.id, 120_000),
]  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """A record of the version before, with memories of two units; one of the second unit's is missing."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'older.db'}")
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url)
    with engine.connect() as connection:
        _to(connection, "0007")
        for statement in BEFORE.split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
        for placement, name, through_ms in OLD:
            connection.execute(
                text("insert into judging (assignment_id, placement_id, limit_id, through_ms, state) "
                     "values (3, :placement, :name, :through, :state)"),
                {"placement": placement, "name": name, "through": through_ms, "state": json.dumps(_state(through_ms))},
            )  # fmt: skip
        connection.commit()
        yield connection
    engine.dispose()


def test_memories_are_joined_by_unit_and_the_rest_is_judged_anew(older: Connection) -> None:
    _to(older, "0008")
    rows = older.execute(text("select placement_id, through_ms, calm, rough from memory order by 1, 2")).all()
    assert [tuple(row) for row in rows] == [(7, 60_000, False, True), (7, 120_000, False, True)]
    assert older.execute(text("select kind, subject, due_ms from due")).all() == [("judge", "3:8", 0)]
    assert older.execute(text("select count(*) from reading")).scalar_one() == 1
    state = older.execute(text("select state from memory where through_ms = 120000")).scalar_one()
    held = state if isinstance(state, dict) else json.loads(state)
    assert Progress.of_json(ABOVE, held[ABOVE.id]).last == (120_000, 5000)


def _state(through_ms: int) -> dict[str, object]:
    begun = begin(ABOVE, Yardstick(), Edges(1))
    return advance(begun, Trace.of([through_ms], [5000])).to_json()


def _to(connection: Connection, revision: str) -> None:
    config = schema._config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.commit()
