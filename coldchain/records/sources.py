"""Where readings come from: topics, gateways, files. Told apart by kind and name, never by the order they came in."""

from collections.abc import Iterable

from sqlalchemy import insert, select

from coldchain.records.among import among_texts
from coldchain.records.store import Transaction
from coldchain.records.tables import source

SourceKey = tuple[str, str]
"""Kind (``mqtt``, ``http``, ``file``) and name of a source."""


def ensure(tx: Transaction, keys: Iterable[SourceKey]) -> dict[SourceKey, int]:
    """The ids of these sources; those not known yet are made."""
    wanted = sorted(set(keys))
    found = _named(tx, wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        tx.execute(insert(source), [{"kind": kind, "name": name} for kind, name in missing])
        found |= _named(tx, missing)
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
        for row in tx.execute(select(source).where(source.c.kind == kind, among_texts(tx, source.c.name, names))):
            found[row.kind, row.name] = row.id
    return found
