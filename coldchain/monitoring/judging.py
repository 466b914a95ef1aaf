"""Judging a unit (one sensor at one location under one product) anew where readings or the clock touched it.

The judge's memory is taken up before the earliest touched reading, the readings from there on are judged, and what
comes out is compared with what the record says. All of it happens in the caller's transaction.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from coldchain.domain.excursion import Keep, Merge, Open, Recorded, Withdraw, reconcile
from coldchain.domain.product import Limit
from coldchain.domain.progress import Progress, advance, begin
from coldchain.domain.reading import Trace
from coldchain.domain.verdict import Certainty, Excursion, conclude
from coldchain.errors import StoreUnavailable
from coldchain.monitoring import alerting
from coldchain.monitoring.alerting import AlertChannels, Judged
from coldchain.monitoring.ending import ending_of
from coldchain.monitoring.knowing import NO_LONGER_MEASURED, known_of, materially_different, why, withdrawn
from coldchain.monitoring.rules import Rules, rules_of
from coldchain.monitoring.silence import is_current, look_ahead
from coldchain.records import Transaction, checkpoints, due_work, excursions, readings, units
from coldchain.records.store import savepoint
from coldchain.records.units import JUDGE, Unit

_log = logging.getLogger(__name__)

TRY_AGAIN_MS = 10 * 60_000
"""How long after a failure a unit is judged again."""


def judge_touched(tx: Transaction, touched: Mapping[int, int], now_ms: int, channels: AlertChannels) -> list[str]:
    """Judge every unit that readings touched; returns the ids of the alerts raised.

    Args:
        tx: The transaction that stored the readings.
        touched: The earliest instant, UTC ms, at which something new stands, by sensor id.
        now_ms: Now.
        channels: Who is told.
    """
    alerts: list[str] = []
    for unit in units.of_sensors(tx, list(touched)):
        touched_ms = touched[unit.sensor_id]
        alerts += judge_or_say(tx, unit, touched_ms, now_ms, channels)
    return alerts


def judge_or_say(
    tx: Transaction, unit: Unit, touched_ms: int | None, now_ms: int, channels: AlertChannels, *, by_clock: bool = False
) -> list[str]:
    """`judge_unit`; but where that fails, readings are stored all the same, people are told, and it is tried again.

    A mistake in the judging of one unit, or a product file that this program can no longer read, must cost neither a
    reading nor the judging of another unit.

    Raises:
        StoreUnavailable: The database failed, and with it the transaction.
    """
    try:
        with savepoint(tx):
            if touched_ms is not None and _is_past(tx, unit, touched_ms):
                return []
            return judge_unit(tx, unit, touched_ms, now_ms, channels, by_clock=by_clock)
    except StoreUnavailable:
        raise  # nothing is wrong with the unit: the whole batch waits for the database
    except Exception as error:  # noqa: BLE001 — told, logged, and tried again
        _log.exception("%s at %s cannot be judged", unit.sensor_name, unit.location_name)
        due_work.put(tx, JUDGE, unit.subject, now_ms + TRY_AGAIN_MS)
        return alerting.unjudged(tx, unit, error, now_ms, channels)


def judge_unit(
    tx: Transaction, unit: Unit, touched_ms: int | None, now_ms: int, channels: AlertChannels, *, by_clock: bool = False
) -> list[str]:
    """Judge one unit, write what became of its excursions, raise alerts, and set when to look again.

    Args:
        tx: The transaction.
        unit: Which.
        touched_ms: The earliest instant at which something new stands; ``None``: no reading is new.
        now_ms: Now.
        channels: Who is told.
        by_clock: Whether the mere passing of time may raise an alert, however old the last reading is.
    """
    if unit.from_ms > now_ms:
        due_work.put(tx, JUDGE, unit.subject, unit.from_ms)
        return []
    if unit.to_ms is not None and unit.to_ms > now_ms:
        due_work.put(tx, JUDGE, unit.subject, unit.to_ms)
    rules = rules_of(unit, now_ms)
    pieces = _pieces(tx, unit, rules, touched_ms)
    progresses = [piece.progress for piece in pieces]
    judged = Judged(tx, unit, rules, now_ms, channels, is_current(progresses, now_ms), by_clock, [], progresses)
    recorded = _in_question(tx, unit, pieces)
    for piece in pieces:
        _reconcile(judged, piece, recorded.get(piece.progress.limit.id, {}), touched_ms)
    look_ahead(judged, progresses, touched=touched_ms is not None)
    return judged.raised


def _is_past(tx: Transaction, unit: Unit, touched_ms: int) -> bool:
    """Whether readings came later than all that could matter to a stay that is over and judged to its end."""
    if unit.to_ms is None or touched_ms <= unit.to_ms:
        return False
    heads = checkpoints.heads(tx, unit.assignment_id, unit.placement_id)
    return all(
        limit.id in heads and unit.to_ms < heads[limit.id][0] < touched_ms and heads[limit.id][1]["open"] is None
        for limit in rules_of(unit, unit.to_ms).limits
    )


@dataclass(frozen=True)
class _Piece:
    """A limit's judge, come to the last reading.

    Attributes:
        since_ms: The record's excursions that lie wholly before this are not in question.
        was_ms: The last reading that had been judged before.
    """

    progress: Progress
    since_ms: int | None
    was_ms: int | None


def _pieces(tx: Transaction, unit: Unit, rules: Rules, touched_ms: int | None) -> list[_Piece]:
    """Take up the judge's memory of every limit and bring it to the last reading."""
    heads = checkpoints.heads(tx, unit.assignment_id, unit.placement_id)
    held = [_taken_up(tx, unit, rules, limit, heads.get(limit.id), touched_ms) for limit in rules.limits]
    through = [_through(piece.progress) for piece in held]
    ends = [at_ms for at_ms in through if at_ms is not None]
    beginning = _before_beginning(tx, unit, rules) if len(ends) < len(through) else min(ends, default=None)
    after_ms = None if beginning is None else min([beginning, *ends])
    trace = readings.trace(tx, unit.sensor_id, after_ms, _after_the_end(tx, unit, rules))
    memories: list[tuple[str, int, dict[str, Any]]] = []
    pieces = [_brought_up(piece, trace, memories) for piece in held]
    checkpoints.keep(tx, unit.assignment_id, unit.placement_id, memories)
    return pieces


