"""Hanwell exports: ``Database Valid``, an indented head of keys and values, then a table with the time of day first."""

import re
from collections.abc import Sequence

import numpy as np

from coldchain.loggers.date_order import NO_FACTS, Facts, local_times
from coldchain.loggers.family import Export
from coldchain.loggers.heads import count_note, facts_of, find_heading, layout_of, rows_below, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.stamps import parse_stamps
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "hanwell"
_DATABASE = re.compile(r'[\s,;\t"]*Database\s+(\w+)', re.IGNORECASE)


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if the head says ``Database …`` and ``Data Starts:`` before a heading that begins with ``Time``."""
    heading = find_heading(text.lines, _fits)
    if heading is None:
        return None
    head = text.lines[: heading.at]
    if not any(_DATABASE.match(line) for line in head) or "Data Starts" not in facts_of(head):
        return None
    return layout_of(heading, (0,), {})


def _fits(cells: Sequence[str]) -> bool:
    return cells[0] == "time" and len(cells) > 1


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The temperature channels; where the data start settles the date order, how many there are is checked."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "Hanwell")
    head = export.text.lines[: layout.header_at]
    facts = facts_of(head)
    table = interpret(layout, grid, declared, Head(_first(facts.get("Data Starts")), serial=facts.get("Serial No")))
    notes = count_note(facts.get("No. of Readings"), len(grid), "head")
    state = next(match[1] for line in head if (match := _DATABASE.match(line)))
    if state.lower() != "valid":
        notes = (*notes, f"the head says 'Database {state}': the program that exported it did not call its data valid")
    device = Device(facts.get("Serial No"), facts.get("Sensor"), facts=facts)
    return export.file(NAME, device, table, *notes)


def _first(text: str | None) -> Facts:
    """The first reading's day, where the head spells its month out."""
    stamps = parse_stamps([text or ""])
    if stamps.named is None:
        return NO_FACTS
    local_ms, good = local_times(stamps, "DMY")
    first = tuple(int(at) for at in np.asarray(local_ms)[good])
    return Facts(first=first, source_note="Data Starts")
