"""Every trap that real exports are known to hold, format by format, each in a small file written for it."""

# ruff: noqa: E501  the lines are those of the files

from dataclasses import dataclass

import pytest

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from tests.loggers.writing import fridge_tag, table

UTC = Declared(tz="UTC")
CELSIUS = Declared(tz="UTC", unit="C")
SN = "(LGR S/N: 20881234, SEN S/N: 20881234)"

Found = list[tuple[str, float]]
"""(time, °C), times without their seconds where those are 0."""


@dataclass(frozen=True)
class Trap:
    """One trap: the file, what is declared, and the readings of its channels or the code of the refusal."""

    family: str
    trap: str
    text: str
    expected: dict[str, Found] | str
    declared: Declared = UTC
    encoding: str = "utf-8"


def hobo(*rows: str, heading: str = f'"#","Date Time, GMT+00:00","Temp, °C {SN}"') -> str:
    return '"Plot Title: x"\n' + heading + "\n" + "".join(f"{n},{row}\n" for n, row in enumerate(rows, 1))


def hobo_days(*stamps: str, values: tuple[str, ...] = ("5.1", "5.2", "5.3", "5.4", "5.5")) -> str:
    return hobo(*(f"{stamp},{value}" for stamp, value in zip(stamps, values, strict=False)))


def evening(day: str, *values: float) -> Found:
    """Readings every two hours from 21:00 on."""
    return [
        (
            f"{day}T21:00"
            if n == 0
            else f"{day}T23:00"
            if n == 1
            else f"{day[:-2]}{int(day[-2:]) + 1:02d}T0{2 * n - 3}:00",
            v,
        )
        for n, v in enumerate(values)
    ]


APRIL = {"Temp": evening("2021-04-08", 5.1, 5.2, 5.3)}
THREE = ("21:00:00", "23:00:00", "01:00:00")
MARCH = [("2026-03-14T21:00", 5.1), ("2026-03-14T21:15", -0.8)]
LOGTAG = "Index,Date,Time,Readings (°C),Readings(%RH),Type\n"
IBUTTON = "1-Wire/iButton Part Number: DS1921G-F5\r\nMission Start:  {start}\r\n{roll}High Alarm:  85 °C\r\n\r\n"
HOURS = "Date/Time,Unit,Value\r\n"

