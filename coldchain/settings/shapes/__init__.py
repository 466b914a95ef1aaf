"""The settings as values: frozen, with the defaults, and with secrets that never print."""

from dataclasses import dataclass, field
from pathlib import Path

from coldchain.errors import ColdchainError
from coldchain.settings.shapes.alerts import Alerts, Devices, MailChannel, Security, WebhookChannel
from coldchain.settings.shapes.bounds import Bounds
from coldchain.settings.shapes.places import Location, Sensor
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
class Archive:
    """Where readings of long ago go.

    Attributes:
        after_ms: How old a day is when its readings are moved from the database into a file; ``None``: they never are.
        folder: Where the files lie; ``None`` for a folder beside the SQLite file.
        keep_ms: For how long readings have to be kept; what is older, and what nothing rests on, may be removed by
            ``coldchain retention``. ``None``: for ever.
    """

    after_ms: int | None = None
    folder: Path | None = None
    keep_ms: int | None = None


@dataclass(frozen=True)
class Settings:
    """Everything the service is told from outside.

    Attributes:
        database_url: For SQLAlchemy; may hold a password, so it does not print. See `shown_database`.
        data: The folder for what the service writes.
        public_url: The address of the pages in alerts, without a slash at the end.
        tz: The site's time zone, an IANA name; for device times without a zone and for texts.
        rules: A folder of own product files, on top of the shipped ones.
        layouts: A folder of learned layouts for imported files.
        site_name: Shown on every page and printout.
        devices: When people are told of sensors that need somebody.
        bounds: How much one sender may bring.
        warn_before_ms: How long before a preparation's deadline somebody is warned, the longest first.
    """

    database_url: str = field(repr=False)
    data: Path
    http: Http = field(default_factory=Http)
    mqtt: Mqtt = field(default_factory=Mqtt)
    locations: tuple[Location, ...] = ()
    alerts: Alerts = field(default_factory=Alerts)
    public_url: str = "http://127.0.0.1:8080"
    tz: str = "UTC"
    rules: Path | None = None
    layouts: Path | None = None
    watch: Watch = Watch()
    archive: Archive = Archive()
    devices: Devices = field(default_factory=Devices)
    bounds: Bounds = field(default_factory=Bounds)
    site_name: str = "Cold chain"
    warn_before_ms: tuple[int, ...] = (1_800_000, 300_000)

    @property
    def shown_database(self) -> str:
        """The database's address without its password, for messages."""
        scheme, found, rest = self.database_url.partition("://")
        login, at, place = rest.rpartition("@")
        user = login.split(":", 1)[0]
        return f"{scheme}{found}{user}{at}{place}"

    @property
    def libpq_database(self) -> str:
        """The same for PostgreSQL's own tools, which know no drivers."""
        return self.shown_database.replace("postgresql+psycopg://", "postgresql://")

    @property
    def secure_cookies(self) -> bool:
        """Whether browsers reach the pages by HTTPS, so that cookies may travel by nothing else."""
        return self.public_url.startswith("https://")

    def make_folder(self) -> None:
        """Make the data folder, for nobody else's eyes.

        Raises:
            ColdchainError: It cannot be made.
        """
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ColdchainError(f"cannot make the data folder {self.data}: {error.strerror}") from error
