"""Sensors as devices: what their readings and what they say of themselves show, in words for a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from coldchain.domain import devices
from coldchain.domain.devices import Complaint, DeviceFinding
from coldchain.domain.quality import Fault
from coldchain.domain.reading import Trace
from coldchain.records import device_reports, quarantine, watching
from coldchain.records.store import Transaction
from coldchain.records.views import locations, series
from coldchain.records.views.locations import Probe
from coldchain.records.views.sensors import Told, newest
from coldchain.reviewing.device_words import Compared, sentence

DAY_MS = 86_400_000
LOOKED_AT_MS = 7 * DAY_MS
PAIRED_MS = DAY_MS
_NEWEST = 50

Key = tuple[int, str, int]
"""What tells findings apart: the sensor, the complaint, the probe it was compared with (0: none)."""

NOTHING_KNOWN: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Thresholds:
    """From when on something is spoken of.

    Attributes:
        low_battery_pct: At how much a battery is low.
        calibration_notice_days: How long before its day a calibration is.
        zone: The site's, for days.
    """

    low_battery_pct: int = devices.LOW_BATTERY_PCT
    calibration_notice_days: int = devices.CALIBRATION_NOTICE_DAYS
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def today(self, now_ms: int) -> date:
        """The site's day."""
        return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(self.zone).date()


DEFAULT = Thresholds()


@dataclass(frozen=True)
class Said:
    """A finding about a sensor, in a sentence.

    Attributes:
        sensor_id: Whose.
        title: The sensor, as people call it.
        where: The location's title.
        sentence: What its readings show, and what to look at.
        since_ms: From when on.
        other_id: The probe it was compared with.
    """

    sensor_id: int
    title: str
    where: str
    complaint: Complaint
    sentence: str
    since_ms: int = 0
    other_id: int | None = None

    @property
    def key(self) -> Key:
        """What tells it from other findings."""
        return self.sensor_id, self.complaint.value, self.other_id or 0


@dataclass(frozen=True)
class Look:
    """What a look at the sensors of one location came to.

    Attributes:
        said: What is the matter.
        judged: Of what it could be said: a complaint that is not in ``said`` but here is over; of a sensor that is
            silent, or says nothing of its battery, nobody knows.
    """

    said: tuple[Said, ...]
    judged: frozenset[Key]


def findings(tx: Transaction, now_ms: int, thresholds: Thresholds = DEFAULT) -> list[Said]:
    """What is the matter with the sensors that hang somewhere, looked at now."""
    readings = watching.readings_can_be_looked_at(tx)
    return [
        said
        for each in locations.watched(tx)
        for said in look(tx, each.id, each.title, now_ms, thresholds, readings=readings).said
    ]


def look(
    tx: Transaction, location_id: int, where: str, now_ms: int, thresholds: Thresholds = DEFAULT,
    standing: frozenset[Key] = NOTHING_KNOWN, *, readings: bool = True,
) -> Look:  # fmt: skip
    """Look at the sensors of one location: at their readings of the last seven days, and at what they said.

    Args:
        tx: The transaction.
        location_id, where: Which location, and its title.
        now_ms: Now, UTC ms.
        thresholds: From when on something is spoken of.
        standing: What was found before and is not over.
        readings: Whether readings can be looked at: where there are very many sensors, only what is said beside them.
    """
    probes = locations.probes_at(tx, location_id)
    reports = device_reports.of(tx, {probe.name for probe in probes})
    said: list[Said] = []
    judged: set[Key] = set()
    for probe in probes:
        told = _by_what_it_says(probe, reports, now_ms, thresholds, standing)
        seen = _by_readings(tx, probe, now_ms, standing) if readings else iter(())
        for complaint, finding, compared in (*told, *seen):
            one = Said(
                probe.sensor_id, probe.title, where, complaint,
                "" if finding is None else sentence(finding, compared), 0 if finding is None else finding.since_ms,
                compared.other_id or None,
            )  # fmt: skip
            judged.add(one.key)
            said += [one] if finding is not None else []
    if readings:
        for one in _pairs(tx, probes, where, now_ms, standing):
            judged.add(one.key)
            said += [one] if one.sentence else []
    return Look(tuple(said), frozenset(judged))


_Judged = tuple[Complaint, DeviceFinding | None, Compared]
_ALONE = Compared()


def _by_what_it_says(
    probe: Probe, reports: Mapping[str, device_reports.Device], now_ms: int, thresholds: Thresholds,
    standing: frozenset[Key],
) -> Iterator[_Judged]:  # fmt: skip
    battery = device_reports.battery(reports.get(probe.name), probe.battery_pct, probe.newest_ms)
    if battery is not None:
        before = (probe.sensor_id, Complaint.BATTERY.value, 0) in standing
        found = devices.low_battery(
            battery.pct, says_low=battery.says_low, at_ms=battery.at_ms, low_pct=thresholds.low_battery_pct,
            standing=before,
        )  # fmt: skip
        yield Complaint.BATTERY, found, _ALONE
    due = None if probe.calibration_due is None else date.fromisoformat(probe.calibration_due)
    near = devices.calibration_due(due, thresholds.today(now_ms), thresholds.calibration_notice_days)
    yield Complaint.CALIBRATION, near, Compared(certificate=probe.calibration or "", due=probe.calibration_due or "")


