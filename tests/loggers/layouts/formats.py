"""The formats of `docs/reference/formats.md`, written for the tests from what real exports look like."""

from collections.abc import Sequence
from datetime import UTC as UTC_ZONE
from datetime import datetime, timedelta

from coldchain.loggers import Declared
from tests.loggers.layouts.style import Layout, Parts, Reading, Style
from tests.loggers.writing import clock

CELSIUS = Declared(tz="UTC", unit="C")
HUMIDITY = 45_500


def seconds(at: datetime) -> int:
    """Seconds since 1970 of a wall clock that stands for UTC."""
    return int(at.replace(tzinfo=UTC_ZONE).timestamp())


def hoboware(st: Style, series: Sequence[Reading]) -> Parts:
    sensor = "(LGR S/N: 20881234, SEN S/N: 20881234)"
    heading = ["#", "Date Time", f"Temp, °{st.unit} {sensor}", f"RH, % {sensor}", "Host Connected (LGR S/N: 20881234)"]
    rows = [
        [str(n), st.stamp(at, "%m/%d/%y"), st.temperature(v), st.number(HUMIDITY), ""]
        for n, (at, v) in enumerate(series, 1)
    ]
    return Parts(rows, [heading], ['"Plot Title: fridge 3"'], fixed=2)


def hoboware_details(st: Style, series: Sequence[Reading]) -> Parts:
    parts = hoboware(st, series)
    details = ["Details", "Series: Temp", "Devices", "Device Info", "Product: U12", "Deployment Info"]
    for row, more in zip(parts.rows, details, strict=False):
        row.append(f'"{more}"' if not st.quoted else more)
    return Parts(parts.rows, [[*parts.heading[0]]], parts.head, rigid=True)


def hoboconnect(st: Style, series: Sequence[Reading]) -> Parts:
    unit = f"(°{st.unit})"
    heading = ["#", "Date-Time (CEST)", f"Ch: 1 - Temperature   {unit}", f"Ch: 1 - Max: Temperature   {unit}",
               "Host Connected", "End of File"]  # fmt: skip
    rows = [
        [str(n), st.stamp(at, "%m-%d-%Y"), st.temperature(v), st.temperature(v + 1_000), "", ""]
        for n, (at, v) in enumerate(series, 1)
    ]
    return Parts(rows, [heading], fixed=2)


def hobomobile(st: Style, series: Sequence[Reading]) -> Parts:
    heading = ["Date Time - GMT +00:00", f"Temp, (*{st.unit})", "RH, (%)", "Host Connected", "End of File"]
    rows = [[st.stamp(at, "%m/%d/%y"), st.temperature(v), st.number(HUMIDITY), " ", ""] for at, v in series]
    return Parts(rows, [heading], ["Serial Number:20881234 --", ""])


def logtag(st: Style, series: Sequence[Reading]) -> Parts:
    heading = ["Index", "Date", "Time", f"Readings (°{st.unit})", "Readings(%RH)", "Type"]
    rows = [
        [str(n), st.day(at, "%Y-%m-%d"), st.clock(at, "%H.%M.%S"), st.temperature(v), "63", "1"]
        for n, (at, v) in enumerate(series, 1)
    ]
    return Parts(rows, [heading], rigid=True)


def ibutton(st: Style, series: Sequence[Reading]) -> Parts:
    first = series[0][0]
    head = [
        "1-Wire/iButton Part Number: DS1921G-F5", "1-Wire/iButton Registration Number: 590000002E1BCC21",
        f"Mission Start:  {first:%a %b %d %H:%M:%S} CST {first:%Y}", "Roll Over Enabled?  false", "",
    ]  # fmt: skip
    rows = [[st.stamp(at, "%m/%d/%y"), st.unit, st.temperature(v)] for at, v in series]
    return Parts(rows, [["Date/Time", "Unit", "Value"]], head, rigid=True)


