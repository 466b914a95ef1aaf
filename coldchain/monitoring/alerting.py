"""Who must hear of what: alerts, their outbox rows and their ledger entries, in the transaction that finds the reason.

An excursion is told once for each certainty (a possible one that becomes certain is told again), its end once, and a
sensor's silence once, whatever number of limits it concerns. What becomes known late is told once, marked late.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from coldchain.domain.alarm import AlertKind
from coldchain.domain.instant import iso
from coldchain.domain.product import Limit
from coldchain.domain.progress import Progress
from coldchain.monitoring.adopted import with_adoption
from coldchain.monitoring.alert_words import (
    UNJUDGED,
    about,
    about_excursion,
    back_words,
    called,
    doubt_words,
    last_reading,
    out_words,
    over_words,
    silence_words,
    where,
)
from coldchain.monitoring.rules import Rules, words
from coldchain.monitoring.still import Still, still_out
from coldchain.records import Transaction, alerts, continuing
from coldchain.records.alerts import Alert
from coldchain.records.excursions import Excursion, Known
from coldchain.records.units import Unit

AlertChannels = Sequence[tuple[str, str]]
"""Channel and target: ``("smtp", "pharmacy")``; each gets an outbox row of every alert."""

Intervals = Sequence[tuple[int, int]]

_NAMES = uuid.UUID("8a1a3d0e-6a07-4d0d-9c69-3f1c5a6a0b52")


@dataclass(frozen=True)
class Judged:
    """A unit being judged, and where what comes of it goes.

    Attributes:
        current: The sensor's last reading is no older than ``max_gap``.
        by_clock: The clock made us look; if not, and the last reading is old, what we learn is learned late.
        raised: The ids of the alerts raised, added to as they are.
        progresses: The judges of its limits, come to the last reading.
    """

    tx: Transaction
    unit: Unit
    rules: Rules
    now_ms: int
    channels: AlertChannels
    current: bool
    by_clock: bool
    raised: list[str]
    progresses: Sequence[Progress] = ()


def opened(judged: Judged, excursion: Excursion) -> None:
    """A new excursion; where it only goes on under other rules, who was told of it is not told again."""
    known = excursion.current.known
    told = {alert.kind for alert in _told_of(judged.tx, excursion)}
    if AlertKind.CERTAIN.value not in told and known.certainty not in told:
        _tell(judged, AlertKind(known.certainty), excursion, known)


def certain_now(judged: Judged, excursion: Excursion, known: Known) -> None:
    """What was possible has become certain."""
    if not any(alert.kind == AlertKind.CERTAIN.value for alert in _told_of(judged.tx, excursion)):
        _tell(judged, AlertKind.CERTAIN, excursion, known)


def ended(judged: Judged, excursion: Excursion, known: Known) -> None:
    """An excursion is over, or turned out to be none; who was told of it while it went on is told so."""
    if _went_on(judged, known) and continuing.goes_on_as(judged.tx, excursion) is not None:
        _clear(judged, alerts.of_excursion(judged.tx, excursion.id) if known.withdrawn else [])
        return  # the one that it goes on as speaks for both
    told = _told_of(judged.tx, excursion)
    _clear(judged, told)
    in_time = judged.current or not all(alert.late for alert in told)
    if told and in_time and not any(alert.kind == AlertKind.ENDED.value for alert in told):
        _tell(judged, AlertKind.ENDED, excursion, known)


def _went_on(judged: Judged, known: Known) -> bool:
    """Whether it was not over when the stay ended."""
    edge_ms = judged.rules.edges.end_ms
    return edge_ms is not None and (known.end_ms is None or known.end_ms > edge_ms)


def let_go(judged: Judged, excursion: Excursion) -> None:
    """Nobody knows whether an excursion is over: the sensor was taken away, and there is nothing to tell."""
    _clear(judged, _told_of(judged.tx, excursion))


def _told_of(tx: Transaction, excursion: Excursion) -> list[Alert]:
    """The alerts of an excursion, and of those that it goes on from, as far as they told as much."""
    told = alerts.of_excursion(tx, excursion.id)
    seen, before = {excursion.id}, continuing.goes_on_from(tx, excursion)
    while before is not None and before.id not in seen and covers(_bad(before), _bad(excursion)):
        told = alerts.of_excursion(tx, before.id) + told
        seen.add(before.id)
        excursion, before = before, continuing.goes_on_from(tx, before)
    return told


def covers(told: Intervals, now: Intervals) -> bool:
    """Whether being out of range by ``told`` is being so by ``now``: bad temperatures, m°C, both ends included."""
    return all(any(low <= first and last <= high for low, high in now) for first, last in told)


def _bad(excursion: Excursion) -> Intervals:
    return [(low, high) for low, high in excursion.yardstick["limit"]["bad_milli_c"]]


def _clear(judged: Judged, told: Sequence[Alert]) -> None:
    for alert in told:
        if alert.cleared_ms is None:
            alerts.clear(judged.tx, alert.id, judged.now_ms)


def merged(judged: Judged, excursion: Excursion) -> None:
    """An excursion turned out to be part of an older one, which goes on speaking for both."""
    _clear(judged, alerts.of_excursion(judged.tx, excursion.id))


def standing(judged: Judged) -> list[Alert]:
    """The alerts of this sensor's stay whose reason still holds."""
    return alerts.uncleared(judged.tx, judged.unit.placement_id)


