"""The judge's memory of each unit and limit: the newest one, and one a day to go back to when late readings come."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select

from coldchain.records.store import Transaction
from coldchain.records.tables import judging

DAY_MS = 86_400_000


Memory = tuple[int, dict[str, Any]]
"""The instant of the last reading that a memory holds, and the memory."""


def heads(tx: Transaction, assignment_id: int, placement_id: int) -> dict[str, Memory]:
    """The newest memory of each limit of a unit, by the limit's id."""
    unit = (judging.c.assignment_id == assignment_id, judging.c.placement_id == placement_id)
    newest = (
        select(judging.c.limit_id, func.max(judging.c.through_ms).label("through_ms"))
        .where(*unit)
        .group_by(judging.c.limit_id)
        .subquery()
    )
    query = (
        select(judging.c.limit_id, judging.c.through_ms, judging.c.state)
        .join(newest, (newest.c.limit_id == judging.c.limit_id) & (newest.c.through_ms == judging.c.through_ms))
        .where(*unit)
    )
    return {row.limit_id: (row.through_ms, row.state) for row in tx.execute(query)}


def newest(
    tx: Transaction, assignment_id: int, placement_id: int, limit_id: str, before_ms: int | None
) -> Memory | None:
    """The newest memory that holds only readings earlier than ``before_ms`` (all, if ``None``), or ``None``."""
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
    tx: Transaction, assignment_id: int, placement_id: int, memories: Sequence[tuple[str, int, Mapping[str, Any]]]
) -> None:
    """Remember: limit id, instant of the last reading, memory; one that stands for the same day is dropped for it."""
    if not memories:
        return
    unit = {"b_assignment": assignment_id, "b_placement": placement_id}
    same_day = delete(judging).where(
        judging.c.assignment_id == bindparam("b_assignment"),
        judging.c.placement_id == bindparam("b_placement"),
        judging.c.limit_id == bindparam("b_limit"),
        judging.c.through_ms >= bindparam("b_day"),
    )
    days = [unit | {"b_limit": limit_id, "b_day": at_ms // DAY_MS * DAY_MS} for limit_id, at_ms, _ in memories]
    tx.execute(same_day, days)
    own = {"assignment_id": assignment_id, "placement_id": placement_id}
    tx.execute(
        insert(judging),
        [own | {"limit_id": limit_id, "through_ms": at_ms, "state": state} for limit_id, at_ms, state in memories],
    )


def _of(assignment_id: int, placement_id: int, limit_id: str) -> tuple[Any, ...]:
    return (
        judging.c.assignment_id == assignment_id,
        judging.c.placement_id == placement_id,
        judging.c.limit_id == limit_id,
    )
