"""Prepared medicines; an alert may be a preparation's, and then has no sensor."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preparation",
        _id(),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("product_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("product_file", sa.Text(), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        _id("account_id"),
        sa.Column("once", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_preparation_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation")),
        sa.UniqueConstraint("number", name=op.f("uq_preparation_number")),
        sa.UniqueConstraint("once", name=op.f("uq_preparation_once")),
    )
    _entries("preparation_event", sa.Column("event", sa.String(length=40), nullable=False), located=True)
    _entries("preparation_attestation", sa.Column("what", sa.String(length=40), nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        _alerts_made_anew()
    else:
        op.alter_column("alert", "sensor_id", existing_type=sa.BigInteger(), nullable=True)
        op.alter_column("alert", "placement_id", existing_type=sa.BigInteger(), nullable=True)
        op.add_column("alert", _id("preparation_id", nullable=True))
        op.create_foreign_key(op.f("fk_alert_preparation_id"), "alert", "preparation", ["preparation_id"], ["id"])
    op.create_index("ix_alert_preparation", "alert", ["preparation_id"], unique=False)


def _id(name: str = "id", *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _entries(table: str, what: "sa.Column[str]", *, located: bool = False) -> None:
    where = [_id("location_id", nullable=True)] if located else []
    its = [sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f(f"fk_{table}_location_id"))]
    op.create_table(
        table,
        _id(),
        _id("preparation_id"),
        what,
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        *where,
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        _id("account_id"),
        _id("corrects", nullable=True),
        sa.Column("struck", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("once", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id")),
        sa.ForeignKeyConstraint(["corrects"], [f"{table}.id"], name=op.f(f"fk_{table}_corrects")),
        sa.ForeignKeyConstraint(["preparation_id"], ["preparation.id"], name=op.f(f"fk_{table}_preparation_id")),
        *(its if located else []),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("corrects", name=op.f(f"uq_{table}_corrects")),
        sa.UniqueConstraint("once", name=op.f(f"uq_{table}_once")),
    )
    op.create_index(f"ix_{table}_preparation", table, ["preparation_id"], unique=False)


_CHILDREN_FIRST = ("delivery_attempt", "outbox", "acknowledgement", "alert")


def _alerts_made_anew() -> None:
    """SQLite takes no NOT NULL back: keep the rows, drop the tables that hang together, make them again."""
    for table in _CHILDREN_FIRST:
        op.execute(f"CREATE TABLE keep_{table} AS SELECT * FROM {table}")  # noqa: S608 our own names
    for table in _CHILDREN_FIRST:
        op.drop_table(table)
    _alert()
    _acknowledgement()
    _outbox()
    _delivery_attempt()
    for table in reversed(_CHILDREN_FIRST):
        names = [row[1] for row in op.get_bind().exec_driver_sql(f"PRAGMA table_info(keep_{table})")]
        columns = ", ".join(names)
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM keep_{table}")  # noqa: S608 our own names
        op.drop_table(f"keep_{table}")


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        _id("excursion_id", nullable=True),
        _id("assignment_id", nullable=True),
        _id("location_id"),
        _id("sensor_id", nullable=True),
        _id("placement_id", nullable=True),
        _id("preparation_id", nullable=True),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("raised_ms", sa.BigInteger(), nullable=False),
        sa.Column("cleared_ms", sa.BigInteger(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_alert_assignment_id")),
        sa.ForeignKeyConstraint(["excursion_id"], ["excursion.id"], name=op.f("fk_alert_excursion_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_alert_location_id")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_alert_placement_id")),
        sa.ForeignKeyConstraint(["preparation_id"], ["preparation.id"], name=op.f("fk_alert_preparation_id")),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensor.id"], name=op.f("fk_alert_sensor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index("ix_alert_excursion", "alert", ["excursion_id"], unique=False)
    op.create_index("ix_alert_location", "alert", ["location_id", "cleared_ms"], unique=False)
    op.create_index("ix_alert_placement", "alert", ["placement_id", "cleared_ms"], unique=False)


def _acknowledgement() -> None:
    op.create_table(
        "acknowledgement",
        _id(),
        _id("excursion_id", nullable=True),
        sa.Column("alert_id", sa.String(length=36), nullable=True),
        _id("account_id"),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_acknowledgement_account_id")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_acknowledgement_alert_id")),
        sa.ForeignKeyConstraint(["excursion_id"], ["excursion.id"], name=op.f("fk_acknowledgement_excursion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        _id(),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("delivered_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_outbox_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("alert_id", "channel", "target", name=op.f("uq_outbox_alert_id")),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "due_ms"], unique=False)


def _delivery_attempt() -> None:
    op.create_table(
        "delivery_attempt",
        _id(),
        _id("outbox_id"),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_delivery_attempt_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
