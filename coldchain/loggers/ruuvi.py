"""Ruuvi Station exports: the sensor's name, then headings in the phone's language; only ``ISO8601`` is the same in all.

°C, °F and K stand side by side, so the values themselves say which column is the temperature.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind, classify, unit_of
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid, gather
from coldchain.loggers.headings import heading_where
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import COLUMN, Declared, Device, Evidence, LoggerFile
from coldchain.loggers.number_texts import plain_number
from coldchain.loggers.row_width import refuse_wider
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "ruuvi"
_ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}", re.IGNORECASE)
_DISTINCT = 3
_MOST = 0.9
_MOST_COLUMNS = 60
_AGREE = "the values of this column and of {other} are one temperature in °C and °F"


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """The layout, if a heading has a column ``ISO8601``."""
    heading = heading_where(
        text.lines, "iso8601", lambda cells: len(cells) > 2 and "ISO8601" in (cell.upper() for cell in cells)
    )
    if heading is None:
        return None
    at, delimiter, cells = heading
    time = [cell.upper() for cell in cells].index("ISO8601")
    columns = tuple(replace(column, kind=Kind.TIME) if column.index == time else column for column in classify(cells))
    return Layout(at, delimiter, columns, (time,), at + 1)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The temperature of a Ruuvi Station export, in °C."""
    grid = gather(export.text, layout, declared)
    refuse_wider(grid.beyond, "Ruuvi Station")
    if not grid:
        raise FileRefused("no-readings", "it is a Ruuvi Station export without a single reading")
    name = " ".join(line.strip(' ";,\t') for line in export.text.lines[: layout.header_at] if line.strip())
    address = _ADDRESS.search(name)
    serial = address[0] if address else None
    pair = None if declared.column else _temperature(layout, grid)
    if pair is not None:
        layout = replace(layout, columns=tuple(_only(column, pair.celsius) for column in layout.columns))
    table = interpret(layout, grid, declared, Head(serial=serial))
    if pair is not None:
        stated = unit_of(pair.celsius.label) is not None
        note = _AGREE.format(other=repr(pair.fahrenheit.label))
        unit = table.evidence["unit"]
        said = replace(unit, note=note) if stated else Evidence(unit.value, COLUMN, note)
        table = replace(table, evidence={**table.evidence, "unit": said})
    return export.file(NAME, Device(serial, facts={"name": name} if name else {}), table)


def _only(column: Column, chosen: Column) -> Column:
    """The chosen column as the only temperature; the others are numbers beside it."""
    if column.index == chosen.index:
        return replace(column, kind=Kind.TEMPERATURE, unit=Unit.C)
    return replace(column, kind=Kind.NUMBER) if column.kind in (Kind.TEMPERATURE, Kind.STATISTIC) else column


@dataclass(frozen=True)
class _Numbers:
    """One column's numbers, NaN where a cell holds none, and how far rounding may have moved them."""

    column: Column
    values: NDArray[np.float64]
    slack: float


@dataclass(frozen=True)
class _Pair:
    """Two columns that say the same in °C and °F."""

    celsius: Column
    fahrenheit: Column
    mean: float
    stated: bool


def _temperature(layout: Layout, grid: Grid) -> _Pair | None:
    """The temperature among all pairs of columns with ``v_F = 1.8 v_C + 32``.

    Dew points come in such pairs as well: they are named so, or else colder.
    """
    numbers = [
        found
        for column in layout.columns[:_MOST_COLUMNS]
        if column.index not in layout.times and (found := _numbers(column, grid.column(column.index))) is not None
    ]
    pairs = [
        _Pair(one.column, two.column, float(np.nanmean(one.values)), one.column.unit == "C" and two.column.unit == "F")
        for one in numbers
        for two in numbers
        if _agree(one, two)
    ]
    named = [pair for pair in pairs if pair.celsius.kind is not Kind.STATISTIC] or pairs
    return max(named, key=lambda pair: (pair.stated, pair.mean, -pair.celsius.index), default=None)


def _agree(celsius: _Numbers, fahrenheit: _Numbers) -> bool:
    """Whether two columns say the same; where their headings state no units, chance has to be excluded."""
    units = (celsius.column.unit, fahrenheit.column.unit)
    stated = units == ("C", "F")
    if not stated and (units != (None, None) or Kind.NUMBER in (celsius.column.kind, fahrenheit.column.kind)):
        return False
    both = ~np.isnan(celsius.values) & ~np.isnan(fahrenheit.values)
    if not both.any() or (not stated and np.unique(celsius.values[both]).size < _DISTINCT):
        return False
    off = np.abs(fahrenheit.values[both] - (celsius.values[both] * 1.8 + 32))
    agreeing = float((off <= fahrenheit.slack + 1.8 * celsius.slack + 1e-9).mean())
    return agreeing >= (_MOST if stated else 1)


def _numbers(column: Column, texts: Sequence[str]) -> _Numbers | None:
    plain = [plain_number(text) for text in texts]
    found = [text for text in plain if text is not None]
    if not found:
        return None
    decimals = max(len(text.partition(".")[2]) for text in found)
    values = np.array([np.nan if text is None else float(text) for text in plain])
    return _Numbers(column, values, 0.5 * 10.0**-decimals)
