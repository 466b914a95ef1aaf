"""The record's hash chain: what was written cannot be changed or left out afterwards without it showing.

Each entry carries the SHA-256 of its own content together with the hash of the entry before it. Excursion revisions
and acknowledgements are written here too, in full, so that their own tables can be compared with it.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from coldchain.records.store import Transaction
from coldchain.records.tables import ledger

FIRST = "0" * 64
"""Stands for the hash before the first entry."""


def canonical(value: object) -> str:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(seq: int, at_ms: int, kind: str, subject: str, body: str, previous_hash: str) -> str:
    """The hash of one entry, over the canonical JSON of all that it holds (``body`` as its text)."""
    entry = canonical([seq, at_ms, kind, subject, body, previous_hash])
    return hashlib.sha256(entry.encode("utf-8", "surrogatepass")).hexdigest()


def append(tx: Transaction, at_ms: int, kind: str, subject: str, body: Mapping[str, Any]) -> int:
    """Add an entry and return its number.

    Args:
        tx: The transaction that also writes what the entry speaks of.
        at_ms: When it became so.
        kind: Such as ``excursion.opened`` or ``alert.raised``.
        subject: Whom it concerns, such as an excursion's number.
        body: Everything about it, plain JSON values.
    """
    head = tx.execute(select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)).first()
    seq, previous = (head.seq + 1, head.hash) if head else (1, FIRST)
    text = canonical(body)
    tx.execute(
        insert(ledger).values(
            seq=seq, at_ms=at_ms, kind=kind, subject=subject, body=text, previous_hash=previous,
            hash=hash_of(seq, at_ms, kind, subject, text, previous),
        )
    )  # fmt: skip
    return seq
