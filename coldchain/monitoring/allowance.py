"""How much one sender may bring: so much a second, and more at once after a rest."""

import time
from collections.abc import Callable

BURST_S = 60
"""What was not used is saved up for so long: a gateway comes back with what it kept meanwhile."""


class Allowance:
    """A sender's allowance. What it takes beyond is owed and grows back: nothing is too large to come through once.

    Args:
        per_s: So much grows a second.
        burst_s: So many seconds' worth is saved up at most.
        steady_s: A clock that nobody can set, s.
    """

    __slots__ = ("_left", "_most", "_per_s", "_since_s", "_steady_s")

    def __init__(self, per_s: float, burst_s: float = BURST_S, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._most, self._steady_s = per_s, per_s * burst_s, steady_s
        self._left, self._since_s = self._most, steady_s()

    def wait_s(self) -> float:
        """How long until something may be taken again; 0: now."""
        self._grow()
        return 0.0 if self._left > 0 else (1 - self._left) / self._per_s

    def take(self, count: float = 1) -> None:
        """So much was brought, allowed or not."""
        self._grow()
        self._left -= count

    def _grow(self) -> None:
        now_s = self._steady_s()
        self._left = min(self._most, self._left + (now_s - self._since_s) * self._per_s)
        self._since_s = now_s