def _through(progress: Progress) -> int | None:
    """The last reading judged; ``None`` where there was none yet."""
    return None if progress.last is None or progress.last[1] is None else progress.last[0]


def _taken_up(
    tx: Transaction, unit: Unit, rules: Rules, limit: Limit, head: checkpoints.Memory | None, touched_ms: int | None
) -> _Piece:
    """The newest memory that the touched readings leave true, or a new one; the others are dropped."""
    where = (unit.assignment_id, unit.placement_id, limit.id)
    was_ms = None if head is None else head[0]
    found = head if touched_ms is None or was_ms is None or touched_ms > was_ms else None
    if found is None and touched_ms is not None and touched_ms > unit.from_ms:
        found = checkpoints.newest(tx, *where, touched_ms)
    if found is not None:
        progress = Progress.of_json(limit, found[1])
        if (progress.yardstick, progress.edges) == (rules.yardstick, rules.edges):
            if found[0] != was_ms:
                checkpoints.forget(tx, *where, found[0])
            since_ms = found[0] if progress.open is None else progress.open.start_ms - 1
            return _Piece(progress, since_ms, was_ms)
    if head is not None:
        checkpoints.forget(tx, *where)
    return _Piece(begin(limit, rules.yardstick, rules.edges), None, was_ms)


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


def _brought_up(piece: _Piece, trace: Trace, memories: list[tuple[str, int, dict[str, Any]]]) -> _Piece:
    """Judge the rest of the trace, day by day, and add the end of each day to what is to be remembered."""
    through_ms = _through(piece.progress)
    progress = piece.progress
    for day in _days(trace if through_ms is None else trace.after(through_ms)):
        progress = advance(progress, day)
        memories.append((progress.limit.id, int(day.at_ms[-1]), progress.to_json()))
    return _Piece(progress, piece.since_ms, piece.was_ms)


