"""Where a delimited table begins, what parts its cells, and which of its columns are times: by heading and content."""

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind, classify, unit_of
from coldchain.loggers.number_texts import looks_like_number
from coldchain.loggers.split import DELIMITERS, cells_of, rows_of
from coldchain.loggers.stamps import ANY_DIGIT, is_date, is_epoch, is_stamp, is_time
from coldchain.loggers.text import Lines

SEARCHED_LINES = 200
_SAMPLE = 40
_HEADING_LINES = 6
_CONTINUES = re.compile(
    r"\s*(?:#\d{4,}\s*$|GMT\s*[+\-−]\d|SEN\s+S/N|LBL:|[°*]\s?[CFK]\b|%\s*\(|(?:Lux|V|mA|mg/L)\b\s*\()", re.IGNORECASE
)
_VALUE_WORDS = frozenset(("value", "reading", "readings", "measurement", "wert", "valor", "valeur"))
_NOT_MEASURED = re.compile(
    r"receiv|server|upload|insert|sync|export|download|ingest|gateway|stored|updated|calib|kalib|expir|verfall|verwend"
    r"|valid|gültig|due|print|druck|report|launch|deploy|install|start(?:ed)?(?![^\W_])|begin",
    re.IGNORECASE,
)
_DATE_WORD = re.compile(r"dat|fecha|tarih|pvm|päiv|dag|дата|日", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """How one delimited table is to be read.

    Attributes:
        header_at: Index of the heading's line, from 0.
        delimiter: What parts the cells.
        columns: The headings.
        times: The time column; or the date column and the time-of-day column.
        first_row: Index of the first line after the heading, which may have several lines.
        epoch: Whether times are seconds or milliseconds since 1970.
    """

    header_at: int
    delimiter: str
    columns: tuple[Column, ...]
    times: tuple[int, ...]
    first_row: int
    epoch: bool = False

    def of_kind(self, *kinds: Kind) -> list[Column]:
        """The columns of some kinds, in order."""
        return [column for column in self.columns if column.kind in kinds]


def find_layout(lines: Sequence[str], wanted: str | None = None) -> Layout | None:
    """The first line that heads a table with times; one that itself names a temperature (or ``wanted``) goes first."""
    if isinstance(lines, Lines):  # every family asks
        return lines.keep(f"layout {wanted}", lambda known: _find_layout(known, wanted))
    return _find_layout(lines, wanted)


def _find_layout(lines: Sequence[str], wanted: str | None) -> Layout | None:
    second_best: Layout | None = None
    for at in range(len(lines[:SEARCHED_LINES])):
        for delimiter in DELIMITERS:
            if delimiter not in lines[at]:
                continue
            layout = _layout_at(lines, at, delimiter, wanted)
            if layout is None:
                continue
            named = any(column.kind is Kind.TEMPERATURE for column in classify(headings(lines[at], delimiter)))
            if named or (wanted and layout.of_kind(Kind.TEMPERATURE)):
                return layout
            if second_best is None or (layout.of_kind(Kind.TEMPERATURE) and not second_best.of_kind(Kind.TEMPERATURE)):
                second_best = layout
    return second_best


def matching(columns: Sequence[Column], wanted: str) -> list[Column]:
    """The columns that ``--column`` names: by whole heading, by short name, or as the only one with that part."""
    lowered = wanted.strip().lower()
    exact = [column for column in columns if lowered in (column.label.lower(), column.name.lower())]
    if exact:
        return exact
    parts = [column for column in columns if lowered and lowered in column.label.lower()]
    return parts if len(parts) == 1 else []


def headings(line: str, delimiter: str) -> list[str]:
    """A heading's cells, with unquoted headings that hold the delimiter themselves put together again."""
    cells = cells_of(line, delimiter)
    if '"' in line or delimiter != ",":
        return cells
    joined: list[str] = []
    for cell in cells:
        if joined and _CONTINUES.match(cell):
            joined[-1] += "," + cell
        else:
            joined.append(cell)
    return joined


def _layout_at(lines: Sequence[str], at: int, delimiter: str, wanted: str | None) -> Layout | None:
    cells = headings(lines[at], delimiter)
    if len(cells) < 2 or sum(1 for cell in cells if cell.strip()) < 2 or is_stamp(cells[0]):
        return None
    columns = tuple(classify(cells))
    if not any(column.kind is Kind.TIME for column in columns):
        return None
    sample = _sample(lines, at + 1, delimiter)
    if not sample and any(column.kind is Kind.TEMPERATURE for column in columns):  # no row at all
        return Layout(at, delimiter, columns, tuple(c.index for c in columns if c.kind is Kind.TIME)[:1], at + 1)
    times, epoch = _time_columns(columns, [row for _, row in sample])
    if not times:
        cells, columns, times = _parted_times(cells, columns, sample)
    if not times:
        return None
    more = _further_heading_lines(columns, times[0], sample)
    if more:
        labels = [
            " ".join(part for row in (cells, *more) if index < len(row) and (part := row[index].strip()))
            for index in range(len(cells))
        ]
        columns = tuple(classify(labels))
    first_row = sample[len(more)][0] if len(more) < len(sample) else at + 1
    return Layout(at, delimiter, _with_values(columns, wanted, times), times, first_row, epoch)


def _parted_times(
    cells: list[str], columns: tuple[Column, ...], sample: Sequence[tuple[int, list[str]]]
) -> tuple[list[str], tuple[Column, ...], tuple[int, ...]]:
    """The headings with one more, where rows have one more cell: "12/16/26, 3:11:00 AM" parted at its own comma."""
    wider = [row for _, row in sample if len(row) == len(cells) + 1]
    for column in columns:
        at = column.index
        if column.kind is Kind.TIME and wider and _mostly(wider, at, is_date) and _mostly(wider, at + 1, is_time):
            more = [*cells[: at + 1], "Time", *cells[at + 1 :]]
            return more, tuple(classify(more)), (at, at + 1)
    return cells, columns, ()


def _with_values(columns: tuple[Column, ...], wanted: str | None, times: tuple[int, ...]) -> tuple[Column, ...]:
    """The columns, with those that hold temperatures though their headings do not say so.

    They are the one the user named, and the values beside a column of units.
    """
    if wanted:
        named = [column.index for column in matching(columns, wanted) if column.index not in times]
    elif any(column.kind is Kind.TEMPERATURE for column in columns):
        named = []
    elif any(column.kind is Kind.UNIT for column in columns):
        values = (column for column in columns if column.kind is Kind.OTHER and column.name.lower() in _VALUE_WORDS)
        named = [column.index for column in values][:1]
    else:
        named = []
    return tuple(
        replace(column, kind=Kind.TEMPERATURE, unit=unit_of(column.label)) if column.index in named else column
        for column in columns
    )


def _sample(lines: Sequence[str], first: int, delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows under a heading, as (line index, cells)."""
    rows: list[tuple[int, list[str]]] = []
    with contextlib.suppress(FileRefused):  # a damaged row is refused with its line when the whole table is read
        for number, cells in rows_of(lines[: first + 4 * _SAMPLE], first, delimiter):
            rows.append((number - 1, [cell.strip() for cell in cells]))
            if len(rows) == _SAMPLE:
                break
    return rows


def _further_heading_lines(
    columns: Sequence[Column], time: int, sample: Sequence[tuple[int, list[str]]]
) -> list[list[str]]:
    """Lines between the heading and the first row: serial numbers, quantities, units; never one with a reading."""
    temperatures = [column.index for column in columns if column.kind is Kind.TEMPERATURE]
    more = []
    for _, row in sample[:_HEADING_LINES]:
        stated = row[time] if time < len(row) else ""
        reading = any(index < len(row) and looks_like_number(row[index]) for index in temperatures)
        if any(character.isdigit() for character in stated) or reading:
            break
        more.append(row)
    return more if len(more) < len(sample) else []


def _time_columns(columns: Sequence[Column], sample: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], bool]:
    """The columns that hold times: a whole time if there is one, else a date and a time of day beside each other."""
    named = [column.index for column in columns if column.kind is Kind.TIME]
    named.sort(key=lambda index: (bool(_NOT_MEASURED.search(columns[index].label)), _stands_still(sample, index)))
    stamps = [index for index in named if _mostly(sample, index, is_stamp)]
    if stamps:
        absolute = [index for index in stamps if _mostly(sample, index, _names_offset)]
        return (tuple(absolute or stamps)[:1], False)
    dates = [index for index in named if _mostly(sample, index, is_date)]
    dates.sort(  # "18.00.08" looks like a date too
        key=lambda index: (
            bool(_NOT_MEASURED.search(columns[index].label)),
            not _DATE_WORD.search(columns[index].label),
        )
    )
    clocks = [index for index in named if index not in dates[:1] and _mostly(sample, index, is_time)]
    if dates and clocks:
        return ((dates[0], clocks[0]), False)
    epochs = [index for index in named if _mostly(sample, index, is_epoch)]
    return (tuple(epochs[:1]), bool(epochs))


def _mostly(sample: Sequence[Sequence[str]], index: int, test: Callable[[str], bool]) -> bool:
    """Whether the cells of a column pass a test, apart from a few leading lines (units) and damaged ones."""
    if not sample:
        return False
    column = "\0".join([row[index] if index < len(row) else "" for row in sample])  # no text holds a zero byte
    cells = column.translate(ANY_DIGIT).split("\0")
    known = {cell: bool(cell) and test(cell) for cell in set(cells)}  # no test asks which digits there are
    passed = [known[cell] for cell in cells]
    if True not in passed:
        return False
    begin = passed.index(True)
    rest = [good for good, cell in zip(passed[begin:], cells[begin:], strict=True) if cell]
    return begin <= _HEADING_LINES and sum(rest) * 2 >= len(rest)


def _stands_still(sample: Sequence[Sequence[str]], index: int) -> bool:
    """Whether a column says the same in every row: when the logger was calibrated or printed, not when it measured."""
    return len(sample) > 1 and len({row[index] for row in sample if index < len(row) and row[index]}) == 1


def _names_offset(text: str) -> bool:
    return is_stamp(text) and bool(re.search(r"(?:Z|UTC|[+\-−]\d{2}:?\d{2})\s*$", text))
