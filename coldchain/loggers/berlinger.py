"""Berlinger Fridge-tag 2, 2 L and UL, and Q-tag CLm: a tree of facts, daily summaries, a table, a signature."""

import re

import numpy as np

from coldchain.domain.quality import Fault
from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers.berlinger_alarms import alarms_of_days, daily_summaries, device_alarms
from coldchain.loggers.berlinger_days import daily_extremes, rolled_over
from coldchain.loggers.berlinger_signature import check_signature
from coldchain.loggers.berlinger_tree import Node, parse_tree
from coldchain.loggers.clock import ZoneWords, to_utc
from coldchain.loggers.clock_jumps import clock_notes, resets
from coldchain.loggers.date_order import decide
from coldchain.loggers.family import Export
from coldchain.loggers.logger_file import (
    ASSUMED,
    COLUMN,
    HEADER,
    Channel,
    Declared,
    Device,
    Event,
    Evidence,
    LoggerFile,
    Quarantined,
)
from coldchain.loggers.numbers import parse_numbers, was_cut
from coldchain.loggers.stamps import parse_stamps
from coldchain.loggers.text import Text
from coldchain.loggers.wall_clock import WallClock

NAME = "berlinger"
_FIRST = re.compile(r"\s*Device:(?P<model>.*(?:Q-tag|Fridge-tag|Freeze-tag|Berlinger).*)", re.IGNORECASE)
_TABLE = re.compile(r"\tyyyy-MM-dd hh:mm\tT\b")
_FACTS = (
    "TS Actv", "TS Start", "TS Stop", "TS Report Creation", "Start Delay", "Measurement delay", "MKT", "MKT Energy",
    "Avrg T",
    "Min T", "Max T", "Run Number", "Transport", "Lot", "PCB", "CID", "Zone", "Temp Offset",
)  # fmt: skip


def sniff(text: Text) -> bool:
    """Whether the first line names a Berlinger device."""
    return _FIRST.fullmatch(text.lines[0]) is not None


def read(export: Export, declared: Declared) -> LoggerFile:
    """Readings where the device keeps them, daily summaries, the device's own alarms, and whether the file is genuine.

    Raises:
        FileRefused: ``damaged``; ``ambiguous-time-zone`` (these devices keep local time and never name the zone).
    """
    tree = parse_tree(export.text.lines)
    conf = tree.child("Conf")
    results = tree.child("Hist") or tree.child("Res")
    if conf is None or results is None or not conf.children or not results.children:
        raise FileRefused(
            "damaged", "it begins like a Berlinger export but its configuration or its results are missing"
        )
    evidence = _unit(conf, declared)
    unit = Unit(evidence.value or "C")
    rows = _rows(tree)
    daily = daily_summaries(results, conf, unit)
    if not rows and not daily:
        raise FileRefused("no-readings", "it is a Berlinger export without readings and without daily summaries")
    channel, clock, order, jumps = _channel(rows, declared, unit, export.text.ends_cleanly)
    signature = check_signature(export.content)
    extremes, odd = daily_extremes(daily, results, clock.zone)
    decimal = Evidence(".", HEADER, "the format's own")
    return LoggerFile(
        name=export.name,
        sha256=export.sha256,
        format=NAME,
        signature=signature,
        device=_device(export.text, conf, results, clock),
        evidence={"time_zone": clock.evidence, "unit": evidence, "date_order": order, "decimal": decimal},
        channels=(channel,) if channel else (),
        events=_events(tree, clock),
        notes=(*_notes(bool(rows), len(daily), signature), *odd, *rolled_over(daily, results), *jumps),
        device_alarms=device_alarms(results, conf, clock, unit) or alarms_of_days(daily, clock),
        daily=daily,
        extremes=extremes,
    )


def _device(text: Text, conf: Node, results: Node, clock: WallClock) -> Device:
    return Device(
        serial=conf.value("Serial"),
        model=_model(text),
        stopped_ms=clock.instant(results.value("TS Stop")),
        interval_ms=_minutes_ms(conf.value("Logging Interval")),
        facts={key: value for key in _FACTS if (value := conf.value(key) or results.value(key))},
    )


def _notes(has_readings: bool, days: int, signature: str) -> tuple[str, ...]:
    notes = []
    if not has_readings:
        notes.append(
            f"the device keeps no readings, only {days} daily {'summary' if days == 1 else 'summaries'} "
            "(minimum, maximum, mean, minutes beyond each limit)"
        )
    if signature == "none":
        notes.append("genuine exports end with a signature; this one has none, so it was cut or rewritten")
    return tuple(notes)


