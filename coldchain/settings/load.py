"""``coldchain.yaml`` and ``COLDCHAIN_*`` variables to `Settings`, every problem at once."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from coldchain.domain.duration import milliseconds, parse_duration
from coldchain.errors import LayoutError, SettingsError
from coldchain.layouts import find_layouts
from coldchain.rulebook.book import Rulebook, load_rulebook
from coldchain.settings.addresses import web_parts
from coldchain.settings.bounds import read_bounds
from coldchain.settings.channels import read_alerts
from coldchain.settings.database import read_database_url
from coldchain.settings.devices import read_devices
from coldchain.settings.files import text_of
from coldchain.settings.http import read_http, read_public_url
from coldchain.settings.mqtt import read_mqtt
from coldchain.settings.places import read_locations
from coldchain.settings.reader import Section, root_of
from coldchain.settings.shapes import Archive, RecordSettings, Settings, Watch
from coldchain.settings.sources import Sources

DEFAULT_FILE = "coldchain.yaml"
OF_THE_SERVICE = (
    "http", "mqtt", "locations", "alerts", "public_url", "watch", "devices", "bounds", "site_name", "preparations",
)  # fmt: skip
"""What the service is told, and a command that works on the record alone need not know."""
_Read = TypeVar("_Read", bound=RecordSettings)
_LONGEST_WARNING_MS = 7 * 86_400_000
_SHORTEST_AGE_MS = 7 * 86_400_000
_SHORTEST_KEPT_MS = 731 * 86_400_000
"""Two years: between two calibrations (every one to two years, ISO 17025) the readings of a probe are what shows from
when on it was wrong; and devices send again for up to half a year (DS01.2), which then has to meet what it repeats."""
_SHORTEST_PING_MS, _LONGEST_PING_MS = 10_000, 86_400_000


def load(file: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings of one file and the environment.

    Args:
        file: The settings file; ``None`` for what ``COLDCHAIN_CONFIG`` names, else ``coldchain.yaml`` in the
            current folder if there is one, else the defaults and the environment alone.
        environment: The environment's variables.

    Raises:
        SettingsError: Something is wrong; all of it is named.
    """
    return _loaded(file, environment, read)


def load_record(file: Path | None, environment: Mapping[str, str]) -> RecordSettings:
    """The settings of the record alone, of the same file and environment; the arguments are those of `load`.

    What only the service needs is passed over, whether its secrets are there or not.

    Raises:
        SettingsError: Something of it is wrong, or a setting or variable is none at all; all of it is named.
    """
    return _loaded(file, environment, read_record)


def _loaded(file: Path | None, environment: Mapping[str, str], reading: Callable[[Section], _Read]) -> _Read:
    path = _chosen(file, environment)
    text = "" if path is None else text_of(path, "settings")
    sources = Sources(str(path or DEFAULT_FILE), (path.parent if path else Path()).resolve(), environment)
    settings = reading(root_of(sources, text))
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


def read(root: Section) -> Settings:
    """The settings that a file's sections and the variables make; problems are remembered, never raised."""
    record, zone = _record(root)
    _check_layouts(root, record.layouts)
    http = read_http(root.section("http"))
    settings = Settings(
        **vars(record),
        http=http,
        mqtt=read_mqtt(root.section("mqtt")),
        locations=read_locations(root.section("locations"), _rulebook(root, record.rules), zone),
        alerts=read_alerts(root.section("alerts")),
        public_url=read_public_url(root, http),
        watch=_watch(root.section("watch")),
        devices=read_devices(root.section("devices")),
        bounds=read_bounds(root.section("bounds")),
        site_name=root.text("site_name") or "Cold chain",
        warn_before_ms=_warn_before(root.section("preparations")),
    )
    root.done()
    return settings


def read_record(root: Section) -> RecordSettings:
    """The record's part of the settings; problems are remembered, never raised."""
    record, _ = _record(root)
    for key in OF_THE_SERVICE:
        root.leave(key)
    root.done()
    return record


def _record(root: Section) -> tuple[RecordSettings, ZoneInfo]:
    data = root.path_of("data") or root.sources.base / "coldchain-data"
    tz = root.text("tz") or "UTC"
    zone = root.zone("tz", tz)
    database_url = read_database_url(root.section("database"), data)
    archive = _archive(root.section("archive"), database_url)
    return RecordSettings(database_url, data, tz, root.path_of("rules"), root.path_of("layouts"), archive), zone


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


def _check_layouts(root: Section, folder: Path | None) -> None:
    """Every problem of the learned layouts' files is one of the settings'."""
    if folder is None:
        return
    if not folder.is_dir():
        root.refuse("layouts", f"there is no folder {folder}")
        return
    try:
        find_layouts([folder])
    except LayoutError as error:
        root.sources.problems += error.problems


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
