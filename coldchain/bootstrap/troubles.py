"""When a part of the service does not work, the people who get its alerts are told, past the database.

`health` says what works. What has not worked for `TOLD_AFTER_S` is told once over every channel, and once more when it
is over. The notices are in memory only: after a restart, what still does not work is told again.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coldchain.bootstrap.channels import Key
from coldchain.domain.instant import iso
from coldchain.errors import DeliveryFailed
from coldchain.notifying import Channel
from coldchain.notifying.retry import delay_ms
from coldchain.notifying.service import EVENT, OVER, SCHEMA, TROUBLE
from coldchain.web.services import Check

_log = logging.getLogger("coldchain.troubles")

TOLD_AFTER_S = 120.0
"""A restart of broker or database is over by then; a shelf of vaccines is not yet warm."""
LOOK_EVERY_S = 10.0
SEND_EVERY_S = 5.0
MOST_WAITING = 100
"""Notices that may wait for one channel; older ones are dropped for newer ones."""


@dataclass
class _Waiting:
    body: dict[str, Any]
    attempts: int = 0
    due_s: float = 0.0


@dataclass
class _Part:
    since_s: float
    since_ms: int
    told: bool = False


@dataclass
class Troubles:
    """What does not work, since when, and who still has to be told.

    Attributes:
        look: Every part of the service, looked at now.
        channels: Who is told.
        clock_ms: The time for people, UTC ms.
        steady_s: A clock that nobody can set, s.
    """

    look: Callable[[], Sequence[Check]]
    channels: Mapping[Key, Channel]
    clock_ms: Callable[[], int]
    steady_s: Callable[[], float] = time.monotonic
    _parts: dict[str, _Part] = field(default_factory=dict)
    _waiting: dict[Key, list[_Waiting]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def turn(self) -> None:
        """Look at every part; to be called every few seconds."""
        now_s = self.steady_s()
        failing = [check for check in self.look() if not check.ok]
        for check in failing:
            self._parts.setdefault(check.name, _Part(now_s, self.clock_ms()))
        fresh = [
            check
            for check in failing
            if not self._parts[check.name].told and now_s - self._parts[check.name].since_s >= TOLD_AFTER_S
        ]
        if fresh:  # one cause breaks several parts: one notice, named by the first of them
            detail = "; ".join(f"{check.name}: {check.detail}" for check in fresh)
            _log.error("parts of the service do not work: %s", detail)
            self._tell(TROUBLE, fresh[0].name, self._parts[fresh[0].name].since_ms, detail)
            for check in fresh:
                self._parts[check.name].told = True
        names = {check.name for check in failing}
        told = {name: part for name, part in self._parts.items() if part.told}
        if told and not names & told.keys():
            name, part = min(told.items(), key=lambda one: one[1].since_s)
            self._tell(OVER, name, part.since_ms, f"works again: {', '.join(told)}")
            self._parts = {name: part for name, part in self._parts.items() if name not in told}
        self._parts = {name: part for name, part in self._parts.items() if part.told or name in names}

    def happened(self, part: str, detail: str) -> None:
        """Something that has no end, such as messages that the broker dropped: told at once."""
        _log.error("%s: %s", part, detail)
        self._tell(EVENT, part, self.clock_ms(), detail)

    def send(self, key: Key) -> None:
        """Hand over what waits for one channel and is due; what is not taken is tried again as alerts are."""
        for one in list(self._waiting.get(key, [])):
            if one.due_s > self.steady_s():
                continue
            try:
                self.channels[key].send(one.body["id"], one.body)
            except DeliveryFailed as error:
                one.attempts += 1
                wait_ms = delay_ms(one.attempts) if error.retry else None
                _log.warning("a notice about %s was not taken by %s: %s", one.body["part"], key[1], error)
                if wait_ms is not None:
                    one.due_s = self.steady_s() + wait_ms / 1000
                    continue
            with self._lock:
                self._waiting[key] = [other for other in self._waiting[key] if other is not one]

    def _tell(self, kind: str, part: str, since_ms: int, detail: str) -> None:
        body = {
            "schema": SCHEMA, "id": str(uuid.uuid4()), "kind": kind, "part": part, "since": iso(since_ms),
            "raised_at": iso(self.clock_ms()), "detail": detail, "link": "/healthz",
        }  # fmt: skip
        with self._lock:
            for key in self.channels:
                self._waiting[key] = [*self._waiting.get(key, []), _Waiting(body)][-MOST_WAITING:]
