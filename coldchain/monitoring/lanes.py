"""Two lanes for what waits to be committed: fresh readings, and readings that were stored on their way.

A logger that comes back with a day in its memory must delay no alert on what is measured now. So fresh messages go
first; old ones are taken where none waits, in batches so small that a fresh one behind them waits for no more than
`OLD_S`, and now and then although fresh ones wait, so that they do get on.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from coldchain.monitoring.batches import Plain, bytes_of
from coldchain.monitoring.incoming import Incoming

OLD_S = 0.5
"""About so long a batch of old readings may take."""

FRESH_BYTES, OLD_BYTES = 64 << 20, 512 << 20
"""About so much memory what waits in each lane may take; a single lot that is larger is taken alone."""

BATCH_BYTES = 32 << 20
"""About so much a batch of fresh messages may hold."""

FRESH_IN_A_ROW = 8
"""After so many batches of fresh messages an old one has its turn, though fresh ones wait."""

_SHORTEST, _LONGEST = 50, 20_000


class Answer(Protocol):
    """How whoever brought a message, or a lot of them, hears of it; a future is one."""

    def set_result(self, result: None, /) -> None:
        """It is committed."""

    def set_exception(self, exception: BaseException, /) -> None:
        """It is not, and will not be."""

    def done(self) -> bool:
        """Whether either was said."""


class Answers(Answer, Protocol):
    """An answer to a lot of messages, which may be given for each by itself as well."""

    def of(self, number: int, /) -> Answer:
        """The answer to one of them."""


@dataclass(slots=True)
class Lot:
    """What was handed over at once: a message, or several that are all fresh, and whom to answer."""

    messages: Sequence[Incoming]
    done: "Future[None] | Answer | Answers"
    since_s: float = field(default_factory=time.monotonic)
    old: bool = False
    size: int = 0

    def __post_init__(self) -> None:
        self.old = not isinstance(self.messages, Plain) and all(message.old for message in self.messages)
        self.size = bytes_of(self.messages)

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def readings(self) -> int:
        """How many readings there are."""
        return sum(len(message.decoded) for message in self.messages)

    def apart(self) -> "list[Lot]":
        """Each message by itself."""
        if len(self) == 1 or not hasattr(self.done, "of"):
            return [self]
        return [Lot((message,), self.done.of(number), self.since_s) for number, message in enumerate(self.messages)]


class Lanes:
    """What waits, in two lanes; any thread puts, one thread takes.

    Args:
        capacity: The most messages in the fresh lane.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._fresh, self._old = _Lane(FRESH_BYTES), _Lane(OLD_BYTES)
        self._at_once = 500
        self._in_a_row = 0
        self._closing = False
        self._wanted = 0
        self._changed = threading.Condition()

    def put(self, lot: Lot) -> bool:
        """Let a lot wait; ``False`` where there is no room for it."""
        lane = self._old if lot.old else self._fresh
        with self._changed:
            full = lane is self._fresh and lane.messages + len(lot) > self.capacity
            if lane.lots and (full or lane.size + lot.size > lane.most):
                return False
            lane.append(lot)
            if self._fresh.messages + self._old.messages >= self._wanted > 0:
                self._changed.notify()
        return True

    def take(self, most: int, wait_s: float, linger_s: float) -> list[Lot]:
        """The next batch: all fresh, or all old; empty where nothing came in time.

        Args:
            most: The most messages in it; a single lot may hold more.
            wait_s: How long to wait for a first one.
            linger_s: How long a batch waits for company after that.
        """
        with self._changed:
            if not self._await(1, wait_s):
                return []
            self._await(most, linger_s)
            if self._fresh.lots and (not self._old.lots or self._in_a_row < FRESH_IN_A_ROW):
                self._in_a_row += 1
                return self._next_fresh(most)
            self._in_a_row = 0
            return self._next_old(most)

    def _await(self, messages: int, wait_s: float) -> bool:
        """Wait until so many wait, and be woken for nothing less; whether any do."""
        deadline = time.monotonic() + wait_s
        self._wanted = messages
        while not self._closing and self._fresh.messages + self._old.messages < messages:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not self._changed.wait(left_s):
                break
        self._wanted = 0
        return bool(self._fresh.lots or self._old.lots)

    def _next_fresh(self, most: int) -> list[Lot]:
        batch = [self._fresh.popleft()]
        messages, size = len(batch[0]), batch[0].size
        while self._fresh.lots:
            lot = self._fresh.lots[0]
            messages, size = messages + len(lot), size + lot.size
            if messages > most or size > BATCH_BYTES:
                break
            batch.append(self._fresh.popleft())
        return batch

    def _next_old(self, most: int) -> list[Lot]:
        batch: list[Lot] = []
        readings = 0
        while self._old.lots and len(batch) < most and (not batch or readings < self._at_once):
            batch.append(self._old.popleft())
            readings += batch[-1].readings
        return batch

    def took(self, batch: Sequence[Lot], took_s: float) -> None:
        """How long a batch took: the next one of old readings is as large as fits into `OLD_S`."""
        if batch and batch[0].old:
            fits = round(sum(lot.readings for lot in batch) * OLD_S / max(took_s, 0.001))
            self._at_once = min(max(_SHORTEST, fits), 2 * self._at_once, _LONGEST)

    def waiting(self) -> tuple[int, Lot | None]:
        """How many messages wait, and the lot that has waited longest."""
        with self._changed:
            first = [lane.lots[0] for lane in (self._fresh, self._old) if lane.lots]
            return self._fresh.messages + self._old.messages, first[0] if first else None

    def close(self) -> None:
        """Nothing more comes: wait for nothing."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()


@dataclass
class _Lane:
    most: int
    lots: deque[Lot] = field(default_factory=deque)
    messages: int = 0
    size: int = 0

    def append(self, lot: Lot) -> None:
        self.lots.append(lot)
        self.messages += len(lot)
        self.size += lot.size

    def popleft(self) -> Lot:
        lot = self.lots.popleft()
        self.messages -= len(lot)
        self.size -= lot.size
        return lot
