"""`/api/v1/sensors`: every sensor channel as a device, for programs; and the same in numbers for Prometheus."""

from collections import Counter
from collections.abc import Iterator

from fastapi import APIRouter, Request
from prometheus_client.core import GaugeMetricFamily, Metric
from pydantic import BaseModel, Field

from coldchain.domain.devices import Complaint
from coldchain.domain.instant import iso
from coldchain.records import device_findings, device_reports
from coldchain.records.device_findings import Finding
from coldchain.records.device_reports import Device
from coldchain.records.places import Sensor, sensors
from coldchain.records.store import Transaction
from coldchain.records.views.sensors import Newest, newest_of_all
from coldchain.web.api.caller import Known
from coldchain.web.api.shapes import optional_iso
from coldchain.web.visit import services_of

router = APIRouter(prefix="/api/v1", tags=["coldchain"])


class BatteryNow(BaseModel):
    """A battery as it was spoken of last."""

    percent: int | None
    millivolts: int | None
    says_low: bool = Field(description="the device itself calls it low")
    at: str


class RadioNow(BaseModel):
    """How well a device was received last."""

    rssi_dbm: int | None
    snr_db: float | None
    link_quality: int | None = Field(description="in the units of its system: 0 to 255 for Zigbee, percent for some")
    at: str


class DeviceFinding(BaseModel):
    """What is the matter with a sensor; no temperature and no verdict is changed by it."""

    complaint: str = Field(description=", ".join(each.value for each in Complaint))
    since: str
    found: str
    sentence: str
    told: str | None
    acknowledged: str | None
    acknowledged_by: str | None


class SensorDevice(BaseModel):
    """A sensor channel as a device."""

    number: int
    sensor: str
    channel: str
    location: str | None = Field(description="where it hangs; null: nowhere")
    measured_at: str | None
    temperature_c: float | None
    range_c: tuple[float | None, float | None]
    uncertainty_c: float
    probe: str | None = Field(description="air, glycol, buffer or surface")
    time_constant_s: float | None
    calibration: str | None
    calibrated_on: str | None
    calibration_due: str | None
    model: str | None
    serial: str | None
    firmware: str | None = Field(description="as the device says, else as declared")
    battery: BatteryNow | None
    radio: RadioNow | None
    findings: list[DeviceFinding]
    href: str


@router.get("/sensors")
def all_sensors(request: Request, _: Known) -> list[SensorDevice]:
    """Every sensor channel as a device: what is declared, what it says of itself, what is the matter with it."""
    services = services_of(request)
    with services.store.reading() as tx:
        devices, newest, found = device_reports.everything(tx), newest_of_all(tx), _found(tx)
        return [
            _device(each, devices.get(each.name), newest.get(each.id), found.get(each.id, []), services.public_url)
            for each in sensors(tx)
        ]


def _found(tx: Transaction) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = {}
    for each in device_findings.standing(tx):
        found.setdefault(each.sensor_id, []).append(each)
    return found


def _device(
    sensor: Sensor, device: Device | None, newest: Newest | None, found: list[Finding], public_url: str
) -> SensorDevice:  # fmt: skip
    battery = device_reports.battery(device, newest.battery_pct if newest else None, newest.at_ms if newest else None)
    return SensorDevice(
        number=sensor.id,
        sensor=sensor.name,
        channel=sensor.channel,
        location=newest.location if newest else None,
        measured_at=optional_iso(newest.at_ms) if newest else None,
        temperature_c=None if newest is None else _celsius(newest.milli_c),
        range_c=(_celsius(sensor.low_milli_c), _celsius(sensor.high_milli_c)),
        uncertainty_c=sensor.uncertainty_milli_c / 1000,
        probe=sensor.probe_kind,
        time_constant_s=None if sensor.time_constant_ms is None else sensor.time_constant_ms / 1000,
        calibration=sensor.calibration,
        calibrated_on=sensor.calibrated_on,
        calibration_due=sensor.calibration_due,
        model=sensor.model,
        serial=sensor.serial,
        firmware=device.firmware if device is not None and device.firmware else sensor.firmware,
        battery=None if battery is None else BatteryNow(
            percent=battery.pct, millivolts=battery.millivolts, says_low=battery.says_low, at=iso(battery.at_ms)
        ),
        radio=_radio(device),
        findings=[_finding(each) for each in found],
        href=f"{public_url}/sensors/{sensor.id}",
    )  # fmt: skip


def _radio(device: Device | None) -> RadioNow | None:
    if device is None or device.radio_ms is None:
        return None
    snr = None if device.snr_tenths_db is None else device.snr_tenths_db / 10
    return RadioNow(
        rssi_dbm=device.rssi_dbm, snr_db=snr, link_quality=device.link_quality, at=iso(device.radio_ms)
    )  # fmt: skip


def _finding(found: Finding) -> DeviceFinding:
    return DeviceFinding(
        complaint=found.complaint,
        since=iso(found.since_ms),
        found=iso(found.raised_ms),
        sentence=found.sentence,
        told=optional_iso(found.told_ms),
        acknowledged=optional_iso(found.acknowledged_ms),
        acknowledged_by=found.acknowledged_by,
    )


def _celsius(milli_c: int | None) -> float | None:
    return None if milli_c is None else milli_c / 1000


def metrics_of(tx: Transaction) -> Iterator[Metric]:
    """Batteries, radios and findings, for Prometheus; of sensors that hang somewhere."""
    devices, hanging = device_reports.everything(tx), newest_of_all(tx)
    battery = GaugeMetricFamily("coldchain_battery_percent", "Charge, as said last", labels=["location", "sensor"])
    volts = GaugeMetricFamily("coldchain_battery_volts", "Voltage, as said last", labels=["location", "sensor"])
    rssi = GaugeMetricFamily("coldchain_radio_rssi_dbm", "Strength, as said last", labels=["location", "sensor"])
    snr = GaugeMetricFamily("coldchain_radio_snr_db", "Signal to noise, as said last", labels=["location", "sensor"])
    quality = GaugeMetricFamily(
        "coldchain_radio_link_quality", "Link quality in the units of its system", labels=["location", "sensor"]
    )
    for each in sorted((one for one in hanging.values() if one.location is not None), key=lambda one: one.title):
        device = devices.get(each.sensor)
        known = device_reports.battery(device, each.battery_pct, each.at_ms)
        for family, value in (
            (battery, None if known is None else known.pct),
            (volts, None if known is None or known.millivolts is None else known.millivolts / 1000),
            (rssi, None if device is None else device.rssi_dbm),
            (snr, None if device is None or device.snr_tenths_db is None else device.snr_tenths_db / 10),
            (quality, None if device is None else device.link_quality),
        ):
            if value is not None:
                family.add_metric([each.location or "", each.title], value)
    yield from (battery, volts, rssi, snr, quality)
    counted = Counter(each.complaint for each in device_findings.standing(tx))
    findings = GaugeMetricFamily("coldchain_device_findings", "What is the matter with sensors", labels=["complaint"])
    for complaint in Complaint:
        findings.add_metric([complaint.value], counted[complaint.value])
    yield findings
