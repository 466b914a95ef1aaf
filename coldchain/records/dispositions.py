"""What pharmacists signed of medicines: appended, never changed; the newest one of a thing counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select

from coldchain.domain.disposition import Decision
from coldchain.records import ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import account, disposition, excursion

REOPENED = "reopened"
"""Due work: say that an excursion which was decided on has changed; the subject is its number."""


@dataclass(frozen=True)
class Disposition:
    """One signed decision.

    Attributes:
        excursion_id, number, revision: Because of which excursion, and its revision that the person had before their
            eyes; ``None`` where it is about an item's whole way.
        item_id: Of which item; ``None``: of whatever else was stored there.
        known: What was known of the item then.
        by, full_name, role: Who signed.
    """

    id: int
    excursion_id: int | None
    number: str | None
    revision: int | None
    item_id: int | None
    decision: Decision
    reason: str
    known: Mapping[str, Any]
    account_id: int
    at_ms: int
    by: str
    full_name: str
    role: str


def sign(
    tx: Transaction, decision: Decision, reason: str, account_id: int, now_ms: int, *, excursion_id: int | None = None,
    revision: int | None = None, item_id: int | None = None, known: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Append a signed decision and its ledger entry; returns its id."""
    values = {
        "excursion_id": excursion_id, "revision": revision, "item_id": item_id, "decision": decision.value,
        "reason": reason, "known": dict(known or {}), "account_id": account_id, "at_ms": now_ms,
    }  # fmt: skip
    made = int(tx.execute(insert(disposition).values(values).returning(disposition.c.id)).scalar_one())
    subject = f"item {item_id}" if excursion_id is None else f"excursion {excursion_id}"
    ledger.append(tx, now_ms, "disposition.signed", subject, {"id": made} | values)
    return made


def of_excursion(tx: Transaction, excursion_id: int) -> list[Disposition]:
    """What was signed because of an excursion, in order."""
    return _select(tx, disposition.c.excursion_id == excursion_id)


def of_item(tx: Transaction, item_id: int) -> list[Disposition]:
    """What was signed of an item, because of excursions or of its whole way, in order."""
    return _select(tx, disposition.c.item_id == item_id)


def of_items(tx: Transaction) -> dict[int, Disposition]:
    """The newest decision on each item that was ever decided on."""
    return {one.item_id: one for one in _select(tx, disposition.c.item_id.is_not(None)) if one.item_id is not None}


def any_of_excursion(tx: Transaction, excursion_id: int) -> bool:
    """Whether an excursion was ever decided on."""
    query = select(disposition.c.id).where(disposition.c.excursion_id == excursion_id).limit(1)
    return tx.scalar(query) is not None


def newest_id(tx: Transaction) -> int:
    """The number of the newest decision on anything; 0 where nobody has decided yet."""
    return int(tx.scalar(select(func.max(disposition.c.id))) or 0)


def newest(signed: list[Disposition]) -> dict[int | None, Disposition]:
    """Of each thing, the decision that counts; ``None`` is whatever else was stored there."""
    return {one.item_id: one for one in signed}


def _select(tx: Transaction, condition: ColumnElement[bool]) -> list[Disposition]:
    query = (
        select(disposition, excursion.c.number, account.c.name.label("by"), account.c.full_name, account.c.role)
        .join(account, account.c.id == disposition.c.account_id)
        .outerjoin(excursion, excursion.c.id == disposition.c.excursion_id)
        .where(condition)
        .order_by(disposition.c.id)
    )
    found = (dict(row._mapping) for row in tx.execute(query))
    return [Disposition(**row | {"decision": Decision(row["decision"])}) for row in found]
