"""What the lowest and highest value of each day or hour prove, where a device keeps no readings (semantics §4).

Such a device states for each interval two values that it really measured, and that every other one lay between them.
That can show a limit to be violated. It never shows one to be kept: nobody says how often was measured, and an average
proves nothing at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import assert_never

from coldchain.domain.bounds import Bounds, Edges, Yardstick
from coldchain.domain.duration import milliseconds
from coldchain.domain.extremes import Extremes, Interval, Piece, inside, silences_between
from coldchain.domain.limits import AnyDuration, Each, Limit, NoAllowance, Total
from coldchain.domain.progress import Episode, Unsettled
from coldchain.domain.verdict import Excursion, Gap, Judgement, LimitJudgement, Verdict, certainty_of, item_verdict


def judge_extremes(
    extremes: Sequence[Extremes], limits: Sequence[Limit], yardstick: Yardstick, edges: Edges = Edges()
) -> Judgement:
    """Judge intervals of which only the extremes are known: each limit is violated or undetermined, never kept.

    Args:
        extremes: The intervals, in any order, without overlap.
        limits: All limits of the stage.
        yardstick: ``max_gap`` and the probe's uncertainty.
        edges: The period that counts.

    Raises:
        ValueError: Two intervals overlap.
    """
    pieces = inside(sorted(extremes, key=lambda one: one.start_ms), edges)
    silences = silences_between(pieces, yardstick.max_gap_ms, edges)
    judged = tuple(_judge(limit, pieces, silences, yardstick) for limit in limits)
    verdict = item_verdict(limit.verdict for limit in judged) if judged else Verdict.UNDETERMINED
    gaps = tuple(Gap(start + yardstick.max_gap_ms, end) for start, end in silences)
    return Judgement(verdict, judged, gaps)


@dataclass(frozen=True)
class _Seen:
    """What a limit makes of a piece.

    Attributes:
        sure: A value was surely measured that is bad, the probe's uncertainty set aside in its favour.
        bad: A value was measured that is bad as it stands.
        wholly, wholly_sure: Every value was, as it stands and surely, without a silence.
        perhaps: A value may have been.
    """

    piece: Piece
    sure: bool
    bad: bool
    wholly: bool
    wholly_sure: bool
    perhaps: bool

    @classmethod
    def of(cls, limit: Limit, piece: Piece, uncertainty: int) -> "_Seen":
        """Compare a piece with a limit."""
        if piece.between is None:
            return cls(piece, False, False, False, False, True)
        low, high = piece.between
        wholly = piece.silent_ms == 0 and _holds(limit, low, high)
        return cls(
            piece,
            sure=any(_holds(limit, value - uncertainty, value + uncertainty) for value in piece.known),
            bad=wholly or any(_holds(limit, value, value) for value in piece.known),
            wholly=wholly,
            wholly_sure=wholly and _holds(limit, low - uncertainty, high + uncertainty),
            perhaps=any(low - uncertainty <= end and high + uncertainty >= start for start, end in limit.bad),
        )


def _holds(limit: Limit, low: int, high: int) -> bool:
    """Whether every temperature of a range is bad."""
    return any(start <= low and high <= end for start, end in limit.bad)


def _judge(limit: Limit, pieces: Sequence[Piece], silences: Sequence[Interval], yardstick: Yardstick) -> LimitJudgement:
    seen = [_Seen.of(limit, piece, yardstick.uncertainty_milli_c) for piece in pieces]
    episodes = _episodes(limit, seen)
    beside = sum(one.piece.length_ms for one in seen if not one.bad) + sum(end - start for start, end in silences)
    total = sum((episode.bounds for episode in episodes), Bounds(0, 0, beside))
    certain = [(episode, certainty_of(episode, limit)) for episode in episodes]
    violated = _violated(limit, episodes)
    return LimitJudgement(
        limit=limit,
        verdict=Verdict.VIOLATED if violated else Verdict.UNDETERMINED,
        bounds=_reached(limit, total, max((episode.longest_sure_ms for episode in episodes), default=0)),
        excursions=tuple(Excursion(limit.id, how, episode) for episode, how in certain if how is not None),
        tolerated=tuple(episode for episode, how in certain if how is None),
        unsettled=() if violated else _unsettled(limit, pieces, silences),
    )


def _episodes(limit: Limit, seen: Sequence[_Seen]) -> list[Episode]:
    """One episode for each run of neighbouring intervals in which something bad was measured."""
    episodes: list[Episode] = []
    run: list[_Seen] = []
    total, longest, sure_count, in_sure_run = Bounds(), 0, 0, False
    for one, following in zip_longest(seen, seen[1:]):
        sure_count += one.sure and not in_sure_run
        in_sure_run = one.sure or (in_sure_run and one.perhaps)  # only a good interval parts two runs
        if not one.bad:
            continue
        run.append(one)
        if following is not None and following.bad and following.piece.span[0] == one.piece.span[1]:
            continue
        sure_ms = _sure_stretches(run)
        bounds = _bounds_of(limit, run, sum(sure_ms))
        total, longest = total + bounds, max(longest, *sure_ms)
        badness, worst = max((_depth(limit, value), value) for each in run for value in each.piece.between or ())
        episodes.append(
            Episode(
                start_ms=run[0].piece.span[0], end_ms=one.piece.span[1], bounds=bounds, extreme_milli_c=worst,
                badness=badness, readings=sum(_holds(limit, v, v) for each in run for v in each.piece.known),
                sure=any(each.sure for each in run), longest_sure_ms=max(sure_ms),
                reached=_reached(limit, total, longest), sure_count=sure_count, perhaps_count=len(episodes) + 1,
            )
        )  # fmt: skip
        run = []
    return episodes


def _sure_stretches(run: Sequence[_Seen]) -> list[int]:
    """How long it was surely bad without a break: from the first to the last value of neighbouring intervals in which
    every value was surely bad; shape (stretches + 1,), the first one being 0."""
    lengths = [0]
    begun: int | None = None
    for one, following in zip_longest(run, run[1:]):
        if not one.wholly_sure:
            continue
        first, last = one.piece.reach
        begun = first if begun is None else begun
        if following is None or not following.wholly_sure:
            lengths.append(max(last - begun, 0))
            begun = None
    return lengths


def _bounds_of(limit: Limit, run: Sequence[_Seen], at_least: int) -> Bounds:
    at_most = sum(one.piece.length_ms for one in run)  # nobody says how often was measured
    estimate = sum(_estimate_ms(limit, one) for one in run)
    return Bounds(at_least, min(max(estimate, at_least), at_most), at_most)


def _reached(limit: Limit, total: Bounds, longest_sure_ms: int) -> Bounds:
    """A running triple; with ``within``, what surely and at most falls into one window of that length."""
    if not isinstance(limit.allowance, Total) or limit.allowance.within is None:
        return total
    window_ms = milliseconds(limit.allowance.within)
    columns = (longest_sure_ms, total.estimate_ms, total.at_most_ms)
    return Bounds(*(min(column, window_ms) for column in columns))


def _estimate_ms(limit: Limit, one: _Seen) -> int:
    """What the device counted beyond exactly this limit; else the whole interval where every value was bad."""
    for counted in one.piece.counted:
        if (counted.bad,) == limit.bad:
            return counted.duration_ms
    return one.piece.length_ms if one.wholly else 0


def _depth(limit: Limit, value: int) -> int:
    return max((min(value - low + 1, high - value + 1) for low, high in limit.bad), default=0)


def _violated(limit: Limit, episodes: Sequence[Episode]) -> bool:
    """The violated column of semantics §4."""
    match limit.allowance:
        case NoAllowance():
            violated = any(episode.sure or episode.longest_sure_ms > 0 for episode in episodes)
        case Each(duration):
            violated = any(episode.longest_sure_ms > milliseconds(duration) for episode in episodes)
        case Total(duration):
            violated = any(episode.reached.at_least_ms > milliseconds(duration) for episode in episodes)
        case AnyDuration():
            violated = False
        case _:
            assert_never(limit.allowance)
    return violated or (limit.times is not None and any(one.sure_count > limit.times for one in episodes))


def _unsettled(limit: Limit, pieces: Sequence[Piece], silences: Sequence[Interval]) -> tuple[Unsettled, ...]:
    """Each stretch of neighbouring intervals, of which no readings are known, and each silence."""
    stretches: list[Interval] = []
    for piece in pieces:
        start = stretches.pop()[0] if stretches and stretches[-1][1] == piece.span[0] else piece.span[0]
        stretches.append((start, piece.span[1]))
    found = [(*stretch, "extremes") for stretch in stretches] + [(*silence, "silent") for silence in silences]
    return tuple(Unsettled(limit.id, start, end, cause) for start, end, cause in sorted(found))
