"""Who is told, how, and of what."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coldchain.settings.shapes.secret import Secret

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class MailChannel:
    """E-mail by one SMTP server.

    Attributes:
        name: The channel's name in pages and records.
        security: ``starttls`` (port 587), ``tls`` from the first byte (port 465), or ``none``.
        ca_file: Which authority signed the server's certificate; ``None`` for the system's.
        sender, to: Addresses.
        devices: Whether it is told of what is the matter with sensors themselves, too.
    """

    name: str
    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    security: Security = "starttls"
    ca_file: Path | None = None
    user: str | None = None
    password: Secret | None = None
    timeout_s: float = 15.0
    devices: bool = True


@dataclass(frozen=True)
class WebhookChannel:
    """An HTTP address that takes ``coldchain.alert/1`` bodies.

    Attributes:
        name: The channel's name in pages and records.
        url: May itself hold a token, so it is a secret.
        secret: The key of the HMAC-SHA256 signature, if the receiver checks one.
        ca_file: Which authority signed the receiver's certificate; ``None`` for the system's.
        devices: Whether it is told of what is the matter with sensors themselves, too.
    """

    name: str
    url: Secret
    secret: Secret | None = None
    ca_file: Path | None = None
    timeout_s: float = 10.0
    devices: bool = True


@dataclass(frozen=True)
class Alerts:
    """Who is told, and how."""

    mail: tuple[MailChannel, ...] = ()
    webhooks: tuple[WebhookChannel, ...] = ()
    mqtt: bool = True


@dataclass(frozen=True)
class Devices:
    """When people are told that a sensor itself needs somebody.

    Attributes:
        tell_at_minute: Once a day at this minute of the site's day; ``None``: as soon as it is found.
        tell: Whether anybody is told at all; the pages show it either way.
        low_battery_pct: At how much a battery is low.
        calibration_notice_days: How long before its day a calibration is spoken of.
    """

    tell_at_minute: int | None = 8 * 60
    tell: bool = True
    low_battery_pct: int = 20
    calibration_notice_days: int = 30
