"""The clocks of a prepared medicine: what becomes of a deadline between two events (semantics §6)."""

from dataclasses import dataclass
from enum import StrEnum

from coldchain.domain.course import Course
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import Deadline, Event, Product


class ClockState(StrEnum):
    """What became of a deadline."""

    KEPT = "kept"
    RUNNING = "running"
    VIOLATED = "violated"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Clock:
    """One deadline; ``deadline_ms`` is the last instant that is still in time, ``None`` where its start is unknown."""

    deadline: Deadline
    state: ClockState
    elapsed_ms: int | None
    deadline_ms: int | None


def expiries(product: Product) -> tuple[Deadline, ...]:
    """Shortened expiries as clocks: in time, the medicine leaves the stage whose life is shortened, or is used."""
    stages = list(product.stages.values())
    found = []
    for place, stage in enumerate(stages):
        if stage.expires is None:
            continue
        following = [stage.ends, *(other.begins for other in stages[place + 1 :]), Event.INFUSION_ENDED]
        ends = next(event for event in following if event not in (None, stage.expires.since))
        found.append(Deadline(stage.expires.since, ends or Event.INFUSION_ENDED, stage.expires.after))
    return tuple(one for one in dict.fromkeys(found) if one not in product.deadlines)


def clock_of(deadline: Deadline, course: Course) -> Clock | None:
    """A deadline's clock as it stands, or ``None`` where it has not begun."""
    begun, ended = course.at.get(deadline.begins), course.at.get(deadline.ends)
    if begun is None:
        return Clock(deadline, ClockState.UNDETERMINED, None, None) if course.proven(deadline.begins) else None
    allowed_ms = milliseconds(deadline.within)
    if ended is None and course.proven(deadline.ends):  # it ended, and nobody knows when
        return Clock(deadline, ClockState.UNDETERMINED, None, begun + allowed_ms)
    elapsed_ms = (course.stop_ms if ended is None else ended) - begun
    if elapsed_ms > allowed_ms:
        state = ClockState.VIOLATED
    elif ended is None and Event.DISCARDED not in course.at:
        state = ClockState.RUNNING
    else:
        state = ClockState.KEPT
    return Clock(deadline, state, elapsed_ms, begun + allowed_ms)
