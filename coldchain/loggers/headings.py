"""What families with a heading of their own share: finding it, taking rows out of a table, putting tables together."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from coldchain.domain.quality import Fault
from coldchain.domain.temperature import Unit
from coldchain.loggers.grid import Grid
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import ASSUMED, COLUMN, DECLARED, HEADER, Evidence
from coldchain.loggers.number_texts import number_of
from coldchain.loggers.split import DELIMITERS, cells_of
from coldchain.loggers.table import Table
from coldchain.loggers.text import Lines

_EVERY = re.compile(r"every\s+([0-9]{1,6})\s*(sec|min|h(?:our|r)?)", re.IGNORECASE)
_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000}
_LOOKED_AT = 2_000
_FIRST_LINES = 20
_MOST_DIGITS = 9


def heading_where(
    lines: Sequence[str], word: str, fits: Callable[[list[str]], bool], searched: int = _FIRST_LINES
) -> tuple[int, str, list[str]] | None:
    """The first line whose cells pass a test, as (line index, delimiter, cells without blanks and quotes).

    Args:
        lines: The file's.
        word: In lower case; lines without it are passed over, because files of all other families come by here.
        fits: The test.
        searched: How many lines to look at.
    """
    make = partial(_lowered, searched)
    head = lines.keep(f"lowered {searched}", make) if isinstance(lines, Lines) else make(lines)
    for at, line, lowered in head:
        if word not in lowered:
            continue
        for delimiter in DELIMITERS:
            if delimiter in line:
                cells = [cell.strip().strip('"').strip() for cell in cells_of(line, delimiter)]
                if fits(cells):
                    return at, delimiter, cells
    return None


def _lowered(searched: int, lines: Sequence[str]) -> list[tuple[int, str, str]]:
    """The first lines with their index, as they are and in lower case."""
    return [(at, line, line.lower()) for at, line in enumerate(lines[:searched])]


def sample_interval(label: str) -> int | None:
    """The interval in ``Timestamp for sample frequency every 15 min min``, ms."""
    match = _EVERY.search(label)
    return int(match[1]) * _MS[match[2][0].lower()] or None if match else None


def take(grid: Grid, rows: Sequence[int]) -> Grid:
    """Some rows of a table."""
    if len(rows) == len(grid):
        return grid
    last = bool(rows) and rows[-1] == len(grid) - 1
    return replace(
        grid,
        lines=[grid.lines[row] for row in rows],
        columns=[[column[row] for row in rows] for column in grid.columns],
        ends_open=grid.ends_open and last,
        cut=grid.cut and last,
    )


def without_headings(grid: Grid, layout: Layout) -> tuple[Grid, tuple[str, ...]]:
    """A table without the headings repeated in it, where exports were put one after the other; and a sentence on it."""
    time = layout.times[0]
    label = layout.columns[time].label
    rows = [row for row, cell in enumerate(grid.column(time)) if cell.strip('"\ufeff ') != label]
    repeated = len(grid) - len(rows)
    if not repeated:
        return grid, ()
    return take(grid, rows), (f"the heading is repeated in {repeated} rows: several exports were put together",)


def holds_numbers(texts: Sequence[str]) -> bool:
    """Whether half of the filled cells are numbers, or words by which loggers say that one is missing."""
    filled = [text for text in islice((text.strip() for text in texts), _LOOKED_AT) if text]
    usual = sum(number_of(text, Unit.C) is not Fault.DAMAGED for text in filled)
    return bool(filled) and usual * 2 >= len(filled)


def one_line(text: str) -> str:
    """A quoted name that runs over several lines, on one."""
    return " ".join(text.split())


def count_of(text: str) -> int | None:
    """A count such as a head states it, or ``None``."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def joined(tables: Sequence[Table]) -> Table:
    """Several tables of one file as one; where they rest on different evidence, the weakest is said."""
    evidence = {}
    for key in tables[0].evidence:
        found = list(dict.fromkeys(table.evidence[key] for table in tables))
        weakest = next(
            each for source in (ASSUMED, DECLARED, COLUMN, HEADER) for each in found if each.source == source
        )
        values = dict.fromkeys(each.value for each in found if each.value is not None)
        evidence[key] = Evidence(" and ".join(values) or None, weakest.source, weakest.note)
    return Table(
        tuple(channel for table in tables for channel in table.channels),
        evidence,
        tuple(event for table in tables for event in table.events),
        tuple(dict.fromkeys(note for table in tables for note in table.notes)),
    )
