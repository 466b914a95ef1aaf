"""A message as a decoder sees it, and a reading as a decoder hands it on."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from coldchain.domain.quality import Fault
from coldchain.domain.temperature import Unit
from coldchain.errors import PayloadRefused

TIME_RECEIVED = "time=received"
"""The flag of a reading without a usable device time: it takes the time at which it was received (semantics §1)."""

UNIT_ASSUMED = "units=assumed"
"""The flag of a value whose unit neither the message nor the route says; its system's usual one is taken."""
BACKFILLED = "backfilled"
"""The flag of a reading that was stored on its way and sent later."""
BATTERY_LOW = "battery=low"
"""The flag of a sensor that says that its battery is low, and not how low."""

LONGEST_SENSOR = 200
LONGEST_CHANNEL = 100
"""What the record's columns hold, in characters."""

_UNPRINTABLE = ("Cc", "Cs")
"""Control characters, and halves of characters that no database takes."""


@dataclass(frozen=True)
class Message:
    """One MQTT message.

    Attributes:
        topic: As published.
        name: What the wildcards of the route's filter stand for in this topic; the sensor's name in most systems.
        tail: What the last wildcard stands for: the topic below the system's own base.
        payload: The bytes, as published.
        zone: The zone declared for device times that carry none; ``None`` where nobody declared one.
        unit: The unit declared for values that carry none.
        codec: The codec declared for LoRaWAN devices' bytes.
        received_ms: When it reached us, UTC ms; times relative to "now" start here.
        announced: What devices said of themselves before, by subject and topic: see `System.announces`.
    """

    topic: str
    name: str
    tail: str
    payload: bytes
    zone: ZoneInfo | None = None
    unit: Unit | None = None
    codec: str | None = None
    received_ms: int = 0
    announced: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Decoded:
    """One reading of a message; with a `fault` it is no temperature and belongs into quarantine.

    Attributes:
        sensor: The sensor's name, from the topic or the payload.
        channel: The probe of a sensor with several; empty for a sensor with one.
        measured_ms: When the device measured, UTC ms; ``None``: it did not say, and the receive time is taken.
        milli_c: The temperature, m°C; ``None`` where there is none. Sentinels keep theirs.
        fault: Why this is no temperature, or ``None``.
        text: What the device wrote, for the quarantine and for people.
        battery_pct: 0 to 100, where the device says so.
        flags: What else is known of it, such as ``time=received``.
        seq: The device's own sequence number.
        position: The reading's place in its message, from 0.
    """

    sensor: str
    channel: str
    measured_ms: int | None
    milli_c: int | None
    fault: Fault | None
    text: str
    battery_pct: int | None = None
    flags: tuple[str, ...] = ()
    seq: int | None = None
    position: int = 0


def damaged(sentence: str) -> PayloadRefused:
    """The refusal of a whole message that cannot be read."""
    return PayloadRefused("damaged", sentence)


def sensor_name(text: str, longest: int = LONGEST_SENSOR) -> str:
    """A name from a topic or a payload, checked: it goes into tables, pages and file names.

    Raises:
        PayloadRefused: It is empty, too long, or holds characters that do not print.
    """
    if not text:
        raise damaged("the topic names no sensor")
    return _printable(text, longest)


def channel_name(text: str) -> str:
    """A channel's name, checked like `sensor_name`; it may be empty."""
    return _printable(text, LONGEST_CHANNEL)


def _printable(text: str, longest: int) -> str:
    if len(text) > longest:
        raise damaged(f"a name of {len(text)} characters is too long; {longest} are allowed")
    if any(unicodedata.category(each) in _UNPRINTABLE for each in text):
        raise damaged(f"the name {text!a} holds characters that do not print")
    return text
