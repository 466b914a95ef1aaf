"""On which readings something in the record rests: they are never removed, however old they are.

==============================  ====================================================================
every excursion                 its sensor, from before its first revision's start to after its end
every alert without excursion   its sensor, since nothing could be shown, until it was cleared
every item, in stock or gone    all sensors of the places where it was, for as long
every preparation               all sensors of the places where it was, from its first event on
imported logger files           all their readings
findings about sensors          both probes, while it lasted: what says that one of them drifts
==============================  ====================================================================

Decisions, acknowledgements and reports refer to these. A day more at each end, and the next readings beyond, stay too:
a duration out of range is bounded by the good readings around it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from coldchain.records import items, preparations, spans
from coldchain.records.archive.day_file import ReadingsRemoved
from coldchain.records.archive.shelf import DAY_MS
from coldchain.records.store import Transaction
from coldchain.records.tables import (
    alert,
    device_finding,
    excursion,
    excursion_revision,
    placement,
    preparation,
    preparation_event,
    shipment_channel,
)

MARGIN_MS = DAY_MS
_Needs = Iterator[tuple[int, int, int, str]]
"""A sensor, from when to when (UTC ms), and what rests on its readings."""


@dataclass(frozen=True)
class Resting:
    """What rests on readings, by sensor."""

    needs: dict[int, list[tuple[int, int, str]]]

    def on(self, sensor_id: int, from_ms: int, to_ms: int) -> str | None:
        """What rests on a sensor's readings of a span; ``None`` where nothing does."""
        for begin_ms, end_ms, what in self.needs.get(sensor_id, []):
            if begin_ms < to_ms and end_ms >= from_ms:
                return what
        return None


def resting(tx: Transaction, now_ms: int) -> Resting:
    """Everything that rests on readings."""
    needs: dict[int, list[tuple[int, int, str]]] = {}
    for sensor_id, from_ms, to_ms, what in _needs(tx, now_ms):
        begin_ms, end_ms = _with_neighbours(tx, sensor_id, from_ms, to_ms)
        needs.setdefault(sensor_id, []).append((begin_ms - MARGIN_MS, end_ms + MARGIN_MS, what))
    return Resting(needs)


def _needs(tx: Transaction, now_ms: int) -> _Needs:
    yield from _of_excursions(tx, now_ms)
    for row in tx.execute(select(alert).where(alert.c.sensor_id.is_not(None), alert.c.excursion_id.is_(None))):
        yield row.sensor_id, row.since_ms, row.cleared_ms or now_ms, f"alert {row.id}"
    for history in items.histories(tx, ended=None, most=1 << 31):
        what = f"{history.item.kind} {history.item.name}"
        for stay in history.stays:
            if stay.location_id is not None:
                yield from _at(tx, stay.location_id, stay.from_ms, stay.to_ms or now_ms, what)
    yield from _of_preparations(tx, now_ms)
    for sensor_id in tx.scalars(select(shipment_channel.c.sensor_id)):
        yield sensor_id, -spans.ALWAYS_MS, spans.ALWAYS_MS, "an imported logger file"
    for row in tx.execute(select(device_finding)):
        for sensor_id in {row.sensor_id, row.other_id} - {None}:
            yield sensor_id, row.since_ms, row.cleared_ms or now_ms, f"a finding about sensor number {row.sensor_id}"


def _of_excursions(tx: Transaction, now_ms: int) -> _Needs:
    """Every excursion over all its revisions, the withdrawn ones and the merged ones, too."""
    start, end = func.min(excursion_revision.c.start_ms), func.max(func.coalesce(excursion_revision.c.end_ms, now_ms))
    query = (
        select(excursion.c.sensor_id, start, end, excursion.c.number)
        .join(excursion_revision, excursion_revision.c.excursion_id == excursion.c.id)
        .group_by(excursion.c.id, excursion.c.sensor_id, excursion.c.number)
    )
    for sensor_id, start_ms, end_ms, number in tx.execute(query):
        yield sensor_id, start_ms, end_ms, f"excursion {number}"


def _of_preparations(tx: Transaction, now_ms: int) -> _Needs:
    running = {one.id for one in preparations.running(tx)}
    first, last = func.min(preparation_event.c.at_ms), func.max(preparation_event.c.at_ms)
    query = (
        select(preparation.c.id, preparation.c.number, first, last)
        .join(preparation_event, preparation_event.c.preparation_id == preparation.c.id)
        .group_by(preparation.c.id, preparation.c.number)
    )
    for made, number, first_ms, last_ms in tx.execute(query).all():
        there = select(preparation_event.c.location_id).where(
            preparation_event.c.preparation_id == made, preparation_event.c.location_id.is_not(None)
        )
        for location_id in tx.scalars(there.distinct()).all():
            yield from _at(tx, location_id, first_ms, now_ms if made in running else last_ms, f"preparation {number}")


def _at(tx: Transaction, location_id: int, from_ms: int, to_ms: int, what: str) -> _Needs:
    """The sensors that hung at a location meanwhile."""
    query = select(placement.c.sensor_id).where(
        placement.c.location_id == location_id, placement.c.from_ms <= to_ms,
        func.coalesce(placement.c.to_ms, to_ms) >= from_ms,
    )  # fmt: skip
    for sensor_id in tx.scalars(query.distinct()).all():
        yield sensor_id, from_ms, to_ms, what


def _with_neighbours(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int) -> tuple[int, int]:
    """A span and the readings next to it."""
    if from_ms <= -spans.ALWAYS_MS:
        return from_ms, to_ms
    before = after = None
    try:
        before = spans.last(tx, sensor_id, -spans.ALWAYS_MS, from_ms - 1)
        after = spans.first(tx, sensor_id, to_ms + 1, spans.ALWAYS_MS)
    except ReadingsRemoved:  # of a time that nothing rested on when they were removed
        pass
    return from_ms if before is None else before[0], to_ms if after is None else after[0]
