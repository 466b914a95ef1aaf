"""The judge's memory: a trace judged piece by piece, with the same result wherever it is cut.

`begin` opens it, `advance` takes the next piece, `finish` puts the end edge behind the last reading. A `Progress` is a
value; `to_json` keeps what later pieces need, so that live monitoring resumes where it stopped.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from coldchain.domain.bounds import (
    Bounds,
    Edges,
    Series,
    Table,
    Yardstick,
    largest,
    series,
    table,
)
from coldchain.domain.duration import milliseconds
from coldchain.domain.episodes import Episode, continued, extreme_of, touches
from coldchain.domain.limits import Limit, Total
from coldchain.domain.reading import Trace
from coldchain.domain.runs import Counted, CountedBefore, Stretches, counted_runs, runs, spans, stretches
from coldchain.domain.unsettled import Unsettled, joined, unsettled
from coldchain.domain.window import Window

__all__ = [
    "Episode",
    "Progress",
    "Unsettled",
    "advance",
    "advance_series",
    "advance_table",
    "begin",
    "finish",
    "joined_series",
]


@dataclass(frozen=True)
class Progress:
    """What the judge remembers of a trace for one limit.

    Attributes:
        last: Instant and value of the last reading; value ``None`` for the start edge; ``None`` before anything.
        total: The triple so far.
        sure_reading, perhaps_reading: Whether any reading inside the edges was bad by the outer tests.
        sure_ms, longest_sure_ms: The running and the longest unbroken stretch of ``at_least``.
        perhaps_ms, longest_perhaps_ms: ``at_most`` since the last reading good by every test, and the most so far.
        perhaps_since_ms, perhaps_silent: When that last good reading was, and whether a silence lies since.
        in_sure_run, in_perhaps_run: Whether the last reading leaves a bad run open, for counting.
        open: The episode that has not ended.
        window: The last window's worth of intervals, for ``within``.
        peak: The largest sums over any window.
        episodes, unsettled: Found since `begin` or since the memory was taken up again; not part of the memory.
    """

    limit: Limit
    yardstick: Yardstick
    edges: Edges = Edges()
    last: tuple[int, int | None] | None = None
    readings: int = 0
    total: Bounds = Bounds()
    sure_reading: bool = False
    perhaps_reading: bool = False
    sure_ms: int = 0
    longest_sure_ms: int = 0
    perhaps_ms: int = 0
    longest_perhaps_ms: int = 0
    perhaps_since_ms: int | None = None
    perhaps_silent: bool = False
    in_sure_run: bool = False
    in_perhaps_run: bool = False
    sure_count: int = 0
    perhaps_count: int = 0
    silences: int = 0
    open: Episode | None = None
    window: Window | None = None
    peak: Bounds = Bounds()
    episodes: tuple[Episode, ...] = field(default=())
    unsettled: tuple[Unsettled, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """What later pieces need, as plain JSON values; what is as `begin` makes it is left out.

        The limit itself is kept by its owner.
        """
        nested = {name: vars(getattr(self, name)) for name in _NESTED if getattr(self, name) != _NESTED[name]()}
        plain = {name: getattr(self, name) for name, usual in _PLAIN.items() if getattr(self, name) != usual}
        found = plain | nested | ({} if self.last is None else {"last": list(self.last)})
        if self.open is not None:
            found["open"] = vars(self.open) | {"bounds": vars(self.open.bounds), "reached": vars(self.open.reached)}
        if self.window is not None:
            found["window"] = self.window.to_json()
        return found

    @classmethod
    def of_json(cls, limit: Limit, data: dict[str, Any]) -> "Progress":
        """The inverse of `to_json`, for the limit it was taken of."""
        last, running, window = (data.get(name) for name in ("last", "open", "window"))
        return cls(
            limit=limit,
            last=None if last is None else (last[0], last[1]),
            open=None if running is None else Episode.of_json(running),
            window=None if window is None else Window.of_json(window),
            **({"yardstick": Yardstick()} | {name: _NESTED[name](**data[name]) for name in _NESTED if name in data}),
            **{name: data[name] for name in _PLAIN if name in data},
        )


_NESTED: dict[str, Any] = {"yardstick": Yardstick, "edges": Edges, "total": Bounds, "peak": Bounds}
_PLAIN: dict[str, Any] = {
    one.name: one.default
    for one in fields(Progress)
    if isinstance(one.default, bool | int) or one.name == "perhaps_since_ms"
}
"""Fields that are numbers or flags, with what `begin` makes them."""


def begin(limit: Limit, yardstick: Yardstick, edges: Edges = Edges()) -> Progress:
    """Start judging a trace against one limit; the start edge, if any, stands as a good reading."""
    window = None
    if isinstance(limit.allowance, Total) and limit.allowance.within is not None:
        window = Window.empty(milliseconds(limit.allowance.within))
    last = None if edges.start_ms is None else (edges.start_ms, None)
    return Progress(limit, yardstick, edges, last=last, perhaps_since_ms=edges.start_ms, window=window)


def advance(progress: Progress, trace: Trace) -> Progress:
    """Judge the next piece of the trace: all its readings are later than those already judged.

    Raises:
        ValueError: A reading is not later than the last one judged.
    """
    return advance_series(progress, joined_series(progress, trace)) if len(trace) else progress


def joined_series(progress: Progress, trace: Trace) -> Series:
    """The piece joined to the last reading judged; the same for every limit of one trace, so it is made once."""
    before = progress.last
    first_ms = int(trace.at_ms[0])
    if before is not None and first_ms <= before[0]:
        if before[1] is not None:
            raise ValueError("a later piece of a trace must not reach back behind what was judged")
        before = None  # the trace has readings beyond the start edge, so the edge is no reading
    return series(trace, progress.yardstick.max_gap_ms, before)


def finish(progress: Progress, now_ms: int | None = None) -> Progress:
    """Put the end edge (the period's end, or now) behind the last reading, where no reading lies beyond it."""
    end_ms = now_ms if progress.edges.end_ms is None else progress.edges.end_ms
    if end_ms is None or progress.last is None or end_ms <= progress.last[0]:
        return progress
    edge = series(Trace.of([end_ms], [0]), progress.yardstick.max_gap_ms, progress.last, end_edge=True)
    return advance_series(progress, edge)


def advance_series(progress: Progress, part: Series) -> Progress:
    """`advance` for a piece already joined to the last reading judged."""
    rows = table(part, progress.limit, progress.yardstick.uncertainty_milli_c, progress.edges)
    last = (int(part.at_ms[-1]), None if part.last_virtual else int(part.milli_c[-1]))
    fresh = progress if part.joined else replace(progress, last=None, perhaps_since_ms=int(rows.at_ms[0]))
    return advance_table(fresh, rows, last, part.at_ms.size - int(part.joined) - int(part.last_virtual))


def advance_table(fresh: Progress, rows: Table, last: tuple[int, int | None], readings: int) -> Progress:
    """`advance` for intervals already classified.

    Args:
        fresh: What was judged before.
        rows: The next part of the interval table; its first row is the last one judged, if there was any.
        last: Instant and value of the last reading of ``rows``; value ``None`` where an edge stands there.
        readings: How many readings it adds.
    """
    window = None if fresh.window is None else fresh.window.joined(rows)
    before = CountedBefore(fresh.sure_count, fresh.perhaps_count, fresh.in_sure_run, fresh.in_perhaps_run)
    counted = counted_runs(rows, before)
    sure = stretches(rows, fresh.sure_ms)
    perhaps = spans(rows, fresh.perhaps_ms, fresh.perhaps_since_ms, silent=fresh.perhaps_silent)
    peak_before = None if fresh.last is None else fresh.last[0]
    peak = Bounds() if window is None else window.peak(peak_before, int(rows.at_ms[-1]))
    closed, still_open = _episodes(fresh, rows, window, sure, counted, end_edge=last[1] is None)
    return replace(
        fresh,
        last=last,
        readings=fresh.readings + readings,
        total=fresh.total + rows.between(0, rows.at_ms.size - 1),
        sure_reading=fresh.sure_reading or bool((rows.tests.sure & rows.counts).any()),
        perhaps_reading=fresh.perhaps_reading or bool((rows.tests.perhaps & rows.counts).any()),
        sure_ms=sure.running_ms,
        longest_sure_ms=max(fresh.longest_sure_ms, sure.longest_ms),
        perhaps_ms=perhaps.running_ms,
        longest_perhaps_ms=max(fresh.longest_perhaps_ms, perhaps.longest_ms),
        perhaps_since_ms=perhaps.since_ms,
        perhaps_silent=perhaps.running_silent,
        in_sure_run=counted.in_sure,
        in_perhaps_run=counted.in_perhaps,
        sure_count=int(counted.sure[-1]),
        perhaps_count=int(counted.perhaps[-1]),
        silences=fresh.silences + _silences(rows),
        open=still_open,
        window=None if window is None else window.trimmed(),
        peak=largest((fresh.peak, peak)),
        episodes=fresh.episodes + closed,
        unsettled=joined(fresh.limit, fresh.unsettled, unsettled(fresh.limit, rows, perhaps)),
    )


def _silences(rows: Table) -> int:
    return int((rows.silent & (np.diff(rows.at_ms) > 0)).sum())


# -- episodes -----------------------------------------------------------------------------------------------------


def _episodes(
    progress: Progress, rows: Table, window: Window | None, sure: Stretches, counted: Counted, *, end_edge: bool
) -> tuple[tuple[Episode, ...], Episode | None]:
    """The runs of bad readings: those that ended, and the one that did not. An end edge ends none of them."""
    reading = np.maximum.accumulate(np.where(rows.neutral, -1, np.arange(rows.neutral.size)))  # the latest at each row
    first, end = runs(rows.tests.bad[reading] & (reading >= 0))
    last = rows.at_ms.size - 1
    closed: list[Episode] = []
    still_open: Episode | None = None
    for start, stop in zip(first.tolist(), end.tolist(), strict=True):
        running = progress.open if start == 0 else None
        before, after = max(int(reading[start - 1]), 0) if start else 0, min(stop, last)
        own = slice(start, stop)
        within = sure.length_ms[(sure.first >= start) & (sure.first < stop)]
        extreme, badness = extreme_of(progress.limit, rows, own)
        bounds = rows.between(before, after)
        ended = stop < last or (stop == last and not end_edge)
        episode = Episode(
            start_ms=int(rows.taken_ms[start]),
            end_ms=int(rows.taken_ms[stop]) if ended else None,
            bounds=bounds,
            extreme_milli_c=extreme,
            badness=badness,
            readings=int(rows.tests.bad[own].sum()) - (running is not None),
            sure=bool((rows.tests.sure & rows.counts)[own].any()) or bounds.at_least_ms > 0,
            longest_sure_ms=int(within.max(initial=0)),
            reached=progress.total + rows.between(0, after)
            if window is None
            else window.peak(int(rows.at_ms[before]), int(rows.at_ms[after])),
            sure_count=int(counted.sure[after]),
            perhaps_count=int(counted.perhaps[after]),
        )
        if running is not None:
            episode = continued(running, episode)
        if not touches(progress.edges, episode, int(rows.taken_ms[after])):
            continue
        if ended:
            closed.append(episode)
        else:
            still_open = episode
    return tuple(closed), still_open
