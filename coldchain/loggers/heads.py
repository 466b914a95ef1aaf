"""For families with heads of their own: a heading found by its words, keys and values, and what is no row."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coldchain.domain.quality import Fault, SensorRange
from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.grid import Grid, gather
from coldchain.loggers.layout import SEARCHED_LINES, Layout
from coldchain.loggers.logger_file import Channel, Declared, Quarantined
from coldchain.loggers.split import DELIMITERS, cells_of
from coldchain.loggers.stamps import is_date, is_stamp, is_time
from coldchain.loggers.text import Lines, Text

LONGEST_HEAD = 1_000
"""Characters; no real head or heading cell of these families has half as many, and patterns stay quick on them."""

_LOWER, _A, _LETTERS, _NOT_ASCII, _NEWLINE = (np.uint8(byte) for byte in (0x20, 0x61, 26, 0x80, 10))

_FACT = re.compile(r"\s*(?P<key>[^:=]{1,60}?)\s*[:=][\s,;|]*(?P<value>.*?)[\s,;|]*")
_UNIT = re.compile(
    r"(?:[^A-Za-z0-9%]|Â){0,3}\s*(?:(?:deg(?:rees?)?|o)[\s._]*)?"
    r"(?P<unit>[CFK]|Celsius|Fahrenheit|Kelvin)[^A-Za-z0-9%]{0,2}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Heading:
    """A table's heading line.

    Attributes:
        at: Index of its line, from 0.
        delimiter: What parts its cells.
        cells: Its cells, without the blanks around them.
    """

    at: int
    delimiter: str
    cells: tuple[str, ...]


def find_heading(
    lines: Sequence[str], fits: Callable[[Sequence[str]], bool], searched: int = SEARCHED_LINES
) -> Heading | None:
    """The first line that fits when its cells, tidied and in lower case, are parted by one of the usual delimiters.

    Lines without a single word are passed over: every file comes by here for every family, and nearly all are rows.
    """
    worded = lines.keep("headings", _headings) if isinstance(lines, Lines) else _headings(lines)
    return next((heading for heading, lowered in worded if heading.at < searched and fits(lowered)), None)


def lines_with_words(lines: Sequence[str], searched: int) -> list[str]:
    """Those of the first lines that hold a word; the others are no heading, nor anything else a head says."""
    worded = lines.keep("worded", _with_words) if isinstance(lines, Lines) else _with_words(lines)
    return [lines[at] for at in worded if at < searched]


def _headings(lines: Sequence[str]) -> list[tuple[Heading, list[str]]]:
    """The first lines that hold a word, parted by every delimiter they hold; and their cells in lower case."""
    found = []
    for at in lines.keep("worded", _with_words) if isinstance(lines, Lines) else _with_words(lines):
        line = lines[at]
        for delimiter in DELIMITERS:
            if delimiter in line:
                cells = tuple(cell.strip().strip('"').strip() for cell in cells_of(line, delimiter))
                found.append((Heading(at, delimiter, cells), [cell.lower() for cell in cells]))
    return found


def _with_words(lines: Sequence[str]) -> list[int]:
    """The first lines that hold three letters side by side, or one beyond ASCII: no heading has less."""
    data = np.frombuffer("\n".join(lines[:SEARCHED_LINES]).encode("utf-8", "surrogatepass"), dtype=np.uint8)
    letter = ((data | _LOWER) - _A) < _LETTERS
    places = np.flatnonzero((letter[:-2] & letter[1:-1] & letter[2:]) | (data[:-2] >= _NOT_ASCII))
    return sorted(set(np.searchsorted(np.flatnonzero(data == _NEWLINE), places).tolist()))


def layout_of(
    heading: Heading, times: tuple[int, ...], known: Mapping[int, Column], first_row: int | None = None
) -> Layout:
    """The layout under a heading; columns in ``known`` are what the family says, the others what their words say."""
    columns = tuple(known.get(column.index, column) for column in classify(heading.cells))
    return Layout(heading.at, heading.delimiter, columns, times, heading.at + 1 if first_row is None else first_row)


def left_out(columns: Iterable[Column], kind: Kind = Kind.NUMBER) -> dict[int, Column]:
    """Columns that hold something else than a probe's temperature."""
    return {column.index: replace(column, kind=kind, unit=None) for column in columns}


