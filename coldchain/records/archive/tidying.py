"""Deleting files of the archive that the record no longer names, and no others."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from coldchain.records.archive import shelf
from coldchain.records.archive.shelf import DAY_MS
from coldchain.records.store import Store, Transaction
from coldchain.records.tables import ledger as ledger_table
from coldchain.records.tables import sealed_day

SUPERSEDED_MS = 30 * DAY_MS
"""So long the file of a day stays after it was sealed anew: a copy of the database that was made before may name it."""

_PART_MS = DAY_MS


def tidy(store: Store, now_ms: int) -> list[Path]:
    """Delete files that another one replaces, and what was being written when a program was ended; which those were.

    A file is deleted only if the ledger names it, so that nobody else's is; at once where readings of its day were
    removed since, else after `SUPERSEDED_MS`. Unfinished files are deleted when they are a day old.
    """
    with store.reading() as tx:
        folders = {shelf.place_of(tx, one).parent for one in shelf.days(tx, *shelf.ALWAYS)}
        done = [place for place in _replaced(tx, now_ms) if place.is_file()]
    for folder in sorted(folders):
        with suppress(OSError):
            done += [one for one in folder.glob("*.part") if one.stat().st_mtime * 1000 < now_ms - _PART_MS]
    for place in done:
        with suppress(OSError):  # the next turn tries again
            place.unlink()
    return done


def _replaced(tx: Transaction, now_ms: int) -> Iterator[Path]:
    named = set(tx.scalars(select(sealed_day.c.path)))
    replaced: dict[str, int] = {}
    files: dict[int, list[str]] = {}
    kinds = (shelf.SEALED, shelf.REMOVED)
    query = select(ledger_table.c.kind, ledger_table.c.at_ms, ledger_table.c.body).order_by(ledger_table.c.seq)
    for kind, at_ms, text in tx.execute(query.where(ledger_table.c.kind.in_(kinds))):
        body = json.loads(text)
        day = body["day"] if kind == shelf.REMOVED else body
        for path in files.setdefault(day["day_ms"], []):
            replaced[path] = -SUPERSEDED_MS if kind == shelf.REMOVED else min(at_ms, replaced.get(path, at_ms))
        files[day["day_ms"]].append(day["path"])
    for path, since_ms in replaced.items():
        if path not in named and since_ms + SUPERSEDED_MS <= now_ms:
            yield shelf.place_in(tx, path)
