"""Maxim/Dallas iButton exports of OneWireViewer: a head of facts, then ``Date/Time,Unit,Value``."""

import re

import numpy as np

from coldchain.domain.quality import SensorRange
from coldchain.errors import FileRefused
from coldchain.loggers.clock import ZoneWords, zone_words
from coldchain.loggers.date_order import Facts
from coldchain.loggers.family import Export
from coldchain.loggers.grid import gather
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Declared, Device, LoggerFile
from coldchain.loggers.stamps import MONTHS
from coldchain.loggers.table import interpret
from coldchain.loggers.table_times import Head
from coldchain.loggers.text import Text

NAME = "ibutton"
_FIRST = re.compile(r'"?\s*1-Wire/iButton Part Number:\s*(\S+?)"?,*\s*$', re.IGNORECASE)
_FACT = re.compile(r"(?P<key>[^:?,]+)[:?](?P<value>.*)")
_MOMENT = re.compile(
    r"(?:\w{3}\s+)?(?P<month>\w{3,9})\s+(?P<day>[0-9]{1,2})\s+(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2}):(?P<s>[0-9]{2})\s+(?P<zone>[A-Z+\-:0-9]{1,9})\s+(?P<year>[0-9]{4})"
)
_RATE = re.compile(r"Every\s+([0-9]+)\s+(second|minute|hour)", re.IGNORECASE)
_RANGES_C = {
    "DS1921G": (-40, 85),
    "DS1921H": (15, 46),
    "DS1921Z": (-5, 26),
    "DS1922L": (-40, 85),
    "DS1922T": (0, 125),
    "DS1923": (-20, 85),
}
_MS = {"second": 1_000, "minute": 60_000, "hour": 3_600_000}


_ROLLED_OVER = "the device's memory has rolled over: what it measured between its start and the first reading is gone"


def sniff(text: Text, declared: Declared) -> Layout | None:
    """The layout, if the file begins with an iButton's part number.

    Raises:
        FileRefused: ``no-readings``: it does, and no table follows.
    """
    if not any(_FIRST.match(line) for line in text.lines[:3]):
        return None
    layout = find_layout(text.lines, declared.column)
    if layout is None:
        raise FileRefused("no-readings", "it is an iButton export without a single sample")
    return layout


def read(export: Export, layout: Layout, declared: Declared) -> LoggerFile:
    """The channel of an iButton export; the mission's start, its month spelled out, settles the date order."""
    grid = gather(export.text, layout, declared)
    facts = {
        match["key"].strip(' "'): match["value"].strip(' ,"\t')
        for line in export.text.lines[: layout.header_at]
        if (match := _FACT.match(line))
    }
    if not grid:
        raise FileRefused("no-readings", "it is an iButton export without a single sample")
    interval_ms = _interval(facts)
    serial = facts.get("1-Wire/iButton Registration Number")
    model = facts.get("1-Wire/iButton Part Number")
    dates, zone = _mission(facts)
    table = interpret(layout, grid, declared, Head(dates, zone, interval_ms, serial, _range(model)))
    rolled = (_ROLLED_OVER,) if _rolled_over(facts) else ()
    return export.file(NAME, Device(serial, model, interval_ms=interval_ms, facts=facts), table, *rolled)


def _range(model: str | None) -> SensorRange | None:
    """What a part can measure, by its data sheet."""
    ends = next((ends for part, ends in _RANGES_C.items() if model and model.startswith(part)), None)
    return SensorRange(ends[0] * 1000, ends[1] * 1000) if ends else None


def _interval(facts: dict[str, str]) -> int | None:
    match = _RATE.search(facts.get("Sample Rate", ""))
    return int(match[1]) * _MS[match[2].lower()] if match else None


def _mission(facts: dict[str, str]) -> tuple[Facts, ZoneWords]:
    """What the mission's start says of the first row's date, and the zone abbreviation it carries (a hint)."""
    for key in ("First Sample Timestamp", "Mission Start Time", "Mission Start"):
        match = _MOMENT.search(facts.get(key, ""))
        month = MONTHS.get(match["month"].lower()) if match else None
        if not match or month is None:
            continue
        text = f"{match['year']}-{month:02d}-{int(match['day']):02d}T{int(match['h']):02d}:{match['m']}:{match['s']}"
        try:
            local_ms = int(np.datetime64(text, "ms").astype(np.int64))
        except ValueError:  # no such day: the head proves nothing
            continue
        zone = zone_words(match["zone"])
        if key != "First Sample Timestamp" and _rolled_over(facts):
            return Facts(not_before=(local_ms,), source_note=key), zone
        return Facts(first=(local_ms,), source_note=key), zone
    return Facts(), ZoneWords()


def _rolled_over(facts: dict[str, str]) -> bool:
    """Whether older samples were overwritten, so that the first one kept is not the mission's first."""
    text = " ".join(value for key, value in facts.items() if key.lower().startswith("roll over")).lower()
    return "has occurred" in text or ("occurred" in text and "not" not in text and "no roll" not in text)
