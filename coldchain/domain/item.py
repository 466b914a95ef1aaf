"""An item: a lot or a pack of a product, judged over its whole way by its own product's rules (semantics §7).

Limits carry their budgets from stay to stay, stages that share a limit's id share one budget, return rules are judged
from what the probes saw, and a shortened expiry is a date.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np

from coldchain.domain.bounds import Bounds, Flags
from coldchain.domain.duration import milliseconds
from coldchain.domain.exposure import Stay, advanced, way_table
from coldchain.domain.limits import COLDEST, AnyDuration, Limit, Predicate, Range, Total, limit
from coldchain.domain.product import Event, Expires, Product, Returns, ReturnsFor, Stage
from coldchain.domain.progress import Unsettled
from coldchain.domain.verdict import Verdict, item_verdict
from coldchain.domain.ways import ItemLimit, ItemStay, Moment, Moments, judge_ways, moment, ways

RETURNS = "returns"
"""The id by which intervals that leave a return rule open are named."""


@dataclass(frozen=True)
class Returned:
    """How often an item went back into the refrigerator, and whether it may have.

    Attributes:
        rule: The product's.
        at_least: So many returns are certain.
        at_most: So many are possible; ``None`` where nobody can say, because part of the way was not measured.
        last: The certain return that was one too many, or the latest one.
        refrigerated: For ``for D``: the time back in the refrigerator.
        unsettled: The intervals in which it may have gone out or back unseen.
    """

    rule: Returns | ReturnsFor
    verdict: Verdict
    at_least: int
    at_most: int | None
    last: Moment | None
    refrigerated: Bounds | None = None
    unsettled: tuple[Unsettled, ...] = ()


@dataclass(frozen=True)
class Expiry:
    """A shortened expiry.

    Attributes:
        rule: The product's.
        since_ms: The event it counts from; ``None`` while that has not surely happened.
        expires_ms: When it expires; ``None`` likewise.
        possibly_ms: When it expires if the event came as early as it may have; ``None`` where that is no earlier.
        recorded: Whether somebody recorded the event; otherwise the probes show it.
    """

    rule: Expires
    since_ms: int | None
    expires_ms: int | None
    possibly_ms: int | None
    recorded: bool


@dataclass(frozen=True)
class ItemJudgement:
    """What became of an item; its verdict is the worst of its limits and its return rules.

    Attributes:
        first_out: When it first left the refrigerator, and where.
    """

    verdict: Verdict
    limits: tuple[ItemLimit, ...]
    returns: tuple[Returned, ...]
    expiry: Expiry | None
    first_out: Moments


def judge_item(
    product: Product, stays: Sequence[ItemStay], recorded: Mapping[Event, int] | None = None
) -> ItemJudgement:
    """Judge an item's whole way.

    Args:
        product: As frozen when the item arrived.
        stays: One after the other, from its arrival to now or to its end.
        recorded: Events that somebody recorded, such as its removal from the refrigerator, UTC ms.

    Raises:
        ValueError: No stay, or the stays do not follow one another.
    """
    if not stays:
        raise ValueError("an item that was nowhere cannot be judged")
    limits = tuple(_judge_limit(limit_id, product, stays) for limit_id in _limit_ids(product, stays))
    returns = tuple(_return_rules(product, stays))
    stage = product.stages[stays[-1].stage]
    first_out = _first_out(refrigerator_of(product, stage), stays)
    expiry = None if stage.expires is None else expiry_of(stage.expires, stays[0].start_ms, recorded or {}, first_out)
    verdicts = [*(one.verdict for one in limits), *(one.verdict for one in returns)]
    return ItemJudgement(item_verdict(verdicts), limits, returns, expiry, first_out)


def _limit_ids(product: Product, stays: Sequence[ItemStay]) -> list[str]:
    visited = dict.fromkeys(stay.stage for stay in stays)
    return list(dict.fromkeys(one.id for stage in visited for one in product.stages[stage].limits))


def _judge_limit(limit_id: str, product: Product, stays: Sequence[ItemStay]) -> ItemLimit:
    """One limit from the first stay that it holds in to the last; the latest stage's allowance counts."""
    found = [_limit_of(product.stages[stay.stage], limit_id) for stay in stays]
    holds = [at for at, one in enumerate(found) if one is not None]
    own = slice(holds[0], holds[-1] + 1)
    latest = found[holds[-1]]
    assert latest is not None  # noqa: S101 - the id was taken from one of these stages
    return judge_ways(latest, stays[own], found[own])


def _limit_of(stage: Stage, limit_id: str) -> Limit | None:
    return next((one for one in stage.limits if one.id == limit_id), None)


# -- out of the refrigerator, and back ------------------------------------------------------------------------------


def refrigerator_of(product: Product, stage: Stage) -> Range | None:
    """The temperatures an item goes back to: the stage's own store range, else the first one of its product."""
    stores = [stage.store, *(other.store for other in product.stages.values())]
    return next((store for store in stores if store is not None), None)


def removed(refrigerator: Range) -> Limit:
    """Being out of the refrigerator, as a limit: warmer than its range. Colder is a limit's matter, and no removal."""
    return limit(Predicate.ABOVE, refrigerator.high_milli_c, id=RETURNS)


def _first_out(refrigerator: Range | None, stays: Sequence[ItemStay]) -> Moments:
    if refrigerator is None:
        return Moments()
    out = removed(refrigerator)
    return judge_ways(out, stays).spent


def _return_rules(product: Product, stays: Sequence[ItemStay]) -> Iterator[Returned]:
    """Each return rule over the part of the way in the stages that state it."""
    rules = dict.fromkeys(product.stages[stay.stage].returns for stay in stays)
    for rule in rules:
        holds = [at for at, stay in enumerate(stays) if product.stages[stay.stage].returns == rule]
        part = stays[holds[0] : holds[-1] + 1]
        refrigerator = refrigerator_of(product, product.stages[part[-1].stage])
        if rule is not None and refrigerator is not None:
            yield judge_returns(rule, refrigerator, part)


