"""What `coldchain read` prints: for people, as JSON, as CSV."""

import csv
import hashlib
import json
import sys
from collections import Counter

from coldchain.cli.read import Output
from coldchain.domain.duration import format_duration
from coldchain.domain.extremes import Extremes
from coldchain.domain.temperature import format_c
from coldchain.errors import FileRefused
from coldchain.loggers.contract import ChannelRead, as_json, csv_rows, instant, refused_json
from coldchain.loggers.files import FoundFile
from coldchain.loggers.logger_file import Evidence, LoggerFile, Quarantined

_FAMILIES = {
    "hoboware": "HOBOware export",
    "hoboconnect": "HOBOconnect export",
    "logtag": "LogTag export",
    "ibutton": "iButton export",
    "berlinger": "Berlinger export",
    "shelly": "Shelly Cloud export",
    "csv": "plain table",
}
_SIGNATURES = {
    "valid": "valid: unaltered since a genuine device of its production lot wrote it",
    "invalid": "INVALID: the file was changed after the device wrote it",
    "unchecked": "present, but its key cannot be read",
}
_SOURCES = {
    "header": "the heading says so",
    "column": "the values show it",
    "declared": "declared",
    "assumed": "assumed",
}
_CHOICES = {"time_zone": "time zone", "unit": "unit", "date_order": "date order", "decimal": "decimal mark"}
_SHOWN = 5


def outputs(format_name: str) -> Output:
    """The printer of a format."""
    return {"text": Text, "json": Json, "csv": Csv}[format_name]()


class Json(Output):
    """One object a line."""

    def read(self, file: LoggerFile, channels: tuple[ChannelRead, ...]) -> None:
        """Print a file."""
        print(json.dumps(as_json(file, channels), ensure_ascii=False, allow_nan=False), flush=True)

    def refused(self, found: FoundFile, error: FileRefused) -> None:
        """Print the error object."""
        sha256 = None if found.refused else hashlib.sha256(found.content).hexdigest()
        print(json.dumps(refused_json(found.name, sha256, error), ensure_ascii=False), flush=True)


class Csv(Output):
    """``measured_at,channel,temperature_c``, one heading for all files."""

    def __init__(self) -> None:
        self.rows = csv.writer(sys.stdout, lineterminator="\n")
        self.rows.writerow(("measured_at", "channel", "temperature_c"))

    def read(self, file: LoggerFile, channels: tuple[ChannelRead, ...]) -> None:
        """Print a file's readings."""
        del file
        self.rows.writerows(csv_rows(channels))


class Text(Output):
    """For people."""

    def __init__(self) -> None:
        self.count = 0

    def read(self, file: LoggerFile, channels: tuple[ChannelRead, ...]) -> None:
        """Print a file."""
        if self.count:
            print()
        self.count += 1
        for line in _lines(file, channels):
            print(_plain(line))


def _lines(file: LoggerFile, channels: tuple[ChannelRead, ...]) -> list[str]:
    lines = [file.name, f"  {_FAMILIES.get(file.format, file.format)}{_device(file)}"]
    if file.signature != "none":
        lines.append(_entry("signature", _SIGNATURES[file.signature]))
    for read in channels:
        lines += _channel(read, len(channels) > 1)
    if file.daily:
        lines.append(_entry("daily", _daily(file)))
    if file.extremes and not channels:
        lines += _extremes(file.extremes)
    lines.append("")
    lines += [_entry(_CHOICES[name], _evidence(name, found)) for name, found in file.evidence.items()]
    if file.device.stopped_ms is not None:
        lines.append(_entry("stopped", _time(file.device.stopped_ms)))
    if file.events:
        counts = Counter(event.name for event in file.events)
        shown = ", ".join(f"{name} ({count})" if count > 1 else name for name, count in counts.items())
        lines.append(_entry("events", f"{shown}: no readings, kept apart"))
    for alarm in file.device_alarms:
        start = _time(alarm.start_ms) if alarm.start_ms is not None else "time not stated"
        lines.append(_entry("device alarm", f"{alarm.name}: {alarm.minutes} min from {start}"))
    lines += [_entry("note", note) for note in file.notes]
    return lines