TRAPS = [
    # --- HOBOware
    Trap("hoboware", "a decimal space", hobo("03/14/26 21:00:00,20 865", "03/14/26 21:15:00,-0 800"),
         {"Temp": [("2026-03-14T21:00", 20.865), ("2026-03-14T21:15", -0.8)]}),
    Trap("hoboware", "decimals that are gone", hobo("03/14/26 21:00:00,20865", "03/14/26 21:15:00,20984"),
         "ambiguous-decimal"),
    Trap("hoboware", "the minus before, behind, as brackets",
         hobo("03/14/26 21:00:00,-1.756", "03/14/26 21:15:00,1.756-", "03/14/26 21:30:00,(1.756)",
              "03/14/26 21:45:00,(14.042)"),
         {"Temp": [(f"2026-03-14T21:{m}", v) for m, v in (("00", -1.756), ("15", -1.756), ("30", -1.756),
                                                          ("45", -14.042))]}),
    Trap("hoboware", "months first, with points: only the step over midnight tells",
         hobo_days(*(f"04.{day}.21 {at}" for day, at in zip(("08", "08", "09"), THREE, strict=True))), APRIL),
    Trap("hoboware", "years first, with points",
         hobo_days(*(f"21.04.{day} {at}" for day, at in zip(("08", "08", "09"), THREE, strict=True))), APRIL),
    Trap("hoboware", "days first, the year written out",
         hobo_days(*(f"{day}.04.2021 {at}" for day, at in zip(("08", "08", "09"), THREE, strict=True))), APRIL),
    Trap("hoboware", "years first, with hyphens",
         hobo_days(*(f"21-04-{day} {at}" for day, at in zip(("08", "08", "09"), THREE, strict=True))), APRIL),
    Trap("hoboware", "years first, with strokes, where days and months would do as well",
         hobo_days(*(f"21/04/{day} {at}" for day, at in zip(("08", "08", "09"), THREE, strict=True))), APRIL),
    Trap("hoboware", "months first with AM and two blanks before PM",
         hobo_days("04/08/21 09:00:00  PM", "04/08/21 11:00:00 PM", "04/09/21 01:00:00 AM"), APRIL),
    Trap("hoboware", "Czech halves of the day",
         hobo_days("08.04.2021 09:00:00 odp.", "08.04.2021 11:00:00 odp.", "09.04.2021 01:00:00 dop."), APRIL),
    Trap("hoboware", "date and time in columns of their own",
         hobo(*(f"{day},{at},{v}" for day, at, v in zip(("04/08/21", "04/08/21", "04/09/21"), THREE,
                                                         ("5.1", "5.2", "5.3"), strict=True)),
              heading=f'"#","Date","Time, GMT+00:00","Temp, °C {SN}"'), APRIL),
    Trap("hoboware", "nothing that decides", hobo_days("04.08.21 21:00:00", "04.08.21 21:15:00"), "ambiguous-date-order"),
    Trap("hoboware", "no zone in the heading", hobo("03/14/26 21:00:00,5.1", heading=f'"#","Date Time","Temp, °C {SN}"'),
         "ambiguous-time-zone", Declared()),
    Trap("hoboware", "the heading's zone is an offset and no summer time",
         hobo("07/14/26 21:00:00,5.1", heading=f'"#","Date Time, GMT-07:00","Temp, °C {SN}"'),
         {"Temp": [("2026-07-15T04:00", 5.1)]}, Declared()),
    Trap("hoboware", "events between readings, with the number of a reading",
         hobo("03/14/26 21:00:00,5.1,,", heading=f'"#","Date Time, GMT+00:00","Temp, °C {SN}","Coupler Detached","Stopped"')
         + "1,03/14/26 21:03:07,,Logged,\n2,03/14/26 21:15:00,-0.8,,\n3,03/14/26 21:16:00,,,Logged\n", {"Temp": MARCH}),
    Trap("hoboware", "two channels with one heading",
         hobo("03/14/26 21:00:00,5.1,6.1", heading='"#","Date Time, GMT+00:00","Temp (°C) c:1","Temp (°C) c:1"'),
         {"Temp#1": [("2026-03-14T21:00", 5.1)], "Temp#2": [("2026-03-14T21:00", 6.1)]}),
    Trap("hoboware", "one logger in °C and in °F",
         hobo("03/14/26 21:00:00,5.0,41.0", heading='"#","Date Time, GMT+00:00","Temp (°C) #9724974","Temp (°F) #9724974"'),
         {"Temp#1": [("2026-03-14T21:00", 5.0)], "Temp#2": [("2026-03-14T21:00", 5.0)]}),
    Trap("hoboware", "dew point, humidity above 100, battery and light are no probe",
         hobo("03/14/26 21:00:00,41.0,101.3,30.2,3.6,12",
              heading=f'"#","Date Time, GMT+00:00","Temp, °F {SN}","RH, % {SN}","DewPt, °F {SN}","Batt, V","Intensity, Lux"'),
         {"Temp": [("2026-03-14T21:00", 5.0)]}),
    Trap("hoboware", "Details glued on",
         hobo('03/14/26 21:00:00,5.1,"Details"', '03/14/26 21:15:00,-0.8,"Series: Temp, °C"'), {"Temp": MARCH}),
    Trap("hoboware", "a label", hobo("03/14/26 21:00:00,5.1", heading='"#","Date Time, GMT+00:00","Temp, °C (LGR S/N: 1, '
         'SEN S/N: 1, LBL: Vaccines)"'), {"Vaccines": [("2026-03-14T21:00", 5.1)]}),
    Trap("hoboware", "no reading at all", hobo(), "no-readings"),
    Trap("hoboware", "saved again by a spreadsheet",
         f"Plot Title: x,,,,\n#,\"Date Time, GMT+00:00\",\"Temp, °C {SN}\",Host Connected,\n1,3/14/26 21:00,5.1,,\n"
         "2,3/14/26 21:15,-0.8,,\n", {"Temp": MARCH}),
    # --- HOBOconnect, HOBOmobile
    Trap("hoboconnect", "a zone in words is a hint, whatever the file is called",
         "#,Date-Time (Pacific Standard Time),Ch: 1 - Temperature   (°C)\n1,03-14-2026 21:00:00,5.1\n",
         "ambiguous-time-zone", Declared()),
    Trap("hoboconnect", "statistics beside the channel; months first; no last line end",
         "#,Date-Time (CEST),Ch: 1 - Temperature   (°C),Max: Temperature   (°C),Avg: Temperature   (°C),Host Connected\r\n"
         "1,03-14-2026 21:00:00,5.1,9.9,7.7,\r\n2,03-14-2026 21:15:00,-0.8,9.9,7.7,",
         {"Ch: 1 - Temperature": MARCH}),
    Trap("hoboconnect", "decimal commas between commas: more fields than headings",
         "#,Date-Time (CEST),Ch: 1 - Temperature   (°C),Ch: 1 - Max: Temperature   (°C),Host Connected,End of File\n"
         "1,03-14-2026 21:00:00,5,1,9,9,,\n2,03-14-2026 21:15:00,-0,8,9,9,,\n", {"Ch: 1 - Temperature": MARCH}),
    Trap("hobomobile", "*F, cells of a blank, LF above and CRLF below, a comma at every end",
         'Serial Number:20293298 --\n\nDate Time - GMT +00:00,"Temp, (*F)","Host Connected",\n'
         "03/14/26 21:00:00,41.0, ,\r\n03/14/26 21:03:00, ,Logged,\r\n", {"Temp": [("2026-03-14T21:00", 5.0)]}),
    # --- LogTag, iButton
    Trap("logtag", "two marks, decimal commas, points in times, -0,8, a comma at the end",
         "\ufeff\ufeff" + LOGTAG + "1,2026-03-14,21.00.00,5,1,63,1,\n2,2026-03-14,21.15.00,-0,8,63,1,\n",
         {"Readings": MARCH}),
    Trap("logtag", "no zone", LOGTAG + "1,2026-03-14,21.00.00,5.1,63,1\n", "ambiguous-time-zone", Declared()),
    Trap("ibutton", "the mission's start tells days from months",
         IBUTTON.format(start="Sat Apr 11 21:00:00 CST 2026", roll="") + HOURS + "11/04/26 09:00:00 PM,C,5.1\n"
         "11/04/26 10:00:00 PM,C,5.2\n", {"Value": [("2026-04-11T21:00", 5.1), ("2026-04-11T22:00", 5.2)]}, UTC, "cp1252"),
    Trap("ibutton", "and not where the memory has rolled over",
         IBUTTON.format(start="Sat Apr 11 21:00:00 CST 2026", roll="Roll Over Enabled?  true\r\nRoll Over Occurred?  "
         "Roll over occurred.\r\n") + HOURS + "04/11/26 09:00:00 PM,C,5.1\n04/11/26 10:00:00 PM,C,5.2\n",
         "ambiguous-date-order", UTC, "cp1252"),
    Trap("ibutton", "CST is a hint and no offset",
         IBUTTON.format(start="Sat Mar 14 21:00:00 CST 2026", roll="") + HOURS + "03/14/26 09:00:00 PM,C,5.1\n",
         "ambiguous-time-zone", Declared(), "cp1252"),
    Trap("ibutton", "its clock followed the computer's: an hour of autumn is two",
         IBUTTON.format(start="Sun Nov 02 00:44:00 EDT 2014", roll="").replace("High", "Sample Rate:  Every 60 minute(s)\r\nHigh")
         + HOURS + "11/02/14 00:44:00,C,5.0\n11/02/14 01:44:00,C,5.1\n11/02/14 01:44:00,C,5.2\n11/02/14 02:44:00,C,5.3\n",
         {"Value": [("2014-11-02T04:44", 5.0), ("2014-11-02T05:44", 5.1), ("2014-11-02T06:44", 5.2),
                    ("2014-11-02T07:44", 5.3)]}, Declared(tz="America/New_York"), "cp1252"),
    Trap("ibutton", "the same file of humidities",
         IBUTTON.format(start="Sat Mar 14 21:00:00 CST 2026", roll="") + HOURS + "03/14/26 09:00:00 PM,%RH,45.1\n",
         "no-temperature", UTC, "cp1252"),
    Trap("ibutton", "saved again: commas at the ends, 24 hours",
         IBUTTON.format(start="Sat Mar 14 21:00:00 CST 2026,,", roll="").replace("\r\n\r\n", ",,\r\n,,\r\n")
         + "Date/Time,Unit,Value,,\r\n3/14/2026 21:00,C,5.1,,\r\n3/14/2026 22:00,C,5.2,,\r\n",
         {"Value": [("2026-03-14T21:00", 5.1), ("2026-03-14T22:00", 5.2)]}, UTC, "cp1252"),
    # --- Berlinger
    Trap("berlinger", "missing, though flagged; three or four fields; a gap after the activation",
         fridge_tag(data=[("2026-03-14 04:44", "26.3\tx"), ("2026-03-14 10:36", "--.-\tx"), ("2026-03-14 10:41", "5.7"),
                          ("2026-03-14 10:46", "-0.4\t\t")]),
         {"Temperature": [("2026-03-14T04:44", 26.3), ("2026-03-14T10:41", 5.7), ("2026-03-14T10:46", -0.4)]}),
    Trap("berlinger", "no zone", fridge_tag(data=[("2026-03-14 04:44", "26.3")]), "ambiguous-time-zone", Declared()),
    # --- others with heads of their own
    Trap("lascar", "a name with signs; the serial number in the first row only; °F; alarm columns",
         "Cámara n°2,Time,Fahrenheit(°F),High Alarm,Low Alarm,Serial Number\n"
         "1,29/07/2026 12:58:03,41.0,46.4,35.6,010232777\n2,29/07/2026 13:58:03,42.8,46.4,35.6\n",
         {"Fahrenheit": [("2026-07-29T12:58:03", 5.0), ("2026-07-29T13:58:03", 6.0)]}, UTC, "cp1252"),
    Trap("lascar", "an older wording of the unit", "Vario,Time,Celsius(deg C),Humidity(%rh),Serial Number\n"
         "1,29/07/2010 12:58:03,5.1,45.5,010000001\n", {"Celsius": [("2010-07-29T12:58:03", 5.1)]}),
    Trap("tinytag", "a unit beside each value", ",Time,1,2\nS/N,,730001,730001\nType,,TGU,TGU\nDescription,,a,b\n"
         "Property,,Temperature,Humidity\n1,2026-03-14 21:00:00,5.1 °C,45.5 %RH\n2,2026-03-14 21:15:00,-0.8 °C,45.5 %RH",
         {"Temperature": MARCH}, UTC, "cp1252"),
    Trap("tandd", "a time twice, the second an Excel date; a broken degree sign; totals in the last row",
         ",Date/Time,No.1,No.2,No.3\nDate/Time,Date/Time,ch1,ch2,Total\n,,\ufffdC,%,lxh\n"
         "2026-03-14 21:00:00,46095.875,5.1,45,\n2026-03-14 21:15:00,46095.88541667,-0.8,45,117536\n", {"No.1": MARCH}),
    Trap("rotronic", "tabs whatever the name; humidity first; thresholds are no readings",
         "[#I]Device Description\nStore 1\n[#S]Device Information\nSerial Number = A0300777\n[#1]\nHumidity = %rh\n[#2]\n"
         "Temperature = °C\nLow Alarm Threshold = 13\n[#H]\nDate\tTime\tHumidity\tTemperature\n[#D]\n"
         "14/03/2026\t21:00:00\t37.9\t5.1\n14/03/2026\t21:15:00\t37.9\t-0.8\n", {"Temperature": MARCH}),
    Trap("hanwell", "the time of day before the date; a blank before a heading",
         "\nDatabase Valid\n  Serial No:,0417\n  Data Starts:,21:00 14/Mar/2026\n\n"
         "Time, Temperature (C),Humidity (RH(%)),\n21:00:00 14/Mar/2026,5.1,40.5,\n21:15:00 14/Mar/2026,-0.8,40.5,\n",
         {"Temperature": MARCH}),
    Trap("meaco", "light in the same first columns",
         "RECEIVER,TRANSMITTER,DATE,LUX,UV\nA,Store 1,2026-03-14 21:00,120,5\n", "no-temperature", CELSIUS),
    Trap("miniclima", "a comma in the first field of semicolons; whole degrees",
         "date,time;T/°C;RH/%\n14.03.26,21:00:00;5;55\n14.03.26,21:20:00;6;55\n",
         {"T": [("2026-03-14T21:00", 5.0), ("2026-03-14T21:20", 6.0)]}, Declared(tz="UTC", date_order="DMY")),
    Trap("trend", "half past midnight is 12:30 am", "Timestamp,P0025_[Store Temp][x] [P25](°C)\n01-Sep-26 12:30:00 am,5.1\n"
         "01-Sep-26 12:45:00 pm,5.2\n", {"P0025": [("2026-09-01T00:30", 5.1), ("2026-09-01T12:45", 5.2)]}),
    Trap("trend", "the same of humidities", "Timestamp,P0026_[Store Temp Humidity][x] [P26](%RH)\n01-Sep-26 12:30:00 am,45\n",
         "no-temperature", CELSIUS),
    Trap("geoprecision", "tags within the data; the logger's own temperature; a ragged battery",
         "<FG2 'FG2-SHELL V2.6.9.2'>\n<LOGGER: $A5018B>\nNO,TIME,#1(oC),HK-TEMP(oC),HK-BAT(V)\n"
         "1,14.03.2026 21:00:00,5.1,31.5,3.6\n<TIME: 14.03.2026 21:05:00>\n2,14.03.2026 21:15:00,-0.8,31.5\n"
         "<INFO: Decode OK, 2 Lines>\n", {"#1": MARCH}),
    Trap("tomst", "sentinels of absent probes; UTC; decimal commas",
         "1;2026.03.14 21:00;4;5,1;-200;-200;852;205;0;\n2;2026.03.14 21:15;4;-0,8;-200;-200;852;205;0;\n", {"T1": MARCH},
         Declared()),
    Trap("emsbrno", "NA; oC", "DATE TIME;1. SWP [-bar];2. Temperature [oC];\n2026-03-14 20:00:00;NA;NA;\n"
         "2026-03-14 21:00:00;0,2;5,1;\n2026-03-14 21:15:00;0,2;-0,8;\n", {"2. Temperature": MARCH}),
    Trap("minidot", "seconds since 1970; a sign, blanks and then the digits",
         "7392-300000\nOS REV: 1.11 Sensor Cal: 1511389810\nTime (sec),  BV (Volts),  T (deg C),  DO (mg/l)\n"
         "1773522000, + 3.49, + 5.100, + 9.6\n1773522900, + 3.49, - 0.800, + 9.6\n", {"T": MARCH}, Declared()),
    Trap("madgetech", "literals, serial days to be rounded, a sign before every value",
         '%DATA MadgeTech Data File            \n%FORMAT CSV                  \n%BEGIN\n"[Device]"\n"SerialNumber","M1"\n'
         '"TimeZone","TZUTC-100000|STANDARD|HST"\n"Unit(0)","UNITDEGREESC"\n"UnitType(0)","UTYPTEMPERATURE"\n'
         '"[End Device]"\n"[Reading]"\n"# ID #","# DateTime #","# Temperature (°C) #","# StatusByte #","# Status #"\n'
         '"0","46095.875","+5.1","&H00","&B10000000"\n"1","46095.8854166","-0.8","&H00","&B10000000"\n"[End Reading]"\n',
         {"Temperature": [("2026-03-15T07:00", 5.1), ("2026-03-15T07:15", -0.8)]}, Declared(), "cp1252"),
    Trap("madgetech", "a logger of voltages",
         '%DATA MadgeTech Data File\n%FORMAT CSV\n%BEGIN\n"[Device]"\n"TimeZone","TZUTC-100000|STANDARD|HST"\n'
         '"UnitType(0)","UTYPVOLTAGE"\n"[End Device]"\n"[Reading]"\n"# ID #","# DateTime #","# Channel 1 #"\n'
         '"0","46095.875","+5.1"\n', "no-temperature", CELSIUS),
    # --- apps, clouds and home systems
    Trap("govee", "min min, a blank before a heading, the app's unit; pieces that overlap",
         "\ufeffTimestamp for sample frequency every 15 min min,Temperature_Fahrenheit, Relative_Humidity\n"
         "2026-03-14 21:00:00,41.0,45\n2026-03-14 21:15:00,42.8,45\n2026-03-14 21:15:00,42.8,45",
         {"Temperature": [("2026-03-14T21:00", 5.0), ("2026-03-14T21:15", 6.0), ("2026-03-14T21:15", 6.0)]}),
    Trap("sensorpush", "Govee's first heading, four decimals",
         "Timestamp for sample frequency every 15 min,Temperature (°C),Relative Humidity (%)\n2026-03-14 21:00:00,5.1004,45\n"
         "2026-03-14 21:15:00,-0.7996,45\n", {"Temperature": MARCH}),
    Trap("tempstick", "no unit anywhere", "Sensor: 1 (ID: 1),Created: 2026-03-14 21:00:00 ,Start: 2026-03-14 21:00:00 ,End: "
         "2026-03-14 21:15:00 \n\nTimestamp,Temperature,Humidity,Dewpoint\n2026-03-14 21:00:00 ,74.8,41,50\n", "unknown-unit"),
    Trap("tempstick", "irregular intervals, a blank behind every time",
         "Sensor: 1 (ID: 1),Created: 2026-03-14 23:00:00 ,Start: 2026-03-14 20:00:00 ,End: 2026-03-14 23:00:00 \n\n"
         "Timestamp,Temperature,Humidity,Dewpoint\n2026-03-14 20:00:10 ,41.0,41,30\n2026-03-14 21:00:10 ,41.0,41,30\n"
         "2026-03-14 21:15:05 ,41.0,41,30\n2026-03-14 21:30:04 ,42.8,41,30\n",
         {"Temperature": [("2026-03-14T20:00:10", 5.0), ("2026-03-14T21:00:10", 5.0), ("2026-03-14T21:15:05", 5.0),
                          ("2026-03-14T21:30:04", 6.0)]}, Declared(tz="UTC", unit="F")),
    Trap("ruuvi", "headings in Russian, three units, a hyphen for nothing, the local time beside",
         "Холодильник\nДата,ISO8601,Температура (°C),Температура (°F),Температура (K),Влажность (%)\n"
         "2026-03-15 00:00:00,2026-03-14T21:00:00Z,5.10,41.18,278.25,-\n2026-03-15 00:00:01,2026-03-14T21:00:01Z,5.20,41.36,"
         "278.35,45\n2026-03-15 00:15:00,2026-03-14T21:15:00Z,-0.80,30.56,272.35,45\n",
         {"Температура": [("2026-03-14T21:00", 5.1), ("2026-03-14T21:00:01", 5.2), ("2026-03-14T21:15", -0.8)]}, Declared()),
    Trap("thingspeak", "fields without names", "created_at,entry_id,field1\n2026-03-14T21:00:00+00:00,1,5.1\n", "no-temperature"),
    Trap("thingspeak", "a field of texts, an offset in every time, a repeated row",
         "created_at,entry_id,field1,field2\n2026-03-14T22:00:00+01:00,1,5.1,Clouds\n2026-03-14T22:15:00+01:00,2,-0.8,Rain\n",
         {"field1": MARCH}, Declared(unit="C", column="field1")),
    Trap("homeassistant", "entities of every kind under each other, states that are none",
         "entity_id,state,last_changed\nsensor.fridge_temperature,5.1,2026-03-14T21:00:00.000Z\n"
         "sensor.fridge_humidity,45,2026-03-14T21:00:00.000Z\nlight.ward,on,2026-03-14T21:01:00.000Z\n"
         "sensor.fridge_temperature,unavailable,2026-03-14T21:05:00.000Z\n"
         "sensor.fridge_temperature,-0.8,2026-03-14T21:15:00.000Z\n",
         {"sensor.fridge_temperature": MARCH}, Declared(unit="C")),
    Trap("influxdb", "tables of other columns under each other, a cell over several lines, values of any kind",
         "#datatype,string,long,dateTime:RFC3339,double,string,string\n#group,false,false,false,false,true,true\n"
         "#default,_result,,,,,\n,result,table,_time,_value,_field,note\n,,0,2026-03-14T21:00:00Z,5.1,temp_c,\"door\nopen\"\n"
         ",,0,2026-03-14T21:15:00Z,-0.8,temp_c,\"door\nopen\"\n\n"
         "#datatype,string,long,dateTime:RFC3339,string,string\n#group,false,false,false,false,true\n#default,_result,,,,\n"
         ",result,table,_time,_value,_field\n,,1,2026-03-14T21:00:00Z,on,light\n", {"temp_c": MARCH}, Declared()),
    Trap("elitech", "a count, then rows", "2\n1\t2026-03-14 21:00:00\t5.1\n2\t2026-03-14 21:15:00\t-0.8\n", {"T": MARCH}, CELSIUS),
]  # fmt: skip


