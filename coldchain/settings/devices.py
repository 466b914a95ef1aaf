"""When people are told that a sensor itself needs somebody: its battery, its clock, its calibration."""

import re

from coldchain.settings.reader import Section
from coldchain.settings.shapes import Devices

_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_PERCENT = re.compile(r"([1-9]\d?) ?%")
_DAY_MS = 86_400_000
AT_ONCE, NEVER = "at once", "never"


def read_devices(section: Section) -> Devices:
    """Everything below ``devices``."""
    tell_at = section.text("tell_at")
    notice_ms = section.duration_ms("calibration_notice") or Devices.calibration_notice_days * _DAY_MS
    devices = Devices(
        tell_at_minute=_minute(section, tell_at),
        tell=tell_at != NEVER,
        low_battery_pct=_percent(section),
        calibration_notice_days=notice_ms // _DAY_MS,
    )
    section.done()
    if notice_ms % _DAY_MS or not notice_ms <= 366 * _DAY_MS:
        section.refuse("calibration_notice", "calibration_notice is a number of whole days, at most 366 d")
    return devices


def _minute(section: Section, text: str | None) -> int | None:
    if text is None:
        return Devices.tell_at_minute
    if text in (AT_ONCE, NEVER):
        return None
    found = _TIME_OF_DAY.fullmatch(text)
    if found is None:
        section.refuse("tell_at", f"tell_at is a time of day such as '08:00', 'at once' or 'never' (got {text!r})")
        return Devices.tell_at_minute
    return 60 * int(found[1]) + int(found[2])


def _percent(section: Section) -> int:
    text = section.text("low_battery")
    if text is None:
        return Devices.low_battery_pct
    found = _PERCENT.fullmatch(text)
    if found is None:
        section.refuse("low_battery", f"low_battery is a charge such as '20 %', from 1 % to 99 % (got {text!r})")
        return Devices.low_battery_pct
    return int(found[1])
