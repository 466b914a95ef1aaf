"""An item as it is judged now: its stays, the probes of each, and what its own product's rules say.

The product is given by whoever asks: the record keeps the text of its file, and reading that is the rulebook's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coldchain.domain.bounds import Bounds
from coldchain.domain.item import ItemJudgement, judge_item
from coldchain.domain.probes import Probe
from coldchain.domain.product import Event, Product
from coldchain.domain.reading import Trace
from coldchain.domain.ways import ItemStay, stays_at
from coldchain.domain.yardstick import yardstick_of
from coldchain.records import readings, shipments
from coldchain.records.histories import History, Kind, Stay
from coldchain.records.probes import probes_at
from coldchain.records.store import Transaction


@dataclass(frozen=True)
class Judged:
    """An item, judged.

    Attributes:
        stays: As judged: a stay is cut where a probe came, went or was recalibrated.
        now_ms: Up to when; the item's end where it has one.
    """

    history: History
    product: Product
    stays: tuple[ItemStay, ...]
    judgement: ItemJudgement
    now_ms: int


def judge_all(tx: Transaction, asked: Sequence[tuple[History, Product]], now_ms: int) -> list[Judged]:
    """Items by everything that the record holds of their stays; each place's readings are read once.

    Args:
        tx: The transaction.
        asked: Each item with the product that its frozen file describes.
        now_ms: Up to when.
    """
    if not asked:
        return []
    places = {stay.location_name for one, _ in asked for stay in one.stays if stay.location_name is not None}
    bare = replace(asked[0][1], max_gap=None)  # each item's own is put in place of it below
    begin_ms = min(one.stays[0].from_ms for one, _ in asked)
    watched = probes_at(tx, places, bare, begin_ms, now_ms)
    return [_judged(tx, one, product, watched, now_ms) for one, product in asked]


def _judged(
    tx: Transaction, history: History, product: Product, watched: Mapping[str, Sequence[Probe]], now_ms: int
) -> Judged:
    until_ms = max(now_ms, history.stays[0].from_ms + 1)
    stays = tuple(cut for stay in history.stays for cut in _cut(tx, stay, product, watched, until_ms))
    judgement = judge_item(product, stays, recorded_events(history))
    return Judged(history, product, stays, judgement, stays[-1].end_ms)


def recorded_events(history: History) -> dict[Event, int]:
    """What somebody recorded that a shortened expiry may count from."""
    found: dict[Event, int] = {}
    for one in history.events:
        said = {Kind.REMOVED: Event.REMOVED, Kind.ARRIVED: Event.RECEIVED}.get(one.kind)
        if said is not None:
            found.setdefault(said, one.at_ms)
    return found


def _cut(
    tx: Transaction, stay: Stay, product: Product, watched: Mapping[str, Sequence[Probe]], until_ms: int
) -> Iterator[ItemStay]:
    """A stay, cut where its probes change, each piece with the probes that hung there all of its time."""
    end_ms = until_ms if stay.to_ms is None else stay.to_ms
    probes = _of_file(tx, stay, product) if stay.location_name is None else watched.get(stay.location_name, ())
    for piece in stays_at(stay.title, stay.stage, stay.from_ms, end_ms, probes):
        yield replace(piece, probes=tuple(_near(one, product, piece.start_ms, piece.end_ms) for one in piece.probes))


def _near(probe: Probe, product: Product, start_ms: int, end_ms: int) -> Probe:
    """The probe with the item's own ``max_gap``, and only the readings from the one before to the one after."""
    at_ms = probe.trace.at_ms
    first = max(int(np.searchsorted(at_ms, start_ms, side="right")) - 1, 0)
    last = int(np.searchsorted(at_ms, end_ms, side="left")) + 1
    sensor_ms = probe.yardstick.max_gap_ms if probe.yardstick.max_gap_from == "sensor" else None
    return replace(
        probe,
        trace=Trace(at_ms[first:last], probe.trace.milli_c[first:last]),
        yardstick=yardstick_of(product, sensor_ms, probe.yardstick.uncertainty_milli_c),
    )


def _of_file(tx: Transaction, stay: Stay, product: Product) -> list[Probe]:
    """The channels of the logger file that is the trace of a stay in transport."""
    if stay.shipment_id is None:
        return []
    yardstick = yardstick_of(product, None, stay.uncertainty_milli_c)
    return [
        Probe(f"{span.name} · {span.channel}", None, None, readings.trace(tx, span.sensor_id), yardstick)
        for span in shipments.spans(tx, stay.shipment_id)
    ]


def used_until(found: Judged, at_ms: int) -> dict[str, Bounds]:
    """What of each limit had been used at an instant, by the readings known today; nothing before its arrival."""
    before = [replace(stay, end_ms=min(stay.end_ms, at_ms)) for stay in found.stays if stay.start_ms < at_ms]
    if not before:
        return {}
    return {one.limit.id: one.bounds for one in judge_item(found.product, before).limits}


def was_at(histories: Iterable[History], location_id: int, from_ms: int, to_ms: int) -> list[History]:
    """Those that were at a location at any moment of a span."""
    return [
        one
        for one in histories
        if any(
            stay.location_id == location_id and stay.from_ms <= to_ms and (stay.to_ms is None or stay.to_ms > from_ms)
            for stay in one.stays
        )
    ]
