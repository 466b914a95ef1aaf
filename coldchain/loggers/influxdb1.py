"""InfluxDB 1 CSV, by the command line (``-format csv``) or over HTTP: ``name``, perhaps ``tags``, ``time``, fields.

Times are nanoseconds since 1970 unless another precision was asked for, or RFC 3339. Several queries, or queries of
several measurements, stand under each other, each with a heading. Without grouping, tags are columns like the fields.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coldchain.errors import FileRefused
from coldchain.loggers.columns import classify
from coldchain.loggers.family import Export
from coldchain.loggers.headings import holds_numbers, one_line
from coldchain.loggers.influxdb_series import Key, Series, series_file
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, LoggerFile
from coldchain.loggers.number_texts import plain_number
from coldchain.loggers.row_width import refuse_wider
from coldchain.loggers.split import DELIMITERS, cells_of, rows_of
from coldchain.loggers.table_sensors import Told, told_by
from coldchain.loggers.text import Text

NAME = "influxdb"
_NANOSECONDS, _MICROSECONDS = 19, 16
_DIGITS = re.compile(r"[0-9]+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """A first line with ``name``, perhaps ``tags``, then ``time`` and at least one field."""
    line = next((line for line in text.lines[:5] if line.strip()), "")
    if len(line) > 10_000 or not line.lstrip('"').startswith("name"):
        return None
    for delimiter in DELIMITERS:
        cells = [cell.strip().strip('"') for cell in cells_of(line, delimiter)]
        if _is_heading(cells):
            at = text.lines.index(line)
            return Layout(at, delimiter, tuple(classify(cells)), (cells.index("time"),), at)
    return None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """One channel a field of one set of tags.

    Raises:
        FileRefused: ``no-readings``, ``no-temperature``, ``unknown-unit``; ``contradiction`` where it cannot be told
            whether a column of texts tells several sensors apart.
    """
    found: dict[tuple[str, str, Key], Series] = {}
    for block in _blocks(export.text.lines, layout):
        tags = block.tag_columns()
        for row in block.rows:
            key = tuple((name, row.texts[name]) for name in tags if row.texts.get(name))
            for field, value in row.values.items():
                series = found.setdefault(
                    (field, row.name, (*row.tags, *key)), Series(field, row.name, (*row.tags, *key))
                )
                series.lines.append(row.line)
                series.times.append(row.time)
                series.values.append(value)
    filled = [series for series in found.values() if any(series.values) and any(series.times)]
    return series_file(NAME, export, filled, declared)


def _is_heading(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and cells[0] == "name" and (cells[1] == "time" or list(cells[1:3]) == ["tags", "time"])


@dataclass(frozen=True)
class _Row:
    """One row: its measurement and tags, its numbers and its texts by column."""

    line: int
    name: str
    tags: Key
    time: str
    values: Mapping[str, str]
    texts: Mapping[str, str]


@dataclass(frozen=True)
class _Block:
    """The rows under one heading, of one measurement."""

    columns: tuple[str, ...]
    rows: list[_Row]

    def tag_columns(self) -> list[str]:
        """The columns of texts that tell series apart: tags, and no states of one logger.

        Raises:
            FileRefused: ``contradiction``, where that is open.
        """
        return [name for name in self.columns if any(row.texts.get(name) for row in self.rows) and self._is_tag(name)]

    def _is_tag(self, name: str) -> bool:
        for field in self.columns:
            rows = [(row, plain_number(row.values.get(field, ""))) for row in self.rows]
            timed = [(_ms(row.time), value, row.texts.get(name, "")) for row, value in rows if value is not None]
            usable = [(at, value, text) for at, value, text in timed if at is not None]
            if not usable:
                continue
            at_ms = np.array([at for at, _, _ in usable], dtype=np.int64)
            milli = np.array([round(float(value) * 1000) for _, value, _ in usable], dtype=np.int64)
            told = told_by(at_ms, milli, [text for _, _, text in usable])
            if told is Told.OPEN:
                raise FileRefused(
                    "contradiction",
                    f"the column {name!r} may name several sensors or states of one, and nothing in the file says "
                    f"which; group the query by {name!r} if it is a tag, or leave it out",
                )
            if told is Told.SEVERAL:
                return True
        return False


def _blocks(lines: Sequence[str], layout: Layout) -> Iterator[_Block]:
    """The rows of each heading and measurement."""
    heading: list[str] = []
    found: dict[str, list[_Row]] = {}
    for number, raw in rows_of(lines, layout.first_row, layout.delimiter):
        cells = [cell.strip() for cell in raw]
        if _is_heading(cells):
            yield from (_Block(tuple(heading), rows) for rows in found.values())
            heading, found = cells, {}
        elif cells[0] or len(cells) > 1:
            refuse_wider(cells[len(heading) :], "InfluxDB")
            row = _row(number, heading, cells)
            found.setdefault(row.name, []).append(row)
    yield from (_Block(tuple(heading), rows) for rows in found.values())


def _row(number: int, heading: Sequence[str], cells: Sequence[str]) -> _Row:
    stated = dict(zip(heading, cells, strict=False))
    fields = {name: text for name, text in stated.items() if name not in ("name", "tags", "time")}
    return _Row(
        number,
        one_line(stated.get("name", "")),
        _tags(stated.get("tags", "")),
        _time(stated.get("time", "")),
        {one_line(name): text for name, text in fields.items() if not text or holds_numbers([text])},
        {one_line(name): one_line(text) for name, text in fields.items() if text and not holds_numbers([text])},
    )


def _tags(text: str) -> Key:
    """``location=ward 3,probe=2`` as pairs."""
    pairs = (part.partition("=") for part in text.split(",") if part.strip())
    return tuple((one_line(name), one_line(value)) for name, _, value in pairs)


def _time(text: str) -> str:
    """A time as text that other tables use too: milliseconds, where it counts finer ones."""
    if _DIGITS.fullmatch(text) and len(text) in (_NANOSECONDS, _MICROSECONDS):
        return text[: 13 - len(text)]
    return text


def _ms(text: str) -> int | None:
    if _DIGITS.fullmatch(text) and len(text) in (10, 13):
        return int(text) * (1000 if len(text) == 10 else 1)
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return int(np.datetime64(text[:-1], "ms").astype(np.int64))
    except ValueError:  # no such day
        return None
