"""GeoPrecision exports of FG2-Shell and GP5W: tags and remarks between rows, housekeeping columns, ragged rows."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid
from coldchain.loggers.heads import count_note, facts_of, find_heading, layout_of, rows_below, unit_in, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, Event, LoggerFile
from coldchain.loggers.split import cells_of
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "geoprecision"
_INDENT = re.compile(r'[\s"]*')
_CLOSING = {"<": ">", "(": ")"}
_HEAD = re.compile(r"""[\s"]*(?:<FG2\b|Logger:\s*#\w+)""", re.IGNORECASE)
_SERIAL = re.compile(r"\bLogger:\s*[#$]?(\w+)", re.IGNORECASE)
_MODEL = re.compile(r"Logger:\s*[#$]?\w+\s+'([^']+)'", re.IGNORECASE)
_COLUMN = re.compile(r"(?P<name>#?[\w.\-]+)\s*(?::\s*(?P<after>.*)|\((?P<within>.*)\))")
_COUNT = re.compile(r"Decode\s+\w+,\s*(?P<count>[0-9]+)\s*Lines", re.IGNORECASE)
_EXPONENT = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,2}")


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if the file begins as one of the two programs does and has a heading ``No,Time,…``.

    Raises:
        FileRefused: ``no-readings``: it does, and has no such heading.
    """
    if not any(_HEAD.match(line) for line in text.lines[:5]):
        return None
    heading = find_heading(text.lines, _fits)
    if heading is None:
        raise FileRefused("no-readings", "it is a GeoPrecision export without a table")
    columns = {index: _column(index, cell) for index, cell in enumerate(heading.cells) if index > 1}
    if any(column.unit for column in columns.values() if column.kind is Kind.TEMPERATURE):
        columns = {  # where some channels state their unit, those that state none may measure anything
            index: column if column.unit or column.kind is not Kind.TEMPERATURE else replace(column, kind=Kind.OTHER)
            for index, column in columns.items()
        }
    return layout_of(heading, (1,), columns)


def _fits(cells: Sequence[str]) -> bool:
    return list(cells[:2]) == ["no", "time"]


def _column(index: int, cell: str) -> Column:
    """A channel: ``#1:oC``, ``#1(oC)``, ``#1((unk.))``; ``HK`` is housekeeping, the logger's own temperature too."""
    match = _COLUMN.fullmatch(cell)
    if match is None:
        return Column(index, cell, cell, Kind.OTHER)
    stated = (match["after"] or match["within"] or "").strip()
    letter = unit_in(stated)
    unknown = "unk" in stated.lower() or not stated
    if match["name"].lstrip("#").upper().startswith("HK"):
        kind = Kind.STATISTIC if letter else Kind.NUMBER
    else:
        kind = Kind.TEMPERATURE if letter or unknown else Kind.NUMBER
    return Column(index, cell, match["name"], kind, letter)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The probes' channels; tags and remarks are events, and the count in the footer is compared."""
    lines = export.text.lines
    heading = _tidy(lines[layout.header_at], layout.delimiter)
    events = []
    for number, line in enumerate(lines[layout.first_row :], layout.first_row + 1):
        remark = _remark(line)
        if remark is not None:
            events.append(Event(None, remark, number))
        elif re.match(r'[\s"]*NO\b', line, re.IGNORECASE) and _tidy(line, layout.delimiter) != heading:
            raise FileRefused("damaged", f"line {number}: a second table with other columns begins; split the file")
    text = without_lines(export.text, layout.first_row, lambda line: not _is_remark(line, heading, layout.delimiter))
    grid = _expanded(rows_below(text, layout, declared, "GeoPrecision"), layout)
    serial, model = (
        next((match[1] for line in lines[: layout.header_at] if (match := pattern.search(line))), None)
        for pattern in (_SERIAL, _MODEL)
    )
    table = interpret(layout, grid, declared, Head(serial=serial))
    table = replace(table, events=tuple(sorted((*table.events, *events), key=lambda event: event.line)))
    facts = facts_of(line.strip('<>"') for line in lines[: layout.header_at] if not _HEAD.match(line))
    notes = [*_missing(events, grid), *_unstated(layout)]
    if "Delta Time" in facts:
        notes.append(f"the head says Delta Time {facts['Delta Time']}: the logger's clock was off; times are as logged")
    return export.file(NAME, Device(serial, model, facts=facts), table, *notes)


def _tidy(line: str, delimiter: str) -> list[str]:
    cells = [cell.strip().strip('"') for cell in cells_of(line, delimiter)]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _is_remark(line: str, heading: list[str], delimiter: str) -> bool:
    """Whether a line is no row: a tag, a remark, or the heading once more (joined downloads)."""
    return _remark(line) is not None or _tidy(line, delimiter) == heading


def _remark(line: str) -> str | None:
    """What a tag, ``<…>``, or a remark, ``(…)``, says, with empty cells behind it; ``None`` for another line."""
    indent = _INDENT.match(line)
    start = indent.end() if indent else 0
    closing = _CLOSING.get(line[start : start + 1])
    if closing is None:
        return None
    end = len(line)  # by hand: a pattern that looks for the end of a long line tries every place in it
    while line[end - 1].isspace() or line[end - 1] in '",;|':
        end -= 1
    return line[start + 1 : end].removesuffix(closing).strip()


def _expanded(grid: Grid, layout: Layout) -> Grid:
    """The grid with ``-7.2e-05`` written out in the probes' columns."""
    columns = list(grid.columns)
    for column in layout.of_kind(Kind.TEMPERATURE):
        cells = columns[column.index]
        if any("e" in cell.lower() for cell in cells):
            columns[column.index] = [
                f"{Decimal(cell.strip()):f}" if _EXPONENT.fullmatch(cell.strip()) else cell for cell in cells
            ]
    return replace(grid, columns=columns, cut=False)  # rows without a battery are short and whole


def _missing(events: Sequence[Event], grid: Grid) -> list[str]:
    """Sentences where the footer, or the rows' own numbers, say that rows are missing."""
    footer = next((event.name for event in events if _COUNT.search(event.name)), None)
    match = _COUNT.search(footer) if footer else None
    notes = list(count_note(match["count"] if match else None, len(grid), "footer"))
    numbers = [int(cell) for cell in grid.column(0) if cell.isdigit()]
    leaps = sum(later - earlier - 1 for earlier, later in pairwise(numbers) if later > earlier)
    if leaps:
        notes.append(f"by the rows' own numbers {leaps} rows are missing")
    return notes


def _unstated(layout: Layout) -> list[str]:
    other = [column.label for column in layout.of_kind(Kind.OTHER) if column.name.startswith("#")]
    return [f"{', '.join(map(repr, other))} states no unit and was left out"] if other else []
