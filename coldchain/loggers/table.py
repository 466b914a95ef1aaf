"""From a delimited table to channels: the one way that every family of delimited exports goes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.quality import Fault
from coldchain.domain.reading import Milliseconds
from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers.clock import NO_WORDS, ZoneWords, to_utc, zone_words
from coldchain.loggers.columns import Column, Kind, unit_of
from coldchain.loggers.date_order import NO_FACTS, Dated, Facts, decide
from coldchain.loggers.grid import Grid
from coldchain.loggers.layout import Layout, matching
from coldchain.loggers.logger_file import (
    ASSUMED,
    COLUMN,
    DECLARED,
    HEADER,
    Channel,
    Declared,
    Event,
    Evidence,
    Quarantined,
)
from coldchain.loggers.numbers import Scan, looks_like_number, parse_numbers, refuse_lost_decimals
from coldchain.loggers.stamps import NO_OFFSET, epoch_ms, parse_stamps

NO_DATE_ORDER = Evidence(None, COLUMN, "times are counted from 1970")


@dataclass(frozen=True)
class Head:
    """What a family knows of a file from outside the table.

    Attributes:
        facts: About the first reading's date.
        zone: About the zone, where the time heading says nothing.
        interval_ms: The logger's interval.
        serial: For channels whose heading names none.
    """

    facts: Facts = NO_FACTS
    zone: ZoneWords = NO_WORDS
    interval_ms: int | None = None
    serial: str | None = None


NOTHING_KNOWN = Head()


@dataclass(frozen=True)
class Table:
    """What a table holds."""

    channels: tuple[Channel, ...]
    evidence: dict[str, Evidence]
    events: tuple[Event, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Times:
    at_ms: Milliseconds
    good: NDArray[np.bool_]
    zone: Evidence
    order: Evidence
    notes: tuple[str, ...]


def interpret(layout: Layout, grid: Grid, declared: Declared, head: Head = NOTHING_KNOWN) -> Table:
    """The channels of a table, with the evidence for zone, unit, date order and decimal mark.

    Raises:
        FileRefused: Whatever is open and not declared, and what contradicts itself.
    """
    columns, notes = _temperature_columns(layout, grid, declared)
    cells = {column.index: grid.column(column.index) for column in columns}
    held = np.zeros(len(grid.rows), dtype=bool)
    for texts in cells.values():
        held |= np.fromiter((bool(text) for text in texts), dtype=bool, count=len(texts))
    if not held.any():
        raise FileRefused("no-readings", f"it holds no reading: {_columns_text(columns)} is empty in every row")
    scan = Scan()
    for column in columns:
        scan.look(grid.lines, cells[column.index])
    decimal = _decimal(scan, grid, declared)
    times = _times(layout, grid, held, declared, head)
    events, is_event = _events(layout, grid, times)
    units, unit_evidence, other = _units(columns, layout, grid, scan, declared)
    channels = []
    for column, label in zip(columns, _names(columns), strict=True):
        found = _channel(
            column,
            label,
            grid,
            cells[column.index],
            times,
            is_event,
            units,
            other,
            "." not in scan.marks and not scan.marks,
        )
        channels.append(replace(found, serial=column.serial or head.serial))
    channels, more = _by_source(layout, grid, channels)
    evidence = {"time_zone": times.zone, "unit": unit_evidence, "date_order": times.order, "decimal": decimal}
    return Table(tuple(channels), evidence, events, (*notes, *times.notes, *more))


def _temperature_columns(layout: Layout, grid: Grid, declared: Declared) -> tuple[list[Column], list[str]]:
    """The columns that hold readings, and a sentence on those left out."""
    if declared.column:
        chosen = [column for column in matching(layout.columns, declared.column) if column.index not in layout.times]
        if not chosen:
            raise FileRefused(
                "no-temperature",
                f"it has no column {declared.column!r}; its columns are {_columns_text(layout.columns)}",
            )
        return [replace(column, unit=unit_of(column.label)) for column in chosen], []
    chosen = layout.of_kind(Kind.TEMPERATURE)
    unit_column = layout.of_kind(Kind.UNIT)
    if not chosen and unit_column:
        values = [
            c for c in layout.of_kind(Kind.OTHER) if c.name.lower() in {"value", "reading", "measurement", "wert"}
        ]
        chosen = values[:1]
    notes = []
    empty = [column for column in chosen if not _holds_numbers(grid, column)]
    if empty and len(empty) < len(chosen):
        chosen = [column for column in chosen if column not in empty]
        notes.append(f"{_columns_text(empty)} holds no numbers and was left out")
    left_out = layout.of_kind(Kind.STATISTIC)
    if chosen and left_out:
        notes.append(f"{_columns_text(left_out)} is no probe's reading and was left out")
    if not chosen:
        raise FileRefused(
            "no-temperature",
            f"it has no temperature column; its columns are {_columns_text(layout.columns)}; "
            "name one with --column if it is one of them",
            tuple(f"--column {column.label!r}" for column in layout.of_kind(Kind.OTHER, Kind.STATISTIC))[:5],
        )
    return chosen, notes


def _holds_numbers(grid: Grid, column: Column) -> bool:
    cells = [row[column.index].strip() for row in grid.rows[:2000]]
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(looks_like_number(cell) for cell in filled) * 2 >= len(filled)


def _decimal(scan: Scan, grid: Grid, declared: Declared) -> Evidence:
    """The decimal mark, one for the whole file."""
    if len(scan.marks) > 1:
        (one, (line, text)), (two, (other_line, other)) = list(scan.marks.items())[:2]
        raise FileRefused(
            "ambiguous-decimal",
            f"it writes {text} in line {line} and {other} in line {other_line}: both {one!r} and {two!r} part decimals; "
            "export it again in one style",
        )
    for mark, (line, text) in scan.marks.items():
        if declared.decimal and declared.decimal != mark:
            raise FileRefused(
                "contradiction", f"--decimal {declared.decimal} was declared, but line {line} writes {text}"
            )
        note = (
            "it had been taken for a delimiter and was put back" if grid.rejoined else "a space" if mark == " " else ""
        )
        return Evidence(mark, COLUMN, note)
    if declared.decimal:
        return Evidence(declared.decimal, DECLARED, "no value has decimals")
    return Evidence(None, COLUMN, "no value has decimals")


def _times(layout: Layout, grid: Grid, held: NDArray[np.bool_], declared: Declared, head: Head) -> _Times:
    texts = [" ".join(cells) for cells in zip(*(grid.column(index) for index in layout.times), strict=True)]
    heading = " ".join(layout.columns[index].label for index in layout.times)
    words = zone_words(heading)
    if words == NO_WORDS:
        words = head.zone
    if layout.epoch:
        at_ms, good = epoch_ms(texts)
        _refuse_no_times(grid, good & held, texts)
        return _Times(at_ms, good, Evidence("+00:00", COLUMN, "seconds since 1970 are UTC"), NO_DATE_ORDER, ())
    stamps = parse_stamps(texts)
    _refuse_no_times(grid, stamps.good & held, texts)
    example = texts[int(np.flatnonzero(stamps.good & held)[0])]
    dated: Dated = decide(stamps, held, example, declared, head.facts)
    good = dated.good
    _refuse_no_times(grid, good & held, texts)
    rows = np.flatnonzero(good)
    lines = [grid.lines[row] for row in rows.tolist()]
    offsets = stamps.offset_min[rows]
    clocked = to_utc(dated.local_ms[rows], offsets, held[rows], lines, words, declared, head.interval_ms)
    at_ms = np.zeros(len(texts), dtype=np.int64)
    at_ms[rows] = clocked.at_ms
    notes = clocked.notes
    if (offsets == NO_OFFSET).all():
        notes += _steps_back(at_ms[np.flatnonzero(good & held)])
    return _Times(at_ms, good, clocked.evidence, dated.evidence, notes)


def _steps_back(at_ms: Milliseconds) -> tuple[str, ...]:
    steps = np.diff(at_ms)
    back = int(min((steps < 0).sum(), (steps > 0).sum()))
    if not back:
        return ()
    return (
        f"the times run backwards {back} time{'s' if back > 1 else ''}: the device's clock was set back, or runs were joined",
    )


def _refuse_no_times(grid: Grid, usable: NDArray[np.bool_], texts: Sequence[str]) -> None:
    if not usable.any():
        raise FileRefused("damaged", f"line {grid.lines[0]}: {texts[0]!r} is no time, nor is any other row's")


def _events(layout: Layout, grid: Grid, times: _Times) -> tuple[tuple[Event, ...], NDArray[np.bool_]]:
    """What the logger noted, and the rows that hold at least one such note."""
    events, rows = [], np.zeros(len(grid.rows), dtype=bool)
    columns = layout.of_kind(Kind.EVENT)
    for row, cells in enumerate(grid.rows) if columns else ():
        for column in columns:
            if cells[column.index].strip():
                rows[row] = True
                at_ms = int(times.at_ms[row]) if times.good[row] else None
                events.append(Event(at_ms, column.name, grid.lines[row]))
    return tuple(events), rows


def _units(
    columns: Sequence[Column], layout: Layout, grid: Grid, scan: Scan, declared: Declared
) -> tuple[dict[int, list[str] | str], Evidence, NDArray[np.bool_]]:
    """Each column's unit (or one a row, where a column of units says so), the evidence, and rows of other quantities."""
    other = np.zeros(len(grid.rows), dtype=bool)
    unit_columns = layout.of_kind(Kind.UNIT)
    if unit_columns and not any(column.unit for column in columns):
        return _units_by_row(columns, grid.column(unit_columns[0].index), declared)
    units: dict[int, list[str] | str] = {}
    seen: list[str] = []
    source, note = HEADER, ""
    for column in columns:
        beside = list(scan.units)
        if len(beside) > 1 or (beside and column.unit and beside[0] != column.unit):
            line, text = scan.units[next(unit for unit in beside if unit != column.unit)]
            stated = column.label if column.unit else scan.units[beside[0]][1]
            raise FileRefused(
                "contradiction", f"line {line}: {text!r} stands under {stated!r}: two units in one column"
            )
        proven = column.unit or (beside[0] if beside else None)
        if beside and not column.unit:
            source, note = COLUMN, "the unit stands beside the values"
        if proven and declared.unit and declared.unit != proven:
            raise FileRefused(
                "contradiction", f"--unit {declared.unit} was declared, but {column.label!r} states {proven}"
            )
        if not proven and not declared.unit:
            raise FileRefused(
                "unknown-unit",
                f"the column {column.label!r} names no unit; say which with --unit C or --unit F",
                ("--unit C", "--unit F"),
            )
        if not proven:
            source = DECLARED
        units[column.index] = proven or declared.unit or "C"
        seen.append(proven or declared.unit or "C")
    return units, Evidence(" and ".join(dict.fromkeys(seen)), source, note), other


