"""``coldchain.read/1``: what programs rely on of a file's readings and evidence, as plain JSON objects.

Instants are UTC with milliseconds and ``Z``, durations seconds, temperatures °C. Keys are added, never changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from coldchain.domain.extremes import Extremes
from coldchain.domain.reading import Milliseconds, Settled, median_step_ms, settle
from coldchain.errors import FileRefused
from coldchain.loggers.logger_file import Channel, DailySummary, DeviceAlarm, LoggerFile, Quarantined
from coldchain.spreadsheets import harmless

SCHEMA = "coldchain.read/1"

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- only for writing UTC out
_YEAR_10000_MS = 253_402_300_800_000

Object = dict[str, Any]


@dataclass(frozen=True)
class ChannelRead:
    """A channel with its readings settled: one an instant, in order.

    Attributes:
        conflicting: The rows that said something else than what stands.
    """

    channel: Channel
    settled: Settled
    conflicting: tuple[Quarantined, ...]


def settled_channels(file: LoggerFile) -> tuple[ChannelRead, ...]:
    """Each channel's readings, one an instant (semantics §1)."""
    found = []
    for channel in file.channels:
        settled = settle(channel.readings())
        conflicting = tuple(
            Quarantined(int(channel.lines[row]), None, f"{int(channel.milli_c[row]) / 1000} °C", "conflict")
            for row in settled.conflicts.tolist()
        )
        found.append(ChannelRead(channel, settled, conflicting))
    return tuple(found)


def as_json(file: LoggerFile, channels: tuple[ChannelRead, ...]) -> Object:
    """One line of ``coldchain read --format json``."""
    return {
        "schema": SCHEMA,
        "file": {"name": file.name, "sha256": file.sha256, "format": file.format, "signature": file.signature},
        "device": {
            "serial": file.device.serial,
            "model": file.device.model,
            "stopped": instant(file.device.stopped_ms),
            "interval_s": None if file.device.interval_ms is None else plain(file.device.interval_ms / 1000),
            "facts": dict(file.device.facts),
        },
        "evidence": {
            name: {"value": found.value, "from": found.source} | ({"note": found.note} if found.note else {})
            for name, found in file.evidence.items()
        },
        "readings": readings_of(channels),
        "channels": [_channel(channel) for channel in channels],
        "events": [{"at": instant(event.at_ms), "event": event.name, "line": event.line} for event in file.events],
        "device_alarms": [alarm_json(alarm) for alarm in file.device_alarms],
        "daily": [_day(day) for day in file.daily],
        "extremes": [extremes_json(one) for one in file.extremes],
        "notes": list(file.notes),
    }


def refused_json(name: str, sha256: str | None, error: FileRefused) -> Object:
    """The line of a file that cannot be read."""
    return {
        "schema": SCHEMA,
        "file": {"name": name, "sha256": sha256},
        "error": {"code": error.code, "message": str(error), "options": list(error.options)},
    }


def csv_rows(channels: tuple[ChannelRead, ...]) -> Iterator[tuple[str, str, str]]:
    """``measured_at, channel, temperature_c`` of every reading, channel after channel."""
    for read in channels:
        trace = read.settled.trace
        times, name = instants(trace.at_ms), harmless(read.channel.name)
        for at, milli in zip(times, trace.milli_c.tolist(), strict=True):
            yield at, name, three_decimals(milli)


def readings_of(channels: tuple[ChannelRead, ...]) -> Object:
    """The counts of one channel or of all together; intervals are those of the first channel."""
    traces = [read.settled.trace for read in channels if len(read.settled.trace)]
    first = min((int(trace.at_ms[0]) for trace in traces), default=None)
    last = max((int(trace.at_ms[-1]) for trace in traces), default=None)
    step = median_step_ms(traces[0].at_ms) if traces else None
    return {
        "accepted": sum(len(trace) for trace in traces),
        "quarantined": sum(len(read.channel.quarantined) for read in channels),
        "duplicates": sum(read.settled.duplicates for read in channels),
        "conflicts": sum(len(read.conflicting) for read in channels),
        "first": instant(first),
        "last": instant(last),
        "median_interval_s": None if step is None else plain(step / 1000),
    }


