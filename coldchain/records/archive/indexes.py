"""The indexes of day files that were read last, as far as they fit into a bounded memory."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

ENTRY = np.dtype([("sensor", "<i8"), ("offset", "<i8"), ("length", "<i8"), ("sha256", "V16")])
"""A sensor's block in a file."""

Index = np.ndarray[Any, Any]
"""The blocks of a file by sensor, ascending, as `ENTRY`."""

MOST_BYTES = 32 << 20
_MOST = 64
_Key = tuple[Path, str]


class Indexes:
    """The last ones: at most 64, and with the very last at most `MOST_BYTES`, unless it alone has more.

    A million sensors' index has 40 MB.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, Index] = OrderedDict()
        self._gate = Lock()

    def get(self, key: _Key, read: Callable[[], Index]) -> Index:
        """The index that is kept under a key, read where it is not."""
        with self._gate:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        index = read()
        with self._gate:
            self._kept[key] = index
            while len(self._kept) > 1 and (len(self._kept) > _MOST or self._size() > MOST_BYTES):
                self._kept.popitem(last=False)
        return index

    def clear(self) -> None:
        """Keep none."""
        with self._gate:
            self._kept.clear()

    def _size(self) -> int:
        return sum(index.nbytes for index in self._kept.values())