def _units_by_row(
    columns: Sequence[Column], texts: list[str], declared: Declared
) -> tuple[dict[int, list[str] | str], Evidence, NDArray[np.bool_]]:
    """Units that stand in a column of their own, as in iButton exports; rows in ``%RH`` are another quantity."""
    letters = {text: _unit_letter(text) for text in set(texts)}
    rows = [letters[text] for text in texts]
    found = sorted({letter for letter in rows if letter})
    if not found:
        shown = ", ".join(sorted(repr(text) for text in letters if text)) or "nothing"
        raise FileRefused("no-temperature", f"it holds no temperature: its unit column says {shown}")
    if declared.unit and declared.unit not in found:
        raise FileRefused("contradiction", f"--unit {declared.unit} was declared, but the unit column says {found[0]}")
    other = np.array([letter is None for letter in rows])
    return (
        {column.index: [letter or "C" for letter in rows] for column in columns},
        Evidence(" and ".join(found), COLUMN, "the unit column"),
        other,
    )


def _unit_letter(text: str) -> str | None:
    return unit_of(f"Temp ({text})") if "%" not in text else None


def _names(columns: Sequence[Column]) -> list[str]:
    """Channel names; where several columns have the same one, #1, #2 and so on in the file's order."""
    often = Counter(column.name for column in columns)
    seen: Counter[str] = Counter()
    names = []
    for column in columns:
        seen[column.name] += 1
        names.append(f"{column.name}#{seen[column.name]}" if often[column.name] > 1 else column.name)
    return names