def made_of(trap: Trap) -> LoggerFile | FileRefused:
    try:
        return read("any name.dat", trap.text.encode(trap.encoding, "replace"), trap.declared)
    except FileRefused as refused:
        return refused


@pytest.mark.parametrize("trap", TRAPS, ids=[f"{trap.family}: {trap.trap}" for trap in TRAPS])
def test_a_known_trap(trap: Trap) -> None:
    found = made_of(trap)
    if isinstance(trap.expected, str):
        assert isinstance(found, FileRefused), found
        assert found.code == trap.expected
        return
    assert isinstance(found, LoggerFile), found
    assert found.format == trap.family
    expected = [[(at if len(at) > 16 else f"{at}:00", value) for at, value in one] for one in trap.expected.values()]
    assert [table(channel) for channel in found.channels] == expected


def test_a_zone_that_differs_from_the_site_s_is_said() -> None:
    text = (
        'Serial Number:1 --\n\nDate Time - GMT +05:00,"Temp, (*F)",\n03/14/26 21:00:00,41.0,\n03/14/26 21:15:00,41.0,\n'
    )
    file = read("x", text.encode(), Declared(site_tz="America/Denver"))
    assert "differs from the site's zone" in file.evidence["time_zone"].note


def test_a_daily_maximum_at_the_alarm_s_limit_is_no_alarm() -> None:
    days = " 1:\n  Date: 2026-03-15\n  Min T: +4.0\n  Max T: +8.0\n  Avrg T: +5.2\n  Alarm:\n   0:\n    t Acc: 0\n   1:\n    t Acc: 0\n"
    file = read("x", fridge_tag(days).encode(), UTC)
    assert (file.device_alarms, file.daily[0].max_milli_c) == ((), 8000)