def silent(judged: Judged, stand: Sequence[Alert], progress: Progress) -> None:
    """A limit can no longer be shown to be kept because nothing is received; one alert a silence."""
    if any(alert.kind == AlertKind.NO_DATA.value for alert in stand):
        return
    since_ms = judged.unit.from_ms if progress.last is None else progress.last[0]
    body = _body(judged, AlertKind.NO_DATA, since_ms, progress.limit, late=False) | {
        "message": silence_words(judged.unit, since_ms, progress),
        "last_reading": last_reading(progress),
    }
    _raise(judged, AlertKind.NO_DATA, f"no-data/{since_ms}", since_ms, body, late=False)


def doubtful(judged: Judged, stand: Sequence[Alert], progress: Progress) -> None:
    """A limit can no longer be shown to be kept because readings lie within the probe's uncertainty of it."""
    if _doubts(stand) or progress.last is None:
        return
    since_ms = progress.last[0]
    body = _body(judged, AlertKind.POSSIBLE, since_ms, progress.limit, late=False) | {
        "certainty": AlertKind.POSSIBLE.value,
        "message": doubt_words(judged.unit, since_ms, progress),
        "last_reading": last_reading(progress),
    }
    _raise(judged, AlertKind.POSSIBLE, f"doubt/{since_ms}", since_ms, body, late=False)


def doubt_is_over(judged: Judged, stand: Sequence[Alert]) -> None:
    """The readings are clear of the limit again; nobody is woken for it."""
    for alert in _doubts(stand):
        alerts.clear(judged.tx, alert.id, judged.now_ms)


def _doubts(stand: Sequence[Alert]) -> list[Alert]:
    return [alert for alert in stand if alert.kind == AlertKind.POSSIBLE.value and alert.excursion_id is None]


def unjudged(tx: Transaction, unit: Unit, error: Exception, now_ms: int, channels: AlertChannels) -> list[str]:
    """A unit cannot be judged, so nothing can be shown to be kept there; one alert until it can."""
    if alerts.uncleared(tx, unit.placement_id, AlertKind.NO_DATA.value):
        return []
    body = {
        **about(unit, AlertKind.NO_DATA, now_ms, now_ms),
        "product": {"id": unit.product_id, "name": unit.product_id, "version": unit.version, "sha256": unit.sha256},
        "limit": {"id": "", "words": f"Every limit of {unit.product_id}, {unit.stage}."},
        "cause": UNJUDGED,
    }
    message = f"{where(unit)}: readings are stored but cannot be judged by {unit.product_id} ({error})."
    body |= with_adoption(tx, unit.product_id, unit.version, unit.sha256, message)
    alert_id = _id(unit, f"{UNJUDGED}/{now_ms}")
    alert = _alert(unit, alert_id, AlertKind.NO_DATA, now_ms, now_ms, body, late=False)
    return [alert_id] if alerts.raise_alert(tx, alert, channels) else []


