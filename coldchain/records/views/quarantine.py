"""What came in and could not be used, and why."""

from dataclasses import dataclass

from sqlalchemy import LargeBinary, func, select

from coldchain.records.quarantine import PAYLOAD_LIMIT
from coldchain.records.store import Transaction
from coldchain.records.tables import quarantine, sensor, source

_FIRST = func.substr(quarantine.c.payload, 1, PAYLOAD_LIMIT, type_=LargeBinary)
"""Some payloads are kept whole, for later; people look at their beginning."""


@dataclass(frozen=True)
class Quarantined:
    """One thing in quarantine.

    Attributes:
        payload: Its first bytes, as they came.
        copies: How often it came.
    """

    id: int
    received_ms: int
    measured_ms: int | None
    milli_c: int | None
    reason: str
    detail: str
    payload: bytes
    copies: int
    sensor_name: str | None
    channel: str | None
    source_kind: str
    source_name: str

    @property
    def text(self) -> str:
        """The payload as text; bytes that are none show as �."""
        return self.payload.decode("utf-8", "replace")


def quarantined(tx: Transaction, reason: str | None, before_id: int | None, limit: int) -> list[Quarantined]:
    """The newest things in quarantine, for one reason or any; ``before_id`` pages on."""
    query = (
        select(
            quarantine.c.id, quarantine.c.received_ms, quarantine.c.measured_ms, quarantine.c.milli_c,
            quarantine.c.reason, quarantine.c.detail, _FIRST.label("payload"), quarantine.c.copies,
            sensor.c.name.label("sensor_name"), sensor.c.channel, source.c.kind.label("source_kind"),
            source.c.name.label("source_name"),
        )
        .join(source, source.c.id == quarantine.c.source_id)
        .outerjoin(sensor, sensor.c.id == quarantine.c.sensor_id)
        .where(quarantine.c.released_ms.is_(None))
        .order_by(quarantine.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    if reason is not None:
        query = query.where(quarantine.c.reason == reason)
    if before_id is not None:
        query = query.where(quarantine.c.id < before_id)
    return [Quarantined(**row._mapping) for row in tx.execute(query)]


def reasons(tx: Transaction) -> dict[str, int]:
    """How much is in quarantine for each reason, most first."""
    count = func.count().label("number")
    query = (
        select(quarantine.c.reason, count)
        .where(quarantine.c.released_ms.is_(None))
        .group_by(quarantine.c.reason)
        .order_by(count.desc(), quarantine.c.reason)
    )
    return {row.reason: row.number for row in tx.execute(query)}


def reasons_since(tx: Transaction, sensor_id: int, after_ms: int) -> dict[str, int]:
    """How often one sensor sent what could not be used after a time, by reason, most first; UTC ms of receipt."""
    count = func.sum(quarantine.c.copies).label("number")
    query = (
        select(quarantine.c.reason, count)
        .where(
            quarantine.c.sensor_id == sensor_id, quarantine.c.received_ms > after_ms, quarantine.c.released_ms.is_(None)
        )
        .group_by(quarantine.c.reason)
        .order_by(count.desc(), quarantine.c.reason)
    )
    return {row.reason: int(row.number) for row in tx.execute(query)}
