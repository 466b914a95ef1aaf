"""What the judge remembers of a unit (a sensor at a location under a product), by the reading it has come to.

While readings are calm (`coldchain.domain.calm`) nothing is written: the memory follows from the newest row here and
the sensor's newest reading. A row is written where calm ends, and where what was not calm has been judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from coldchain.domain.calm import is_calm
from coldchain.domain.progress import Progress
from coldchain.records.store import Transaction
from coldchain.records.tables import memory

States = Mapping[str, Mapping[str, Any]]
"""``Progress.to_json()`` by the limit's id."""


@dataclass(frozen=True)
class Mark:
    """That there is a memory.

    Attributes:
        through_ms: The last reading that it holds; the start of the stay where it holds none.
        calm: What follows it in calm is known from the reading alone.
        rough: What lies between the memory before and this one was not all calm.
    """

    through_ms: int
    calm: bool
    rough: bool


@dataclass(frozen=True)
class Memory(Mark):
    """One memory, of every limit of the unit."""

    states: States


def remembered(progresses: Sequence[Progress], *, rough: bool) -> Memory:
    """A memory of judges that have come to the same reading."""
    (through_ms,) = {progress.last[0] for progress in progresses if progress.last is not None}
    states = {progress.limit.id: progress.to_json() for progress in progresses}
    return Memory(through_ms, all(is_calm(progress) for progress in progresses), rough, states)


def newest(tx: Transaction, assignment_id: int, placement_id: int, before_ms: int | None = None) -> Memory | None:
    """The newest memory that holds only readings earlier than ``before_ms`` (all, if ``None``), or ``None``."""
    query = select(memory).where(_of(assignment_id, placement_id))
    if before_ms is not None:
        query = query.where(memory.c.through_ms < before_ms)
    row = tx.execute(query.order_by(memory.c.through_ms.desc()).limit(1)).first()
    return None if row is None else _memory(row)


def at(tx: Transaction, assignment_id: int, placement_id: int, through_ms: int) -> Memory:
    """The memory of that instant, which is there."""
    return _memory(
        tx.execute(select(memory).where(_of(assignment_id, placement_id), memory.c.through_ms == through_ms)).one()
    )


def marks(tx: Transaction, assignment_id: int, placement_id: int, after_ms: int) -> list[Mark]:
    """Where there are memories later than that, oldest first."""
    query = select(memory.c.through_ms, memory.c.calm, memory.c.rough).where(
        _of(assignment_id, placement_id), memory.c.through_ms > after_ms
    )
    return [Mark(row.through_ms, row.calm, row.rough) for row in tx.execute(query.order_by(memory.c.through_ms))]


def put(
    tx: Transaction, assignment_id: int, placement_id: int, memories: Sequence[Memory], *,
    after_ms: int | None, until_ms: int | None,
) -> None:  # fmt: skip
    """Write memories in place of those later than ``after_ms`` and earlier than ``until_ms``.

    Args:
        tx: The transaction.
        assignment_id, placement_id: Of which unit.
        memories: Oldest first; one for an instant that has one replaces it.
        after_ms: ``None``: from the first on.
        until_ms: ``None``: to the last.
    """
    span: list[ColumnElement[bool]] = []
    span += [] if after_ms is None else [memory.c.through_ms > after_ms]
    span += [] if until_ms is None else [memory.c.through_ms < until_ms]
    instants = [one.through_ms for one in memories]
    gone = and_(True, *span) | memory.c.through_ms.in_(instants) if instants else and_(True, *span)
    tx.execute(delete(memory).where(_of(assignment_id, placement_id), gone))
    own = {"assignment_id": assignment_id, "placement_id": placement_id}
    rows = [
        own | {"through_ms": one.through_ms, "calm": one.calm, "rough": one.rough, "state": one.states}
        for one in memories
    ]
    if rows:
        tx.execute(insert(memory), rows)


def forget(tx: Transaction, assignment_id: int, placement_id: int) -> None:
    """Drop all memories of a unit."""
    tx.execute(delete(memory).where(_of(assignment_id, placement_id)))


def doubt(tx: Transaction, assignment_id: int, placement_id: int) -> None:
    """Readings were stored that could not be judged: nothing follows from the memories without looking at them."""
    tx.execute(update(memory).where(_of(assignment_id, placement_id)).values(calm=False))


def newest_of(tx: Transaction, placement_ids: Iterable[int]) -> dict[tuple[int, int], Memory]:
    """The newest memory of every unit of some placements, by assignment and placement."""
    wanted = sorted(set(placement_ids))
    found: dict[tuple[int, int], Memory] = {}
    for start in range(0, len(wanted), 500):
        some = memory.c.placement_id.in_(wanted[start : start + 500])
        for row in tx.execute(_newest_rows(some)):
            found[row.assignment_id, row.placement_id] = _memory(row)
    return found


def _newest_rows(condition: ColumnElement[bool]) -> Any:
    keys = (memory.c.assignment_id, memory.c.placement_id)
    last = select(*keys, func.max(memory.c.through_ms).label("through_ms")).where(condition).group_by(*keys).subquery()
    return select(memory).join(
        last,
        and_(*(last.c[name] == memory.c[name] for name in ("assignment_id", "placement_id", "through_ms"))),
    )


def _memory(row: Any) -> Memory:
    return Memory(row.through_ms, row.calm, row.rough, row.state)


def _of(assignment_id: int, placement_id: int) -> ColumnElement[bool]:
    return and_(memory.c.placement_id == placement_id, memory.c.assignment_id == assignment_id)