def _channel(
    column: Column,
    label: str,
    grid: Grid,
    texts: list[str],
    times: _Times,
    is_event: NDArray[np.bool_],
    units: dict[int, list[str] | str],
    other: NDArray[np.bool_],
    markless: bool,
) -> Channel:
    filled = np.fromiter((bool(text) for text in texts), dtype=bool, count=len(texts))
    measured = np.array([any(cell.strip() for cell in row) for row in grid.rows]) if not filled.all() else filled
    rows = np.flatnonzero((filled | (~is_event & measured)) & ~other)
    column_units = units[column.index]
    milli, good = np.zeros(rows.size, dtype=np.int64), np.zeros(rows.size, dtype=bool)
    faults: dict[int, str] = {}
    for letter in sorted(set(column_units)) if isinstance(column_units, list) else [column_units]:
        mine = (
            np.flatnonzero(np.array([column_units[row] == letter for row in rows]))
            if isinstance(column_units, list)
            else np.arange(rows.size)
        )
        chosen = [texts[row] for row in rows[mine].tolist()]
        if not chosen:
            continue
        if markless:
            refuse_lost_decimals(column.label, [grid.lines[row] for row in rows[mine].tolist()], chosen, Unit(letter))
        numbers = parse_numbers(chosen, Unit(letter))
        milli[mine], good[mine] = numbers.milli_c, numbers.good
        faults |= {int(mine[at]): str(fault) for at, fault in numbers.faults.items()}
    lines = np.array([grid.lines[row] for row in rows.tolist()], dtype=np.int64)
    timed = times.good[rows]
    for at in np.flatnonzero(good & ~timed).tolist():
        faults[at] = str(Fault.CLOCK)
    if grid.cut and rows.size and rows[-1] == len(grid.rows) - 1 and good[-1]:
        faults[rows.size - 1] = str(Fault.DAMAGED)
        good[-1] = False
    keep = good & timed
    quarantined = tuple(
        Quarantined(int(lines[at]), column.index + 1, texts[int(rows[at])], reason)
        for at, reason in sorted(faults.items())
    )
    unit = column_units if isinstance(column_units, str) else "C"
    return Channel(label, times.at_ms[rows][keep], milli[keep], lines[keep], quarantined, None, unit, column.label)


