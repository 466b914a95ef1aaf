"""What befalls a round: which database, which way in, which faults at which steps; all of it follows from the seed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BROKER, EMBEDDED, HTTP = "broker", "embedded", "HTTP"
WAYS = (BROKER, EMBEDDED, HTTP)
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"

ANY = (BROKER, EMBEDDED, HTTP, SQLITE, POSTGRESQL)
FAULTS: Mapping[str, Sequence[str]] = {
    "service killed": ANY,
    "service killed before an alert's answer": ANY,
    "service restarted": ANY,
    "second service started": ANY,
    "disk full": ANY,
    "network to the way in cut": ANY,
    "clock set": ANY,
    "database killed": (POSTGRESQL,),
    "database restarted": (POSTGRESQL,),
    "database stands still": (POSTGRESQL,),
    "network to the database cut": (POSTGRESQL,),
    "database read-only": (POSTGRESQL,),
    "the service's lock lost": (POSTGRESQL,),
    "database locked by another program": (SQLITE,),
    "broker killed": (BROKER,),
    "broker restarted": (BROKER,),
    "broker replaced": (BROKER,),
    "network to the broker cut": (BROKER,),
}
"""Every fault, and with which databases and ways in it can happen."""

_LATER: Mapping[str, Sequence[int]] = {"database read-only": (1,), "clock set": (4, 7)}
"""Faults that came later, and the last digits of the seeds whose rounds end with one; others are what they were."""

DEEPEST = 120
"""Steps after the last fault until the next one: one or two transactions, so that every step of one is met."""


@dataclass(frozen=True)
class Plan:
    """One round.

    Attributes:
        faults: Each with the number of steps the service takes before it happens.
    """

    seed: int
    database: str
    way: str
    faults: tuple[tuple[str, int], ...]


def plan_of(seed: int, count: int = 3) -> Plan:
    """The round of a seed; over six seeds every database meets every way in."""
    chance = random.Random(seed)  # noqa: S311 - chance, not secrecy
    database, way = (SQLITE, POSTGRESQL)[seed % 2], WAYS[seed // 2 % 3]
    possible = [
        name
        for name, where in FAULTS.items()
        if name not in _LATER and (where == ANY or database in where or way in where)
    ]  # fmt: skip
    chosen = chance.sample(possible, count)
    for name, digits in _LATER.items():
        if seed % 10 in digits:
            chosen[-1] = name
    return Plan(seed, database, way, tuple((name, chance.randint(1, DEEPEST)) for name in chosen))
