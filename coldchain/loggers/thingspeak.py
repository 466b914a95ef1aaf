"""ThingSpeak channel exports: ``created_at,entry_id,field1…``; which field is a temperature, only the user knows."""

from dataclasses import replace

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid, gather
from coldchain.loggers.headings import heading_where, holds_numbers
from coldchain.loggers.layout import Layout, find_layout, matching
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.row_width import refuse_wider
from coldchain.loggers.table import columns_text, interpret
from coldchain.loggers.text import Text

NAME = "thingspeak"
_OF_THE_CHANNEL = frozenset(("latitude", "longitude", "elevation", "status"))


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if the heading begins with ``created_at`` and ``entry_id``."""
    heading = heading_where(
        text.lines, "entry_id", lambda cells: [cell.lower() for cell in cells[:2]] == ["created_at", "entry_id"]
    )
    layout = find_layout(text.lines, declared.column) if heading else None
    return layout if heading and layout and layout.header_at == heading[0] else None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channels of a ThingSpeak export.

    Raises:
        FileRefused: ``no-temperature`` with the fields that hold numbers, where none says to be a temperature.
    """
    layout = replace(layout, columns=tuple(map(_beside, layout.columns)))
    grid = gather(export.text, layout, declared)
    refuse_wider(grid.beyond, "ThingSpeak")
    if not grid:
        raise FileRefused("no-readings", "it is a ThingSpeak export without a single entry")
    fields = [column for column in layout.columns if _is_field(column, layout)]
    chosen = matching(fields, declared.column) if declared.column else layout.of_kind(Kind.TEMPERATURE)
    if not chosen:
        raise FileRefused(
            "no-temperature",
            (f"it has no field {declared.column!r}" if declared.column else "no field says to be a temperature")
            + f"; its fields are {columns_text(fields)}; name the one with --column, and its unit with --unit",
            _options(fields, grid),
        )
    wordy = [column for column in chosen if not holds_numbers(grid.columns[column.index])]
    if len(wordy) == len(chosen):
        raise FileRefused("no-temperature", f"the field {columns_text(wordy)} holds no numbers", _options(fields, grid))
    return export.file(NAME, Device(), interpret(layout, grid, declared))


def _beside(column: Column) -> Column:
    """A column as the export means it: whole numbers in the next field are never decimals, for points part those."""
    return replace(column, kind=Kind.NUMBER) if column.kind is Kind.OTHER else column


def _is_field(column: Column, layout: Layout) -> bool:
    return column.index not in layout.times and column.label.lower() not in _OF_THE_CHANNEL | {"entry_id", ""}


def _options(fields: list[Column], grid: Grid) -> tuple[str, ...]:
    return tuple(f"--column {field.label!r}" for field in fields if holds_numbers(grid.columns[field.index]))[:8]
