"""From what is recorded of a preparation to what a page says of it: its clocks, its place, what is attested; pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from coldchain.domain.clocks import Clock, ClockState
from coldchain.domain.duration import milliseconds
from coldchain.domain.preparation import Equilibrated, PreparationJudgement, StageJudgement
from coldchain.domain.product import Attestation, Event, Predicate, Product, Total
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Verdict
from coldchain.records.preparations import Entry
from coldchain.records.prepared import Prepared

_AFTER_NAME = re.compile(r" \(|[,:]| \d")

BY = {
    Event.RECEIVED: "to be received by",
    Event.RECONSTITUTED: "to be reconstituted by",
    Event.DILUTED: "to be diluted by",
    Event.REMOVED: "out of the refrigerator by",
    Event.INFUSION_STARTED: "infusion to start by",
    Event.INFUSION_ENDED: "infusion over by",
    Event.DISCARDED: "to be discarded by",
}
"""What has to have happened at a deadline."""

DO = {
    Event.RECEIVED: "Received",
    Event.RECONSTITUTED: "Reconstituted",
    Event.DILUTED: "Diluted",
    Event.REMOVED: "Out of the refrigerator",
    Event.INFUSION_STARTED: "Infusion started",
    Event.INFUSION_ENDED: "Infusion ended",
    Event.DISCARDED: "Discarded",
}
"""What a button for an event says; `moved` has its own."""


def event_title(what: str) -> str:
    """An entry's event as a heading: ``Infusion started``, ``Moved``."""
    return DO[Event(what)] if what in set(Event) else "Moved"


@dataclass(frozen=True)
class Running:
    """A clock that runs: a deadline, or the time that the item may stay in a condition.

    Attributes:
        words: What must happen, or how long it may stay, up to ``until_ms``.
        from_ms: When the clock began, for the bar.
        over: Its end has passed.
        policy: The site's own rule, not the label's.
    """

    words: str
    from_ms: int
    until_ms: int
    over: bool = False
    policy: bool = False

    def share(self, now_ms: int) -> float:
        """How much of it is used: 0 to 1."""
        whole = max(self.until_ms - self.from_ms, 1)
        return min(max((now_ms - self.from_ms) / whole, 0.0), 1.0)


@dataclass(frozen=True)
class Asked:
    """One attestation that the product asks for.

    Attributes:
        entry: Who said it, and when; ``None`` as long as nobody has.
        due: Its event has happened, so that it can be attested now.
    """

    what: str
    at: Event
    entry: Entry | None
    due: bool


@dataclass(frozen=True)
class Warmth:
    """The newest reading at the place where the item is."""

    milli_c: int
    at_ms: int
    max_gap_ms: int


@dataclass(frozen=True)
class Situation:
    """A preparation as it stands.

    Attributes:
        css, word: Its state: shape and colour, and the word.
        clocks: Those that run, the one with the least time left first.
        wait: Time at room temperature that is still needed before use, in words; empty where none is.
        asked: Every attestation the product asks for.
        place: The entry that says where it is.
        measured: Whether any probe hangs there.
    """

    whole: Prepared
    judged: PreparationJudgement
    css: str
    word: str
    clocks: tuple[Running, ...]
    wait: str
    asked: tuple[Asked, ...]
    place: Entry | None
    warmth: Warmth | None
    measured: bool

    @property
    def number(self) -> str:
        """Its number."""
        return self.whole.preparation.number

    @property
    def name(self) -> str:
        """The product's short name: ``Besponsa``."""
        return short_name(self.whole.product)

    @property
    def urgency(self) -> tuple[int, str]:
        """Sorts by the time that is left; what has no clock comes last."""
        return (self.clocks[0].until_ms if self.clocks else 2**62, self.number)


def short_name(product: Product) -> str:
    """A product's name without strength and form."""
    return _AFTER_NAME.split(product.name, maxsplit=1)[0]


def situation(whole: Prepared, now_ms: int) -> Situation:
    """A preparation as it stands now."""
    judged = whole.judged(now_ms)
    place = whole.place_at(now_ms)
    probes = [] if place is None else whole.probes.get(str(place.location), [])
    here = [one for one in probes if one.to_ms is None or one.to_ms > now_ms]
    newest = [warm for one in here if (warm := _newest(one.trace, one.yardstick.max_gap_ms, now_ms, one.from_ms))]
    css, word = state_of(judged)
    return Situation(
        whole=whole,
        judged=judged,
        css=css,
        word=word,
        clocks=() if whole.over_ms is not None else running(judged, {entry.what for entry in whole.course}, now_ms),
        wait="" if whole.over_ms is not None else _wait_words(judged.equilibrations),
        asked=tuple(_asked(needed, whole) for needed in whole.product.attest),
        place=place,
        warmth=max(newest, key=lambda warm: warm.at_ms, default=None),
        measured=bool(here),
    )


def next_step(one: Situation) -> tuple[str, str]:
    """What is to be done now, and who has it; empty where the clocks say it all."""
    over = one.whole.over_ms is not None
    discarded = over and not any(entry.what == Event.INFUSION_ENDED.value for entry in one.whole.course)
    match one.judged.verdict:
        case Verdict.VIOLATED if discarded:
            return "", ""
        case Verdict.VIOLATED if over:
            return "Tell the prescriber that it was used although its label was not kept.", "pharmacist"
        case Verdict.VIOLATED:
            return "Do not use it. Correct what was recorded wrongly, or discard it.", "pharmacist"
        case Verdict.UNDETERMINED if discarded:
            return "", ""
        case Verdict.UNDETERMINED:
            wait = "Record what is missing" if over else "Do not use it before a pharmacist has decided"
            return f"{wait}; readings that come in later may settle the rest.", "pharmacist"
        case _:
            return "", ""


