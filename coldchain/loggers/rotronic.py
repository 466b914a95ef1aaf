"""Rotronic HL and HW4 exports: sections for the device, for each channel (``[#1]`` …), the heading and the data."""

import re
from collections.abc import Sequence
from dataclasses import replace

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.heads import Heading, facts_of, layout_of, rows_below, time_column, unit_in, without_lines
from coldchain.loggers.layout import SEARCHED_LINES, Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.split import DELIMITERS, cells_of
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

NAME = "rotronic"
_SECTION = re.compile(r'"?\s*\[#(?P<name>\w+)\]')
_SPAN = re.compile(r"([0-9]+):([0-9]{2}):([0-9]{2})")


def sections(lines: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Where each section's lines begin and end, as indices, the line that names it left out."""
    found: dict[str, tuple[int, int]] = {}
    name, start = "", 0
    searched = lines[: SEARCHED_LINES * 2]
    for at, line in enumerate(searched):
        match = _SECTION.match(line) if "[#" in line else None
        if match:
            if name:
                found.setdefault(name, (start, at))
            name, start = match["name"].upper(), at + 1
    if name:
        found.setdefault(name, (start, len(lines)))
    return found


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if the text has a ``[#H]`` section with a heading and a ``[#D]`` section.

    Raises:
        FileRefused: ``damaged``: the sections are there and no heading is.
    """
    if b"[" not in text.data:  # nearly every other family's file
        return None
    found = sections(text.lines)
    if "H" not in found or "D" not in found:
        return None
    at = next((at for at in range(*found["H"]) if text.lines[at].strip(' ,;|\t"')), None)
    delimiter = next((one for one in DELIMITERS if at is not None and one in text.lines[at]), None)
    if at is None or delimiter is None:
        raise FileRefused("damaged", "its section [#H] names no columns: export it again")
    heading = Heading(at, delimiter, tuple(cell.strip() for cell in cells_of(text.lines[at], delimiter)))
    first_row = found["D"][0]
    units = _units(text.lines, found)
    columns = classify(heading.cells)
    known = {
        column.index: replace(column, unit=column.unit or unit, kind=Kind.TEMPERATURE)
        if unit is not None and column.kind in (Kind.TEMPERATURE, Kind.OTHER)
        else column
        for column in columns
        for unit in [_next_unit(units, column.label)]
    }
    dates = [column.index for column in columns if column.kind is Kind.TIME] or [0]
    times = time_column(text.lines, replace(heading, at=first_row - 1), dates)
    return layout_of(heading, times, known, first_row)


def _units(lines: Sequence[str], found: dict[str, tuple[int, int]]) -> list[tuple[str, str | None]]:
    """What each channel's section says it measures, in order: (name, the unit if it is a temperature's)."""
    said = []
    for name, (start, end) in found.items():
        if name.isdigit():
            quantity = next(iter(facts_of(lines[start:end]).items()), None)
            if quantity:
                said.append((quantity[0].lower(), unit_in(quantity[1])))
    return said


def _next_unit(units: list[tuple[str, str | None]], label: str) -> str | None:
    """The unit of the first section of that name that no earlier column has taken."""
    for at, (name, unit) in enumerate(units):
        if name == label.lower():
            del units[at]
            return unit if not re.search(r"dew|frost|wet", name) else None
    return None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The temperature channels; units stand in the channels' sections, alarm thresholds are settings."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "Rotronic")
    head = export.text.lines[: layout.first_row - 1]
    found = sections(export.text.lines)
    facts = facts_of(head[slice(*found["S"])]) if "S" in found else {}
    for start, end in (span for name, span in found.items() if name.isdigit()):
        (quantity, unit), *settings = (*facts_of(head[start:end]).items(), ("", ""))
        facts |= {quantity: unit} | {f"{quantity} {key}": value for key, value in settings if key}
    described = [line.strip(' ,;|\t"') for line in head[slice(*found["I"])]] if "I" in found else []
    if any(described):
        facts = {"Description": next(filter(None, described)), **facts}
    span = _SPAN.search(facts.get("Log Interval", ""))
    interval_ms = (int(span[1]) * 3600 + int(span[2]) * 60 + int(span[3])) * 1000 if span else None
    device = Device(facts.get("Serial Number"), interval_ms=interval_ms or None, facts=facts)
    table = interpret(layout, grid, declared)
    channels = tuple(replace(channel, serial=channel.serial or device.serial) for channel in table.channels)
    return export.file(NAME, device, replace(table, channels=channels))
