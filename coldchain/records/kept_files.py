"""The very bytes of logger files, each kept once, by their SHA-256."""

from sqlalchemy import insert, select

from coldchain.errors import NotFound
from coldchain.records.store import Transaction
from coldchain.records.tables import kept_file


def put(tx: Transaction, sha256: str, content: bytes, now_ms: int) -> bool:
    """Keep bytes, unless they are kept already; returns whether they were new."""
    if tx.scalar(select(kept_file.c.sha256).where(kept_file.c.sha256 == sha256)) is not None:
        return False
    tx.execute(insert(kept_file).values(sha256=sha256, content=content, recorded_ms=now_ms))
    return True


def content(tx: Transaction, sha256: str) -> bytes:
    """The bytes with this SHA-256.

    Raises:
        NotFound: No such bytes are kept.
    """
    found = tx.scalar(select(kept_file.c.content).where(kept_file.c.sha256 == sha256))
    if found is None:
        raise NotFound(f"no file with the SHA-256 {sha256} is kept")
    return bytes(found)
