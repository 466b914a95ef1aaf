"""One limit over an item's whole way, where places may have several probes (semantics §3, §7).

`exposure` judges a way with one probe a stay. Several judging probes at a place are a trace each, so every choice of
one probe a stay is a way of its own: the largest figure of each column stands, the verdict is the worst, and the probe
is named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from itertools import product as every_choice
from math import prod

from coldchain.domain.bounds import Bounds, Table, Yardstick, largest
from coldchain.domain.exposure import NOWHERE, Stay, advanced, stay_table, way_table
from coldchain.domain.limits import Limit, NoAllowance, Total
from coldchain.domain.probes import Probe
from coldchain.domain.progress import Episode, Progress, Unsettled
from coldchain.domain.running_out import ran_out
from coldchain.domain.verdict import Excursion, LimitJudgement, Verdict, conclude

MOST_WAYS = 256
"""So many choices of probes are judged one by one; beyond, the worst by each column and every pair of neighbours.

That is exact for limits without allowance and for budgets over the whole way; others are then never kept for sure.
"""


@dataclass(frozen=True)
class ItemStay:
    """An item's time at one place, in one stage of its product, before the same probes.

    Attributes:
        location: Where, as people call it.
        stage: Which stage of its product it was in.
        start_ms, end_ms: UTC ms; a stay ends where the next one begins.
        probes: All that judge there; without any, nothing is known of the stay.
    """

    location: str
    stage: str
    start_ms: int
    end_ms: int
    probes: tuple[Probe, ...] = ()


def stays_at(location: str, stage: str, start_ms: int, end_ms: int, probes: Sequence[Probe]) -> Iterator[ItemStay]:
    """A time at a place, cut where its probes come and go; each piece with those that hung there all of it."""
    changes = {at_ms for one in probes for at_ms in (one.from_ms, one.to_ms) if at_ms is not None}
    inner = {at_ms for at_ms in changes if start_ms < at_ms < end_ms}
    for start, end in pairwise(sorted({start_ms, end_ms, *inner})):
        yield ItemStay(location, stage, start, end, tuple(one for one in probes if one.hung(start, end)))


@dataclass(frozen=True)
class Moment:
    """An instant, UTC ms, and where the item was."""

    at_ms: int
    location: str


@dataclass(frozen=True)
class Moments:
    """When something became so: surely, and possibly, which is never later; ``None`` where it did not."""

    certain: Moment | None = None
    possible: Moment | None = None


@dataclass(frozen=True)
class ItemLimit:
    """What became of one limit over the whole way.

    Attributes:
        bounds: The largest of each column over all choices of probes.
        probes: Whose traces decide, of the places that had several.
        excursions, unsettled: Of the way that decides.
        spent: When the allowance was used up, and where.
        every_way: Whether every choice of probes was judged, or what was judged is enough for the verdict.
    """

    limit: Limit
    verdict: Verdict
    bounds: Bounds
    probes: tuple[str, ...]
    excursions: tuple[Excursion, ...]
    unsettled: tuple[Unsettled, ...]
    spent: Moments
    every_way: bool = True


@dataclass(frozen=True)
class Way:
    """One choice of a probe for each stay."""

    stays: tuple[Stay, ...]
    probes: tuple[str, ...]


def judge_ways(limit: Limit, stays: Sequence[ItemStay], limits: Sequence[Limit | None] | None = None) -> ItemLimit:
    """What became of one limit over all choices of probes.

    Args:
        limit: Whose allowance counts.
        stays: The whole way.
        limits: What is bad in each stay, ``None`` where the limit does not hold; nothing said: the limit everywhere.
    """
    judged = []
    limits = [limit] * len(stays) if limits is None else limits
    found, all_of_them = ways(limits, stays, keep_calm=limit.times is not None)
    for way in found:
        rows = way_table(limits, way.stays)
        progress = advanced(limit, way.stays, rows)
        judged.append((way, conclude(progress), ran_out(limit, rows, _episodes(progress))))
    way, worst, _ = max(judged, key=lambda one: _badness(one[1]))
    instants = [one[2] for one in judged]
    unsure = worst.verdict is Verdict.KEPT and not all_of_them and not _adds_up(limit)
    return ItemLimit(
        limit=limit,
        verdict=Verdict.UNDETERMINED if unsure else worst.verdict,
        bounds=largest([one[1].bounds for one in judged]),
        probes=way.probes,
        excursions=worst.excursions,
        unsettled=worst.unsettled,
        spent=Moments(_where([one[0] for one in instants], stays), _where([one[1] for one in instants], stays)),
        every_way=not unsure,
    )


def ways(
    limits: Sequence[Limit | None], stays: Sequence[ItemStay], *, keep_calm: bool = False
) -> tuple[list[Way], bool]:
    """Every choice of a probe for each stay that can matter, and whether these are all (`MOST_WAYS`).

    Args:
        limits: What is bad in each stay.
        stays: The whole way.
        keep_calm: Also probes that saw nothing bad where another one did: they part one bad run from the next.
    """
    candidates = [_candidates(limit, stay, keep_calm=keep_calm) for limit, stay in zip(limits, stays, strict=True)]
    several = [len({one.name for one in stay.probes}) > 1 for stay in stays]
    found = []
    for choice in _choices(candidates):
        named = (one.name for one, told in zip(choice, several, strict=True) if told)
        found.append(Way(tuple(one.stay for one in choice), tuple(dict.fromkeys(named))))
    return found, prod(len(some) for some in candidates) <= MOST_WAYS


@dataclass(frozen=True)
class _Candidate:
    name: str
    stay: Stay
    figures: tuple[int, int, int]
    calm: bool


def _candidates(limit: Limit | None, stay: ItemStay, *, keep_calm: bool) -> list[_Candidate]:
    """The probes of a stay that can matter to a limit, each for itself."""
    if not stay.probes:
        nobody = Stay(stay.location, stay.start_ms, stay.end_ms, NOWHERE, Yardstick())
        return [_Candidate("", nobody, (0, 0, 0), calm=False)]
    found = [_candidate(limit, stay, probe) for probe in stay.probes]
    if keep_calm or len(found) == 1:
        return found
    return [one for one in found if not one.calm] or found[:1]


def _candidate(limit: Limit | None, stay: ItemStay, probe: Probe) -> _Candidate:
    seen = Stay(stay.location, stay.start_ms, stay.end_ms, probe.trace, probe.yardstick)
    if limit is None or len(stay.probes) == 1:
        return _Candidate(probe.name, seen, (0, 0, 0), calm=limit is None)
    rows: Table = stay_table(limit, seen)
    figures = (int(rows.at_least[-1]), int(rows.estimate[-1]), int(rows.at_most[-1]))
    calm = not figures[2] and not bool(rows.tests.perhaps.any())
    return _Candidate(probe.name, seen, figures, calm)


def _choices(candidates: Sequence[Sequence[_Candidate]]) -> Iterator[tuple[_Candidate, ...]]:
    if prod(len(some) for some in candidates) <= MOST_WAYS:
        yield from every_choice(*candidates)
        return
    worst = [tuple(max(some, key=lambda one: one.figures[column]) for some in candidates) for column in range(3)]
    yield from worst
    for at, pair in enumerate(pairwise(candidates)):
        for one, other in every_choice(*pair):
            yield (*worst[2][:at], one, other, *worst[2][at + 2 :])


def _adds_up(limit: Limit) -> bool:
    """Whether the worst of each stay makes the worst of the way."""
    match limit.allowance:
        case NoAllowance() | Total(_, None):
            return limit.times is None
        case _:
            return False


_RANK = {Verdict.VIOLATED: 2, Verdict.UNDETERMINED: 1}


def _badness(judged: LimitJudgement) -> tuple[int, int, int]:
    return _RANK.get(judged.verdict, 0), judged.bounds.at_least_ms, judged.bounds.at_most_ms


def _episodes(progress: Progress) -> Sequence[Episode]:
    return progress.episodes if progress.open is None else (*progress.episodes, progress.open)


def _where(instants: Sequence[int | None], stays: Sequence[ItemStay]) -> Moment | None:
    known = [at_ms for at_ms in instants if at_ms is not None]
    return moment(min(known), stays) if known else None


def moment(at_ms: int, stays: Sequence[ItemStay]) -> Moment:
    """Where an item was at an instant: at the place it came to where that is the moment of a move."""
    here = next((stay for stay in reversed(stays) if stay.start_ms <= at_ms), stays[0])
    return Moment(at_ms, here.location)
