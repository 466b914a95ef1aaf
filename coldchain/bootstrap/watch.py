"""Looks after the service from a thread of its own, by a clock that nobody can set.

APScheduler plans its rings by the wall clock: where that is set back a day, it would ring no more for a day. And
whether the service still is the only one on its database has to be asked again and again (docs/adr/0100).
"""

import logging
import threading
import time
from collections.abc import Callable

from coldchain.errors import ColdchainError

_log = logging.getLogger("coldchain.watch")

EVERY_S = 1.0
STEP_MS = 2_000
"""A wall clock that moves so much against the steady one between two looks was set, not slewed."""


class Watch:
    """Calls what is to be looked at, about once a second, until it is stopped.

    Args:
        still_alone: Whether no other service works on the database; raises `ColdchainError` where nobody can say now.
        on_step: Told when this machine's clock was set: by how many ms, forwards or backwards.
        looks: What else is to be done at every look.

    Attributes:
        failure: Why the service has to end; ``None`` while it may go on.
    """

    def __init__(
        self, still_alone: Callable[[], bool], on_step: Callable[[int], None], looks: Callable[[], None] = lambda: None
    ) -> None:
        self._still_alone = still_alone
        self._on_step = on_step
        self._looks = looks
        self._stopping = threading.Event()
        self._offset_ms = _offset_ms()
        self._thread = threading.Thread(target=self._run, name="coldchain-watch", daemon=True)
        self.failure: str | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns when the last look has ended."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            for look in (self._clock, self._alone, self._looks):
                try:
                    look()
                except ColdchainError as error:
                    _log.debug("%s", error)  # the database does not answer: the worker says so
                except Exception:  # noqa: BLE001 - a look's own mistake must not end the others
                    _log.exception("a look after the service failed")

    def _clock(self) -> None:
        offset_ms = _offset_ms()
        step_ms, self._offset_ms = offset_ms - self._offset_ms, offset_ms
        if abs(step_ms) >= STEP_MS:
            _log.warning("this machine's clock was set by %+.1f s", step_ms / 1000)
            self._on_step(step_ms)

    def _alone(self) -> None:
        if self.failure is None and not self._still_alone():
            self.failure = "another coldchain service has taken over this database: only one may work on it"


def _offset_ms() -> int:
    """How far the wall clock is ahead of the steady one."""
    return time.time_ns() // 1_000_000 - time.monotonic_ns() // 1_000_000
