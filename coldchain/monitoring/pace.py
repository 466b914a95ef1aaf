"""How often each sensor sends, counted as batches are committed; nothing is held up or dropped for it.

Counted are readings that were fresh when they came: a logger that brings a month from its memory is in no hurry of its
own. A sensor costs four bytes, however often it sends, and a batch one addition of columns.
"""

import threading
import time
from collections.abc import Callable, Mapping
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from coldchain.records import Store

Ids = NDArray[np.int64]

_MOST = np.iinfo(np.int32).max // 2


class Pace:
    """The fresh readings of each sensor since `begin`; any thread.

    Args:
        steady_s: A clock that nobody can set, s.
    """

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._counts = np.zeros(1024, dtype=np.int32)
        self._since_s = steady_s()
        self._lock = threading.Lock()

    def note(self, ids: Ids, counts: NDArray[np.integer]) -> None:
        """So many came; each sensor stands there once."""
        if not ids.size:
            return
        with self._lock:
            beyond = int(ids.max()) + 1 - self._counts.size
            if beyond > 0:
                self._counts = np.concatenate((self._counts, np.zeros(max(beyond, self._counts.size), dtype=np.int32)))
            self._counts[ids] = np.minimum(self._counts[ids] + counts, _MOST)

    def note_each(self, counts: Mapping[int, int]) -> None:
        """The same, from a mapping."""
        if counts:
            self.note(np.array(list(counts), dtype=np.int64), np.array(list(counts.values()), dtype=np.int64))

    def more_than(self, count: float) -> tuple[dict[int, int], float]:
        """The sensors that sent more than that, each with how many, and for how long was counted, s."""
        with self._lock:
            ids = np.flatnonzero(self._counts > count)
            found = dict(zip(ids.tolist(), self._counts[ids].tolist(), strict=True))
            return found, self._steady_s() - self._since_s

    def begin(self) -> None:
        """Count anew."""
        with self._lock:
            self._counts[:] = 0
            self._since_s = self._steady_s()


_PACES: "WeakKeyDictionary[Store, Pace]" = WeakKeyDictionary()
_MAKING = threading.Lock()


def pace_of(store: Store) -> Pace:
    """What is counted of the sensors of a record."""
    with _MAKING:
        found = _PACES.get(store)
        if found is None:
            found = _PACES[store] = Pace()
        return found
