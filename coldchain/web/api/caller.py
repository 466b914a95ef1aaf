"""Who calls: a program with a bearer token, or a person who is signed in."""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from coldchain.errors import NotPermitted
from coldchain.records.accounts import Account
from coldchain.web.visit import SignInNeeded, person_of, services_of, token_hash

MAY_SEND_READINGS = frozenset({"pharmacist", "administrator"})
"""The roles that may send readings by hand; programs need a token that may write."""


@dataclass(frozen=True)
class Caller:
    """Who calls.

    Attributes:
        name: The program's or the account's name; the source of readings it sends.
        person: The account, where it is a person.
    """

    name: str
    may_write: bool
    person: Account | None


def caller_of(request: Request) -> Caller:
    """Who calls.

    Raises:
        SignInNeeded: Nobody we know.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        given = token_hash(token.strip())
        for known in services_of(request).tokens:
            if hmac.compare_digest(known.sha256, given):
                return Caller(known.name, known.may_write, None)
        raise SignInNeeded("/")
    person = person_of(request)
    if person is None:
        raise SignInNeeded("/")
    return Caller(person.name, person.role in MAY_SEND_READINGS, person)


Known = Annotated[Caller, Depends(caller_of)]
"""The caller of an operation."""


def person_only(caller: Caller, act: str = "acknowledge") -> Account:
    """The person, for what only a person may do.

    Raises:
        NotPermitted: It is a program.
    """
    if caller.person is None:
        raise NotPermitted(f"a program can't {act}: a person signs in and does it")
    return caller.person
