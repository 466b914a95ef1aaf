"""Where readings come from: topics, gateways, files. Told apart by kind and name, never by the order they came in."""

from collections.abc import Iterable

from sqlalchemy import insert, literal, select

from coldchain.records.among import among_texts, each_text
from coldchain.records.store import Transaction
from coldchain.records.tables import source

SourceKey = tuple[str, str]
"""Kind (``mqtt``, ``http``, ``file``) and name of a source."""


def ensure(tx: Transaction, keys: Iterable[SourceKey]) -> dict[SourceKey, int]:
    """The ids of these sources; those not known yet are made."""
    wanted = sorted(set(keys))
    found = _named(tx, wanted)
    missing: dict[str, list[str]] = {}
    for kind, name in wanted:
        if (kind, name) not in found:
            missing.setdefault(kind, []).append(name)
    for kind, names in missing.items():
        made = select(literal(kind), each_text(tx, names).c.value)
        statement = insert(source).from_select(["kind", "name"], made).returning(source.c.id, source.c.name)
        found |= {(kind, name): row_id for row_id, name in tx.execute(statement).all()}
    return found


def keys_of(tx: Transaction, ids: Iterable[int]) -> dict[int, SourceKey]:
    """Kind and name of sources, by id."""
    wanted = sorted(set(ids))
    found: dict[int, SourceKey] = {}
    for start in range(0, len(wanted), 500):
        for row in tx.execute(select(source).where(source.c.id.in_(wanted[start : start + 500]))):
            found[row.id] = (row.kind, row.name)
    return found


def _named(tx: Transaction, keys: list[SourceKey]) -> dict[SourceKey, int]:
    found: dict[SourceKey, int] = {}
    for kind in {kind for kind, _ in keys}:
        names = [name for of, name in keys if of == kind]
        query = select(source.c.name, source.c.id).where(source.c.kind == kind, among_texts(tx, source.c.name, names))
        found |= {(kind, name): row_id for name, row_id in tx.execute(query).all()}
    return found
