"""On SQLite readings lie in slots of ten minutes, so that one takes less than 30 bytes, its index included."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SLOT_MS = 600_000
_MANY_SENSORS = 100_000
_TABLE = """CREATE TABLE reading_in_slots (
  slot INTEGER NOT NULL,
  sensor_id INTEGER NOT NULL,
  ms INTEGER NOT NULL,
  milli_c INTEGER NOT NULL,
  delay_ms INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  copies INTEGER NOT NULL,
  measured_ms BIGINT GENERATED ALWAYS AS (slot * 600000 + ms) VIRTUAL,
  received_ms BIGINT GENERATED ALWAYS AS (slot * 600000 + ms + delay_ms) VIRTUAL,
  position BIGINT GENERATED ALWAYS AS (place >> 16) VIRTUAL,
  flags INTEGER GENERATED ALWAYS AS (place & 65535) VIRTUAL,
  PRIMARY KEY ({key})
) WITHOUT ROWID"""

_MOVE = """INSERT INTO reading_in_slots (slot, sensor_id, ms, milli_c, delay_ms, source_id, place, copies)
  SELECT :slot AS slot, sensor_id, measured_ms - :slot * 600000 AS ms, milli_c, received_ms - measured_ms, source_id,
    position << 16 | flags, copies
  FROM reading WHERE measured_ms >= :slot * 600000 AND measured_ms < :after ORDER BY {key}"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    many = connection.scalar(sa.text("SELECT count(*) FROM sensor")) > _MANY_SENSORS
    key = "slot, ms, sensor_id" if many else "slot, sensor_id, ms"
    move = sa.text(_MOVE.format(key=key))
    connection.execute(sa.text(_TABLE.format(key=key)))
    after_ms = -(1 << 62)
    while (at_ms := _next(connection, after_ms)) is not None:
        slot = at_ms // _SLOT_MS
        after_ms = (slot + 1) * _SLOT_MS
        connection.execute(move, {"slot": slot, "after": after_ms})
    there = connection.scalar(sa.text("SELECT count(*) FROM reading"))
    moved = connection.scalar(sa.text("SELECT count(*) FROM reading_in_slots"))
    if there != moved:
        raise RuntimeError(f"{there} readings became {moved}: nothing was changed")
    connection.execute(sa.text("DROP TABLE reading"))
    connection.execute(sa.text("ALTER TABLE reading_in_slots RENAME TO reading"))


def _next(connection: sa.Connection, after_ms: int) -> int | None:
    found: int | None = connection.scalar(
        sa.text("SELECT min(measured_ms) FROM reading WHERE measured_ms >= :after"), {"after": after_ms}
    )
    return found
