"""From lines to cells: which delimiter, quotes, and quoted cells that run over several lines."""

import csv
from collections.abc import Iterator, Sequence

from coldchain.errors import FileRefused
from coldchain.loggers.text import MAX_LINE

DELIMITERS = (";", "\t", ",", "|")
MAX_CELLS = 1_000
MAX_ROWS = 2_000_000
"""Of tables that are irregular, so that each row is looked at by itself: memory is bounded by this."""

MAX_CELL_LINES = 200
"""A quoted cell that runs over more lines was never closed."""


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [""])
    except csv.Error:  # longer than csv allows
        return line.split(delimiter)


def rows_of(lines: Sequence[str], first: int, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row from line index ``first`` on, as (line number counted from 1, cells); blank lines are left out.

    Raises:
        FileRefused: ``damaged``: a row of absurd width, or a quote that never closes; ``too-large``.
    """
    at, end, count = first, len(lines), 0
    while at < end:
        line = lines[at]
        number = at + 1
        at += 1
        if not line or line.isspace():
            continue
        while '"' in line and line.count('"') % 2 and is_open(line, delimiter):  # the cell goes on in the next line
            if at == end or at - number > MAX_CELL_LINES or len(line) > MAX_LINE:
                raise FileRefused("damaged", f"line {number}: a quotation mark opens and is never closed")
            line += "\n" + lines[at]
            at += 1
        count += 1
        if count > MAX_ROWS:
            raise FileRefused("too-large", f"it has more than {MAX_ROWS} rows that are not alike: split it")
        yield number, cells_of_row(line, number, delimiter)


def cells_of_row(line: str, number: int, delimiter: str) -> list[str]:
    """The cells of one row whose quotation marks are closed.

    Raises:
        FileRefused: ``damaged``: a row of absurd width, or quotation marks that no cell can have.
    """
    if '"' not in line:
        cells = line.split(delimiter)
    else:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [""])
        except csv.Error as error:
            raise FileRefused("damaged", f"line {number}: its quotation marks are out of order") from error
    if len(cells) > MAX_CELLS:
        raise FileRefused("damaged", f"line {number} has {len(cells)} fields: no logger writes such a row")
    return cells


def is_open(line: str, delimiter: str) -> bool:
    """Whether a line ends inside a quoted cell; a mark within a cell (``6" shelf``) opens nothing."""
    reader = csv.reader([line, ""], delimiter=delimiter, skipinitialspace=True)
    try:
        next(reader)
    except csv.Error:
        return False
    return reader.line_num > 1
