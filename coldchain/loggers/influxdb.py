"""InfluxDB 2 annotated CSV: several tables under each other, each with its types, groups, defaults and a heading.

Rows are either one value each (``_field``, ``_value``) or pivoted (a column a field). A cell may run over lines.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid
from coldchain.loggers.headings import holds_numbers, joined, one_line
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.split import DELIMITERS, cells_of, rows_of
from coldchain.loggers.table import Table, interpret
from coldchain.loggers.table_units import unit_in
from coldchain.loggers.text import Text

NAME = "influxdb"
_ANNOTATIONS = ("#datatype", "#group", "#default")
_NUMBERS = ("double", "long", "unsignedLong", "")
_SYSTEM = frozenset(("", "result", "table", "_start", "_stop", "_time", "_value", "_field", "_measurement"))
_UNIT_TAGS = ("unit", "unit_of_measurement", "units")

_MOST_SERIES = 500

Key = tuple[tuple[str, str], ...]


@dataclass
class Series:
    """One field of one thing: what it is called, and its rows so far.

    Attributes:
        words: What may name the quantity and its unit: the field, the measurement.
        tags: What tells it from other series of the same field.
    """

    field: str
    measurement: str
    tags: Key
    lines: list[int] = dataclasses.field(default_factory=list)
    times: list[str] = dataclasses.field(default_factory=list)
    values: list[str] = dataclasses.field(default_factory=list)

    @property
    def unit(self) -> str | None:
        """``C``, ``F`` or ``K`` where the field, the measurement or a tag says so."""
        tagged = [unit_in(text) for name, text in self.tags if name.lower() in _UNIT_TAGS]
        measured = unit_in(self.measurement) if len(self.measurement) <= 3 else None  # "°C", as Home Assistant writes
        stated = [classify([self.field])[0].unit, *tagged, measured, classify([self.measurement])[0].unit]
        return next((str(unit) for unit in stated if unit), None)

    @property
    def is_temperature(self) -> bool:
        """Whether its field is a temperature by name or unit; or its measurement, where the field is but a value."""
        kind = classify([self.field])[0].kind
        if kind is Kind.OTHER and self.field.lower() in ("value", "state", "mean", ""):
            tags = " ".join(text for _, text in self.tags)
            kinds = {classify([text])[0].kind for text in (self.measurement, tags)}
            return bool(self.unit) or (Kind.TEMPERATURE in kinds and Kind.STATISTIC not in kinds)
        return kind is Kind.TEMPERATURE or (kind is Kind.OTHER and self.unit is not None)


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The first heading, if it follows annotations or begins with an empty cell, ``result`` and ``table``."""
    for at, line in enumerate(text.lines[:20]):
        if "result" not in line and not any(annotation in line for annotation in _ANNOTATIONS):
            continue
        for delimiter in DELIMITERS:
            cells = cells_of(line, delimiter)
            annotated = cells[0].strip('" ') in _ANNOTATIONS and len(cells) > 2
            if annotated or _is_heading(cells):
                columns = tuple(classify([cell.strip() for cell in cells]))
                return Layout(at, delimiter, columns, (0,), at)
    return None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """One channel a series that is a temperature.

    Raises:
        FileRefused: ``no-temperature``, with the fields that hold numbers; ``unknown-unit`` where nothing names it.
    """
    found = list(_series(export.text.lines, layout))
    if not found:
        raise FileRefused("no-readings", "it is an InfluxDB export without a single row that has a time and a value")
    numeric = [series for series in found if holds_numbers(series.values)]
    names = _names(found)
    wanted = _wanted(numeric, names, declared)
    if not wanted:
        fields = list(dict.fromkeys(series.field for series in numeric))
        raise FileRefused(
            "no-temperature",
            (f"it has no one field {declared.column!r}" if declared.column else "none of its fields is a temperature")
            + f"; those with numbers are {', '.join(fields[:8]) or 'none'}; name one with --column",
            tuple(f"--column {name!r}" for name in fields[:8]),
        )
    if len(wanted) > _MOST_SERIES:
        raise FileRefused("too-large", f"it holds {len(wanted)} series of temperatures; name one of them with --column")
    tables = [_table(series, names[id(series)], declared) for series in wanted]
    others = len(found) - len(wanted)
    notes = (f"{others} other series are no temperature by name or unit and were left out",) if others else ()
    return export.file(NAME, Device(), joined(tables), *notes)


