"""One notice a day of what is the matter with sensors: to be read over a cup of coffee, not at three in the morning.

It is an alert like others, in the outbox of the transaction that marks what it tells: told once, also over a restart.
"""

import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from coldchain.domain.devices import Complaint
from coldchain.domain.instant import iso
from coldchain.domain.natural import natural
from coldchain.domain.telling import due_ms
from coldchain.records import Store, alerts, device_findings
from coldchain.records.alerts import Alert
from coldchain.records.device_findings import Finding

SCHEMA = "coldchain.devices/1"
KIND = "devices"
MOST_TOLD = 200
"""In one notice; a site with more of them needs the page, not a longer mail. The rest is told the next day."""

CANNOT_WAIT = frozenset({Complaint.RATE.value})
"""Told as soon as it is found: a sensor that sends thousands of readings a minute fills the disk overnight."""

_NAMES = uuid.UUID("0d4f3c52-3a1e-4a52-9a44-2f0c6b0c7e11")


def tell(
    store: Store, now_ms: int, minute: int | None, zone: ZoneInfo, targets: Sequence[tuple[str, str]]
) -> str | None:  # fmt: skip
    """Write the notice of what nobody has been told of, if its time has come; returns its id.

    Args:
        store: The record.
        now_ms: Now, UTC ms.
        minute: Of the site's day at which people are told; ``None``: at once.
        zone: The site's.
        targets: Who gets an outbox row; none: nobody is told.
    """
    if not targets:
        return None
    with store.reading() as tx:
        if not _to_tell(device_findings.untold(tx), now_ms, minute, zone):
            return None
    with store.transaction() as tx:
        now = _to_tell(device_findings.untold(tx), now_ms, minute, zone)
        if not now:
            return None
        some = sorted(now[:MOST_TOLD], key=_in_order)
        notice = _alert(some, now_ms)
        alerts.raise_alert(tx, notice, targets)
        device_findings.told(tx, some, now_ms)
        return notice.id


def _to_tell(untold: Sequence[Finding], now_ms: int, minute: int | None, zone: ZoneInfo) -> Sequence[Finding]:
    """What is to be told now: at its time everything, before that only what cannot wait for a morning."""
    if _due(untold, now_ms, minute, zone):
        return untold
    return [each for each in untold if each.complaint in CANNOT_WAIT and each.cleared_ms is None]


def _due(untold: Sequence[Finding], now_ms: int, minute: int | None, zone: ZoneInfo) -> bool:
    """Whether the oldest of them is to be told; a clock that was set back since it was found does not delay it."""
    known_ms = [each.raised_ms if each.cleared_ms is None else each.cleared_ms for each in untold]
    return bool(known_ms) and due_ms(min(min(known_ms), now_ms), minute, zone) <= now_ms


def _alert(some: Sequence[Finding], now_ms: int) -> Alert:
    """The notice; as an alert it is kept with the place of its first finding, and is over as soon as it is told."""
    name = ",".join(f"{each.id}{'+' if each.cleared_ms is not None else ''}" for each in some)
    notice_id = str(uuid.uuid5(_NAMES, name))
    since_ms = min(each.since_ms for each in some)
    body = {
        "schema": SCHEMA, "id": notice_id, "kind": KIND, "raised_at": iso(now_ms), "since": iso(since_ms),
        "found": [_about(each) for each in some if each.cleared_ms is None],
        "over": [_about(each) for each in some if each.cleared_ms is not None],
        "link": "/sensors",
    }  # fmt: skip
    return Alert(
        id=notice_id, kind=KIND, excursion_id=None, assignment_id=None, location_id=some[0].location_id,
        sensor_id=None, placement_id=None, since_ms=since_ms, raised_ms=now_ms, late=False, body=body,
        cleared_ms=now_ms,
    )  # fmt: skip


def _in_order(found: Finding) -> tuple[object, ...]:
    """All batteries together, all calibrations together, each by place."""
    return _ORDER.index(found.complaint), natural(found.location_title, found.title)


_ORDER = [each.value for each in Complaint]


def _about(found: Finding) -> dict[str, Any]:
    return {
        "sensor": {"name": found.sensor, "channel": found.channel},
        "location": {"name": found.location, "title": found.location_title},
        "complaint": found.complaint,
        "since": iso(found.since_ms),
        "sentence": found.sentence,
    }