def _model(text: Text) -> str | None:
    match = _FIRST.fullmatch(text.lines[0])
    return match["model"].strip() if match else None


def _unit(conf: Node, declared: Declared) -> Evidence:
    stated = conf.value("Temp unit")
    if stated:
        letter = stated.strip("°").upper()[:1]
        if letter not in {"C", "F"}:
            raise FileRefused("unknown-unit", f"line {conf.line}: the unit {stated!r} is not known")
        if declared.unit and declared.unit != letter:
            raise FileRefused(
                "contradiction", f"--unit {declared.unit} was declared, but the file states Temp unit: {stated}"
            )
        return Evidence(letter, HEADER, "Temp unit")
    if declared.unit:
        return Evidence(declared.unit, "declared")
    return Evidence("C", ASSUMED, "this model writes no unit; its exports are taken to be in °C")


def _rows(tree: Node) -> list[tuple[int, list[str]]]:
    """The Data table, without its heading: (line, cells)."""
    data = tree.child("Data")
    if data is None:
        return []
    for line, row in data.rows:
        if not re.search("[0-9]", row) and not _TABLE.match(row):
            raise FileRefused(
                "damaged",
                f"line {line}: {row.strip()[:60]!r} is no heading that a Berlinger device writes over its readings",
            )
    return [(line, row.split("\t")[1:]) for line, row in data.rows if not _TABLE.match(row)]


def _channel(
    rows: list[tuple[int, list[str]]], declared: Declared, unit: Unit, ends_cleanly: bool
) -> tuple[Channel | None, WallClock, Evidence, tuple[str, ...]]:
    written = Evidence("YMD", COLUMN, "the year is written out")
    if not rows:
        zone = declared.tz or declared.site_tz
        return None, WallClock.of(zone), written, ()
    lines = [line for line, _ in rows]
    texts = [cells[0] for _, cells in rows]
    values = [cells[1].strip() if len(cells) > 1 else "" for _, cells in rows]
    stamps = parse_stamps(texts)
    held = np.ones(len(rows), dtype=bool)
    if not stamps.good.any():
        raise FileRefused("damaged", f"line {lines[0]}: {texts[0]!r} is no time")
    dated = decide(stamps, held, texts[0], declared)
    if not ends_cleanly and was_cut(values):
        values[-1] += "…"  # what is left of a number is none
    numbers = parse_numbers(values, unit)
    good = np.flatnonzero(dated.good)
    clocked = to_utc(
        dated.local_ms[good], stamps.offset_min[good], held[good], [lines[row] for row in good.tolist()],
        ZoneWords(), declared, None,
    )  # fmt: skip
    at_ms = np.zeros(len(rows), dtype=np.int64)
    at_ms[good] = clocked.at_ms
    timed = dated.good.copy()
    lost = resets(clocked.at_ms)
    timed[good[lost]] = False
    faults = {row: str(fault) for row, fault in numbers.faults.items()}
    for row in np.flatnonzero(numbers.good & ~timed).tolist():
        faults[row] = str(Fault.CLOCK)
    keep = numbers.good & timed
    channel = Channel(
        "Temperature",
        at_ms[keep],
        numbers.milli_c[keep],
        np.array(lines, dtype=np.int64)[keep],
        tuple(Quarantined(lines[row], 2, values[row], reason) for row, reason in sorted(faults.items())),
        None,
        str(unit),
        "T",
    )
    clock = WallClock.of(declared.tz or declared.site_tz, clocked.evidence)
    return channel, clock, dated.evidence, clock_notes(at_ms[timed], int(lost.sum()))


def _events(tree: Node, clock: WallClock) -> tuple[Event, ...]:
    """What the user did: markers, and the times at which somebody checked the device."""
    events = []
    for node in tree.walk():
        if node.key == "Marker":
            for line, row in node.rows:
                cells = row.split("\t")
                if len(cells) > 3 and cells[1].strip().isdigit():
                    events.append(Event(clock.instant(cells[3]), f"Marker {cells[1].strip()}", line))
    return tuple(events)


def _minutes_ms(text: str | None) -> int | None:
    return int(text) * 60_000 if text and re.fullmatch("[0-9]{1,6}", text) and int(text) else None
