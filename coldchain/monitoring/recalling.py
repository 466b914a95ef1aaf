"""Taking up what the judge remembers of a unit, and bringing it to the last reading, through no more than was touched.

Fresh readings go on from the newest memory. A late reading is judged from the memory before it to the first reading
after it at which the judge remembers what it remembered there before: from there on nothing can have changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from coldchain.domain.calm import calmly, is_calm, same_from_here, stays_calm
from coldchain.domain.progress import Progress, advance, begin
from coldchain.domain.reading import Trace
from coldchain.monitoring.rules import Rules
from coldchain.records import Transaction, memories, readings
from coldchain.records.memories import Mark, Memory, remembered
from coldchain.records.units import Unit

DAY_MS = 86_400_000
"""Where much is judged at once, it is remembered once a day."""

Point = tuple[int, int]
"""A reading: its instant, UTC ms, and its value, m°C."""


@dataclass(frozen=True)
class News:
    """What has come of a sensor.

    Attributes:
        first_ms, last_ms: The first and the last instant at which something else stands now.
        was: The sensor's newest reading before; ``None``: it had none.
        fresh: The new readings, where all of them are later than ``was``; ``None``: some are not.
    """

    first_ms: int
    last_ms: int
    was: Point | None
    fresh: Trace | None = None


@dataclass(frozen=True)
class Recalled:
    """A unit's judges.

    Attributes:
        now: Come to the sensor's last reading.
        judged: Come as far as had to be judged, with the episodes found on the way.
        since_ms: By limit: the record's excursions that lie wholly before this are not in question.
        until_ms: From here on everything is as before; ``None``: they are judged to the last reading.
        was_ms: The last reading that had been judged before.
    """

    now: tuple[Progress, ...]
    judged: tuple[Progress, ...]
    since_ms: tuple[int | None, ...]
    until_ms: int | None
    was_ms: int | None


def recall(tx: Transaction, unit: Unit, rules: Rules, news: News | None) -> Recalled:
    """Bring a unit's judges up to date and write what is to be remembered.

    Args:
        tx: The transaction that stored the readings.
        unit: Which.
        rules: What judges it.
        news: What has come; ``None``: nothing, but the clock goes on, or the stay has another end.
    """
    if not rules.limits:
        return Recalled((), (), (), None, None)
    end_ms = rules.edges.end_ms
    head = memories.newest(tx, unit.assignment_id, unit.placement_id, None if end_ms is None else end_ms + 1)
    head = head if head is None or _fits(head, unit, rules) else None
    if head is None:
        return _anew(tx, unit, rules)
    if end_ms is not None:
        before_ms = end_ms + 1 if news is None else min(news.first_ms, end_ms + 1)
        return _to_the_end(tx, unit, rules, _before(tx, unit, rules, before_ms), before_ms)
    was_ms = head.through_ms if news is None or news.was is None else max(head.through_ms, news.was[0])
    if news is None:
        newest = readings.latest(tx, [unit.sensor_id]).get(unit.sensor_id)
        was = None if newest is None or newest.measured_ms is None else (newest.measured_ms, newest.milli_c or 0)
        base, behind = _at_last(rules, head, was)
        return _on(tx, unit, head, base, _behind(tx, unit, base) if behind else None, was_ms)
    if news.first_ms > was_ms:
        base, behind = _at_last(rules, head, news.was)
        trace = _behind(tx, unit, base) if behind or news.fresh is None else news.fresh
        return _on(tx, unit, head, base, trace, was_ms)
    return _late(tx, unit, rules, head, news, was_ms)


# -- where to begin ------------------------------------------------------------------------------------------------


def _fits(memory: Memory, unit: Unit, rules: Rules) -> bool:
    """Whether a memory is of these limits, this yardstick and this beginning."""
    if set(memory.states) != {limit.id for limit in rules.limits}:
        return False
    held = _progresses(memory, rules)
    return all(one.edges.start_ms == unit.from_ms and one.yardstick == rules.yardstick for one in held)


def _progresses(memory: Memory, rules: Rules) -> list[Progress]:
    return [Progress.of_json(limit, dict(memory.states[limit.id])) for limit in rules.limits]


def _taken_up(memory: Memory, rules: Rules) -> list[Progress]:
    return [replace(progress, edges=rules.edges) for progress in _progresses(memory, rules)]


def _at_last(rules: Rules, head: Memory, was: Point | None) -> tuple[list[Progress], bool]:
    """The newest memory, brought to the sensor's last reading; and whether there are readings that it does not hold."""
    held = _taken_up(head, rules)
    if was is None or was[0] <= head.through_ms:
        return held, False
    return ([calmly(one, *was) for one in held], False) if head.calm else (held, True)


