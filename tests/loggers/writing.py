"""Small logger files in the layouts of real exports, written for the tests."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from coldchain.errors import FileRefused
from coldchain.loggers import Channel, Declared, LoggerFile, read


def clock(*parts: int) -> datetime:
    """A time on a device's own clock, which knows no zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


START = clock(2026, 3, 14, 21)
UTC = Declared(tz="UTC")


def reading(text: str, declared: Declared = UTC, name: str = "x.csv") -> LoggerFile:
    """What is made of a text."""
    return read(name, text.encode(), declared)


def read_or_refused(text: str, declared: Declared = UTC) -> LoggerFile | FileRefused:
    """What is made of a text, or why nothing is."""
    try:
        return reading(text, declared)
    except FileRefused as refused:
        return refused


def table(channel: Channel) -> list[tuple[str, float]]:
    """A channel's readings as (time, °C), in the file's order."""
    times = np.datetime_as_string(channel.at_ms.astype("M8[ms]"), unit="s").tolist()
    return [(at, milli / 1000) for at, milli in zip(times, channel.milli_c.tolist(), strict=True)]


def only(file: LoggerFile) -> Channel:
    """The one channel of a file."""
    (channel,) = file.channels
    return channel


def times(count: int, step_min: int = 15, start: datetime = START) -> list[datetime]:
    """Regular times on the device's clock."""
    return [start + timedelta(minutes=step_min * index) for index in range(count)]


def hobo_head(unit: str = "°C", serial: str = "20881234", zone: str = ", GMT+01:00", delimiter: str = ",") -> str:
    """HOBOware's two heading lines."""
    cells = (
        "#",
        f"Date Time{zone}",
        f"Temp, {unit} (LGR S/N: {serial}, SEN S/N: {serial})",
        f"RH, % (LGR S/N: {serial}, SEN S/N: {serial})",
        f"Host Connected (LGR S/N: {serial})",
        f"End Of File (LGR S/N: {serial})",
    )
    return '\ufeff"Plot Title: fridge 3"\n' + delimiter.join(f'"{cell}"' for cell in cells) + "\n"


def hobo(
    values: Sequence[str],
    stamp: str = "%m/%d/%y %I:%M:%S %p",
    delimiter: str = ",",
    head: str | None = None,
    at: Sequence[datetime] | None = None,
) -> str:
    """A HOBOware export with one event row in its midst."""
    moments = at or times(len(values))
    lines = []
    for index, (moment, value) in enumerate(zip(moments, values, strict=True), 1):
        lines.append(delimiter.join((str(index), moment.strftime(stamp), value, "45.2", "", "")))
        if index == 2:
            odd = (moment + timedelta(minutes=3, seconds=7)).strftime(stamp)
            lines.append(delimiter.join((str(index), odd, "", "", "Logged", "")))
    return (hobo_head(delimiter=delimiter) if head is None else head) + "\n".join(lines) + "\n"


def logtag(values: Sequence[str], at: Sequence[datetime] | None = None) -> str:
    """LogTag Analyzer in a locale with decimal commas: two marks, parted decimals, dots in the time."""
    moments = at or times(len(values), 120)
    rows = [f"{i},{m:%Y-%m-%d},{m:%H.%M.%S},{v},63,1," for i, (m, v) in enumerate(zip(moments, values, strict=True), 1)]
    return "\ufeff\ufeffIndex,Date,Time,Readings (°C),Readings(%RH),Type\n" + "\n".join(rows) + "\n"


def ibutton(
    values: Sequence[str],
    stamp: str = "%d/%m/%y %I:%M:%S %p",
    at: Sequence[datetime] | None = None,
    head: str = "",
    zone: str = "CST",
    unit: str = "C",
    minutes: int = 60,
) -> str:
    """An iButton export: a head of facts with CRLF, a body with LF, cp1252 degree signs in the head."""
    moments = at or times(len(values), minutes)
    first = moments[0]
    facts = head or "\r\n".join(
        (
            "1-Wire/iButton Part Number: DS1921G-F5",
            "1-Wire/iButton Registration Number: 590000002E1BCC21",
            "Is Mission Active?  true",
            f"Mission Start:  {first:%a %b %d %H:%M:%S} {zone} {first:%Y}",
            f"Sample Rate:  Every {minutes} minute(s)",
            "Roll Over Enabled?  false",
            "Roll Over Occurred?  Roll over has NOT occurred",
            "High Temperature Alarm:  85 °C",
            "",
            "Date/Time,Unit,Value\r\n",
        )
    )
    return facts + "".join(f"{m.strftime(stamp)},{unit},{v}\n" for m, v in zip(moments, values, strict=True))


def fridge_tag(
    days: str = "", data: Sequence[tuple[str, str]] = (), model: str = "Q-tag Fridge-tag 2 L", unit: str = "C"
) -> str:
    """A Berlinger export without its certificate and signature."""
    head = f"""Device: {model}
Vers: 0.5
Fw Vers: 4.0p0o
Sensor: 1
Conf:
 Serial: 130500104711
 Lot: 1794_20_08
 Zone: 0.00
 Temp unit: {unit}
 Alarm:
  0:
   T AL: -0.5, t AL: 60
  1:
   T AL: +8.0, t AL: 600
 Int Sensor:
  Timeout: 1, Offset: +0.0
 Logging Interval: 5
 Test Res: 1, Test TS: 2022-02-02 07:00
Hist:
 TS Actv: 2026-03-14 21:00
 TS Report Creation: 2026-03-15 10:14
"""
    rows = "".join(f"\t{at}\t{value}\n" for at, value in data)
    return head + days + ("Data:\n\tyyyy-MM-dd hh:mm\tT\tOut of limits\n" + rows if data else "")


def a_day(number: int, day: str, low: str = "+4.0", high: str = "+9.1", mean: str = "+5.2", hot: str = "37") -> str:
    """One daily summary."""
    return f""" {number}:
  Date: {day}
  Min T: {low}, TS Min T: 00:42
  Max T: {high}, TS Max T: 09:52
  Avrg T: {mean}
  Alarm:
   0:
    t Acc: 0
   1:
    t Acc: {hot}, TS A: 13:35, C A: 0
  Int Sensor timeout:
   t AccST: 3
  Events: 0
"""
