"""A preparation as it is judged: the course that stands, what was attested, and what the probes of its places say."""

from dataclasses import dataclass

from coldchain.domain.course import Happening
from coldchain.domain.preparation import PreparationJudgement, Statement, judge_preparation
from coldchain.domain.probes import Probe
from coldchain.domain.product import Attested, Event, Product
from coldchain.records import preparations, probes
from coldchain.records.preparations import MOVED, Entry, Preparation
from coldchain.records.store import Transaction


@dataclass(frozen=True)
class Prepared:
    """Everything that a judgement of a preparation rests on.

    Attributes:
        product: As frozen at its start.
        events, attestations: Every entry, corrected ones too, in the order recorded.
        course, attested: The entries that stand, in the order of what happened.
        probes: Of every location it was at.
    """

    preparation: Preparation
    product: Product
    events: tuple[Entry, ...]
    attestations: tuple[Entry, ...]
    course: tuple[Entry, ...]
    attested: tuple[Entry, ...]
    probes: dict[str, list[Probe]]

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """The course, as the judge takes it."""
        return happenings_of(self.course)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What was attested, as the judge takes it."""
        return tuple(Statement(Attested(entry.what), entry.at_ms) for entry in self.attested)

    @property
    def over_ms(self) -> int | None:
        """When it was used or discarded; ``None`` while it runs."""
        ends = [entry.at_ms for entry in self.course if entry.what in preparations.OVER]
        return min(ends, default=None)

    def place_at(self, at_ms: int) -> Entry | None:
        """The entry that says where the item was then."""
        said = [entry for entry in self.course if entry.location is not None and entry.at_ms <= at_ms]
        return said[-1] if said else None

    def judged(self, now_ms: int) -> PreparationJudgement:
        """What became of it up to now; a clock that was set back since its last entry stands at that."""
        last_ms = self.course[-1].at_ms
        return judge_preparation(self.product, self.happenings, self.statements, self.probes, max(now_ms, last_ms))


def happenings_of(course: tuple[Entry, ...]) -> tuple[Happening, ...]:
    """Entries that stand, as the judge takes them."""
    return tuple(
        Happening(None if entry.what == MOVED else Event(entry.what), entry.at_ms, entry.location) for entry in course
    )


def prepared(tx: Transaction, found: Preparation, product: Product, now_ms: int) -> Prepared:
    """A preparation with everything that judges it.

    Args:
        tx: The transaction.
        found: The preparation.
        product: What its ``product_file`` describes.
        now_ms: Readings up to then are read.
    """
    events = preparations.events(tx, found.id)
    said = preparations.attestations(tx, found.id)
    course = tuple(preparations.course_of(events))
    attested = tuple(preparations.course_of(said))
    whole = Prepared(found, product, tuple(events), tuple(said), course, attested, {})
    if course:
        until_ms = now_ms if whole.over_ms is None else whole.over_ms
        names = {entry.location for entry in course if entry.location is not None}
        whole.probes.update(probes.probes_at(tx, names, product, course[0].at_ms, until_ms))
    return whole
