"""The judge against the independent slow reading of the semantics, on random traces: ``make oracle ARGS=100000``.

Each trace is judged whole and piece by piece, by the judge and by the oracle, and what became of it must be the same:
verdict, triple, episodes, certainty, gaps. Rows as they might arrive (repeated, in conflict, shuffled) are settled both
ways first. Seeded, so that a disagreement can be repeated. Prints how much of what the page speaks of was met.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import numpy as np

from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.exposure import Stay, judge_way
from coldchain.domain.limits import (
    Allowance,
    AnyDuration,
    Condition,
    Each,
    Limit,
    NoAllowance,
    Predicate,
    Range,
    Total,
    conditions_limits,
    limit,
)
from coldchain.domain.progress import Progress, advance, begin
from coldchain.domain.reading import Readings, Trace, settle
from coldchain.domain.verdict import LimitJudgement, conclude, judge
from tests.domain.oracle import is_bad
from tests.domain.strategies import MINUTE
from tests.domain.test_judge import agrees_with_the_oracle

EDGE_VALUES = [1999, 2000, 2001, 7500, 7999, 8000, 8001, 8500, 0, -1]


def random_limit(chance: random.Random) -> Limit:
    minutes = timedelta(minutes=chance.choice([0, 5, 20, 60, 180]))
    window = minutes + timedelta(minutes=chance.randint(1, 90))
    allowances: list[Allowance] = [NoAllowance(), Each(minutes), Total(minutes), Total(minutes, window)]
    allowance = chance.choice(allowances)
    if chance.random() < 0.1:
        room, cold = Condition("room", Range(15_000, 25_000)), Condition("cold", Range(2000, 8000), minutes)
        return chance.choice(conditions_limits((room, cold), Condition("handling", Range(15_000, 30_000), minutes)))
    times = chance.choice([None, None, None, 0, 1, 3])
    if times is not None and chance.random() < 0.3:
        allowance = AnyDuration()
    return limit(chance.choice(list(Predicate)[:4]), chance.choice([0, 2000, 8000]), allowance, times=times)


def random_trace(chance: random.Random) -> Trace:
    """A walk around a limit with gaps, jumps and values at the very edge."""
    at, value = chance.randint(0, 100) * MINUTE, chance.choice([1000, 5000, 8000])
    instants, values = [], []
    for _ in range(chance.randint(0, 60)):
        instants.append(at)
        values.append(chance.choice(EDGE_VALUES) if chance.random() < 0.3 else value)
        value += chance.randint(-1500, 1500)
        at += chance.choice([5 * MINUTE, 5 * MINUTE, chance.randint(1, 3 * MINUTE), chance.randint(20, 120) * MINUTE])
    return Trace.of(instants, values)


def random_edges(chance: random.Random, trace: Trace) -> Edges:
    """No edge, one, or both: anywhere, or at the very instant of a reading."""
    last = int(trace.at_ms[-1]) if len(trace) else 0
    found = []
    for latest in (last + MINUTE, last + 300 * MINUTE):
        at_reading = [int(trace.at_ms[chance.randrange(len(trace))])] if len(trace) else []
        found.append(chance.choice([None, None, chance.randint(-MINUTE, latest), *at_reading]))
    start, end = found
    return Edges(*sorted((start, end))) if start is not None and end is not None else Edges(start, end)


def as_it_arrives(chance: random.Random, trace: Trace) -> tuple[Readings, Trace, int, int]:
    """Rows that settle to something near the trace: repeated, in conflict, shuffled; with what must become of them.

    Returns:
        The rows, the trace that must stand, and how many duplicates and conflicts there must be.
    """
    rows: list[tuple[int, int, int, int, int]] = []
    for number, (at, value) in enumerate(zip(trace.at_ms.tolist(), trace.milli_c.tolist(), strict=True)):
        rows.append((at, value, chance.randint(0, 2), 0, number))
        if chance.random() < 0.15:
            other = value if chance.random() < 0.5 else value + chance.choice([-1, 1, 3000])
            rows.append((at, other, chance.randint(0, 2), chance.randint(0, 1), 1000 + number))
    stands: dict[int, tuple[int, int, int, int]] = {}
    for at, value, received, source, position in rows:
        rank = (received, source, position, value)
        stands[at] = min(stands.get(at, rank), rank)
    said_again = sum(value == stands[at][3] for at, value, *_ in rows) - len(stands)
    settled = Trace.of(sorted(stands), [stands[at][3] for at in sorted(stands)])
    chance.shuffle(rows)
    columns = (np.array(column, dtype=np.int64) for column in (zip(*rows, strict=True) if rows else [[]] * 5))
    return Readings(*columns), settled, said_again, len(rows) - len(stands) - said_again


def judged_in_pieces(chance: random.Random, trace: Trace, begun: Progress) -> tuple[LimitJudgement, int]:
    """The same trace by `advance`, cut anywhere, sometimes written down and taken up again where nothing is lost."""
    cuts = sorted(chance.randint(0, len(trace)) for _ in range(chance.randint(0, 4)))
    progress = begun
    for low, high in zip([0, *cuts], [*cuts, len(trace)], strict=True):
        progress = advance(progress, Trace(trace.at_ms[low:high], trace.milli_c[low:high]))
    return conclude(progress), len(cuts) + 1


def random_stays(chance: random.Random, trace: Trace, yardstick: Yardstick, edges: Edges) -> list[Stay]:
    """The period between two edges, cut into stays before the same sensor, where no reading marks a move."""
    if edges.start_ms is None or edges.end_ms is None or edges.end_ms - edges.start_ms < 2 or not len(trace):
        return []
    known = set(trace.at_ms.tolist())
    inner = {chance.randint(edges.start_ms + 1, edges.end_ms - 1) for _ in range(chance.randint(0, 3))}
    moves = sorted(at for at in inner if int(trace.at_ms[0]) <= at <= int(trace.at_ms[-1]))
    if known & {edges.start_ms, edges.end_ms, *moves}:
        return []  # a reading at the moment of a move is the next stay's alone
    ends = [edges.start_ms, *moves, edges.end_ms]
    return [Stay("", a, b, trace, yardstick) for a, b in pairwise(ends)]


def met(trace: Trace, rule: Limit, yardstick: Yardstick, edges: Edges) -> Iterator[str]:
    """What of the page a random case speaks of."""
    yield f"predicate {rule.predicate}"
    yield f"allowance {type(rule.allowance).__name__}{' within' if _within(rule) else ''}"
    yield from ["times"] * (rule.times is not None)
    steps = np.diff(trace.at_ms)
    yield from ["gap"] * bool((steps > yardstick.max_gap_ms).any())
    yield from ["exactly max_gap"] * bool((steps == yardstick.max_gap_ms).any())
    u = yardstick.uncertainty_milli_c
    yield from ["uncertainty"] * (u > 0)
    values = trace.milli_c.tolist()
    moved = [-u, u]
    perhaps = [is_bad(rule, value, moved, every=False) for value in values]
    bad = [is_bad(rule, value, [0], every=True) for value in values]
    yield from ["doubtful reading"] * any(p and not b for p, b in zip(perhaps, bad, strict=True))
    yield from ["reading at the limit"] * (rule.threshold_milli_c in values)
    yield from ["start edge"] * (edges.start_ms is not None)
    yield from ["end edge"] * (edges.end_ms is not None)
    instants = set(trace.at_ms.tolist())
    yield from ["edge at a reading"] * bool(instants & {edges.start_ms, edges.end_ms})
    yield from ["edge beyond every reading"] * (edges.end_ms is not None and edges.end_ms > max(instants, default=0))
    yield from ["no reading"] * (not instants)


def _within(rule: Limit) -> bool:
    return isinstance(rule.allowance, Total) and rule.allowance.within is not None


def campaign(count: int, seed: int = 1) -> Counter[str]:
    """Judge ``count`` random traces every way; raises AssertionError on the first that disagrees."""
    chance = random.Random(seed)  # noqa: S311 reproducible, not secret
    seen: Counter[str] = Counter()
    for number in range(count):
        arrived, trace, said_again, in_conflict = as_it_arrives(chance, random_trace(chance))
        rule, edges = random_limit(chance), random_edges(chance, trace)
        yardstick = Yardstick(chance.choice([5, 10, 30, 60]) * MINUTE, chance.choice([0, 0, 300, 1000]))
        try:
            settled = settle(arrived)
            assert (settled.duplicates, settled.conflicts.size) == (said_again, in_conflict)
            assert settled.trace.at_ms.tolist() == trace.at_ms.tolist()
            assert settled.trace.milli_c.tolist() == trace.milli_c.tolist()
            agrees_with_the_oracle(trace, rule, yardstick, edges)
            whole = judge(trace, [rule], yardstick, edges).limits[0]
            piecewise, pieces = judged_in_pieces(chance, trace, begin(rule, yardstick, edges))
            assert piecewise == whole
            stays = random_stays(chance, trace, yardstick, edges)
            if stays:
                way = judge_way(rule, stays)
                assert (way.bounds, way.verdict) == (whole.bounds, whole.verdict)
        except AssertionError as error:
            raise AssertionError(f"trace {number} of seed {seed}: {rule} {yardstick} {edges} {trace}") from error
        seen.update([whole.verdict, *met(trace, rule, yardstick, edges)])
        seen.update(["judged in pieces"] * (pieces > 1) + ["moves"] * (len(stays) > 1))
        seen.update(["duplicates"] * (said_again > 0) + ["conflicts"] * (in_conflict > 0))
        seen.update(f"{found.certainty} excursion" for found in whole.excursions[:1])
        seen.update(["tolerated episode"] * bool(whole.tolerated) + ["open episode"] * _open(whole))
    return seen


def _open(judged: LimitJudgement) -> bool:
    episodes = [*(found.episode for found in judged.excursions), *judged.tolerated]
    return any(episode.end_ms is None for episode in episodes)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    spread = campaign(wanted, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(f"{wanted} random traces judged by the judge (whole, in pieces, over moves) and by the oracle: all alike")
    for what, times in sorted(spread.items()):
        print(f"  {times:>7}  {what}")
