"""Looking at a preparation: who must hear of its clocks and its storage, and when to look again.

Each look is one transaction: it judges the preparation by what the record holds, raises and clears its alerts, and
sets the next moment in the table of due work. A restart between two looks forgets nothing and repeats nothing.
"""

import logging
import uuid
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, assert_never

from coldchain.domain.alarm import AlertKind
from coldchain.domain.duration import format_duration, milliseconds
from coldchain.domain.instant import iso
from coldchain.domain.preparation import Equilibrated
from coldchain.domain.product import Deadline, Limit, Product
from coldchain.domain.verdict import Certainty
from coldchain.errors import StoreUnavailable
from coldchain.monitoring.adopted import with_adoption
from coldchain.monitoring.alert_words import SCHEMA
from coldchain.monitoring.alerting import AlertChannels
from coldchain.monitoring.reasons import WARN_BEFORE_MS, Looked, Reason, look_again_ms, reasons
from coldchain.monitoring.rules import words
from coldchain.records import Transaction, alerts, due_work, places, preparations
from coldchain.records.alerts import Alert
from coldchain.records.places import Location
from coldchain.records.preparations import LOOK
from coldchain.records.prepared import Prepared, prepared
from coldchain.records.store import savepoint
from coldchain.rulebook.book import parse_product
from coldchain.rulebook.words import event_words

_log = logging.getLogger(__name__)
_NAMES = uuid.UUID("5b0f3c52-6d5e-4b0c-8a43-0c3c0d6a7e11")

TRY_AGAIN_MS = 60_000
_UNJUDGED = "unjudged"


def look_or_say(
    tx: Transaction, number: str, now_ms: int, channels: AlertChannels, warn_before_ms: Sequence[int] = WARN_BEFORE_MS
) -> int | None:
    """`look`; but where that fails, people are told, it is tried again, and nothing else that is due waits for it."""
    try:
        with savepoint(tx):
            return look(tx, number, now_ms, channels, warn_before_ms)
    except StoreUnavailable:
        raise  # nothing is wrong with the preparation: what is due stays due
    except Exception as error:  # noqa: BLE001 - logged and told; one preparation must not hold up the others
        _log.exception("preparation %s cannot be judged", number)
        due_work.put(tx, LOOK, number, now_ms + TRY_AGAIN_MS)
        return _say_unjudged(tx, number, error, now_ms, channels)


def look(
    tx: Transaction, number: str, now_ms: int, channels: AlertChannels, warn_before_ms: Sequence[int] = WARN_BEFORE_MS
) -> int | None:
    """Look at a preparation now; returns the id of the location it is at, ``None`` where it has no course.

    Args:
        tx: The transaction.
        number: Which.
        now_ms: Now.
        channels: Who gets an outbox row of every alert.
        warn_before_ms: How long before a deadline somebody is warned.

    Raises:
        NotFound: There is no such preparation.
    """
    found = preparations.one(tx, number)
    whole = prepared(tx, found, frozen(found.product_file, found.product_id), now_ms)
    place = whole.place_at(now_ms)
    here = None if place is None else places.location_named(tx, str(place.location))
    if here is None:
        return None
    over = whole.over_ms is not None
    looked = Looked(now_ms, whole.judged(now_ms).clocks, whole.judged(now_ms + 1))
    _tell(tx, whole, here, reasons(looked, warn_before_ms), now_ms, channels, over=over)
    again_ms = None if over else look_again_ms(looked, warn_before_ms)
    if again_ms is None:
        due_work.remove(tx, LOOK, number)
    else:
        due_work.put(tx, LOOK, number, again_ms)
    return here.id


def _say_unjudged(tx: Transaction, number: str, error: Exception, now_ms: int, channels: AlertChannels) -> int | None:
    found = preparations.one(tx, number)
    said = [entry for entry in preparations.course_of(preparations.events(tx, found.id)) if entry.location]
    here = places.location_named(tx, str(said[-1].location)) if said else None
    told = alerts.of_preparation(tx, found.id)
    if here is None or any(one.cleared_ms is None and one.body["preparation"]["about"] == _UNJUDGED for one in told):
        return None
    alert_id = str(uuid.uuid5(_NAMES, f"{number}/{_UNJUDGED}/{now_ms}"))
    body = _frame(AlertKind.NO_DATA, here, now_ms, now_ms, number) | {
        "id": alert_id,
        "product": {
            "id": found.product_id,
            "name": found.product_id,
            "version": found.version,
            "sha256": found.sha256,
        },
        "limit": {"id": "", "words": f"Every clock and condition of {found.product_id}."},
        "preparation": {"number": number, "item": found.item, "about": _UNJUDGED, "deadline": None},
    }
    message = f"{number}: it cannot be judged ({error}); keep its clocks by hand."
    body |= with_adoption(tx, found.product_id, found.version, found.sha256, message)
    _put(tx, found.id, alert_id, AlertKind.NO_DATA, here, now_ms, now_ms, body, channels, late=False)
    return here.id


@lru_cache(maxsize=64)
def frozen(text: str, product_id: str) -> Product:
    """The product that a preparation froze; its text was checked when it was started."""
    return parse_product(text, f"{product_id} as frozen")


def _tell(
    tx: Transaction, whole: Prepared, here: Location, wanted: Sequence[Reason], now_ms: int, channels: AlertChannels,
    *, over: bool,
) -> None:  # fmt: skip
    """Raise what nobody was told of, clear what is no longer so; at its end a preparation asks nothing of anybody."""
    told = alerts.of_preparation(tx, whole.preparation.id)
    going_on = {alert.body["preparation"]["about"]: alert for alert in told if alert.cleared_ms is None}
    asked = {} if over else {reason.about: reason for reason in wanted}
    for about, alert in going_on.items():
        if about not in asked:
            alerts.clear(tx, alert.id, now_ms)
    ever = {alert.body["preparation"]["about"] for alert in told}
    for reason in wanted:
        if over and (reason.kind not in (AlertKind.DEADLINE, AlertKind.CERTAIN) or reason.about in ever):
            continue
        if reason.about not in going_on:
            _raise(tx, whole, here, reason, now_ms, channels, over=over)


