"""``coldchain.yaml`` and ``COLDCHAIN_*`` variables to `Settings`, every problem at once."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import quote

from coldchain.domain.duration import milliseconds, parse_duration
from coldchain.domain.temperature import Unit
from coldchain.errors import LayoutError, Problem, SettingsError
from coldchain.layouts import find_layouts
from coldchain.payloads.bytecodes import CODECS
from coldchain.payloads.registry import DECODERS
from coldchain.payloads.routing import Route, filter_complaint
from coldchain.rulebook.book import Rulebook, load_rulebook
from coldchain.settings.channels import read_alerts, web_parts
from coldchain.settings.devices import read_devices
from coldchain.settings.places import read_locations
from coldchain.settings.reader import Section, root_of
from coldchain.settings.shapes import (
    NATIVE_ROUTES,
    ApiToken,
    Archive,
    Http,
    Mode,
    Mqtt,
    Protocol,
    Secret,
    Settings,
    Watch,
    WebhookIn,
)
from coldchain.settings.sources import Sources, nearest

DEFAULT_FILE = "coldchain.yaml"
SHORTEST_TOKEN = 20
_LONGEST_WARNING_MS = 7 * 86_400_000
_SHORTEST_AGE_MS = 7 * 86_400_000
_SHORTEST_KEPT_MS = 731 * 86_400_000
_SHORTEST_PING_MS, _LONGEST_PING_MS = 10_000, 86_400_000
PROOFS = ("hmac-sha256", "disruptive", "bearer", "basic")
"""How whoever posts to a webhook may prove the secret."""
_SHORT_TOKEN = f"a token needs at least {SHORTEST_TOKEN} characters, such as 'openssl rand -hex 32' prints"
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 — compared with, not listened on


def load(file: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings of one file and the environment.

    Args:
        file: The settings file; ``None`` for what ``COLDCHAIN_CONFIG`` names, else ``coldchain.yaml`` in the
            current folder if there is one, else the defaults and the environment alone.
        environment: The environment's variables.

    Raises:
        SettingsError: Something is wrong; all of it is named.
    """
    path = _chosen(file, environment)
    text = "" if path is None else text_of(path, "settings")
    sources = Sources(str(path or DEFAULT_FILE), (path.parent if path else Path()).resolve(), environment)
    settings = read(root_of(sources, text))
    sources.unknown_variables()
    if sources.problems:
        raise SettingsError(sources.problems)
    return settings


def _chosen(file: Path | None, environment: Mapping[str, str]) -> Path | None:
    if file is not None:
        return file
    if environment.get("COLDCHAIN_CONFIG"):
        return Path(environment["COLDCHAIN_CONFIG"])
    return Path(DEFAULT_FILE) if Path(DEFAULT_FILE).exists() else None


def text_of(path: Path, what: str) -> str:
    """The text of a file of settings.

    Raises:
        SettingsError: It can't be read, or is no UTF-8; ``what`` names it, in the plural.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"cannot read the {what}: {error.strerror}"
    except UnicodeDecodeError as error:
        message = f"the {what} are not UTF-8 text (byte {error.start})"
    raise SettingsError([Problem(str(path), 1, 1, message)])


def read(root: Section) -> Settings:
    """The settings that a file's sections and the variables make; problems are remembered, never raised."""
    data = root.path_of("data") or root.sources.base / "coldchain-data"
    tz = root.text("tz") or "UTC"
    zone = root.zone("tz", tz)
    rules = root.path_of("rules")
    http = _http(root.section("http"))
    database_url = _database_url(root.section("database"), data)
    settings = Settings(
        database_url=database_url,
        data=data,
        http=http,
        mqtt=_mqtt(root.section("mqtt")),
        locations=read_locations(root.section("locations"), _rulebook(root, rules), zone),
        alerts=read_alerts(root.section("alerts")),
        public_url=_public_url(root, http),
        tz=tz,
        rules=rules,
        layouts=_layouts(root),
        watch=_watch(root.section("watch")),
        archive=_archive(root.section("archive"), database_url),
        devices=read_devices(root.section("devices")),
        site_name=root.text("site_name") or "Cold chain",
        warn_before_ms=_warn_before(root.section("preparations")),
    )
    root.done()
    return settings


def _watch(section: Section) -> Watch:
    url, every_ms = section.secret("ping_url"), section.duration_ms("ping_every") or Watch.ping_every_ms
    watch = Watch(url, every_ms, section.choice("log", ("text", "json"), "text"))
    section.done()
    if url is not None and web_parts(url.reveal()) is None:
        section.refuse("ping_url", "a sign of life needs a whole address, such as https://watch.example.org/ping/cold")
    if not _SHORTEST_PING_MS <= every_ms <= _LONGEST_PING_MS:
        section.refuse("ping_every", "a sign of life comes every 10 s to 24 h")
    return watch


