"""Episodes: maximal runs of bad readings, pieced together where a trace is judged piece by piece (semantics §3)."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coldchain.domain.bounds import Bounds, Edges, Table, depth_milli_c, largest
from coldchain.domain.limits import HOTTEST, Limit


@dataclass(frozen=True)
class Episode:
    """A maximal run of readings that are bad as they stand (semantics §3).

    Attributes:
        start_ms: The first bad reading.
        end_ms: The first good reading after it; ``None`` while open.
        bounds: Its triple, from the last good reading before it to ``end_ms`` or the last reading or edge.
        extreme_milli_c: The worst value, of the readings inside the edges where there are any.
        badness: How far that lies beyond the good, m°C; readings outside the edges rank behind all inside.
        readings: How many bad readings.
        sure: Whether a reading inside the edges is bad by the ``at_least`` test.
        longest_sure_ms: The longest unbroken stretch of ``at_least`` in it.
        reached: The running triple of the whole trace at its end; with ``within``, the largest window that ends in it.
        sure_count, perhaps_count: How many separate bad runs there had been by its end, surely and perhaps.
    """

    start_ms: int
    end_ms: int | None
    bounds: Bounds
    extreme_milli_c: int
    badness: int
    readings: int
    sure: bool
    longest_sure_ms: int
    reached: Bounds
    sure_count: int
    perhaps_count: int

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return vars(self) | {"bounds": vars(self.bounds), "reached": vars(self.reached)}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Episode":
        """The inverse of `to_json`."""
        return cls(**data | {"bounds": Bounds(**data["bounds"]), "reached": Bounds(**data["reached"])})


def touches(edges: Edges, episode: Episode, until_ms: int) -> bool:
    """Whether any of an episode lies inside the edges; one that still runs may yet reach in."""
    begun = edges.end_ms is None or episode.start_ms <= edges.end_ms
    return begun and (edges.start_ms is None or until_ms > edges.start_ms or episode.end_ms is None)


def extreme_of(limit: Limit, rows: Table, own: slice) -> tuple[int, int]:
    """The worst value of a run and its badness."""
    depth = depth_milli_c(limit, rows.milli_c[own])
    inside = (rows.at_ms[own] == rows.taken_ms[own]) & ~rows.neutral[own]
    badness = np.where(inside, depth, depth - HOTTEST)
    worst = int(np.argmax(badness))
    return int(rows.milli_c[own][worst]), int(badness[worst])


def continued(running: Episode, piece: Episode) -> Episode:
    """An open episode and the part of it that the next piece holds."""
    worse = piece.badness > running.badness
    return replace(
        piece,
        start_ms=running.start_ms,
        bounds=running.bounds + piece.bounds,
        extreme_milli_c=piece.extreme_milli_c if worse else running.extreme_milli_c,
        badness=max(piece.badness, running.badness),
        readings=running.readings + piece.readings,
        sure=running.sure or piece.sure,
        longest_sure_ms=max(running.longest_sure_ms, piece.longest_sure_ms),
        reached=largest((running.reached, piece.reached)),
    )
