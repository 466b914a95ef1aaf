"""Which family a file belongs to, and the one way in: `read`."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

from coldchain.errors import FileRefused, UsageError
from coldchain.loggers.family import Digest, Export
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import NOTHING_DECLARED, Declared, LoggerFile
from coldchain.loggers.text import MAX_BYTES, Text, text_of
from coldchain.loggers.zones import parse_zone

Family = tuple[Callable[[Text, Declared], Layout | None], Callable[[Export, Layout, Declared], LoggerFile]]

PLAIN = "plain_csv"
FAMILIES = (
    "ibutton",
    "hobomobile",  # its headings look like HOBOware's, too
    "hoboware",
    "logtag",
    "lascar",
    "tinytag",
    "tandd",
    "rotronic",
    "hanwell",
    "meaco",
    "miniclima",
    "trend",
    "geoprecision",
    "emsbrno",
    "minidot",
    "tomst",
    "madgetech",
    "influxdb",
    "influxdb1",
    "homeassistant",
    "tempstick",
    "ruuvi",
    "govee",
    "sensorpush",
    "thingspeak",
    "elitech",
    "statistics_only",
    PLAIN,
)
"""Families of delimited tables, each a module here; the plain table takes what no other does."""


@cache
def family(name: str) -> Family:
    """A family's two functions; its module is imported when the first file comes by."""
    module = import_module(f"coldchain.loggers.{name}")
    return module.sniff, module.read


def families() -> Iterator[Family]:
    """All families of delimited tables, in the order in which they are tried."""
    return map(family, FAMILIES)


def read(name: str, content: bytes, declared: Declared = NOTHING_DECLARED) -> LoggerFile:
    """What an importer makes of one file.

    Args:
        name: The file's name, for messages and reports.
        content: Its bytes.
        declared: What the user says about files that do not say it themselves.

    Raises:
        FileRefused: The file cannot be read without guessing, or at all; `.code` says which of the contract's errors.
        UsageError: What was declared is itself no zone, unit, date order or decimal mark.
    """
    check_declared(declared)
    if len(content) > MAX_BYTES:
        raise FileRefused("too-large", f"it is larger than {MAX_BYTES >> 20} MB, more than a logger holds: split it")
    digest = Digest(content)
    text = text_of(content)
    export = Export(name, content, digest, text)
    if text.lines[0].strip().lower().startswith("device:"):
        from coldchain.loggers import berlinger

        if berlinger.sniff(text):
            return berlinger.read(export, declared)
    for name_of_family in FAMILIES:
        if name_of_family == PLAIN and declared.layouts:
            from coldchain.loggers import learned

            learned_one = learned.recognise(text, declared)
            if learned_one is not None:
                return learned.read(export, learned_one, declared)
        sniff, read_table = family(name_of_family)
        layout = sniff(text, declared)
        if layout is not None:
            return read_table(export, layout, declared)
    from coldchain.loggers.unknown import refusal

    raise refusal(text)


def check_declared(declared: Declared) -> None:
    """Refuse declarations that no file could fit.

    Raises:
        UsageError: The sentence says which one and what it may be.
    """
    for zone in (declared.tz, declared.site_tz):
        if zone:
            parse_zone(zone)
    if declared.unit not in (None, "C", "F", "K"):
        raise UsageError(f"--unit is C, F or K, not {declared.unit!r}")
    if declared.date_order not in (None, "DMY", "MDY", "YMD"):
        raise UsageError(f"--date-order is DMY, MDY or YMD, not {declared.date_order!r}")
    if declared.decimal not in (None, ".", ","):
        raise UsageError(f"--decimal is . or , and not {declared.decimal!r}")
