"""Imported logger files: each file once, every reading of it with what was declared, what was filed and acknowledged.

A file's content is its identity. What people say about it, and what came of that, is appended.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, insert, select

from coldchain.errors import NotFound
from coldchain.records import kept_files, ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import account, import_acknowledgement, import_attempt, import_file, import_filing

READ, ASKED, REFUSED = "read", "asked", "refused"


@dataclass(frozen=True)
class Who:
    """Who did something: a person by their account, a program or the command line by its name."""

    name: str
    account_id: int | None = None


@dataclass(frozen=True)
class ImportFile:
    """A file that somebody brought; ``name`` is what it was called the first time."""

    id: int
    sha256: str
    name: str
    size: int
    recorded_ms: int
    account_id: int | None
    by_name: str


@dataclass(frozen=True)
class NewAttempt:
    """What reading a file with some declarations came to.

    Attributes:
        declared: What was said: ``tz``, ``unit``, ``date_order``, ``decimal``, ``column``, ``site_tz``.
        layouts: The texts of the learned layouts that were at hand.
        accepted_because: Why an invalid signature is accepted; empty where it is not.
        outcome: `READ`, `ASKED` or `REFUSED`.
        code, message, options: Of the refusal or the question; empty where it was read.
        found: What was understood: format, signature, device, evidence, channels.
        program: The version of this program that read it.
    """

    declared: Mapping[str, str]
    layouts: Sequence[str]
    accepted_because: str
    outcome: str
    code: str
    message: str
    options: Sequence[str]
    found: Mapping[str, Any]
    program: str


@dataclass(frozen=True)
class Attempt(NewAttempt):
    """The same, as the record keeps it."""

    id: int
    import_id: int
    at_ms: int
    account_id: int | None
    by_name: str


@dataclass(frozen=True)
class NewFiling:
    """A judgement to be kept.

    Attributes:
        sha256, product_file: Of the product file that judged, and its very text.
        from_ms, to_ms, max_gap_ms: What was declared of the period; ``None`` where nothing was.
        verdict: The worst of the file's channels.
        judgement: ``coldchain.audit/1``, one object a channel.
        shipment, lot: As people call them; empty where nobody said.
        item_id, shipment_id: The item whose transport the file is the trace of, and its readings in the record.
    """

    import_id: int
    attempt_id: int
    product_id: str
    version: int
    sha256: str
    product_file: str
    stage: str
    from_ms: int | None
    to_ms: int | None
    max_gap_ms: int | None
    uncertainty_milli_c: int
    verdict: str
    judgement: Sequence[Mapping[str, Any]]
    shipment: str
    lot: str
    item_id: int | None
    shipment_id: int | None
    comment: str


@dataclass(frozen=True)
class Filing(NewFiling):
    """The same, as the record keeps it."""

    id: int
    recorded_ms: int
    account_id: int | None
    by_name: str


@dataclass(frozen=True)
class Acknowledgement:
    """Somebody has seen a filed verdict, and what they said."""

    id: int
    filing_id: int
    account_id: int
    comment: str
    at_ms: int
    full_name: str
    role: str


@dataclass(frozen=True)
class Import:
    """A file with all that happened to it, oldest first."""

    file: ImportFile
    attempts: tuple[Attempt, ...]
    filings: tuple[Filing, ...]
    acknowledgements: tuple[Acknowledgement, ...]

    @property
    def last(self) -> Attempt:
        """How it was read last: what counts."""
        return self.attempts[-1]

    @property
    def open_filings(self) -> tuple[Filing, ...]:
        """Filed verdicts that are not compliant and that nobody has acknowledged."""
        seen = {one.filing_id for one in self.acknowledgements}
        return tuple(one for one in self.filings if one.verdict != "compliant" and one.id not in seen)

    @property
    def state(self) -> str:
        """``asked``, ``refused``, ``read`` (understood, and nothing filed of it yet) or ``judged``."""
        return "judged" if self.filings and self.last.outcome == READ else self.last.outcome


def receive(tx: Transaction, name: str, content: bytes, now_ms: int, by: Who) -> tuple[ImportFile, bool]:
    """Keep a file; returns its import, and whether the same bytes had been brought before."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = tx.execute(select(import_file).where(import_file.c.sha256 == sha256)).first()
    if known is not None:
        return ImportFile(**known._mapping), True
    kept_files.put(tx, sha256, content, now_ms)
    values = {
        "sha256": sha256, "name": name[:200], "size": len(content), "recorded_ms": now_ms, "account_id": by.account_id,
        "by_name": by.name,
    }  # fmt: skip
    made = _append(tx, import_file, values, "import.received", sha256, now_ms)
    return ImportFile(id=made, **values), False  # type: ignore[arg-type]


def append_attempt(tx: Transaction, import_id: int, new: NewAttempt, now_ms: int, by: Who) -> int:
    """Record how a file was read."""
    values = {
        "import_id": import_id, "at_ms": now_ms, "declared": dict(new.declared), "layouts": list(new.layouts),
        "accepted_because": new.accepted_because, "outcome": new.outcome, "code": new.code, "message": new.message,
        "options": list(new.options), "found": dict(new.found), "program": new.program, "account_id": by.account_id,
        "by_name": by.name,
    }  # fmt: skip
    return _append(tx, import_attempt, values, "import.read", str(import_id), now_ms)