def _by_readings(tx: Transaction, probe: Probe, now_ms: int, standing: frozenset[Key]) -> Iterator[_Judged]:
    trace = _trace(tx, probe, now_ms)
    fresh = len(trace) > 0 and now_ms - int(trace.at_ms[-1]) <= DAY_MS
    aside = quarantine.of_sensor_since(tx, probe.sensor_id, max(probe.since_ms, now_ms - LOOKED_AT_MS))
    power_up = _put_aside(Complaint.POWER_UP, aside.get(Fault.POWER_UP.value))
    each_way = (
        (Complaint.STUCK, devices.stuck(trace), _ALONE),
        (Complaint.JUMPS, devices.jumps(trace, probe.time_constant_ms), _ALONE),
        (Complaint.POWER_UP, power_up or devices.power_ups(trace), Compared(quarantined=power_up is not None)),
        (
            Complaint.RANGE, _put_aside(Complaint.RANGE, aside.get(Fault.OUT_OF_RANGE.value)),
            Compared(low_milli_c=probe.low_milli_c, high_milli_c=probe.high_milli_c),
        ),
    )  # fmt: skip
    for complaint, finding, compared in each_way:
        if finding is not None or fresh:
            yield complaint, finding, compared
    measured = skew_of(tx, probe.sensor_id, now_ms)
    if measured is not None:
        before = (probe.sensor_id, Complaint.SKEW.value, 0) in standing
        off = devices.is_off(measured, standing=before)
        yield Complaint.SKEW, measured if off else None, _ALONE


def _put_aside(complaint: Complaint, counted: quarantine.Counted | None) -> DeviceFinding | None:
    if counted is None:
        return None
    return DeviceFinding(complaint, counted.first_ms, counted.newest_milli_c or 0, counted.count)


def skew_of(tx: Transaction, sensor_id: int, now_ms: int) -> DeviceFinding | None:
    """How far a sensor's clock is from ours by its newest readings, much or little; ``None`` where nobody can say.

    Readings that were put aside because their time cannot be speak, too: they are the ones of a clock far ahead.
    """
    live: dict[int, int] = {}  # of a message that brings stored readings too only the newest is beside our clock
    for each in newest(tx, sensor_id, _NEWEST):
        if _measured_when_sent(each) and now_ms - each.received_ms <= DAY_MS:
            live[each.received_ms] = max(each.measured_ms, live.get(each.received_ms, each.measured_ms))
    for measured_ms, received_ms in quarantine.clock_faults(tx, sensor_id, now_ms - DAY_MS, _NEWEST):
        live[received_ms] = max(measured_ms, live.get(received_ms, measured_ms))
    newest_first = sorted(live, reverse=True)[:_NEWEST]
    measured = np.array([live[received_ms] for received_ms in newest_first], dtype=np.int64)
    return devices.measured_skew(measured, np.array(newest_first, dtype=np.int64))


def _pairs(
    tx: Transaction, probes: tuple[Probe, ...], where: str, now_ms: int, standing: frozenset[Key]
) -> Iterator[Said]:  # fmt: skip
    """Every two probes of a place; one without a sentence differs by no more than it may."""
    if len(probes) < 2:
        return
    day = {probe.sensor_id: _trace(tx, probe, now_ms, PAIRED_MS) for probe in probes}
    for place, probe in enumerate(probes):
        for other in probes[place + 1 :]:
            apart = devices.compared(day[probe.sensor_id], day[other.sensor_id])
            if apart is None:
                continue
            before = (probe.sensor_id, Complaint.DRIFT.value, other.sensor_id) in standing
            uncertainty = probe.uncertainty_milli_c + other.uncertainty_milli_c
            differs = devices.differs(apart, uncertainty, standing=before)
            words = sentence(apart, Compared(other.sensor_id, other.title)) if differs else ""
            yield Said(
                probe.sensor_id, probe.title, where, Complaint.DRIFT, words, apart.since_ms, other.sensor_id
            )  # fmt: skip


def _trace(tx: Transaction, probe: Probe, now_ms: int, length_ms: int = LOOKED_AT_MS) -> Trace:
    return series.trace(tx, probe.sensor_id, max(probe.since_ms, now_ms - length_ms), now_ms)


def _measured_when_sent(told: Told) -> bool:
    """Whether the device's own time is beside ours: not where it has none, and not where the reading was stored."""
    return not {"time=received", "backfilled", "retained"} & set(told.flags)
