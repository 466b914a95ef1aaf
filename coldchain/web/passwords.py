"""Passwords: argon2id, and never faster for a name that does not exist."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coldchain.errors import UsageError

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024

_HASHER = PasswordHasher()  # the library's own parameters (RFC 9106, low memory): 64 MiB, about 0.15 s
_NOBODY = (  # a hash nobody's password has: an unknown name costs as much time as a known one
    "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5LW5vYm9keQ$7m5nVPRl6lWYFYcVbQ2Ixo3LKDF7FUJ0HbmLdEGRDH4"
)


def hash_password(password: str) -> str:
    """What is kept instead of a password.

    Raises:
        UsageError: The password is too short, or absurdly long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(f"a password needs {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return _HASHER.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; ``None`` stands for an account that does not exist, and takes as long.

    Takes about 0.15 s of processor time and 64 MiB: call it in a thread, and few at a time.
    """
    try:
        _HASHER.verify(password_hash or _NOBODY, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
