"""From what somebody points at in a file to a layout; and what can be pointed at for them because the file shows it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coldchain.errors import UsageError
from coldchain.layouts.book import layout_of_text
from coldchain.layouts.writing import layout_text
from coldchain.loggers.columns import Kind, classify, unit_of
from coldchain.loggers.learned import LearnedLayout, LearnedTemperature, states_time, tidy
from coldchain.loggers.split import DELIMITERS, cells_of
from coldchain.loggers.stamps import is_date, is_epoch, is_stamp, is_time

_SAMPLE = 60


@dataclass(frozen=True)
class Pointed:
    """What somebody points at. Lines and columns count from 1, as people count.

    Attributes:
        heading_line: The line of the heading; 0 where the table has none.
        times: One column, or those of the date and of the time of day.
        temperatures: Each column with its unit, or ``None`` where the file or a question says it.
        names: Channel names by column, where somebody wants another one than the heading.
    """

    name: str
    delimiter: str
    heading_line: int
    times: tuple[int, ...]
    temperatures: tuple[tuple[int, str | None], ...]
    title: str = ""
    below_heading: int = 0
    names: Mapping[int, str] | None = None
    serial_column: int | None = None
    serial_after: str = ""
    events: tuple[int, ...] = ()
    zone: str | None = None
    date_order: str | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class Seen:
    """What the first lines of a file show by themselves; ``None`` or empty where they show nothing for certain.

    Attributes:
        delimiter: The only one that parts the rows evenly.
        heading_line: The line above the first row with a time, as wide as it; 0: rows begin without one.
        times: The columns in which every row states a time.
        temperatures: The columns whose heading names a temperature, with the unit it states.
    """

    delimiter: str | None
    heading_line: int | None
    times: tuple[int, ...] = ()
    temperatures: tuple[tuple[int, str | None], ...] = ()


def layout_of(pointed: Pointed, lines: Sequence[str]) -> LearnedLayout:
    """The layout of what was pointed at, complete with its file's text.

    Args:
        pointed: What somebody pointed at.
        lines: The file's first lines.

    Raises:
        UsageError: A line or a column is not there, or has two meanings.
        LayoutError: Its words are none that a layout file may have.
    """
    cells = table_row(pointed, lines)
    heading = tuple(cells) if pointed.heading_line else ()
    _refuse_columns(pointed, len(cells))
    layout = LearnedLayout(
        name=pointed.name,
        title=pointed.title,
        delimiter=pointed.delimiter,
        heading=heading,
        width=len(cells),
        times=tuple(number - 1 for number in pointed.times),
        temperatures=tuple(
            LearnedTemperature(number - 1, unit, (pointed.names or {}).get(number, ""))
            for number, unit in pointed.temperatures
        ),
        below_heading=pointed.below_heading,
        events=tuple(number - 1 for number in pointed.events),
        serial_column=None if pointed.serial_column is None else pointed.serial_column - 1,
        serial_after=pointed.serial_after,
        zone=pointed.zone,
        date_order=pointed.date_order,
        decimal=pointed.decimal,
    )
    return layout_of_text(layout_text(layout), f"{pointed.name}.yaml")


def answered(layout: LearnedLayout, field: str, value: str) -> LearnedLayout:
    """The same layout with one more thing declared: ``tz``, ``unit``, ``date_order`` or ``decimal``.

    Raises:
        UsageError: Such a thing is declared of a file and not of a layout.
        LayoutError: The value is none that may stand there.
    """
    match field:
        case "tz":
            more = replace(layout, zone=value)
        case "date_order":
            more = replace(layout, date_order=value)
        case "decimal":
            more = replace(layout, decimal=value)
        case "unit":
            labels = layout.heading or ("",) * layout.width
            temperatures = tuple(
                replace(one, unit=one.unit or (None if unit_of(labels[one.index]) else value))
                for one in layout.temperatures
            )
            more = replace(layout, temperatures=temperatures)
        case _:
            raise UsageError(f"a layout does not say {field}")
    return layout_of_text(layout_text(more), f"{layout.name}.yaml")


def table_row(pointed: Pointed, lines: Sequence[str]) -> list[str]:
    """The cells of the heading, or of the first row where the table has none.

    Raises:
        UsageError: There is no such line.
    """
    if pointed.delimiter not in DELIMITERS:
        raise UsageError("the delimiter is comma, semicolon, tab or pipe")
    if pointed.heading_line:
        if not 1 <= pointed.heading_line <= len(lines):
            raise UsageError(f"there is no line {pointed.heading_line} among the first {len(lines)}")
        cells = [tidy(cell) for cell in cells_of(lines[pointed.heading_line - 1], pointed.delimiter)]
        if not any(cells):
            raise UsageError(f"line {pointed.heading_line} is empty: it is no heading")
        return cells
    zero_based = [number - 1 for number in pointed.times]
    for line in lines:
        cells = [cell.strip() for cell in cells_of(line, pointed.delimiter)]
        if zero_based and max(zero_based) < len(cells) and states_time(cells, zero_based):
            return cells
    raise UsageError("no line states a time in that column: point at the heading, or at another column")


def _refuse_columns(pointed: Pointed, width: int) -> None:
    if not pointed.times or len(pointed.times) > 2:
        raise UsageError("point at one column of dates with times, or at two: dates, and times of day")
    if not pointed.temperatures:
        raise UsageError("point at one column of temperatures at least")
    chosen = [*pointed.times, *(number for number, _ in pointed.temperatures), *pointed.events]
    chosen += [] if pointed.serial_column is None else [pointed.serial_column]
    for number, often in Counter(chosen).items():
        if not 1 <= number <= width:
            raise UsageError(f"there is no column {number}: the table has {width}")
        if often > 1:
            raise UsageError(f"column {number} is pointed at twice: a column has one meaning")


def seen(lines: Sequence[str]) -> Seen:
    """What the first lines show by themselves."""
    fitting = [found for mark in DELIMITERS if (found := _rows_of(lines, mark)) is not None]
    if len(fitting) != 1:
        return Seen(None, None)
    mark, first, rows = fitting[0]
    width = len(rows[0])
    times = _times(rows)
    above = [tidy(cell) for cell in cells_of(lines[first - 1], mark)] if first else []
    if len(above) != width or not any(re.search(r"[^\W\d_]", cell) for cell in above):
        return Seen(mark, None if first else 0, times)
    columns = classify(above)
    temperatures = tuple((column.index + 1, column.unit) for column in columns if column.kind is Kind.TEMPERATURE)
    return Seen(mark, first, times, temperatures)


def _rows_of(lines: Sequence[str], mark: str) -> tuple[str, int, list[list[str]]] | None:
    """A delimiter, the index of the first row that states a time, and the rows, all of one width; or ``None``."""
    for at, line in enumerate(lines):
        cells = [cell.strip() for cell in cells_of(line, mark)]
        if len(cells) < 2 or not any(map(_is_moment, cells)):
            continue
        rows = [[cell.strip() for cell in cells_of(row, mark)] for row in lines[at : at + _SAMPLE] if row.strip()]
        even = [row for row in rows if len(row) == len(cells)]
        return (mark, at, even) if len(even) * 10 >= len(rows) * 9 else None
    return None


def _is_moment(cell: str) -> bool:
    return is_stamp(cell) or is_date(cell) or is_epoch(cell)


def _times(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The one column in which every row states a time; or the one of dates and the one of times of day."""
    columns = list(zip(*rows, strict=True))
    stamps = [index + 1 for index, cells in enumerate(columns) if all(is_stamp(cell) for cell in cells)]
    if stamps:
        return tuple(stamps) if len(stamps) == 1 else ()
    dates = [index + 1 for index, cells in enumerate(columns) if all(is_date(cell) for cell in cells)]
    clocks = [index + 1 for index, cells in enumerate(columns) if all(is_time(cell) for cell in cells)]
    return (dates[0], clocks[0]) if len(dates) == len(clocks) == 1 else ()
