"""Who may do what with imports; decided apart from doing it, so that a page can say why not before anybody tries."""

from enum import StrEnum

from coldchain.errors import NotPermitted
from coldchain.reviewing.stock import Actor


class Deed(StrEnum):
    """What can be done."""

    BRING = "import logger files"
    ACCEPT = "accept an invalid signature"
    ACKNOWLEDGE = "acknowledge a filed verdict"
    TEACH = "keep or withdraw a layout"


_PEOPLE = frozenset({"nurse", "pharmacist", "administrator", "auditor"})
MAY: dict[Deed, frozenset[str]] = {
    Deed.BRING: _PEOPLE | {"program", "command line"},
    Deed.ACCEPT: frozenset({"pharmacist", "command line"}),
    Deed.ACKNOWLEDGE: frozenset({"nurse", "pharmacist", "administrator"}),
    Deed.TEACH: frozenset({"pharmacist", "administrator"}),
}
"""The roles that may. An import changes nothing of what is in stock, so whoever has the file may bring and file it; to
make it the trace of an item's transport is `reviewing.stock.Act.IMPORT`."""


def refusal(role: str, deed: Deed) -> str | None:
    """Why this role may not do this, or ``None``."""
    return None if role in MAY[deed] else f"the role {role} may not {deed.value}"


def permitted(actor: Actor, deed: Deed) -> None:
    """That this actor may do this.

    Raises:
        NotPermitted: They may not.
    """
    why_not = refusal(actor.role, deed)
    if why_not is not None:
        raise NotPermitted(why_not)