def berlinger(st: Style, series: Sequence[Reading]) -> Parts:
    head = [
        "Device: Q-tag Fridge-tag 2 L", "Vers: 0.5", "Conf:", " Serial: 130500104711", f" Temp unit: {st.unit}",
        " Alarm:", "  0:", "   T AL: -0.5, t AL: 60", "Hist:", f" TS Actv: {series[0][0]:%Y-%m-%d %H:%M}", "Data:",
        "\tyyyy-MM-dd hh:mm\tT\tOut of limits",
    ]  # fmt: skip
    return Parts([], head=[*head, *(f"\t{at:%Y-%m-%d %H:%M}\t{st.temperature(v)}\t" for at, v in series)], rigid=True,
                 heading=[[]])  # fmt: skip


def lascar(st: Style, series: Sequence[Reading]) -> Parts:
    word = "Fahrenheit(°F)" if st.fahrenheit else "Celsius(°C)"
    heading = ["Fridge n°2", "Time", word, "Humidity(%rh)", "Serial Number"]
    rows = [
        [str(n), st.stamp(at), st.temperature(v), st.number(HUMIDITY), "010232777" if n == 1 else ""]
        for n, (at, v) in enumerate(series, 1)
    ]
    return Parts(rows, [heading], rigid=True)


def tinytag(st: Style, series: Sequence[Reading]) -> Parts:
    heading = [
        ["", "Time", "1", "2"], ["S/N", "", "730001", "730001"], ["Type", "", "TGU-4500", "TGU-4500"],
        ["Description", "", "Store 3", "Store 3"], ["Property", "", "Temperature", "Humidity"],
    ]  # fmt: skip
    rows = [
        [str(n), st.stamp(at), st.temperature(v), st.number(HUMIDITY) + (" %RH" if st.beside else "")]
        for n, (at, v) in enumerate(series, 1)
    ]
    return Parts(rows, heading, rigid=True)


def tandd(st: Style, series: Sequence[Reading]) -> Parts:
    heading = [["Date/Time", "Date/Time", "No.1", "No.2"], ["Date/Time", "Date/Time", "ch1", "ch2"],
               ["", "", "%", f"°{st.unit}"]]  # fmt: skip
    rows = []
    for at, v in series:
        whole, part = divmod(round((at - clock(1899, 12, 30)) / timedelta(days=1) * 100_000), 100_000)
        serial = f"{whole}{st.mark}{part:05d}"
        rows.append([st.stamp(at), serial, st.number(HUMIDITY), st.temperature(v)])
    return Parts(rows, heading, rigid=True)


def rotronic(st: Style, series: Sequence[Reading]) -> Parts:
    head = ["[#I]Device Description", "Store 1", "", "[#S]Device Information", "Serial Number = A0300777", "",
            "[#1]", "Humidity = %rh", "", "[#2]", f"Temperature = °{st.unit}", "", "[#H]"]  # fmt: skip
    heading = [["Date", "Time", "Humidity", "Temperature"], [""], ["[#D]"]]
    rows = [[st.day(at, "%d/%m/%Y"), st.clock(at), st.number(HUMIDITY), st.temperature(v)] for at, v in series]
    return Parts(rows, heading, head, rigid=True)


def hanwell(st: Style, series: Sequence[Reading]) -> Parts:
    first = series[0][0]
    head = ["", "Database Valid", "  Serial No:,0417-00231", f"  Data Starts:,{first:%H:%M %d/%b/%Y}", "",
            f"  No. of Readings:,{len(series)}", ""]  # fmt: skip
    rows = [
        [f"{st.clock(at)} {st.day(at, '%d/%b/%Y')}", st.temperature(v), st.number(HUMIDITY), ""] for at, v in series
    ]
    heading = [["Time", f" Temperature ({st.unit})", "Humidity (RH(%))", ""]]
    return Parts(rows, heading, [line.replace(",", st.delimiter) for line in head], rigid=True)


