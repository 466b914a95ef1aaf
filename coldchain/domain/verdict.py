"""What follows from the three durations: kept, violated, or undetermined (semantics §4)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never

import numpy as np

from coldchain.domain.bounds import Bounds, Edges, Yardstick
from coldchain.domain.duration import milliseconds
from coldchain.domain.limits import AnyDuration, Each, Limit, NoAllowance, Total
from coldchain.domain.progress import (
    Episode,
    Progress,
    Unsettled,
    advance_series,
    begin,
    finish,
    joined_series,
)
from coldchain.domain.reading import Trace
from coldchain.domain.unsettled import apart


class Verdict(StrEnum):
    """The answer for a limit (``kept``) or an item (``compliant``)."""

    COMPLIANT = "compliant"
    KEPT = "kept"
    VIOLATED = "violated"
    UNDETERMINED = "undetermined"


class Certainty(StrEnum):
    """Whether an excursion is shown by the readings or only cannot be ruled out."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Excursion:
    """An episode that does more than its allowance permits."""

    limit_id: str
    certainty: Certainty
    episode: Episode


@dataclass(frozen=True)
class Gap:
    """Nobody measured from ``start_ms`` (the last reading plus ``max_gap``) to ``end_ms``; a finding, no excursion."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class LimitJudgement:
    """What became of one limit.

    Attributes:
        bounds: The limit's bad time; with ``within``, the largest of any window.
        excursions: Episodes beyond the allowance, in order.
        tolerated: Episodes inside it.
        unsettled: The intervals that make the verdict undetermined; empty for any other verdict.
    """

    limit: Limit
    verdict: Verdict
    bounds: Bounds
    excursions: tuple[Excursion, ...]
    tolerated: tuple[Episode, ...]
    unsettled: tuple[Unsettled, ...]


@dataclass(frozen=True)
class Judgement:
    """What became of an item: the worst of its limits."""

    verdict: Verdict
    limits: tuple[LimitJudgement, ...]
    gaps: tuple[Gap, ...]


def judge(trace: Trace, limits: Sequence[Limit], yardstick: Yardstick, edges: Edges = Edges()) -> Judgement:
    """Judge a whole trace against a stage's limits.

    Args:
        trace: One sensor channel's readings.
        limits: All limits of the stage.
        yardstick: ``max_gap`` and the probe's uncertainty.
        edges: The period that counts; see semantics §3.edges.
    """
    silences = gaps(trace, yardstick, edges)
    begun = [begin(limit, yardstick, edges) for limit in limits]
    if len(trace) and edges == Edges() and not silences:
        calm = [_calm(limit, int(trace.milli_c.min()), int(trace.milli_c.max()), yardstick) for limit in limits]
    else:
        calm = [False] * len(begun)
    if not all(calm):
        for piece in trace.pieces():
            joined = joined_series(begun[calm.index(False)], piece)
            begun = [p if kept else advance_series(p, joined) for p, kept in zip(begun, calm, strict=True)]
    judged = tuple(
        LimitJudgement(progress.limit, Verdict.KEPT, Bounds(), (), (), ()) if kept else conclude(progress)
        for progress, kept in zip(begun, calm, strict=True)
    )
    return Judgement(item_verdict(limit.verdict for limit in judged), judged, silences)


def _calm(limit: Limit, coldest: int, warmest: int, yardstick: Yardstick) -> bool:
    """Whether no reading, m°C, comes near what a limit forbids; without a silence there is then nothing to judge."""
    margin = yardstick.uncertainty_milli_c
    return all(warmest + margin < low or coldest - margin > high for low, high in limit.bad)


def item_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """Violated if any limit is, else undetermined if any is, else compliant."""
    said = set(verdicts)
    if Verdict.VIOLATED in said:
        return Verdict.VIOLATED
    return Verdict.UNDETERMINED if Verdict.UNDETERMINED in said else Verdict.COMPLIANT


def conclude(progress: Progress, now_ms: int | None = None) -> LimitJudgement:
    """The verdict on what was judged so far, with the end edge (or now) behind the last reading.

    Excursions are those found since the progress was begun or taken up again, and the open one.
    """
    ended = finish(progress, now_ms)
    episodes = ended.episodes if ended.open is None else (*ended.episodes, ended.open)
    excursions, tolerated = [], []
    for episode in episodes:
        certainty = certainty_of(episode, ended.limit)
        if certainty is None:
            tolerated.append(episode)
        else:
            excursions.append(Excursion(ended.limit.id, certainty, episode))
    verdict = limit_verdict(ended)
    return LimitJudgement(
        limit=ended.limit,
        verdict=verdict,
        bounds=ended.total if ended.window is None else ended.peak,
        excursions=tuple(excursions),
        tolerated=tuple(tolerated),
        unsettled=_open_questions(ended) if verdict is Verdict.UNDETERMINED else (),
    )


def _open_questions(ended: Progress) -> tuple[Unsettled, ...]:
    """The unsettled intervals; with ``times``, what lies inside a longer one is said once."""
    found = _with_what_runs(ended)
    return found if ended.limit.times is None else apart(found)


def _with_what_runs(ended: Progress) -> tuple[Unsettled, ...]:
    """The unsettled intervals, and the stretch that still runs at the end of the trace."""
    limit, since_ms = ended.limit, ended.perhaps_since_ms
    if ended.last is None or since_ms is None or not isinstance(limit.allowance, Each):
        return ended.unsettled
    if ended.perhaps_ms <= milliseconds(limit.allowance.duration):
        return ended.unsettled
    cause = "silent" if ended.perhaps_silent else "between"
    return (*ended.unsettled, Unsettled(limit.id, since_ms, ended.last[0], cause))


def limit_verdict(ended: Progress) -> Verdict:
    """The table of semantics §4, with ``times`` beside it; a trace without readings is undetermined."""
    limit, peak = ended.limit, ended.total if ended.window is None else ended.peak
    match limit.allowance:
        case NoAllowance():
            violated = ended.sure_reading or ended.total.at_least_ms > 0
            open_question = ended.perhaps_reading or ended.total.at_most_ms > 0
        case Each(duration):
            violated = ended.longest_sure_ms > milliseconds(duration)
            open_question = ended.longest_perhaps_ms > milliseconds(duration)
        case Total(duration):
            violated = peak.at_least_ms > milliseconds(duration)
            open_question = peak.at_most_ms > milliseconds(duration)
        case AnyDuration():
            violated = open_question = False
        case _:
            assert_never(limit.allowance)
    if limit.times is not None:
        violated = violated or ended.sure_count > limit.times
        open_question = open_question or ended.perhaps_count > limit.times or ended.silences > 0
    if violated:
        return Verdict.VIOLATED
    return Verdict.UNDETERMINED if open_question or ended.readings == 0 else Verdict.KEPT


def certainty_of(episode: Episode, limit: Limit) -> Certainty | None:
    """Whether an episode is an excursion, and how sure that is; ``None`` where its allowance covers it."""
    match limit.allowance:
        case NoAllowance():
            certain, possible = episode.sure, True
        case Each(duration):
            certain = episode.longest_sure_ms > milliseconds(duration)
            possible = episode.bounds.at_most_ms > milliseconds(duration)
        case Total(duration):
            certain = episode.reached.at_least_ms > milliseconds(duration)
            possible = episode.reached.at_most_ms > milliseconds(duration)
        case AnyDuration():
            certain = possible = False
        case _:
            assert_never(limit.allowance)
    if limit.times is not None:
        certain = certain or (episode.sure and episode.sure_count > limit.times)
        possible = possible or episode.perhaps_count > limit.times
    if certain:
        return Certainty.CERTAIN
    return Certainty.POSSIBLE if possible else None


def gaps(trace: Trace, yardstick: Yardstick, edges: Edges = Edges()) -> tuple[Gap, ...]:
    """Every silence longer than ``max_gap``, from ``max_gap`` after its last reading; the part inside the edges."""
    at_ms = trace.at_ms
    low, high = edges.start_ms, edges.end_ms
    if low is not None and (not at_ms.size or at_ms[0] > low):
        at_ms = np.concatenate(([low], at_ms))
    if high is not None and at_ms.size and at_ms[-1] < high:
        at_ms = np.concatenate((at_ms, [high]))
    silent = np.flatnonzero(np.diff(at_ms) > yardstick.max_gap_ms)
    found = []
    for index in silent.tolist():
        start, end = int(at_ms[index]) + yardstick.max_gap_ms, int(at_ms[index + 1])
        start = start if low is None else max(start, low)
        end = end if high is None else min(end, high)
        if start < end:
            found.append(Gap(start, end))
    return tuple(found)


def _utc(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def what_would_settle(unsettled: Unsettled, clock: Callable[[int], str] = _utc) -> str:
    """What to do about an interval that leaves a verdict open, in one sentence; ``clock`` says its two instants."""
    start, end = clock(unsettled.start_ms), clock(unsettled.end_ms)
    match unsettled.cause:
        case "silent":
            return f"Import this logger's memory from {start} to {end}."
        case "doubtful":
            return (
                f"From {start} to {end} the readings lie within the probe's uncertainty: "
                "a second probe or a closer calibration would settle it."
            )
        case "extremes":
            return (
                f"Import the readings from {start} to {end}: the lowest and the highest value of each interval cannot "
                "show that a limit was kept."
            )
        case _:
            return f"Import finer readings from {start} to {end}, such as the device's own alarm record."
