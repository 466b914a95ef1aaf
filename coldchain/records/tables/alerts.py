"""Who is told, whether it came there, and what happens at a time."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from coldchain.records.tables.columns import ID, MS, metadata

alert = Table(
    "alert", metadata,
    Column("id", String(36), primary_key=True),        # stable: receivers tell repeats by it
    Column("kind", String(20), nullable=False),        # certain | possible | no-data | ended
    Column("excursion_id", ForeignKey("excursion.id")),
    Column("assignment_id", ForeignKey("assignment.id")),
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("sensor_id", ForeignKey("sensor.id")),      # null for a preparation's: its clocks need no sensor
    Column("placement_id", ForeignKey("placement.id")),
    Column("preparation_id", ForeignKey("preparation.id")),
    Column("item_id", ForeignKey("item.id")),          # of its budgets, returns and expiry over its whole way
    Column("since_ms", MS, nullable=False),
    Column("raised_ms", MS, nullable=False),
    Column("cleared_ms", MS),
    Column("late", Boolean, nullable=False, default=False),
    Column("body", JSON, nullable=False),              # coldchain.alert/1, as it was when raised
    Index("ix_alert_excursion", "excursion_id"),
    Index("ix_alert_placement", "placement_id", "cleared_ms"),
    Index("ix_alert_location", "location_id", "cleared_ms"),
    Index("ix_alert_preparation", "preparation_id"),
    Index("ix_alert_item", "item_id"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,                                # written in the transaction that raises the alert
    Column("id", ID, primary_key=True),
    Column("alert_id", ForeignKey("alert.id"), nullable=False),
    Column("channel", String(20), nullable=False),     # smtp | webhook | mqtt
    Column("target", Text, nullable=False),            # the channel's name in the settings, never a secret
    Column("due_ms", MS, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("state", String(10), nullable=False, default="pending"),  # pending | delivered | failed
    Column("delivered_ms", MS),
    UniqueConstraint("alert_id", "channel", "target"),
    Index("ix_outbox_due", "state", "due_ms"),
)  # fmt: skip

delivery_attempt = Table(
    "delivery_attempt", metadata,
    Column("id", ID, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False),
    Column("at_ms", MS, nullable=False),
    Column("outcome", String(10), nullable=False),     # delivered | retry | failed
    Column("detail", Text, nullable=False),
)  # fmt: skip

due = Table(
    "due", metadata,                                   # what happens at a time; APScheduler only rings
    Column("kind", String(30), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("due_ms", MS, nullable=False),
    Index("ix_due_when", "due_ms"),
)  # fmt: skip
