"""From lines to cells: which delimiter, quotes, and quoted cells that run over several lines."""

import csv
from collections.abc import Iterator, Sequence

from coldchain.errors import FileRefused

DELIMITERS = (";", "\t", ",", "|")
MAX_CELLS = 1_000


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [""])
    except csv.Error:  # a NUL or a cell beyond csv's own bound
        return line.split(delimiter)


def rows_of(lines: Sequence[str], first: int, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row from line index ``first`` on, as (line number counted from 1, cells); blank lines are left out.

    Raises:
        FileRefused: ``damaged``: a row of absurd width, or a quote that never closes.
    """
    at, end = first, len(lines)
    while at < end:
        line = lines[at]
        number = at + 1
        at += 1
        if not line or line.isspace():
            continue
        if '"' not in line:
            cells = line.split(delimiter)
        else:
            while line.count('"') % 2 and at < end:  # the quoted cell goes on in the next line
                line += "\n" + lines[at]
                at += 1
                if len(line) > 65_536:
                    break
            if line.count('"') % 2:
                raise FileRefused("damaged", f"line {number}: a quotation mark opens and is never closed")
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [""])
        if len(cells) > MAX_CELLS:
            raise FileRefused("damaged", f"line {number} has {len(cells)} fields: no logger writes such a row")
        yield number, cells
