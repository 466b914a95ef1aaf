"""Adopted product files: a pharmacist of the site says that it judges by this very version, or takes that back.

Both are appended. A version is known by the SHA-256 of its file: other words are another file.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, insert, select

from coldchain.domain.natural import natural
from coldchain.domain.product import Product
from coldchain.records import ledger
from coldchain.records.accounts import Account
from coldchain.records.store import Transaction
from coldchain.records.tables import account, adoption, assignment, location

ADOPTED, WITHDRAWN = "adopted", "withdrawn"


@dataclass(frozen=True)
class Adoption:
    """A pharmacist adopted a product file, or withdrew that.

    Attributes:
        act: ``adopted`` or ``withdrawn``.
        full_name, role: Of the person, as the account says now.
        at_ms: When, UTC ms.
        comment: What they said; a withdrawal says why.
    """

    id: int
    act: str
    product_id: str
    version: int
    sha256: str
    product_file: str
    account_id: int
    at_ms: int
    comment: str
    full_name: str
    role: str


@dataclass(frozen=True)
class InUse:
    """A location that is judged by a product now; ``product_file`` is the text that was frozen for it."""

    location_id: int
    name: str
    title: str
    product_id: str
    stage: str
    version: int
    sha256: str
    product_file: str
    from_ms: int


def in_use(tx: Transaction, product_id: str | None = None) -> list[InUse]:
    """What locations are judged by now, by their titles; only of one product, if one is named."""
    columns = ("product_id", "stage", "version", "sha256", "product_file", "from_ms")
    query = (
        select(location.c.id.label("location_id"), location.c.name, location.c.title)
        .add_columns(*(assignment.c[name] for name in columns))
        .join(assignment, assignment.c.location_id == location.c.id)
        .where(assignment.c.to_ms.is_(None))
        .order_by(location.c.id, assignment.c.id)
    )
    if product_id is not None:
        query = query.where(assignment.c.product_id == product_id)
    return sorted((InUse(**row._mapping) for row in tx.execute(query)), key=lambda one: natural(one.title))


def adopt(tx: Transaction, product: Product, product_file: str, by: Account, at_ms: int, comment: str = "") -> int:
    """Record that a person adopts this file for the site; returns the act's id. Whether they may is for the caller."""
    return _append(tx, ADOPTED, product.id, product.version, product.sha256, product_file, by, at_ms, comment)


def withdraw(tx: Transaction, standing: Adoption, by: Account, at_ms: int, comment: str) -> int:
    """Record that an adoption holds no longer; returns the act's id."""
    was = standing
    return _append(tx, WITHDRAWN, was.product_id, was.version, was.sha256, was.product_file, by, at_ms, comment)


def adopted(tx: Transaction, sha256: str) -> Adoption | None:
    """The adoption of that file that stands now, or ``None``."""
    found = _select(tx, adoption.c.sha256 == sha256)
    return found[-1] if found and found[-1].act == ADOPTED else None


def all_adopted(tx: Transaction) -> dict[str, Adoption]:
    """Every adoption that stands now, by the file's SHA-256."""
    newest = {one.sha256: one for one in _select(tx, adoption.c.id.is_not(None))}
    return {sha256: one for sha256, one in newest.items() if one.act == ADOPTED}


def acts(tx: Transaction, product_id: str) -> list[Adoption]:
    """Every adoption and withdrawal of a product's files, oldest first."""
    return _select(tx, adoption.c.product_id == product_id)


def _append(
    tx: Transaction, act: str, product_id: str, version: int, sha256: str, product_file: str, by: Account, at_ms: int,
    comment: str,
) -> int:  # fmt: skip
    said: dict[str, Any] = {
        "act": act, "product_id": product_id, "version": version, "sha256": sha256, "account_id": by.id, "at_ms": at_ms,
        "comment": comment,
    }  # fmt: skip
    values = said | {"product_file": product_file}
    made = int(tx.execute(insert(adoption).values(values).returning(adoption.c.id)).scalar_one())
    ledger.append(tx, at_ms, f"product.{act}", product_id, {"id": made} | said)
    return made


def _select(tx: Transaction, condition: ColumnElement[bool]) -> list[Adoption]:
    query = (
        select(adoption, account.c.full_name, account.c.role)
        .join(account, account.c.id == adoption.c.account_id)
        .where(condition)
        .order_by(adoption.c.id)
    )
    return [Adoption(**row._mapping) for row in tx.execute(query)]
