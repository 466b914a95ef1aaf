"""Accounts and their sessions, the ledger, and the product files that a site adopted."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from coldchain.records.tables.columns import ID, MS, metadata

account = Table(
    "account", metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("full_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),        # nurse | pharmacist | auditor | administrator
    Column("password_hash", Text, nullable=False),
    Column("created_ms", MS, nullable=False),
    Column("disabled_ms", MS),
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("created_ms", MS, nullable=False),
    Column("expires_ms", MS, nullable=False),
)  # fmt: skip

sign_in_attempt = Table(
    "sign_in_attempt", metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("address", String(60), nullable=False),
    Column("at_ms", MS, nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_sign_in_attempt_who", "name", "at_ms"),
)  # fmt: skip

ledger = Table(
    "ledger", metadata,                                # the record's hash chain
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", MS, nullable=False),
    Column("kind", String(40), nullable=False),        # excursion.opened, excursion.revised, acknowledged ...
    Column("subject", String(100), nullable=False),
    Column("body", Text, nullable=False),              # canonical JSON
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)  # fmt: skip

adoption = Table(
    "adoption", metadata,                              # a pharmacist adopts a product file for the site, or withdraws
    Column("id", ID, primary_key=True),
    Column("act", String(10), nullable=False),         # adopted | withdrawn
    Column("product_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text, so that versions can be compared later
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at_ms", MS, nullable=False),
    Column("comment", Text, nullable=False, default=""),
    Index("ix_adoption_file", "sha256"),
)  # fmt: skip
