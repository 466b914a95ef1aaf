"""What people declare of a sensor, from the words of a form or of a list to `Known` and back."""

from collections.abc import Mapping
from datetime import date

from coldchain.domain.duration import format_duration, milliseconds, parse_duration
from coldchain.domain.probe_kinds import LONGEST_TIME_CONSTANT_MS, kind_of
from coldchain.domain.temperature import milli_c
from coldchain.errors import UsageError
from coldchain.records.places import Sensor
from coldchain.reviewing.hanging import Known

FIELDS = (
    "low", "high", "uncertainty", "calibration", "calibrated_on", "calibration_due", "power_up", "probe",
    "time_constant", "model", "serial", "firmware",
)  # fmt: skip
"""The fields' names."""


def fields_of(sensor: Sensor) -> dict[str, str]:
    """What is declared of a sensor, as the fields show it."""
    constant = sensor.time_constant_ms
    return {
        "low": _number(sensor.low_milli_c),
        "high": _number(sensor.high_milli_c),
        "uncertainty": _number(sensor.uncertainty_milli_c or None),
        "calibration": sensor.calibration or "",
        "calibrated_on": sensor.calibrated_on or "",
        "calibration_due": sensor.calibration_due or "",
        "power_up": "yes" if sensor.power_up else "",
        "probe": sensor.probe_kind or "",
        "time_constant": format_duration(constant) if constant else "",
        "model": sensor.model or "",
        "serial": sensor.serial or "",
        "firmware": sensor.firmware or "",
    }


def known_of(values: Mapping[str, str]) -> Known:
    """What fields declare.

    Raises:
        UsageError: One of them holds what it cannot; one sentence says which, and what would be right.
    """
    low, high = (
        _degrees(values["low"], "the lower end of its range"),
        _degrees(values["high"], "the upper end of its range"),
    )
    if low is not None and high is not None and low >= high:
        raise UsageError("the lower end of its range lies below the upper one")
    calibrated_on = _day(values["calibrated_on"], "the day of its calibration")
    due = _day(values["calibration_due"], "the day on which it is due again")
    if calibrated_on and due and due <= calibrated_on:
        raise UsageError(f"its calibration is due again after it was calibrated ({calibrated_on}), not on {due}")
    return Known(
        low_milli_c=low,
        high_milli_c=high,
        uncertainty_milli_c=abs(_degrees(values["uncertainty"], "its uncertainty") or 0),
        calibration=_text(values["calibration"]),
        calibrated_on=calibrated_on,
        calibration_due=due,
        power_up=values["power_up"] == "yes",
        probe_kind=_kind(values["probe"]),
        time_constant_ms=_constant(values["time_constant"]),
        model=_text(values["model"]),
        serial=_text(values["serial"]),
        firmware=_text(values["firmware"], 100),
    )


def _number(milli: int | None) -> str:
    return "" if milli is None else f"{milli / 1000:g}"


def _text(text: str, longest: int = 200) -> str | None:
    kept = "".join(each for each in text if each.isprintable()).strip()
    if len(kept) > longest:
        raise UsageError(f"{kept[:20]}… has more than {longest} characters")
    return kept or None


def _kind(text: str) -> str | None:
    found = kind_of(text)
    if text and found is None:
        raise UsageError("choose what the probe hangs in from the list")
    return None if found is None else found.value


def _constant(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        constant_ms = milliseconds(parse_duration(text.strip()))
    except ValueError as error:
        raise UsageError("its time constant is a duration with its unit, such as 10 min") from error
    if not 0 < constant_ms <= LONGEST_TIME_CONSTANT_MS:
        raise UsageError("its time constant is longer than nothing and at most a day")
    return constant_ms


def _day(text: str, what: str) -> str | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise UsageError(f"{what} is a day such as 2026-03-01") from error


def _degrees(text: str, what: str) -> int | None:
    if not text.strip():
        return None
    try:
        return milli_c(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError as error:
        raise UsageError(f"{what} is a number of degrees Celsius, such as 0.5") from error
