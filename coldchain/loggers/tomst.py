"""TOMST TMS files: no heading at all; ``index;time;zone;T1;T2;T3;moisture;shake;error flag;`` in every row."""

import re
from dataclasses import replace

from coldchain.domain.quality import SensorRange
from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid
from coldchain.loggers.heads import LONGEST_HEAD, beyond_the_probe, rows_below, without_lines
from coldchain.loggers.layout import Layout
from coldchain.loggers.logger_file import ASSUMED, DECLARED, Declared, Device, Evidence, LoggerFile
from coldchain.loggers.stamps import is_date, is_stamp
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

NAME = "tomst"
_NAMES = ("index", "time", "zone", "T1", "T2", "T3", "moisture", "shake", "error flag")
_NUMBER = r"-?[0-9]+(?:[.,][0-9]+)?"
_DAY = r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}"
_ROWS = {
    delimiter: re.compile(
        rf'"?[0-9]+"?{part}"?{_DAY}(?:[ T][0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)?"?{part}"?-?[0-9]{{1,2}}"?{part}'
        rf'(?:"?(?:{_NUMBER}|NA)"?{part}){{4}}"?{_NUMBER}"?{part}"?{_NUMBER}"?(?:{part}(?:"")?)*'
    )
    for delimiter, part in ((";", ";"), ("\t", r"\t"), ("|", r"\|"), (",", ","))
}
_SAMPLE = 40
_SENTINELS_MILLI_C = (-200_000, -100_000)
"""No probe at that place; a reading that failed (the row's error flag is then set)."""
_RANGE = SensorRange(-55_000, 125_000)


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if each of the first rows has the nine fields in the maker's order."""
    first = [line.strip() for line in text.lines[:_SAMPLE] if line.strip(' ,;|\t"')]
    fitting = (
        one
        for one, row in _ROWS.items()
        if first and all(len(line) <= LONGEST_HEAD and row.fullmatch(line) for line in first)
    )
    delimiter = next(fitting, None)
    if delimiter is None:
        return None
    if delimiter == "," and any(line.rstrip(",").count(",") != len(_NAMES) - 1 for line in first if '"' not in line):
        return None
    kinds = {"index": Kind.INDEX, "time": Kind.TIME, "T1": Kind.TEMPERATURE, "T2": Kind.TEMPERATURE}
    kinds["T3"] = Kind.TEMPERATURE
    unit = declared.unit or "C"
    columns = tuple(
        Column(index, name, name, kind, unit if kind is Kind.TEMPERATURE else None)
        for index, name in enumerate(_NAMES)
        for kind in [kinds.get(name, Kind.NUMBER)]
    )
    return Layout(0, delimiter, columns, (1,), 0)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The probes that were there. The device keeps UTC and °C by its maker's convention, which is assumed and said.

    Raises:
        FileRefused: ``no-readings``: no probe ever measured.
    """
    grid = rows_below(without_lines(export.text, 0), layout, declared, "TOMST")
    grid, midnights = _midnights(grid)
    answered = replace(declared, tz=declared.tz or "UTC", site_tz=None)
    table = interpret(layout, grid, answered)
    channels = beyond_the_probe(table.channels, _RANGE, _SENTINELS_MILLI_C)
    absent = [channel.name for channel in channels if not channel.at_ms.size]
    if len(absent) == len(channels):
        raise FileRefused("no-readings", "none of its probes holds a single reading")
    evidence = dict(table.evidence)
    if declared.tz is None:
        evidence["time_zone"] = Evidence("+00:00", ASSUMED, "TOMST loggers keep UTC; --tz says otherwise")
    unit = declared.unit or "C"
    note = "" if declared.unit else "TOMST loggers write °C"
    evidence["unit"] = Evidence(unit, DECLARED if declared.unit else ASSUMED, note)
    notes = [f"{' and '.join(absent)}: no probe (-200 in every row), left out"] if absent else []
    if midnights:
        notes.append(f"{midnights} rows with a date alone were taken for midnight")
    table = replace(table, evidence=evidence, channels=tuple(channel for channel in channels if channel.at_ms.size))
    return export.file(NAME, Device(), table, *notes)


def _midnights(grid: Grid) -> tuple[Grid, int]:
    """Some programs leave the time of day out at midnight, and at no other time."""
    texts = list(grid.column(1))
    alone = [row for row, text in enumerate(texts) if is_date(text)]
    if not alone or not any(map(is_stamp, texts)):
        return grid, 0
    seconds = next(text for text in texts if is_stamp(text)).count(":") > 1
    for row in alone:
        texts[row] += " 00:00:00" if seconds else " 00:00"
    columns = list(grid.columns)
    columns[1] = texts
    return replace(grid, columns=columns), len(alone)
