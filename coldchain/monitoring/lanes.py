"""Two lanes for what waits to be committed: fresh readings, and readings that were stored on their way.

A logger that comes back with a day in its memory must delay no alert on what is measured now. So fresh messages go
first; old ones are taken where none waits, in batches so small that a fresh one behind them waits for no more than
`OLD_S`, and now and then although fresh ones wait, so that they do get on.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from coldchain.monitoring.incoming import Incoming

FRESH_MS = 15 * 60_000
"""A message whose newest reading was measured longer ago than this goes into the old lane."""

OLD_S = 0.5
"""About so long a batch of old readings may take."""

OLD_READINGS = 2_000_000
"""So many readings may wait in the old lane."""

FRESH_IN_A_ROW = 8
"""After so many batches of fresh messages an old one has its turn, though fresh ones wait."""

_SHORTEST, _LONGEST = 50, 20_000

Item = TypeVar("Item")


def is_old(message: Incoming) -> bool:
    """Whether all that a message brings was measured long before it was received."""
    measured = [one.measured_ms for one in message.decoded]
    return bool(measured) and all(at_ms is not None and at_ms < message.received_ms - FRESH_MS for at_ms in measured)


class Lanes(Generic[Item]):
    """What waits, in two lanes; any thread puts, one thread takes.

    Args:
        message_of: The message of an item.
        capacity: The most messages in the fresh lane.
    """

    def __init__(self, message_of: Callable[[Item], Incoming], capacity: int) -> None:
        self._message_of = message_of
        self.capacity = capacity
        self._fresh: deque[Item] = deque()
        self._old: deque[Item] = deque()
        self._old_readings = 0
        self._at_once = 500
        self._in_a_row = 0
        self._closing = False
        self._changed = threading.Condition()

    def put(self, item: Item) -> bool:
        """Let an item wait; ``False`` where there is no room for it."""
        message = self._message_of(item)
        old = is_old(message)
        with self._changed:
            if old:
                if self._old and self._old_readings + len(message.decoded) > OLD_READINGS:
                    return False
                self._old.append(item)
                self._old_readings += len(message.decoded)
            elif len(self._fresh) >= self.capacity:
                return False
            else:
                self._fresh.append(item)
            self._changed.notify()
        return True

    def take(self, most: int, wait_s: float, linger_s: float) -> list[Item]:
        """The next batch: all fresh, or all old; empty where nothing came in time.

        Args:
            most: The most messages in it.
            wait_s: How long to wait for a first one.
            linger_s: How long a batch waits for company after that.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._fresh or self._old or self._closing, wait_s)
            if not (self._fresh or self._old):
                return []
            deadline = time.monotonic() + linger_s
            while len(self._fresh) < most and (self._fresh or len(self._old) < most):
                left_s = 0.0 if self._closing else deadline - time.monotonic()
                if left_s <= 0 or not self._changed.wait(left_s):
                    break
            if self._fresh and (not self._old or self._in_a_row < FRESH_IN_A_ROW):
                self._in_a_row += 1
                return [self._fresh.popleft() for _ in range(min(most, len(self._fresh)))]
            self._in_a_row = 0
            return self._next_old(most)

    def _next_old(self, most: int) -> list[Item]:
        batch: list[Item] = []
        readings = 0
        while self._old and len(batch) < most and (not batch or readings < self._at_once):
            item = self._old.popleft()
            readings += len(self._message_of(item).decoded)
            batch.append(item)
        self._old_readings -= readings
        return batch

    def took(self, batch: list[Item], took_s: float) -> None:
        """How long a batch took: the next one of old readings is as large as fits into `OLD_S`."""
        if batch and is_old(self._message_of(batch[0])):
            readings = sum(len(self._message_of(item).decoded) for item in batch)
            fits = round(readings * OLD_S / max(took_s, 0.001))
            self._at_once = min(max(_SHORTEST, fits), 2 * self._at_once, _LONGEST)

    def waiting(self) -> tuple[int, Item | None]:
        """How many wait, and the one that has waited longest."""
        with self._changed:
            first = [lane[0] for lane in (self._fresh, self._old) if lane]
            return len(self._fresh) + len(self._old), first[0] if first else None

    def close(self) -> None:
        """Nothing more comes: wait for nothing."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
