"""Three lanes for what waits to be committed: fresh readings, partly old ones, and readings stored on their way.

A logger that comes back with a day in its memory must delay no alert on what is measured now. So fresh messages go
first; then those that bring older readings with fresh ones, then old ones: in batches so small that a fresh message
behind them waits for about `OLD_S`, and now and then although more urgent ones wait, so that they do get on. What
waits of one sensor is taken together, for judging it anew costs nearly the same for a day as for a minute.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from coldchain.monitoring.batches import Plain, bytes_of
from coldchain.monitoring.incoming import Incoming

OLD_S = 0.5
"""About so long a batch of old, or partly old, readings may take."""

FRESH_BYTES, PARTLY_OLD_BYTES, OLD_BYTES = 64 << 20, 64 << 20, 448 << 20
"""About so much memory what waits in each lane may take; a single lot that is larger is taken alone."""

BATCH_BYTES = 32 << 20
"""About so much a batch of fresh messages may hold."""

IN_A_ROW = 8
"""After so many batches of more urgent messages a lane has its turn, though more of them wait."""

A_JUDGING = 100
"""Judging a sensor anew costs about as much as storing so many readings: the unit of *work*."""

_FIRST, _LEAST, _MOST = 1_000, 200, 50_000
_FASTER = 1.25
_REMEMBERED = 4


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


class Urgency(IntEnum):
    """Which lane a message waits in; the smallest first."""

    FRESH = 0
    PARTLY_OLD = 1
    OLD = 2


@dataclass(slots=True)
class Lot:
    """What was handed over at once: a message, or several that are all fresh, and whom to answer."""

    messages: Sequence[Incoming]
    done: "Future[None] | Answer | Answers"
    since_s: float = field(default_factory=time.monotonic)
    urgency: Urgency = Urgency.FRESH
    size: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.messages, Plain) and any(message.partly_old for message in self.messages):
            old = all(message.old for message in self.messages)
            self.urgency = Urgency.OLD if old else Urgency.PARTLY_OLD
        self.size = bytes_of(self.messages)

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def readings(self) -> int:
        """How many readings there are."""
        return sum(len(message.decoded) for message in self.messages)

    @property
    def sensors(self) -> set[tuple[str, str]]:
        """The sensors and channels whose readings they are."""
        return {(one.sensor, one.channel) for message in self.messages for one in message.decoded}

    @property
    def belongs_to(self) -> str:
        """What is taken together with it: all of the same first sensor. Fresh ones are taken as they came."""
        return "" if self.urgency is Urgency.FRESH else self.messages[0].decoded[0].sensor

    def apart(self) -> "list[Lot]":
        """Each message by itself."""
        if len(self) == 1 or not hasattr(self.done, "of"):
            return [self]
        return [Lot((message,), self.done.of(number), self.since_s) for number, message in enumerate(self.messages)]


class Pace:
    """How much work a batch may hold: what the slowest of the last few would have done in `OLD_S`.

    It shrinks at once and grows slowly, for what a batch costs changes with what is in it and with who else works on
    this machine; a batch that is too small costs a little, one that is too large keeps a warm refrigerator waiting.
    """

    def __init__(self) -> None:
        self.fits: float = _FIRST
        self._costs: deque[float] = deque(maxlen=_REMEMBERED)

    def took(self, work: float, took_s: float) -> None:
        """How long some work took."""
        self._costs.append(max(took_s, 0.001) / work)
        self.fits = min(max(OLD_S / max(self._costs), _LEAST), _FASTER * self.fits, _MOST)


def work_of(batch: Sequence[Lot]) -> int:
    """How much work some lots are, taken together."""
    return sum(lot.readings for lot in batch) + A_JUDGING * len(set().union(*(lot.sensors for lot in batch)))


class Lanes:
    """What waits, in lanes; any thread puts, one thread takes.

    Args:
        capacity: The most messages in the fresh lane.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._lanes = tuple(_Lane(most) for most in (FRESH_BYTES, PARTLY_OLD_BYTES, OLD_BYTES))  # by urgency
        self._pace = Pace()
        self._closing = False
        self._wanted = 0
        self._changed = threading.Condition()

    def put(self, lot: Lot) -> bool:
        """Let a lot wait; ``False`` where there is no room for it."""
        lane = self._lanes[lot.urgency]
        with self._changed:
            full = lot.urgency is Urgency.FRESH and lane.messages + len(lot) > self.capacity
            if lane.messages and (full or lane.size + lot.size > lane.most):
                return False
            lane.append(lot)
            if self._messages() >= self._wanted > 0:
                self._changed.notify()
        return True

    def take(self, most: int, wait_s: float, linger_s: float) -> list[Lot]:
        """The next batch, from one lane; empty where nothing came in time.

        Args:
            most: The most messages in it; a single lot may hold more.
            wait_s: How long to wait for a first one.
            linger_s: How long a batch waits for company after that.
        """
        with self._changed:
            if not self._await(1, wait_s):
                return []
            self._await(most, linger_s)
            lane = self._in_turn()
            return self._next_fresh(lane, most) if lane is self._lanes[0] else self._next_old(lane, most)

    def _messages(self) -> int:
        return sum(lane.messages for lane in self._lanes)

    def _await(self, messages: int, wait_s: float) -> bool:
        """Wait until so many wait, and be woken for nothing less; whether any do."""
        deadline = time.monotonic() + wait_s
        self._wanted = messages
        while not self._closing and self._messages() < messages:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not self._changed.wait(left_s):
                break
        self._wanted = 0
        return self._messages() > 0

    def _in_turn(self) -> "_Lane":
        """The most urgent lane that holds anything, but for one that it was taken before too often in a row."""
        waiting = [lane for lane in self._lanes if lane.messages]
        chosen = next((lane for lane in waiting if lane.passed_over >= IN_A_ROW), waiting[0])
        for lane in waiting:
            lane.passed_over += 1
        chosen.passed_over = 0
        return chosen

    @staticmethod
    def _next_fresh(lane: "_Lane", most: int) -> list[Lot]:
        batch = [lane.pop()]
        messages, size = len(batch[0]), batch[0].size
        while lane.messages:
            lot = lane.first
            messages, size = messages + len(lot), size + lot.size
            if messages > most or size > BATCH_BYTES:
                break
            batch.append(lane.pop())
        return batch

    def _next_old(self, lane: "_Lane", most: int) -> list[Lot]:
        batch: list[Lot] = []
        work, sensors = 0, set[tuple[str, str]]()
        while lane.messages and len(batch) < most:
            lot = lane.first
            work += lot.readings + A_JUDGING * len(lot.sensors - sensors)
            if batch and work > self._pace.fits:
                break
            batch.append(lane.pop())
            sensors |= lot.sensors
        return batch

    def took(self, batch: Sequence[Lot], took_s: float) -> None:
        """How long a batch took: the next one of old readings is as large as fits into `OLD_S`."""
        if batch and batch[0].urgency is not Urgency.FRESH:
            self._pace.took(work_of(batch), took_s)

    def waiting(self) -> tuple[int, Lot | None]:
        """How many messages wait, and the one of the most urgent lane that has waited longest."""
        with self._changed:
            oldest = [lane.oldest() for lane in self._lanes if lane.messages]
            return self._messages(), oldest[0] if oldest else None

    def close(self) -> None:
        """Nothing more comes: wait for nothing."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()


class _Lane:
    """What waits of one urgency, by what it belongs to, in the order in which the first of each came.

    What comes of a sensor whose turn has begun is behind all others: nobody can keep them waiting by bringing more.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.messages = self.size = self.passed_over = 0
        self._in_turn: deque[Lot] = deque()
        self._behind: OrderedDict[str, deque[Lot]] = OrderedDict()

    def append(self, lot: Lot) -> None:
        self._behind.setdefault(lot.belongs_to, deque()).append(lot)
        self.messages += len(lot)
        self.size += lot.size

    @property
    def first(self) -> Lot:
        if not self._in_turn:
            _, self._in_turn = self._behind.popitem(last=False)
        return self._in_turn[0]

    def pop(self) -> Lot:
        lot = self.first
        self._in_turn.popleft()
        self.messages -= len(lot)
        self.size -= lot.size
        return lot

    def oldest(self) -> Lot:
        """The one that came first."""
        heads = [lots[0] for lots in (self._in_turn, next(iter(self._behind.values()), None)) if lots]
        return min(heads, key=lambda lot: lot.since_s)
