"""The file of devices' accounts at the embedded broker: Mosquitto's own kind, ``name:hash`` a line.

So either program's accounts serve the other, and a site that outgrows the embedded broker takes its file along.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from coldchain.errors import ColdchainError, Problem, SettingsError

_ROUNDS = 1_000
"""Of PBKDF2: what this program makes is 18 random bytes, which nobody tries out, and each guess costs us as much."""
_MOST_ROUNDS = 10_000_000
_NAME = re.compile(r"[^\s/+#:$\x00-\x1f\x7f][^/+#:\x00-\x1f\x7f]{0,99}")
NOBODY = f"$7${_ROUNDS}$bm9ib2R5LW5vYm9keQ==${base64.b64encode(bytes(64)).decode()}"
"""A hash that nobody's password has: an unknown name costs as much time as a known one."""


def name_complaint(name: str) -> str | None:
    """Why a name is none for a device, or ``None``."""
    if _NAME.fullmatch(name) and name == name.strip():
        return None
    return (
        f"an account is called as its sensor is: no '/', '+', '#' or ':' in it, at most 100 characters (got {name!r})"
    )


def new_password() -> str:
    """A password that nobody guesses."""
    return secrets.token_urlsafe(18)


def hashed(password: str) -> str:
    """What is kept of a password: PBKDF2 with SHA-512, as Mosquitto 2 writes it (``$7$``)."""
    salt = os.urandom(12)
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"


def is_password(kept: str, password: str) -> bool:
    """Whether this is the password of which ``kept`` is; takes some milliseconds of a processor.

    Args:
        kept: ``$7$`` (PBKDF2, Mosquitto 2.0), ``$6$`` (salted SHA-512, Mosquitto 1) or ``$argon2id$`` (Mosquitto 2.1).
        password: As it was given.
    """
    given = password.encode("utf-8", "surrogatepass")
    if kept.startswith("$argon2id$"):
        from argon2 import PasswordHasher
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return PasswordHasher().verify(kept, given)
        except (VerificationError, InvalidHashError):
            return False
    parts = kept.split("$")
    salt, expected = base64.b64decode(parts[-2]), base64.b64decode(parts[-1])
    if parts[1] == "6":
        return hmac.compare_digest(hashlib.sha512(given + salt).digest(), expected)
    return hmac.compare_digest(hashlib.pbkdf2_hmac("sha512", given, salt, int(parts[2])), expected)


def read_accounts(file: Path) -> dict[str, str]:
    """The accounts of a file, each with what is kept of its password.

    Raises:
        SettingsError: It cannot be read, or some lines are none; all of them are named.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError([Problem(str(file), 1, 1, f"cannot read the devices' accounts: {why}")]) from error
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, kept = line.strip().partition(":")
        complaint = (
            name_complaint(name) or _hash_complaint(kept) or (f"{name} is there twice" if name in found else None)
        )
        if complaint is None:
            found[name] = kept
        else:
            problems.append(Problem(str(file), number, 1, complaint))
    if problems:
        raise SettingsError(problems)
    return found


def _hash_complaint(kept: str) -> str | None:
    """Why a text is no hash of a password; the text itself may be a password and is not repeated."""
    if re.fullmatch(r"\$argon2id\$\S+", kept):
        return None
    match = re.fullmatch(r"\$(?:6|7\$(\d{1,8}))\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)", kept)
    try:
        whole = match is not None and all(base64.b64decode(match[part], validate=True) for part in (2, 3))
    except binascii.Error:
        whole = False
    if match is None or not whole or not 1 <= int(match[1] or 1) <= _MOST_ROUNDS:
        return "this is no hash of a password: make the line with 'coldchain device add', or with mosquitto_passwd"
    return None


def write_accounts(file: Path, accounts: dict[str, str]) -> None:
    """Write the accounts anew, for nobody else's eyes; whoever reads the file meanwhile finds the old or the new ones.

    Raises:
        ColdchainError: It cannot be written.
    """
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _mode(file)), "w", encoding="utf-8"
        ) as new:
            new.writelines(f"{name}:{kept}\n" for name, kept in sorted(accounts.items()))
            new.flush()
            os.fsync(new.fileno())
        _keep_owner(file, beside)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ColdchainError(f"cannot write the devices' accounts {file}: {error.strerror}") from error


def _mode(file: Path) -> int:
    return file.stat().st_mode & 0o777 if file.exists() else 0o600


def _keep_owner(file: Path, beside: Path) -> None:
    """The service's user must still be able to read what root writes anew."""
    if file.exists() and os.geteuid() == 0:
        found = file.stat()
        os.chown(beside, found.st_uid, found.st_gid)
