"""What is or was the matter with sensors themselves: one row a finding, from when it is found until it is over.

A row is updated as it is told, acknowledged and over; the ledger holds each of these as it happened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, or_, select, update

from coldchain.errors import NotFound
from coldchain.records import ledger
from coldchain.records.among import among
from coldchain.records.places import sensor_title
from coldchain.records.store import Transaction
from coldchain.records.tables import account, device_finding, location, sensor


@dataclass(frozen=True)
class Finding:
    """One thing that is or was the matter with a sensor.

    Attributes:
        complaint: A word of `coldchain.domain.devices.Complaint`.
        other_id: The probe it was compared with.
        since_ms: From when its readings show it; ``raised_ms``: when we found it.
        sentence: As it stands, with its newest figures.
        told_ms, told_over_ms: When a notice was written of it, and of its end.
        cleared_ms: When it was over.
        acknowledged_by: The full name of whoever has seen it.
    """

    id: int
    sensor_id: int
    complaint: str
    other_id: int | None
    location_id: int
    since_ms: int
    raised_ms: int
    sentence: str
    told_ms: int | None
    cleared_ms: int | None
    told_over_ms: int | None
    acknowledged_ms: int | None
    acknowledged_by: str | None
    comment: str | None
    sensor: str
    channel: str
    location: str
    location_title: str

    @property
    def title(self) -> str:
        """The sensor's name, with its channel where it has several."""
        return sensor_title(self.sensor, self.channel)

    @property
    def key(self) -> tuple[str, int]:
        """What tells a sensor's findings apart: the complaint, and the other probe (0: none)."""
        return self.complaint, self.other_id or 0


def standing(tx: Transaction, sensor_ids: Iterable[int] | None = None) -> list[Finding]:
    """What is not over: of these sensors, or of all; the oldest first."""
    condition: ColumnElement[bool] = device_finding.c.cleared_ms.is_(None)
    if sensor_ids is not None:
        condition &= among(tx, device_finding.c.sensor_id, sensor_ids)
    return _select(tx, condition)


def of_sensor(tx: Transaction, sensor_id: int, limit: int = 20) -> list[Finding]:
    """What is and was the matter with a sensor, the newest first."""
    return _select(tx, device_finding.c.sensor_id == sensor_id)[::-1][:limit]


def one(tx: Transaction, finding_id: int) -> Finding:
    """One finding; raises `NotFound`."""
    found = _select(tx, device_finding.c.id == finding_id)
    if not found:
        raise NotFound(f"there is no finding number {finding_id} about a sensor")
    return found[0]


def untold(tx: Transaction) -> list[Finding]:
    """What people have not been told of: what stands, and the end of what they were told of."""
    begun = device_finding.c.told_ms.is_(None) & device_finding.c.cleared_ms.is_(None)
    over = (
        device_finding.c.told_ms.is_not(None)
        & device_finding.c.cleared_ms.is_not(None)
        & device_finding.c.told_over_ms.is_(None)
    )
    return _select(tx, or_(begun, over))


def begin(
    tx: Transaction, sensor_id: int, complaint: str, other_id: int | None, location_id: int, since_ms: int,
    sentence: str, now_ms: int,
) -> None:  # fmt: skip
    """Something is the matter with a sensor from now on."""
    values = {
        "sensor_id": sensor_id, "complaint": complaint, "other_id": other_id, "location_id": location_id,
        "since_ms": since_ms, "raised_ms": now_ms, "sentence": sentence,
    }  # fmt: skip
    made = int(tx.execute(insert(device_finding).values(values).returning(device_finding.c.id)).scalar_one())
    ledger.append(tx, now_ms, "device.found", _sensor_name(tx, sensor_id), {"finding": made} | values)


def go_on(tx: Transaction, found: Finding, sentence: str) -> None:
    """It still is; in the newest figures."""
    if sentence != found.sentence:
        tx.execute(update(device_finding).where(device_finding.c.id == found.id).values(sentence=sentence))


def end(tx: Transaction, found: Finding, now_ms: int, *, taken_down: bool = False) -> None:
    """It is over, or nobody looks any more because the sensor hangs nowhere: then nobody is told."""
    values = {"cleared_ms": now_ms} | ({"told_over_ms": now_ms} if taken_down else {})
    tx.execute(update(device_finding).where(device_finding.c.id == found.id).values(values))
    body = {"finding": found.id, "complaint": found.complaint, "taken_down": taken_down}
    ledger.append(tx, now_ms, "device.over", found.sensor, body)


def told(tx: Transaction, found: Sequence[Finding], now_ms: int) -> None:
    """A notice of these was written in this transaction."""
    for column, some in (
        (device_finding.c.told_ms, [each.id for each in found if each.cleared_ms is None]),
        (device_finding.c.told_over_ms, [each.id for each in found if each.cleared_ms is not None]),
    ):
        if some:
            tx.execute(update(device_finding).where(among(tx, device_finding.c.id, some)).values({column: now_ms}))


def acknowledge(tx: Transaction, found: Finding, account_id: int, by: str, comment: str, now_ms: int) -> None:
    """Somebody has seen it and says what is done about it."""
    values = {"acknowledged_ms": now_ms, "acknowledged_by": account_id, "comment": comment}
    tx.execute(update(device_finding).where(device_finding.c.id == found.id).values(values))
    body = {"finding": found.id, "complaint": found.complaint, "by": by, "comment": comment}
    ledger.append(tx, now_ms, "device.acknowledged", found.sensor, body)


def _select(tx: Transaction, condition: ColumnElement[bool]) -> list[Finding]:
    own = [
        device_finding.c[name]
        for name in (
            "id", "sensor_id", "complaint", "other_id", "location_id", "since_ms", "raised_ms", "sentence", "told_ms",
            "cleared_ms", "told_over_ms", "acknowledged_ms", "comment",
        )
    ]  # fmt: skip
    query = (
        select(
            *own, account.c.full_name.label("acknowledged_by"), sensor.c.name.label("sensor"), sensor.c.channel,
            location.c.name.label("location"), location.c.title.label("location_title"),
        )
        .join(sensor, sensor.c.id == device_finding.c.sensor_id)
        .join(location, location.c.id == device_finding.c.location_id)
        .outerjoin(account, account.c.id == device_finding.c.acknowledged_by)
        .where(condition)
        .order_by(device_finding.c.raised_ms, device_finding.c.id)
    )  # fmt: skip
    return [Finding(**row._mapping) for row in tx.execute(query)]


def _sensor_name(tx: Transaction, sensor_id: int) -> str:
    return str(tx.scalar(select(sensor.c.name).where(sensor.c.id == sensor_id)))
