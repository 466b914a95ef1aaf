"""Lots and packs, the way they went, and the logger files that came with them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from coldchain.records.tables.columns import ID, MS, metadata

kept_file = Table(
    "kept_file", metadata,                             # the very bytes of logger files, once each
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("recorded_ms", MS, nullable=False),
)  # fmt: skip

shipment = Table(
    "shipment", metadata,                              # a logger file that came with goods; its bytes are a kept_file
    Column("id", ID, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("read_as", String(300), nullable=False),    # zone, unit, date order, decimal: the same bytes read otherwise
    Column("name", Text, nullable=False),              # are other readings
    Column("format", String(40), nullable=False),
    Column("signature", String(20), nullable=False),
    Column("evidence", JSON, nullable=False),          # which choices were made in reading it, and from what
    Column("recorded_ms", MS, nullable=False),
    Column("by_name", String(200), nullable=False),
    UniqueConstraint("sha256", "read_as"),
)  # fmt: skip

shipment_channel = Table(
    "shipment_channel", metadata,                      # each temperature channel of a file is a sensor of its own
    Column("shipment_id", ForeignKey("shipment.id"), primary_key=True),
    Column("sensor_id", ForeignKey("sensor.id"), primary_key=True),
    Index("ix_shipment_channel_sensor", "sensor_id"),
)  # fmt: skip

item = Table(
    "item", metadata,                                  # a lot or a pack of a product, or part of one
    Column("id", ID, primary_key=True),
    Column("kind", String(10), nullable=False),        # lot | pack
    Column("name", String(100), nullable=False),       # the lot's number, the pack's serial
    Column("quantity", Integer, nullable=False),
    Column("product_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text that judges it, frozen at its arrival
    Column("expires_ms", MS),                          # as printed on the pack
    Column("recorded_ms", MS, nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("once", String(64), unique=True),           # of the form that added it: sent twice, added once
    Column("parent_id", ForeignKey("item.id")),        # the lot that it was split from; its way goes on from there
    Index("ix_item_parent", "parent_id"),
)  # fmt: skip

item_event = Table(
    "item_event", metadata,                            # where an item was, and what became of it; appended only
    Column("id", ID, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False),
    Column("kind", String(40), nullable=False),        # arrived | moved | shipped | staged | used | discarded ...
    Column("at_ms", MS, nullable=False),
    Column("location_id", ForeignKey("location.id")),  # from then on; null: on the way, or nowhere any more
    Column("shipment_id", ForeignKey("shipment.id")),  # the file whose readings are the trace of this stay
    Column("stage", String(100), nullable=False),
    Column("uncertainty_milli_c", BigInteger, nullable=False, default=0),  # of the file's logger
    Column("comment", Text, nullable=False, default=""),
    Column("recorded_ms", MS, nullable=False),
    Column("account_id", ForeignKey("account.id")),    # null: a program, or the command line
    Column("by_name", String(200), nullable=False),
    Column("part_id", ForeignKey("item.id")),          # split: the part that was taken off ...
    Column("quantity", Integer),                       # ... and how many
    Index("ix_item_event_item", "item_id", "at_ms"),
    Index("ix_item_event_location", "location_id"),
)  # fmt: skip
