"""Which family a file belongs to, and the one way in: `read`."""

from collections.abc import Callable

from coldchain.errors import FileRefused, UsageError
from coldchain.loggers import (
    berlinger,
    elitech,
    emsbrno,
    geoprecision,
    govee,
    hanwell,
    hobomobile,
    hoboware,
    homeassistant,
    ibutton,
    influxdb,
    influxdb1,
    lascar,
    learned,
    logtag,
    madgetech,
    meaco,
    miniclima,
    minidot,
    plain_csv,
    rotronic,
    ruuvi,
    sensorpush,
    statistics_only,
    tandd,
    tempstick,
    thingspeak,
    tinytag,
    tomst,
    trend,
)
from coldchain.loggers.family import Digest, Export
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import NOTHING_DECLARED, Declared, LoggerFile
from coldchain.loggers.text import MAX_BYTES, Text, text_of
from coldchain.loggers.zones import parse_zone

Family = tuple[Callable[[Text, Declared], Layout | None], Callable[[Export, Layout, Declared], LoggerFile]]
TABLES: tuple[Family, ...] = (
    (ibutton.sniff, ibutton.read),
    (hobomobile.sniff, hobomobile.read),  # its headings look like HOBOware's, too
    (hoboware.sniff, hoboware.read),
    (logtag.sniff, logtag.read),
    (lascar.sniff, lascar.read),
    (tinytag.sniff, tinytag.read),
    (tandd.sniff, tandd.read),
    (rotronic.sniff, rotronic.read),
    (hanwell.sniff, hanwell.read),
    (meaco.sniff, meaco.read),
    (miniclima.sniff, miniclima.read),
    (trend.sniff, trend.read),
    (geoprecision.sniff, geoprecision.read),
    (emsbrno.sniff, emsbrno.read),
    (minidot.sniff, minidot.read),
    (tomst.sniff, tomst.read),
    (madgetech.sniff, madgetech.read),
    (influxdb.sniff, influxdb.read),
    (influxdb1.sniff, influxdb1.read),
    (homeassistant.sniff, homeassistant.read),
    (tempstick.sniff, tempstick.read),
    (ruuvi.sniff, ruuvi.read),
    (govee.sniff, govee.read),
    (sensorpush.sniff, sensorpush.read),
    (thingspeak.sniff, thingspeak.read),
    (elitech.sniff, elitech.read),
    (statistics_only.sniff, statistics_only.read),
    (plain_csv.sniff, plain_csv.read),
)
"""Families of delimited tables; the plain table takes what no other does."""


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
    if berlinger.sniff(text):
        return berlinger.read(export, declared)
    for sniff, read_table in TABLES:
        if sniff is plain_csv.sniff and declared.layouts:
            learned_one = learned.recognise(text, declared)
            if learned_one is not None:
                return learned.read(export, learned_one, declared)
        layout = sniff(text, declared)
        if layout is not None:
            return read_table(export, layout, declared)
    raise FileRefused(
        "unknown-format",
        "it is in no format known here: no Berlinger or iButton head, and no heading with a time column "
        "in its first 200 lines",
    )


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
