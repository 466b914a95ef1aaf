"""Readings of unknown sensors that were too many: people are told, and they are offered again when there is room."""

import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any

from coldchain.errors import ColdchainError
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.newcomers import Newcomers, read_again
from coldchain.payloads import Decoded
from coldchain.records import Store, newcomers, places
from coldchain.records.newcomers import Kept

EVERY_S = 60.0
TOLD_AGAIN_S = 86_400.0
AT_ONCE = 20
_WITHIN_S = 30.0

_log = logging.getLogger(__name__)


@dataclass
class Offers:
    """What was put aside, offered again in turn.

    Attributes:
        store: The record.
        new: Who counts the new sensors.
        submit: Hands a message to the ingest worker.
        tell: Tells people.
        clock_ms: The time, UTC ms.
    """

    store: Store
    new: Newcomers
    submit: Callable[[Incoming], "Future[Any]"]
    tell: Callable[[str], None]
    clock_ms: Callable[[], int]
    _after: int = 0
    _told: int = 0
    _told_s: float = -math.inf

    def turn(self) -> None:
        """Offer the next ones for which there is room, and tell of new ones for which there was none."""
        if self.new.put_aside > self._told and time.monotonic() - self._told_s >= TOLD_AGAIN_S:
            self._told_s = time.monotonic()
            self.tell(self._sentence())
        self._told = self.new.put_aside
        self._offer()

    def _sentence(self) -> str:
        kind, name = self.new.newest or ("", "")
        bounds = self.new.bounds
        return (
            f"readings of sensors that nobody knows were put aside, the newest from {kind} {name!r}: one source may"
            f" bring {bounds.a_day} new ones a day (bounds.new_sensors_a_day), and {bounds.waiting} may wait for"
            " a place (bounds.new_sensors_waiting); if they are yours, raise that, or say where they hang: they come in"
        )

    def _offer(self) -> None:
        with self.store.reading() as tx:
            if self.new.nothing_kept(tx):
                return
            some = newcomers.kept(tx, self._after, AT_ONCE)
            self._after = some[-1].id if len(some) == AT_ONCE else 0
            wanted = [(each, message) for each in some if (message := read_again(each)) is not None]
            fitting = [
                (each, message)
                for each, message in wanted
                if self.new.room_for(tx, each.source, {(one.sensor, one.channel) for one in message.decoded})
            ]
        self._release([(each, message) for each, message in fitting if self._taken(message)])

    def _taken(self, message: Incoming) -> bool:
        """Whether a message was committed; what is not is offered again."""
        try:
            self.submit(message).result(_WITHIN_S)
        except (ColdchainError, FutureTimeout):
            return False
        return True

    def _release(self, taken: list[tuple[Kept, Incoming]]) -> None:
        """They wait no longer, but for those that were put aside once more because others took the room."""
        if not taken:
            return
        with self.store.transaction() as tx:
            known = places.sensors_named(tx, {_name(one) for _, message in taken for one in message.decoded})
            came = [each for each, message in taken if all(_name(one) in known for one in message.decoded)]
            newcomers.release(tx, [each.id for each in came], self.clock_ms())
        self.new.came_in(came)
        _log.info("%d messages of sensors that were unknown came in after all", len(came))


def _name(one: Decoded) -> tuple[str, str]:
    return one.sensor, one.channel
