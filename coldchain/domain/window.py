"""The most bad time in any window of a given length: ``total: D, within: W`` (semantics §4)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.bounds import Bounds, Table
from coldchain.domain.reading import Milliseconds

_COLUMNS = ("at_least", "estimate", "at_most")


@dataclass(frozen=True)
class Window:
    """The last window's worth of the interval table: when, and the cumulative triple up to then.

    Attributes:
        length_ms: The length W.
        at_ms: Instants, shape (k,).
        running: Cumulative bad time by column, shape (3, k).
    """

    length_ms: int
    at_ms: Milliseconds
    running: NDArray[np.int64]

    @classmethod
    def empty(cls, length_ms: int) -> "Window":
        """A window that has seen nothing."""
        return cls(length_ms, np.zeros(0, dtype=np.int64), np.zeros((3, 0), dtype=np.int64))

    def joined(self, part: Table) -> "Window":
        """This window followed by a further part of the table, whose first reading is this one's last."""
        columns = np.array([getattr(part, name) for name in _COLUMNS])
        if self.at_ms.size == 0:
            return Window(self.length_ms, part.at_ms, columns)
        later = columns[:, 1:] + self.running[:, -1:]
        return Window(
            self.length_ms,
            np.concatenate((self.at_ms, part.at_ms[1:])),
            np.concatenate((self.running, later), axis=1),
        )

    def trimmed(self) -> "Window":
        """Only what a later window can still reach back to, counted from zero."""
        if self.at_ms.size == 0:
            return self
        reach = int(self.at_ms[-1]) - self.length_ms
        first = max(int(np.searchsorted(self.at_ms, reach, side="right")) - 1, 0)
        return Window(self.length_ms, self.at_ms[first:], self.running[:, first:] - self.running[:, first : first + 1])

    def peak(self, after_ms: int | None, until_ms: int) -> Bounds:
        """Each column's own largest sum over the windows that end from ``after_ms`` to ``until_ms``.

        As its end moves on, a window's sum can begin to fall only where bad time ends, which is at an instant of the
        table; so it is largest at one of those. All of it is integer arithmetic.

        Args:
            after_ms, until_ms: Instants of the table; ``None``: from its beginning.
        """
        inside = self.at_ms <= until_ms
        if after_ms is not None:
            inside &= self.at_ms >= after_ms
        ends = self.at_ms[inside]
        if ends.size == 0:
            return Bounds()
        sums = self._up_to(ends) - self._up_to(ends - self.length_ms)
        return Bounds(*(int(column.max()) for column in sums))

    def _up_to(self, instants: Milliseconds) -> NDArray[np.int64]:
        at = np.clip(instants, self.at_ms[0], self.at_ms[-1])
        index = np.clip(np.searchsorted(self.at_ms, at, side="right") - 1, 0, None)
        following = np.minimum(index + 1, self.at_ms.size - 1)
        rising = self.running[:, following] > self.running[:, index]
        return self.running[:, index] + np.where(rising, at - self.at_ms[index], 0)

    def to_json(self) -> dict[str, Any]:
        """As plain lists."""
        return {"length_ms": self.length_ms, "at_ms": self.at_ms.tolist(), "running": self.running.tolist()}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Window":
        """The inverse of `to_json`."""
        at_ms = np.array(data["at_ms"], dtype=np.int64)
        return cls(data["length_ms"], at_ms, np.array(data["running"], dtype=np.int64).reshape(3, at_ms.size))
