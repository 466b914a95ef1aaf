"""What a device says of itself beside what it measures: its battery, its radio, its firmware."""

import re
from dataclasses import dataclass, fields, replace

from coldchain.payloads.jsontext import Json, Number

_WHOLE_OR_DECIMAL = re.compile(r"-?\d{1,9}(?:\.\d{1,12})?", re.ASCII)
_LONGEST_FIRMWARE = 100
_RSSI_DBM = (-200, 20)
_SNR_TENTHS_DB = (-1000, 1000)
_BATTERY_MV = (500, 60_000)


@dataclass(frozen=True)
class Report:
    """One device's word on itself; ``None`` where it says nothing.

    Attributes:
        device: The sensors' name, whatever their channels.
        battery_pct: Its charge, 0 to 100.
        battery_mv: Its voltage, mV.
        battery_low: Whether it calls its battery low, where it does not say how low.
        rssi_dbm: The strength at which it was received, or receives, dBm; the best of several gateways.
        snr_tenths_db: The signal-to-noise ratio, tenths of a dB.
        link_quality: In its system's own units: 0 to 255 for Zigbee, percent for Disruptive, Monnit and Tasmota.
        firmware: Its version, as it writes it.
    """

    device: str
    battery_pct: int | None = None
    battery_mv: int | None = None
    battery_low: bool | None = None
    rssi_dbm: int | None = None
    snr_tenths_db: int | None = None
    link_quality: int | None = None
    firmware: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return all(getattr(self, field.name) is None for field in fields(self) if field.name != "device")

    def of(self, device: str) -> "Report":
        """The same, said of another device."""
        return replace(self, device=device)

    def with_(self, later: "Report") -> "Report":
        """This one, with what a later one of the same device says."""
        said = {field.name: getattr(later, field.name) for field in fields(later)}
        return replace(self, **{name: value for name, value in said.items() if value is not None})


def rssi(value: Json) -> int | None:
    """A strength in whole dBm; 0, which many firmwares write where they know none, is none."""
    found = _number(value, *_RSSI_DBM)
    return round(found) if found else None


def snr(value: Json) -> int | None:
    """A signal-to-noise ratio in tenths of a dB."""
    found = _number(value, _SNR_TENTHS_DB[0] / 10, _SNR_TENTHS_DB[1] / 10)
    return None if found is None else round(found * 10)


def quality(value: Json, most: int = 255) -> int | None:
    """A link quality, whole, from 0 to ``most``."""
    found = _number(value, 0, most)
    return None if found is None else round(found)


def millivolts(value: Json, *, volts: bool = False) -> int | None:
    """A battery's voltage in mV, from mV or V; what no battery of a sensor has is none."""
    found = _number(value, 0, 1_000_000)
    milli = None if found is None else round(found * 1000 if volts else found)
    return milli if milli is not None and _BATTERY_MV[0] <= milli <= _BATTERY_MV[1] else None


def version(value: Json) -> str | None:
    """A firmware's version, fit to be kept and shown."""
    if not isinstance(value, str):
        return None
    text = "".join(each for each in value if each.isprintable()).strip()
    return text[:_LONGEST_FIRMWARE] or None


def truth(value: Json) -> bool | None:
    """A yes or no: ``true``, ``1``, and their opposites."""
    if isinstance(value, bool):
        return value
    return {"1": True, "0": False}.get(value) if isinstance(value, Number) else None


def _number(value: Json, low: float, high: float) -> float | None:
    if not isinstance(value, str) or not _WHOLE_OR_DECIMAL.fullmatch(value.strip()):
        return None
    found = float(value)
    return found if low <= found <= high else None
