"""A few numbers: what waits for somebody, and what the metrics say."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from coldchain.records.store import Transaction
from coldchain.records.tables import (
    acknowledgement,
    excursion,
    latest,
    outbox,
    quarantine,
)
from coldchain.records.views.excursions import newest_revision


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody.

    Attributes:
        unacknowledged: Excursions that nobody has acknowledged; withdrawn and merged ones don't wait.
        quarantined: What came in since then and could not be used.
    """

    unacknowledged: int
    quarantined: int


def waiting(tx: Transaction, since_ms: int) -> Waiting:
    """What waits for somebody; quarantine counts since ``since_ms``."""
    newest = newest_revision()
    acknowledged = exists().where(acknowledgement.c.excursion_id == excursion.c.id)
    open_query = (
        select(func.count())
        .select_from(excursion.join(newest, newest.c.excursion_id == excursion.c.id))
        .where(excursion.c.merged_into.is_(None), ~newest.c.withdrawn, ~acknowledged)
    )
    kept_query = (
        select(func.count())
        .select_from(quarantine)
        .where(quarantine.c.received_ms >= since_ms, quarantine.c.released_ms.is_(None))
    )
    return Waiting(tx.execute(open_query).scalar_one(), tx.execute(kept_query).scalar_one())


@dataclass(frozen=True)
class Totals:
    """Sums over all sensors since the record began, and what the outbox holds."""

    accepted: int
    duplicates: int
    conflicts: int
    quarantined: int
    excursions: int
    outbox: dict[str, int]


def totals(tx: Transaction) -> Totals:
    """The sums that the metrics show."""
    names = ("accepted", "duplicates", "conflicts", "quarantined")
    sums = tx.execute(select(*(func.coalesce(func.sum(latest.c[name]), 0).label(name) for name in names))).one()
    outcomes = select(outbox.c.state, func.count().label("number")).group_by(outbox.c.state)
    return Totals(
        **{name: int(sums._mapping[name]) for name in names},
        excursions=tx.execute(select(func.count()).select_from(excursion)).scalar_one(),
        outbox={row.state: row.number for row in tx.execute(outcomes)},
    )
