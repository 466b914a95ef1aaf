"""Re-computing the record's hash chain, and comparing with it the tables that it vouches for."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from coldchain.records import excursions, ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import (
    acknowledgement,
    adoption,
    alert,
    disposition,
    excursion,
    excursion_revision,
    import_acknowledgement,
    import_attempt,
    import_file,
    import_filing,
    item,
    item_event,
    kept_file,
    layout,
    preparation,
    preparation_attestation,
    preparation_event,
    sealed_day,
    shipment,
)
from coldchain.records.tables import ledger as ledger_table

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, order=True)
class Finding:
    """Something that is not as it was written; ``seq`` is the ledger entry that says so, 0 where there is none."""

    seq: int
    what: str


@dataclass(frozen=True)
class Verified:
    """What re-computing the record found.

    Attributes:
        entries: How many ledger entries there are.
        compared: How many rows of other tables the ledger vouches for.
        findings: What is wrong, the first broken entry first.
    """

    entries: int
    compared: int
    findings: tuple[Finding, ...]


def verify(tx: Transaction) -> Verified:
    """Re-compute the chain and compare what it vouches for; changes nothing."""
    broken, entries, said = _chain(tx)
    if broken is not None:
        return Verified(entries, 0, (broken,))
    findings: list[Finding] = []
    compared = 0
    for kind, key, what, row in _rows(tx):
        compared += 1
        seq, body = said.pop((kind, key), (0, None))
        if body is None:
            findings.append(Finding(0, f"{what} has no ledger entry"))
        elif body != row:
            differing = ", ".join(sorted(name for name in body.keys() | row.keys() if body.get(name) != row.get(name)))
            findings.append(Finding(seq, f"{what} says something else than ledger entry {seq} in {differing}"))
    findings += [Finding(seq, f"ledger entry {seq} ({kind} {key}) speaks of a row that is gone")
                 for (kind, key), (seq, _) in said.items()]  # fmt: skip
    findings += _merges(tx)
    return Verified(entries, compared, tuple(sorted(findings, key=lambda one: (one.seq == 0, one))))


_Said = dict[tuple[str, str], tuple[int, dict[str, Any]]]


def _chain(tx: Transaction) -> tuple[Finding | None, int, _Said]:
    """The first broken entry, how many there are, and what they say of rows of other tables."""
    expected, previous = 1, ledger.FIRST
    said: _Said = {}
    query = select(ledger_table).order_by(ledger_table.c.seq).execution_options(yield_per=_ROWS_AT_ONCE)
    with tx.execute(query) as rows:
        for row in rows:
            what = f"ledger entry {row.seq} ({row.kind} {row.subject})"
            if row.seq != expected:
                return (
                    Finding(row.seq, f"{what} follows entry {expected - 1}: what was between them is gone"),
                    expected,
                    said,
                )
            if row.previous_hash != previous:
                return Finding(row.seq, f"{what} does not continue entry {row.seq - 1}"), expected, said
            if row.hash != ledger.hash_of(row.seq, row.at_ms, row.kind, row.subject, row.body, row.previous_hash):
                return Finding(row.seq, f"{what} is not as it was written"), expected, said
            key = _key(row.kind, row.subject, row.body)
            if key is not None:
                body = json.loads(row.body)
                said[key] = (row.seq, body["day"] if row.kind == "archive.removed" else body)
            expected, previous = expected + 1, row.hash
    return None, expected - 1, said


def _key(kind: str, subject: str, text: str) -> tuple[str, str] | None:
    """Which row an entry speaks of, if it vouches for one."""
    body = json.loads(text)
    match kind:
        case "excursion.opened":
            return ("excursion", str(body["excursion"]))
        case "excursion.revised" | "excursion.withdrawn":
            return ("revision", f"{body['excursion']}/{body['revision']}")
        case "acknowledged":
            return ("acknowledgement", str(body["id"]))
        case "alert.raised":
            return ("alert", subject)
        case "disposition.signed":
            return ("disposition", str(body["id"]))
        case "product.adopted" | "product.withdrawn":
            return ("adoption", str(body["id"]))
        case "preparation.started" | "preparation.event" | "preparation.attested":
            return (kind, str(body["id"]))
        case "item.added" | "item.event" | "shipment.imported":
            return (kind, str(body["id"]))
        case "import.received" | "import.read" | "import.filed" | "import.acknowledged":
            return (kind, str(body["id"]))
        case "layout.kept" | "layout.withdrawn":
            return (kind, str(body["id"]))
        case "archive.sealed":  # a day that is sealed anew has a row for its newest file only
            return (kind, str(body["day_ms"]))
        case "archive.removed":
            return ("archive.sealed", str(body["day"]["day_ms"]))
    return None


def _rows(tx: Transaction) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Every row the ledger vouches for: its kind and key, what to call it, and what its entry must say."""
    for row in _all(tx, excursion):
        body = {name: row[name] for name in row if name not in ("id", "merged_into")} | {"excursion": row["id"]}
        yield "excursion", str(row["id"]), f"excursion {row['number']}", body
    for row in _all(tx, excursion_revision):
        key = f"{row['excursion_id']}/{row['revision']}"
        body = excursions.revision_body(row["excursion_id"], excursions.revision_of(row))
        yield "revision", key, f"revision {row['revision']} of excursion number {row['excursion_id']}", body
    for row in _all(tx, acknowledgement):
        yield "acknowledgement", str(row["id"]), f"acknowledgement {row['id']}", row
    for row in _all(tx, alert):
        yield "alert", row["id"], f"alert {row['id']}", row["body"]
    for row in _all(tx, disposition):
        yield "disposition", str(row["id"]), f"disposition {row['id']}", row
    for row in _all(tx, adoption):
        text = str(row.pop("product_file"))
        body = row | {"sha256": hashlib.sha256(text.encode()).hexdigest()}
        yield "adoption", str(row["id"]), f"adoption {row['id']}", body
    for row in _all(tx, preparation):
        body = {name: row[name] for name in row if name not in ("product_file", "once")}
        yield "preparation.started", str(row["id"]), f"preparation {row['number']}", body
    for kind, table in (("preparation.event", preparation_event), ("preparation.attested", preparation_attestation)):
        for row in _all(tx, table):
            body = {name: row[name] for name in row if name != "once"}
            yield kind, str(row["id"]), f"{table.name} {row['id']}", body
    for row in _all(tx, sealed_day):
        yield "archive.sealed", str(row["day_ms"]), f"the sealed day in {row['path']}", row
    yield from _stock(tx)
    yield from _imports(tx)


