"""Which recorded excursion a re-judged one is (semantics §4)."""

import pytest

from coldchain.domain.bounds import Bounds
from coldchain.domain.excursion import Keep, Merge, Open, Recorded, Withdraw, reconcile
from coldchain.domain.progress import Episode
from coldchain.domain.verdict import Certainty, Excursion


def found(start: int, end: int | None) -> Excursion:
    episode = Episode(start, end, Bounds(), 9000, 1000, 1, True, 0, Bounds(), 1, 1)
    return Excursion("above-8", Certainty.CERTAIN, episode)


@pytest.mark.parametrize(
    ("case", "recorded", "now", "expected"),
    [
        ("a new one", [], [(0, 10)], [Open(found(0, 10))]),
        ("the same, longer", [(1, 0, 10)], [(0, 15)], [Keep(1, found(0, 15))]),
        ("the same, still open", [(1, 0, None)], [(0, None)], [Keep(1, found(0, None))]),
        ("joined: the older id stays", [(2, 0, 10), (1, 20, 30)], [(0, 30)], [Keep(1, found(0, 30)), Merge(2, 1)]),
        ("split: the first part keeps the id", [(1, 0, 30)], [(0, 10), (20, 30)],
         [Keep(1, found(0, 10)), Open(found(20, 30))]),
        ("between two that stay: it becomes part of the older one", [(1, 0, 10), (2, 20, 30), (3, 5, 25)],
         [(0, 10), (20, 30)], [Keep(1, found(0, 10)), Keep(2, found(20, 30)), Merge(3, 1)]),
        ("touching at its end is another", [(1, 0, 10)], [(10, 20)], [Open(found(10, 20)), Withdraw(1)]),
        ("touching at its start is another", [(1, 10, 20)], [(0, 10)], [Open(found(0, 10)), Withdraw(1)]),
        ("earlier altogether", [(1, 40, 50)], [(0, 10)], [Open(found(0, 10)), Withdraw(1)]),
        ("later altogether", [(1, 0, 10)], [(40, 50)], [Open(found(40, 50)), Withdraw(1)]),
        ("still open reaches everything later", [(1, 0, None)], [(40, 50)], [Keep(1, found(40, 50))]),
        ("one of two keeps it, the other is new", [(1, 0, 10), (2, 40, 50)], [(40, 50)],
         [Keep(2, found(40, 50)), Withdraw(1)]),
        ("shown to be none", [(1, 0, 10)], [], [Withdraw(1)]),
        ("neighbours that only touch are two", [(1, 0, 10)], [(0, 10), (10, 20)],
         [Keep(1, found(0, 10)), Open(found(10, 20))]),
    ],
)  # fmt: skip
def test_identity(
    case: str,
    recorded: list[tuple[int, int, int | None]],
    now: list[tuple[int, int | None]],
    expected: list[object],
) -> None:
    known = [Recorded(*one) for one in recorded]
    assert list(reconcile(known, [found(*one) for one in now])) == expected, case
