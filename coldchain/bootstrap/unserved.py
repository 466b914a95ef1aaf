"""Tells people of a shard that no service works on: its readings wait, and nobody judges them."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from coldchain.bootstrap.sole import nobody_works
from coldchain.bootstrap.standing_by import Turn
from coldchain.errors import ColdchainError

_log = logging.getLogger("coldchain")

LOOK_EVERY_S = 15.0
TOLD_AFTER_S = 60.0
"""A service that stands by has taken it over long before."""


class Unserved:
    """Looks after the other shards from a thread of its own, for as long as a service works on one of them.

    Args:
        others: The shards that this service does not work on.
        tell: Tells people: which part, and one sentence.
        every_s, after_s: How often it looks, and how long a shard may be without a service.
    """

    def __init__(
        self,
        others: Sequence[Turn],
        tell: Callable[[str, str], None],
        every_s: float = LOOK_EVERY_S,
        after_s: float = TOLD_AFTER_S,
    ) -> None:
        self._others = others
        self._tell = tell
        self._every_s, self._after_s = every_s, after_s
        self._since_s: dict[str, float] = {}
        self._told: set[str] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="coldchain-shards", daemon=True)

    def __enter__(self) -> "Unserved":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(self._every_s + 5)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            for turn in self._others:
                try:
                    self._look(turn)
                except Exception:  # noqa: BLE001 - a look's own mistake must not end the others
                    _log.exception("whether a service works on the shard %s cannot be said", turn.name)

    def _look(self, turn: Turn) -> None:
        why = _without_a_service(turn)
        if why is None:
            self._since_s.pop(turn.name, None)
            if turn.name in self._told:
                self._told.discard(turn.name)
                self._tell("shards", f"a service works on the shard {turn.name} again")
            return
        since_s = self._since_s.setdefault(turn.name, time.monotonic())
        if turn.name not in self._told and time.monotonic() - since_s >= self._after_s:
            self._told.add(turn.name)
            self._tell("shards", f"no service works on the shard {turn.name} ({why}): start one more, or look at it")


def _without_a_service(turn: Turn) -> str | None:
    """Why nobody works on a shard; ``None`` where somebody does."""
    try:
        return "nobody has its lock" if nobody_works(turn.store) else None
    except ColdchainError as error:
        return str(error)
