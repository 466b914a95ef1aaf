"""The judge against the independent slow reading of the semantics, on random traces: ``make oracle ARGS=100000``.

Seeded, so that a disagreement can be repeated; prints how many traces agreed and how the verdicts were spread.
"""

import random
import sys
from collections import Counter
from datetime import timedelta

from coldchain.domain.bounds import Edges, Yardstick
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
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import judge
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
    last = int(trace.at_ms[-1]) if len(trace) else 0
    start = chance.choice([None, chance.randint(-MINUTE, last + MINUTE)])
    end = chance.choice([None, chance.randint(-MINUTE, last + 300 * MINUTE)])
    return Edges(*sorted((start, end))) if start is not None and end is not None else Edges(start, end)


def campaign(count: int, seed: int = 1) -> Counter[str]:
    """Judge ``count`` random traces both ways; raises AssertionError on the first that disagrees."""
    chance = random.Random(seed)  # noqa: S311 reproducible, not secret
    verdicts: Counter[str] = Counter()
    for number in range(count):
        trace, rule = random_trace(chance), random_limit(chance)
        yardstick = Yardstick(chance.choice([5, 10, 30, 60]) * MINUTE, chance.choice([0, 0, 300, 1000]))
        edges = random_edges(chance, trace)
        try:
            agrees_with_the_oracle(trace, rule, yardstick, edges)
        except AssertionError as error:
            raise AssertionError(f"trace {number} of seed {seed}: {rule} {yardstick} {edges} {trace}") from error
        verdicts[judge(trace, [rule], yardstick, edges).limits[0].verdict] += 1
    return verdicts


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    spread = campaign(wanted)
    print(
        f"{wanted} random traces judged twice, all alike: " + ", ".join(f"{n} {v}" for v, n in sorted(spread.items()))
    )
