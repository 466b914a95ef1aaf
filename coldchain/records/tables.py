"""The tables. Instants are UTC milliseconds, durations milliseconds, temperatures m°C: integers on every database.

What an auditor may ask about is appended: ``excursion_revision``, ``acknowledgement``, ``delivery_attempt`` and
``ledger`` rows are never updated or deleted. A ``quarantine`` row is never deleted either: it counts further copies of
the same, and says when what it holds came to stand after all.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only INTEGER keys by itself
_MS = BigInteger()

source = Table(
    "source", metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(20), nullable=False),        # mqtt | http | file
    Column("name", Text, nullable=False),              # the topic, the gateway, or the file's name and hash
    UniqueConstraint("kind", "name"),
)  # fmt: skip

sensor = Table(
    "sensor", metadata,                                # one row a sensor channel
    Column("id", _ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("channel", String(100), nullable=False, default=""),
    Column("created_ms", _MS, nullable=False),
    Column("commissioned_ms", _MS),
    Column("retired_ms", _MS),
    Column("low_milli_c", BigInteger),                 # declared range, both ends included
    Column("high_milli_c", BigInteger),
    Column("power_up", Boolean, nullable=False, default=False),
    Column("uncertainty_milli_c", BigInteger, nullable=False, default=0),
    Column("max_gap_ms", BigInteger),
    Column("calibration", Text),                       # the certificate, as people call it
    Column("calibrated_on", String(10)),               # days, as 2026-03-01
    Column("calibration_due", String(10)),
    Column("probe_kind", String(20)),                  # air | glycol | buffer | surface
    Column("time_constant_ms", BigInteger),            # until it shows 63 % of a sudden change
    Column("model", String(200)),
    Column("serial", String(200)),
    Column("firmware", String(100)),                   # as declared; what the device says stands in "device"
    UniqueConstraint("name", "channel"),
)  # fmt: skip

device = Table(
    "device", metadata,                                # what a device said last of itself, whatever its channels
    Column("name", String(200), primary_key=True),     # the sensors' name
    Column("battery_pct", Integer),
    Column("battery_mv", Integer),
    Column("battery_low", Boolean),                    # it says low, and not how low
    Column("battery_ms", _MS),                         # when it said so
    Column("rssi_dbm", Integer),
    Column("snr_tenths_db", Integer),
    Column("link_quality", Integer),                   # in the units of its system, 0 to 255 for Zigbee
    Column("radio_ms", _MS),
    Column("firmware", String(100)),
    Column("firmware_ms", _MS),
)  # fmt: skip

device_finding = Table(
    "device_finding", metadata,                        # what is or was the matter with a sensor; never a temperature
    Column("id", _ID, primary_key=True),
    Column("sensor_id", ForeignKey("sensor.id"), nullable=False),
    Column("complaint", String(20), nullable=False),
    Column("other_id", ForeignKey("sensor.id")),       # the probe it was compared with
    Column("location_id", ForeignKey("location.id"), nullable=False),   # where it hung
    Column("since_ms", _MS, nullable=False),
    Column("raised_ms", _MS, nullable=False),
    Column("sentence", Text, nullable=False),          # as it stands; the ledger keeps it as it was when found
    Column("told_ms", _MS),                            # when a notice of it was written
    Column("cleared_ms", _MS),
    Column("told_over_ms", _MS),                       # when a notice was written that it is over
    Column("acknowledged_ms", _MS),
    Column("acknowledged_by", ForeignKey("account.id")),
    Column("comment", Text),
    Index("ix_device_finding_sensor", "sensor_id", "cleared_ms"),
)  # fmt: skip

latest = Table(
    "latest", metadata,                                # the newest reading and the counts of a sensor channel
    Column("sensor_id", ForeignKey("sensor.id"), primary_key=True),
    Column("measured_ms", _MS),
    Column("milli_c", BigInteger),
    Column("received_ms", _MS),
    Column("battery_pct", Integer),
    Column("accepted", BigInteger, nullable=False, default=0),
    Column("duplicates", BigInteger, nullable=False, default=0),
    Column("conflicts", BigInteger, nullable=False, default=0),
    Column("quarantined", BigInteger, nullable=False, default=0),
    Column("payload_sha256", LargeBinary(32)),         # of the last message that had neither time nor sequence number
)  # fmt: skip

location = Table(
    "location", metadata,
    Column("id", _ID, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),   # in addresses and topics: ward-3
    Column("title", String(200), nullable=False),
    Column("area", String(200), nullable=False, default=""),    # the ward or department
    Column("listed", Boolean, nullable=False, default=False, server_default=false()),  # from a list, not the settings
)  # fmt: skip

placement = Table(
    "placement", metadata,                             # where a sensor hung, and when
    Column("id", _ID, primary_key=True),
    Column("sensor_id", ForeignKey("sensor.id"), nullable=False),
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("from_ms", _MS, nullable=False),
    Column("to_ms", _MS),
    Column("uncertainty_milli_c", BigInteger, nullable=False, default=0),  # the sensor's then: a recalibration is a
    Column("max_gap_ms", BigInteger),                                      # new placement, so that it never rewrites
    Column("calibration", Text),                                           # what was judged before
    Column("calibrated_on", String(10)),
    Column("calibration_due", String(10)),
    Index("ix_placement_sensor", "sensor_id"),
    Index("ix_placement_location", "location_id"),
)  # fmt: skip

assignment = Table(
    "assignment", metadata,                            # by which product's rules a location was judged, and when
    Column("id", _ID, primary_key=True),
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("product_id", String(200), nullable=False),
    Column("stage", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text that judges, frozen
    Column("from_ms", _MS, nullable=False),
    Column("to_ms", _MS),
    Index("ix_assignment_location", "location_id"),
)  # fmt: skip

reading = Table(
    "reading", metadata,                               # on SQLite these lie in slots: see coldchain.records.slots
    Column("measured_ms", _MS, primary_key=True, autoincrement=False),  # time first: inserts go to the end
    Column("sensor_id", BigInteger, primary_key=True, autoincrement=False),
    Column("milli_c", BigInteger, nullable=False),
    Column("received_ms", _MS, nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),    # place in its message or file
    Column("flags", Integer, nullable=False, default=0),        # bits: see readings.FLAGS
    Column("copies", Integer, nullable=False, default=1),       # how often it was received
    Index("ix_reading_sensor", "sensor_id", "measured_ms", "milli_c"),  # left out where there are very many sensors
)  # fmt: skip

sealed_day = Table(
    "sealed_day", metadata,                            # UTC days whose readings lie in a file of the archive
    Column("day_ms", _MS, primary_key=True, autoincrement=False),       # when it begins
    Column("path", Text, nullable=False),              # its file: beside the record, or absolute
    Column("sha256", String(64), nullable=False),
    Column("index_sha256", String(64), nullable=False),         # of the part by which readings are found in it
    Column("size", BigInteger, nullable=False),        # bytes
    Column("sensors", BigInteger, nullable=False),
    Column("readings", BigInteger, nullable=False),
    Column("sealed_ms", _MS, nullable=False),
)  # fmt: skip

quarantine = Table(
    "quarantine", metadata,                            # what could not be used, and why; nothing is dropped silently
    Column("id", _ID, primary_key=True),
    Column("received_ms", _MS, nullable=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("sensor_id", ForeignKey("sensor.id")),
    Column("position", BigInteger, nullable=False, default=0),
    Column("measured_ms", _MS),
    Column("milli_c", BigInteger),
    Column("reason", String(60), nullable=False),
    Column("detail", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),    # the first 4 kB
    Column("identity", String(64), nullable=False, unique=True),  # one row for one thing, however often it comes
    Column("copies", Integer, nullable=False, default=1),
    Column("released_ms", _MS),                        # a conflict that came to stand after all; null: still here
    Column("flags", Integer, nullable=False, default=0),
    Index("ix_quarantine_received", "received_ms"),
    Index("ix_quarantine_instant", "sensor_id", "measured_ms"),
)  # fmt: skip

memory = Table(
    "memory", metadata,                                # what the judge remembers of a unit, come to a reading
    Column("placement_id", ForeignKey("placement.id"), primary_key=True),
    Column("assignment_id", ForeignKey("assignment.id"), primary_key=True),
    Column("through_ms", _MS, primary_key=True),       # the last reading it holds
    Column("calm", Boolean, nullable=False),           # what follows in calm is known from the reading alone
    Column("rough", Boolean, nullable=False),          # since the memory before, not everything was calm
    Column("state", JSON, nullable=False),             # by limit
)  # fmt: skip

ingesting = Table(
    "ingesting", metadata,                             # one row: what the ingest step keeps in its own memory
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("owner", String(36), nullable=False),       # which process
    Column("since_ms", _MS),                           # "latest" may lack readings from here on; null: it is complete
)  # fmt: skip

kafka_offset = Table(
    "kafka_offset", metadata,                          # how far each partition of a Kafka topic is stored
    Column("topic", String(249), primary_key=True),    # Kafka's longest
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", _MS, nullable=False),        # the first message that is not stored yet
)  # fmt: skip

disturbed = Table(
    "disturbed", metadata,                             # sensors of which the ingest step must look at the rows again
    Column("sensor_id", BigInteger, primary_key=True, autoincrement=False),
)  # fmt: skip

excursion = Table(
    "excursion", metadata,
    Column("id", _ID, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),  # 2026-0142
    Column("assignment_id", ForeignKey("assignment.id"), nullable=False),
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("sensor_id", ForeignKey("sensor.id"), nullable=False),
    Column("placement_id", ForeignKey("placement.id"), nullable=False),
    Column("limit_id", String(100), nullable=False),
    Column("yardstick", JSON, nullable=False),         # limit, product version and hash, max_gap, uncertainty: frozen
    Column("known_ms", _MS, nullable=False),
    Column("late", Boolean, nullable=False, default=False),     # became known only after its end
    Column("merged_into", ForeignKey("excursion.id")),
    Index("ix_excursion_where", "assignment_id", "placement_id", "limit_id"),
    Index("ix_excursion_location", "location_id"),
)  # fmt: skip

excursion_revision = Table(
    "excursion_revision", metadata,
    Column("excursion_id", ForeignKey("excursion.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("known_ms", _MS, nullable=False),
    Column("start_ms", _MS, nullable=False),
    Column("end_ms", _MS),                             # null while open
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
    Column("id", _ID, primary_key=True),
    Column("excursion_id", ForeignKey("excursion.id")),
    Column("alert_id", ForeignKey("alert.id")),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at_ms", _MS, nullable=False),
    Column("revision", Integer),                       # what the person had before their eyes
    Column("comment", Text, nullable=False),
)  # fmt: skip

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
    Column("since_ms", _MS, nullable=False),
    Column("raised_ms", _MS, nullable=False),
    Column("cleared_ms", _MS),
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
    Column("id", _ID, primary_key=True),
    Column("alert_id", ForeignKey("alert.id"), nullable=False),
    Column("channel", String(20), nullable=False),     # smtp | webhook | mqtt
    Column("target", Text, nullable=False),            # the channel's name in the settings, never a secret
    Column("due_ms", _MS, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("state", String(10), nullable=False, default="pending"),  # pending | delivered | failed
    Column("delivered_ms", _MS),
    UniqueConstraint("alert_id", "channel", "target"),
    Index("ix_outbox_due", "state", "due_ms"),
)  # fmt: skip

delivery_attempt = Table(
    "delivery_attempt", metadata,
    Column("id", _ID, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False),
    Column("at_ms", _MS, nullable=False),
    Column("outcome", String(10), nullable=False),     # delivered | retry | failed
    Column("detail", Text, nullable=False),
)  # fmt: skip

due = Table(
    "due", metadata,                                   # what happens at a time; APScheduler only rings
    Column("kind", String(30), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("due_ms", _MS, nullable=False),
    Index("ix_due_when", "due_ms"),
)  # fmt: skip

account = Table(
    "account", metadata,
    Column("id", _ID, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("full_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),        # nurse | pharmacist | auditor | administrator
    Column("password_hash", Text, nullable=False),
    Column("created_ms", _MS, nullable=False),
    Column("disabled_ms", _MS),
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("created_ms", _MS, nullable=False),
    Column("expires_ms", _MS, nullable=False),
)  # fmt: skip

sign_in_attempt = Table(
    "sign_in_attempt", metadata,
    Column("id", _ID, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("address", String(60), nullable=False),
    Column("at_ms", _MS, nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_sign_in_attempt_who", "name", "at_ms"),
)  # fmt: skip

ledger = Table(
    "ledger", metadata,                                # the record's hash chain
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", _MS, nullable=False),
    Column("kind", String(40), nullable=False),        # excursion.opened, excursion.revised, acknowledged ...
    Column("subject", String(100), nullable=False),
    Column("body", Text, nullable=False),              # canonical JSON
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)  # fmt: skip

preparation = Table(
    "preparation", metadata,                           # a prepared medicine; its rows are appended, never updated
    Column("id", _ID, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),  # P-2026-0007
    Column("product_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text that judges, frozen at its start
    Column("item", String(200), nullable=False, default=""),    # lot, vial, bag: as people call it
    Column("recorded_ms", _MS, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("once", String(36), unique=True),           # of the form: a second tap makes no second preparation
)  # fmt: skip

preparation_event = Table(
    "preparation_event", metadata,
    Column("id", _ID, primary_key=True),
    Column("preparation_id", ForeignKey("preparation.id"), nullable=False),
    Column("event", String(40), nullable=False),       # of domain.product.Event, or moved
    Column("at_ms", _MS, nullable=False),              # when it happened, as the person says
    Column("location_id", ForeignKey("location.id")),  # where the item is from then on, if it says
    Column("recorded_ms", _MS, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("corrects", ForeignKey("preparation_event.id"), unique=True),  # the entry that this one stands for
    Column("struck", Boolean, nullable=False, default=False),   # it did not happen
    Column("reason", Text, nullable=False, default=""),         # of a correction, or of a late entry
    Column("once", String(36), unique=True),
    Index("ix_preparation_event_preparation", "preparation_id"),
)  # fmt: skip

preparation_attestation = Table(
    "preparation_attestation", metadata,
    Column("id", _ID, primary_key=True),
    Column("preparation_id", ForeignKey("preparation.id"), nullable=False),
    Column("what", String(40), nullable=False),        # of domain.product.Attested
    Column("at_ms", _MS, nullable=False),
    Column("recorded_ms", _MS, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("corrects", ForeignKey("preparation_attestation.id"), unique=True),
    Column("struck", Boolean, nullable=False, default=False),
    Column("reason", Text, nullable=False, default=""),
    Column("once", String(36), unique=True),
    Index("ix_preparation_attestation_preparation", "preparation_id"),
)  # fmt: skip

kept_file = Table(
    "kept_file", metadata,                             # the very bytes of logger files, once each
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("recorded_ms", _MS, nullable=False),
)  # fmt: skip

shipment = Table(
    "shipment", metadata,                              # a logger file that came with goods; its bytes are a kept_file
    Column("id", _ID, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("read_as", String(300), nullable=False),    # zone, unit, date order, decimal: the same bytes read otherwise
    Column("name", Text, nullable=False),              # are other readings
    Column("format", String(40), nullable=False),
    Column("signature", String(20), nullable=False),
    Column("evidence", JSON, nullable=False),          # which choices were made in reading it, and from what
    Column("recorded_ms", _MS, nullable=False),
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
    Column("id", _ID, primary_key=True),
    Column("kind", String(10), nullable=False),        # lot | pack
    Column("name", String(100), nullable=False),       # the lot's number, the pack's serial
    Column("quantity", Integer, nullable=False),
    Column("product_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text that judges it, frozen at its arrival
    Column("expires_ms", _MS),                         # as printed on the pack
    Column("recorded_ms", _MS, nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("once", String(64), unique=True),           # of the form that added it: sent twice, added once
    Column("parent_id", ForeignKey("item.id")),        # the lot that it was split from; its way goes on from there
    Index("ix_item_parent", "parent_id"),
)  # fmt: skip

item_event = Table(
    "item_event", metadata,                            # where an item was, and what became of it; appended only
    Column("id", _ID, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False),
    Column("kind", String(40), nullable=False),        # arrived | moved | shipped | staged | used | discarded ...
    Column("at_ms", _MS, nullable=False),
    Column("location_id", ForeignKey("location.id")),  # from then on; null: on the way, or nowhere any more
    Column("shipment_id", ForeignKey("shipment.id")),  # the file whose readings are the trace of this stay
    Column("stage", String(100), nullable=False),
    Column("uncertainty_milli_c", BigInteger, nullable=False, default=0),  # of the file's logger
    Column("comment", Text, nullable=False, default=""),
    Column("recorded_ms", _MS, nullable=False),
    Column("account_id", ForeignKey("account.id")),    # null: a program, or the command line
    Column("by_name", String(200), nullable=False),
    Column("part_id", ForeignKey("item.id")),          # split: the part that was taken off ...
    Column("quantity", Integer),                       # ... and how many
    Index("ix_item_event_item", "item_id", "at_ms"),
    Index("ix_item_event_location", "location_id"),
)  # fmt: skip

disposition = Table(
    "disposition", metadata,                           # what a pharmacist signs: what becomes of the medicine
    Column("id", _ID, primary_key=True),
    Column("excursion_id", ForeignKey("excursion.id")),  # because of an excursion; null: of its whole way
    Column("revision", Integer),                       # of the excursion: what the person had before their eyes
    Column("item_id", ForeignKey("item.id")),          # of which item; null: of whatever else was stored there
    Column("decision", String(20), nullable=False),    # release | quarantine | reject
    Column("reason", Text, nullable=False),
    Column("known", JSON, nullable=False),             # what was known of the item then
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at_ms", _MS, nullable=False),
    Index("ix_disposition_excursion", "excursion_id"),
    Index("ix_disposition_item", "item_id"),
)  # fmt: skip

adoption = Table(
    "adoption", metadata,                              # a pharmacist adopts a product file for the site, or withdraws
    Column("id", _ID, primary_key=True),
    Column("act", String(10), nullable=False),         # adopted | withdrawn
    Column("product_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text, so that versions can be compared later
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at_ms", _MS, nullable=False),
    Column("comment", Text, nullable=False, default=""),
    Index("ix_adoption_file", "sha256"),
)  # fmt: skip

import_file = Table(
    "import_file", metadata,                           # a file that somebody brought; the same bytes are one import
    Column("id", _ID, primary_key=True),
    Column("sha256", ForeignKey("kept_file.sha256"), nullable=False, unique=True),
    Column("name", String(200), nullable=False),       # as it was called the first time
    Column("size", BigInteger, nullable=False),
    Column("recorded_ms", _MS, nullable=False),
    Column("account_id", ForeignKey("account.id")),    # null: a program, or the command line
    Column("by_name", String(200), nullable=False),
)  # fmt: skip

import_attempt = Table(
    "import_attempt", metadata,                        # one reading of an imported file with what people declared
    Column("id", _ID, primary_key=True),
    Column("import_id", ForeignKey("import_file.id"), nullable=False),
    Column("at_ms", _MS, nullable=False),
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
    Column("id", _ID, primary_key=True),
    Column("import_id", ForeignKey("import_file.id"), nullable=False),
    Column("attempt_id", ForeignKey("import_attempt.id"), nullable=False),
    Column("product_id", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text that judged, frozen
    Column("stage", String(100), nullable=False),
    Column("from_ms", _MS),
    Column("to_ms", _MS),
    Column("max_gap_ms", _MS),                         # where somebody declared one
    Column("uncertainty_milli_c", BigInteger, nullable=False),
    Column("verdict", String(20), nullable=False),     # the worst of its channels
    Column("judgement", JSON, nullable=False),         # coldchain.audit/1, one object a channel
    Column("shipment", String(100), nullable=False),   # the delivery, as people call it
    Column("lot", String(100), nullable=False),
    Column("item_id", ForeignKey("item.id")),          # whose transport it is the trace of
    Column("shipment_id", ForeignKey("shipment.id")),
    Column("comment", Text, nullable=False),
    Column("recorded_ms", _MS, nullable=False),
    Column("account_id", ForeignKey("account.id")),
    Column("by_name", String(200), nullable=False),
    Index("ix_import_filing_import", "import_id"),
)  # fmt: skip

import_acknowledgement = Table(
    "import_acknowledgement", metadata,                # somebody has seen a filed verdict and says what follows
    Column("id", _ID, primary_key=True),
    Column("filing_id", ForeignKey("import_filing.id"), nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("comment", Text, nullable=False),
    Column("at_ms", _MS, nullable=False),
    Index("ix_import_acknowledgement_filing", "filing_id"),
)  # fmt: skip

import_batch = Table(
    "import_batch", metadata,                          # files that came together
    Column("id", _ID, primary_key=True),
    Column("once", String(64), unique=True),           # of the form: sent twice, brought once
    Column("recorded_ms", _MS, nullable=False),
    Column("account_id", ForeignKey("account.id")),
    Column("by_name", String(200), nullable=False),
)  # fmt: skip

import_batch_file = Table(
    "import_batch_file", metadata,
    Column("id", _ID, primary_key=True),
    Column("batch_id", ForeignKey("import_batch.id"), nullable=False),
    Column("name", String(200), nullable=False),       # as it was called this time
    Column("import_id", ForeignKey("import_file.id")),
    Column("again", Boolean, nullable=False),          # its bytes were known already
    Column("problem", Text, nullable=False),           # why it could not be kept at all
    Index("ix_import_batch_file_batch", "batch_id"),
)  # fmt: skip

layout = Table(
    "layout", metadata,                                # learned layouts that are kept in the record; appended only
    Column("id", _ID, primary_key=True),
    Column("act", String(10), nullable=False),         # kept | withdrawn
    Column("name", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),              # the very layout file
    Column("at_ms", _MS, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("comment", Text, nullable=False),
    Index("ix_layout_name", "name"),
)  # fmt: skip

announcement = Table(
    "announcement", metadata,                          # what a device said of itself and leaves out of its readings
    Column("subject", String(500), primary_key=True),
    Column("name", String(500), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("received_ms", _MS, nullable=False),
)  # fmt: skip
