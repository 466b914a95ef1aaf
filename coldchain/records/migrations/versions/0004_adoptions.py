"""Adopted product files, and when a sensor was calibrated and is due again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adoption",
        sa.Column("id", _id(), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("product_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("product_file", sa.Text(), nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_adoption_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
    )
    op.create_index("ix_adoption_file", "adoption", ["sha256"], unique=False)
    for table in ("sensor", "placement"):
        for column in ("calibrated_on", "calibration_due"):
            op.add_column(table, sa.Column(column, sa.String(length=10), nullable=True))


def _id() -> "sa.types.TypeEngine[int]":
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
