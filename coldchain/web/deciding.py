"""What pages say of signed decisions: which one counts, by whom, and whether later data reopened it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coldchain.domain.disposition import Decision
from coldchain.records import dispositions
from coldchain.records import excursions as recorded
from coldchain.records.dispositions import Disposition
from coldchain.records.reopening import excursion_reopened, item_reopened
from coldchain.records.store import Transaction
from coldchain.reviewing.deciding import WORDS
from coldchain.reviewing.whole_way import Judged

CHOICES = (
    (Decision.RELEASE, "release: it may be used"),
    (Decision.QUARANTINE, "quarantine: kept apart, used by nobody yet"),
    (Decision.REJECT, "reject: it must not be used"),
)
"""What a form offers."""

SHORT = {Decision.RELEASE: "released", Decision.QUARANTINE: "in quarantine", Decision.REJECT: "rejected"}


@dataclass(frozen=True)
class Decided:
    """The decision that counts on something.

    Attributes:
        reopened: Why it is to be made anew; empty where it stands.
    """

    signed: Disposition
    reopened: str

    @property
    def words(self) -> str:
        """``released: it may be used``."""
        return WORDS[self.signed.decision]

    @property
    def short(self) -> str:
        """``released``, or that it is to be decided anew."""
        return "to be decided anew" if self.reopened else SHORT[self.signed.decision]


@dataclass(frozen=True)
class Typed:
    """What somebody typed into the form that decides, and why it could not be signed.

    Attributes:
        chosen: A decision by the number of the item, ``rest`` for whatever else was stored there.
        field: Where the error stands: ``decision``, ``reason`` or ``password``.
    """

    chosen: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    error: str = ""
    field: str = ""

    @property
    def at_password(self) -> bool:
        """Whether the error stands at the password."""
        return self.field == "password"


NOTHING_TYPED = Typed()


def on_item(signed: Sequence[Disposition], found: Judged) -> Decided | None:
    """The decision that counts on an item; ``None`` where nobody has decided."""
    return Decided(signed[-1], item_reopened(signed[-1], found) or "") if signed else None


def on_items(tx: Transaction, found: Sequence[Judged]) -> dict[int, Decided]:
    """The same of several items, by their numbers."""
    signed = dispositions.of_items(tx)
    ids = ((one.history.item.id, one) for one in found)
    return {key: decided for key, one in ids if key in signed and (decided := on_item([signed[key]], one))}


def on_excursion(tx: Transaction, excursion_id: int) -> list[Decided]:
    """Every decision because of an excursion, the newest first; one that a newer one of the same thing replaces too."""
    found = recorded.excursion(tx, excursion_id)
    signed = dispositions.of_excursion(tx, excursion_id)
    return [Decided(one, excursion_reopened(one, found) or "") for one in reversed(signed)]
