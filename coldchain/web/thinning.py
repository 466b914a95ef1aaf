"""A long trace with few points that looks the same: in each short time the first, lowest, highest and last reading."""

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.reading import Trace

MOST_POINTS = 4_000
"""As many as a chart on a screen can show; a zoom asks again."""


def thinned(trace: Trace, most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Which readings to draw: all if there are few, else at most ``most``; every extreme stays.

    Returns:
        Indices into the trace, increasing; shape (m,).
    """
    if len(trace) <= most:
        return np.arange(len(trace), dtype=np.intp)
    count = most // 4
    first_ms, last_ms = int(trace.at_ms[0]), int(trace.at_ms[-1])
    bucket = (trace.at_ms - first_ms) * count // (last_ms - first_ms + 1)
    starts = np.flatnonzero(np.diff(bucket, prepend=-1))
    stops = np.append(starts[1:], len(trace))
    by_value = np.lexsort((np.arange(len(trace)), trace.milli_c, bucket))  # each bucket from lowest to highest
    kept = np.concatenate((starts, stops - 1, by_value[starts], by_value[stops - 1]))
    return np.unique(kept).astype(np.intp)
