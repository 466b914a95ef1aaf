"""Large plain tables: the cells parted by pandas' C reader, where that cannot differ from parting them row by row."""

import io
from itertools import islice

import pandas as pd

from coldchain.loggers.columns import Kind
from coldchain.loggers.grid import Grid, is_whole
from coldchain.loggers.layout import Layout
from coldchain.loggers.text import Text


def gather_large(text: Text, layout: Layout) -> Grid | None:
    """The rows of a regular table, or ``None`` where it has to be read row by row.

    Regular: no quotes, no blank lines, every row with as many cells as headings, and no commas that may part decimals.
    """
    lines = text.lines[layout.first_row :]
    width = len(layout.columns)
    if any(line.count(layout.delimiter) != width - 1 or '"' in line or not line.strip() for line in lines):
        return None
    if layout.delimiter == "," and not _decimals_in_place(lines, layout):
        return None
    table = pd.read_csv(
        io.StringIO("\n".join(lines) + "\n"),
        sep=layout.delimiter,
        header=None,
        names=list(range(width)),
        dtype=object,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        quoting=3,
        engine="c",
    )
    if len(table) != len(lines):
        return None
    first = layout.first_row + 1
    columns = [table[index].tolist() for index in range(width)]
    return Grid(range(first, first + len(lines)), columns, ends_open=not text.ends_cleanly)


def _decimals_in_place(lines: list[str], layout: Layout) -> bool:
    """Whether a value near the top shows its decimals, which settles that commas part cells only."""
    indices = [column.index for column in layout.of_kind(Kind.TEMPERATURE)]
    cells = (line.split(layout.delimiter)[index] for line in islice(lines, 1000) for index in indices)
    return any(cell.strip() and not is_whole(cell) for cell in cells)
