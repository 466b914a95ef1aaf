"""Home Assistant's history download: ``entity_id,state,last_changed``, all entities under each other, changes only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid, gather
from coldchain.loggers.headings import heading_where, holds_numbers, joined, one_line, take
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.row_width import refuse_wider
from coldchain.loggers.table import Table, interpret
from coldchain.loggers.table_units import unit_in
from coldchain.loggers.text import Text

NAME = "homeassistant"
_TIMES = ("last_changed", "last_updated")
_UNITS = ("unit_of_measurement", "unit")
_MOST_ENTITIES = 500
_ONLY_CHANGES = (
    "Home Assistant writes a state only when it changes: between two rows the value may have stood still or the sensor "
    "may have been silent, and the file does not tell which"
)


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if the heading names an entity, its state, and when that changed."""
    heading = heading_where(
        text.lines,
        "entity_id",
        lambda cells: {"entity_id", "state"} <= set(cells) and any(time in cells for time in _TIMES),
    )
    if heading is None:
        return None
    at, delimiter, cells = heading
    time = next(cells.index(name) for name in _TIMES if name in cells)
    columns = tuple(_column(column, time, cells.index("state")) for column in classify(cells))
    return Layout(at, delimiter, columns, (time,), at + 1)


def _column(column: Column, time: int, state: int) -> Column:
    if column.index == time:
        return replace(column, kind=Kind.TIME)
    if column.index == state:
        return replace(column, kind=Kind.TEMPERATURE, unit=None)
    return replace(column, kind=Kind.UNIT if column.label in _UNITS else Kind.OTHER, unit=None)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """One channel an entity that is a temperature, by its unit, its name, or ``--column``.

    Raises:
        FileRefused: ``no-temperature`` where none is, with the entities whose states are numbers.
    """
    grid = gather(export.text, layout, declared)
    refuse_wider(grid.beyond, "Home Assistant")
    rows: dict[str, list[int]] = {}
    named = next(column.index for column in layout.columns if column.label == "entity_id")
    for row, entity in enumerate(map(one_line, grid.column(named))):
        if entity and entity != "entity_id":  # downloads put together repeat the heading
            rows.setdefault(entity, []).append(row)
    if not rows:
        raise FileRefused("no-readings", "it is a Home Assistant history without a single state")
    (state,) = layout.of_kind(Kind.TEMPERATURE)
    numeric = {
        entity: mine for entity, mine in rows.items() if holds_numbers([grid.columns[state.index][row] for row in mine])
    }
    wanted = _wanted(rows, numeric, layout, grid, declared)
    if len(wanted) > _MOST_ENTITIES:
        raise FileRefused("too-large", f"it holds {len(wanted)} temperatures; name one of them with --column")
    tables = [
        _channel(entity, interpret(layout, take(grid, rows[entity]), replace(declared, column=None)))
        for entity in wanted
    ]
    others = len(rows) - len(wanted)
    notes = [_ONLY_CHANGES]
    if others:
        notes.append(f"{others} other entities are no temperature by unit or name and were left out")
    return export.file(NAME, Device(), joined(tables), *notes)


def _wanted(
    rows: Mapping[str, Sequence[int]],
    numeric: Mapping[str, Sequence[int]],
    layout: Layout,
    grid: Grid,
    declared: Declared,
) -> list[str]:
    """The entities that are temperatures."""
    if declared.column:
        lowered = declared.column.strip().lower()
        exact = [entity for entity in rows if lowered == entity.lower()]
        parts = exact or [entity for entity in rows if lowered in entity.lower()]
        if len(parts) == 1 and parts[0] in numeric:
            return parts
        why = "is not one entity" if len(parts) != 1 else "has no numbers for states"
        raise _refused(f"{declared.column!r} {why} in it", numeric)
    units = layout.of_kind(Kind.UNIT)
    if units:
        cells = grid.column(units[0].index)
        found = [entity for entity, mine in numeric.items() if any(unit_in(cells[row]) for row in mine)]
    else:
        found = [entity for entity in numeric if classify([entity])[0].kind is Kind.TEMPERATURE]
    if not found:
        raise _refused("none of its entities says to be a temperature", numeric)
    return found


def _refused(why: str, numeric: Mapping[str, Sequence[int]]) -> FileRefused:
    shown = ", ".join(list(numeric)[:8]) or "none"
    return FileRefused(
        "no-temperature",
        f"{why}; the entities whose states are numbers: {shown}; name one with --column",
        tuple(f"--column {entity}" for entity in list(numeric)[:8]),
    )


def _channel(entity: str, table: Table) -> Table:
    """A table whose one channel is called by its entity."""
    (channel,) = table.channels
    return replace(table, channels=(replace(channel, name=entity, label=entity),))
