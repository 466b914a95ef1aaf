"""A message of our own that goes the whole way in, again and again: the proof that others' would, too.

A client of its own publishes it, it comes back by the way in that readings take, and the ingest step commits it as an
announcement: one row, overwritten each time.
"""

import json
from collections.abc import Callable
from contextlib import suppress

from coldchain.monitoring.arriving import CANARY_SUBJECT
from coldchain.records import Store, announcements
from coldchain.web.services import Check

EVERY_MS = 30_000
TURN_EVERY_S = 3.0
"""So soon after one that was not taken the next is tried: where the broker is back, that is to be seen at once."""
LATE_MS = 120_000
"""Four canaries sent and none come through: readings would not get in either."""


class Canary:
    """Sends canaries, and looks whether they came through.

    Args:
        store: The record, where they arrive.
        send: Sends one the way that readings come in; returns when it has been taken.
        clock_ms: The time, UTC ms.
    """

    def __init__(self, store: Store, send: Callable[[bytes], None], clock_ms: Callable[[], int]) -> None:
        self._store, self._send, self._clock_ms = store, send, clock_ms
        self._started_ms = clock_ms()
        self._taken_ms: int | None = None

    def turn(self) -> None:
        """Send one where it is time: half a minute after the last that was taken; raises where it was not taken."""
        now_ms = self._clock_ms()
        if self._taken_ms is not None and 0 <= now_ms - self._taken_ms < EVERY_MS:
            return
        self._taken_ms = None
        self.send()
        self._taken_ms = now_ms

    def send(self) -> None:
        """Send one; raises where it was not even taken."""
        self._send(json.dumps({"sent_ms": self._clock_ms()}).encode())

    def check(self) -> Check:
        """How long ago the newest one that came through was sent."""
        now_ms = self._clock_ms()
        with self._store.reading() as tx:
            sent_ms = self._sent_ms(announcements.one(tx, *CANARY_SUBJECT))
        if sent_ms is not None and now_ms - sent_ms < LATE_MS:
            return Check("canary", ok=True, detail=f"a test message came through {(now_ms - sent_ms) // 1000} s ago")
        if now_ms - self._started_ms < LATE_MS:
            return Check("canary", ok=True, detail="just started; the first test message is on its way")
        since = "none came through yet" if sent_ms is None else f"the last was sent {(now_ms - sent_ms) // 1000} s ago"
        return Check("canary", ok=False, detail=f"test messages do not come through: {since}")

    def _sent_ms(self, payload: bytes | None) -> int | None:
        """Of a canary that was sent since the start: one from before proves nothing of now."""
        with suppress(ValueError, TypeError, KeyError):
            sent_ms = int(json.loads(payload or b"{}")["sent_ms"])
            return sent_ms if self._started_ms <= sent_ms else None
        return None
