"""Messages that cannot be used, kept one by one up to a bound: a device that sends rubbish must not fill the disk."""

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import replace
from weakref import WeakKeyDictionary

from coldchain.errors import PayloadRefused
from coldchain.monitoring.incoming import Incoming
from coldchain.records import Store

OF_ONE, OF_ALL = 1_000, 10_000
"""Different messages of one source, and of all, that are kept in an hour."""
OTHERS = "(many others)"
"""The source of what is counted only; a device may invent its topics, too."""

_HOUR_MS = 3_600_000

Source = tuple[str, str]


class Refusals:
    """What was kept in this hour. A batch that comes again is not counted again."""

    def __init__(self) -> None:
        self._hour = -1
        self._kept: dict[Source, set[bytes]] = {}
        self._all = 0
        self._lock = threading.Lock()

    def bounded(self, batch: Iterable[Incoming], now_ms: int) -> list[Incoming]:
        """The messages, where those that cannot be used and are too many have become one that is only counted."""
        with self._lock:
            if now_ms // _HOUR_MS != self._hour:
                self._hour, self._kept, self._all = now_ms // _HOUR_MS, {}, 0
            return [each if each.refused is None or self._is_kept(each) else _counted(each) for each in batch]

    def _is_kept(self, message: Incoming) -> bool:
        source = (message.source_kind, message.source_name)
        mine, this = self._kept.get(source, set()), hashlib.sha256(message.payload).digest()[:16]
        if this in mine:
            return True
        if len(mine) >= OF_ONE or self._all >= OF_ALL:
            return False
        self._kept.setdefault(source, set()).add(this)
        self._all += 1
        return True


def _counted(message: Incoming) -> Incoming:
    said = (
        f"cannot be used, as the messages before it: {OF_ONE} of one source and {OF_ALL} in all are kept in an hour,"
        " and these were only counted"
    )
    refused = PayloadRefused(message.refused.reason if message.refused else "damaged", said)
    return replace(message, source_name=OTHERS, payload=b"", refused=refused)


_REFUSALS: "WeakKeyDictionary[Store, Refusals]" = WeakKeyDictionary()
_MAKING = threading.Lock()


def refusals_of(store: Store) -> Refusals:
    """What is kept of what a record cannot use."""
    with _MAKING:
        found = _REFUSALS.get(store)
        if found is None:
            found = _REFUSALS[store] = Refusals()
        return found
