"""The last window's worth of the interval table (semantics §4, ``within``)."""

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.bounds import Bounds, Edges
from coldchain.domain.limits import Predicate, Total, limit
from coldchain.domain.progress import Progress, advance, begin
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import judge
from coldchain.domain.window import Window
from tests.domain.strategies import MINUTE, traces
from tests.domain.test_judge import HOUR, minutes

WITHIN_HOUR = limit(Predicate.ABOVE, 8000, Total(timedelta(minutes=20), timedelta(hours=1)))


def window_of(progress: Progress) -> Window:
    assert progress.window is not None
    return progress.window


def test_a_window_keeps_no_more_than_can_be_reached_back_to_however_long_the_trace() -> None:
    progress = begin(WITHIN_HOUR, HOUR)
    sizes = []
    for piece in range(40):
        at_ms = np.arange(piece * 24, piece * 24 + 24, dtype=np.int64) * 5 * MINUTE
        progress = advance(progress, Trace(at_ms, np.where(at_ms % (10 * MINUTE) == 0, 9000, 5000)))
        sizes.append(window_of(progress).at_ms.size)
        assert window_of(progress).running[:, 0].tolist() == [0, 0, 0]
    assert set(sizes) == {13}  # an hour back from the last reading, both ends included


def test_what_lies_exactly_a_window_back_is_where_it_begins() -> None:
    kept = window_of(advance(begin(WITHIN_HOUR, HOUR), minutes("9x14")))
    assert (int(kept.at_ms[0]), int(kept.at_ms[-1])) == (5 * MINUTE, 65 * MINUTE)
    assert kept.running[:, -1].tolist() == [60 * MINUTE] * 3


def test_an_empty_window_has_seen_nothing() -> None:
    empty = Window.empty(60 * MINUTE)
    assert (empty.trimmed(), empty.peak(None, 5)) == (empty, Bounds())
    assert Window.of_json(empty.to_json()).to_json() == empty.to_json()


@given(traces(min_size=2), st.integers(1, 200), st.data())
def test_no_window_that_ends_anywhere_holds_more_than_the_peak(trace: Trace, length: int, data: st.DataObject) -> None:
    first_ms, last_ms = int(trace.at_ms[0]), int(trace.at_ms[-1])
    end_ms = data.draw(st.integers(first_ms, last_ms))
    edges = Edges(max(end_ms - length * MINUTE, first_ms), end_ms)
    inside = judge(trace, [limit(Predicate.ABOVE, 8000, Total(timedelta()))], HOUR, edges).limits[0].bounds
    within = limit(Predicate.ABOVE, 8000, Total(timedelta(), timedelta(minutes=length)))
    peak = advance(begin(within, HOUR), trace).peak
    assert inside.at_least_ms <= peak.at_least_ms
    assert inside.estimate_ms <= peak.estimate_ms
    assert inside.at_most_ms <= peak.at_most_ms
