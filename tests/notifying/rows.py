"""A record with one location and one sensor, and alerts raised in it."""

from collections.abc import Mapping
from typing import Any

from coldchain.records import Store, alerts, places
from coldchain.records.alerts import Alert, Targets
from tests.empty import empty_store

T0 = 1_795_000_000_000
"""2026-11-18 11:06:40 UTC."""

BODY: Mapping[str, Any] = {
    "schema": "coldchain.alert/1",
    "id": "a-1",
    "kind": "certain",
    "late": False,
    "raised_at": "2026-11-21T01:16:00.000Z",
    "since": "2026-11-21T01:14:00.000Z",
    "end": None,
    "location": {"name": "ward-3", "title": "Ward 3 refrigerator"},
    "sensor": {"name": "fridge-3", "channel": ""},
    "product": {"id": "lemtrada", "name": "Lemtrada", "version": 2, "sha256": "0" * 64},
    "stage": "unopened",
    "limit": {"id": "above-8", "words": "above 8 °C: not at all"},
    "excursion": "2026-0142",
    "certainty": "certain",
    "withdrawn": False,
    "duration_s": {"at_least": 1500.0, "estimate": 1800.0, "at_most": 2100.0},
    "extreme_c": 9.4,
    "last_reading": None,
    "message": "Ward 3 refrigerator: out of range",
    "link": "/excursions/2026-0142",
}


def a_store() -> Store:
    """An empty record in memory."""
    return empty_store()


def raise_one(
    store: Store, targets: Targets, alert_id: str = "a-1", raised_ms: int = T0, **changes: Any
) -> dict[str, Any]:
    """An alert with an outbox row a target; returns its body."""
    body = {**BODY, "id": alert_id, **changes}
    with store.transaction() as tx:
        location_id = places.put_location(tx, "ward-3", "Ward 3 refrigerator")
        sensor_id = places.put_sensor(tx, "fridge-3", now_ms=T0)
        placement_id = places.place(tx, sensor_id, location_id, raised_ms, raised_ms)
        alerts.raise_alert(
            tx,
            Alert(
                id=alert_id, kind=body["kind"], excursion_id=None, assignment_id=None, location_id=location_id,
                sensor_id=sensor_id, placement_id=placement_id, since_ms=raised_ms, raised_ms=raised_ms, late=False,
                body=body,
            ),
            targets,
        )  # fmt: skip
    return body


def outbox(store: Store, alert_id: str = "a-1") -> list[tuple[str, str, str, int, int, str | None]]:
    """``(channel, target, state, attempts, due_ms, last detail)`` of an alert."""
    with store.reading() as tx:
        return [
            (row["channel"], row["target"], row["state"], row["attempts"], row["due_ms"], row["detail"])
            for row in alerts.deliveries(tx, alert_id)
        ]
