"""What a channel is: something that takes one alert, or says that it did not and whether trying again can help."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from coldchain.domain.duration import about, at_least, at_most

Body = Mapping[str, Any]
"""A ``coldchain.alert/1`` body, as frozen when the alert was raised, with ``link`` added."""

_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffef]+")


class Channel(Protocol):
    """One way to tell somebody."""

    @property
    def in_order(self) -> bool:
        """Whether an alert may only be sent after every earlier one: where the last one sent is what stands."""

    def send(self, alert_id: str, body: Body) -> str:
        """Hand over one alert; when it returns, the receiver has taken it.

        Args:
            alert_id: Stable: a receiver tells repeats by it.
            body: What is known.

        Returns:
            What the receiver said, for the record.

        Raises:
            DeliveryFailed: It was not taken; ``retry`` says whether it may be later.
        """


def one_line(text: str, longest: int = 300) -> str:
    """What somebody else's program said, fit for a line of the record."""
    cleaned = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return cleaned if len(cleaned) <= longest else cleaned[: longest - 1] + "…"


def how_long(duration_s: Mapping[str, float]) -> str:
    """Three durations, seconds, in words: never longer than sure, never shorter than possible."""
    least, estimate, most = (round(duration_s[name] * 1000) for name in ("at_least", "estimate", "at_most"))
    return f"at least {at_least(least)}, at most {at_most(most)} (estimate {about(estimate)})"


def where(body: Body) -> str:
    """The place that a body is about, as people call it."""
    return one_line(str(body["location"].get("title") or body["location"]["name"]), 120)


def local_time(instant: str, zone: ZoneInfo) -> str:
    """An instant of a body, ISO 8601, to the minute in the site's zone: ``2026-11-21 02:14 CET``."""
    return datetime.fromisoformat(instant).astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