def _archive(section: Section, database_url: str) -> Archive:
    archive = Archive(section.duration_ms("after"), section.path_of("folder"), section.duration_ms("keep"))
    section.done()
    if archive.keep_ms is not None and archive.keep_ms < _SHORTEST_KEPT_MS:
        section.refuse("keep", "readings are kept for at least 731 d: until a probe's next calibration and beyond")
    if archive.after_ms is not None and archive.after_ms < _SHORTEST_AGE_MS:
        section.refuse("after", "a day is archived when it is at least 7 days old")
    if archive.after_ms is not None and archive.folder is None and not database_url.startswith("sqlite:"):
        section.refuse("after", "a database on a server has no folder beside it: set archive.folder, too")
    return archive


def _layouts(root: Section) -> Path | None:
    """The folder of learned layouts; every problem of its files is one of the settings'."""
    folder = root.path_of("layouts")
    if folder is None:
        return None
    if not folder.is_dir():
        root.refuse("layouts", f"there is no folder {folder}")
        return None
    try:
        find_layouts([folder])
    except LayoutError as error:
        root.sources.problems += error.problems
    return folder


def _warn_before(section: Section) -> tuple[int, ...]:
    """How long before a preparation's deadline somebody is warned; ``never`` for not at all."""
    found = []
    texts = section.texts("warn_before")
    for text in () if texts == ("never",) else texts:
        try:
            duration_ms = milliseconds(parse_duration(text))
        except ValueError as error:
            section.refuse("warn_before", f"warn_before: {error}")
            continue
        if not 0 < duration_ms <= _LONGEST_WARNING_MS:
            section.refuse("warn_before", f"warn_before: from longer than nothing to 7 days (got {text!r})")
        found.append(duration_ms)
    section.done()
    return tuple(sorted(set(found), reverse=True)) if texts else Settings.warn_before_ms


def _rulebook(root: Section, rules: Path | None) -> Rulebook | None:
    """The product files that locations name; ``None``, and a problem, where the folder is not there."""
    if rules is None:
        return load_rulebook()
    if not rules.is_dir():
        root.refuse("rules", f"there is no folder {rules}")
        return None
    return load_rulebook(rules)


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _http(section: Section) -> Http:
    tokens, webhooks = section.section("tokens"), section.section("webhooks")
    http = Http(
        host=section.text("host") or "127.0.0.1",
        port=section.integer("port", 8080, 0, 65_535),
        allow_plain=section.flag("allow_plain", False),
        tokens=tuple(_token(name, entry) for name, entry in tokens.named()),
        webhooks=tuple(_webhook(name, entry) for name, entry in webhooks.named()),
    )
    if not is_loopback(http.host) and not http.allow_plain:
        section.refuse(
            "host",
            f"{http.host} would serve plain HTTP to other machines: keep 127.0.0.1 and put a web server with TLS "
            "before it, or say 'allow_plain: true'",
        )
    tokens.done()
    webhooks.done()
    section.done()
    return http


def _token(name: str, entry: Section) -> ApiToken:
    token = ApiToken(name, entry.secret("token") or Secret(""), entry.flag("may_write", False))
    entry.done()
    if not entry.has("token") and not entry.has("token_file"):
        variable = f"COLDCHAIN_HTTP_TOKENS_{name.upper().replace('-', '_')}_TOKEN"
        entry.missing("token_file", f": the file that holds the program's token (or the variable {variable})")
    elif 0 < len(token.token.reveal()) < SHORTEST_TOKEN:
        entry.refuse("token_file" if entry.has("token_file") else "token", _SHORT_TOKEN)
    return token


def _webhook(name: str, entry: Section) -> WebhookIn:
    decoder, proof = entry.required("decoder"), entry.text("proof") or "hmac-sha256"
    webhook = WebhookIn(name, decoder, proof, entry.secret("secret") or Secret(""))
    entry.done()
    if decoder and decoder not in DECODERS:
        entry.refuse("decoder", f"there is no decoder {decoder!r}{nearest(decoder, sorted(DECODERS))}")
    if proof not in PROOFS:
        entry.refuse("proof", f"there is no proof {proof!r}; there are {', '.join(PROOFS)}")
    if not entry.has("secret") and not entry.has("secret_file"):
        entry.missing("secret_file", ": the file that holds the secret shared with whoever posts")
    elif 0 < len(webhook.secret.reveal()) < SHORTEST_TOKEN:
        entry.refuse("secret_file" if entry.has("secret_file") else "secret", _SHORT_TOKEN.replace("token", "secret"))
    return webhook


def _public_url(root: Section, http: Http) -> str:
    given = root.text("public_url")
    if given is None:
        return f"http://{_ANYWHERE.get(http.host, http.host)}:{http.port}"
    parts = web_parts(given)
    if parts is None or parts.query or parts.fragment:
        root.refuse("public_url", f"public_url is an address such as 'https://cold.example.org' (got {given!r})")
    elif parts.username or parts.password:
        root.refuse("public_url", "public_url stands in every alert: it holds no user name and no password")
    return given.rstrip("/")


