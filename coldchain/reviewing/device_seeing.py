"""Somebody has seen what is the matter with a sensor, and says what is done about it."""

from coldchain.errors import NotPermitted, UsageError
from coldchain.records import Store, device_findings
from coldchain.records.accounts import Account
from coldchain.reviewing.acknowledging import MAY_ACKNOWLEDGE, comment_of


def refusal(person: Account) -> str | None:
    """Why this person may not, or ``None``."""
    if person.disabled_ms is not None:
        return "this account is disabled"
    return None if person.role in MAY_ACKNOWLEDGE else f"the role {person.role} looks, and does not acknowledge"


def acknowledge(store: Store, person: Account, finding_id: int, comment: str, now_ms: int) -> None:
    """Record who has seen a finding and what they say; the newest word stands on the page, all are in the ledger.

    Raises:
        NotPermitted: The role may not.
        NotFound: There is no such finding.
        UsageError: It is over, or the comment is missing.
    """
    why_not = refusal(person)
    if why_not is not None:
        raise NotPermitted(why_not)
    kept = comment_of(comment)
    with store.transaction() as tx:
        found = device_findings.one(tx, finding_id)
        if found.cleared_ms is not None:
            raise UsageError("this is over: there is nothing to acknowledge")
        device_findings.acknowledge(tx, found, person.id, person.name, kept, now_ms)
