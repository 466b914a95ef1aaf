"""Accounts, sessions and sign-in attempts as plain rows; passwords come here hashed already."""

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from coldchain.domain.natural import natural
from coldchain.errors import NotFound, UsageError
from coldchain.records import ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import account as accounts_table
from coldchain.records.tables import session, sign_in_attempt

ROLES = ("nurse", "pharmacist", "auditor", "administrator")


@dataclass(frozen=True)
class Account:
    """A person who may sign in."""

    id: int
    name: str
    full_name: str
    role: str
    password_hash: str
    created_ms: int
    disabled_ms: int | None


def add(tx: Transaction, name: str, full_name: str, role: str, password_hash: str, now_ms: int) -> Account:
    """Make an account.

    Raises:
        UsageError: The name is taken, or the role is none of `ROLES`.
    """
    if role not in ROLES:
        raise UsageError(f"{role!r} is no role: choose one of {', '.join(ROLES)}")
    values = {
        "name": name, "full_name": full_name, "role": role, "password_hash": password_hash, "created_ms": now_ms,
        "disabled_ms": None,
    }  # fmt: skip
    try:
        with tx.begin_nested():
            made = tx.execute(insert(accounts_table).values(values).returning(accounts_table.c.id)).scalar_one()
    except IntegrityError as error:
        raise UsageError(f"there is an account called {name!r} already") from error
    ledger.append(tx, now_ms, "account.added", name, {"full_name": full_name, "role": role})
    return Account(id=made, name=name, full_name=full_name, role=role, password_hash=password_hash,
                   created_ms=now_ms, disabled_ms=None)  # fmt: skip


def account(tx: Transaction, name: str) -> Account | None:
    """The account of that name, disabled or not."""
    row = tx.execute(select(accounts_table).where(accounts_table.c.name == name)).first()
    return None if row is None else Account(**row._mapping)


def accounts(tx: Transaction) -> list[Account]:
    """All accounts, by name."""
    found = [Account(**row._mapping) for row in tx.execute(select(accounts_table))]
    return sorted(found, key=lambda one: natural(one.name))


def set_password(tx: Transaction, name: str, password_hash: str, now_ms: int, by: str | None = None) -> None:
    """Change a password; every session of the account ends."""
    _change(tx, name, {"password_hash": password_hash}, now_ms, "account.password", {}, by)


def set_role(tx: Transaction, name: str, role: str, now_ms: int, by: str | None = None) -> None:
    """Change what an account may do; every session of it ends."""
    if role not in ROLES:
        raise UsageError(f"{role!r} is no role: choose one of {', '.join(ROLES)}")
    _change(tx, name, {"role": role}, now_ms, "account.role", {"role": role}, by)


def disable(tx: Transaction, name: str, now_ms: int, by: str | None = None) -> None:
    """Let an account sign in no more; it stays in the record, and its sessions end."""
    _change(tx, name, {"disabled_ms": now_ms}, now_ms, "account.disabled", {}, by)


def enable(tx: Transaction, name: str, now_ms: int, by: str | None = None) -> None:
    """Let a disabled account sign in again."""
    _change(tx, name, {"disabled_ms": None}, now_ms, "account.enabled", {}, by)


def open_session(tx: Transaction, account_id: int, token_sha256: str, now_ms: int, expires_ms: int) -> None:
    """Remember that whoever holds the token is signed in."""
    tx.execute(
        insert(session).values(
            token_sha256=token_sha256, account_id=account_id, created_ms=now_ms, expires_ms=expires_ms
        )
    )


def session_account(tx: Transaction, token_sha256: str, now_ms: int) -> Account | None:
    """Who is signed in by this token; nobody if it has expired or the account is disabled."""
    query = (
        select(accounts_table)
        .join(session, session.c.account_id == accounts_table.c.id)
        .where(
            session.c.token_sha256 == token_sha256,
            session.c.expires_ms > now_ms,
            accounts_table.c.disabled_ms.is_(None),
        )
    )
    row = tx.execute(query).first()
    return None if row is None else Account(**row._mapping)


def close_session(tx: Transaction, token_sha256: str) -> None:
    """Sign out."""
    tx.execute(delete(session).where(session.c.token_sha256 == token_sha256))


def drop_expired_sessions(tx: Transaction, now_ms: int) -> None:
    """Forget sessions nobody can use any more."""
    tx.execute(delete(session).where(session.c.expires_ms <= now_ms))


def note_attempt(tx: Transaction, name: str, address: str, at_ms: int, *, succeeded: bool) -> None:
    """Record that somebody tried to sign in."""
    tx.execute(insert(sign_in_attempt).values(name=name[:100], address=address[:60], at_ms=at_ms, succeeded=succeeded))


def failures_since(tx: Transaction, since_ms: int, *, name: str | None = None, address: str | None = None) -> int:
    """How many attempts failed since then, for a name, from an address, or both."""
    query = select(func.count()).select_from(sign_in_attempt)
    query = query.where(sign_in_attempt.c.at_ms >= since_ms, ~sign_in_attempt.c.succeeded)
    if name is not None:
        query = query.where(sign_in_attempt.c.name == name[:100])
    if address is not None:
        query = query.where(sign_in_attempt.c.address == address[:60])
    return int(tx.execute(query).scalar_one())


def _change(
    tx: Transaction, name: str, values: dict[str, object], now_ms: int, kind: str, body: dict[str, object],
    by: str | None,
) -> None:  # fmt: skip
    found = account(tx, name)
    if found is None:
        raise NotFound(f"there is no account called {name!r}")
    tx.execute(update(accounts_table).where(accounts_table.c.id == found.id).values(values))
    tx.execute(delete(session).where(session.c.account_id == found.id))
    ledger.append(tx, now_ms, kind, name, body | ({"by": by} if by else {}))
