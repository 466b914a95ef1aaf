"""What pages and programs are told of an item: its verdict in a word, its budgets, its stays (pure functions)."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from coldchain.domain.disposition import Decision
from coldchain.domain.duration import milliseconds
from coldchain.domain.item import Returned
from coldchain.domain.verdict import Verdict, what_would_settle
from coldchain.domain.ways import ItemLimit
from coldchain.records.items import Happened, History, Kind
from coldchain.reporting.words import allowance_words, at_most, limit_words, triple
from coldchain.reviewing.stock import end_words
from coldchain.reviewing.whole_way import Judged
from coldchain.rulebook.words import event_words, returns_in_words
from coldchain.web.deciding import Decided
from coldchain.web.drawing import duration_bar
from coldchain.web.situations import allowed_ms
from coldchain.web.times import Clock

_CSS = {Verdict.VIOLATED: "out", Verdict.UNDETERMINED: "possibly", Verdict.COMPLIANT: "in", Verdict.KEPT: "in"}
_RANK = {Verdict.VIOLATED: 0, Verdict.UNDETERMINED: 1}


@dataclass(frozen=True)
class Budget:
    """One limit of an item, as a page shows it.

    Attributes:
        words: ``above 8 °C, up to 9 h in all``.
        allowed_ms: What the label allows; ``None`` where it allows nothing.
        bar: Solid is sure, hatched is possible; ``None`` where there is nothing to measure it by.
        spent: ``used up 21 Nov 14:05 at Ward 3 refrigerator``; empty while it is not.
    """

    found: ItemLimit
    words: str
    css: str
    allowed_ms: int | None
    bar: Markup | None
    spent: str

    @property
    def used(self) -> str:
        """``at least 8 h, at most 8 h 10 min of 9 h``."""
        of = f" of {at_most(self.allowed_ms)}" if self.allowed_ms is not None else ""
        return f"{triple(self.found.bounds)}{of}"

    @property
    def share(self) -> float:
        """How much of the allowance may be used; beyond 1 it is used up."""
        return self.found.bounds.at_most_ms / self.allowed_ms if self.allowed_ms else 0.0


@dataclass(frozen=True)
class Shown:
    """An item, as a page shows it."""

    judged: Judged
    css: str
    word: str
    budgets: tuple[Budget, ...]

    @property
    def history(self) -> History:
        """What the record holds of it."""
        return self.judged.history

    @property
    def short_product(self) -> str:
        """The product's name without strength and form."""
        return short_name(self.judged.product.name)

    @property
    def leading(self) -> Budget | None:
        """The budget of which the largest share may be used; ``None`` where no limit allows any time."""
        allowing = [one for one in self.budgets if one.allowed_ms]
        return max(allowing, key=lambda one: one.share, default=None)

    @property
    def ran_out(self) -> str:
        """When and where the first allowance ran out, those that surely did before those that may have; else empty."""
        spent = [one for one in self.budgets if one.spent]
        return min(spent, key=lambda one: _RANK.get(one.found.verdict, 2)).spent if spent else ""

    @property
    def urgency(self) -> tuple[int, float, int]:
        """Sorts worst first."""
        leading = self.leading
        return _RANK.get(self.judged.judgement.verdict, 2), -(leading.share if leading else 0.0), -self.history.item.id


def short_name(name: str) -> str:
    """``Humira`` from ``Humira (adalimumab) pre-filled syringe, EU``."""
    for at, sign in enumerate(name):
        if sign in ",:" or name[at : at + 2] == " (" or (sign == " " and name[at + 1 : at + 2].isdigit()):
            return name[:at]
    return name


def shown_item(judged: Judged, clock: Clock) -> Shown:
    """An item as a page shows it."""
    verdict = judged.judgement.verdict
    budgets = tuple(budget(one, clock) for one in judged.judgement.limits)
    return Shown(judged, _CSS[verdict], verdict.value.capitalize(), budgets)


def budget(found: ItemLimit, clock: Clock) -> Budget:
    """One limit as a page shows it."""
    allowed = allowed_ms(found.limit)
    css = _CSS[found.verdict]
    bar = (
        duration_bar(found.bounds, allowed, "possibly" if css == "in" else css, triple(found.bounds))
        if allowed
        else None
    )
    words = f"{limit_words(found.limit)}, {allowance_words(found.limit)}"
    return Budget(found, words, css, allowed, bar, _spent(found, clock))


