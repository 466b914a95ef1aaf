"""What ``coldchain decode`` prints: readings, what devices say of themselves, and what cannot be used."""

from collections.abc import Sequence
from dataclasses import asdict

from coldchain.domain.instant import iso
from coldchain.domain.quality import Fault
from coldchain.domain.temperature import celsius
from coldchain.payloads import Decoded, Report
from coldchain.payloads.message import TIME_RECEIVED
from coldchain.reporting.words import printable

SCHEMA = "coldchain.decode/1"


def reading_of(one: Decoded, received_ms: int) -> dict[str, object]:
    """A reading as the contract's array shows it; ``received_ms`` is its time where the device says none."""
    return {
        "sensor": one.sensor,
        "channel": one.channel,
        "measured_at": iso(received_ms if one.measured_ms is None else one.measured_ms),
        "time_from": "device" if one.measured_ms is not None else "received",
        "temperature_c": None if one.milli_c is None else celsius(one.milli_c),
        "battery_pct": one.battery_pct,
        "flags": list(one.flags),
    }


def whole(readings: Sequence[dict[str, object]], devices: Sequence[Report], faulty: Sequence[Decoded]) -> object:
    """All that a message says, as ``--json`` prints it."""
    return {
        "schema": SCHEMA,
        "readings": list(readings),
        "devices": [_device(each) for each in devices],
        "unusable": [
            {"sensor": each.sensor, "channel": each.channel, "reason": str(each.fault), "text": each.text}
            for each in faulty
        ],
    }


def reading_in_words(one: Decoded, received_ms: int) -> str:
    """A reading as one line for people."""
    shown = reading_of(one, received_ms)
    at = f"{shown['measured_at']} (UTC" + (")" if shown["time_from"] == "device" else ", received)")
    said = [each for each in one.flags if each != TIME_RECEIVED]
    flags = f"; {', '.join(said)}" if said else ""
    return printable(f"{probe_of(one)}: {shown['temperature_c']} °C at {at}{flags}")


def device_in_words(one: Report) -> str:
    """What a device says of itself, as one line for people."""
    ratio = None if one.snr_tenths_db is None else one.snr_tenths_db / 10
    said = (
        _said("battery", one.battery_pct, " %"),
        _said("battery", None if one.battery_mv is None else one.battery_mv / 1000, " V"),
        _said("battery", None if one.battery_low is None else "low" if one.battery_low else "not low"),
        _said("signal", one.rssi_dbm, " dBm"),
        _said("signal to noise", ratio, " dB"),
        _said("link quality", one.link_quality),
        _said("firmware", one.firmware),
    )
    return printable(f"{one.device} says of itself: {', '.join(each for each in said if each)}")


def probe_of(one: Decoded) -> str:
    """The sensor and its channel, in words."""
    return f"{one.sensor} {one.channel}".rstrip()


def fault_in_words(one: Decoded) -> str:
    """Why a value is no temperature, as one line."""
    written = " ".join(printable(one.text).split())
    return f"{printable(probe_of(one))}: {one.fault or Fault.DAMAGED}: {written}"


def _device(one: Report) -> dict[str, object]:
    said = asdict(one)
    tenths = said.pop("snr_tenths_db")
    return {**said, "snr_db": None if tenths is None else tenths / 10}


def _said(what: str, value: object, unit: str = "") -> str:
    return "" if value is None else f"{what} {value}{unit}"
