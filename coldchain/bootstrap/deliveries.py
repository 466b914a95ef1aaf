"""Deliveries of a running service: who is told of alerts, and a bell for each of them."""

import logging
from collections.abc import Callable
from functools import partial

from coldchain.bootstrap.bells import Bells
from coldchain.bootstrap.channels import Key
from coldchain.notifying import Answers, Channel, deliver_due, drop_unknown
from coldchain.records import Store

_log = logging.getLogger("coldchain")

DELIVER_EVERY_S = 2.0


class Deliveries:
    """Each channel has a bell, and so a thread, of its own: a dead one holds up no other.

    Args:
        store: The record, with its outbox.
        channels: Who is told of an alert, by ``(kind, target)`` as in the outbox.
        clock_ms: The time, UTC ms.
        closing: Whether the service ends.
        delivered: Called when an alert was taken, or given up.
    """

    def __init__(
        self,
        store: Store,
        channels: dict[Key, Channel],
        clock_ms: Callable[[], int],
        closing: Callable[[], bool],
        delivered: Callable[[], None],
    ) -> None:
        self.channels = channels
        self.targets = tuple(channels)
        self._store = store
        self._clock_ms = clock_ms
        self._closing = closing
        self._delivered = delivered
        self._answers: dict[Key, Answers] = {key: {} for key in channels}

    def drop_unknown(self) -> None:
        """Give up what was to go to channels that are no longer in the settings."""
        dropped = drop_unknown(self._store, self.channels, self._clock_ms())
        if dropped:
            _log.warning("%d alerts were still to go to channels that are no longer in the settings", dropped)

    def actions(self) -> dict[str, tuple[float, Callable[[], None]]]:
        """What the bells ring for."""
        return {_bell(key): (DELIVER_EVERY_S, partial(self._deliver, key)) for key in self.targets}

    def ring_soon(self, bells: Bells) -> None:
        """Ring every channel's bell now."""
        for key in self.targets:
            bells.ring_soon(_bell(key))

    def _deliver(self, key: Key) -> None:
        channel = {key: self.channels[key]}
        if deliver_due(self._store, channel, self._clock_ms, self._closing, self._answers[key]):
            self._delivered()


def _bell(key: Key) -> str:
    return f"delivery by {key[0]} to {key[1]}"
