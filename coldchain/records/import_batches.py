"""Files that were brought together: one upload, one folder, one zip."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from coldchain.errors import NotFound
from coldchain.records.imports import Import, Who, several
from coldchain.records.store import Transaction
from coldchain.records.tables import import_batch, import_batch_file


@dataclass(frozen=True)
class Brought:
    """One file of a batch.

    Attributes:
        name: What it was called this time.
        import_id: ``None`` where it could not be kept at all; ``problem`` says why.
        again: Its bytes were known already.
    """

    name: str
    import_id: int | None
    again: bool
    problem: str = ""


@dataclass(frozen=True)
class Batch:
    """Files that came together, in the order they came."""

    id: int
    recorded_ms: int
    by_name: str
    files: tuple[Brought, ...]
    imports: tuple[Import, ...]


def put(tx: Transaction, files: Sequence[Brought], once: str | None, now_ms: int, by: Who) -> int:
    """Record which files came together; the same form sent twice is one batch."""
    if once is not None:
        known = tx.scalar(select(import_batch.c.id).where(import_batch.c.once == once))
        if known is not None:
            return int(known)
    values = {"once": once, "recorded_ms": now_ms, "account_id": by.account_id, "by_name": by.name}
    made = int(tx.execute(insert(import_batch).values(values).returning(import_batch.c.id)).scalar_one())
    for one in files:
        tx.execute(
            insert(import_batch_file).values(
                batch_id=made, name=one.name[:200], import_id=one.import_id, again=one.again, problem=one.problem
            )
        )
    return made


def batch(tx: Transaction, batch_id: int) -> Batch:
    """One batch.

    Raises:
        NotFound: There is no such batch.
    """
    row = tx.execute(select(import_batch).where(import_batch.c.id == batch_id)).first()
    if row is None:
        raise NotFound(f"there is no batch {batch_id}")
    query = select(import_batch_file).where(import_batch_file.c.batch_id == batch_id).order_by(import_batch_file.c.id)
    files = tuple(Brought(one.name, one.import_id, one.again, one.problem) for one in tx.execute(query))
    imports = several(tx, [one.import_id for one in files if one.import_id is not None])
    return Batch(row.id, row.recorded_ms, row.by_name, files, tuple(imports))
