"""Sensors as devices: what is declared of a probe, what a device says of itself, and what is the matter with it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("probe_kind", sa.String(length=20), nullable=True),
        sa.Column("time_constant_ms", sa.BigInteger(), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("serial", sa.String(length=200), nullable=True),
        sa.Column("firmware", sa.String(length=100), nullable=True),
    ):
        op.add_column("sensor", column)
    op.create_table(
        "device",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("battery_pct", sa.Integer(), nullable=True),
        sa.Column("battery_mv", sa.Integer(), nullable=True),
        sa.Column("battery_low", sa.Boolean(), nullable=True),
        sa.Column("battery_ms", sa.BigInteger(), nullable=True),
        sa.Column("rssi_dbm", sa.Integer(), nullable=True),
        sa.Column("snr_tenths_db", sa.Integer(), nullable=True),
        sa.Column("link_quality", sa.Integer(), nullable=True),
        sa.Column("radio_ms", sa.BigInteger(), nullable=True),
        sa.Column("firmware", sa.String(length=100), nullable=True),
        sa.Column("firmware_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_device")),
    )
    ids = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "device_finding",
        sa.Column("id", ids, nullable=False),
        sa.Column("sensor_id", ids, nullable=False),
        sa.Column("complaint", sa.String(length=20), nullable=False),
        sa.Column("other_id", ids, nullable=True),
        sa.Column("location_id", ids, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("raised_ms", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("told_ms", sa.BigInteger(), nullable=True),
        sa.Column("cleared_ms", sa.BigInteger(), nullable=True),
        sa.Column("told_over_ms", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_ms", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", ids, nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sensor_id"], ["sensor.id"], name=op.f("fk_device_finding_sensor_id")),
        sa.ForeignKeyConstraint(["other_id"], ["sensor.id"], name=op.f("fk_device_finding_other_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_device_finding_location_id")),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["account.id"], name=op.f("fk_device_finding_acknowledged_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_finding")),
    )
    op.create_index("ix_device_finding_sensor", "device_finding", ["sensor_id", "cleared_ms"])