def _device(file: LoggerFile) -> str:
    device = file.device
    parts = [part for part in (device.model, f"serial {device.serial}" if device.serial else None) if part]
    return f": {', '.join(parts)}" if parts else ""


def _channel(read: ChannelRead, several: bool) -> list[str]:
    trace, channel = read.settled.trace, read.channel
    name = channel.name if several or channel.name else "readings"
    if not len(trace):
        lines = [_entry(name, "no usable reading")]
    else:
        steps = sorted((trace.at_ms[1:] - trace.at_ms[:-1]).tolist())
        every = f", every {format_duration(steps[len(steps) // 2])}" if steps else ""
        lines = [
            _entry(name, f"{len(trace)} reading{'s' if len(trace) > 1 else ''}{every}"),
            _entry("", f"{_time(int(trace.at_ms[0]))} to {_time(int(trace.at_ms[-1]))}"),
            _entry("", f"{format_c(int(trace.milli_c.min()))} to {format_c(int(trace.milli_c.max()))}"),
        ]
    if read.settled.duplicates:
        lines.append(_entry("", f"{read.settled.duplicates} repeated with the same value: counted once"))
    lines += _quarantine("quarantined", channel.quarantined)
    lines += _quarantine("in conflict", read.conflicting)
    return lines


def _quarantine(word: str, rows: tuple[Quarantined, ...]) -> list[str]:
    """How many rows and why, and the first of them with line and text."""
    if not rows:
        return []
    reasons = ", ".join(f"{count} {reason}" for reason, count in Counter(row.reason for row in rows).most_common())
    lines = [_entry("", f"{len(rows)} {word}: {reasons}")]
    for row in rows[:_SHOWN]:
        place = f"line {row.line}" + (f", field {row.column}" if row.column else "")
        lines.append(_entry("", f"  {place}: {row.text!r} ({row.reason})"))
    if len(rows) > _SHOWN:
        lines.append(_entry("", f"  and {len(rows) - _SHOWN} more"))
    return lines


def _extremes(extremes: tuple[Extremes, ...]) -> list[str]:
    """Over which time only extremes are known, and the outermost of them."""
    known = [(one.low_milli_c, one.high_milli_c) for one in extremes if one.low_milli_c is not None]
    span = f"{_time(extremes[0].start_ms)} to {_time(extremes[-1].end_ms)}"
    lines = [_entry("extremes", f"the lowest and highest value of {len(extremes)} intervals, {span}")]
    if known:
        low, high = min(low or 0 for low, _ in known), max(high or 0 for _, high in known)
        lines.append(_entry("", f"{format_c(low)} to {format_c(high)}"))
    return lines


def _daily(file: LoggerFile) -> str:
    days = sorted(day.day for day in file.daily)
    return f"{len(days)} summaries by the device, {days[0]} to {days[-1]}"


def _evidence(name: str, found: Evidence) -> str:
    value = found.value or "none"
    if name == "unit" and found.value:
        value = " and ".join(letter if letter == "K" else f"°{letter}" for letter in found.value.split(" and "))
    words = _SOURCES[found.source] if found.value or found.source != "column" else ""
    if found.source == "assumed" and found.value is None:
        words = ""
    said = "; ".join(part for part in (words, found.note) if part)
    return f"{value} ({said})" if said else value


def _time(at_ms: int) -> str:
    text = instant(at_ms) or ""
    return f"{text[:10]} {text[11:19]} UTC"


def _entry(word: str, text: str) -> str:
    return f"  {word:<13} {text}" if word else f"  {'':<13} {text}"


def _plain(text: str) -> str:
    """A line without control characters: names and cells come from outside."""
    return "".join(character if character.isprintable() else "?" for character in text)
