"""Temp Stick exports: a line about the sensor, then ``Timestamp,Temperature,Humidity,Dewpoint``; no unit anywhere."""

import math
import re
from collections.abc import Sequence

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers.columns import Kind
from coldchain.loggers.date_order import ORDERS, Facts, local_times
from coldchain.loggers.family import Export
from coldchain.loggers.grid import Grid, gather
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.number_texts import plain_number
from coldchain.loggers.stamps import parse_stamps
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "tempstick"
_SENSOR = re.compile(r"\"?Sensor:(?P<name>.{0,200}?)\(ID:(?P<id>[^)]{0,100})\)", re.IGNORECASE)
_MOMENT = re.compile(r"(?P<key>Created|Start|End):\s*(?P<at>[0-9][0-9/.\-]*[ T][0-9:]+(?:\s*[AP]M)?)", re.IGNORECASE)
_DAY = 86_400_000
_WARM = 60.0
"""Where a value is higher, °C is unlikely: no refrigerator, room or truck is kept so."""


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if a line about the sensor stands above the heading."""
    if not any(_SENSOR.match(line) for line in text.lines[:5]):
        return None
    layout = find_layout(text.lines, declared.column)
    return layout if layout and any(_SENSOR.match(line) for line in text.lines[: layout.header_at]) else None


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channel of a Temp Stick export.

    Raises:
        FileRefused: ``unknown-unit``, with what the values suggest; it is never taken without being declared.
    """
    grid = gather(export.text, layout, declared)
    if not grid:
        raise FileRefused("no-readings", "it is a Temp Stick export without a single reading")
    head = " ".join(export.text.lines[: layout.header_at])
    sensor = _SENSOR.search(head)
    serial = sensor["id"].strip() if sensor else None
    facts = {"name": sensor["name"].strip()} if sensor and sensor["name"].strip() else {}
    moments = {match["key"].lower(): match["at"] for match in _MOMENT.finditer(head)}
    try:
        table = interpret(layout, grid, declared, Head(_facts(layout, grid, moments), serial=serial))
    except FileRefused as refused:
        if refused.code != "unknown-unit":
            raise
        raise _asked(layout, grid) from refused
    return export.file(NAME, Device(serial, "Temp Stick", facts=facts), table)


def _facts(layout: Layout, grid: Grid, moments: dict[str, str]) -> Facts:
    """The first reading's day under the date orders that keep all readings between the head's start and end."""
    bounds = [_ms(moments.get(key)) for key in ("start", "end")]
    stamps = parse_stamps(
        [" ".join(cells) for cells in zip(*(grid.column(index) for index in layout.times), strict=True)]
    )
    possible = []
    for order in ORDERS:
        local_ms, good = local_times(stamps, order)
        times = local_ms[good]
        within = times.size and all(
            (bound is None or (times >= bound - _DAY if first else times <= bound + _DAY).all())
            for first, bound in zip((True, False), bounds, strict=True)
        )
        if within:
            possible.append(int(times.min()))
    return Facts(first=tuple(possible), source_note="the export's start and end in its first line")


def _ms(text: str | None) -> int | None:
    """A moment with its year first, on the device's clock."""
    if text is None:
        return None
    stamps = parse_stamps([text])
    local_ms, good = local_times(stamps, "YMD")
    return int(local_ms[0]) if good[0] and stamps.digits[0] == 4 else None


def _asked(layout: Layout, grid: Grid) -> FileRefused:
    """The question for the unit, what the values suggest first among its answers."""
    (temperature, *_) = layout.of_kind(Kind.TEMPERATURE)
    values = _numbers(grid.column(temperature.index))
    known = [value for value in values if value is not None]
    units: tuple[str, str] = (Unit.C, Unit.F)
    why = ""
    if known:
        why = f"; the values run from {min(known):g} to {max(known):g}"
        fitting = _fits_dew_point(layout, grid, values)
        if fitting:
            why += f", and fit the humidity and dew point beside them only in °{fitting}"
        elif max(known) > _WARM:
            fitting, why = Unit.F, f"{why}, which looks like °F"
        if fitting == Unit.F:
            units = (Unit.F, Unit.C)
    return FileRefused(
        "unknown-unit",
        f"it is a Temp Stick export, which names no unit{why}; say which with --unit {units[0]} or --unit {units[1]}",
        tuple(f"--unit {unit}" for unit in units),
    )


def _fits_dew_point(layout: Layout, grid: Grid, values: Sequence[float | None]) -> Unit | None:
    """The one unit in which temperature, humidity and dew point belong together (Magnus' formula)."""
    by_name = {column.label.lower().replace(" ", ""): column.index for column in layout.columns}
    if "humidity" not in by_name or "dewpoint" not in by_name:
        return None
    humidity, dew = (_numbers(grid.column(by_name[name])) for name in ("humidity", "dewpoint"))
    rows = [
        (t, rh, td)
        for t, rh, td in zip(values, humidity, dew, strict=True)
        if t is not None and rh is not None and td is not None and 1 <= rh <= 100
    ][:500]
    if not rows:
        return None
    off = {}
    for unit, zero, degree in ((Unit.C, 0.0, 1.0), (Unit.F, 32.0, 1.8)):
        errors = sorted(abs(_dew_point((t - zero) / degree, rh) - (td - zero) / degree) for t, rh, td in rows)
        off[unit] = errors[len(errors) // 2]
    best, other = sorted(off, key=lambda unit: off[unit])
    return best if off[best] < 1 and off[other] > 3 else None


def _dew_point(celsius: float, humidity: float) -> float:
    """Magnus' formula over water, °C."""
    if celsius <= -240:
        return -math.inf
    gamma = math.log(humidity / 100) + 17.62 * celsius / (243.12 + celsius)
    return 243.12 * gamma / (17.62 - gamma) if gamma < 17 else math.inf


def _numbers(texts: Sequence[str]) -> list[float | None]:
    return [float(plain) if (plain := plain_number(text)) is not None else None for text in texts]
