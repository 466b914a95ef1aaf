"""When people are told of what can wait until the day: once a day, all of it at once."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_ms(since_ms: int, minute: int | None, zone: ZoneInfo) -> int:
    """When something known since then is told.

    Args:
        since_ms: UTC ms.
        minute: Of the zone's day; ``None``: at once.
        zone: By whose clock. A time that a day skips is the one an hour later; one that it has twice is the first.

    Returns:
        UTC ms, not before ``since_ms``.
    """
    if minute is None:
        return since_ms
    local = datetime.fromtimestamp(since_ms / 1000, UTC).astimezone(zone)
    for days in (0, 1, 2):
        wall = datetime.combine(local.date() + timedelta(days=days), time(minute // 60, minute % 60), zone)
        at_ms = round(wall.timestamp() * 1000)
        if at_ms >= since_ms:
            return at_ms
    raise AssertionError("a day later than the day after is later")  # pragma: no cover
