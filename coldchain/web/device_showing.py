"""A sensor as a device, for its page and the list: battery, radio, firmware, probe, clock, and what is the matter."""

from collections.abc import Iterable
from dataclasses import dataclass

from coldchain.domain.devices import Complaint, DeviceFinding
from coldchain.domain.duration import format_duration
from coldchain.domain.probe_kinds import ProbeKind, in_words, lag_in_words
from coldchain.domain.temperature import format_c
from coldchain.records import device_findings, device_reports
from coldchain.records.device_findings import Finding
from coldchain.records.device_reports import Battery, Device
from coldchain.records.places import Location
from coldchain.records.store import Transaction
from coldchain.records.views import locations
from coldchain.records.views.locations import Probe
from coldchain.records.views.sensors import SensorNow
from coldchain.reviewing.devices import skew_of
from coldchain.web.times import Clock

KINDS = {
    ProbeKind.AIR.value: "air",
    ProbeKind.GLYCOL.value: "glycol",
    ProbeKind.BUFFER.value: "a buffer: sand, beads, metal",
    ProbeKind.SURFACE.value: "on a surface",
}
"""What a probe hangs in, for a choice."""

_HEADS = {
    Complaint.STUCK: "Stuck",
    Complaint.JUMPS: "Jumping",
    Complaint.DRIFT: "Differing from the other probe",
    Complaint.SKEW: "Clock",
    Complaint.POWER_UP: "85.000 °C after power-up",
    Complaint.RANGE: "Outside what it can measure",
    Complaint.RATE: "Sending too often",
    Complaint.BATTERY: "Battery",
    Complaint.CALIBRATION: "Calibration",
}


@dataclass(frozen=True)
class Group:
    """Findings of one kind: those that nobody has seen yet, and those that somebody has."""

    head: str
    fresh: tuple[Finding, ...]
    seen: tuple[Finding, ...]


@dataclass(frozen=True)
class Placed:
    """A sensor in its place, for the list."""

    location: Location
    probe: Probe
    battery: Battery | None
    radio: str
    found: tuple[Finding, ...]


@dataclass(frozen=True)
class DeviceFacts:
    """A sensor as a device, for its page; an empty text where nothing is known."""

    battery: Battery | None
    radio: str
    radio_ms: int | None
    firmware: str
    firmware_ms: int | None
    clock: str
    probe: str
    lag: str
    range: str


def by_complaint(found: Iterable[Finding]) -> list[Group]:
    """Findings by what they are, in the order of `Complaint`, so that thirty batteries are one line."""
    several = list(found)
    groups = []
    for complaint, head in _HEADS.items():
        mine = [each for each in several if each.complaint == complaint.value]
        if mine:
            seen = tuple(each for each in mine if each.acknowledged_ms is not None)
            groups.append(Group(head, tuple(each for each in mine if each.acknowledged_ms is None), seen))
    return groups


def placed(tx: Transaction) -> list[Placed]:
    """Every sensor that hangs somewhere, by its place."""
    devices, found = device_reports.everything(tx), _standing_by_sensor(tx)
    rows = []
    for location, probe in locations.hanging(tx):
        device = devices.get(probe.name)
        battery = device_reports.battery(device, probe.battery_pct, probe.newest_ms)
        rows.append(Placed(location, probe, battery, radio_in_words(device), found.get(probe.sensor_id, ())))
    return rows


def _standing_by_sensor(tx: Transaction) -> dict[int, tuple[Finding, ...]]:
    found: dict[int, tuple[Finding, ...]] = {}
    for each in device_findings.standing(tx):
        found[each.sensor_id] = (*found.get(each.sensor_id, ()), each)
    return found


def device_facts(tx: Transaction, now: SensorNow, clock: Clock) -> DeviceFacts:
    """What is known of a sensor as a device, looked at now."""
    sensor = now.sensor
    device = device_reports.of(tx, [sensor.name]).get(sensor.name)
    newest_ms = now.newest[0].measured_ms if now.newest else None
    heard = device is not None and device.firmware is not None
    return DeviceFacts(
        battery=device_reports.battery(device, now.battery_pct, newest_ms),
        radio=radio_in_words(device),
        radio_ms=device.radio_ms if device is not None else None,
        firmware=(device.firmware or "") if device is not None and heard else sensor.firmware or "",
        firmware_ms=device.firmware_ms if device is not None and heard else None,
        clock=_clock_in_words(skew_of(tx, sensor.id, clock.now_ms)),
        probe=in_words(sensor.probe_kind, sensor.time_constant_ms),
        lag=lag_in_words(sensor.probe_kind, sensor.time_constant_ms),
        range=_range(sensor.low_milli_c, sensor.high_milli_c),
    )


def radio_in_words(device: Device | None) -> str:
    """How well a device is received: ``−83 dBm, SNR 7.5 dB``; empty where it does not say."""
    if device is None:
        return ""
    parts = []
    if device.rssi_dbm is not None:
        parts.append(f"{_signed(device.rssi_dbm)} dBm")
    if device.snr_tenths_db is not None:
        parts.append(f"SNR {_signed(device.snr_tenths_db / 10)} dB")
    if device.link_quality is not None:
        parts.append(f"quality {device.link_quality}")
    return ", ".join(parts)


def _clock_in_words(skew: DeviceFinding | None) -> str:
    if skew is None:
        return ""
    seconds = round(skew.size / 1000)
    by = f"by its {skew.count} newest readings"
    if abs(seconds) < 1:
        return f"within a second of ours, {by}"
    return f"{format_duration(abs(seconds) * 1000)} {'ahead of' if seconds > 0 else 'behind'} ours, {by}"


def _range(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"from {format_c(low or 0)}"
    return f"up to {format_c(high)}" if low is None else f"{format_c(low)} to {format_c(high)}"


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "−")
