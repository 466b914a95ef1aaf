"""Acknowledging an excursion: somebody has seen it and says what is done about it.

Whether it may be done is decided apart from doing it (`refusal`), so that a page can say why not before anybody tries.
"""

from coldchain.errors import NotPermitted, UsageError
from coldchain.records import acknowledgements, excursions
from coldchain.records.accounts import Account
from coldchain.records.store import Store, Transaction

MAY_ACKNOWLEDGE = frozenset({"nurse", "pharmacist", "administrator"})
"""The roles that act; an auditor looks."""

LONGEST_COMMENT = 2_000


class CommentNeeded(UsageError):
    """The comment is missing or cannot be kept; the message stands at its field."""


def refusal(role: str, *, withdrawn: bool, merged_into: str | None, disabled: bool = False) -> str | None:
    """Why this role may not acknowledge that excursion, or ``None``.

    Args:
        role: The account's role.
        withdrawn: Later data showed that it was none.
        merged_into: The number of the excursion it became part of.
        disabled: The account may sign in no more.
    """
    if disabled:
        return "this account is disabled"
    if role not in MAY_ACKNOWLEDGE:
        return f"the role {role} looks, and does not acknowledge"
    if withdrawn:
        return "later readings showed that this was no excursion: there is nothing to acknowledge"
    if merged_into is not None:
        return f"this is part of excursion {merged_into} now: acknowledge that one"
    return None


def comment_of(text: str) -> str:
    """The comment as it is kept: without blanks around it and without characters that can't be seen.

    Raises:
        CommentNeeded: Nothing is left, or it is too long.
    """
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()
    if not kept:
        raise CommentNeeded("Say what you saw or did: “door was open, closed it, moved the vials to refrigerator 2”")
    if len(kept) > LONGEST_COMMENT:
        raise CommentNeeded(f"At most {LONGEST_COMMENT} characters, please; this is {len(kept)}")
    return kept


def acknowledge(
    store: Store, excursion_id: int, account: Account, comment: str, now_ms: int, *, revision: int | None = None
) -> int:
    """Record that somebody has seen an excursion and what they say about it; returns the acknowledgement's id.

    It is appended, with a ledger entry in the same transaction. Acknowledging again adds another comment.

    Args:
        store: The record.
        excursion_id: Which one.
        account: Who.
        comment: What they say; required.
        now_ms: When, UTC ms.
        revision: The revision they had before their eyes; the newest if ``None``.

    Raises:
        NotFound: There is no such excursion.
        NotPermitted: The role may not, or there is nothing to acknowledge.
        CommentNeeded: The comment is missing or too long.
    """
    kept = comment_of(comment)
    with store.transaction() as tx:
        found = excursions.excursion(tx, excursion_id)
        merged_into = _number(tx, found.merged_into)
        withdrawn = found.current.known.withdrawn
        why_not = refusal(
            account.role, withdrawn=withdrawn, merged_into=merged_into, disabled=account.disabled_ms is not None
        )
        if why_not is not None:
            raise NotPermitted(why_not)
        newest = found.current.revision
        seen = newest if revision is None or not 1 <= revision <= newest else revision
        return acknowledgements.acknowledge(tx, account.id, now_ms, kept, excursion_id=excursion_id, revision=seen)


def _number(tx: Transaction, excursion_id: int | None) -> str | None:
    return None if excursion_id is None else excursions.excursion(tx, excursion_id).number
