"""Tables of lowest and highest values: each hour of Shelly Cloud's exports, and other programs' statistics.

They hold no reading. What they state of each interval is judged for what it proves (`coldchain.domain.extremes`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coldchain.domain.extremes import Extremes
from coldchain.errors import FileRefused
from coldchain.loggers.columns import Column, Kind, classify
from coldchain.loggers.date_order import usual_step
from coldchain.loggers.family import Export
from coldchain.loggers.grid import gather
from coldchain.loggers.headings import heading_where
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Channel, Declared, Device, LoggerFile
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text

_UNIT = r"(?:[(\[]?\s*(?:°|º|\*|o|deg)?\s*[CFK]\s*[)\]]?|[(\[][^%]{1,6}[)\]])"
_WORD = r"(?:temp(?:erature|eratura|eratur|érature)?\.?|value|reading|t)"
_EXTREME = re.compile(
    rf"(?:{_WORD}[\s_]?)?(?P<which>min|max|lowest|highest)(?:imum|ima|imale?)?\.?[\s_]?(?:{_WORD})?[\s,_]*{_UNIT}?",
    re.IGNORECASE,
)
_LOWEST = ("min", "lowest")
_SLACK_MS = 1_500
_ORDINARY = frozenset(("date", "time", "min", "max"))


def sniff(text: Text, _declared: Declared) -> Layout | None:
    """A heading of times, one minimum and one maximum, and no temperature besides; a mean may stand beside them."""
    found = heading_where(text.lines, "max", _only_extremes) or heading_where(text.lines, "highest", _only_extremes)
    if found is None:
        return None
    if not any(line.strip(' ,;|\t"') for line in text.lines[found[0] + 1 :]):
        raise FileRefused("no-readings", "it holds a heading of lowest and highest values and no row of data")
    layout = find_layout([*[""] * found[0], *text.lines[found[0] :]], "min") or find_layout(text.lines, "lowest")
    if layout is None or layout.header_at != found[0]:
        return None
    columns = tuple(_as_temperature(column) for column in classify(found[2]))
    return replace(layout, columns=columns)


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The lowest and highest value of each interval; no channel.

    Raises:
        FileRefused: ``no-readings`` where not a single interval can be told; ``unknown-unit``: these files often say
            neither what was measured nor in what; ``damaged`` where a minimum lies above its maximum.
    """
    declared = replace(declared, column=None)  # neither extreme is a reading, whoever names one
    table = interpret(layout, gather(export.text, layout, declared), declared)
    if len(table.channels) != 2:
        raise FileRefused("no-readings", "it holds lowest and highest values of several things; name one with --column")
    low, high = sorted(table.channels, key=lambda channel: _which(channel.label) not in _LOWEST)
    extremes, step_ms = _intervals(low, high)
    family = "shelly" if {column.label.lower() for column in layout.columns} == _ORDINARY else "csv"
    notes = [
        "it holds no readings, only the lowest and highest value of each interval",
        "the time of each row is taken for the start of its interval",
    ]
    if not any(column.unit for column in layout.columns):
        notes.append("it does not say what was measured: it is taken for a temperature because a unit was declared")
    faulty = len({row.line for channel in (low, high) for row in channel.quarantined})
    notes += [f"{faulty} rows have no usable lowest and highest value: nothing is known of them"] if faulty else []
    file = export.file(family, Device(interval_ms=step_ms), table, *notes)
    return replace(file, channels=(), extremes=extremes)


def _only_extremes(cells: Sequence[str]) -> bool:
    columns = [column for column in classify(cells) if column.label]
    times = [column for column in columns if column.kind is Kind.TIME]
    found = [_which(column.label) in _LOWEST for column in columns if _which(column.label)]
    others = [column for column in columns if column.kind is Kind.TEMPERATURE and not _which(column.label)]
    return sorted(found) == [False, True] and 1 <= len(times) <= 2 and not others


def _which(label: str) -> str:
    match = _EXTREME.fullmatch(label)
    return match["which"].lower() if match else ""


def _as_temperature(column: Column) -> Column:
    return replace(column, kind=Kind.TEMPERATURE) if _which(column.label) else column


def _intervals(low: Channel, high: Channel) -> tuple[tuple[Extremes, ...], int]:
    """Rows that have both values, oldest first, each as long as the usual step; and that step, ms."""
    of_high = {line: at for at, line in enumerate(high.lines.tolist())}
    rows = [(at, of_high[line]) for at, line in enumerate(low.lines.tolist()) if line in of_high]
    found = {int(low.at_ms[mine]): (int(low.milli_c[mine]), int(high.milli_c[other])) for mine, other in rows}
    for mine, other in rows:
        if low.milli_c[mine] > high.milli_c[other]:
            raise FileRefused("damaged", f"line {int(low.lines[mine])}: the lowest value lies above the highest")
    starts = np.array(sorted(found), dtype=np.int64)
    step = usual_step(np.diff(starts))
    if step is None or (np.diff(starts) < step - _SLACK_MS).any():
        raise FileRefused(
            "no-readings",
            "it holds lowest and highest values only, and its rows do not follow each other at one interval, so it is "
            "not known of what time they are; give the readings themselves",
        )
    return tuple(Extremes(start, start + step, *found[start]) for start in starts.tolist()), step
