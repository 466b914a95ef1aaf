"""InfluxDB 2 annotated CSV: several tables under each other, each with its types, groups, defaults and a heading.

Rows are either one value each (``_field``, ``_value``) or pivoted (a column a field). A cell may run over lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coldchain.loggers.columns import classify
from coldchain.loggers.family import Export
from coldchain.loggers.headings import holds_numbers, one_line
from coldchain.loggers.influxdb_series import Key, Series, series_file
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, LoggerFile
from coldchain.loggers.row_width import refuse_wider
from coldchain.loggers.split import DELIMITERS, cells_of, rows_of
from coldchain.loggers.text import Text

NAME = "influxdb"
_ANNOTATIONS = ("#datatype", "#group", "#default")
_NUMBERS = ("double", "long", "unsignedLong", "")
_SYSTEM = frozenset(("", "result", "table", "_start", "_stop", "_time", "_value", "_field", "_measurement"))


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
        FileRefused: ``no-readings``, ``no-temperature``, ``unknown-unit``.
    """
    return series_file(NAME, export, list(_series(export.text.lines, layout)), declared)


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
            refuse_wider(cells[len(heading) :], "InfluxDB")
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
