"""Why somebody must hear of an item now, and when to look at it again; pure (semantics §4, §7).

A budget is warned of when four fifths of it may be used, a shortened expiry when four fifths of it have gone. An alarm
comes at the earliest instant at which a limit or a return rule can no longer be shown to be kept, and when an expiry
has passed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coldchain.domain.alarm import AlertKind
from coldchain.domain.bounds import Bounds
from coldchain.domain.duration import milliseconds
from coldchain.domain.item import Expiry, ItemJudgement, Returned, judge_item
from coldchain.domain.product import Limit, NoAllowance, Product, Returns, ReturnsFor, Stage, Total
from coldchain.domain.verdict import Verdict
from coldchain.domain.ways import ItemLimit, ItemStay, Moment
from coldchain.records.histories import History
from coldchain.records.whole_ways import Judged, recorded_events

WARN_AT = (4, 5)
"""So much of a budget or of a shortened life: a warning."""

DAY_MS = 86_400_000
WARN_BEFORE_PRINTED_MS = 7 * DAY_MS
LOOK_AHEAD_MS = DAY_MS
"""So far ahead it is worked out when something comes to be so; then it is looked at again."""

RETURNS, EXPIRY, PRINTED, NO_DATA = "returns", "expiry", "printed-expiry", "no-data"


@dataclass(frozen=True)
class ItemReason:
    """Why somebody must hear of an item.

    Attributes:
        kind: What the alert says.
        about: The same as long as it is the same thing, so that nobody hears of it twice.
        since_ms: Since when it is so.
        rule: What it is about: a limit, a return rule; ``None`` for an expiry.
        location: Where the item was then, as people call it; empty where that does not matter.
        bounds: How long, where it is about time.
        deadline_ms: The last instant in time, for an expiry.
        said: Why a decision is to be made anew.
    """

    kind: AlertKind
    about: str
    since_ms: int
    rule: Limit | Returns | ReturnsFor | None = None
    location: str = ""
    bounds: Bounds | None = None
    deadline_ms: int | None = None
    said: str = ""

    @property
    def is_the_places(self) -> bool:
        """Whether the alert of a place whose limit is the same says as much: no time is allowed, nothing is carried."""
        return isinstance(self.rule, Limit) and isinstance(self.rule.allowance, NoAllowance)


@dataclass(frozen=True)
class Looked:
    """An item, looked at.

    Attributes:
        now: Judged up to a millisecond after now, so that a reading of this very instant counts.
        ahead: Judged up to a day from now, as if nothing more were heard.
        warned: The same, with four fifths of every budget allowed.
        now_ms: Now, or the item's end.
    """

    now: ItemJudgement
    ahead: ItemJudgement
    warned: ItemJudgement
    history: History
    stays: tuple[ItemStay, ...]
    now_ms: int

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.history.end is not None


def looked(found: Judged, now_ms: int) -> Looked:
    """An item as it was judged up to a millisecond after now, with what lies ahead."""
    end = found.history.end
    said = recorded_events(found.history)
    last = found.stays[-1]
    longer = found.stays if end else (*found.stays[:-1], replace(last, end_ms=last.end_ms + LOOK_AHEAD_MS))
    return Looked(
        now=found.judgement,
        ahead=judge_item(found.product, longer, said),
        warned=judge_item(_with_four_fifths(found.product), longer, said),
        history=found.history,
        stays=found.stays,
        now_ms=now_ms if end is None else min(now_ms, end.at_ms),
    )


def reasons(item: Looked) -> list[ItemReason]:
    """Everything that gives reason for an alert now; a silence is one reason, however many limits it concerns."""
    found = [reason for one in item.now.limits if (reason := _of_limit(one, item))]
    found += [reason for one in item.now.returns if (reason := _of_returns(one, item.stays))]
    found += _of_expiry(item.now.expiry, item.now_ms)
    found += _of_printed(item.history.item.expires_ms, item.now_ms)
    once: dict[str, ItemReason] = {}
    for reason in found:
        known = once.get(reason.about)
        once[reason.about] = reason if known is None or reason.since_ms < known.since_ms else known
    return list(once.values())


def look_again_ms(item: Looked) -> int:
    """The next instant at which there may be a reason that there is not now, if nothing more is heard."""
    ahead = [item.now_ms + LOOK_AHEAD_MS, *_silences(item.stays[-1])]
    for judged in (item.ahead, item.warned):
        ahead += [one.spent.possible.at_ms + 1 for one in judged.limits if one.spent.possible is not None]
    expiry = item.now.expiry
    for since_ms, at_ms in _lives(expiry):
        ahead += [_warn_from(since_ms, at_ms), at_ms + 1]
    printed_ms = item.history.item.expires_ms
    ahead += [] if printed_ms is None else [printed_ms - WARN_BEFORE_PRINTED_MS, printed_ms + 1]
    return min(at_ms for at_ms in ahead if at_ms > item.now_ms)


def _silences(stay: ItemStay) -> list[int]:
    """When the last reading of each probe is believed no longer."""
    return [
        int(one.trace.at_ms[-1]) + one.yardstick.max_gap_ms + 1 for one in stay.probes if len(one.trace)
    ]  # fmt: skip


# -- limits -----------------------------------------------------------------------------------------------------------


def _of_limit(found: ItemLimit, item: Looked) -> ItemReason | None:
    limit, spent = found.limit, found.spent
    match found.verdict:
        case Verdict.VIOLATED:
            return _about(found, AlertKind.CERTAIN, "certain", spent.certain or _first(found, item.stays))
        case Verdict.UNDETERMINED:
            silent = any(one.cause == "silent" for one in found.unsettled)
            if silent and isinstance(limit.allowance, NoAllowance):
                at_ms = min(one.start_ms for one in found.unsettled)
                return ItemReason(AlertKind.NO_DATA, NO_DATA, at_ms, limit, _where(at_ms, item.stays), found.bounds)
            return _about(found, AlertKind.POSSIBLE, "possible", spent.possible or _first(found, item.stays))
        case _:
            return _nearly_used(found, item)


def _about(found: ItemLimit, kind: AlertKind, word: str, since: Moment) -> ItemReason:
    return ItemReason(kind, f"{found.limit.id}/{word}", since.at_ms, found.limit, since.location, found.bounds)


def _first(found: ItemLimit, stays: Sequence[ItemStay]) -> Moment:
    starts = [one.episode.start_ms for one in found.excursions] + [one.start_ms for one in found.unsettled]
    at_ms = min(starts, default=stays[0].start_ms)
    return Moment(at_ms, _where(at_ms, stays))


def _nearly_used(found: ItemLimit, item: Looked) -> ItemReason | None:
    """A budget of which four fifths may be used."""
    if not isinstance(found.limit.allowance, Total):
        return None
    share, whole = WARN_AT
    if found.bounds.at_most_ms * whole <= milliseconds(found.limit.allowance.duration) * share:
        return None
    near = next(one.spent.possible for one in item.warned.limits if one.limit.id == found.limit.id)
    return None if near is None else _about(found, AlertKind.WARNING, "warning", near)


def _with_four_fifths(product: Product) -> Product:
    return replace(product, stages={name: _stage(stage) for name, stage in product.stages.items()})


def _stage(stage: Stage) -> Stage:
    share, whole = WARN_AT
    limits = [
        replace(one, allowance=replace(one.allowance, duration=one.allowance.duration * share / whole))
        if isinstance(one.allowance, Total)
        else one
        for one in stage.limits
    ]
    return replace(stage, limits=tuple(limits))


# -- returns and expiry -----------------------------------------------------------------------------------------------


def _of_returns(found: Returned, stays: Sequence[ItemStay]) -> ItemReason | None:
    match found.verdict:
        case Verdict.VIOLATED:
            since = found.last or Moment(stays[0].start_ms, stays[0].location)
            return ItemReason(
                AlertKind.CERTAIN, f"{RETURNS}/certain", since.at_ms, found.rule, since.location, found.refrigerated
            )
        case Verdict.UNDETERMINED:
            at_ms = min((one.start_ms for one in found.unsettled), default=stays[0].start_ms)
            return ItemReason(
                AlertKind.POSSIBLE, f"{RETURNS}/possible", at_ms, found.rule, _where(at_ms, stays), found.refrigerated
            )
        case _:
            return None


def _lives(expiry: Expiry | None) -> Iterator[tuple[int, int]]:
    """From when to when a shortened life lasts: for sure, and as early as it may have begun."""
    if expiry is None:
        return
    after_ms = milliseconds(expiry.rule.after)
    for at_ms in (expiry.expires_ms, expiry.possibly_ms):
        if at_ms is not None:
            yield at_ms - after_ms, at_ms


def _warn_from(since_ms: int, expires_ms: int) -> int:
    share, whole = WARN_AT
    return since_ms + (expires_ms - since_ms) * share // whole


def _of_expiry(expiry: Expiry | None, now_ms: int) -> list[ItemReason]:
    if expiry is None:
        return []
    certain, possible = expiry.expires_ms, expiry.possibly_ms
    if certain is not None and now_ms > certain:
        return [ItemReason(AlertKind.DEADLINE, f"{EXPIRY}/deadline", certain, deadline_ms=certain)]
    if possible is not None and now_ms > possible:
        return [ItemReason(AlertKind.POSSIBLE, f"{EXPIRY}/possible", possible, deadline_ms=possible)]
    near = [(_warn_from(*life), life[1]) for life in _lives(expiry) if now_ms >= _warn_from(*life)]
    if not near:
        return []
    since_ms, deadline_ms = min(near)
    return [ItemReason(AlertKind.WARNING, f"{EXPIRY}/warning", since_ms, deadline_ms=deadline_ms)]


def _of_printed(expires_ms: int | None, now_ms: int) -> list[ItemReason]:
    if expires_ms is None:
        return []
    if now_ms > expires_ms:
        return [ItemReason(AlertKind.DEADLINE, f"{PRINTED}/deadline", expires_ms, deadline_ms=expires_ms)]
    from_ms = expires_ms - WARN_BEFORE_PRINTED_MS
    if now_ms < from_ms:
        return []
    return [ItemReason(AlertKind.WARNING, f"{PRINTED}/warning", from_ms, deadline_ms=expires_ms)]


def _where(at_ms: int, stays: Sequence[ItemStay]) -> str:
    return next((stay.location for stay in reversed(stays) if stay.start_ms <= at_ms), stays[0].location)
