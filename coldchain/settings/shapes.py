"""The settings as values: frozen, with the defaults, and with secrets that never print."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from coldchain.errors import ColdchainError
from coldchain.payloads.registry import DECODERS
from coldchain.payloads.routing import Route

Mode = Literal["embedded", "broker", "off"]
Protocol = Literal["5", "3.1.1"]
Security = Literal["starttls", "tls", "none"]


class Secret:
    """A password, a key or an address that holds one; shows itself only when asked by `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: for the one call that needs it, never for a message."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True)
class ApiToken:
    """A program that may use ``/api/v1``.

    Attributes:
        name: The gateway or program.
        may_write: Whether it may send readings.
    """

    name: str
    token: Secret
    may_write: bool = False


@dataclass(frozen=True)
class WebhookIn:
    """A cloud or network server that posts events to ``/api/v1/webhooks/NAME``.

    Attributes:
        decoder: Which system's format it posts.
        proof: How it proves the secret.
    """

    name: str
    decoder: str
    proof: str
    secret: Secret


@dataclass(frozen=True)
class Http:
    """Where the pages are served.

    Attributes:
        host, port: The address to listen on; port 0 lets the system choose.
        allow_plain: Whether plain HTTP may be served to other machines.
        tokens: Programs that may use ``/api/v1``.
        webhooks: Who may post events in their own formats.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    allow_plain: bool = False
    tokens: tuple[ApiToken, ...] = ()
    webhooks: tuple[WebhookIn, ...] = ()


NATIVE_ROUTES = tuple(Route(each, "native") for each in DECODERS["native"].filters)
"""The native topic is always understood."""


@dataclass(frozen=True)
class Mqtt:
    """The live way in.

    Attributes:
        mode: ``broker`` subscribes at a broker, ``embedded`` is one itself, ``off`` leaves HTTP alone.
        host, port: The broker's address, or the one to listen on.
        tls: Whether the connection to the broker is encrypted and its certificate checked.
        ca_file: Which authority signed that certificate; ``None`` for the system's.
        certificate_file, key_file: Our own certificate, where the broker asks for one.
        user, password: The account at the broker; for ``embedded`` the one that sensors use.
        protocol: What the broker speaks.
        client_id: The name of our session at the broker; it must stay the same for messages to wait for us.
        allow_plain: Whether unencrypted MQTT may cross the network.
        bulk: Whether messages are received in large pieces, for thousands of them a second.
        routes: Which decoder reads what.
    """

    mode: Mode = "broker"
    host: str = "127.0.0.1"
    port: int = 1883
    tls: bool = False
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    user: str | None = None
    password: Secret | None = None
    protocol: Protocol = "5"
    client_id: str = "coldchain"
    allow_plain: bool = False
    bulk: bool = False
    routes: tuple[Route, ...] = NATIVE_ROUTES


@dataclass(frozen=True)
class Sensor:
    """One sensor channel and what is declared of it.

    Attributes:
        name: As in the topic or the payload.
        channel: Such as ``probe``; empty for a sensor with one.
        max_gap_ms: The longest interval over which one of its good readings is believed.
        low_milli_c, high_milli_c: What it can measure, both ends included; beyond is a fault.
        uncertainty_milli_c: From its calibration.
        calibration: The certificate: its number, as people call it.
        calibrated_on, calibration_due: Days, as ``2026-03-01``: when it was calibrated, when it must be again.
        power_up: Whether it is known to send 85.000 °C after power-up.
        probe_kind: What the probe hangs in: a word of `coldchain.domain.probe_kinds.ProbeKind`.
        time_constant_ms: How long it takes to show 63 % of a sudden change.
        model, serial, firmware: The device, as people call it.
    """

    name: str
    channel: str = ""
    max_gap_ms: int | None = None
    low_milli_c: int | None = None
    high_milli_c: int | None = None
    uncertainty_milli_c: int = 0
    calibration: str | None = None
    calibrated_on: str | None = None
    calibration_due: str | None = None
    power_up: bool = False
    probe_kind: str | None = None
    time_constant_ms: int | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True)
class Location:
    """A refrigerator, a room, a box: where a product is kept and which sensors judge it.

    Attributes:
        name: Short, for addresses and topics: ``ward-3``.
        title: For people: ``Ward 3 refrigerator``.
        area: The ward or department.
        product, stage: By which rules it is judged; ``None`` is the product's first stage.
        sensors: Each judges by itself.
        since_ms: From when on it is judged; ``None`` for the moment at which the service first hears of it. Once it is
            recorded, a later change of it changes nothing.
    """

    name: str
    title: str
    product: str
    sensors: tuple[Sensor, ...]
    area: str = ""
    stage: str | None = None
    since_ms: int | None = None


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


@dataclass(frozen=True)
class Alerts:
    """Who is told, and how."""

    mail: tuple[MailChannel, ...] = ()
    webhooks: tuple[WebhookChannel, ...] = ()
    mqtt: bool = True


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
        warn_before_ms: How long before a preparation's deadline somebody is warned, the longest first.
    """

    database_url: str = field(repr=False)
    data: Path
    http: Http = Http()
    mqtt: Mqtt = Mqtt()
    locations: tuple[Location, ...] = ()
    alerts: Alerts = Alerts()
    public_url: str = "http://127.0.0.1:8080"
    tz: str = "UTC"
    rules: Path | None = None
    layouts: Path | None = None
    watch: Watch = Watch()
    archive: Archive = Archive()
    devices: Devices = Devices()
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
