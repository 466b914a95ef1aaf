"""What is said of a file that no importer knows: what it looks like, and what would help."""

from collections.abc import Sequence

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Kind, classify
from coldchain.loggers.heads import find_heading, lines_with_words
from coldchain.loggers.layout import SEARCHED_LINES
from coldchain.loggers.split import cells_of
from coldchain.loggers.stamps import is_stamp
from coldchain.loggers.text import Text

_LONGEST_SHOWN = 40
_WHAT_HELPS = "export the readings as CSV with headings, or say which column is which with --learn"


def refusal(text: Text) -> FileRefused:
    """``unknown-format``, with the nearest thing to a table of readings that the file holds."""
    return FileRefused("unknown-format", f"it is in no format known here: {_what_it_holds(text)}; {_WHAT_HELPS}")


def _what_it_holds(text: Text) -> str:
    heading = find_heading(text.lines, lambda cells: len(cells) > 1 and _time_column(cells) is not None)
    if heading is not None:
        column = _time_column(heading.cells) or 0
        below = next((line for line in text.lines[heading.at + 1 : heading.at + 20] if line.strip()), "")
        cells = cells_of(below, heading.delimiter)
        stated = cells[column].strip() if column < len(cells) else ""
        return (
            f"line {heading.at + 1} heads a column {heading.cells[column][:_LONGEST_SHOWN]!r}, but what stands below "
            f"({stated[:_LONGEST_SHOWN]!r}) is no time known here, such as 2026-03-01 08:00"
        )
    first = text.lines[0].strip()
    if any(
        is_stamp(first.split(delimiter)[0].strip('" ')) for delimiter in (";", "\t", ",", "|") if delimiter in first
    ):
        return "it begins with a reading and no heading says what its columns are"
    if not lines_with_words(text.lines, SEARCHED_LINES):
        return f"none of its first {SEARCHED_LINES} lines holds a word, so nothing says what its columns are"
    return f"no heading in its first {SEARCHED_LINES} lines names a time"


def _time_column(cells: Sequence[str]) -> int | None:
    return next((column.index for column in classify(cells) if column.kind is Kind.TIME), None)