def _raise(
    tx: Transaction, whole: Prepared, here: Location, reason: Reason, now_ms: int, channels: AlertChannels, *,
    over: bool,
) -> None:  # fmt: skip
    found = whole.preparation
    alert_id = str(uuid.uuid5(_NAMES, f"{found.number}/{reason.about}/{reason.since_ms}"))
    body = _body(whole, here, reason, now_ms) | {"id": alert_id, "late": over}
    body |= with_adoption(tx, found.product_id, found.version, found.sha256, str(body["message"]))
    raised = _put(
        tx, found.id, alert_id, reason.kind, here, reason.since_ms, now_ms, body, channels, late=over
    )  # fmt: skip
    if raised and over:
        alerts.clear(tx, alert_id, now_ms)


def _put(
    tx: Transaction, preparation_id: int, alert_id: str, kind: AlertKind, here: Location, since_ms: int, now_ms: int,
    body: dict[str, Any], channels: AlertChannels, *, late: bool,
) -> bool:  # fmt: skip
    alert = Alert(
        id=alert_id, kind=kind.value, excursion_id=None, assignment_id=None, location_id=here.id, sensor_id=None,
        placement_id=None, since_ms=since_ms, raised_ms=now_ms, late=late, body=body, preparation_id=preparation_id,
    )  # fmt: skip
    return alerts.raise_alert(tx, alert, channels)


def _frame(kind: AlertKind, here: Location, since_ms: int, now_ms: int, number: str) -> dict[str, Any]:
    """What every alert of a preparation holds; its clocks need no sensor, so it names none."""
    return {
        "schema": SCHEMA,
        "kind": kind.value,
        "late": False,
        "raised_at": iso(now_ms),
        "since": iso(since_ms),
        "end": None,
        "location": {"name": here.name, "title": here.title},
        "sensor": None,
        "stage": "",
        "excursion": None,
        "certainty": None,
        "withdrawn": False,
        "duration_s": None,
        "extreme_c": None,
        "last_reading": None,
        "link": f"/preparations/{number}",
    }


def _body(whole: Prepared, here: Location, reason: Reason, now_ms: int) -> dict[str, Any]:
    found, product, bounds = whole.preparation, whole.product, reason.bounds
    certainty = {AlertKind.CERTAIN: Certainty.CERTAIN, AlertKind.POSSIBLE: Certainty.POSSIBLE}.get(reason.kind)
    body = _frame(reason.kind, here, reason.since_ms, now_ms, found.number) | {
        "product": {"id": product.id, "name": product.name, "version": product.version, "sha256": product.sha256},
        "stage": reason.stage,
        "limit": _limit(reason.what),
        "certainty": None if certainty is None else certainty.value,
        "preparation": {
            "number": found.number,
            "item": found.item,
            "about": reason.about,
            "deadline": None if reason.deadline_ms is None else iso(reason.deadline_ms),
        },
        "message": f"{name_of(whole)}: {_sentence(reason)}",
    }
    if bounds is not None:
        triple = (bounds.at_least_ms, bounds.estimate_ms, bounds.at_most_ms)
        names = ("at_least", "estimate", "at_most")
        body["duration_s"] = {name: each / 1000 for name, each in zip(names, triple, strict=True)}
    return body


def name_of(whole: Prepared) -> str:
    """Number, product and item: ``P-2026-0007 Besponsa, vial 3``."""
    item = f", {whole.preparation.item}" if whole.preparation.item else ""
    return f"{whole.preparation.number} {whole.product.name.partition(' (')[0]}{item}"


def _limit(what: Deadline | Limit | Equilibrated) -> dict[str, str]:
    match what:
        case Deadline(begins, ends, within):
            said = f"From {event_words(begins)} to {event_words(ends)} at most {format_duration(milliseconds(within))}."
            return {"id": what.id, "words": said}
        case Limit():
            return {"id": what.id, "words": words(what)}
        case Equilibrated():
            said = f"After {what.condition} {format_duration(what.needed_ms)} at room temperature directly before use."
            return {"id": f"equilibration-after-{what.condition}", "words": said}
        case _:
            assert_never(what)


def _sentence(reason: Reason) -> str:
    rule = _limit(reason.what)["words"]
    match reason.kind:
        case AlertKind.WARNING:
            assert reason.deadline_ms is not None  # noqa: S101 only deadlines warn
            left = format_duration(reason.deadline_ms - reason.since_ms)
            return f"{_due(reason)} by {_moment(reason.deadline_ms)}, in less than {left}. {rule}"
        case AlertKind.DEADLINE:
            assert reason.deadline_ms is not None  # noqa: S101 only deadlines pass
            return f"{_due(reason)} by {_moment(reason.deadline_ms)}; that has passed. {rule}"
        case AlertKind.CERTAIN:
            return f"storage is violated ({reason.stage}). {rule}"
        case AlertKind.POSSIBLE:
            return f"storage can no longer be shown to be kept ({reason.stage}). {rule}"
        case _:
            return f"storage cannot be shown to be kept: no data since {_moment(reason.since_ms)} ({reason.stage})."


def _due(reason: Reason) -> str:
    ends = reason.what.ends if isinstance(reason.what, Deadline) else ""
    return f"'{event_words(ends)}' is due"


def _moment(at_ms: int) -> str:
    return iso(at_ms).replace("T", " ")[:16] + " UTC"