def _before(tx: Transaction, unit: Unit, rules: Rules, at_ms: int) -> Memory | None:
    found = memories.newest(tx, unit.assignment_id, unit.placement_id, at_ms) if at_ms > unit.from_ms else None
    return found if found is not None and _fits(found, unit, rules) else None


def _at_ms(progresses: Sequence[Progress]) -> int:
    last = progresses[0].last
    return progresses[0].edges.start_ms or 0 if last is None else last[0]


def _since(progresses: Sequence[Progress]) -> tuple[int | None, ...]:
    return tuple(_at_ms([one]) if one.open is None else one.open.start_ms - 1 for one in progresses)


def _behind(tx: Transaction, unit: Unit, base: Sequence[Progress]) -> Trace:
    return readings.trace(tx, unit.sensor_id, _at_ms(base))


# -- the ways there -------------------------------------------------------------------------------------------------


def _on(
    tx: Transaction, unit: Unit, head: Memory, base: list[Progress], trace: Trace | None, was_ms: int
) -> Recalled:  # fmt: skip
    """On from the newest memory, through fresh readings."""
    rows: list[Memory] = []
    at_row = _at_ms(base) == head.through_ms
    judged = base if trace is None else _through(base, trace, rows, at_row=at_row)
    after_ms = head.through_ms
    if rows and head.rough and head.through_ms // DAY_MS == rows[-1].through_ms // DAY_MS:
        rows, after_ms = [row for row in rows if row.rough], head.through_ms - 1  # one row for all of the day
    if rows:
        memories.put(tx, unit.assignment_id, unit.placement_id, rows, after_ms=after_ms, until_ms=None)
    return Recalled(tuple(judged), tuple(judged), _since(base), None, was_ms)


def _anew(tx: Transaction, unit: Unit, rules: Rules) -> Recalled:
    """From the beginning of the stay."""
    begun = [begin(limit, rules.yardstick, rules.edges) for limit in rules.limits]
    trace = readings.trace(tx, unit.sensor_id, _before_beginning(tx, unit, rules), _after_the_end(tx, unit, rules))
    rows: list[Memory] = []
    judged = _through(begun, trace, rows, at_row=True)
    if len(trace) and (not rows or rules.edges.end_ms is not None):
        _mark(judged, rows)
    memories.put(tx, unit.assignment_id, unit.placement_id, rows, after_ms=None, until_ms=None)
    return Recalled(tuple(judged), tuple(judged), (None,) * len(judged), None, None)


def _to_the_end(tx: Transaction, unit: Unit, rules: Rules, head: Memory | None, before_ms: int) -> Recalled:
    """A stay that is over: on to the readings that show how what went on at its end ended."""
    if head is None:
        return _anew(tx, unit, rules)
    marks = memories.marks(tx, unit.assignment_id, unit.placement_id, head.through_ms)
    base, at_row = _calmly_to(tx, unit, rules, head, marks, before_ms)
    trace = readings.trace(tx, unit.sensor_id, _at_ms(base), _after_the_end(tx, unit, rules))
    rows: list[Memory] = []
    judged = _through(base, trace, rows, at_row=at_row)
    _mark(judged, rows)
    memories.put(tx, unit.assignment_id, unit.placement_id, rows, after_ms=head.through_ms, until_ms=None)
    return Recalled(tuple(judged), tuple(judged), _since(base), None, head.through_ms)


def _late(tx: Transaction, unit: Unit, rules: Rules, head: Memory, news: News, was_ms: int) -> Recalled:
    """From before a late reading to where everything is as it was."""
    row = _before(tx, unit, rules, news.first_ms)
    if row is None:
        return _anew(tx, unit, rules)
    marks = memories.marks(tx, unit.assignment_id, unit.placement_id, row.through_ms)
    base, at_row = _calmly_to(tx, unit, rules, row, marks, news.first_ms)
    judged, reached = base, _at_ms(base)
    rows: list[Memory] = []
    until_ms: int | None = None
    for to_ms, then in _meeting_points(tx, unit, rules, row, marks, news):
        trace = readings.trace(tx, unit.sensor_id, reached, to_ms)
        judged = _through(judged, trace, rows, at_row=at_row)
        reached, at_row = to_ms, bool(rows) and rows[-1].through_ms == to_ms
        if same_from_here(judged, then):
            until_ms = to_ms
            break
    else:
        judged = _through(judged, readings.trace(tx, unit.sensor_id, reached), rows, at_row=at_row)
    memories.put(tx, unit.assignment_id, unit.placement_id, rows, after_ms=row.through_ms, until_ms=until_ms)
    now = judged if until_ms is None else _at_last(rules, head, news.was)[0]
    return Recalled(tuple(now), tuple(judged), _since(base), until_ms, was_ms)