def append_filing(tx: Transaction, new: NewFiling, now_ms: int, by: Who) -> int:
    """Keep a judgement; the ledger vouches for it by its SHA-256."""
    values = {name: getattr(new, name) for name in NewFiling.__dataclass_fields__} | {
        "judgement": [dict(one) for one in new.judgement], "recorded_ms": now_ms, "account_id": by.account_id,
        "by_name": by.name,
    }  # fmt: skip
    made = int(tx.execute(insert(import_filing).values(values).returning(import_filing.c.id)).scalar_one())
    said = {name: value for name, value in values.items() if name != "product_file"}
    said["judgement"] = hashlib.sha256(ledger.canonical(values["judgement"]).encode()).hexdigest()
    ledger.append(tx, now_ms, "import.filed", str(new.import_id), {"id": made} | said)
    return made


def acknowledge(tx: Transaction, filing: Filing, account_id: int, comment: str, now_ms: int) -> int:
    """Record that a person has seen a filed verdict; whether they may is for the caller."""
    values = {"filing_id": filing.id, "account_id": account_id, "comment": comment, "at_ms": now_ms}
    return _append(tx, import_acknowledgement, values, "import.acknowledged", str(filing.import_id), now_ms)


def content(tx: Transaction, import_id: int) -> bytes:
    """The very bytes of a file."""
    return kept_files.content(tx, one(tx, import_id).file.sha256)


def one(tx: Transaction, import_id: int) -> Import:
    """One import with all that happened to it.

    Raises:
        NotFound: There is no such import.
    """
    found = several(tx, [import_id])
    if not found:
        raise NotFound(f"there is no import {import_id}")
    return found[0]


def waiting(tx: Transaction) -> int:
    """How many filed verdicts are not compliant and have not been acknowledged."""
    seen = select(import_acknowledgement.c.filing_id)
    query = (
        select(func.count())
        .select_from(import_filing)
        .where(import_filing.c.verdict != "compliant", import_filing.c.id.not_in(seen))
    )
    return int(tx.scalar(query) or 0)


def newest(tx: Transaction, most: int, *, whole: bool = True) -> list[Import]:
    """The imports brought last; ``whole`` as in `several`."""
    ids = tx.scalars(select(import_file.c.id).order_by(import_file.c.id.desc()).limit(most)).all()
    return several(tx, ids, whole=whole)


def several(tx: Transaction, ids: Sequence[int], *, whole: bool = True) -> list[Import]:
    """Some imports, the one brought last first; unknown ids are left out.

    Args:
        tx: The transaction.
        ids: Which.
        whole: Without, judgements, product files and layouts stay in the record: a list shows none of them.
    """
    heavy = set() if whole else {"judgement", "product_file", "layouts"}
    files = tx.execute(select(import_file).where(import_file.c.id.in_(ids)).order_by(import_file.c.id.desc())).all()
    attempts = _grouped(tx, import_attempt, ids, heavy)
    filings = _grouped(tx, import_filing, ids, heavy)
    seen = _acknowledgements(tx, [one["id"] for found in filings.values() for one in found])
    return [
        Import(
            ImportFile(**row._mapping),
            tuple(Attempt(**({"layouts": []} | attempt)) for attempt in attempts.get(row.id, ())),
            tuple(Filing(**({"judgement": [], "product_file": ""} | one)) for one in filings.get(row.id, ())),
            tuple(said for one in filings.get(row.id, ()) for said in seen.get(one["id"], ())),
        )
        for row in files
    ]


def _grouped(tx: Transaction, table: Table, ids: Sequence[int], heavy: set[str]) -> dict[int, list[dict[str, Any]]]:
    columns = [column for column in table.columns if column.name not in heavy]
    found: dict[int, list[dict[str, Any]]] = {}
    for row in tx.execute(select(*columns).where(table.c.import_id.in_(ids)).order_by(table.c.id)):
        found.setdefault(row.import_id, []).append(dict(row._mapping))
    return found


def _acknowledgements(tx: Transaction, filing_ids: Sequence[int]) -> dict[int, list[Acknowledgement]]:
    query = (
        select(import_acknowledgement, account.c.full_name, account.c.role)
        .join(account, account.c.id == import_acknowledgement.c.account_id)
        .where(import_acknowledgement.c.filing_id.in_(filing_ids))
        .order_by(import_acknowledgement.c.id)
    )
    found: dict[int, list[Acknowledgement]] = {}
    for row in tx.execute(query):
        found.setdefault(row.filing_id, []).append(Acknowledgement(**row._mapping))
    return found


def _append(tx: Transaction, table: Table, values: Mapping[str, Any], kind: str, subject: str, now_ms: int) -> int:
    made = int(tx.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())
    ledger.append(tx, now_ms, kind, subject, {"id": made} | dict(values))
    return made
