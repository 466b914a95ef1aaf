"""The ingest step: a batch of messages into the record, judged and alerted, in one transaction.

When `ingest` returns, everything in the batch is on the disk and the messages may be acknowledged; when it raises,
nothing of the batch is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from coldchain.domain.reading import Trace
from coldchain.monitoring import devices, stock
from coldchain.monitoring.alerting import AlertChannels
from coldchain.monitoring.batches import Batch
from coldchain.monitoring.hot import Hot, Name, hot_of, name_of
from coldchain.monitoring.incoming import Incoming, Ingested
from coldchain.monitoring.judging import judge_touched
from coldchain.monitoring.newcomers import Newcomers, newcomers_of
from coldchain.monitoring.pace import pace_of
from coldchain.monitoring.recalling import News
from coldchain.monitoring.refusals import refusals_of
from coldchain.monitoring.settling import NotAsRemembered, Settled, settle
from coldchain.monitoring.sorting_out import SortedOut, readable, sort_out
from coldchain.monitoring.standing import Copy, Standing, settled
from coldchain.records import (
    Store,
    Transaction,
    announcements,
    items,
    places,
    preparations,
    quarantine,
    readings,
    sources,
)
from coldchain.records.quarantine import Held
from coldchain.records.readings import Instant, Latest, Row

__all__ = ["AlertChannels", "Also", "Incoming", "Ingested", "ingest"]

Also = Callable[[Transaction], None]
"""What is written in the same transaction: how far a log was read, say."""


def _nothing_more(_: Transaction) -> None:
    """A batch that comes with nothing else to write."""


def ingest(
    store: Store, batch: Sequence[Incoming], now_ms: int, channels: AlertChannels, also: Also = _nothing_more
) -> Ingested:
    """Store a batch, judge what it touches, raise what it gives reason for; all of it or nothing.

    Args:
        store: The record.
        batch: Messages in the order received.
        now_ms: Now, UTC ms.
        channels: Who gets an outbox row of every alert.
        also: Is written with the batch, or not at all; what it raises undoes the batch.

    Returns:
        What became of the batch. A reading counts by what it met: the first of its instant is accepted, one that says
        what stands is a duplicate, any other a conflict. (A sensor's own counts, in the record, don't depend on the
        order.)

    Raises:
        StoreUnavailable: Nothing of the batch was stored; try the same batch again.
    """
    if not batch and also is _nothing_more:
        return Ingested()
    whole = Batch.of(batch)
    try:
        return _ingest(store, whole, now_ms, channels, also)
    except NotAsRemembered:  # another program has written here; what was kept in memory is dropped by now
        return _ingest(store, whole, now_ms, channels, also)


def _ingest(
    store: Store, batch: Batch, now_ms: int, channels: AlertChannels, also: Also
) -> Ingested:  # fmt: skip
    hot = hot_of(store)
    with store.transaction() as tx:
        also(tx)
        turn = hot.enter(tx)
        said = [each for each in batch.others if each.announced is not None]
        announcements.keep(tx, [(*each.announced, each.payload, each.received_ms) for each in said if each.announced])
        settled = settle(tx, hot, batch, now_ms)
        rest = refusals_of(store).bounded(readable(settled.rest), now_ms)
        stored = _rest(tx, hot, rest, now_ms, newcomers_of(store))
        alerts = judge_touched(tx, stored.news, now_ms, channels)
        hot.forget(stored.sensors)
        _tell_others(tx, hot, settled, stored, now_ms)
        devices.keep(tx, settled.speaking)
        hot.sweep(tx)
    hot.leave(turn)
    pace_of(store).note(hot.columns["id"][settled.seats], settled.counts)
    pace_of(store).note_each(stored.fresh)
    locations = hot.locations_of(settled.seats) | stored.locations
    ingested = replace(stored.ingested, accepted=stored.ingested.accepted + settled.accepted)
    return replace(ingested, touched_locations=frozenset(locations), alerts=tuple(alerts))


def _rest(
    tx: Transaction, hot: Hot, batch: Sequence[Incoming], now_ms: int, newcomers: Newcomers
) -> "_Stored":  # fmt: skip
    """Take in what is not settled, with complete rows to compare it with."""
    if not batch:
        return _Stored(Ingested(), set(), {})
    heard_of = {name_of(one.sensor, one.channel) for message in batch for one in message.decoded}
    hot.flush_named(tx, heard_of)
    strangers = {_pair(name) for name in heard_of if name not in hot.seats}
    admitted, aside = newcomers.admit(tx, batch, strangers, now_ms) if strangers else (batch, 0)
    stored = _take_in(tx, admitted, now_ms)
    ingested = replace(stored.ingested, quarantined=stored.ingested.quarantined + aside)
    return replace(stored, ingested=ingested, locations=places.locations_of(tx, stored.sensors))


def _pair(name: Name) -> tuple[str, str]:
    return (name, "") if isinstance(name, str) else name


def _tell_others(tx: Transaction, hot: Hot, settled: Settled, stored: "_Stored", now_ms: int) -> None:
    """Have preparations and items looked at that were at the places of these sensors."""
    watched = preparations.places_of_running(tx) | items.places_of_stock(tx)
    if not watched:
        return
    touched = stored.touched | hot.at(settled.seats, settled.first_ms, watched)
    preparations.touch(tx, places.locations_of(tx, touched), now_ms)
    stock.touch(tx, touched, now_ms)


@dataclass
class _Stored:
    """What storing a batch came to; ``news`` is of the sensors of which something else stands now.

    ``fresh`` counts each sensor's readings that were measured just before they came.
    """

    ingested: Ingested
    sensors: set[int]
    news: dict[int, News]
    locations: set[int] = field(default_factory=set)
    fresh: dict[int, int] = field(default_factory=dict)

    @property
    def touched(self) -> dict[int, int]:
        """Each sensor's earliest instant at which something else stands."""
        return {sensor_id: one.first_ms for sensor_id, one in self.news.items()}