def _spent(found: ItemLimit, clock: Clock) -> str:
    """When and where the allowance ran out: certainly, or as early as it may have."""
    certain, possible = found.spent.certain, found.spent.possible
    verb = "used up" if allowed_ms(found.limit) else "broken"
    if certain is not None:
        return f"{verb} {clock.short(certain.at_ms)} · {certain.location}"
    if possible is not None and found.verdict is Verdict.UNDETERMINED:
        return f"possibly {verb} {clock.short(possible.at_ms)} · {possible.location}"
    return ""


def sentences(shown: Shown, clock: Clock) -> list[str]:
    """What became of the item, the worst first, a sentence each."""
    judgement = shown.judged.judgement
    limits = sorted(judgement.limits, key=lambda one: _RANK.get(one.verdict, 2))
    alike: dict[object, list[ItemLimit]] = {}
    for one in limits:
        if one.verdict is not Verdict.KEPT:
            alike.setdefault((one.verdict, one.bounds, one.spent, allowed_ms(one.limit)), []).append(one)
    found = [_limit_sentence(same, clock) for same in alike.values()]
    found += [returned_sentence(one, clock) for one in judgement.returns if one.verdict is not Verdict.KEPT]
    return found or ["Every limit of its label was kept, as far back as its way is known."]


def _limit_sentence(alike: Sequence[ItemLimit], clock: Clock) -> str:
    """Limits of which the same is to be said, in one sentence."""
    one = alike[0]
    what = " or ".join(limit_words(each.limit) for each in alike)
    allowed = allowed_ms(one.limit)
    allowance = f" {at_most(allowed)} are allowed." if allowed else " No time is allowed."
    moment = one.spent.certain if one.verdict is Verdict.VIOLATED else one.spent.possible
    ran_out = ""
    if moment is not None:
        may = "" if one.verdict is Verdict.VIOLATED else "may have been "
        was = "was " if not may else ""
        used = f"The allowance {was}{may}used up" if allowed else f"That {'began' if not may else 'may have begun'}"
        ran_out = (
            f" {used} on {clock.date(moment.at_ms)} at {clock.local(moment.at_ms):%H:%M}, {_where(moment.location)}."
        )
    return f"{what[0].upper()}{what[1:]} for {triple(one.bounds)}.{allowance}{ran_out}"


def _where(location: str) -> str:
    return location if location == "in transport" else f"in {location}"


def returned_sentence(returned: Returned, clock: Clock) -> str:
    """``Must not go back into the refrigerator. It went back at least once; the first time …``."""
    rule = returns_in_words(returned.rule)
    count = _count(returned)
    last = ""
    if returned.last is not None:
        moment = returned.last
        last = f", on {clock.date(moment.at_ms)} at {clock.local(moment.at_ms):%H:%M} {_where(moment.location)}"
    if returned.refrigerated is not None and returned.at_least:
        last += f"; back in the refrigerator for {triple(returned.refrigerated)}"
    return f"{rule} {count}{last}."


def _count(returned: Returned) -> str:
    times = {0: "never", 1: "once", 2: "twice"}
    least = times.get(returned.at_least, f"{returned.at_least} times")
    if returned.at_most is None:
        known = f"It went back {least} for sure" if returned.at_least else "Nobody can be sure that it never went back"
        return f"{known}; part of its way was not measured" if returned.at_least else known
    if returned.at_most == returned.at_least:
        return f"It {'never went back' if not returned.at_least else f'went back {least}'}"
    return f"It went back at least {least}, at most {returned.at_most} times"


def next_step(shown: Shown, decided: Decided | None = None) -> tuple[str, str]:
    """What is to be done now, and who has it; a signed decision that stands comes before the verdict."""
    end = shown.history.end
    if end is not None:
        return f"Nothing: it was {end_words(end.kind)}.", "nobody"
    if decided is not None and not decided.reopened:
        return _AS_DECIDED[decided.signed.decision]
    match shown.judged.judgement.verdict:
        case Verdict.VIOLATED:
            return "Put it into quarantine and use none of it until a pharmacist has decided.", "pharmacist"
        case Verdict.UNDETERMINED:
            return "Use none of it until the open questions below are settled.", "pharmacist"
        case _:
            expiry = shown.judged.judgement.expiry
            if expiry is None or expiry.since_ms is None:
                return "It may stay.", "nobody"
            return "It may stay; its shortened life has begun.", "nobody"


