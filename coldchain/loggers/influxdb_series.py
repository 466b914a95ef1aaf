"""Series of a time-series database: which are temperatures, what each is called, and its channel."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid
from coldchain.loggers.headings import holds_numbers, joined
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.stamps import is_epoch
from coldchain.loggers.table import Table, interpret
from coldchain.loggers.table_units import unit_in

_UNIT_TAGS = ("unit", "unit_of_measurement", "units")
_UNNAMED = ("value", "state", "mean", "last", "first", "")
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
        if kind is Kind.OTHER and self.field.lower() in _UNNAMED:
            tags = " ".join(text for _, text in self.tags)
            kinds = {classify([text])[0].kind for text in (self.measurement, tags)}
            return bool(self.unit) or (Kind.TEMPERATURE in kinds and Kind.STATISTIC not in kinds)
        return kind is Kind.TEMPERATURE or (kind is Kind.OTHER and self.unit is not None)


def series_file(family: str, export: Export, found: Sequence[Series], declared: Declared) -> LoggerFile:
    """One channel a series that is a temperature.

    Raises:
        FileRefused: ``no-temperature``, with the fields that hold numbers; ``unknown-unit`` where nothing names it.
    """
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
    return export.file(family, Device(), joined(tables), *notes)


def _wanted(numeric: Sequence[Series], names: Mapping[int, str], declared: Declared) -> list[Series]:
    if not declared.column:
        return [series for series in numeric if series.is_temperature]
    lowered = declared.column.strip().lower()
    exact = [series for series in numeric if lowered in (series.field.lower(), names[id(series)].lower())]
    measured = [series for series in numeric if lowered == series.measurement.lower()]
    return exact or measured


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
    epoch = is_epoch(next((text for text in series.times if text), ""))
    return interpret(Layout(0, ",", columns, (0,), 1, epoch), grid, without_column)
