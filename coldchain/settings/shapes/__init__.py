"""The settings as values: frozen, with the defaults, and with secrets that never print."""

from dataclasses import dataclass, field

from coldchain.settings.shapes.alerts import Alerts, Devices, MailChannel, Security, WebhookChannel
from coldchain.settings.shapes.bounds import Bounds
from coldchain.settings.shapes.places import Location, Sensor
from coldchain.settings.shapes.record import Archive, RecordSettings
from coldchain.settings.shapes.secret import Secret
from coldchain.settings.shapes.ways_in import NATIVE_ROUTES, ApiToken, Http, Mode, Mqtt, Protocol, WebhookIn

__all__ = [
    "NATIVE_ROUTES",
    "Alerts",
    "ApiToken",
    "Archive",
    "Bounds",
    "Devices",
    "Http",
    "Location",
    "MailChannel",
    "Mode",
    "Mqtt",
    "Protocol",
    "RecordSettings",
    "Secret",
    "Security",
    "Sensor",
    "Settings",
    "Watch",
    "WebhookChannel",
    "WebhookIn",
]


@dataclass(frozen=True)
class Watch:
    """How the service itself is watched.

    Attributes:
        ping_url: Asked for while all is well; ``None``: nobody outside is told. May hold a token, so it is a secret.
        ping_every_ms: How often.
        log: ``text`` for people or ``json`` for programs.
    """

    ping_url: Secret | None = None
    ping_every_ms: int = 300_000
    log: str = "text"


@dataclass(frozen=True)
class Settings(RecordSettings):
    """Everything the service is told from outside.

    Attributes:
        public_url: The address of the pages in alerts, without a slash at the end.
        site_name: Shown on every page and printout.
        devices: When people are told of sensors that need somebody.
        bounds: How much one sender may bring.
        warn_before_ms: How long before a preparation's deadline somebody is warned, the longest first.
    """

    http: Http = field(default_factory=Http)
    mqtt: Mqtt = field(default_factory=Mqtt)
    locations: tuple[Location, ...] = ()
    alerts: Alerts = field(default_factory=Alerts)
    public_url: str = "http://127.0.0.1:8080"
    watch: Watch = Watch()
    devices: Devices = field(default_factory=Devices)
    bounds: Bounds = field(default_factory=Bounds)
    site_name: str = "Cold chain"
    warn_before_ms: tuple[int, ...] = (1_800_000, 300_000)

    @property
    def secure_cookies(self) -> bool:
        """Whether browsers reach the pages by HTTPS, so that cookies may travel by nothing else."""
        return self.public_url.startswith("https://")