@dataclass
class _Instants:
    """What stands before and after at the instants of a batch."""

    before: dict[Instant, Standing] = field(default_factory=dict)
    after: dict[Instant, Standing] = field(default_factory=dict)


def _take_in(tx: Transaction, batch: Sequence[Incoming], now_ms: int) -> _Stored:
    names = {(one.sensor, one.channel) for message in batch for one in message.decoded}
    sensors = places.ensure_sensors(tx, names, now_ms)
    source_ids = sources.ensure(tx, {(message.source_kind, message.source_name) for message in batch})
    known = readings.latest(tx, [sensor.id for sensor in sensors.values()])
    found = sort_out(batch, sensors, source_ids, known)
    instants = _settle(tx, found.copies, now_ms)
    quarantine.put(tx, found.held)
    _note_latest(tx, found, instants, known)
    of = {sensor.id for sensor in sensors.values()}
    return _Stored(_counted(found, instants), of, _news(instants, known), fresh=found.fresh_of)


def _news(instants: _Instants, known: Mapping[int, Latest]) -> dict[int, News]:
    changed: dict[int, list[tuple[int, int]]] = {}
    for (sensor_id, measured_ms), after in instants.after.items():
        before = instants.before.get((sensor_id, measured_ms))
        if before is None or before.stands.milli_c != after.stands.milli_c:
            changed.setdefault(sensor_id, []).append((measured_ms, after.stands.milli_c))
    found: dict[int, News] = {}
    for sensor_id, points in changed.items():
        latest, in_order = known.get(sensor_id), sorted(points)
        was = None if latest is None or latest.measured_ms is None else (latest.measured_ms, latest.milli_c or 0)
        fresh = was is None or in_order[0][0] > was[0]
        trace = Trace.of([at_ms for at_ms, _ in in_order], [value for _, value in in_order]) if fresh else None
        found[sensor_id] = News(in_order[0][0], in_order[-1][0], was, trace)
    return found


