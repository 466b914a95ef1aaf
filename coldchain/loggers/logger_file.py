"""What reading a logger file gives: its readings, its device, and the evidence for every choice made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.extremes import Extremes
from coldchain.domain.reading import MilliC, Milliseconds, Readings

if TYPE_CHECKING:
    from coldchain.loggers.learned import LearnedLayout

HEADER, COLUMN, DECLARED, ASSUMED = "header", "column", "declared", "assumed"
"""Where a choice came from: words of the file's head, the values themselves, the user, or convention."""


@dataclass(frozen=True)
class Declared:
    """What the user says about files that do not say it themselves; ``None`` where nothing was said.

    Attributes:
        tz: An IANA zone or a fixed offset; a file that proves another one is a contradiction.
        unit: ``C``, ``F`` or ``K``.
        date_order: ``DMY``, ``MDY`` or ``YMD``.
        decimal: ``.`` or ``,``.
        column: The only temperature column that is wanted.
        site_tz: The site's zone: answers where `tz` is not given, and yields to what a file proves.
        layout: Which of several layouts that fit.
        layouts: The learned layouts that are at hand for files of no known family.
    """

    tz: str | None = None
    unit: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    column: str | None = None
    site_tz: str | None = None
    layout: str | None = None
    layouts: tuple["LearnedLayout", ...] = ()


NOTHING_DECLARED = Declared()


@dataclass(frozen=True)
class Evidence:
    """One choice and what it rests on.

    Attributes:
        value: What was chosen, such as ``+02:00``; ``None`` where nothing had to be chosen.
        source: `HEADER`, `COLUMN`, `DECLARED` or `ASSUMED`; the key ``from`` in JSON.
        note: What else is worth knowing: a hint that was shown but not believed, what decided.
    """

    value: str | None
    source: str
    note: str = ""


@dataclass(frozen=True)
class Quarantined:
    """A row that held no usable temperature: where, what stood there, and why (lines and columns count from 1)."""

    line: int
    column: int | None
    text: str
    reason: str


@dataclass(frozen=True)
class Channel:
    """One temperature column: readings in the file's order, repeats kept.

    Attributes:
        at_ms: UTC ms, shape (n,).
        milli_c: m°C, shape (n,).
        lines: The line of the file each reading stands in, shape (n,).
        quarantined: The rows without a usable temperature.
        serial: Of the logger or probe, where the column names it.
        unit: The unit the column is written in.
        label: The column's whole heading.
    """

    name: str
    at_ms: Milliseconds
    milli_c: MilliC
    lines: NDArray[np.int64]
    quarantined: tuple[Quarantined, ...] = ()
    serial: str | None = None
    unit: str = "C"
    label: str = ""

    def readings(self) -> Readings:
        """The same readings for `coldchain.domain.reading.settle`."""
        return Readings.of_file(self.at_ms, self.milli_c, self.lines)


@dataclass(frozen=True)
class Event:
    """Something the logger noted that is no reading, such as ``Coupler Attached``."""

    at_ms: int | None
    name: str
    line: int


@dataclass(frozen=True)
class Device:
    """The logger, as its file describes it.

    Attributes:
        stopped_ms: When the device says it stopped recording, UTC ms.
        interval_ms: How often it says it measures.
        facts: Other settings and results in the device's own words, such as ``MKT`` and ``MKT Energy``.
    """

    serial: str | None = None
    model: str | None = None
    stopped_ms: int | None = None
    interval_ms: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DeviceAlarm:
    """An alarm that the device itself raised: evidence beside our own judging, never instead of it.

    Attributes:
        name: What the device calls it, such as ``alarm 1``.
        kind: The device's own alarm type, where it states one.
        limit_milli_c: The alarm's temperature.
        allowed_min: How long the device was told to tolerate.
        start_ms, trigger_ms, end_ms: UTC ms, where stated.
        minutes: How long the device counted.
        extreme_milli_c, extreme_ms: The worst temperature and when.
    """

    name: str
    kind: str | None
    limit_milli_c: int | None
    allowed_min: int | None
    start_ms: int | None
    minutes: int
    trigger_ms: int | None
    end_ms: int | None
    extreme_milli_c: int | None = None
    extreme_ms: int | None = None
    line: int = 0


@dataclass(frozen=True)
class BeyondLimit:
    """The minutes a device counted beyond one of its limits in one day."""

    name: str
    limit_milli_c: int | None
    allowed_min: int | None
    minutes: int
    triggered: str | None = None


@dataclass(frozen=True)
class DailySummary:
    """One day as the device summed it up; `None` where it says the value is missing.

    Attributes:
        day: The date on the device's own clock.
        sensor_silent_min: Minutes the device had no probe.
        min_at, max_at: When the extremes were measured, on the device's own clock, where it says so.
    """

    day: date
    min_milli_c: int | None
    max_milli_c: int | None
    mean_milli_c: int | None
    beyond: tuple[BeyondLimit, ...]
    sensor_silent_min: int = 0
    line: int = 0
    min_at: time | None = None
    max_at: time | None = None


@dataclass(frozen=True)
class LoggerFile:
    """Everything an importer makes of one file.

    Attributes:
        format: The family that read it, such as ``hoboware``.
        signature: ``none``, ``unchecked``, ``valid`` or ``invalid``.
        evidence: For ``time_zone``, ``unit``, ``date_order`` and ``decimal``.
        channels: One a temperature column; none where the device keeps daily summaries only.
        notes: What was left out or is odd, in sentences.
        daily: The days as the device summed them up, on its own clock.
        extremes: The intervals of which the file states the lowest and highest value, oldest first, without overlap;
            none where their zone is not known.
    """

    name: str
    sha256: str
    format: str
    signature: str
    device: Device
    evidence: Mapping[str, Evidence]
    channels: tuple[Channel, ...]
    events: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()
    device_alarms: tuple[DeviceAlarm, ...] = ()
    daily: tuple[DailySummary, ...] = ()
    extremes: tuple[Extremes, ...] = ()
