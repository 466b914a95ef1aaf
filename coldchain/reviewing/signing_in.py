"""Whether a name and a password are right, slow for guessers: the same count for pages, signatures and commands."""

from collections.abc import Callable

from coldchain.records import Store, accounts
from coldchain.records.accounts import Account

MINUTE_MS = 60_000
WINDOW_MS = 15 * MINUTE_MS
"""How far back failed attempts count."""

MOST_FROM_ONE_PLACE = 5
"""Failed attempts for one name from one address; from elsewhere the owner can still get in."""

MOST_FOR_ONE_NAME = 30
MOST_FROM_ONE_ADDRESS = 60

WRONG = "Name and password don't match an account that may sign in."
TOO_OFTEN = "Too many attempts with a wrong password. Wait 15 minutes, then try again."

IsPassword = Callable[[str | None, str], bool]
"""Whether a password fits a hash; slow by design, and as slow where there is no hash."""


def too_often(store: Store, now_ms: int, name: str, address: str) -> bool:
    """Whether so many attempts failed lately that no password is looked at."""
    since_ms = now_ms - WINDOW_MS
    with store.reading() as tx:
        return (
            accounts.failures_since(tx, since_ms, name=name, address=address) >= MOST_FROM_ONE_PLACE
            or accounts.failures_since(tx, since_ms, name=name) >= MOST_FOR_ONE_NAME
            or accounts.failures_since(tx, since_ms, address=address) >= MOST_FROM_ONE_ADDRESS
        )


def checked(
    store: Store, clock_ms: Callable[[], int], name: str, password: str, address: str, is_password: IsPassword
) -> tuple[Account | None, str]:  # fmt: skip
    """Who it is, or why nobody: the attempt is noted either way.

    Args:
        store: The record.
        clock_ms: The time, UTC ms.
        name, password: As typed.
        address: From where.
        is_password: Compares a password with a hash.
    """
    if too_often(store, clock_ms(), name, address):
        return None, TOO_OFTEN
    with store.reading() as tx:
        found = accounts.account(tx, name)
    enabled = found if found is not None and found.disabled_ms is None else None
    right = is_password(enabled.password_hash if enabled else None, password)
    with store.transaction() as tx:
        accounts.note_attempt(tx, name, address, clock_ms(), succeeded=right)
    return (enabled, "") if right else (None, WRONG)
