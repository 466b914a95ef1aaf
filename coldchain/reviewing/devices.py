"""Sensors as devices: what their readings of the last days say about them, in words for a person."""

from dataclasses import dataclass

import numpy as np

from coldchain.domain import devices
from coldchain.domain.devices import Complaint, DeviceFinding
from coldchain.domain.duration import format_duration
from coldchain.domain.reading import Trace
from coldchain.domain.temperature import format_c
from coldchain.records.store import Transaction
from coldchain.records.views import series
from coldchain.records.views.locations import Probe, standings
from coldchain.records.views.sensors import Told, newest

DAY_MS = 86_400_000
LOOKED_AT_MS = 7 * DAY_MS
PAIRED_MS = DAY_MS
_NEWEST = 50


@dataclass(frozen=True)
class Said:
    """A finding about a sensor, in a sentence.

    Attributes:
        sensor_id: Whose.
        title: The sensor, as people call it.
        where: The location's title.
        sentence: What its readings show, and what to look at.
    """

    sensor_id: int
    title: str
    where: str
    complaint: Complaint
    sentence: str


def findings(tx: Transaction, now_ms: int, location_id: int | None = None) -> list[Said]:
    """What the readings of the last seven days say about the sensors that hang somewhere, or at one place."""
    found = []
    for standing in standings(tx, location_id):
        traces = {
            probe.sensor_id: series.trace(tx, probe.sensor_id, max(probe.since_ms, now_ms - LOOKED_AT_MS), now_ms)
            for probe in standing.probes
        }
        where = standing.location.title
        for place, probe in enumerate(standing.probes):
            found += [
                Said(probe.sensor_id, probe.title, where, finding.complaint, sentence(finding))
                for finding in _alone(tx, probe, traces[probe.sensor_id])
            ]
            for other in standing.probes[place + 1 :]:
                one, two = (traces[each.sensor_id].after(now_ms - PAIRED_MS) for each in (probe, other))
                apart = devices.drift(one, two, probe.uncertainty_milli_c + other.uncertainty_milli_c)
                if apart is not None:
                    words = sentence(apart, other.title)
                    found.append(Said(probe.sensor_id, probe.title, where, apart.complaint, words))
    return found


def sentence(finding: DeviceFinding, other: str = "") -> str:
    """A finding in words.

    Args:
        finding: What the readings show.
        other: The probe it was compared with.
    """
    match finding.complaint:
        case Complaint.STUCK:
            return (
                f"has shown {format_c(finding.size)} and nothing else in {finding.count} readings:"
                " a probe that is stuck or lies outside looks like this"
            )
        case Complaint.JUMPS:
            return (
                f"jumped {finding.count} times in 7 days, by up to {format_c(finding.size)} within five minutes:"
                " look at its contact and cable"
            )
        case Complaint.DRIFT:
            way = "above" if finding.size > 0 else "below"
            return (
                f"is {format_c(abs(finding.size))} {way} {other} (median of {finding.count} pairs in a day):"
                " one of them has moved or drifted"
            )
        case Complaint.SKEW:
            way = "ahead of" if finding.size > 0 else "behind"
            return (
                f"has a clock {format_duration(abs(finding.size))} {way} ours"
                f" (median of {finding.count} readings): set it; times are kept as it wrote them"
            )


def _alone(tx: Transaction, probe: Probe, trace: Trace) -> list[DeviceFinding]:
    live: dict[int, int] = {}  # of a message that brings stored readings too only the newest is beside our clock
    for each in newest(tx, probe.sensor_id, _NEWEST):
        if _measured_when_sent(each):
            live[each.received_ms] = max(each.measured_ms, live.get(each.received_ms, each.measured_ms))
    measured = np.array(list(live.values()), dtype=np.int64)
    received = np.array(list(live), dtype=np.int64)
    each_way = (devices.stuck(trace), devices.jumps(trace), devices.skew(measured, received))
    return [finding for finding in each_way if finding is not None]


def _measured_when_sent(told: Told) -> bool:
    """Whether the device's own time is beside ours: not where it has none, and not where the reading was stored."""
    return not {"time=received", "backfilled", "retained"} & set(told.flags)
