"""Signing: whoever is signed in types the password once more, for an act that carries their name for good."""

from coldchain.web.pages.door import BUSY, TOO_OFTEN, checked, turn
from coldchain.web.visit import Visit

_WRONG = "This is not your password"


def refused_signature(visit: Visit, password: str) -> str | None:
    """Why a signature does not hold, or ``None`` where it does. Attempts are counted as those at the door are.

    Args:
        visit: Who signs.
        password: What they typed.
    """
    if not password:
        return "Type your password to sign"
    address = visit.request.client.host if visit.request.client else ""
    with turn() as got_it:
        if not got_it:
            return BUSY
        found, refusal = checked(visit.services, visit.person.name, password, address)
    if found is not None and found.id == visit.person.id:
        return None
    return TOO_OFTEN if refusal == TOO_OFTEN else _WRONG
