"""Alerts of items, lots that are split, and what a pharmacist signs of an excursion or an item."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table, column in (("alert", "item_id"), ("item", "parent_id"), ("item_event", "part_id")):
        _reference_to_item(table, column)
    op.add_column("item_event", sa.Column("quantity", sa.Integer(), nullable=True))
    op.create_index("ix_alert_item", "alert", ["item_id"], unique=False)
    op.create_index("ix_item_parent", "item", ["parent_id"], unique=False)
    op.create_table(
        "disposition",
        sa.Column("id", _ID, nullable=False),
        sa.Column("excursion_id", _ID, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("item_id", _ID, nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_disposition_{name}_id"))
            for name in ("excursion", "item", "account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
    )
    op.create_index("ix_disposition_excursion", "disposition", ["excursion_id"], unique=False)
    op.create_index("ix_disposition_item", "disposition", ["item_id"], unique=False)


def _reference_to_item(table: str, column: str) -> None:
    name = op.f(f"fk_{table}_{column}")
    if op.get_bind().dialect.name == "sqlite":  # takes a reference only with its column
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES item (id)")
    else:
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
        op.create_foreign_key(name, table, "item", [column], ["id"])
