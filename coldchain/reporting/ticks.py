"""Where the marks of an axis stand, and what they say."""

from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil, floor, log10

_MINUTE = 60_000
_STEPS_MS = tuple(
    minutes * _MINUTE
    for minutes in (
        1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720,
        1440, 2 * 1440, 3 * 1440, 7 * 1440, 14 * 1440, 28 * 1440,
        91 * 1440, 182 * 1440, 364 * 1440, 1820 * 1440, 3640 * 1440,
    )
)  # fmt: skip
_DAY_MS = 1440 * _MINUTE


def time_ticks(start_ms: int, end_ms: int, zone: tzinfo, most: int = 8) -> list[tuple[int, str]]:
    """Instants on round wall-clock times between two instants, with what they say: ``18:00``, ``9 Apr``.

    Args:
        start_ms: First instant shown, UTC ms.
        end_ms: Last instant shown, UTC ms.
        zone: Whose wall clock.
        most: How many marks there is room for.
    """
    span = max(end_ms - start_ms, 1)
    step = next((step for step in _STEPS_MS if span // step < most), _STEPS_MS[-1] * ceil(span / _STEPS_MS[-1] / most))
    first = wall(start_ms, zone).replace(tzinfo=None)
    base = datetime(first.year, 1, 1)  # noqa: DTZ001  a wall-clock time, its zone is attached below
    count = ceil((first - base) / timedelta(milliseconds=step))
    ticks: list[tuple[int, str]] = []
    while len(ticks) <= most:
        local = base + timedelta(milliseconds=step) * count
        at_ms = int(local.replace(tzinfo=zone).timestamp()) * 1000
        if at_ms > end_ms:
            break
        if at_ms >= start_ms:
            ticks.append((at_ms, _said(local, step, first=not ticks)))
        count += 1
    return ticks


def value_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Round numbers between two values, evenly apart."""
    span = max(high - low, 1e-6)
    step = 10.0 ** floor(log10(span / most))
    while span / step > most:
        step *= 2 if span / step / 2 <= most else 5 if span / step / 5 <= most else 10
    return [round(index * step, 6) for index in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def wall(at_ms: int, zone: tzinfo) -> datetime:
    """An instant on a zone's wall clock."""
    return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at_ms)).astimezone(zone)


def _said(local: datetime, step_ms: int, *, first: bool) -> str:
    day = f"{local.day} {local:%b}"
    if step_ms >= 91 * _DAY_MS:
        return f"{local:%b} {local.year}"
    if step_ms >= _DAY_MS or (local.hour == 0 and local.minute == 0):
        return day
    return f"{local:%H:%M}" if not first else f"{local:%H:%M}, {day}"
