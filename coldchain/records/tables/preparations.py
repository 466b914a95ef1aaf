"""Prepared medicines and what happened to them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from coldchain.records.tables.columns import ID, MS, metadata

preparation = Table(
    "preparation", metadata,                           # a prepared medicine; its rows are appended, never updated
    Column("id", ID, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),  # P-2026-0007
    Column("product_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text that judges, frozen at its start
    Column("item", String(200), nullable=False, default=""),    # lot, vial, bag: as people call it
    Column("recorded_ms", MS, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("once", String(36), unique=True),           # of the form: a second tap makes no second preparation
)  # fmt: skip

preparation_event = Table(
    "preparation_event", metadata,
    Column("id", ID, primary_key=True),
    Column("preparation_id", ForeignKey("preparation.id"), nullable=False),
    Column("event", String(40), nullable=False),       # of domain.product.Event, or moved
    Column("at_ms", MS, nullable=False),               # when it happened, as the person says
    Column("location_id", ForeignKey("location.id")),  # where the item is from then on, if it says
    Column("recorded_ms", MS, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("corrects", ForeignKey("preparation_event.id"), unique=True),  # the entry that this one stands for
    Column("struck", Boolean, nullable=False, default=False),   # it did not happen
    Column("reason", Text, nullable=False, default=""),         # of a correction, or of a late entry
    Column("once", String(36), unique=True),
    Index("ix_preparation_event_preparation", "preparation_id"),
)  # fmt: skip

preparation_attestation = Table(
    "preparation_attestation", metadata,
    Column("id", ID, primary_key=True),
    Column("preparation_id", ForeignKey("preparation.id"), nullable=False),
    Column("what", String(40), nullable=False),        # of domain.product.Attested
    Column("at_ms", MS, nullable=False),
    Column("recorded_ms", MS, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("corrects", ForeignKey("preparation_attestation.id"), unique=True),
    Column("struck", Boolean, nullable=False, default=False),
    Column("reason", Text, nullable=False, default=""),
    Column("once", String(36), unique=True),
    Index("ix_preparation_attestation_preparation", "preparation_id"),
)  # fmt: skip
