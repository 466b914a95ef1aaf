"""Which value stands at an instant, whatever the order in which its copies come (semantics §1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Copy:
    """One value received for an instant, once or several times.

    Attributes:
        milli_c: The value.
        received_ms, source, position: Of its first copy: the least of these. ``source`` is kind and name, which are the
            same wherever and in whatever order they are recorded; ``source_id`` is only how this record calls it.
        copies: How often it was received.
        flags: Of its first copy.
    """

    milli_c: int
    received_ms: int
    source: tuple[str, str]
    source_id: int
    position: int
    flags: int = 0
    copies: int = 1

    @property
    def key(self) -> tuple[int, tuple[str, str], int, int]:
        """The least one stands."""
        return (self.received_ms, self.source, self.position, self.milli_c)


@dataclass(frozen=True)
class Standing:
    """What stands at an instant, and the other values, which conflict with it."""

    stands: Copy
    others: tuple[Copy, ...] = ()

    @property
    def duplicates(self) -> int:
        """How many copies said again what stands."""
        return self.stands.copies - 1

    @property
    def conflicts(self) -> int:
        """How many copies said something else."""
        return sum(other.copies for other in self.others)


def settled(copies: Iterable[Copy]) -> Standing:
    """What stands among all copies for one instant; the same however they are grouped and ordered."""
    by_value: dict[int, Copy] = {}
    for copy in copies:
        known = by_value.get(copy.milli_c)
        by_value[copy.milli_c] = copy if known is None else _together(known, copy)
    first, *others = sorted(by_value.values(), key=lambda copy: copy.key)
    return Standing(first, tuple(others))


def _together(one: Copy, other: Copy) -> Copy:
    return replace(min(one, other, key=lambda copy: copy.key), copies=one.copies + other.copies)
