"""Which word a tile shows: the five states of a location, decided on what is known now (a pure function)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class State(StrEnum):
    """The five states. Always the same word, shape and colour."""

    OUT = "Out of range"
    POSSIBLY = "Possibly out"
    NO_DATA = "No data"
    IN = "In range"
    SUSPENDED = "Suspended"

    @property
    def css(self) -> str:
        """The name that styles and shapes go by."""
        return {"OUT": "out", "POSSIBLY": "possibly", "NO_DATA": "nodata", "IN": "in", "SUSPENDED": "suspended"}[
            self.name
        ]


class Badness(IntEnum):
    """What the newest reading says about one limit, the probe's uncertainty considered."""

    GOOD = 0
    PERHAPS = 1
    """Bad only if the probe is off by its uncertainty, or good only then."""
    SURE = 2


@dataclass(frozen=True)
class LimitNow:
    """One limit at one moment.

    Attributes:
        words: Such as ``above 8 °C``.
        badness: What the newest reading says.
        since_ms: The first reading of the running episode, UTC ms; ``None`` while there is none.
        at_least_ms: How long it has surely been bad in that episode.
        has_allowance: Whether the label allows any bad time.
        provable_until_ms: Up to when the limit can still be shown to be kept if nothing more is received (UTC ms);
            ``None`` where it can't any more.
    """

    words: str
    badness: Badness
    since_ms: int | None = None
    at_least_ms: int = 0
    has_allowance: bool = False
    provable_until_ms: int | None = None


@dataclass(frozen=True)
class Shown:
    """What a tile says.

    Attributes:
        state: The word.
        since_ms: Since when it has been so, where that is known; UTC ms.
        at_least_ms: How long it has surely been out of range.
        limit: Which limit, in words; empty where none is touched.
        allowed_until_ms: Until when the label allows it; ``None`` where it does not, or no longer.
        allowance_passed: There is an allowance, and it can no longer be shown to be kept.
        silent_ms: How long no reading was taken, where that is longer than a good reading is believed.
        note: Why it is suspended, or that there was never a reading.
    """

    state: State
    since_ms: int | None = None
    at_least_ms: int = 0
    limit: str = ""
    allowed_until_ms: int | None = None
    allowance_passed: bool = False
    silent_ms: int | None = None
    note: str = ""

    @property
    def urgency(self) -> tuple[int, int]:
        """Sorts worst first: beyond what is allowed, out within it, possibly, silent, in range, suspended."""
        within = self.state is State.OUT and self.allowed_until_ms is not None
        rank = {State.OUT: 0, State.POSSIBLY: 2, State.NO_DATA: 3, State.IN: 4, State.SUSPENDED: 5}[self.state] + within
        return rank, self.since_ms or 0


def state_of(
    now_ms: int, newest_ms: int | None, max_gap_ms: int, limits: Sequence[LimitNow], *, suspended: str = ""
) -> Shown:
    """What is known of one sensor channel now.

    A bad reading is believed until a good one, so silence does not turn *Out of range* into *No data*: it is said in
    addition. A good reading is believed for ``max_gap_ms``.

    Args:
        now_ms: UTC ms.
        newest_ms: When the newest reading was measured; ``None`` if there is none.
        max_gap_ms: The longest interval over which a good reading is believed.
        limits: Every limit that binds.
        suspended: Why nothing is judged here, such as "out of service"; empty where it is.
    """
    if suspended:
        return Shown(State.SUSPENDED, note=suspended)
    if newest_ms is None:
        return Shown(State.NO_DATA, note="no reading yet")
    silence = now_ms - newest_ms
    silent_ms = silence if silence > max_gap_ms else None
    surely = [limit for limit in limits if limit.badness is Badness.SURE]
    perhaps = [limit for limit in limits if limit.badness is Badness.PERHAPS]
    if surely:
        return _beyond(State.OUT, surely, now_ms, silent_ms)
    if perhaps:
        return _beyond(State.POSSIBLY, perhaps, now_ms, silent_ms)
    if silent_ms is not None:
        return Shown(State.NO_DATA, since_ms=newest_ms, silent_ms=silent_ms)
    return Shown(State.IN)


def worst(shown: Sequence[Shown]) -> Shown:
    """The state of a location with several probes: the worst of theirs."""
    return min(shown, key=lambda each: each.urgency)


def _beyond(state: State, limits: Sequence[LimitNow], now_ms: int, silent_ms: int | None) -> Shown:
    """Of several limits the one that is nearest to, or longest past, what is allowed."""

    def left(limit: LimitNow) -> tuple[int, int]:
        until = limit.provable_until_ms if limit.has_allowance else None
        return (until if until is not None and until > now_ms else 0), limit.since_ms or 0

    leading = min(limits, key=left)
    until = left(leading)[0] or None
    return Shown(
        state,
        since_ms=leading.since_ms,
        at_least_ms=leading.at_least_ms,
        limit=leading.words,
        allowed_until_ms=until,
        allowance_passed=leading.has_allowance and until is None,
        silent_ms=silent_ms,
    )
