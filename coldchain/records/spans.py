"""What stands of a sensor over a span: the rows of the table, and those of sealed days in the archive, as one.

Everything that reads readings reads them here. At an instant that has a row in both, the table's is the reading: what
came late for a sealed day lies there, until the day is sealed anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, func, select

from coldchain.records import slots
from coldchain.records.archive import shelf
from coldchain.records.archive.blocks import COLUMNS, Rows, none
from coldchain.records.store import Transaction
from coldchain.records.tables import reading

ALWAYS_MS = 1 << 62
"""Later than every reading; ``-ALWAYS_MS`` is earlier."""

_POINT = [reading.c.measured_ms, reading.c.milli_c]
_WHOLE = [reading.c[name] for name in COLUMNS]
_Good = Sequence[tuple[int, int]]


def points(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int) -> Rows:
    """Instants and values (UTC ms, m°C) of a span in order of time, both ends included."""
    old = shelf.rows(tx, sensor_id, from_ms, to_ms)[:, :2]
    return _together(old, _table(tx, _POINT, sensor_id, from_ms, to_ms))


def repeats(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int) -> int:
    """How often readings of a span were received again, both ends included."""
    query = _query(tx, [func.coalesce(func.sum(reading.c.copies - 1), 0)], sensor_id, from_ms, to_ms)
    old = shelf.rows(tx, sensor_id, from_ms, to_ms)
    if len(old):
        old = _without(old, _table(tx, _POINT, sensor_id, from_ms, to_ms))
    return int(tx.scalar(query) or 0) + int((old[:, COLUMNS.index("copies")] - 1).sum())


def newest(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int, limit: int) -> Rows:
    """The last readings of a span, at most ``limit``, the newest first; both ends of the span are included."""
    rows = slots.nearest(tx, _WHOLE, sensor_id, from_ms, to_ms, limit=limit, newest_first=True)
    found = _array(rows, len(COLUMNS))[::-1]
    if len(found) == limit and limit > 0:
        from_ms = int(found[0, 0])
    for each in shelf.days(tx, from_ms, to_ms, newest_first=True):
        found = _together(_within(shelf.rows_of(tx, each, sensor_id), from_ms, to_ms), found)
        if int((found[:, 0] >= each.day_ms).sum()) >= limit:
            break
    return found[::-1][:limit]


def first(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int, bad: _Good = ()) -> tuple[int, int] | None:
    """The first reading of a span that lies in none of the bad intervals (m°C): its instant and its value."""
    row = _nearest(tx, sensor_id, from_ms, to_ms, bad, newest_first=False)
    until_ms = to_ms if row is None else row.measured_ms - 1
    for some in _sealed(tx, sensor_id, from_ms, until_ms, bad, newest_first=False):
        return int(some[0, 0]), int(some[0, 1])
    return None if row is None else (row.measured_ms, row.milli_c)


def last(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int, bad: _Good = ()) -> tuple[int, int] | None:
    """The last reading of a span that lies in none of the bad intervals (m°C): its instant and its value."""
    row = _nearest(tx, sensor_id, from_ms, to_ms, bad, newest_first=True)
    since_ms = from_ms if row is None else row.measured_ms + 1
    for some in _sealed(tx, sensor_id, since_ms, to_ms, bad, newest_first=True):
        return int(some[-1, 0]), int(some[-1, 1])
    return None if row is None else (row.measured_ms, row.milli_c)


def bring_back(tx: Transaction, instants: Iterable[tuple[int, int]]) -> None:
    """Have the archived readings of these instants (sensor, UTC ms) in the table, where others can meet them."""
    wanted = sorted(set(instants))
    if not wanted:
        return
    moments = [at_ms for _, at_ms in wanted]
    for each in shelf.days(tx, min(moments), max(moments)):
        of_day: dict[int, list[int]] = {}
        for sensor_id, at_ms in wanted:
            if each.day_ms <= at_ms < each.day_ms + shelf.DAY_MS:
                of_day.setdefault(sensor_id, []).append(at_ms)
        for sensor_id, some in of_day.items():
            old = shelf.rows_of(tx, each, sensor_id)
            met = none() if old is None else old[np.isin(old[:, 0], some)]
            if len(met):
                slots.put(tx, [(at_ms, sensor_id, *rest) for at_ms, *rest in met.tolist()])


def _sealed(
    tx: Transaction, sensor_id: int, from_ms: int, to_ms: int, bad: _Good, *, newest_first: bool
) -> Iterator[Rows]:
    """Day by day, what stands there that is not bad; only days of which there is anything."""
    if from_ms > to_ms:
        return
    for each in shelf.days(tx, from_ms, to_ms, newest_first=newest_first):
        old = _within(shelf.rows_of(tx, each, sensor_id), from_ms, to_ms)[:, :2]
        if not len(old):
            continue
        some = _together(old, _table(tx, _POINT, sensor_id, int(old[0, 0]), int(old[-1, 0])))
        for low, high in bad:
            some = some[(some[:, 1] < low) | (some[:, 1] > high)]
        if len(some):
            yield some


def _within(rows: Rows | None, from_ms: int, to_ms: int) -> Rows:
    return none() if rows is None else rows[(rows[:, 0] >= from_ms) & (rows[:, 0] <= to_ms)]


def _together(old: Rows, new: Rows) -> Rows:
    """Both in order of time; at an instant of both, ``new`` stands."""
    if not len(old):
        return new
    both = np.concatenate([_without(old, new), new])
    return both[np.argsort(both[:, 0])]


def _without(old: Rows, new: Rows) -> Rows:
    return old[~np.isin(old[:, 0], new[:, 0])]


def _table(tx: Transaction, columns: Sequence[Any], sensor_id: int, from_ms: int, to_ms: int) -> Rows:
    query = _query(tx, columns, sensor_id, from_ms, to_ms).order_by(reading.c.measured_ms)
    return _array(tx.execute(query), len(columns))


def _query(tx: Transaction, columns: Sequence[Any], sensor_id: int, from_ms: int, to_ms: int) -> Any:
    return select(*columns).where(*slots.of_sensor(tx, sensor_id, from_ms, to_ms))


def _nearest(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int, bad: _Good, *, newest_first: bool) -> Any:
    good: list[ColumnElement[bool]] = [~reading.c.milli_c.between(low, high) for low, high in bad]
    found = slots.nearest(tx, _POINT, sensor_id, from_ms, to_ms, limit=1, newest_first=newest_first, but=good)
    return found[0] if found else None


def _array(rows: Any, width: int) -> Rows:
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, width)
