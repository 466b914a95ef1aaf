"""Who is connected to the embedded broker: how many at once, how many that have not said who they are, from where."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from coldchain.monitoring.allowance import Allowance

MOST_CLIENTS = 2_000
"""Connections at the same time; whoever comes then is sent away at once, and tries again."""
MOST_UNKNOWN = 256
MOST_UNKNOWN_FROM = 64
"""Connections that have not said who they are, over all addresses and from one of them. Where one more comes, the one
that has been silent for longest has to go: who means it says so at once."""
NEW_PER_S, NEW_BURST_S = 1_000, 5
"""New connections of one address, and for how long it saves that up: a whole site comes back after a broken network."""
MOST_OF_DEVICE = 4
"""Connections of one device; the oldest one makes room for the newest, for it is most likely dead."""

SELDOM_S = 60.0
_MOST_SAID = 1_000
_MOST_ADDRESSES = 10_000

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Visit:
    """One connection.

    Attributes:
        address: Where it comes from.
        writer: The connection itself, to end it.
        account: Whose it is; ``None`` where nobody has to say.
        known: Whether it was let in, or has to go: it is not waited for any more.
    """

    address: str
    writer: Any
    account: str | None = None
    known: bool = False


@dataclass
class Door:
    """Counts the visits, and sends away who is too much."""

    visits: dict[Any, Visit] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    coming: dict[str, Allowance] = field(default_factory=dict)

    def enter(self, writer: Any) -> str | None:
        """A connection comes, in a task of its own; why it has to go, or ``None``."""
        peer = writer.get_extra_info("peername")
        address = str(peer[0]) if peer else "nowhere"
        why = (
            f"{MOST_CLIENTS} connections are open"
            if len(self.visits) >= MOST_CLIENTS
            else self._comes_too_often(address)
        )
        if why is not None:
            self.refused += 1
            return why
        if self.unknown[address] >= MOST_UNKNOWN_FROM:
            self._send_away(next(each for each in self._silent() if each.address == address))
        elif self.unknown.total() >= MOST_UNKNOWN:
            self._send_away(next(self._silent()))
        self.visits[asyncio.current_task()] = Visit(address, writer)
        self.unknown[address] += 1
        return None

    def _comes_too_often(self, address: str) -> str | None:
        allowance = self.coming.get(address)
        if allowance is None:
            if len(self.coming) >= _MOST_ADDRESSES:
                self.coming.clear()
            allowance = self.coming[address] = Allowance(NEW_PER_S, NEW_BURST_S)
        if allowance.wait_s() > 0:
            return f"{address} opens more than {NEW_PER_S} connections a second"
        allowance.take()
        return None

    def _silent(self) -> Iterator[Visit]:
        """Who has not said who they are, the first one first."""
        return (each for each in self.visits.values() if not each.known)

    def _send_away(self, visit: Visit) -> None:
        SELDOM.warn(
            ("silent", visit.address),
            "connections from %s to the embedded broker were ended: too many at once did not say who they are",
            visit.address,
        )
        self._no_longer_unknown(visit)
        visit.known = True
        self.refused += 1
        visit.writer.transport.abort()
        task = next(task for task, each in self.visits.items() if each is visit)
        del self.visits[task]
        task.cancel()  # it may be waiting for its password to be looked at

    def let_in(self, account: str | None, *, device: bool) -> None:
        """This task's connection has said who it is."""
        visit = self.visits.get(asyncio.current_task())
        if visit is None or visit.known:
            return
        self._no_longer_unknown(visit)
        visit.account, visit.known = account, True
        if not device:
            return
        same = [each for each in self.visits.values() if each.known and each.account == account]
        for old in same[:-MOST_OF_DEVICE]:
            old.writer.transport.abort()

    def leave(self) -> None:
        """This task's connection is over."""
        visit = self.visits.pop(asyncio.current_task(), None)
        if visit is not None and not visit.known:
            self._no_longer_unknown(visit)

    def _no_longer_unknown(self, visit: Visit) -> None:
        self.unknown[visit.address] -= 1
        if self.unknown[visit.address] <= 0:
            del self.unknown[visit.address]


class Seldom:
    """Warnings about clients, each at most once a minute: a hostile one must not fill the disk with our log."""

    def __init__(self) -> None:
        self._said: dict[object, float] = {}

    def warn(self, about: object, message: str, *words: object) -> None:
        """Log a warning, unless the same was said just now.

        Args:
            about: What tells it from others, such as an address.
            message, words: As for a logger.
        """
        now_s = time.monotonic()
        if now_s - self._said.get(about, -SELDOM_S) < SELDOM_S:
            return
        if len(self._said) >= _MOST_SAID:
            self._said.clear()
        self._said[about] = now_s
        _log.warning(message, *words)


SELDOM = Seldom()
"""Of this process."""