def _settle(tx: Transaction, copies: Mapping[Instant, Sequence[Copy]], now_ms: int) -> _Instants:
    """Store what stands at each instant of a batch, and put aside what conflicts with it."""
    found = _Instants()
    alone = {instant: settled(some) for instant, some in copies.items()}
    new = readings.put(tx, [_row(instant, standing.stands) for instant, standing in alone.items()])
    known = set(alone) - new
    found.before = _standing_now(tx, known)
    for instant, standing in alone.items():
        before = found.before.get(instant)
        met = [] if before is None else [before.stands, *before.others]
        found.after[instant] = settled([*met, standing.stands, *standing.others])
    readings.replace(tx, [_row(instant, found.after[instant].stands) for instant in sorted(known)])
    aside: list[Held] = []
    for instant, after in found.after.items():
        aside += [quarantine.conflict(_row(instant, other)) for other in after.others]
        before = found.before.get(instant)
        if before is not None and after.stands.milli_c in {other.milli_c for other in before.others}:
            aside.append(replace(quarantine.conflict(_row(instant, after.stands)), released_ms=now_ms))
    quarantine.settle(tx, aside)
    return found


def _standing_now(tx: Transaction, instants: Iterable[Instant]) -> dict[Instant, Standing]:
    """What the record holds for these instants, conflicts included."""
    rows = readings.at_instants(tx, instants)
    held = {
        instant: [one for one in some if one.released_ms is None]
        for instant, some in quarantine.conflicts_at(tx, rows).items()
    }
    ids = {row.source_id for row in rows.values()} | {one.source_id for some in held.values() for one in some}
    keys = sources.keys_of(tx, ids)
    return {
        instant: Standing(
            _copy(row, keys), tuple(_copy(one, keys) for one in held.get(instant, []))
        )
        for instant, row in rows.items()
    }  # fmt: skip


def _copy(one: Row | Held, keys: Mapping[int, sources.SourceKey]) -> Copy:
    return Copy(
        one.milli_c or 0,  # a conflict always has a value
         one.received_ms, keys[one.source_id], one.source_id, one.position, one.flags, one.copies
    )  # fmt: skip


def _row(instant: Instant, copy: Copy) -> Row:
    sensor_id, measured_ms = instant
    return Row(
        sensor_id, measured_ms, copy.milli_c, copy.received_ms, copy.source_id, copy.position, copy.flags, copy.copies
    )


def _note_latest(tx: Transaction, found: SortedOut, instants: _Instants, known: Mapping[int, Latest]) -> None:
    """Write each sensor's newest reading and counts; differences of what stands, so the order does not matter."""
    heard = {sensor_id for sensor_id, _ in instants.after} | set(found.held_of) | set(found.repeats_of)
    now = {sensor_id: known.get(sensor_id, Latest(sensor_id)) for sensor_id in heard}
    for (sensor_id, measured_ms), after in instants.after.items():
        latest, before = now[sensor_id], instants.before.get((sensor_id, measured_ms))
        latest = replace(
            latest,
            accepted=latest.accepted + (before is None),
            duplicates=latest.duplicates + after.duplicates - (before.duplicates if before else 0),
            conflicts=latest.conflicts + after.conflicts - (before.conflicts if before else 0),
        )
        if latest.measured_ms is None or measured_ms >= latest.measured_ms:
            stands = after.stands
            latest = replace(latest, measured_ms=measured_ms, milli_c=stands.milli_c, received_ms=stands.received_ms)
        now[sensor_id] = latest
    rows = [
        replace(
            latest,
            duplicates=latest.duplicates + found.repeats_of.get(sensor_id, 0),
            quarantined=latest.quarantined + found.held_of.get(sensor_id, 0),
            payload_sha256=found.last_payload.get(sensor_id, latest.payload_sha256),
            battery_pct=_battery(latest, found.battery.get(sensor_id)),
        )
        for sensor_id, latest in now.items()
    ]
    readings.put_latest(tx, rows)


def _battery(latest: Latest, said: tuple[int, int] | None) -> int | None:
    if said is None or (latest.measured_ms is not None and said[0] < latest.measured_ms):
        return latest.battery_pct
    return said[1]


def _counted(found: SortedOut, instants: _Instants) -> Ingested:
    accepted = duplicates = conflicts = 0
    for instant, copies in found.copies.items():
        before = instants.before.get(instant)
        stands = instants.after[instant].stands if before is None else before.stands
        accepted += before is None
        same = sum(copy.milli_c == stands.milli_c for copy in copies)
        duplicates += same - (before is None)
        conflicts += len(copies) - same
    return Ingested(accepted, duplicates + sum(found.repeats_of.values()), conflicts, len(found.held))
