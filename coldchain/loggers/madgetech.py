"""MadgeTech 2 csv: quoted sections of settings, then readings at Excel's serial days; each channel has a unit type."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from coldchain.errors import FileRefused
from coldchain.loggers.clock import NO_WORDS, ZoneWords
from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid, gather
from coldchain.loggers.headings import count_of, heading_where, take
from coldchain.loggers.layout import Layout, matching
from coldchain.loggers.logger_file import ASSUMED, COLUMN, HEADER, Declared, Device, Evidence, LoggerFile
from coldchain.loggers.number_texts import plain_number
from coldchain.loggers.row_width import refuse_wider
from coldchain.loggers.split import cells_of
from coldchain.loggers.table import Table, columns_text, interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text
from coldchain.loggers.zones import parse_zone

NAME = "madgetech"
_FIRST = re.compile(r"\"?%DATA\s+MadgeTech", re.IGNORECASE)
_SECTION = re.compile(r"\[(?P<end>End )?(?P<name>[^\]]+)\]", re.IGNORECASE)
_ZONE = re.compile(
    r"TZUTC(?P<sign>[+\-])(?P<h>[0-9]{2})(?P<m>[0-9]{2})(?:[0-9]{2})?(?:\|(?P<season>\w*))?", re.IGNORECASE
)
_UNIT = re.compile(r"UNIT(?:DEGREES?)?_?(?P<letter>[CFK])(?:ELSIUS|AHRENHEIT|ELVINS?)?", re.IGNORECASE)
_NO_VALUES = frozenset(("id", "datetime", "statusbyte", "annotation", "status", "selections"))
_RATE = re.compile(r"R(?P<count>[0-9]{1,6})(?P<unit>[SMH])", re.IGNORECASE)
_MS = {"S": 1_000, "M": 60_000, "H": 3_600_000}
_HEAD_LINES = 2_000
_EPOCH_DAY = 25_569
_DAYS = (_EPOCH_DAY, 110_000)

Sections = Mapping[str, Mapping[str, str]]


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if the file begins with MadgeTech's mark.

    Raises:
        FileRefused: ``no-readings``: it does, and no table follows.
    """
    if not any(_FIRST.match(line) for line in text.lines[:3]):
        return None
    heading = heading_where(
        text.lines,
        "datetime",
        lambda cells: [cell.strip("# ").lower() for cell in cells[:2]] == ["id", "datetime"],
        _HEAD_LINES,
    )
    if heading is None:
        raise FileRefused("no-readings", "it is a MadgeTech export without a table of readings")
    at, delimiter, cells = heading
    return Layout(at, delimiter, tuple(classify([cell.strip("# ") for cell in cells])), (1,), at + 1)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The temperature channels of a MadgeTech export.

    Raises:
        FileRefused: ``no-temperature`` where no channel's unit type is one; ``damaged`` where readings are missing.
    """
    lines = export.text.lines
    sections = _sections(lines[: layout.header_at], layout.delimiter)
    layout = replace(layout, columns=_typed(layout.columns, sections))
    _refuse_no_temperature(layout, declared, sections)
    grid = gather(export.text, layout, declared)
    refuse_wider(grid.beyond, "MadgeTech")
    ends = [row for row, cell in enumerate(grid.column(0)) if _SECTION.match(cell)]
    grid = take(grid, range(ends[0])) if ends else grid
    if not grid:
        raise FileRefused("no-readings", "it is a MadgeTech export without a single reading")
    stated = count_of(sections.get("dataset", {}).get("readings", ""))
    if stated is not None and stated > len(grid):
        raise FileRefused("damaged", f"its head says {stated} readings, and {len(grid)} follow: the rest is missing")
    grid, counted = _dated(grid, layout.times[0])
    zone, words = _zone(sections, declared)
    device = _device(sections)
    table = interpret(layout, grid, declared, Head(zone=zone, interval_ms=device.interval_ms, serial=device.serial))
    return export.file(NAME, device, _explained(table, counted, words))


def _sections(lines: Sequence[str], delimiter: str) -> Sections:
    """The settings: section -> key -> value, names in lower case."""
    found: dict[str, dict[str, str]] = {}
    section = ""
    for line in lines:
        cells = [cell.strip().strip('"') for cell in cells_of(line, delimiter)]
        match = _SECTION.fullmatch(cells[0])
        if match:
            section = "" if match["end"] else match["name"].lower()
        elif section and len(cells) > 1:
            found.setdefault(section, {}).setdefault(cells[0].lower(), cells[1])
    return found


def _setting(sections: Sections, key: str, *names: str) -> str:
    """A setting, from the first of some sections that has it."""
    return next((text for name in names if (text := sections.get(name, {}).get(key, ""))), "")


def _typed(columns: Sequence[Column], sections: Sections) -> tuple[Column, ...]:
    """The columns with their channels' unit types; what is displayed is what was exported."""
    typed, channel = [], 0
    for column in columns:
        if _is_beside(column):
            typed.append(replace(column, kind=Kind.TIME if column.index == 1 else Kind.NUMBER))
            continue
        kind = _setting(sections, f"unittype({channel})", "display", "device", "dataset").upper()
        stated = _UNIT.fullmatch(_setting(sections, f"unit({channel})", "display", "device", "dataset"))
        name = _setting(sections, f"channelname({channel})", "display", "device", "dataset")
        if kind:
            column = replace(column, kind=Kind.TEMPERATURE if kind == "UTYPTEMPERATURE" else Kind.NUMBER)
        if column.kind is Kind.TEMPERATURE and column.unit is None and stated:
            column = replace(column, unit=stated["letter"].upper())
        typed.append(replace(column, name=name or column.name))
        channel += 1
    return tuple(typed)


