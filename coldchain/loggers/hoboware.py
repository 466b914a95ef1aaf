"""Onset exports: HOBOware (csv and txt, every locale and option of its export dialog), HOBOconnect and HOBOmobile."""

import re
from collections.abc import Sequence

from coldchain.errors import FileRefused
from coldchain.loggers.clock import zone_words
from coldchain.loggers.columns import Kind
from coldchain.loggers.date_order import ORDERS, Facts, local_times
from coldchain.loggers.family import Export
from coldchain.loggers.grid import gather
from coldchain.loggers.heads import lines_with_words
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.stamps import parse_stamps
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "hoboware"

_TITLE = re.compile(r'"?\s*Plot Title:', re.IGNORECASE)
_HEADING = re.compile(
    r"LGR\s+S/N|\((?:°|º|\*|�)[CF]\)\s+(?:c:[0-9]|#[0-9]{5,})"
    r"|Coupler (?:Det|At)tached|Host Connect|End Of File|Ch:\s?[0-9]+ - ",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"Serial Number:\s*(\w+)", re.IGNORECASE)
_FACT = re.compile(r"[\s•\-]*(?P<key>[A-Z][\w ()σ]+):(?P<value>.*)", re.DOTALL)
_INTERVAL = re.compile(r"([0-9]+)\s*Hr\s*([0-9]+)\s*Min\s*([0-9]+)\s*Sec", re.IGNORECASE)


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if the heading is one that Onset's programs write.

    Raises:
        FileRefused: ``no-readings``: the file is the Details of an export without its readings.
    """
    if text.lines[0].strip() == "Details" and any(line.startswith("Series:") for line in text.lines[:5]):
        raise FileRefused(
            "no-readings", "this file is the Details that HOBOware exports beside the readings; give the readings' file"
        )
    if not any(_TITLE.match(line) or _HEADING.search(line) for line in lines_with_words(text.lines, 40)):
        return None
    layout = find_layout(text.lines, declared.column)
    if layout is None:
        return None
    titled = any(_TITLE.match(line) for line in text.lines[: layout.header_at])
    return layout if titled or _HEADING.search(text.lines[layout.header_at]) else None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channels of an Onset export; its Details block, where it was exported along, gives evidence."""
    grid = gather(export.text, layout, declared)
    if not grid:
        raise FileRefused("no-readings", "it is a HOBOware export without a single reading")
    details = _details(grid.beyond)
    serials = {column.serial for column in layout.of_kind(Kind.TEMPERATURE) if column.serial}
    serial = serials.pop() if len(serials) == 1 else details.get("Serial Number")
    if serial is None:
        mobile = next(
            (match[1] for line in export.text.lines[: layout.header_at] if (match := _MOBILE.search(line))), None
        )
        serial = mobile
    interval_ms = _interval(details.get("Logging Interval"))
    offset = zone_words(details.get("Launch Time", ""))
    facts = _facts(details)
    table = interpret(layout, grid, declared, Head(facts, offset, interval_ms, serial))
    wanted = ("Product", "Version Number", "Launch Name", "Deployment Number", "Battery at Launch", "Launch Time")
    device = Device(
        serial=serial,
        model=details.get("Product"),
        interval_ms=interval_ms,
        facts={key: details[key] for key in wanted if key in details},
    )
    family = "hoboconnect" if re.search(r"Ch:\s?[0-9]+ - ", export.text.lines[layout.header_at]) else NAME
    return export.file(family, device, table)


def _details(lines: Sequence[str]) -> dict[str, str]:
    """The facts of a Details block, the first of each name; empty where there is none."""
    if not any(line.strip() == "Details" for line in lines):
        return {}
    found: dict[str, str] = {}
    for line in lines:
        match = _FACT.match(line)
        if match and (value := match["value"].strip(" ,\t\n")):
            found.setdefault(match["key"].strip(), value)
    return found


def _interval(text: str | None) -> int | None:
    match = _INTERVAL.search(text or "")
    return (int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])) * 1000 or None if match else None


def _facts(details: dict[str, str]) -> Facts:
    """The first sample's day, in every order it can be read: the Details block's own order is not the table's."""
    for key in ("First Sample Time", "Launch Time"):
        written = re.sub(r"\s*GMT\s*[+\-−][0-9]{1,2}:?[0-9]{2}", "", details.get(key, ""))
        if not written:
            continue
        stamps = parse_stamps([written])
        possible = [int(at[0]) for at, good in (local_times(stamps, order) for order in ORDERS) if good[0]]
        if possible:
            note = f"{key} {written} in the Details"
            return (
                Facts(first=tuple(possible), source_note=note)
                if key.startswith("First")
                else Facts(not_before=tuple(possible), source_note=note)
            )
    return Facts()
