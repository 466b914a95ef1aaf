"""Judging a unit (one sensor at one location under one product) anew where readings or the clock touched it.

The judge's memory is taken up before the earliest touched reading, the readings from there on are judged, and what
comes out is compared with what the record says. All of it happens in the caller's transaction.
"""

import logging
from collections.abc import Mapping

from coldchain.domain.excursion import Keep, Merge, Open, Recorded, Withdraw, reconcile
from coldchain.domain.product import Limit
from coldchain.domain.progress import Progress
from coldchain.domain.verdict import Certainty, Excursion, conclude
from coldchain.errors import StoreUnavailable
from coldchain.monitoring import alerting
from coldchain.monitoring.alerting import AlertChannels, Judged
from coldchain.monitoring.ending import ending_of
from coldchain.monitoring.knowing import NO_LONGER_MEASURED, known_of, materially_different, why, withdrawn
from coldchain.monitoring.recalling import News, Recalled, recall
from coldchain.monitoring.rules import rules_of
from coldchain.monitoring.silence import is_current, look_ahead
from coldchain.records import Transaction, alerts, due_work, excursions, memories, units
from coldchain.records.store import savepoint
from coldchain.records.units import JUDGE, Unit

_log = logging.getLogger(__name__)

TRY_AGAIN_MS = 10 * 60_000
"""How long after a failure a unit is judged again."""


def judge_touched(tx: Transaction, news: Mapping[int, News], now_ms: int, channels: AlertChannels) -> list[str]:
    """Judge every unit that readings touched; returns the ids of the alerts raised.

    Args:
        tx: The transaction that stored the readings.
        news: What has come, by sensor id.
        now_ms: Now.
        channels: Who is told.
    """
    raised: list[str] = []
    for unit in units.of_sensors(tx, list(news)):
        raised += judge_or_say(tx, unit, news[unit.sensor_id], now_ms, channels)
    return raised


def judge_or_say(
    tx: Transaction, unit: Unit, news: News | None, now_ms: int, channels: AlertChannels, *, by_clock: bool = False
) -> list[str]:
    """`judge_unit`; but where that fails, readings are stored all the same, people are told, and it is tried again.

    A mistake in the judging of one unit, or a product file that this program can no longer read, must cost neither a
    reading nor the judging of another unit.

    Raises:
        StoreUnavailable: The database failed, and with it the transaction.
    """
    try:
        with savepoint(tx):
            if news is not None and _is_past(tx, unit, news):
                return []
            return judge_unit(tx, unit, news, now_ms, channels, by_clock=by_clock)
    except StoreUnavailable:
        raise  # nothing is wrong with the unit: the whole batch waits for the database
    except Exception as error:  # noqa: BLE001 — told, logged, and tried again
        _log.exception("%s at %s cannot be judged", unit.sensor_name, unit.location_name)
        memories.doubt(tx, unit.assignment_id, unit.placement_id)
        due_work.put(tx, JUDGE, unit.subject, now_ms + TRY_AGAIN_MS)
        return alerting.unjudged(tx, unit, error, now_ms, channels)


def judge_unit(
    tx: Transaction, unit: Unit, news: News | None, now_ms: int, channels: AlertChannels, *, by_clock: bool = False
) -> list[str]:
    """Judge one unit, write what became of its excursions, raise alerts, and set when to look again.

    Args:
        tx: The transaction.
        unit: Which.
        news: What has come; ``None``: no reading is new.
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
    found = recall(tx, unit, rules, news)
    current = is_current(found.now, now_ms)
    judged = Judged(tx, unit, rules, now_ms, channels, current, by_clock, [], found.now)
    recorded = _in_question(tx, unit, found)
    because = why(None if news is None else news.first_ms, found.was_ms)
    for progress in found.judged:
        _reconcile(judged, progress, recorded.get(progress.limit.id, {}), because, found.until_ms)
    look_ahead(judged, found.now, touched=news is not None)
    return judged.raised


def withdraw(tx: Transaction, assignment_id: int, placement_id: int, now_ms: int) -> None:
    """Take back what was found under a stay that was ended at the moment it began; the one instead of it speaks."""
    for one in excursions.of_stay(tx, assignment_id, placement_id):
        excursions.revise(tx, one, withdrawn(one.current.known), now_ms, "judged anew")
        for alert in alerts.of_excursion(tx, one.id):
            if alert.cleared_ms is None:
                alerts.clear(tx, alert.id, now_ms)


def _is_past(tx: Transaction, unit: Unit, news: News) -> bool:
    """Whether readings came later than all that could matter to a stay that is over and judged to its end."""
    if unit.to_ms is None or news.first_ms <= unit.to_ms:
        return False
    head = memories.newest(tx, unit.assignment_id, unit.placement_id)
    if head is None or not unit.to_ms < head.through_ms < news.first_ms:
        return False
    return all(state.get("open") is None for state in head.states.values())


_Recorded = dict[int, excursions.Excursion]


def _in_question(tx: Transaction, unit: Unit, found: Recalled) -> dict[str, _Recorded]:
    """The record's excursions that have to do with what was judged, by limit and id.

    Not those that were over where a limit's judge took up its memory, nor those that were not yet where it came to
    what it had remembered before.
    """
    since = {one.limit.id: at_ms for one, at_ms in zip(found.judged, found.since_ms, strict=True)}
    known = [at_ms for at_ms in since.values() if at_ms is not None]
    recorded: dict[str, _Recorded] = {}
    for one in excursions.of_unit(tx, unit, after_ms=min(known) if known and len(known) == len(since) else None):
        since_ms, end_ms = since.get(one.limit_id), one.current.known.end_ms
        if found.until_ms is not None and (end_ms is None or end_ms > found.until_ms):
            continue
        if since_ms is None or end_ms is None or end_ms > since_ms:
            recorded.setdefault(one.limit_id, {})[one.id] = one
    return recorded


def _reconcile(judged: Judged, progress: Progress, recorded: _Recorded, because: str, until_ms: int | None) -> None:
    """Make the record say of a limit's excursions what the judge finds now."""
    tx, limit = judged.tx, progress.limit
    found = _found(judged, progress, recorded) if until_ms is None else _over(progress)
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


def _over(progress: Progress) -> list[Excursion]:
    """The judge's excursions that ended where everything is as it was; what goes on there is as it was, too."""
    return [one for one in conclude(progress).excursions if one.episode.end_ms is not None]


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