def _calm_ahead(row: Memory, marks: Sequence[Mark]) -> bool:
    """Whether all readings between a memory and the next one were calm."""
    return row.calm and not (marks and marks[0].rough)


def _calmly_to(
    tx: Transaction, unit: Unit, rules: Rules, row: Memory, marks: Sequence[Mark], before_ms: int
) -> tuple[list[Progress], bool]:  # fmt: skip
    """A memory brought to the last reading before an instant, as far as that is calm; whether it is still the row's."""
    base = _taken_up(row, rules)
    before = readings.last_before(tx, unit.sensor_id, before_ms) if _calm_ahead(row, marks) else None
    if before is None or before[0] <= row.through_ms:
        return base, True
    return [calmly(one, *before) for one in base], False


def _meeting_points(
    tx: Transaction, unit: Unit, rules: Rules, row: Memory, marks: Sequence[Mark], news: News
) -> Iterator[tuple[int, list[Progress]]]:  # fmt: skip
    """Instants after what was touched, with what was remembered there before."""
    ahead = [mark for mark in marks if mark.through_ms >= news.last_ms]
    if _calm_ahead(row, marks) and ahead == list(marks):  # what was touched lies in one calm stretch
        after = readings.first_after(tx, unit.sensor_id, news.last_ms)
        if after is not None and (not marks or after[0] < marks[0].through_ms):
            yield after[0], [calmly(one, *after) for one in _taken_up(row, rules)]
    for mark in ahead:
        memory = memories.at(tx, unit.assignment_id, unit.placement_id, mark.through_ms)
        yield mark.through_ms, _taken_up(memory, rules)


# -- through readings ------------------------------------------------------------------------------------------------


def _through(held: list[Progress], trace: Trace, rows: list[Memory], *, at_row: bool) -> list[Progress]:
    """Judge a piece of the trace, day by day, and add to ``rows`` where calm ends and what was rough."""
    for day in _days(trace):
        if all(is_calm(one) and stays_calm(one, day) for one in held):
            held = [calmly(one, int(day.at_ms[-1]), int(day.milli_c[-1])) for one in held]
            at_row = False
            continue
        if not at_row:
            rows.append(remembered(held, rough=False))
        held = [advance(one, day) for one in held]
        rows.append(remembered(held, rough=True))
        at_row = True
    return held


def _mark(held: Sequence[Progress], rows: list[Memory]) -> None:
    """Remember where the judging has come to, though it be calm: what comes later does not begin anew."""
    if all(one.last is not None and one.last[1] is not None for one in held):
        rows[:] = [row for row in rows if row.through_ms != _at_ms(held)] + [remembered(held, rough=True)]


def _days(trace: Trace) -> list[Trace]:
    if not len(trace):
        return []
    day = trace.at_ms // DAY_MS
    cuts = [0, *((day[1:] != day[:-1]).nonzero()[0] + 1).tolist(), len(trace)]
    return [Trace(trace.at_ms[start:stop], trace.milli_c[start:stop]) for start, stop in pairwise(cuts)]


def _before_beginning(tx: Transaction, unit: Unit, rules: Rules) -> int | None:
    """From where to read so that every limit sees the whole of an episode that reaches into the stay."""
    first = [readings.last_good_before(tx, unit.sensor_id, unit.from_ms, limit.bad) for limit in rules.limits]
    earliest = min((-1 if at_ms is None else at_ms for at_ms in first), default=-1)
    return None if earliest < 0 else earliest - 1


def _after_the_end(tx: Transaction, unit: Unit, rules: Rules) -> int | None:
    """Up to where to read so that every limit sees the whole of an episode that reaches out of the stay."""
    if rules.edges.end_ms is None:
        return None
    end_ms = rules.edges.end_ms
    first = [readings.first_good_after(tx, unit.sensor_id, end_ms, None, limit.bad) for limit in rules.limits]
    known = [at_ms for at_ms in first if at_ms is not None]
    return max(known, default=None) if len(known) == len(first) else None
