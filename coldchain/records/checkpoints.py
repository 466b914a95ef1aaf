"""The judge's memory of each unit and limit: the newest one, and one a day to go back to when late readings come."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from coldchain.records.store import Transaction
from coldchain.records.tables import judging

DAY_MS = 86_400_000


def newest(
    tx: Transaction, assignment_id: int, placement_id: int, limit_id: str, before_ms: int | None
) -> tuple[int, dict[str, Any]] | None:
    """The newest memory that holds only readings earlier than ``before_ms`` (all, if ``None``), or ``None``.

    Returns:
        The instant of the last reading it holds, and the memory.
    """
    query = select(judging.c.through_ms, judging.c.state).where(*_of(assignment_id, placement_id, limit_id))
    if before_ms is not None:
        query = query.where(judging.c.through_ms < before_ms)
    row = tx.execute(query.order_by(judging.c.through_ms.desc()).limit(1)).first()
    return None if row is None else (row.through_ms, row.state)


def forget(tx: Transaction, assignment_id: int, placement_id: int, limit_id: str, after_ms: int | None = None) -> None:
    """Drop the memories that hold readings later than ``after_ms`` (all, if ``None``)."""
    where = _of(assignment_id, placement_id, limit_id)
    if after_ms is not None:
        where = (*where, judging.c.through_ms > after_ms)
    tx.execute(delete(judging).where(*where))


def keep(
    tx: Transaction, assignment_id: int, placement_id: int, limit_id: str, through_ms: int, state: Mapping[str, Any]
) -> None:
    """Remember, as the newest; the one before it is dropped unless it is the last of its day."""
    where = _of(assignment_id, placement_id, limit_id)
    day = through_ms // DAY_MS * DAY_MS
    tx.execute(delete(judging).where(*where, judging.c.through_ms >= day))
    tx.execute(
        insert(judging).values(
            assignment_id=assignment_id, placement_id=placement_id, limit_id=limit_id, through_ms=through_ms,
            state=dict(state),
        )
    )  # fmt: skip


def _of(assignment_id: int, placement_id: int, limit_id: str) -> tuple[Any, ...]:
    return (
        judging.c.assignment_id == assignment_id,
        judging.c.placement_id == placement_id,
        judging.c.limit_id == limit_id,
    )
