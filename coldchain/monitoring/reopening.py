"""Saying that an excursion which a pharmacist decided on has changed: it is to be decided anew."""

import uuid

from coldchain.domain.alarm import AlertKind
from coldchain.domain.instant import minute
from coldchain.errors import NotFound
from coldchain.monitoring.adopted import with_adoption
from coldchain.monitoring.alert_words import about, about_excursion, where
from coldchain.monitoring.alerting import AlertChannels
from coldchain.records import Transaction, alerts, dispositions, excursions, ledger, units
from coldchain.records.alerts import Alert
from coldchain.records.reopening import excursion_reopened

_NAMES = uuid.UUID("6d1c2f1b-9d0e-4a3e-8a44-0d7a3c1f9e25")


def say_reopened(tx: Transaction, number: str, now_ms: int, channels: AlertChannels) -> int | None:
    """Tell it once for each revision that overtakes a decision; returns the id of the location."""
    try:
        found = excursions.numbered(tx, number)
    except NotFound:
        return None
    signed = dispositions.of_excursion(tx, found.id)
    why = excursion_reopened(signed[-1], found) if signed else None
    if why is None:
        return None
    unit = units.one(tx, found.assignment_id, found.placement_id)
    revision = "merged" if found.merged_into is not None else str(found.current.revision)
    alert_id = str(uuid.uuid5(_NAMES, f"{number}/{signed[-1].id}/{revision}"))
    known, limit = found.current.known, found.yardstick["limit"]
    message = (
        f"{where(unit)}: {number} is to be decided anew; {why}. It was decided by {signed[-1].full_name} "
        f"at {minute(signed[-1].at_ms)}."
    )
    body = about(unit, AlertKind.REOPENED, known.start_ms, now_ms) | about_excursion(number, known) | {
        "id": alert_id,
        "product": found.yardstick["product"],
        "limit": {"id": found.limit_id, "words": limit["words"]},
    } | with_adoption(tx, unit.product_id, unit.version, unit.sha256, message)  # fmt: skip
    alert = Alert(
        id=alert_id, kind=AlertKind.REOPENED.value, excursion_id=found.id, assignment_id=found.assignment_id,
        location_id=found.location_id, sensor_id=found.sensor_id, placement_id=found.placement_id,
        since_ms=known.start_ms, raised_ms=now_ms, late=False, body=body,
    )  # fmt: skip
    if alerts.raise_alert(tx, alert, channels):
        ledger.append(tx, now_ms, "disposition.reopened", number, {"disposition": signed[-1].id, "why": why})
        alerts.clear(tx, alert_id, now_ms)  # it is told once; that it waits for a decision stands on its page
    return found.location_id
