"""What is said of the service itself: a part of it that does not work, that works again, or something that was lost.

These notices do not pass the outbox: what they are about may be the database. Their body is ``coldchain.service/1``.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from coldchain.notifying.channel import local_time, one_line

SCHEMA = "coldchain.service/1"
TROUBLE, OVER, EVENT = "trouble", "over", "event"

_NAMES = {
    "store": "the database",
    "broker": "the MQTT broker",
    "ingest": "taking in readings",
    "canary": "the way in",
    "clock": "what is due by the clock",
    "notifying": "delivering alerts",
    "time": "this machine's clock",
}


def is_about_service(body: Mapping[str, Any]) -> bool:
    """Whether a body is one of these, and not an alert's."""
    return body.get("schema") == SCHEMA


def subject(body: Mapping[str, Any], zone: ZoneInfo) -> str:
    """One line: ``coldchain itself: the database does not work since 2026-11-21 02:14 CET``."""
    part = _NAMES.get(str(body["part"]), one_line(str(body["part"]), 60))
    since = local_time(str(body["since"]), zone)
    said = {TROUBLE: f"does not work since {since}", OVER: f"works again; it did not since {since}"}
    return f"coldchain itself: {part} {said.get(str(body['kind']), f'needs a look, {since}')}"


def text(body: Mapping[str, Any], zone: ZoneInfo) -> str:
    """The whole message, plain text."""
    lines = [f"{subject(body, zone)}.", "", one_line(str(body["detail"]), 500)]
    if body["kind"] == TROUBLE:
        lines.append("As long as this lasts, readings may wait and excursions go unnoticed: watch the temperatures.")
    lines += ["", str(body["link"]), "", f"Notice {body['id']}. If it comes twice, it has the same number."]
    return "\n".join(lines) + "\n"
