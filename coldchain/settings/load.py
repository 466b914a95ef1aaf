"""``coldchain.yaml`` and ``COLDCHAIN_*`` variables to `Settings`, every problem at once."""

from collections.abc import Mapping
from pathlib import Path

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
from coldchain.settings.shapes import Archive, Settings, Watch
from coldchain.settings.sources import Sources

DEFAULT_FILE = "coldchain.yaml"
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


def read(root: Section) -> Settings:
    """The settings that a file's sections and the variables make; problems are remembered, never raised."""
    data = root.path_of("data") or root.sources.base / "coldchain-data"
    tz = root.text("tz") or "UTC"
    zone = root.zone("tz", tz)
    rules = root.path_of("rules")
    http = read_http(root.section("http"))
    database_url = read_database_url(root.section("database"), data)
    settings = Settings(
        database_url=database_url,
        data=data,
        http=http,
        mqtt=read_mqtt(root.section("mqtt")),
        locations=read_locations(root.section("locations"), _rulebook(root, rules), zone),
        alerts=read_alerts(root.section("alerts")),
        public_url=read_public_url(root, http),
        tz=tz,
        rules=rules,
        layouts=_layouts(root),
        watch=_watch(root.section("watch")),
        archive=_archive(root.section("archive"), database_url),
        devices=read_devices(root.section("devices")),
        bounds=read_bounds(root.section("bounds")),
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