def _by_source(layout: Layout, grid: Grid, channels: list[Channel]) -> tuple[list[Channel], list[str]]:
    """Channels parted by the sensor each row names, where a file holds several sensors one under the other."""
    for column in layout.of_kind(Kind.SOURCE, Kind.SERIAL):
        texts = grid.column(column.index)
        names = sorted({text for text in texts if text})
        if not 1 < len(names) <= 500:
            continue
        source_of = dict(zip(grid.lines, texts, strict=True))
        parted = []
        for channel in channels:
            for source in names:
                mine = np.array([source_of[int(line)] == source for line in channel.lines], dtype=bool)
                held = tuple(q for q in channel.quarantined if source_of.get(q.line) == source)
                if mine.any() or held:
                    label = f"{source} {channel.name}" if len(channels) > 1 else source
                    parted.append(
                        replace(
                            channel,
                            name=label,
                            at_ms=channel.at_ms[mine],
                            milli_c=channel.milli_c[mine],
                            lines=channel.lines[mine],
                            quarantined=held,
                        )
                    )
        return parted, [f"the column {column.label!r} names {len(names)} sensors: each is a channel of its own"]
    return channels, []


def _columns_text(columns: Sequence[Column]) -> str:
    shown = [repr(column.label) for column in columns if column.label]
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")


__all__ = ["ASSUMED", "Head", "Table", "interpret"]
