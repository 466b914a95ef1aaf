"""A preparation's course: its events and moves, checked, and where the item was when (semantics §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coldchain.domain.product import Event

SEQUENCE = (
    Event.RECEIVED,
    Event.RECONSTITUTED,
    Event.DILUTED,
    Event.INFUSION_STARTED,
    Event.INFUSION_ENDED,
    Event.DISCARDED,
)
"""The order in which events can happen; removal from the refrigerator may come at any time before use."""


@dataclass(frozen=True)
class Happening:
    """An event, or a move (``event`` is ``None``); ``location`` is where the item is from then on, if it says."""

    event: Event | None
    at_ms: int
    location: str | None = None


@dataclass(frozen=True)
class Course:
    """A preparation's events, checked: when each happened, where the item was, and until when it is judged."""

    at: Mapping[Event, int]
    places: tuple[tuple[int, str], ...]
    first_ms: int
    stop_ms: int
    """Discarding ends every clock; else now."""

    @property
    def used(self) -> bool:
        """Whether the infusion has ended."""
        return Event.INFUSION_ENDED in self.at

    def proven(self, event: Event) -> bool:
        """Whether a later event shows that this one happened; discarding shows nothing."""
        if event not in SEQUENCE:
            return False
        later = SEQUENCE[SEQUENCE.index(event) + 1 : -1]
        return event not in self.at and any(other in self.at for other in later)

    @classmethod
    def of(cls, happenings: Sequence[Happening], now_ms: int) -> "Course":
        """Check the order of events; see `judge_preparation`."""
        if not any(happening.event for happening in happenings):
            raise ValueError("there is no event: a preparation is judged from its first event")
        at: dict[Event, int] = {}
        places: list[tuple[int, str]] = []
        for earlier, later in pairwise(happenings):
            if later.at_ms < earlier.at_ms:
                raise ValueError(f"{_named(later)} is written after {_named(earlier)} but happened before it")
        for happening in happenings:
            if happening.event is not None:
                _check_sequence(happening.event, at)
                at[happening.event] = happening.at_ms
            if happening.location is not None:
                places.append((happening.at_ms, happening.location))
        if now_ms < happenings[-1].at_ms:
            raise ValueError(f"'now' lies before {_named(happenings[-1])}")
        return cls(at, tuple(places), min(at.values()), at.get(Event.DISCARDED, now_ms))


def _named(happening: Happening) -> str:
    return f"event '{happening.event or 'moved'}'"


def _check_sequence(event: Event, at: Mapping[Event, int]) -> None:
    if event in at:
        raise ValueError(f"event '{event}' is there twice; an event happens once")
    if Event.DISCARDED in at:
        raise ValueError(f"event '{event}' follows 'discarded', which ends everything")
    if event is Event.REMOVED and any(use in at for use in (Event.INFUSION_STARTED, Event.INFUSION_ENDED)):
        raise ValueError(f"event '{event}' follows the infusion, which can only come after it")
    if event in SEQUENCE:
        later = [other for other in SEQUENCE[SEQUENCE.index(event) + 1 :] if other in at]
        if later:
            raise ValueError(f"event '{event}' follows '{later[0]}', which can only come after it")
