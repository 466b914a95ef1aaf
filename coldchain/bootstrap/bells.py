"""APScheduler rings; rows in the record decide what is due (docs/adr/0032).

Its jobs live in memory and carry no meaning of their own: a restart, a missed second or two rings at once lose
nothing and do nothing twice. A bell that is late, as on a loaded machine, rings once, and nothing is said of it; one
whose action does not end is said by `health`.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from coldchain.errors import ColdchainError

_log = logging.getLogger("coldchain.bells")
_of_apscheduler = logging.getLogger("coldchain.bells.apscheduler")
_of_apscheduler.setLevel(logging.ERROR)
"""It warns of every ring that comes while the one before lasts: no trouble here, the next one does the work."""


class Bells:
    """Rings each of some actions every so many seconds, each in its own thread, never twice at once."""

    def __init__(self, actions: dict[str, tuple[float, Callable[[], None]]], clock_ms: Callable[[], int]) -> None:
        """Take the actions as ``name: (seconds, action)``."""
        self._clock_ms = clock_ms
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(max(1, len(actions)))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
            logger=_of_apscheduler,
        )
        self._lock = threading.Lock()
        self._ringing: set[str] = set()
        self._wanted_again: set[str] = set()
        self.started_ms = clock_ms()
        self.answered_ms: dict[str, int] = {}
        self.troubles: dict[str, str] = {}
        self.periods_s = {name: period for name, (period, _) in actions.items()}
        for name, (period, action) in actions.items():
            self._scheduler.add_job(
                self._ring, "interval", seconds=period, args=(name, action), id=name, next_run_time=datetime.now(UTC)
            )

    def _ring(self, name: str, action: Callable[[], None]) -> None:
        """Ring, and once more where somebody wanted it meanwhile: what they meant may have come too late for this."""
        with self._lock:
            self._ringing.add(name)
        while True:
            self._act(name, action)
            with self._lock:
                if name not in self._wanted_again or not self._scheduler.running:
                    self._ringing.discard(name)
                    return
                self._wanted_again.discard(name)

    def _act(self, name: str, action: Callable[[], None]) -> None:
        try:
            action()
        except ColdchainError as error:
            if self.troubles.get(name) != str(error):  # said once, not at every ring
                _log.warning("%s: %s", name, error)
            self.troubles[name] = str(error)
        except Exception as error:  # noqa: BLE001 — logged; its own mistake costs one ring, not the bell
            self.troubles[name] = f"{type(error).__name__}: {error}"
            _log.exception("%s failed; it is tried again", name)
        else:
            self.troubles.pop(name, None)
            self.answered_ms[name] = self._clock_ms()

    def start(self) -> None:
        """Begin ringing, at once."""
        self._scheduler.start()

    def ring_soon(self, name: str) -> None:
        """Ring one bell now, instead of at its next turn; where it is ringing, once more when that has ended."""
        with self._lock:
            if name in self._ringing and self._scheduler.running:
                self._wanted_again.add(name)
                return
        self._plan_now(name)

    def ring_all_soon(self) -> None:
        """Ring every bell now, and plan its next turns by the clock as it stands: it was set."""
        for name in self.periods_s:
            self.answered_ms.pop(name, None)
            self._plan_now(name)
        self.started_ms = self._clock_ms()

    def _plan_now(self, name: str) -> None:
        if self._scheduler.running and name in self.periods_s:
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        """Ring no more; returns when what was rung for has ended."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