def _is_beside(column: Column) -> bool:
    """Whether a column stands beside the channels: number, time, status, notes."""
    return column.label.lower().replace(" ", "") in _NO_VALUES


def _refuse_no_temperature(layout: Layout, declared: Declared, sections: Sections) -> None:
    temperatures = layout.of_kind(Kind.TEMPERATURE)
    if temperatures and (not declared.column or matching(temperatures, declared.column)):
        return
    kinds = sorted({text for keys in sections.values() for key, text in keys.items() if key.startswith("unittype(")})
    values = [column for column in layout.columns if not _is_beside(column)]
    asked = (
        f"{declared.column!r} is no temperature of it" if declared.column else "none of its channels is a temperature"
    )
    raise FileRefused(
        "no-temperature",
        f"{asked}: its columns are {columns_text(values)}, of the unit types {', '.join(kinds) or 'none stated'}",
        tuple(f"--column {column.label!r}" for column in temperatures),
    )


def _dated(grid: Grid, at: int) -> tuple[Grid, bool]:
    """The grid with its serial days written as times, to the second; and whether they were serial days."""
    texts = grid.column(at)
    plain = [plain_number(text) for text in texts]
    days = np.array([float(text) if text else 0.0 for text in plain])
    usual = (days > _DAYS[0]) & (days < _DAYS[1])
    if not usual.any():
        return grid, False
    seconds = np.round((np.where(usual, days, _EPOCH_DAY) - _EPOCH_DAY) * 86_400).astype(np.int64)
    written = np.datetime_as_string(seconds.astype("M8[s]"), unit="s").tolist()
    columns = list(grid.columns)
    columns[at] = [new if good else old for new, good, old in zip(written, usual.tolist(), texts, strict=True)]
    return replace(grid, columns=columns), True


def _zone(sections: Sections, declared: Declared) -> tuple[ZoneWords, str]:
    """The zone of the settings; and a sentence, where its offset is taken though it is nowhere documented how."""
    text = _setting(sections, "timezone", "dataset", "device", "display")
    match = _ZONE.match(text)
    if match is None:
        return ZoneWords(None, text) if text else NO_WORDS, ""
    minutes = (int(match["h"]) * 60 + int(match["m"])) * (1 if match["sign"] == "+" else -1)
    if (match["season"] or "STANDARD").upper() != "STANDARD":  # is the hour in the offset or not? nobody knows
        return ZoneWords(None, text), ""
    if declared.tz and parse_zone(declared.tz).fixed_min == 0:
        return ZoneWords(None, text), ""
    return ZoneWords(minutes), f"the head says {text}; the serial days are taken for that zone's clock, not for UTC"


def _explained(table: Table, counted: bool, words: str) -> Table:
    """The table, with what is said of its times."""
    evidence = dict(table.evidence)
    if counted:
        evidence["date_order"] = Evidence(None, COLUMN, "days counted from 1899-12-30, rounded to seconds")
    zone = evidence["time_zone"]
    if words and zone.source == HEADER:
        evidence["time_zone"] = Evidence(zone.value, ASSUMED, "; ".join(note for note in (words, zone.note) if note))
    return replace(table, evidence=evidence)


def _device(sections: Sections) -> Device:
    device = sections.get("device", {})
    rate = _RATE.fullmatch(device.get("readingrate", ""))
    wanted = {"userid": "UserID", "devicedescription": "DeviceDescription", "timezone": "TimeZone"}
    return Device(
        serial=device.get("serialnumber") or None,
        model=device.get("devicename") or None,
        interval_ms=int(rate["count"]) * _MS[rate["unit"].upper()] or None if rate else None,
        facts={name: device[key] for key, name in wanted.items() if device.get(key)},
    )