def state_of(judged: PreparationJudgement) -> tuple[str, str]:
    """Shape, colour and word: a verdict so far, or the one at its end."""
    match judged.verdict:
        case Verdict.VIOLATED:
            return "out", "Violated"
        case Verdict.UNDETERMINED:
            silent = any(one.cause == "silent" for item in judged.conditions for one in item.judged.unsettled)
            return ("nodata", "Undetermined, no data") if silent else ("possibly", "Undetermined")
        case _:
            return "in", "Compliant" if judged.final else "Kept so far"


def running(judged: PreparationJudgement, happened: Collection[str], now_ms: int) -> tuple[Running, ...]:
    """Every clock that runs, the one with the least time left first; one that has run out stays until its event."""
    open_ = [each for each in judged.clocks if each.deadline.ends.value not in happened]
    found = [clock for each in open_ if (clock := _deadline(each))]
    found += [clock for item in judged.conditions if (clock := _condition(item, now_ms))]
    return tuple(sorted(found, key=lambda clock: clock.until_ms))


def _deadline(clock: Clock) -> Running | None:
    deadline, until_ms = clock.deadline, clock.deadline_ms
    if until_ms is None or clock.elapsed_ms is None:
        return None
    begun_ms = until_ms - milliseconds(deadline.within)
    words = BY[deadline.ends]
    if clock.state is ClockState.RUNNING:
        return Running(words, begun_ms, until_ms)
    return Running(words, begun_ms, until_ms, over=True) if clock.state is ClockState.VIOLATED else None


def _condition(item: StageJudgement, now_ms: int) -> Running | None:
    """How long the item may stay in the condition that it is in, counted from what is possible (``at_most``)."""
    limit, last = item.judged.limit, item.stays[-1]
    if limit.predicate is not Predicate.INSIDE or not isinstance(limit.allowance, Total) or last.end_ms != now_ms:
        return None
    newest = [_newest(probe.trace, probe.yardstick.max_gap_ms, now_ms, None) for probe in last.probes]
    if not any(one and low <= one.milli_c <= high for one in newest for low, high in limit.bad):
        return None
    allowed_ms, most_ms = milliseconds(limit.allowance.duration), item.judged.bounds.at_most_ms
    until_ms = now_ms + allowed_ms - most_ms
    words = f"may stay {_condition_words(limit.id)} until"
    return Running(words, until_ms - allowed_ms, until_ms, over=until_ms < now_ms, policy=limit.site_policy)


def _condition_words(limit_id: str) -> str:
    name = limit_id.removeprefix("in-")
    return {"room": "at room temperature", "handling": "on the bench"}.get(name, name)


def _wait_words(waits: Sequence[Equilibrated]) -> str:
    for wait in waits:
        if wait.state is ClockState.RUNNING:
            needed, had = wait.needed_ms // 60_000, min(wait.room.at_least_ms, wait.needed_ms) // 60_000
            if had >= needed:
                return f"{needed} min at room temperature: reached, may be used"
            return f"{needed} min at room temperature before use: {had} min so far"
    return ""


def _newest(trace: Trace, max_gap_ms: int, now_ms: int, from_ms: int | None) -> Warmth | None:
    known = (trace.at_ms <= now_ms).nonzero()[0]
    if not known.size:
        return None
    at_ms = int(trace.at_ms[known[-1]])
    return None if from_ms is not None and at_ms < from_ms else Warmth(int(trace.milli_c[known[-1]]), at_ms, max_gap_ms)


def _asked(needed: Attestation, whole: Prepared) -> Asked:
    happened = {entry.what: entry.at_ms for entry in whole.course}
    since_ms = happened.get(needed.at.value)
    until_ms = happened.get(Event.INFUSION_ENDED.value)
    said = [
        entry
        for entry in whole.attested
        if entry.what == needed.what.value
        and since_ms is not None
        and since_ms <= entry.at_ms
        and (until_ms is None or entry.at_ms <= until_ms)
    ]
    return Asked(needed.what.value, needed.at, said[0] if said else None, since_ms is not None)


@dataclass(frozen=True)
class Line:
    """One entry of a preparation's history, with what corrects it.

    Attributes:
        late_ms: How long after the moment it was recorded, where that is more than a moment.
        corrected_by: The entry that stands for it.
        wrong: The entry it corrects.
    """

    entry: Entry
    kind: str
    title: str
    late_ms: int
    corrected_by: Entry | None
    wrong: Entry | None


def history(whole: Prepared) -> list[Line]:
    """Everything recorded, in the order in which it was recorded; what was corrected stays, and says by what."""
    lines = [*_lines("event", whole.events), *_lines("attestation", whole.attestations)]
    return sorted(lines, key=lambda line: (line.entry.recorded_ms, line.kind == "attestation", line.entry.id))


def _lines(kind: str, entries: Sequence[Entry]) -> list[Line]:
    by_id: Mapping[int, Entry] = {entry.id: entry for entry in entries}
    correcting = {entry.corrects: entry for entry in entries if entry.corrects is not None}
    return [
        Line(
            entry,
            kind,
            event_title(entry.what) if kind == "event" else f"Attested: {entry.what}",
            max(entry.recorded_ms - entry.at_ms, 0),
            correcting.get(entry.id),
            None if entry.corrects is None else by_id.get(entry.corrects),
        )
        for entry in entries
    ]
