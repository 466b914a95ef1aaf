"""What the judge remembers and found, and what people did about it."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from coldchain.records.tables.columns import ID, MS, metadata

memory = Table(
    "memory", metadata,                                # what the judge remembers of a unit, come to a reading
    Column("placement_id", ForeignKey("placement.id"), primary_key=True),
    Column("assignment_id", ForeignKey("assignment.id"), primary_key=True),
    Column("through_ms", MS, primary_key=True),        # the last reading it holds
    Column("calm", Boolean, nullable=False),           # what follows in calm is known from the reading alone
    Column("rough", Boolean, nullable=False),          # since the memory before, not everything was calm
    Column("state", JSON, nullable=False),             # by limit
)  # fmt: skip

excursion = Table(
    "excursion", metadata,
    Column("id", ID, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),  # 2026-0142
    Column("assignment_id", ForeignKey("assignment.id"), nullable=False),
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("sensor_id", ForeignKey("sensor.id"), nullable=False),
    Column("placement_id", ForeignKey("placement.id"), nullable=False),
    Column("limit_id", String(100), nullable=False),
    Column("yardstick", JSON, nullable=False),         # limit, product version and hash, max_gap, uncertainty: frozen
    Column("known_ms", MS, nullable=False),
    Column("late", Boolean, nullable=False, default=False),     # became known only after its end
    Column("merged_into", ForeignKey("excursion.id")),
    Index("ix_excursion_where", "assignment_id", "placement_id", "limit_id"),
    Index("ix_excursion_location", "location_id"),
)  # fmt: skip

excursion_revision = Table(
    "excursion_revision", metadata,
    Column("excursion_id", ForeignKey("excursion.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("known_ms", MS, nullable=False),
    Column("start_ms", MS, nullable=False),
    Column("end_ms", MS),                              # null while open
    Column("at_least_ms", BigInteger, nullable=False),
    Column("estimate_ms", BigInteger, nullable=False),
    Column("at_most_ms", BigInteger, nullable=False),
    Column("extreme_milli_c", BigInteger, nullable=False),
    Column("readings", Integer, nullable=False),       # how many bad ones it holds
    Column("certainty", String(10), nullable=False),   # certain | possible
    Column("withdrawn", Boolean, nullable=False, default=False),  # later data showed that it was none
    Column("because", String(40), nullable=False),     # opened | new readings | late readings | the clock | ended ...
)  # fmt: skip

acknowledgement = Table(
    "acknowledgement", metadata,
    Column("id", ID, primary_key=True),
    Column("excursion_id", ForeignKey("excursion.id")),
    Column("alert_id", ForeignKey("alert.id")),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at_ms", MS, nullable=False),
    Column("revision", Integer),                       # what the person had before their eyes
    Column("comment", Text, nullable=False),
)  # fmt: skip

disposition = Table(
    "disposition", metadata,                           # what a pharmacist signs: what becomes of the medicine
    Column("id", ID, primary_key=True),
    Column("excursion_id", ForeignKey("excursion.id")),  # because of an excursion; null: of its whole way
    Column("revision", Integer),                       # of the excursion: what the person had before their eyes
    Column("item_id", ForeignKey("item.id")),          # of which item; null: of whatever else was stored there
    Column("decision", String(20), nullable=False),    # release | quarantine | reject
    Column("reason", Text, nullable=False),
    Column("known", JSON, nullable=False),             # what was known of the item then
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at_ms", MS, nullable=False),
    Index("ix_disposition_excursion", "excursion_id"),
    Index("ix_disposition_item", "item_id"),
)  # fmt: skip