def _days(trace: Trace) -> list[Trace]:
    if not len(trace):
        return []
    day = trace.at_ms // checkpoints.DAY_MS
    cuts = [0, *((day[1:] != day[:-1]).nonzero()[0] + 1).tolist(), len(trace)]
    return [Trace(trace.at_ms[start:stop], trace.milli_c[start:stop]) for start, stop in pairwise(cuts)]


_Recorded = dict[int, excursions.Excursion]


def _in_question(tx: Transaction, unit: Unit, pieces: list[_Piece]) -> dict[str, _Recorded]:
    """The record's excursions that were not over where a limit's judge took up its memory, by limit and id."""
    since = {piece.progress.limit.id: piece.since_ms for piece in pieces}
    known = [at_ms for at_ms in since.values() if at_ms is not None]
    found: dict[str, _Recorded] = {}
    for one in excursions.of_unit(tx, unit, after_ms=min(known) if known and len(known) == len(since) else None):
        since_ms, end_ms = since.get(one.limit_id), one.current.known.end_ms
        if since_ms is None or end_ms is None or end_ms > since_ms:
            found.setdefault(one.limit_id, {})[one.id] = one
    return found


def _reconcile(judged: Judged, piece: _Piece, recorded: _Recorded, touched_ms: int | None) -> None:
    """Make the record say of a limit's excursions what the judge finds now."""
    tx, limit = judged.tx, piece.progress.limit
    found = _found(judged, piece.progress, recorded)
    because = why(touched_ms, piece.was_ms)
    pure = [_pure(one) for one in recorded.values()]
    for change in reconcile(pure, found):
        match change:
            case Open(excursion):
                _open(judged, limit, excursion)
            case Keep(id_, excursion):
                _keep(judged, limit, recorded[id_], excursion, because)
            case Merge(id_, into):
                excursions.merge(tx, recorded[id_], recorded[into], judged.now_ms)
                alerting.merged(judged, recorded[id_])
            case Withdraw(id_):
                gone = withdrawn(recorded[id_].current.known)
                excursions.revise(tx, recorded[id_], gone, judged.now_ms, because)
                alerting.ended(judged, recorded[id_], gone)


def _pure(one: excursions.Excursion) -> Recorded:
    """What tells an excursion from others; one that began as its stay ended holds that moment."""
    start_ms, end_ms = one.current.known.start_ms, one.current.known.end_ms
    return Recorded(one.id, start_ms, None if end_ms is None else max(end_ms, start_ms + 1))


def _found(judged: Judged, progress: Progress, recorded: _Recorded) -> list[Excursion]:
    """The judge's excursions; while older readings still come in, none that is so only by the clock."""
    found = list(conclude(progress, judged.now_ms).excursions)
    if judged.by_clock or judged.current or not found:
        return found
    last = found[-1]
    if last.episode.end_ms is not None or last.certainty is Certainty.CERTAIN:
        return found
    if any(one.current.known.end_ms is None for one in recorded.values()):
        return found
    return [*found[:-1], *(one for one in conclude(progress).excursions if one.episode.end_ms is None)]


def _open(judged: Judged, limit: Limit, excursion: Excursion) -> None:
    ending = ending_of(judged.tx, judged.unit, judged.rules, limit, excursion, judged.now_ms)
    known = known_of(excursion, ending.at_ms)
    late = known.end_ms is not None
    opened = excursions.open_excursion(
        judged.tx, judged.unit, limit.id, judged.rules.frozen(limit), known, judged.now_ms, late=late, because="opened"
    )
    alerting.opened(judged, opened)


def _keep(judged: Judged, limit: Limit, recorded: excursions.Excursion, excursion: Excursion, because: str) -> None:
    ending = ending_of(judged.tx, judged.unit, judged.rules, limit, excursion, judged.now_ms)
    known, before = known_of(excursion, ending.at_ms), recorded.current.known
    if not materially_different(before, known):
        return
    ended = before.end_ms is None and known.end_ms is not None
    if ended:
        because = "ended" if ending.in_range else NO_LONGER_MEASURED
    excursions.revise(judged.tx, recorded, known, judged.now_ms, because)
    if known.certainty == Certainty.CERTAIN.value != before.certainty:
        alerting.certain_now(judged, recorded, known)
    if ended and ending.in_range:
        alerting.ended(judged, recorded, known)
    elif ended:
        alerting.let_go(judged, recorded)
