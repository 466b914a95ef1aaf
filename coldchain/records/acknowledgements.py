"""Who has seen what, and said what about it: appended, never changed."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, select

from coldchain.records import ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import account, acknowledgement


@dataclass(frozen=True)
class Acknowledgement:
    """One acknowledgement; ``revision`` is what the person had before their eyes."""

    id: int
    excursion_id: int | None
    alert_id: str | None
    account_id: int
    at_ms: int
    revision: int | None
    comment: str
    by: str
    full_name: str


def acknowledge(
    tx: Transaction, account_id: int, at_ms: int, comment: str, *, excursion_id: int | None = None,
    alert_id: str | None = None, revision: int | None = None,
) -> int:  # fmt: skip
    """Append an acknowledgement of an excursion or an alert, and its ledger entry; returns its id."""
    values = {
        "excursion_id": excursion_id, "alert_id": alert_id, "account_id": account_id, "at_ms": at_ms,
        "revision": revision, "comment": comment,
    }  # fmt: skip
    made = int(tx.execute(insert(acknowledgement).values(values).returning(acknowledgement.c.id)).scalar_one())
    subject = f"excursion {excursion_id}" if excursion_id is not None else f"alert {alert_id}"
    ledger.append(tx, at_ms, "acknowledged", subject, {"id": made} | values)
    return made


def of_excursion(tx: Transaction, excursion_id: int) -> list[Acknowledgement]:
    """What was said about an excursion, in order."""
    return _select(tx, acknowledgement.c.excursion_id == excursion_id)


def _select(tx: Transaction, condition: ColumnElement[bool]) -> list[Acknowledgement]:
    query = (
        select(acknowledgement, account.c.name.label("by"), account.c.full_name)
        .join(account, account.c.id == acknowledgement.c.account_id)
        .where(condition)
        .order_by(acknowledgement.c.id)
    )
    return [Acknowledgement(**row._mapping) for row in tx.execute(query)]
