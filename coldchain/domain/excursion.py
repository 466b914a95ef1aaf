"""Which recorded excursion a re-judged one is: identity across late data (semantics §4).

When late readings join two excursions the older id stays and the other says ``merged_into``; when they split one,
the first part keeps the id.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coldchain.domain.verdict import Excursion


@dataclass(frozen=True)
class Recorded:
    """An excursion as the record holds it now; lower ids are older.

    Attributes:
        start_ms, end_ms: Its newest revision's; ``end_ms`` is ``None`` while open.
    """

    id: int
    start_ms: int
    end_ms: int | None


@dataclass(frozen=True)
class Open:
    """An excursion that the record does not know."""

    excursion: Excursion


@dataclass(frozen=True)
class Keep:
    """A recorded excursion as it is now judged; whether that is a new revision is for the record to compare."""

    id: int
    excursion: Excursion


@dataclass(frozen=True)
class Merge:
    """A recorded excursion that turned out to be part of an older one."""

    id: int
    into: int


@dataclass(frozen=True)
class Withdraw:
    """A recorded excursion that turned out to be none."""

    id: int


Change = Open | Keep | Merge | Withdraw


def reconcile(recorded: Sequence[Recorded], found: Sequence[Excursion]) -> tuple[Change, ...]:
    """What becomes of the recorded excursions of one limit, given what the judge finds now.

    Args:
        recorded: Those in the stretch that was judged again, merged and withdrawn ones left out.
        found: The judge's excursions in that stretch.
    """
    taken: dict[int, int] = {}  # recorded id -> index of the found excursion that goes by it
    changes: list[Change] = []
    ordered = sorted(found, key=lambda excursion: excursion.episode.start_ms)
    for index, excursion in enumerate(ordered):
        free = [one.id for one in recorded if one.id not in taken and _overlap(one, excursion)]
        if free:
            taken[min(free)] = index
            changes.append(Keep(min(free), excursion))
        else:
            changes.append(Open(excursion))
    for one in sorted(recorded, key=lambda one: one.id):
        if one.id in taken:
            continue
        into = [id_ for id_, index in taken.items() if _overlap(one, ordered[index])]
        changes.append(Merge(one.id, min(into)) if into else Withdraw(one.id))
    return tuple(changes)


def _overlap(one: Recorded, excursion: Excursion) -> bool:
    start, end = excursion.episode.start_ms, excursion.episode.end_ms
    return (end is None or one.start_ms < end) and (one.end_ms is None or start < one.end_ms)
