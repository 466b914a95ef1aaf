"""What messages say of their devices, kept with their readings: in the same transaction, or not at all.

A charge in percent that comes with a reading is kept with the sensor's newest reading; here is what comes beside: the
voltage, the radio, the firmware, a battery that is spoken of alone. What has not changed is written down again only
after a while, so the moment kept with a value may be that much older than the newest message.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.sorting_out import printable
from coldchain.payloads.message import BATTERY_LOW
from coldchain.payloads.report import Report
from coldchain.records import Transaction, device_reports
from coldchain.records.device_reports import Device

SAME_AGAIN_MS = 3_600_000
"""The same battery and the same firmware are written down again after so long."""
RADIO_AGAIN_MS = 600_000
"""No two messages arrive equally strong: the radio is written down every so often."""


def keep(tx: Transaction, batch: Sequence[Incoming]) -> None:
    """Keep what a batch says of devices, where it is newer than what is known."""
    said = [one for message in batch if _speaks(message) for one in _said(message)]
    if not said:
        return
    known = device_reports.of(tx, {report.device for report, _ in said})
    after = dict(known)
    for report, at_ms in said:
        before = after.get(report.device, Device(report.device))
        now = told(before, report, at_ms)
        if now != before:
            after[report.device] = now
    device_reports.put(tx, [row for name, row in after.items() if known.get(name) != row])


def _speaks(message: Incoming) -> bool:
    """Whether a message says anything of its device; what the broker had kept is of nobody knows when."""
    if message.reports:
        return not message.retained
    return any(BATTERY_LOW in one.flags for one in message.decoded if one.flags) and not message.retained


def _said(message: Incoming) -> Iterator[tuple[Report, int]]:
    """Each device's report with its moment: that of its newest reading, where a message brings some."""
    newest: dict[str, int] = {}
    for one in message.decoded:
        measured_ms = message.received_ms if one.measured_ms is None else min(one.measured_ms, message.received_ms)
        newest[one.sensor] = max(measured_ms, newest.get(one.sensor, measured_ms))
    charged = {one.sensor for one in message.decoded if one.battery_pct is not None}
    low = (Report(one.sensor, battery_low=True) for one in message.decoded if BATTERY_LOW in one.flags)
    for report in (*low, *message.reports):
        beside = replace(report, battery_pct=None) if report.device in charged else report
        if not beside.is_empty:
            named = replace(beside, device=printable(report.device)[:200])
            yield named, newest.get(report.device, message.received_ms)


def told(before: Device, report: Report, at_ms: int) -> Device:
    """What is known of a device after a report; unchanged where that is older, or the same again too soon.

    Args:
        before: What was known.
        report: What it says.
        at_ms: When it said so, UTC ms.
    """
    return _firmware(_radio(_battery(before, report, at_ms), report, at_ms), report, at_ms)


def _battery(before: Device, report: Report, at_ms: int) -> Device:
    if report.battery_pct is None and report.battery_mv is None and report.battery_low is None:
        return before
    pct = before.battery_pct if report.battery_pct is None else report.battery_pct
    millivolts = before.battery_mv if report.battery_mv is None else report.battery_mv
    low = report.battery_low if report.battery_low is not None or report.battery_pct is not None else before.battery_low
    if (pct, low) == (before.battery_pct, before.battery_low) and not _due(before.battery_ms, at_ms, SAME_AGAIN_MS):
        return before
    if before.battery_ms is not None and at_ms < before.battery_ms:
        return before
    return replace(before, battery_pct=pct, battery_mv=millivolts, battery_low=low, battery_ms=at_ms)


def _radio(before: Device, report: Report, at_ms: int) -> Device:
    if report.rssi_dbm is None and report.snr_tenths_db is None and report.link_quality is None:
        return before
    if not _due(before.radio_ms, at_ms, RADIO_AGAIN_MS):
        return before
    return replace(
        before,
        rssi_dbm=before.rssi_dbm if report.rssi_dbm is None else report.rssi_dbm,
        snr_tenths_db=before.snr_tenths_db if report.snr_tenths_db is None else report.snr_tenths_db,
        link_quality=before.link_quality if report.link_quality is None else report.link_quality,
        radio_ms=at_ms,
    )


def _firmware(before: Device, report: Report, at_ms: int) -> Device:
    if report.firmware is None or (before.firmware_ms is not None and at_ms < before.firmware_ms):
        return before
    if report.firmware == before.firmware and not _due(before.firmware_ms, at_ms, SAME_AGAIN_MS):
        return before
    return replace(before, firmware=report.firmware, firmware_ms=at_ms)


def _due(known_ms: int | None, at_ms: int, after_ms: int) -> bool:
    return known_ms is None or at_ms - known_ms >= after_ms
