"""Semantics §3 and §4 read once more, slowly: plain Python, one reading at a time, no NumPy.

Written from the page and not from the judge, so that the two can disagree.
"""

from dataclasses import dataclass
from itertools import pairwise

from coldchain.domain.limits import AnyDuration, Each, Limit, NoAllowance, Total


@dataclass(frozen=True)
class Point:
    at: int
    value: int | None  # None: an edge that stands as a good reading


@dataclass(frozen=True)
class OracleEpisode:
    start: int
    end: int | None
    triple: tuple[int, int, int]
    extreme: int
    certainty: str | None


@dataclass(frozen=True)
class Oracle:
    verdict: str
    triple: tuple[int, int, int]
    episodes: list[OracleEpisode]
    gaps: list[tuple[int, int]]


def is_bad(limit: Limit, value: int | None, shifts: range | list[int], *, every: bool) -> bool:
    """Whether the value is bad for each (or any) of the shifted values."""
    if value is None:
        return False
    answers = [any(low <= value + shift <= high for low, high in limit.bad) for shift in shifts]
    return all(answers) if every else any(answers)


def consult(
    limit: Limit,
    readings: list[tuple[int, int]],
    max_gap: int,
    uncertainty: int = 0,
    start: int | None = None,
    end: int | None = None,
) -> Oracle:
    """The verdict, triple, episodes and gaps of one limit."""
    points = [Point(at, value) for at, value in readings]
    if start is not None and not any(point.at <= start for point in points):
        points.insert(0, Point(start, None))
    if end is not None and points and not any(point.at >= end for point in points):
        points.append(Point(end, None))
    # Every temperature within the probe's uncertainty; the ends suffice for half-lines, steps are for conditions.
    shifts = sorted({-uncertainty, 0, uncertainty, *range(-uncertainty, uncertainty + 1, 500)})
    sure = [is_bad(limit, p.value, shifts, every=True) for p in points]
    bad = [is_bad(limit, p.value, [0], every=True) for p in points]
    perhaps = [is_bad(limit, p.value, shifts, every=False) for p in points]

    low_edge = points[0].at if start is None and points else start
    high_edge = points[-1].at if end is None and points else end

    def inside(instant: int) -> bool:
        return (low_edge is None or instant >= low_edge) and (high_edge is None or instant <= high_edge)

    rows = []
    for i, (a, b) in enumerate(pairwise(points)):
        whole = b.at - a.at
        assert low_edge is not None
        assert high_edge is not None
        part = max(0, min(b.at, high_edge) - max(a.at, low_edge))
        silent = whole > max_gap
        rows.append(
            (
                part if sure[i] and sure[i + 1] and not silent else 0,
                part if bad[i] else 0,
                part if perhaps[i] or perhaps[i + 1] or silent else 0,
                max(a.at, low_edge),
                min(b.at, high_edge),
                silent and part > 0,
            )
        )
    total = tuple(sum(row[column] for row in rows) for column in range(3))

    def window_sum(column: int, upto: int, length: int) -> int:
        return sum(max(0, min(row[4], upto) - max(row[3], upto - length)) for row in rows if row[column] > 0)

    def peak(column: int, length: int, after: int, until: int) -> int:
        instants = {row[3] for row in rows} | {row[4] for row in rows}
        ends = {t for t in instants | {t + length for t in instants} | {until} if after <= t <= until}
        return max((window_sum(column, t, length) for t in ends), default=0)

    # unbroken stretches of at_least, and at_most between readings good by the at_most test
    stretches: list[tuple[int, int]] = []  # (index of the first interval, length)
    for i, row in enumerate(rows):
        if row[0] > 0:
            if stretches and rows[i - 1][0] > 0 and i > 0:
                stretches[-1] = (stretches[-1][0], stretches[-1][1] + row[0])
            else:
                stretches.append((i, row[0]))
    spans, running = [], 0
    for i, row in enumerate(rows):
        running += row[2]
        if not perhaps[i + 1]:
            spans.append(running)
            running = 0
    spans.append(running)

    sure_count = perhaps_count = 0
    in_sure = in_perhaps = False
    counts = []
    for i, p in enumerate(points):
        real = p.value is not None and inside(p.at)
        if not perhaps[i]:
            in_sure = in_perhaps = False
        if real and sure[i] and not in_sure:
            sure_count, in_sure = sure_count + 1, True
        if real and perhaps[i] and not in_perhaps:
            perhaps_count, in_perhaps = perhaps_count + 1, True
        counts.append((sure_count, perhaps_count))

    episodes = []
    i = 0
    while i < len(points):
        if not bad[i]:
            i += 1
            continue
        j = i
        while j < len(points) and bad[j]:
            j += 1
        first_row, last_row = max(i - 1, 0), min(j, len(points) - 1)
        own = rows[first_row:last_row]
        triple = tuple(sum(row[column] for row in own) for column in range(3))
        ended = j < len(points) and points[j].value is not None
        end_at = points[j].at if ended else None
        run = [p for p in points[i:j] if inside(p.at)] or points[i:j]
        depth = {p: max(min(_v(p) - lo + 1, hi - _v(p) + 1) for lo, hi in limit.bad) for p in run}
        extreme = max(run, key=lambda p: depth[p])
        certain = any(sure[k] and inside(points[k].at) for k in range(i, j)) or triple[0] > 0
        longest = max((length for k, length in stretches if i <= k < j), default=0)
        until_index = min(j, len(points) - 1)
        certainty: str | None = None
        match limit.allowance:
            case NoAllowance():
                certainty = "certain" if certain else "possible"
            case Each(d):
                ms = d.total_seconds() * 1000
                certainty = "certain" if longest > ms else "possible" if triple[2] > ms else None
            case Total(d, within):
                ms = d.total_seconds() * 1000
                if within is None:
                    reached = [sum(row[c] for row in rows[:last_row]) for c in (0, 2)]
                else:
                    length = int(within.total_seconds() * 1000)
                    span = (max(points[first_row].at, low_edge or 0), min(points[until_index].at, high_edge or 0))
                    reached = [peak(c, length, *span) for c in (0, 2)]
                certainty = "certain" if reached[0] > ms else "possible" if reached[1] > ms else None
            case AnyDuration():
                pass
        if limit.times is not None:
            if certain and counts[until_index][0] > limit.times:
                certainty = "certain"
            elif certainty is None and counts[until_index][1] > limit.times:
                certainty = "possible"
        before_period = start is not None and ended and points[j].at <= start
        after_period = end is not None and points[i].at > end
        if not before_period and not after_period:
            episodes.append(OracleEpisode(points[i].at, end_at, triple, _v(extreme), certainty))  # type: ignore[arg-type]
        i = j

    match limit.allowance:
        case NoAllowance():
            violated = any(s and inside(p.at) for s, p in zip(sure, points, strict=True)) or total[0] > 0
            unsure = any(s and inside(p.at) for s, p in zip(perhaps, points, strict=True)) or total[2] > 0
        case Each(d):
            ms = d.total_seconds() * 1000
            violated = any(length > ms for _, length in stretches)
            unsure = any(span > ms for span in spans)
        case Total(d, None):
            ms = d.total_seconds() * 1000
            violated, unsure = total[0] > ms, total[2] > ms
        case Total(d, within):
            assert within is not None
            ms, length = d.total_seconds() * 1000, int(within.total_seconds() * 1000)
            assert low_edge is not None or not points
            total = tuple(peak(c, length, low_edge or 0, high_edge or 0) for c in range(3))
            violated, unsure = total[0] > ms, total[2] > ms
        case AnyDuration():
            violated = unsure = False
    if limit.times is not None:
        violated = violated or sure_count > limit.times
        unsure = unsure or perhaps_count > limit.times or any(row[5] for row in rows)
    gaps = [
        (max(a.at + max_gap, low_edge or 0), min(b.at, high_edge or 0))
        for a, b in pairwise(points)
        if b.at - a.at > max_gap and max(a.at + max_gap, low_edge or 0) < min(b.at, high_edge or 0)
    ]
    verdict = "violated" if violated else "undetermined" if unsure or not readings else "kept"
    return Oracle(verdict, total, episodes, gaps)  # type: ignore[arg-type]


def _v(point: Point) -> int:
    assert point.value is not None
    return point.value
