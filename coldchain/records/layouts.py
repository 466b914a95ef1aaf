"""Learned layouts that are kept in the record: appended when one is kept, and when it is withdrawn."""

from dataclasses import dataclass

from sqlalchemy import insert, select

from coldchain.domain.natural import natural
from coldchain.records import ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import account, layout

KEPT, WITHDRAWN = "kept", "withdrawn"


@dataclass(frozen=True)
class KeptLayout:
    """A layout as it was kept or withdrawn; ``text`` is the very file."""

    id: int
    act: str
    name: str
    sha256: str
    text: str
    at_ms: int
    account_id: int
    comment: str
    full_name: str


def append(
    tx: Transaction, act: str, name: str, sha256: str, text: str, now_ms: int, account_id: int, comment: str = ""
) -> int:
    """Keep a layout, or withdraw it; whether the person may is for the caller."""
    said = {"act": act, "name": name, "sha256": sha256, "at_ms": now_ms, "account_id": account_id, "comment": comment}
    made = int(tx.execute(insert(layout).values(**said, text=text).returning(layout.c.id)).scalar_one())
    ledger.append(tx, now_ms, f"layout.{act}", name, {"id": made} | said)
    return made


def acts(tx: Transaction) -> list[KeptLayout]:
    """Everything that was kept and withdrawn, oldest first."""
    query = select(layout, account.c.full_name).join(account, account.c.id == layout.c.account_id).order_by(layout.c.id)
    return [KeptLayout(**row._mapping) for row in tx.execute(query)]


def standing(tx: Transaction) -> list[KeptLayout]:
    """The layouts that stand now, by name: of each name the one kept last, unless it was withdrawn."""
    newest = {one.name: one for one in acts(tx)}
    return sorted((one for one in newest.values() if one.act == KEPT), key=lambda one: natural(one.name))
