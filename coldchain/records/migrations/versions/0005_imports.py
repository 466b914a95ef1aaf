"""Imported logger files, what was declared and filed of them, and learned layouts; the bytes of files once each."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _kept_files()
    _imports()
    _filings()
    _batches()
    op.create_table(
        "layout",
        sa.Column("id", _ID, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        _refers("layout", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layout")),
    )
    op.create_index("ix_layout_name", "layout", ["name"], unique=False)


def _kept_files() -> None:
    """The bytes move out of ``shipment``, where the same ones could stand several times."""
    op.create_table(
        "kept_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_kept_file")),
    )
    op.execute(
        "INSERT INTO kept_file (sha256, content, recorded_ms) SELECT sha256, content, recorded_ms FROM shipment "
        "WHERE id IN (SELECT min(id) FROM shipment GROUP BY sha256)"
    )
    op.drop_column("shipment", "content")


def _imports() -> None:
    op.create_table(
        "import_file",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        *_who("import_file"),
        sa.ForeignKeyConstraint(["sha256"], ["kept_file.sha256"], name=op.f("fk_import_file_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_import_file_sha256")),
    )
    op.create_table(
        "import_attempt",
        sa.Column("id", _ID, nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("declared", sa.JSON(), nullable=False),
        sa.Column("layouts", sa.JSON(), nullable=False),
        sa.Column("accepted_because", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        *_who("import_attempt"),
        _refers("import_attempt", "import_id", "import_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_attempt")),
    )
    op.create_index("ix_import_attempt_import", "import_attempt", ["import_id"], unique=False)


def _filings() -> None:
    op.create_table(
        "import_filing",
        sa.Column("id", _ID, nullable=False),
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("attempt_id", _ID, nullable=False),
        sa.Column("product_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("product_file", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=100), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=True),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.Column("max_gap_ms", sa.BigInteger(), nullable=True),
        sa.Column("uncertainty_milli_c", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("judgement", sa.JSON(), nullable=False),
        sa.Column("shipment", sa.String(length=100), nullable=False),
        sa.Column("lot", sa.String(length=100), nullable=False),
        sa.Column("item_id", _ID, nullable=True),
        sa.Column("shipment_id", _ID, nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        *_who("import_filing"),
        _refers("import_filing", "import_id", "import_file"),
        _refers("import_filing", "attempt_id", "import_attempt"),
        _refers("import_filing", "item_id", "item"),
        _refers("import_filing", "shipment_id", "shipment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_filing")),
    )
    op.create_index("ix_import_filing_import", "import_filing", ["import_id"], unique=False)
    op.create_table(
        "import_acknowledgement",
        sa.Column("id", _ID, nullable=False),
        sa.Column("filing_id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        _refers("import_acknowledgement", "filing_id", "import_filing"),
        _refers("import_acknowledgement", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_acknowledgement")),
    )
    op.create_index("ix_import_acknowledgement_filing", "import_acknowledgement", ["filing_id"], unique=False)


def _batches() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", _ID, nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        *_who("import_batch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("once", name=op.f("uq_import_batch_once")),
    )
    op.create_table(
        "import_batch_file",
        sa.Column("id", _ID, nullable=False),
        sa.Column("batch_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("import_id", _ID, nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        _refers("import_batch_file", "batch_id", "import_batch"),
        _refers("import_batch_file", "import_id", "import_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch_file")),
    )
    op.create_index("ix_import_batch_file_batch", "import_batch_file", ["batch_id"], unique=False)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _who(table: str) -> tuple["sa.Column[int]", "sa.Column[str]", sa.ForeignKeyConstraint]:
    return (
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        _refers(table, "account_id", "account"),
    )