def _wanted(numeric: Sequence[Series], names: Mapping[int, str], declared: Declared) -> list[Series]:
    if not declared.column:
        return [series for series in numeric if series.is_temperature]
    lowered = declared.column.strip().lower()
    exact = [series for series in numeric if lowered in (series.field.lower(), names[id(series)].lower())]
    measured = [series for series in numeric if lowered == series.measurement.lower()]
    return exact or measured


def _series(lines: Sequence[str], layout: Layout) -> Iterator[Series]:
    """Every series of a file; pages and windows of one series are put together."""
    found: dict[tuple[str, str, Key], Series] = {}
    for number, row in _rows(lines, layout):
        time = row.get("_time", "")
        measurement = one_line(row.get("_measurement", ""))
        texts = {name: text for name, (kind, text) in row.cells.items() if name not in _SYSTEM and kind == "string"}
        if "_value" in row.cells:
            values = {row.get("_field", ""): row.get("_value", "")}
        else:
            values = {n: t for n, (k, t) in row.cells.items() if n not in _SYSTEM and k in _NUMBERS}
            texts = {name: text for name, text in texts.items() if name in row.tags}
        tags = tuple(sorted((one_line(name), one_line(text)) for name, text in texts.items()))
        for written, value in values.items():
            name = one_line(written)
            series = found.setdefault((name, measurement, tags), Series(name, measurement, tags))
            series.lines.append(number)
            series.times.append(time)
            series.values.append(value)
    yield from (series for series in found.values() if any(series.values) and any(series.times))


@dataclass(frozen=True)
class _Row:
    """One row of one table: by column name its type and text; and which columns group the table."""

    cells: Mapping[str, tuple[str, str]]
    tags: frozenset[str]

    def get(self, name: str, default: str) -> str:
        """A column's text."""
        return self.cells.get(name, ("", default))[1]


def _rows(lines: Sequence[str], layout: Layout) -> Iterator[tuple[int, _Row]]:
    """Every row of data with its line; annotations and headings are kept track of, table by table."""
    notes: dict[str, list[str]] = {}
    heading: list[str] = []
    annotating = False
    for number, raw in rows_of(lines, layout.first_row, layout.delimiter):
        cells = [cell.strip() for cell in raw]
        if cells[0] in _ANNOTATIONS:
            notes = notes if annotating else {}
            notes[cells[0]] = cells
            heading, annotating = [], True
        elif not heading or _is_heading(cells):
            heading, annotating = cells, False
        else:
            yield number, _row(heading, notes, cells)


def _row(heading: Sequence[str], notes: Mapping[str, Sequence[str]], cells: Sequence[str]) -> _Row:
    kinds, defaults, groups = (
        _padded(notes.get(name, ()), len(heading)) for name in ("#datatype", "#default", "#group")
    )
    texts = _padded(cells, len(heading))
    typed, grouped = "#datatype" in notes, "#group" in notes
    known = {
        name: (kind if typed else "" if _numeric(text) else "string", text or default)
        for name, kind, text, default in zip(heading, kinds, texts, defaults, strict=True)
    }
    tags = (name for name, group in zip(heading, groups, strict=True) if group == "true" or not grouped)
    return _Row(known, frozenset(tags))


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return ([*cells] + [""] * width)[:width]


def _numeric(text: str) -> bool:
    return not text or holds_numbers([text])


def _is_heading(cells: Sequence[str]) -> bool:
    names = [cell.strip().strip('"') for cell in cells[:3]]
    return names == ["", "result", "table"]


def _names(found: Sequence[Series]) -> dict[int, str]:
    """A name for each series: its field, with the measurement and tags in which series of that field differ."""
    often: Counter[tuple[str, ...]] = Counter()
    for series in found:
        often.update((series.field, *tag) for tag in (("", ""), ("_measurement", series.measurement), *series.tags))
    names = {}
    for series in found:
        all_of_it = often[series.field, "", ""]
        pairs = (("_measurement", series.measurement), *series.tags)
        own = [text for name, text in pairs if text and often[series.field, name, text] < all_of_it]
        bare = series.field.lower() in ("value", "state", "")
        names[id(series)] = " ".join(own if bare and own else [*own, series.field]).strip() or "value"
    return names


def _table(series: Series, name: str, declared: Declared) -> Table:
    columns = (
        Column(0, "_time", "_time", Kind.TIME),
        Column(1, series.field or name, name, Kind.TEMPERATURE, series.unit),
    )
    grid = Grid(series.lines, [series.times, series.values])
    without_column = Declared(declared.tz, declared.unit, declared.date_order, declared.decimal, None, declared.site_tz)
    return interpret(Layout(0, ",", columns, (0,), 1), grid, without_column)
