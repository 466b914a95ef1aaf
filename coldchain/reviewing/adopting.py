"""Adopting a product file: before a site judges by it, a pharmacist says that it may.

Whether it may be done is decided apart from doing it (`refusal`), so that a page can say why not before anybody tries.
Taking a version over for a location that is judged by another one is part of the same act, and recorded as one more:
the old assignment ends, the new one begins, and nothing that was judged is judged anew.
"""

from collections.abc import Iterable, Sequence

from coldchain.domain.product import Product
from coldchain.errors import NotFound, NotPermitted, UsageError
from coldchain.records import adoptions, places
from coldchain.records.accounts import Account
from coldchain.records.adoptions import Adoption, InUse, adopted
from coldchain.records.store import Store, Transaction

__all__ = ["MAY_ADOPT", "Adoption", "InUse", "ReasonNeeded", "adopt", "adopted", "refusal", "to_take_over", "withdraw"]

MAY_ADOPT = frozenset({"pharmacist"})
"""The role that answers for what a site judges by."""

LONGEST_COMMENT = 2_000


class ReasonNeeded(UsageError):
    """A withdrawal says why; the message stands at its field."""


def refusal(role: str, *, disabled: bool = False) -> str | None:
    """Why this role may not adopt a product file or withdraw that, or ``None``."""
    if disabled:
        return "this account is disabled"
    if role not in MAY_ADOPT:
        return f"a pharmacist adopts product files; the role {role} does not"
    return None


def comment_of(text: str) -> str:
    """What a person says, as it is kept: without blanks around it and without characters that can't be seen.

    Raises:
        UsageError: It is too long.
    """
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()
    if len(kept) > LONGEST_COMMENT:
        raise ReasonNeeded(f"At most {LONGEST_COMMENT} characters, please; this is {len(kept)}")
    return kept


def reason_of(text: str) -> str:
    """Why an adoption is withdrawn.

    Raises:
        ReasonNeeded: Nothing is left of it, or it is too long.
    """
    kept = comment_of(text)
    if not kept:
        raise ReasonNeeded("Say why: “the label allows 25 °C for 14 days, not 28”")
    return kept


def to_take_over(tx: Transaction, product: Product) -> list[InUse]:
    """The locations that are judged by another version of this product now, by title."""
    return [one for one in adoptions.in_use(tx, product.id) if one.sha256 != product.sha256]


def adopt(
    store: Store, product: Product, product_file: str, by: Account, now_ms: int, *, comment: str = "",
    take_over: Iterable[int] = (),
) -> int | None:  # fmt: skip
    """Adopt a version of a product for the site, and judge locations by it from now on.

    Args:
        store: The record.
        product: The version; its hash says which.
        product_file: The very text of its file.
        by: The pharmacist.
        now_ms: Now, UTC ms.
        comment: What they say about it, if anything.
        take_over: The ids of locations that are judged by another version of this product and shall be by this one.

    Returns:
        The adoption's id; ``None`` where it was adopted already and only locations were taken over.

    Raises:
        NotPermitted: The role may not.
        UsageError: There is nothing to do, or a location cannot be judged by it.
    """
    _may(by)
    said, chosen = comment_of(comment), set(take_over)
    with store.transaction() as tx:
        standing = adopted(tx, product.sha256)
        if standing is not None and not chosen:
            raise UsageError(f"version {product.version} of {product.id} is adopted already, by {standing.full_name}")
        made = None if standing is not None else adoptions.adopt(tx, product, product_file, by, now_ms, said)
        for judged in _chosen(to_take_over(tx, product), chosen, product):
            places.assign(
                tx, judged.location_id, product, product_file, judged.stage, now_ms, now_ms,
                instead_of=product.id, by=by.name,
            )  # fmt: skip
        return made


def withdraw(store: Store, sha256: str, by: Account, now_ms: int, reason: str) -> int:
    """Take the adoption of a version back; what it judges goes on being judged by it, and says so.

    Raises:
        NotPermitted: The role may not.
        NotFound: That version is not adopted.
        ReasonNeeded: No reason is given.
    """
    _may(by)
    said = reason_of(reason)
    with store.transaction() as tx:
        standing = adopted(tx, sha256)
        if standing is None:
            raise NotFound("this version is not adopted: there is nothing to withdraw")
        return adoptions.withdraw(tx, standing, by, now_ms, said)


def _may(by: Account) -> None:
    why_not = refusal(by.role, disabled=by.disabled_ms is not None)
    if why_not is not None:
        raise NotPermitted(why_not)


def _chosen(found: Sequence[InUse], chosen: set[int], product: Product) -> list[InUse]:
    """Those that were chosen, all of which this version can judge."""
    if chosen - {one.location_id for one in found}:
        raise UsageError(f"a location that was chosen is not judged by another version of {product.id} any more")
    wanted = [one for one in found if one.location_id in chosen]
    impossible = [one for one in wanted if one.stage not in product.stages]
    if impossible:
        titles = ", ".join(one.title for one in impossible)
        raise UsageError(f"version {product.version} has no stage {impossible[0].stage!r}, by which {titles} is judged")
    return wanted