def silence_is_over(judged: Judged, stand: Sequence[Alert], *, tell: bool) -> None:
    """Data return, or nobody waits for them any more."""
    for alert in [alert for alert in stand if alert.kind == AlertKind.NO_DATA.value]:
        alerts.clear(judged.tx, alert.id, judged.now_ms)
        if tell:
            body = dict(alert.body) | {
                "kind": AlertKind.ENDED.value,
                "raised_at": iso(judged.now_ms),
                "end": iso(judged.now_ms),
                "message": back_words(judged.unit, alert),
            }
            told = _raise(judged, AlertKind.ENDED, f"data-again/{alert.id}", alert.since_ms, body, late=False)
            alerts.clear(judged.tx, told, judged.now_ms)


def _tell(judged: Judged, kind: AlertKind, excursion: Excursion, known: Known) -> None:
    limit = next(one for one in judged.rules.limits if one.id == excursion.limit_id)
    late = kind is not AlertKind.ENDED and (known.end_ms is not None or not (judged.current or judged.by_clock))
    before = continuing.goes_on_from(judged.tx, excursion)
    still = _still(judged, known) if kind is AlertKind.ENDED else []
    body = (
        _body(judged, kind, known.start_ms, limit, late=late)
        | about_excursion(excursion.number, known)
        | {
            "continues": None if before is None else before.number,
            "still": [asdict(one) for one in still],
            "message": _sentence(judged, kind, called(excursion, before), known, limit, still),
        }
    )
    name = f"{excursion.number}/{kind.value}"
    told = _raise(judged, kind, name, known.start_ms, body, late=late, excursion=excursion)
    if kind is AlertKind.ENDED or known.end_ms is not None:
        alerts.clear(judged.tx, told, judged.now_ms)


def _sentence(judged: Judged, kind: AlertKind, name: str, known: Known, limit: Limit, still: Sequence[Still]) -> str:
    if kind is AlertKind.ENDED:
        return over_words(judged.unit, name, known, limit, still, judged.rules.edges.end_ms, judged.now_ms)
    return out_words(judged.unit, kind, name, known, limit)


def _still(judged: Judged, known: Known) -> list[Still]:
    if known.withdrawn or judged.rules.edges.end_ms is not None:  # another stay's judge knows how it is now
        return []
    return still_out(judged.tx, judged.unit, judged.progresses, judged.now_ms)


def _raise(
    judged: Judged, kind: AlertKind, name: str, since_ms: int, body: dict[str, Any], *, late: bool,
    excursion: Excursion | None = None,
) -> str:  # fmt: skip
    unit = judged.unit
    product = judged.rules.product
    adoption = with_adoption(judged.tx, product.id, product.version, product.sha256, str(body["message"]))
    alert_id, said = _id(unit, name), body | adoption
    alert = _alert(unit, alert_id, kind, since_ms, judged.now_ms, said, late=late, excursion=excursion)
    if alerts.raise_alert(judged.tx, alert, judged.channels):
        judged.raised.append(alert_id)
    return alert_id


def _id(unit: Unit, name: str) -> str:
    return str(uuid.uuid5(_NAMES, f"{unit.location_name}/{unit.subject}/{name}"))


def _alert(
    unit: Unit, alert_id: str, kind: AlertKind, since_ms: int, raised_ms: int, body: dict[str, Any], *, late: bool,
    excursion: Excursion | None = None,
) -> Alert:  # fmt: skip
    return Alert(
        id=alert_id, kind=kind.value, excursion_id=excursion.id if excursion else None,
        assignment_id=unit.assignment_id, location_id=unit.location_id, sensor_id=unit.sensor_id,
        placement_id=unit.placement_id, since_ms=since_ms, raised_ms=raised_ms, late=late,
        body=body | {"id": alert_id},
    )  # fmt: skip


def _body(judged: Judged, kind: AlertKind, since_ms: int, limit: Limit, *, late: bool) -> dict[str, Any]:
    product = judged.rules.product
    return about(judged.unit, kind, since_ms, judged.now_ms) | {
        "late": late,
        "product": {"id": product.id, "name": product.name, "version": product.version, "sha256": product.sha256},
        "limit": {"id": limit.id, "words": words(limit)},
    }
