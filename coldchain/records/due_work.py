"""What happens at a time: one row a kind and subject, with the moment it is due. A restart forgets none of it."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from coldchain.records.store import Transaction
from coldchain.records.tables import due


def put(tx: Transaction, kind: str, subject: str, due_ms: int) -> None:
    """Have something done at ``due_ms``; replaces the moment it was due before."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(due).values(kind=kind, subject=subject, due_ms=due_ms)
    tx.execute(
        statement.on_conflict_do_update(index_elements=["kind", "subject"], set_={"due_ms": statement.excluded.due_ms})
    )


def remove(tx: Transaction, kind: str, subject: str) -> None:
    """Nothing is to be done any more."""
    tx.execute(delete(due).where(due.c.kind == kind, due.c.subject == subject))


def rows_due(tx: Transaction, now_ms: int, kinds: Sequence[str], limit: int = 500) -> list[tuple[str, str, int]]:
    """What is due at ``now_ms``, the longest due first: ``(kind, subject, due_ms)``."""
    query = select(due.c.kind, due.c.subject, due.c.due_ms).where(due.c.due_ms <= now_ms, due.c.kind.in_(kinds))
    ordered = query.order_by(due.c.due_ms, due.c.kind, due.c.subject).limit(limit)
    return [(row.kind, row.subject, row.due_ms) for row in tx.execute(ordered)]


def when(tx: Transaction, kind: str, subject: str) -> int | None:
    """When it is due, or ``None``."""
    found: int | None = tx.scalar(select(due.c.due_ms).where(due.c.kind == kind, due.c.subject == subject))
    return found


def next_ms(tx: Transaction) -> int | None:
    """The next moment at which anything is due, or ``None``."""
    found: int | None = tx.scalar(select(func.min(due.c.due_ms)))
    return found
