"""What may still need readings as rows: nothing from there on is moved into the archive.

Archived days are read like any others; what is still being judged is only not made to read them from files.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from coldchain.records import excursions, items, preparations
from coldchain.records.store import Transaction
from coldchain.records.tables import ingesting

YOUNGEST_MS = 2 * 86_400_000
"""A day is not sealed before it has been over for as long."""


@dataclass(frozen=True, order=True)
class Needed:
    """From which instant on readings are still needed as rows, and by what."""

    from_ms: int
    by: str


def needed(tx: Transaction) -> Needed | None:
    """The earliest of all that needs readings; ``None`` where nothing does."""
    return min(_each(tx), default=None)


def _each(tx: Transaction) -> Iterator[Needed]:
    for one in excursions.excursions(tx):
        now = one.current.known
        if one.merged_into is None and now.end_ms is None and not now.withdrawn:
            yield Needed(now.start_ms, f"excursion {one.number}, which is open")
    for running in preparations.running(tx):
        for entry in preparations.events(tx, running.id):
            yield Needed(entry.at_ms, f"preparation {running.number}, which is running")
    for history in items.histories(tx, most=1 << 31):
        for event in history.events[:1]:
            yield Needed(event.at_ms, f"{history.item.kind} {history.item.name}, which is in stock")
    since_ms = tx.scalar(select(ingesting.c.since_ms))
    if since_ms is not None:
        yield Needed(since_ms, "the ingest step, which has yet to write down what it counted")
