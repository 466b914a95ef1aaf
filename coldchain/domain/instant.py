"""Instants: whole milliseconds since 1970 in UTC, and how they are read and written."""

from datetime import UTC, datetime, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def utc(at_ms: int) -> datetime:
    """An instant as an aware datetime."""
    return EPOCH + at_ms * _MILLISECOND


def iso(at_ms: int) -> str:
    """An instant as programs read it: ``2026-11-21T10:00:00.000Z``."""
    return utc(at_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minute(at_ms: int) -> str:
    """An instant for people, to the minute: ``2026-11-21 10:00 UTC``."""
    return utc(at_ms).strftime("%Y-%m-%d %H:%M UTC")


def instant_ms(text: str, zone: tzinfo) -> int:
    """The instant that a text states: ISO 8601; without an offset it is a time in ``zone``.

    Raises:
        ValueError: The text is no such instant.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return (moment - EPOCH) // _MILLISECOND
