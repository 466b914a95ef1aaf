"""Tinytag Explorer exports: a head of five rows, one column a channel, that says what each channel is."""

from collections.abc import Sequence
from dataclasses import replace

from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.heads import Heading, find_heading, layout_of, rows_below, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.split import cells_of
from coldchain.loggers.stamps import is_date, is_stamp
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "tinytag"
_MOST_ROWS = 12


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if a heading of a blank, ``Time`` and channel numbers is followed by rows that name the channels."""
    heading = find_heading(text.lines, _fits)
    if heading is None:
        return None
    rows = _head_rows(text, heading)
    if "property" not in rows:
        return None
    known = {
        index: _channel(index, rows)
        for index in range(2, len(heading.cells))
        if any(index < len(row) and row[index] for row in rows.values())
    }
    known |= {0: Column(0, "", "", Kind.INDEX), 1: Column(1, "Time", "Time", Kind.TIME)}
    return layout_of(heading, (1,), known, heading.at + 1 + len(rows))


def _fits(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and not cells[0] and cells[1] == "time" and cells[2].isdigit()


def _head_rows(text: Text, heading: Heading) -> dict[str, list[str]]:
    """The rows below the heading that state no time, by the word they begin with."""
    rows: dict[str, list[str]] = {}
    for line in text.lines[heading.at + 1 : heading.at + 1 + _MOST_ROWS]:
        cells = [cell.strip() for cell in cells_of(line, heading.delimiter)]
        if len(cells) < 2 or is_stamp(cells[1]) or is_date(cells[1]) or not cells[0]:
            break
        rows[cells[0].lower().rstrip(":")] = cells
    return rows


def _channel(index: int, rows: dict[str, list[str]]) -> Column:
    """What a channel is: by its property alone, for its type ("Tinytag Ultra H°C/%RH") names units it may not use."""
    said = {key: row[index] if index < len(row) else "" for key, row in rows.items()}
    column = classify([said["property"]])[0]
    kind = column.kind if column.kind in (Kind.TEMPERATURE, Kind.STATISTIC) else Kind.NUMBER
    label = ", ".join(filter(None, (said["property"], said.get("description"))))
    return replace(column, index=index, kind=kind, label=label, serial=said.get("s/n") or None)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channels whose property is a temperature; older exports write the unit beside each value, newer ones none."""
    grid = rows_below(without_lines(export.text, layout.first_row), layout, declared, "Tinytag")
    measuring = layout.of_kind(Kind.TEMPERATURE)
    serials = {column.serial for column in measuring if column.serial}
    serial = serials.pop() if len(serials) == 1 else None
    table = interpret(layout, grid, declared, Head())
    rows = _head_rows(export.text, Heading(layout.header_at, layout.delimiter, ()))
    at = measuring[0].index if measuring else 2
    facts = {key: row[at] for key, row in rows.items() if at < len(row) and row[at]}
    return export.file(NAME, Device(serial, facts.get("type"), facts=facts), table)
