"""What devices say of themselves once: births, descriptions, configurations, the newest of each."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from coldchain.records.store import Transaction
from coldchain.records.tables import announcement


def keep(tx: Transaction, found: Iterable[tuple[str, str, bytes, int]]) -> None:
    """Keep subjects' announcements (subject, name, payload, received ms) in place of what they said before."""
    newest = {(subject, name): (payload, received_ms) for subject, name, payload, received_ms in found}
    for (subject, name), (payload, received_ms) in newest.items():
        tx.execute(delete(announcement).where(announcement.c.subject == subject, announcement.c.name == name))
        tx.execute(
            insert(announcement), {"subject": subject, "name": name, "payload": payload, "received_ms": received_ms}
        )


def one(tx: Transaction, subject: str, name: str) -> bytes | None:
    """One announcement's payload, or ``None``."""
    found = tx.scalar(
        select(announcement.c.payload).where(announcement.c.subject == subject, announcement.c.name == name)
    )
    return None if found is None else bytes(found)


def kept(connection: Transaction) -> list[tuple[str, str, bytes]]:
    """Every subject's announcements: subject, name, payload."""
    rows = connection.execute(select(announcement.c.subject, announcement.c.name, announcement.c.payload))
    return [(row.subject, row.name, bytes(row.payload)) for row in rows]
