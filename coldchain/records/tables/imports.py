"""Logger files that people brought, how they were read and judged, and learned layouts."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from coldchain.records.tables.columns import ID, MS, metadata

import_file = Table(
    "import_file", metadata,                           # a file that somebody brought; the same bytes are one import
    Column("id", ID, primary_key=True),
    Column("sha256", ForeignKey("kept_file.sha256"), nullable=False, unique=True),
    Column("name", String(200), nullable=False),       # as it was called the first time
    Column("size", BigInteger, nullable=False),
    Column("recorded_ms", MS, nullable=False),
    Column("account_id", ForeignKey("account.id")),    # null: a program, or the command line
    Column("by_name", String(200), nullable=False),
)  # fmt: skip

import_attempt = Table(
    "import_attempt", metadata,                        # one reading of an imported file with what people declared
    Column("id", ID, primary_key=True),
    Column("import_id", ForeignKey("import_file.id"), nullable=False),
    Column("at_ms", MS, nullable=False),
    Column("declared", JSON, nullable=False),          # tz, unit, date_order, decimal, column, site_tz
    Column("layouts", JSON, nullable=False),           # the texts of the learned layouts that were at hand
    Column("accepted_because", Text, nullable=False),  # why an invalid signature is accepted; empty: it is not
    Column("outcome", String(10), nullable=False),     # read | asked | refused
    Column("code", String(40), nullable=False),        # of the contract's error codes; empty where it was read
    Column("message", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("found", JSON, nullable=False),             # format, signature, evidence, channels: what was understood
    Column("program", String(40), nullable=False),     # the version that read it
    Column("account_id", ForeignKey("account.id")),
    Column("by_name", String(200), nullable=False),
    Index("ix_import_attempt_import", "import_id"),
)  # fmt: skip

import_filing = Table(
    "import_filing", metadata,                         # a judgement of an imported file that somebody filed
    Column("id", ID, primary_key=True),
    Column("import_id", ForeignKey("import_file.id"), nullable=False),
    Column("attempt_id", ForeignKey("import_attempt.id"), nullable=False),
    Column("product_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text that judged, frozen
    Column("stage", String(100), nullable=False),
    Column("from_ms", MS),
    Column("to_ms", MS),
    Column("max_gap_ms", MS),                          # where somebody declared one
    Column("uncertainty_milli_c", BigInteger, nullable=False),
    Column("verdict", String(20), nullable=False),     # the worst of its channels
    Column("judgement", JSON, nullable=False),         # coldchain.audit/1, one object a channel
    Column("shipment", String(100), nullable=False),   # the delivery, as people call it
    Column("lot", String(100), nullable=False),
    Column("item_id", ForeignKey("item.id")),          # whose transport it is the trace of
    Column("shipment_id", ForeignKey("shipment.id")),
    Column("comment", Text, nullable=False),
    Column("recorded_ms", MS, nullable=False),
    Column("account_id", ForeignKey("account.id")),
    Column("by_name", String(200), nullable=False),
    Index("ix_import_filing_import", "import_id"),
)  # fmt: skip

import_acknowledgement = Table(
    "import_acknowledgement", metadata,                # somebody has seen a filed verdict and says what follows
    Column("id", ID, primary_key=True),
    Column("filing_id", ForeignKey("import_filing.id"), nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("comment", Text, nullable=False),
    Column("at_ms", MS, nullable=False),
    Index("ix_import_acknowledgement_filing", "filing_id"),
)  # fmt: skip

import_batch = Table(
    "import_batch", metadata,                          # files that came together
    Column("id", ID, primary_key=True),
    Column("once", String(64), unique=True),           # of the form: sent twice, brought once
    Column("recorded_ms", MS, nullable=False),
    Column("account_id", ForeignKey("account.id")),
    Column("by_name", String(200), nullable=False),
)  # fmt: skip

import_batch_file = Table(
    "import_batch_file", metadata,
    Column("id", ID, primary_key=True),
    Column("batch_id", ForeignKey("import_batch.id"), nullable=False),
    Column("name", String(200), nullable=False),       # as it was called this time
    Column("import_id", ForeignKey("import_file.id")),
    Column("again", Boolean, nullable=False),          # its bytes were known already
    Column("problem", Text, nullable=False),           # why it could not be kept at all
    Index("ix_import_batch_file_batch", "batch_id"),
)  # fmt: skip

layout = Table(
    "layout", metadata,                                # learned layouts that are kept in the record; appended only
    Column("id", ID, primary_key=True),
    Column("act", String(10), nullable=False),         # kept | withdrawn
    Column("name", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),              # the very layout file
    Column("at_ms", MS, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("comment", Text, nullable=False),
    Index("ix_layout_name", "name"),
)  # fmt: skip
