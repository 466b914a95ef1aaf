"""Findings about a sensor in words: what was seen, by how much, and what to look at."""

from dataclasses import dataclass
from typing import assert_never

from coldchain.domain.devices import Complaint, DeviceFinding
from coldchain.domain.duration import format_duration
from coldchain.domain.temperature import format_c


@dataclass(frozen=True)
class Compared:
    """What a finding was seen against.

    Attributes:
        other_id, other: The probe it was compared with, and its title.
        low_milli_c, high_milli_c: The declared range.
        quarantined: Whether what it sent went to quarantine, or was taken for temperatures.
        certificate, due: The calibration's number, and its day as ``2026-03-01``.
    """

    other_id: int = 0
    other: str = ""
    low_milli_c: int | None = None
    high_milli_c: int | None = None
    quarantined: bool = True
    certificate: str = ""
    due: str = ""


def sentence(finding: DeviceFinding, against: Compared) -> str:
    """A finding in words, to stand after the sensor's name."""
    size, count = finding.size, finding.count
    match finding.complaint:
        case Complaint.STUCK:
            return (
                f"has shown {format_c(size)} and nothing else in {count} readings:"
                " a probe that is stuck or lies outside looks like this"
            )
        case Complaint.JUMPS:
            return (
                f"jumped {_times(count)} in 7 days, by up to {format_c(size)} within five minutes:"
                " look at its contact and cable"
            )
        case Complaint.DRIFT:
            way = "above" if size > 0 else "below"
            return (
                f"is {format_c(abs(size))} {way} {against.other} (median of {count} pairs in a day):"
                " one of them has moved or drifted"
            )
        case Complaint.SKEW:
            way = "ahead of" if size > 0 else "behind"
            return (
                f"has a clock {format_duration(abs(size))} {way} ours (by {count} readings): set it;"
                " times are kept as it wrote them"
            )
        case Complaint.POWER_UP:
            return _power_up(count, quarantined=against.quarantined)
        case Complaint.RANGE:
            return (
                f"sent {_readings(count)} outside what it can measure{_range(against)} in 7 days, the newest"
                f" {format_c(size)}: in quarantine, no temperatures; look at its cable, or at the range declared of it"
            )
        case Complaint.RATE:
            return (
                f"sends {_pace(size)}, where one a minute is plenty: look at how often it is set to measure, and"
                " whether it is what it says; all of them are kept"
            )
        case Complaint.BATTERY:
            how = "says that its battery is low" if size < 0 else f"has a battery at {size} %"
            return f"{how}: change it before it falls silent"
        case Complaint.CALIBRATION:
            return _calibration(size, against)
        case _:
            assert_never(finding.complaint)


def _power_up(count: int, *, quarantined: bool) -> str:
    if quarantined:
        return f"sent 85.000 °C {_times(count)} in 7 days, as it does after power-up: look at its supply and contact"
    return (
        f"showed exactly 85.000 °C {_times(count)} in 7 days between readings far below, as a DS18B20 does after"
        " power-up: say so of this sensor (power_up), and what it sends from then on goes to quarantine"
    )


def _calibration(days: int, against: Compared) -> str:
    which = f" ({against.certificate})" if against.certificate else ""
    if days < 0:
        return f"was to be calibrated by {against.due}{which}: {_days(-days)} overdue"
    when = "today" if days == 0 else f"in {_days(days)}"
    return f"is to be calibrated by {against.due}{which}, {when}: arrange for it"


def _range(against: Compared) -> str:
    low, high = against.low_milli_c, against.high_milli_c
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f" (from {format_c(low)})" if low is not None else f" (up to {format_c(high or 0)})"
    return f" ({format_c(low)} to {format_c(high)})"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _readings(count: int) -> str:
    return "a reading" if count == 1 else f"{count} readings"


def _pace(per_minute: int) -> str:
    if per_minute < 120:
        return f"{per_minute} readings a minute"
    return f"{round(per_minute / 60):,} readings a second".replace(",", " ")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