def _database_url(section: Section, data: Path) -> str:
    url, password = section.text("url"), section.secret("password")
    section.done()
    if url is None:
        if password is not None:
            section.refuse("url", "a password needs the database's url")
        return f"sqlite:///{data / 'coldchain.db'}"
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return _sqlite_url(section, rest)
    if scheme not in {"postgresql", "postgresql+psycopg"} or not rest:
        section.refuse("url", "url is 'sqlite:///FILE' or 'postgresql://USER@HOST/DATABASE'")
        return url
    login, at, place = rest.rpartition("@")
    if ":" in login and section.from_file("url"):
        section.refuse("url", "the url holds a password: write password_file, or set COLDCHAIN_DATABASE_PASSWORD")
    if password is None:
        return f"postgresql+psycopg://{rest}"
    if not at or ":" in login:
        section.refuse("url", "the url must name a user, and no password, where a password is given separately")
    return f"postgresql+psycopg://{login}:{quote(password.reveal(), safe='')}@{place}"


def _sqlite_url(section: Section, rest: str) -> str:
    path = rest.removeprefix("/")
    if not rest.startswith("/") or path in {"", ":memory:"} or path.startswith("?"):
        section.refuse("url", "the record needs a file, such as 'sqlite:///coldchain.db'")
    return f"sqlite:///{section.base_of('url') / path}"


def _mqtt(section: Section) -> Mqtt:
    mode = cast("Mode", section.choice("mode", ("broker", "embedded", "off"), "broker"))
    tls = section.flag("tls", False)
    mqtt = Mqtt(
        mode=mode,
        host=section.text("host") or "127.0.0.1",
        port=section.integer("port", 8883 if tls else 1883, 0 if mode == "embedded" else 1, 65_535),
        tls=tls,
        ca_file=section.path_of("ca_file"),
        certificate_file=section.path_of("certificate_file"),
        key_file=section.path_of("key_file"),
        user=section.text("user"),
        password=section.secret("password"),
        protocol=cast("Protocol", section.choice("protocol", ("5", "3.1.1"), "5")),
        client_id=section.text("client_id") or "coldchain",
        allow_plain=section.flag("allow_plain", False),
        bulk=section.flag("bulk", False),
        routes=_routes(section),
    )
    section.done()
    _check_mqtt(section, mqtt)
    return mqtt


def _check_mqtt(section: Section, mqtt: Mqtt) -> None:
    outside = not is_loopback(mqtt.host)
    if mqtt.mode == "off":
        return
    if mqtt.mode == "embedded":
        if mqtt.tls and not (mqtt.certificate_file and mqtt.key_file):
            section.refuse("tls", "the embedded broker needs its own certificate_file and key_file for TLS")
        if mqtt.ca_file is not None:
            section.refuse(
                "ca_file", "the embedded broker asks nobody for a certificate: use a broker such as Mosquitto for that"
            )
        if outside and not (mqtt.user and mqtt.password):
            section.refuse(
                "user", "beyond this machine, the embedded broker needs a user and a password for the sensors"
            )
    if bool(mqtt.password) != bool(mqtt.user) and (mqtt.password or mqtt.mode == "embedded"):
        section.refuse("user", "write both a user and a password, or none")
    if outside and not mqtt.tls and not mqtt.allow_plain:
        section.refuse("host", "MQTT would cross the network unencrypted: say 'tls: true', or 'allow_plain: true'")
    for key in ("ca_file", "certificate_file", "key_file"):
        file: Path | None = getattr(mqtt, key)
        if file is not None and not file.is_file():
            section.refuse(key, f"there is no file {file}")
    if (mqtt.certificate_file is None) != (mqtt.key_file is None):
        section.refuse("certificate_file", "write both a certificate_file and its key_file, or none")


def _routes(section: Section) -> tuple[Route, ...]:
    routes = []
    for item in section.items("routes"):
        topic_filter, decoder, tz = item.required("filter"), item.required("decoder"), item.text("tz")
        unit, codec = item.text("unit"), item.text("codec")
        item.done()
        complaint = filter_complaint(topic_filter) if topic_filter else None
        if complaint:
            item.refuse("filter", complaint)
        elif topic_filter:
            routes.append(Route(topic_filter, decoder, tz, Unit(unit) if unit in tuple(Unit) else None, codec))
        if decoder and decoder not in DECODERS:
            item.refuse("decoder", f"there is no decoder {decoder!r}{nearest(decoder, sorted(DECODERS))}")
        if tz is not None:
            item.zone("tz", tz)
        if unit is not None and unit not in tuple(Unit):
            item.refuse("unit", f"there is no unit {unit!r}; write C, F or K")
        if codec is not None and codec not in CODECS:
            item.refuse("codec", f"there is no codec {codec!r}{nearest(codec, sorted(CODECS))}")
    own = {route.filter for route in routes}
    if not section.flag("native", True):
        if not routes:
            section.refuse("native", "without the native topic there is nothing to read: write routes")
        return tuple(routes)
    return (*routes, *(native for native in NATIVE_ROUTES if native.filter not in own))
