"""Writes readings as the files that data loggers' own programs export, each in its own layout and resolution.

What a device cannot do, its file does not show: a Q-tag writes tenths and whole minutes, an iButton has no plug that
could come loose. None of the files is signed: only the makers' devices can do that.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from simulators.device import DISCONNECTED_MILLI_C, Sample
from simulators.probe import on_step

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Logged:
    """What a logger holds when it is read out.

    Attributes:
        samples: Its readings in order, at least one.
        every_ms: Its logging interval.
        serial: Its serial number.
        title: What the user called it.
        zone: The zone of its clock, or of the computer that read it out.
    """

    samples: Sequence[Sample]
    every_ms: int
    serial: str
    title: str
    zone: tzinfo = UTC

    def local(self, at_ms: int) -> datetime:
        """An instant on the clock of the computer that read the logger out; follows daylight saving."""
        return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(self.zone)

    @property
    def offset(self) -> timedelta:
        """The offset at the first reading."""
        return self.local(self.samples[0].stamp_ms).utcoffset() or timedelta(0)

    def device_clock(self, at_ms: int) -> datetime:
        """An instant on a device's own clock: it keeps the offset it was started with, whatever the season."""
        return datetime.fromtimestamp(at_ms // 1000, timezone(self.offset))

    @property
    def stopped_ms(self) -> int:
        """When it was stopped and read out: some minutes after the last reading."""
        return self.samples[-1].stamp_ms + min(self.every_ms, 540_000) // 60_000 * 60_000 + 60_000


@dataclass(frozen=True)
class LoggerFormat:
    """One kind of logger file.

    Attributes:
        name: What ``--as`` takes.
        steps_per_degree: The device's resolution.
        instant_ms: The finest time it writes.
        probe_on_plug: Whether it has a probe that can come loose.
        zone_in_file: Whether its times say their zone.
        month_first: Whether it writes ``3/2/26`` for the second of March; only the dates themselves can prove it.
        suffix: Of its files' names.
        encoding: Of its text.
        text: Writes it.
    """

    name: str
    steps_per_degree: int
    instant_ms: int
    probe_on_plug: bool
    zone_in_file: bool
    month_first: bool
    suffix: str
    encoding: str
    text: Callable[[Logged], str]

    def fits(self, milli_c: int) -> int:
        """A temperature as this device shows it, m°C."""
        return on_step(milli_c, self.steps_per_degree)

    def content(self, logged: Logged) -> bytes:
        """The whole file."""
        return self.text(logged).encode(self.encoding)


def _decimal(milli_c: int, places: int = 3, mark: str = ".") -> str:
    """Integer m°C as a decimal text with a sign that a value between −1 and 0 keeps; digits beyond are cut off."""
    whole, thousandths = divmod(abs(milli_c), 1000)
    return f"{'-' if milli_c < 0 else ''}{whole}{mark}{f'{thousandths:03d}'[:places]}"


def _csv(logged: Logged) -> str:
    rows = (f"{_utc(sample.stamp_ms)},{_decimal(sample.milli_c)}\n" for sample in logged.samples)
    return "Timestamp,Temperature (°C)\n" + "".join(rows)


def _utc(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hoboware(logged: Logged) -> str:
    """HOBOware 3, United States settings: month first, twelve hours, its events as rows of their own."""
    minutes = abs(logged.offset) // timedelta(minutes=1)
    zone = f"GMT{'-' if logged.offset < timedelta(0) else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    events = ("Coupler Detached", "Coupler Attached", "Host Connected", "Stopped", "End Of File")
    heads = [f"Temp, °C (LGR S/N: {logged.serial}, SEN S/N: {logged.serial})"]
    heads += [f"{event} (LGR S/N: {logged.serial})" for event in events]
    lines = [f'\ufeff"Plot Title: {logged.title}"']
    lines.append(",".join(f'"{head}"' for head in ("#", f"Date Time, {zone}", *heads)))
    for number, sample in enumerate(logged.samples, 1):
        shown = "" if sample.milli_c == DISCONNECTED_MILLI_C else _decimal(sample.milli_c)
        first = "Logged" if number == 1 else ""
        lines.append(f"{number},{_us_clock(logged.device_clock(sample.stamp_ms))},{shown},{first},,,,")
    for later, cells in enumerate((",Logged,,,", ",,Logged,,", ",,,Logged,Logged")):
        stamp = _us_clock(logged.device_clock(logged.stopped_ms + later * 9_000))
        lines.append(f"{len(logged.samples) + later + 1},{stamp},,{cells}")
    return "\n".join(lines) + "\n"


def _us_clock(local: datetime) -> str:
    hour = f"{local.hour % 12 or 12:02d}:{local.minute:02d}:{local.second:02d}"
    return f"{local.month:02d}/{local.day:02d}/{local.year % 100:02d} {hour} {'AM' if local.hour < 12 else 'PM'}"


def _logtag(logged: Logged) -> str:
    """LogTag Analyzer under Finnish settings: two byte order marks, commas for both columns and decimals."""
    lines = ["\ufeff\ufeffIndex,Date,Time,Readings (°C),Readings(%RH),Type"]
    for number, sample in enumerate(logged.samples, 1):
        humidity = _decimal(max(20_000, 58_000 - 2 * (sample.milli_c - 5_000)), 1, ",")
        at = logged.local(sample.stamp_ms)
        lines.append(f"{number},{at:%Y-%m-%d,%H.%M.%S},{_decimal(sample.milli_c, 1, ',')},{humidity},")
    return "\n".join(lines) + "\n"


def _ibutton(logged: Logged) -> str:
    """OneWireViewer on a computer with United States settings; a DS1923, temperature only."""
    first = logged.local(logged.samples[0].stamp_ms)
    zone = first.tzname() or "UTC"
    start = f"{_DAYS[first.weekday()]} {_MONTHS[first.month - 1]} {first:%d %H:%M:%S} {zone} {first.year}"
    head = [
        "1-Wire/iButton Part Number: DS1923",
        f"1-Wire/iButton Registration Number: {logged.serial}",
        "Mission in Progress?  true",
        "SUTA Mission?  false",
        "Waiting for Temperature Alarm?  false",
        f"Sample Rate:  Every {logged.every_ms // 1000} second(s)",
        f"Mission Start Time:  {start}",
        f"Mission Sample Count:  {len(logged.samples)}",
        "Roll Over Enabled?  true(no rollover occurred)",
        f"First Sample Timestamp:  {start}",
        f"Total Mission Samples:  {len(logged.samples)}",
        f"Total Device Samples:  {len(logged.samples)}",
        "Temperature Logging:  0.0625 C",
        "Temperature High Alarm:  disabled",
        "Temperature Low Alarm:  disabled",
        "Data Logging:  disabled",
        "Data High Alarm:  disabled",
        "Data Low Alarm:  disabled",
        "",
        "Date/Time,Unit,Value",
    ]
    rows = [f"{_short_us(logged.local(s.stamp_ms))},C,{_decimal(s.milli_c)}\n" for s in logged.samples]
    return "".join(f"{line}\r\n" for line in head) + "".join(rows)


def _short_us(at: datetime) -> str:
    hour = f"{at.hour % 12 or 12}:{at.minute:02d}:{at.second:02d} {'AM' if at.hour < 12 else 'PM'}"
    return f"{at.month}/{at.day}/{at.year % 100:02d} {hour}"


def _qtag(logged: Logged) -> str:
    """A Berlinger Q-tag CLm report without its certificate and signature; alarms at 2.0 and 8.0 °C."""
    good = [sample for sample in logged.samples if sample.milli_c != DISCONNECTED_MILLI_C]
    start, stop = (
        f"{logged.device_clock(at):%Y-%m-%d %H:%M}" for at in (logged.samples[0].stamp_ms, logged.stopped_ms)
    )
    lines = [
        "Device: Q-tag CLm doc LR", "Vers: 1.9", "Fw Vers: 4.7.04o", "Device ID: 80", "Sensor: 1", "Conf:",
        f" Serial: {logged.serial}", " Zone: 0.00", " Start Delay: 0", " MKT Energy: 83.0",
        f" User String 1: {logged.title}", f" Logging Interval: {logged.every_ms // 60_000}", " Alarm:",
        "  1:", "   Type: 2, T AL: 8.0, t AL: 0", "  2:", "   Type: 1, T AL: 2.0, t AL: 0", "Res:",
        f" TS Actv: {start}", f" TS Start: {start}", f" TS Stop: {stop}", *_qtag_results(logged, good),
        "Marker:", "\tNumber\tT\tyyyy-MM-dd hh:mm\t", "Data:", "\tyyyy-MM-dd hh:mm\tT\tOut of limits",
    ]  # fmt: skip
    for sample in logged.samples:
        lost = sample.milli_c == DISCONNECTED_MILLI_C
        out = lost or not 2_000 <= sample.milli_c <= 8_000  # the device flags a missing value too
        shown = "--.-" if lost else _decimal(sample.milli_c, 1)
        lines.append(f"\t{logged.device_clock(sample.stamp_ms):%Y-%m-%d %H:%M}\t{shown}\t{'x' if out else ''}")
    return "".join(f"{line}\r\n" for line in lines)


def _qtag_results(logged: Logged, good: Sequence[Sample]) -> list[str]:
    """Minimum, maximum, MKT and mean, cut off to tenths as the device does; nothing where nothing was measured."""
    if not good:
        return []
    coldest, warmest = min(good, key=lambda s: s.milli_c), max(good, key=lambda s: s.milli_c)
    words = []
    for word, sample in (("Min", coldest), ("Max", warmest)):
        at = logged.device_clock(sample.stamp_ms)
        words.append(f" {word} T: {_decimal(sample.milli_c, 1)}, TS {word} T: {at:%Y-%m-%d %H:%M}")
    words.append(f" MKT: {_decimal(_mkt_milli_c(good), 1)}")
    return [*words, f" Avrg T: {_decimal(sum(s.milli_c for s in good) // len(good), 1)}"]


def _mkt_milli_c(good: Sequence[Sample]) -> int:
    """The device's own mean kinetic temperature: unweighted, ΔH 83.0 kJ/mol (the known answer of real devices)."""
    activation_k = 83_000.0 / 8.314472
    rates = [math.exp(-activation_k / (sample.milli_c / 1000 + 273.15)) for sample in good]
    return round((activation_k / -math.log(sum(rates) / len(rates)) - 273.15) * 1000)


FORMATS: dict[str, LoggerFormat] = {
    form.name: form
    for form in (
        LoggerFormat("csv", 16, 1000, True, True, False, ".csv", "utf-8", _csv),
        LoggerFormat("hoboware", 42, 1000, True, True, True, ".csv", "utf-8", _hoboware),
        LoggerFormat("logtag", 10, 1000, False, False, False, ".csv", "utf-8", _logtag),
        LoggerFormat("ibutton", 16, 1000, False, False, True, ".csv", "cp1252", _ibutton),
        LoggerFormat("qtag", 10, 60_000, True, False, False, ".txt", "utf-8", _qtag),
    )
}
"""The kinds of file that ``--as`` takes. HOBO U23 loggers resolve about 0.024 °C (42 steps a degree)."""
