"""Sensors, where they hang, and by which product's rules a place is judged."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from coldchain.records.tables.columns import ID, MS, metadata

sensor = Table(
    "sensor", metadata,                                # one row a sensor channel
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("channel", String(100), nullable=False, default=""),
    Column("created_ms", MS, nullable=False),
    Column("commissioned_ms", MS),
    Column("retired_ms", MS),
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
    Column("battery_ms", MS),                          # when it said so
    Column("rssi_dbm", Integer),
    Column("snr_tenths_db", Integer),
    Column("link_quality", Integer),                   # in the units of its system, 0 to 255 for Zigbee
    Column("radio_ms", MS),
    Column("firmware", String(100)),
    Column("firmware_ms", MS),
)  # fmt: skip

device_finding = Table(
    "device_finding", metadata,                        # what is or was the matter with a sensor; never a temperature
    Column("id", ID, primary_key=True),
    Column("sensor_id", ForeignKey("sensor.id"), nullable=False),
    Column("complaint", String(20), nullable=False),
    Column("other_id", ForeignKey("sensor.id")),       # the probe it was compared with
    Column("location_id", ForeignKey("location.id"), nullable=False),   # where it hung
    Column("since_ms", MS, nullable=False),
    Column("raised_ms", MS, nullable=False),
    Column("sentence", Text, nullable=False),          # as it stands; the ledger keeps it as it was when found
    Column("told_ms", MS),                             # when a notice of it was written
    Column("cleared_ms", MS),
    Column("told_over_ms", MS),                        # when a notice was written that it is over
    Column("acknowledged_ms", MS),
    Column("acknowledged_by", ForeignKey("account.id")),
    Column("comment", Text),
    Index("ix_device_finding_sensor", "sensor_id", "cleared_ms"),
)  # fmt: skip

location = Table(
    "location", metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),   # in addresses and topics: ward-3
    Column("title", String(200), nullable=False),
    Column("area", String(200), nullable=False, default=""),    # the ward or department
    Column("listed", Boolean, nullable=False, default=False, server_default=false()),  # from a list, not the settings
)  # fmt: skip

placement = Table(
    "placement", metadata,                             # where a sensor hung, and when
    Column("id", ID, primary_key=True),
    Column("sensor_id", ForeignKey("sensor.id"), nullable=False),
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("from_ms", MS, nullable=False),
    Column("to_ms", MS),
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
    Column("id", ID, primary_key=True),
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("product_id", String(200), nullable=False),
    Column("stage", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("product_file", Text, nullable=False),      # the very text that judges, frozen
    Column("from_ms", MS, nullable=False),
    Column("to_ms", MS),
    Index("ix_assignment_location", "location_id"),
)  # fmt: skip