def judge_returns(rule: Returns | ReturnsFor, refrigerator: Range, stays: Sequence[ItemStay]) -> Returned:
    """How often an item went back into the refrigerator, and whether it may.

    A return is certain between a reading that is surely out and one that is good by every test. Where part of the way
    was not measured, or lies within a probe's uncertainty, nobody can be sure that there was no further one.
    """
    out = removed(refrigerator)
    every, all_of_them = ways([out] * len(stays), stays, keep_calm=True)
    seen = [_seen(out, way.stays, stays) for way in every]
    certain = max((one.certain for one in seen), key=len)
    unsettled = max((one.unsettled for one in seen), key=len)
    at_most = None if unsettled or not all_of_them else max(one.possible for one in seen)
    allowed = _allowed(rule)
    refrigerated = None
    if isinstance(rule, ReturnsFor):
        refrigerated = _refrigerated_since(refrigerator, stays, rule)
        verdict = _within(refrigerated, milliseconds(rule.duration))
    else:
        verdict = _by_count(len(certain), at_most, allowed)
    return Returned(
        rule=rule,
        verdict=verdict,
        at_least=len(certain),
        at_most=at_most,
        last=certain[-1 if allowed is None else min(allowed, len(certain) - 1)] if certain else None,
        refrigerated=refrigerated,
        unsettled=unsettled if verdict is Verdict.UNDETERMINED else (),
    )


def _allowed(rule: Returns | ReturnsFor) -> int | None:
    match rule:
        case Returns.NEVER:
            return 0
        case Returns.ONCE:
            return 1
        case Returns.ANY | ReturnsFor():
            return None
        case _:
            assert_never(rule)


def _by_count(certain: int, possible: int | None, allowed: int | None) -> Verdict:
    if allowed is None:
        return Verdict.KEPT
    if certain > allowed:
        return Verdict.VIOLATED
    return Verdict.UNDETERMINED if possible is None or possible > allowed else Verdict.KEPT


@dataclass(frozen=True)
class _Seen:
    """What one choice of probes saw of returns."""

    certain: tuple[Moment, ...]
    possible: int
    unsettled: tuple[Unsettled, ...]


def _seen(out: Limit, way: Sequence[Stay], stays: Sequence[ItemStay]) -> _Seen:
    rows = way_table([out] * len(way), way)
    good = ~rows.tests.perhaps & ~rows.neutral
    certain = [moment(int(rows.at_ms[at]), stays) for at in _backs(rows.tests.sure, good)]
    unseen = advanced(Limit(RETURNS, out.predicate, out.bad, AnyDuration()), way, rows).unsettled
    return _Seen(tuple(certain), len(_backs(rows.tests.perhaps, good)), unseen)


def _backs(out: Flags, good: Flags) -> list[int]:
    """The rows at which it was back: the first good reading after each run of readings that were out."""
    found, away = [], False
    for at in np.flatnonzero(out | good).tolist():
        if away and good[at]:
            found.append(at)
        away = bool(out[at])
    return found


def _refrigerated_since(refrigerator: Range, stays: Sequence[ItemStay], rule: ReturnsFor) -> Bounds:
    """The time in the refrigerator since the first removal: the certain one, for ``at_most`` the possible one."""
    cold = ((COLDEST, refrigerator.high_milli_c),)
    inside = Limit(RETURNS, Predicate.INSIDE, cold, Total(rule.duration))
    first = _first_out(refrigerator, stays)
    sure, perhaps = (
        Bounds() if since is None or not (rest := _since(since.at_ms, stays))
        else judge_ways(inside, rest).bounds
        for since in (first.certain, first.possible)
    )  # fmt: skip
    return Bounds(sure.at_least_ms, sure.estimate_ms, perhaps.at_most_ms)


def _since(at_ms: int, stays: Sequence[ItemStay]) -> list[ItemStay]:
    return [replace(stay, start_ms=max(stay.start_ms, at_ms)) for stay in stays if stay.end_ms > at_ms]


def _within(bounds: Bounds, allowed_ms: int) -> Verdict:
    if bounds.at_least_ms > allowed_ms:
        return Verdict.VIOLATED
    return Verdict.UNDETERMINED if bounds.at_most_ms > allowed_ms else Verdict.KEPT


# -- shortened expiry -------------------------------------------------------------------------------------------------


def expiry_of(rule: Expires, arrived_ms: int, recorded: Mapping[Event, int], first_out: Moments) -> Expiry:
    """When an item expires that has been taken out, or received: from what was recorded or what the probes show.

    A removal counts from the earliest of the recorded one and the certain one; the possible one is shown beside it.
    """
    after_ms = milliseconds(rule.after)
    said = recorded.get(rule.since)
    if rule.since is Event.RECEIVED and said is None:
        said = arrived_ms
    shown = first_out.certain.at_ms if rule.since is Event.REMOVED and first_out.certain else None
    since_ms = min((at_ms for at_ms in (said, shown) if at_ms is not None), default=None)
    perhaps_ms = first_out.possible.at_ms if rule.since is Event.REMOVED and first_out.possible else None
    earlier = perhaps_ms is not None and (since_ms is None or perhaps_ms < since_ms)
    return Expiry(
        rule=rule,
        since_ms=since_ms,
        expires_ms=None if since_ms is None else since_ms + after_ms,
        possibly_ms=perhaps_ms + after_ms if earlier and perhaps_ms is not None else None,
        recorded=since_ms is not None and since_ms == said,
    )