def time_column(lines: Sequence[str], heading: Heading, candidates: Sequence[int]) -> tuple[int, ...]:
    """Where the rows below a heading state their times: a whole time, or a date and a time of day side by side."""
    for line in lines[heading.at + 1 : heading.at + 40]:
        cells = [cell.strip() for cell in cells_of(line, heading.delimiter)]
        for index in candidates:
            if index < len(cells) and is_stamp(cells[index]):
                return (index,)
            if index + 1 < len(cells) and is_date(cells[index]) and is_time(cells[index + 1]):
                return (index, index + 1)
    return tuple(candidates[:1])


def without_lines(text: Text, first: int, is_row: Callable[[str], bool] = bool) -> Text:
    """The text with what is no row blanked from line index ``first`` on, so that line numbers stay.

    Lines of nothing but delimiters, which spreadsheets leave behind, are never rows.
    """
    lines = [
        line if at < first or (line.strip(' ,;|\t"') and is_row(line)) else "" for at, line in enumerate(text.lines)
    ]
    return replace(text, lines=lines)


def rows_below(text: Text, layout: Layout, declared: Declared, what: str) -> Grid:
    """The rows of a family's table.

    Raises:
        FileRefused: ``no-readings``; ``ambiguous-decimal`` where rows hold more fields than the heading names.
    """
    grid = gather(text, layout, declared)
    if not grid:
        raise FileRefused("no-readings", f"it is a {what} export without a single reading")
    named = max(column.index for column in layout.columns if column.label or column.kind is not Kind.OTHER) + 1
    beyond = [*(cell for cells in grid.columns[named:] for cell in cells if cell.strip()), *grid.beyond]
    if beyond:
        raise FileRefused(
            "ambiguous-decimal",
            f"rows hold more fields than the {named} that the heading of this {what} export names "
            f"(such as {beyond[0].strip()!r}); export it with another delimiter or a decimal point",
        )
    return grid


def facts_of(lines: Iterable[str]) -> dict[str, str]:
    """The ``Key: value`` and ``Key = value`` lines of a head, the first of each name."""
    found: dict[str, str] = {}
    for line in lines:
        if len(line) > LONGEST_HEAD:
            continue
        match = _FACT.fullmatch(line.strip(' ,;|\t"').replace('"', ""))
        if match and match["value"]:
            found.setdefault(match["key"].strip(), match["value"])
    return found


def unit_in(text: str) -> str | None:
    """``C``, ``F`` or ``K`` where a text is nothing but a temperature's unit, with whatever its degree sign became."""
    match = _UNIT.fullmatch(text.strip().replace("℃", "°C").replace("℉", "°F"))
    return match["unit"][0].upper() if match else None


def beyond_the_probe(
    channels: Iterable[Channel], known: SensorRange, sentinels_milli_c: Sequence[int] = ()
) -> tuple[Channel, ...]:
    """The channels without what their probe cannot have measured; that goes to quarantine."""
    sifted = []
    for channel in channels:
        milli = channel.milli_c
        sentinel = np.isin(milli, list(sentinels_milli_c))
        wrong = sentinel | (milli < known.low_milli_c) | (milli > known.high_milli_c)
        if wrong.any():
            rows = [
                Quarantined(
                    int(channel.lines[row]),
                    None,
                    f"{int(milli[row]) / 1000:g}",
                    str(Fault.SENTINEL if sentinel[row] else Fault.OUT_OF_RANGE),
                )
                for row in np.flatnonzero(wrong).tolist()
            ]
            quarantined = tuple(sorted((*channel.quarantined, *rows), key=lambda row: row.line))
            channel = replace(
                channel,
                at_ms=channel.at_ms[~wrong],
                milli_c=milli[~wrong],
                lines=channel.lines[~wrong],
                quarantined=quarantined,
            )
        sifted.append(channel)
    return tuple(sifted)


def count_note(stated: str | None, found: int, where: str) -> tuple[str, ...]:
    """A sentence where a file states another number of readings than it holds."""
    match = re.search(r"[0-9]+", stated or "")
    if match is None or int(match[0]) == found:
        return ()
    return (f"the {where} says {int(match[0])} readings and the file holds {found}: rows may be missing",)
