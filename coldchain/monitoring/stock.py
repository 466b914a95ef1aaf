"""Looking at items: who must hear of a budget, a return rule or an expiry, and when to look again.

What is due together is judged together, so that each place's readings are read once, and outside the transaction that
writes: ingest does not wait for it. What readings touched meanwhile is due again, and looked at in the next round.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from coldchain.domain.alarm import AlertKind
from coldchain.domain.bounds import bad_by_test
from coldchain.domain.product import Product
from coldchain.errors import RulebookError, StoreUnavailable
from coldchain.monitoring.alerting import AlertChannels
from coldchain.monitoring.budgets import ItemReason, look_again_ms, looked, reasons
from coldchain.monitoring.telling_of_items import body, frame, id_of
from coldchain.records import Store, Transaction, alerts, dispositions, due_work, items, places, probes, readings
from coldchain.records.alerts import Alert
from coldchain.records.histories import History
from coldchain.records.items import LOOK
from coldchain.records.places import Location
from coldchain.records.reopening import item_reopened
from coldchain.records.whole_ways import Judged, judge_all
from coldchain.rulebook.book import parse_product

_log = logging.getLogger(__name__)

AT_ONCE = 50
"""So many items in one round, so that nothing else that is due waits for long."""

TRY_AGAIN_MS = 60_000
LATE_MS = 15 * 60_000
"""Readings older than this are looked at whatever they say: they may settle what was open, or tell of what was used."""

_UNJUDGED = "unjudged"
_EVEN_OF_WHAT_IS_GONE = (AlertKind.CERTAIN, AlertKind.DEADLINE, AlertKind.REOPENED)

Due = Mapping[int, int]
"""Since when each item is due, UTC ms, by its number."""


def look_at(store: Store, due: Due, now_ms: int, channels: AlertChannels) -> frozenset[int]:
    """Look at the items that are due; returns the ids of the locations they are at.

    Raises:
        StoreUnavailable: What was not done stays due.
    """
    chosen = sorted(due)[:AT_ONCE]
    if not chosen:
        return frozenset()
    with store.reading() as tx:
        histories = items.some(tx, chosen)
        found = _judged(tx, histories, now_ms)
    touched: set[int] = set()
    with store.transaction() as tx:
        for item_id in chosen:
            if due_work.when(tx, LOOK, str(item_id)) != due[item_id]:
                continue  # something happened to it while it was judged
            due_work.remove(tx, LOOK, str(item_id))
            if item_id in found:
                touched |= _tell(tx, item_id, found[item_id], now_ms, channels)
    return frozenset(touched)


def touch(tx: Transaction, touched: Mapping[int, int], now_ms: int) -> None:
    """Have items looked at that new readings may concern; those that are good by every test concern none.

    Args:
        tx: The transaction that stores the readings.
        touched: The earliest instant at which something new stands, by sensor id.
        now_ms: Now.
    """
    if not items.any_at_all(tx):
        return
    hanging = probes.hanging(tx, touched)
    late = min(touched.values(), default=now_ms) < now_ms - LATE_MS
    for location_id in places.locations_of(tx, touched):
        stored = items.ever_at(tx, location_id, ended=None if late else False)
        if not stored:
            continue
        here = [one for one in hanging if one.location_id == location_id]
        new = [(one, readings.trace(tx, one.sensor_id, touched[one.sensor_id] - 1).milli_c) for one in here]
        for one in stored:
            there = bool(here) and one.end is None and one.last.location_id == location_id
            if late or not (there and all(_good(one, probe, milli_c) for probe, milli_c in new)):
                items.look_soon(tx, one.item.id, now_ms)


def _good(history: History, probe: probes.Hanging, milli_c: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> bool:
    try:
        limits = frozen(history.item.product_file, history.item.product_id).stages[history.last.stage].limits
    except (RulebookError, KeyError):  # said when it is looked at; readings are stored whatever becomes of items
        return False
    return not any(bad_by_test(one, milli_c, probe.uncertainty_milli_c).perhaps.any() for one in limits)


@lru_cache(maxsize=256)
def frozen(text: str, product_id: str) -> Product:
    """The product that an item froze; its text was checked when it arrived."""
    return parse_product(text, f"{product_id} as it was when the item arrived")


def _judged(tx: Transaction, histories: Sequence[History], now_ms: int) -> dict[int, Judged | Exception]:
    """Each item judged up to a millisecond after now; or why it cannot be, which keeps no other from being."""
    try:
        asked = [(one, frozen(one.item.product_file, one.item.product_id)) for one in histories]
        return {one.history.item.id: one for one in judge_all(tx, asked, now_ms + 1)}
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - told to people by `_tell`; one item must not hold up the others
        if len(histories) == 1:
            _log.exception("item %d cannot be judged", histories[0].item.id)
            return {histories[0].item.id: error}
        return {item_id: each for one in histories for item_id, each in _judged(tx, [one], now_ms).items()}


def _tell(
    tx: Transaction, item_id: int, found: Judged | Exception, now_ms: int, channels: AlertChannels
) -> set[int]:  # fmt: skip
    """Raise what nobody was told of, clear what is no longer so, and say when to look again."""
    if isinstance(found, Exception):
        due_work.put(tx, LOOK, str(item_id), now_ms + TRY_AGAIN_MS)
        return _say_unjudged(tx, item_id, found, now_ms, channels)
    item = looked(found, now_ms)
    end = found.history.end
    again_ms = look_again_ms(item) if end is None else end.at_ms + LATE_MS
    if again_ms is not None and again_ms > now_ms:
        due_work.put(tx, LOOK, str(item_id), again_ms)
    here = _place(tx, found.history)
    told = alerts.of_item(tx, item_id)
    wanted = [*reasons(item), *_to_decide_anew(tx, found)]
    going_on = _going_on(told)
    kept = set() if item.over else {reason.about for reason in wanted}
    for about, alert in going_on.items():
        if about not in kept:
            alerts.clear(tx, alert.id, now_ms)
    for reason in wanted:
        ever = sum(_about(alert) == reason.about for alert in told)
        if item.over and (ever or reason.kind not in _EVEN_OF_WHAT_IS_GONE):
            continue
        if item.over or reason.about not in going_on:
            _raise(tx, found, reason, here, ever, now_ms, channels, late=item.over)
    return {here.id}


def _to_decide_anew(tx: Transaction, found: Judged) -> list[ItemReason]:
    """A decision on it that no longer rests on what is known."""
    signed = dispositions.of_item(tx, found.history.item.id)
    why = item_reopened(signed[-1], found) if signed else None
    if why is None:
        return []
    return [ItemReason(AlertKind.REOPENED, f"disposition-{signed[-1].id}/reopened", signed[-1].at_ms, said=why)]


def _raise(
    tx: Transaction, found: Judged, reason: ItemReason, here: Location, ever: int, now_ms: int,
    channels: AlertChannels, *, late: bool,
) -> None:  # fmt: skip
    history = found.history
    alert_id = id_of(history.item.id, reason.about, reason.since_ms, ever)
    told_by = _told_by_its_place(tx, history, reason)
    said = body(tx, history, found.product, reason, here, now_ms) | {"id": alert_id, "late": late, "told_by": told_by}
    alert = _alert(alert_id, reason.kind, history, here, reason.since_ms, now_ms, said, late=late)
    if alerts.raise_alert(tx, alert, () if told_by else channels) and late:
        alerts.clear(tx, alert_id, now_ms)


def _told_by_its_place(tx: Transaction, history: History, reason: ItemReason) -> str | None:
    """The alert by which the place has told the same already: that its temperature is out of range, or not known."""
    stay = next((stay for stay in reversed(history.stays) if stay.from_ms <= reason.since_ms), history.stays[0])
    if not reason.is_the_places or stay.location_id is None:
        return None
    as_much = {AlertKind.CERTAIN.value} if reason.kind is AlertKind.CERTAIN else _DOUBTS
    for alert in alerts.at_location(tx, stay.location_id, reason.since_ms):
        if alert.kind in as_much and alert.since_ms <= reason.since_ms:
            return alert.id
    return None


_DOUBTS = {AlertKind.CERTAIN.value, AlertKind.POSSIBLE.value, AlertKind.NO_DATA.value}


def _alert(
    alert_id: str, kind: AlertKind, history: History, here: Location, since_ms: int, now_ms: int,
    said: dict[str, object], *, late: bool,
) -> Alert:  # fmt: skip
    return Alert(
        id=alert_id, kind=kind.value, excursion_id=None, assignment_id=None, location_id=here.id, sensor_id=None,
        placement_id=None, since_ms=since_ms, raised_ms=now_ms, late=late, body=said, item_id=history.item.id,
    )  # fmt: skip


def _say_unjudged(
    tx: Transaction, item_id: int, error: Exception, now_ms: int, channels: AlertChannels
) -> set[int]:  # fmt: skip
    history = items.history(tx, item_id)
    told = alerts.of_item(tx, item_id)
    here = _place(tx, history)
    if _UNJUDGED in _going_on(told):
        return set()
    ever = sum(_about(alert) == _UNJUDGED for alert in told)
    alert_id, item = id_of(item_id, _UNJUDGED, now_ms, ever), history.item
    said = frame(AlertKind.NO_DATA, history, _UNJUDGED, here, now_ms, now_ms) | {
        "id": alert_id,
        "cause": _UNJUDGED,
        "limit": {"id": "", "words": f"Every limit of {item.product_id}."},
        "message": f"Item {item_id} ({item.kind} {item.name}): it cannot be judged by {item.product_id} ({error}).",
    }
    alert = _alert(alert_id, AlertKind.NO_DATA, history, here, now_ms, now_ms, said, late=False)
    alerts.raise_alert(tx, alert, channels)
    return {here.id}


def _going_on(told: Sequence[Alert]) -> dict[str, Alert]:
    return {_about(alert): alert for alert in told if alert.cleared_ms is None}


def _about(alert: Alert) -> str:
    return str(alert.body["item"]["about"])


def _place(tx: Transaction, history: History) -> Location:
    """Where it is, or on its way, where it was last; an item always begins at a location of ours."""
    names = [stay.location_name for stay in history.stays if stay.location_name is not None]
    found = places.location_named(tx, names[-1])
    assert found is not None  # noqa: S101 - a stay's location is a row
    return found