_AS_DECIDED = {
    Decision.RELEASE: ("It may be used: a pharmacist has released it.", "nobody"),
    Decision.QUARANTINE: ("Keep it apart and use none of it: it is in quarantine.", "pharmacist"),
    Decision.REJECT: ("Discard it, and say so here: a pharmacist has rejected it.", "pharmacist"),
}


def open_questions(shown: Shown, clock: Clock) -> list[str]:
    """The intervals that leave the verdict open, each with what would settle it."""
    judgement = shown.judged.judgement
    every = [each for one in judgement.limits for each in one.unsettled]
    every += [each for one in judgement.returns for each in one.unsettled]
    said = []
    for each in sorted(every, key=lambda one: one.start_ms):
        here = sorted(
            {
                stay.location
                for stay in shown.judged.stays
                if stay.start_ms < each.end_ms and stay.end_ms > each.start_ms
            }
        )
        bare = [stay for stay in shown.judged.stays if not stay.probes and stay.start_ms <= each.start_ms < stay.end_ms]
        span = f"from {clock.dated(each.start_ms)} to {clock.dated(each.end_ms)}"
        if bare:
            where = _where(bare[0].location)
            words = f"Nobody measured {where} {span}: import the logger file of that time, if there is one."
        else:
            words = f"{', '.join(here)}: {what_would_settle(each, clock.dated)}"
        said.append(words)
    return list(dict.fromkeys(said))


def happened_words(one: Happened) -> str:
    """``moved to Ward 3 refrigerator``."""
    where = one.location_title or "somewhere"
    return {
        Kind.ARRIVED: f"arrived, {where}",
        Kind.MOVED: f"moved to {where}",
        Kind.SHIPPED: "on its way, with a logger file" if one.shipment_id else "on its way",
        Kind.STAGED: f"now {event_words(one.stage)}",
        Kind.FILED: "logger file of its transport imported",
        Kind.REMOVED: "taken out of the refrigerator",
        Kind.SPLIT: f"{one.quantity} of them split off",
        Kind.PARTED: f"split off, {one.quantity} of them",
        Kind.USED: "used",
        Kind.DISCARDED: "discarded",
        Kind.LEFT: "sent away",
    }[one.kind]


def told_words(kind: str) -> str:
    """What an alert of an item is, in a word."""
    return {
        "certain": "alarm",
        "possible": "possibly",
        "no-data": "no data",
        "warning": "warning",
        "deadline": "expired",
        "reopened": "to be decided anew",
    }.get(kind, kind)


def expiry_words(shown: Shown, clock: Clock) -> str:
    """``28 Nov 2026 14:05, 14 d after: removed from refrigerator``; empty where its label shortens nothing."""
    expiry = shown.judged.judgement.expiry
    if expiry is None:
        return ""
    rule = f"{at_most(milliseconds(expiry.rule.after))} after: {event_words(expiry.rule.since)}"
    possibly = "" if expiry.possibly_ms is None else f"possibly already {_day(expiry.possibly_ms, clock)}"
    if expiry.expires_ms is None:
        return f"{possibly} ({rule})" if possibly else f"not shortened yet ({rule})"
    source = "as recorded" if expiry.recorded else "as the probes show"
    return f"{_day(expiry.expires_ms, clock)} ({rule}, {source}{'; ' + possibly if possibly else ''})"


def _day(at_ms: int, clock: Clock) -> str:
    return f"{clock.date(at_ms)} {clock.local(at_ms):%H:%M}"


def expired(shown: Shown, now_ms: int) -> bool:
    """Whether it is past its printed or its shortened expiry."""
    expiry = shown.judged.judgement.expiry
    dates = [shown.history.item.expires_ms, expiry.expires_ms if expiry else None]
    return any(at_ms is not None and at_ms < now_ms for at_ms in dates)
