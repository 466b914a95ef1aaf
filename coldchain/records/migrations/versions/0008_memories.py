"""What the judge remembers, a row a unit instead of a row a limit; readings found by their sensor; listed places."""

from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "memory",
        sa.Column("placement_id", _id(), nullable=False),
        sa.Column("assignment_id", _id(), nullable=False),
        sa.Column("through_ms", sa.BigInteger(), nullable=False),
        sa.Column("calm", sa.Boolean(), nullable=False),
        sa.Column("rough", sa.Boolean(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_memory_placement_id")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_memory_assignment_id")),
        sa.PrimaryKeyConstraint("placement_id", "assignment_id", "through_ms", name=op.f("pk_memory")),
    )
    op.create_table(
        "ingesting",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingesting")),
    )
    op.create_table(
        "disturbed",
        sa.Column("sensor_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("sensor_id", name=op.f("pk_disturbed")),
    )
    op.add_column("location", sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_reading_sensor", "reading", ["sensor_id", "measured_ms", "milli_c"], unique=False)
    _carry_over()
    op.drop_table("judging")


def _carry_over() -> None:
    """Join the limits' memories of each unit and instant; units of which nothing fits together are judged anew."""
    connection = op.get_bind()
    old, new = _columns("judging", "limit_id"), _columns("memory", "calm", "rough")
    query = sa.select(old).order_by(old.c.placement_id, old.c.assignment_id, old.c.through_ms)
    for unit, rows in groupby(connection.execute(query).all(), key=lambda row: (row.placement_id, row.assignment_id)):
        known = list(rows)
        limits = {row.limit_id for row in known}
        kept = []
        for through_ms, some in groupby(known, key=lambda row: row.through_ms):
            state = {row.limit_id: row.state for row in some}
            if set(state) == limits:
                kept.append({"placement_id": unit[0], "assignment_id": unit[1], "through_ms": through_ms,
                             "calm": False, "rough": True, "state": state})  # fmt: skip
        if kept and kept[-1]["through_ms"] == known[-1].through_ms:
            connection.execute(sa.insert(new), kept)
        else:
            _judge_anew(connection, f"{unit[1]}:{unit[0]}")


def _columns(table: str, *more: str) -> Any:
    names = ("placement_id", "assignment_id", "through_ms", *more)
    return sa.table(table, *(sa.column(name) for name in names), sa.column("state", sa.JSON()))


def _judge_anew(connection: Any, subject: str) -> None:
    due = sa.table("due", sa.column("kind"), sa.column("subject"), sa.column("due_ms"))
    connection.execute(sa.delete(due).where(due.c.kind == "judge", due.c.subject == subject))
    connection.execute(sa.insert(due), [{"kind": "judge", "subject": subject, "due_ms": 0}])


def _id() -> "sa.types.TypeEngine[int]":
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