def _stock(tx: Transaction) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Items, what happened to them, and logger files; texts and bytes are vouched for by their SHA-256."""
    for row in _all(tx, item):
        body = {name: row[name] for name in row if name not in ("product_file", "once")}
        text_sha256 = hashlib.sha256(row["product_file"].encode()).hexdigest()
        yield "item.added", str(row["id"]), f"item {row['id']}", body | {"sha256": text_sha256}
    for row in _all(tx, item_event):
        yield "item.event", str(row["id"]), f"item_event {row['id']}", row
    for shipment_id in tx.scalars(select(shipment.c.id).order_by(shipment.c.id)).all():  # one at a time: they are large
        row = dict(tx.execute(select(shipment).where(shipment.c.id == shipment_id)).one()._mapping)
        row["sha256"] = _sha256_of_kept(tx, row["sha256"])
        yield "shipment.imported", str(shipment_id), f"shipment {shipment_id}", row


def _imports(tx: Transaction) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Imported files, how they were read, what was filed of them, and learned layouts."""
    for row in _all(tx, import_file):
        row["sha256"] = _sha256_of_kept(tx, row["sha256"])
        yield "import.received", str(row["id"]), f"import {row['id']}", row
    for row in _all(tx, import_attempt):
        yield "import.read", str(row["id"]), f"import_attempt {row['id']}", row
    for row in _all(tx, import_filing):
        row["sha256"] = hashlib.sha256(str(row.pop("product_file")).encode()).hexdigest()
        row["judgement"] = hashlib.sha256(ledger.canonical(row["judgement"]).encode()).hexdigest()
        yield "import.filed", str(row["id"]), f"import_filing {row['id']}", row
    for row in _all(tx, import_acknowledgement):
        yield "import.acknowledged", str(row["id"]), f"import_acknowledgement {row['id']}", row
    for row in _all(tx, layout):
        row["sha256"] = hashlib.sha256(str(row.pop("text")).encode()).hexdigest()
        yield f"layout.{row['act']}", str(row["id"]), f"layout {row['id']}", row


def _sha256_of_kept(tx: Transaction, sha256: str) -> str:
    """What the bytes that are kept under a SHA-256 really have for one; empty where they are gone."""
    found = tx.scalar(select(kept_file.c.content).where(kept_file.c.sha256 == sha256))
    if found is None:
        return ""
    content = found.encode() if isinstance(found, str) else found  # whoever forges may write text
    return hashlib.sha256(content).hexdigest()


def _all(tx: Transaction, table: Table) -> Iterator[dict[str, Any]]:
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_ROWS_AT_ONCE)
    with tx.execute(query) as rows:
        for row in rows:
            yield dict(row._mapping)


def _merges(tx: Transaction) -> Iterator[Finding]:
    """Merged excursions must be so by a ledger entry, and the other way round."""
    rows = tx.execute(select(excursion.c.number, excursion.c.merged_into).where(excursion.c.merged_into.is_not(None)))
    merged = {row.number: row.merged_into for row in rows}
    entries = tx.execute(select(ledger_table).where(ledger_table.c.kind == "excursion.merged"))
    said = {row.subject: (row.seq, json.loads(row.body)["into"]) for row in entries}
    for number in sorted(merged.keys() | said.keys()):
        seq, into = said.get(number, (0, None))
        if merged.get(number) != into:
            yield Finding(seq, f"excursion {number} is not merged as the ledger says")