def meaco(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [["A Library", "Store 1", st.stamp(at), st.temperature(v), st.number(HUMIDITY)] for at, v in series]
    return Parts(rows, [["RECEIVER", "TRANSMITTER", "DATE", "TEMPERATURE", "HUMIDITY"]], rigid=True)


def meaco_room(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [[st.stamp(at, "%d/%m/%Y"), st.temperature(v), st.number(HUMIDITY)] for at, v in series]
    return Parts(rows, [["Timestamp", " Temperature", " Humidity"]], ["A Library - Store 1 - ID: 07"])


def miniclima(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [
        [f"{st.day(at, '%d.%m.%y')},{st.clock(at)}", st.temperature(v), "55", "56", "51"] for at, v in series
    ]  # fmt: skip
    return Parts(rows, [["date,time", f"T/°{st.unit}", "RH/%", "set/%", "alarmMin/%"]], rigid=True)


def trend(st: Style, series: Sequence[Reading]) -> Parts:
    point = f"P0025_[Store 2 Space Temp 1][Store 2] [P25] [S25V] [Synchronized@1800](°{st.unit})"
    return Parts([[st.stamp(at, "%d-%b-%y"), st.temperature(v)] for at, v in series], [["Timestamp", point]])


def gp5w(st: Style, series: Sequence[Reading]) -> Parts:
    head = ["Logger: #E50AB1 'PT1000TEMP' - USP_EXP2 - (CGI) Expander for GP5W - (V2.7, Jan 12 2016)"]
    rows = [
        [str(n), st.stamp(at, "%d.%m.%Y"), st.temperature(v), *([st.number(3_633)] if n % 3 == 1 else [])]
        for n, (at, v) in enumerate(series, 1)
    ]
    return Parts(rows, [["No", "Time", f"#1:o{st.unit}", "#HK-Bat:V"]], head, rigid=True)


def fg2(st: Style, series: Sequence[Reading]) -> Parts:
    head = ["<FG2 'FG2-SHELL V2.6.9.2' (Apr  5 2018) NOW(UTC):21.03.2026 19:16:43>", "<LOGGER: $A5018B>"]
    rows = [
        [str(n), st.stamp(at, "%d.%m.%Y"), st.temperature(v), st.number(31_500)] for n, (at, v) in enumerate(series, 1)
    ]
    foot = [f"<INFO: Decode OK, {len(rows)} Lines>"]
    return Parts(rows, [["NO", "TIME", f"#1(o{st.unit})", f"HK-TEMP(o{st.unit})"]], head, foot, rigid=True)


def tomst(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [
        [str(n), f"{st.day(at, '%Y.%m.%d')} {at:%H:%M}", "4", st.temperature(v), "-200", "-200", "8524", "205", "0", ""]
        for n, (at, v) in enumerate(series, 1)
    ]
    return Parts(rows, rigid=True)


def emsbrno(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [[st.stamp(at), st.number(176, 3), st.temperature(v), ""] for at, v in series]
    return Parts(rows, [["DATE TIME", "1. SWP [-bar] GB Delm.", f"2. Temperature [o{st.unit}]", ""]], rigid=True)


def minidot(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [[str(seconds(at)), st.number(3_490, 2), f"{st.temperature(v):>9}", st.number(9_654, 3)] for at, v in series]
    head = ["7392-300000", "OS REV: 1.11 Sensor Cal: 1511389810"]
    return Parts(rows, [["Time (sec)", "  BV (Volts)", f"  T (deg {st.unit})", "  DO (mg/l)"]], head)


def madgetech(st: Style, series: Sequence[Reading]) -> Parts:
    zone = '"TimeZone","TZUTC+000000|STANDARD|GMT"'
    head = ["%DATA MadgeTech Data File            ", "%FORMAT CSV                  ", "%BEGIN", '"[Device]"',
            '"SerialNumber","M54593"', zone, '"ReadingRate","R15M"', f'"Unit(0)","UNITDEGREES{st.unit}"',
            '"UnitType(0)","UTYPTEMPERATURE"', '"[End Device]"', '"[Dataset]"', zone, f'"Readings","{len(series)}"',
            '"[End Dataset]"', '"[Reading]"']  # fmt: skip
    rows = []
    for n, (at, v) in enumerate(series):
        day = f"{(at - clock(1899, 12, 30)) / timedelta(days=1):.10f}".replace(".", st.mark)
        rows.append([str(n), day, st.temperature(v), "0", "", "&B10000000", "&B00000000"])
    label = f"# Temperature (°{st.unit}) #"
    heading = ["# ID #", "# DateTime #", label, "# StatusByte #", "# Annotation #", "# Status #", "# Selections #"]
    return Parts(rows, [heading], [line.replace('","', f'"{st.delimiter}"') for line in head],
                 ['"[End Reading]"'], rigid=True)  # fmt: skip


def govee(st: Style, series: Sequence[Reading]) -> Parts:
    word = "Fahrenheit" if st.fahrenheit else "Celsius"
    heading = ["Timestamp for sample frequency every 15 min min", f"Temperature_{word}", " Relative_Humidity"]
    return Parts([[st.stamp(at), st.temperature(v), st.number(HUMIDITY)] for at, v in series], [heading])


def sensorpush(st: Style, series: Sequence[Reading]) -> Parts:
    heading = ["Timestamp for sample frequency every 15 min", f"Temperature (°{st.unit})", "Relative Humidity (%)"]
    return Parts([[st.stamp(at), st.temperature(v), st.number(HUMIDITY)] for at, v in series], [heading])


def tempstick(st: Style, series: Sequence[Reading]) -> Parts:
    first, last = series[0][0], series[-1][0]
    head = [f"Sensor: 218653 (ID: 218653),Created: {last:%Y-%m-%d %H:%M:%S} ,Start: {first:%Y-%m-%d %H:%M:%S} ,"
            f"End: {last:%Y-%m-%d %H:%M:%S} ", ""]  # fmt: skip
    rows = [
        [st.stamp(at, "%m/%d/%Y") + " ", st.temperature(v), st.number(HUMIDITY), st.number(1_500)] for at, v in series
    ]
    return Parts(rows, [["Timestamp", "Temperature", "Humidity", "Dewpoint"]], head, rigid=True)


def ruuvi(st: Style, series: Sequence[Reading]) -> Parts:
    heading = ["Дата", "ISO8601", "Температура (°C)", "Температура (°F)", "Температура (K)", "Точка росы (°C)"]
    rows = [
        [st.stamp(at), f"{at:%Y-%m-%dT%H:%M:%SZ}", st.number(v, 2), st.number(v * 9 // 5 + 32_000, 2),
         st.number(v + 273_150, 2), st.number(v - 3_000, 2)]
        for at, v in series
    ]  # fmt: skip
    return Parts(rows, [heading], ["Fridge 3"], fixed=2)


def thingspeak(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [
        [f"{at:%Y-%m-%dT%H:%M:%S}+00:00", str(n), st.number(44_000), st.temperature(v)]
        for n, (at, v) in enumerate(series)
    ]
    return Parts(rows, [["created_at", "entry_id", "field1", f"Temperature (°{st.unit})"]], fixed=2)


def homeassistant(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [
        ["sensor.fridge_temperature", st.temperature(v), f"{at:%Y-%m-%dT%H:%M:%S}.000Z", f"°{st.unit}"]
        for at, v in series
    ]
    rows.insert(
        1, ["sensor.fridge_temperature", "unavailable", f"{series[0][0]:%Y-%m-%dT%H:%M:%S}.500Z", f"°{st.unit}"]
    )
    return Parts(rows, [["entity_id", "state", "last_changed", "unit_of_measurement"]], fixed=0)


def influxdb(st: Style, series: Sequence[Reading]) -> Parts:
    whole = ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]
    heading = [
        ["#datatype", "string", "long", *["dateTime:RFC3339"] * 3, "double", "string", "string"],
        ["#group", "false", "false", "true", "true", "false", "false", "true", "true"],
        ["#default", "_result", "", "", "", "", "", "", ""],
        ["", "result", "table", "_start", "_stop", "_time", "_value", "_field", "_measurement"],
    ]
    rows = [
        ["", "", "0", *whole, f"{at:%Y-%m-%dT%H:%M:%SZ}", st.temperature(v), f"temp_{st.unit.lower()}", "fridge"]
        for at, v in series
    ]
    return Parts(rows, heading, rigid=True)


def influxdb1(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [["fridge", "probe=1", f"{seconds(at)}000000000", st.temperature(v)] for at, v in series]
    return Parts(rows, [["name", "tags", "time", f"temp_{st.unit.lower()}"]], fixed=3)


def elitech(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [[str(n), f"{at:%Y-%m-%d %H:%M:%S}", st.temperature(v)] for n, (at, v) in enumerate(series, 1)]
    return Parts(rows, [], [str(len(rows))], rigid=True)


def plain(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [[st.stamp(at), st.temperature(v), st.number(HUMIDITY)] for at, v in series]
    return Parts(rows, [["Time", f"Temperature (°{st.unit})", "Humidity (%)"]])


def plain_parted(st: Style, series: Sequence[Reading]) -> Parts:
    rows = [[st.day(at, "%d/%m/%Y"), st.clock(at), st.temperature(v)] for at, v in series]
    return Parts(rows, [["Datum", "Uhrzeit", f"Temperatur °{st.unit}"]], fixed=2)


_OWN_STAMP: dict[str, object] = {"date": "", "halves": ""}
_NO_UNIT: dict[str, object] = {"fahrenheit": False}

LAYOUTS: dict[str, Layout] = {
    "hoboware": Layout(hoboware, "hoboware"),
    "hoboware with details": Layout(hoboware_details, "hoboware", only={"swapped": False, "more": False}),
    "hoboconnect": Layout(hoboconnect, "hoboconnect"),
    "hobomobile": Layout(hobomobile, "hobomobile", utc=True),
    "logtag": Layout(logtag, "logtag"),
    "ibutton": Layout(ibutton, "ibutton", only={"delimiter": ",", "beside": False}),
    "berlinger": Layout(berlinger, "berlinger", only={"beside": False, "mark": ".", "minus": "-{}", **_OWN_STAMP}),
    "lascar": Layout(lascar, "lascar"),
    "tinytag": Layout(tinytag, "tinytag", CELSIUS, _NO_UNIT),
    "tandd": Layout(tandd, "tandd"),
    "rotronic": Layout(rotronic, "rotronic"),
    "hanwell": Layout(hanwell, "hanwell"),
    "meaco": Layout(meaco, "meaco", CELSIUS, _NO_UNIT),
    "meaco by room": Layout(meaco_room, "meaco", CELSIUS, _NO_UNIT),
    "miniclima": Layout(miniclima, "miniclima"),
    "trend": Layout(trend, "trend"),
    "geoprecision gp5w": Layout(gp5w, "geoprecision"),
    "geoprecision fg2": Layout(fg2, "geoprecision"),
    "tomst": Layout(tomst, "tomst", Declared(), {"minus": "-{}", "halves": "", "beside": False, **_NO_UNIT}, utc=True),
    "emsbrno": Layout(emsbrno, "emsbrno"),
    "minidot": Layout(minidot, "minidot", Declared(), _OWN_STAMP, utc=True),
    "madgetech": Layout(madgetech, "madgetech", Declared(), {"beside": False, "newest_first": False, **_OWN_STAMP}),
    "govee": Layout(govee, "govee"),
    "sensorpush": Layout(sensorpush, "sensorpush"),
    "tempstick": Layout(tempstick, "tempstick", CELSIUS, _NO_UNIT),
    "ruuvi": Layout(ruuvi, "ruuvi", Declared(), {"beside": False, **_NO_UNIT}, utc=True),
    "thingspeak": Layout(thingspeak, "thingspeak", Declared(), _OWN_STAMP, utc=True),
    "homeassistant": Layout(homeassistant, "homeassistant", Declared(), {"beside": False, **_OWN_STAMP}, utc=True),
    "influxdb": Layout(influxdb, "influxdb", Declared(), {"beside": False, "swapped": False, **_OWN_STAMP}, utc=True),
    "influxdb 1": Layout(influxdb1, "influxdb", Declared(), {"beside": False, **_OWN_STAMP}, utc=True),
    "elitech": Layout(
        elitech,
        "elitech",
        CELSIUS,
        {"delimiter": "\t", "beside": False, **_OWN_STAMP, **_NO_UNIT, "newest_first": False},
    ),
    "plain table": Layout(plain, "csv"),
    "plain table, date and time apart": Layout(plain_parted, "csv"),
}
"""Every format with its own layout; those of several layouts with each of them."""
