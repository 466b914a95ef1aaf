"""What sensors measured, what could not be used, and how far the ingest step has come."""

from sqlalchemy import (
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

source = Table(
    "source", metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(20), nullable=False),        # mqtt | http | file
    Column("name", Text, nullable=False),              # the topic, the gateway, or the file's name and hash
    UniqueConstraint("kind", "name"),
)  # fmt: skip

reading = Table(
    "reading", metadata,                               # on SQLite these lie in slots: see coldchain.records.slots
    Column("measured_ms", MS, primary_key=True, autoincrement=False),   # time first: inserts go to the end
    Column("sensor_id", BigInteger, primary_key=True, autoincrement=False),
    Column("milli_c", BigInteger, nullable=False),
    Column("received_ms", MS, nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),    # place in its message or file
    Column("flags", Integer, nullable=False, default=0),        # bits: see readings.FLAGS
    Column("copies", Integer, nullable=False, default=1),       # how often it was received
    Index("ix_reading_sensor", "sensor_id", "measured_ms", "milli_c"),  # left out where there are very many sensors
)  # fmt: skip

latest = Table(
    "latest", metadata,                                # the newest reading and the counts of a sensor channel
    Column("sensor_id", ForeignKey("sensor.id"), primary_key=True),
    Column("measured_ms", MS),
    Column("milli_c", BigInteger),
    Column("received_ms", MS),
    Column("battery_pct", Integer),
    Column("accepted", BigInteger, nullable=False, default=0),
    Column("duplicates", BigInteger, nullable=False, default=0),
    Column("conflicts", BigInteger, nullable=False, default=0),
    Column("quarantined", BigInteger, nullable=False, default=0),
    Column("payload_sha256", LargeBinary(32)),         # of the last message that had neither time nor sequence number
)  # fmt: skip

sealed_day = Table(
    "sealed_day", metadata,                            # UTC days whose readings lie in a file of the archive
    Column("day_ms", MS, primary_key=True, autoincrement=False),        # when it begins
    Column("path", Text, nullable=False),              # its file: beside the record, or absolute
    Column("sha256", String(64), nullable=False),
    Column("index_sha256", String(64), nullable=False),         # of the part by which readings are found in it
    Column("size", BigInteger, nullable=False),        # bytes
    Column("sensors", BigInteger, nullable=False),
    Column("readings", BigInteger, nullable=False),
    Column("sealed_ms", MS, nullable=False),
)  # fmt: skip

quarantine = Table(
    "quarantine", metadata,                            # what could not be used, and why; nothing is dropped silently
    Column("id", ID, primary_key=True),
    Column("received_ms", MS, nullable=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("sensor_id", ForeignKey("sensor.id")),
    Column("position", BigInteger, nullable=False, default=0),
    Column("measured_ms", MS),
    Column("milli_c", BigInteger),
    Column("reason", String(60), nullable=False),
    Column("detail", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),    # the first 4 kB
    Column("identity", String(64), nullable=False, unique=True),  # one row for one thing, however often it comes
    Column("copies", Integer, nullable=False, default=1),
    Column("released_ms", MS),                         # a conflict that came to stand after all; null: still here
    Column("flags", Integer, nullable=False, default=0),
    Index("ix_quarantine_received", "received_ms"),
    Index("ix_quarantine_instant", "sensor_id", "measured_ms"),
)  # fmt: skip

ingesting = Table(
    "ingesting", metadata,                             # one row: what the ingest step keeps in its own memory
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("owner", String(36), nullable=False),       # which process
    Column("since_ms", MS),                            # "latest" may lack readings from here on; null: it is complete
)  # fmt: skip

kafka_offset = Table(
    "kafka_offset", metadata,                          # how far each partition of a Kafka topic is stored
    Column("topic", String(249), primary_key=True),    # Kafka's longest
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", MS, nullable=False),         # the first message that is not stored yet
)  # fmt: skip

disturbed = Table(
    "disturbed", metadata,                             # sensors of which the ingest step must look at the rows again
    Column("sensor_id", BigInteger, primary_key=True, autoincrement=False),
)  # fmt: skip

announcement = Table(
    "announcement", metadata,                          # what a device said of itself and leaves out of its readings
    Column("subject", String(500), primary_key=True),
    Column("name", String(500), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("received_ms", MS, nullable=False),
)  # fmt: skip