def instants(at_ms: Milliseconds) -> list[str]:
    """Many instants at once, each as `instant` writes it."""
    return [f"{text}Z" for text in np.datetime_as_string(at_ms.astype("M8[ms]"), unit="ms").tolist()]


def instant(at_ms: int | None) -> str | None:
    """``2021-04-08T21:00:00.000Z``."""
    if at_ms is None:
        return None
    if not 0 <= at_ms < _YEAR_10000_MS:
        return f"{np.datetime_as_string(np.datetime64(at_ms, 'ms'), unit='ms')}Z"
    seconds, ms = divmod(at_ms, 1000)  # several times as quick, and asked for again and again
    return f"{(_EPOCH + timedelta(seconds=seconds)).isoformat()}.{ms:03d}Z"


def three_decimals(milli: int) -> str:
    """``-0.800`` from -800."""
    whole, thousandths = divmod(abs(milli), 1000)
    return f"{'-' if milli < 0 else ''}{whole}.{thousandths:03d}"


def plain(value: float) -> int | float:
    """A whole number without its ``.0``."""
    return int(value) if value == int(value) else value


def _channel(read: ChannelRead) -> Object:
    trace = read.settled.trace
    return {
        "channel": read.channel.name,
        "heading": read.channel.label,
        "serial": read.channel.serial,
        "unit": read.channel.unit,
        "readings": readings_of((read,)),
        "min_c": int(trace.milli_c.min()) / 1000 if len(trace) else None,
        "max_c": int(trace.milli_c.max()) / 1000 if len(trace) else None,
        "quarantine": [
            {"line": row.line, "column": row.column, "text": row.text, "reason": row.reason}
            for row in (*read.channel.quarantined, *read.conflicting)
        ],
        "temperatures": [
            {"measured_at": at, "temperature_c": milli / 1000}
            for at, milli in zip(instants(trace.at_ms), trace.milli_c.tolist(), strict=True)
        ],
    }


def alarm_json(alarm: DeviceAlarm) -> Object:
    """An alarm that the device itself raised."""
    return {
        "alarm": alarm.name,
        "kind": alarm.kind,
        "limit_c": _degrees(alarm.limit_milli_c),
        "allowed_min": alarm.allowed_min,
        "start": instant(alarm.start_ms),
        "minutes": alarm.minutes,
        "triggered": instant(alarm.trigger_ms),
        "end": instant(alarm.end_ms),
        "extreme_c": _degrees(alarm.extreme_milli_c),
        "extreme_at": instant(alarm.extreme_ms),
        "line": alarm.line,
    }


def _day(day: DailySummary) -> Object:
    return {
        "date": day.day.isoformat(),
        "min_c": _degrees(day.min_milli_c),
        "min_at": day.min_at.isoformat("minutes") if day.min_at else None,
        "max_c": _degrees(day.max_milli_c),
        "max_at": day.max_at.isoformat("minutes") if day.max_at else None,
        "mean_c": _degrees(day.mean_milli_c),
        "beyond": [
            {
                "alarm": beyond.name,
                "limit_c": _degrees(beyond.limit_milli_c),
                "allowed_min": beyond.allowed_min,
                "minutes": beyond.minutes,
                "triggered": beyond.triggered,
            }
            for beyond in day.beyond
        ],
        "sensor_silent_min": day.sensor_silent_min,
        "line": day.line,
    }


def extremes_json(one: Extremes) -> Object:
    """An interval of which only the lowest and highest value are known."""
    return {
        "start": instant(one.start_ms),
        "end": instant(one.end_ms),
        "min_c": _degrees(one.low_milli_c),
        "min_at": instant(one.low_ms),
        "max_c": _degrees(one.high_milli_c),
        "max_at": instant(one.high_ms),
        "silent_s": plain(one.silent_ms / 1000),
    }


def _degrees(milli: int | None) -> float | None:
    return None if milli is None else milli / 1000
