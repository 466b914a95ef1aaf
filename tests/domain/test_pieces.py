"""Long traces are gone through in pieces, and come to the same as whole ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain import reading, statistics
from coldchain.domain.reading import Trace, median_step_ms
from tests.domain.strategies import MINUTE, traces

HOUR_MS = 60 * MINUTE


@given(traces(), st.integers(1, 8))
def test_pieces_are_the_trace_in_order_and_none_is_longer_than_agreed(trace: Trace, size: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "PIECE", size)
        pieces = list(trace.pieces())
    assert [at for piece in pieces for at in piece.at_ms.tolist()] == trace.at_ms.tolist()
    assert [value for piece in pieces for value in piece.milli_c.tolist()] == trace.milli_c.tolist()
    assert all(0 < len(piece) <= size for piece in pieces)
    if len(trace) and len(trace) <= size:
        assert pieces == [trace]
        assert pieces[0] is trace


steps = st.lists(st.sampled_from([1, 2, 2, 2, 3, 5]), max_size=15)


@given(steps, st.integers(1, 6))
def test_the_median_step_is_that_of_all_steps(some: list[int], size: int) -> None:
    at_ms = np.cumsum(np.array([0, *some], dtype=np.int64))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "PIECE", size)
        found = median_step_ms(at_ms)
    assert found == (float(np.median(some)) if some else None)


@given(traces(min_size=1), st.integers(1, 6))
def test_statistics_of_pieces_are_those_of_the_whole(trace: Trace, size: int) -> None:
    whole = statistics.statistics(trace, HOUR_MS)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(statistics, "PIECE", size)
        assert statistics.statistics(trace, HOUR_MS) == whole
        patched.setattr(statistics, "_WIDEST", 1)
        assert statistics.statistics(trace, HOUR_MS) == whole
