"""Exports as people's computers write them: read rightly, or refused with what to do. All figures by hand."""

import pytest

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from coldchain.loggers.contract import instant

VALUES = ("4.1", "4.3", "4.6", "4.9", "5.2", "4.8")
CLOCK = tuple(f"{hour}:{minute:02d}" for hour in range(8, 14) for minute in (0, 30))
"""08:00 to 13:30, every half hour."""


def table(heading: str, row: str, mark: str = ".") -> str:
    """A table of twelve rows: {at} is the time of day, {h12} its hour to twelve, {t} the temperature."""
    lines = [heading]
    for number, at in enumerate(CLOCK):
        hour, minute = at.split(":")
        lines.append(
            row.format(
                at=at.rjust(5, "0"), t=VALUES[number % 6].replace(".", mark), minute=minute,
                h12=f"{(int(hour) - 1) % 12 + 1:02d}", half="AM" if int(hour) < 12 else "PM",
                e=f"{float(VALUES[number % 6]):.2E}",
            )
        )  # fmt: skip
    return "\n".join(lines) + "\n"


def the_file(text: str, encoding: str = "utf-8", tz: str = "Europe/Berlin") -> LoggerFile:
    return read("x.csv", text.encode(encoding), Declared(tz=tz))


@pytest.mark.parametrize(
    ("case", "text", "encoding"),
    [
        ("German, day first", table("Zeit;Temperatur [°C]", "14.03.2024 {at}:00;{t}", ","), "utf-8"),
        ("tabs, date and time apart", table("Datum\tUhrzeit\tTemperatur °C", "14.03.2024\t{at}\t{t}", ","), "utf-8"),
        ("UTF-16", table("Date/Time,Temperature (°C)", "2024-03-14 {at}:00,{t}"), "utf-16"),
        ("Excel's own mark", "sep=;\n" + table("Zeit;Temp (°C)", "14.03.2024 {at};{t}", ","), "cp1252"),
        ("French", table("Horodatage;Température (°C);Humidité (%)", "14/03/2024 {at};{t};45,2", ","), "cp1252"),
        ("Spanish", table("Fecha;Hora;Temperatura (ºC)", "14/03/2024;{at};{t}", ","), "utf-8"),
        ("Turkish", table("Tarih;Saat;Sıcaklık (°C)", "14.03.2024;{at};{t}", ","), "cp1254"),
        ("Chinese", table("时间,温度(℃),湿度(%)", "2024/03/14 {at},{t},45"), "utf-8"),
        ("Chinese dates", table("时间,温度(℃)", "2024年3月14日 {at},{t}"), "utf-8"),
        ("Chinese dates and times apart", table("日期,时间,温度(℃)", "2024年3月14日,{at},{t}"), "utf-8"),
        ("Korean dates", table("시간,온도(°C)", "2024년 3월 14일 {at},{t}"), "utf-8"),
        ("a month by its name", table("Zeit;Temp (°C)", "14. März 2024 {at};{t}"), "utf-8"),
        ("a narrow blank before PM", table("Time,Temp (°C)", '"3/14/24, {h12}:{minute}\u202f{half}",{t}'), "utf-8"),
        ("marks of direction", table("time,temp_c", "\u200e14/\u200e03/\u200e2024 \u200e{at},{t}"), "utf-8"),
        ("a decimal comma beside commas", table("Zeit,Temp (°C),RH (%)", "14.03.2024 {at},{t},45,2", ","), "utf-8"),
        ("scientific figures", table("time,temp_c", "2024-03-14 {at},{e}"), "utf-8"),
        ("scientific figures, comma", table("time;temp_c", "2024-03-14 {at};{e}").replace(".", ","), "utf-8"),
        ("the unit in each cell", table("time;Temperatur", "2024-03-14 {at};{t}°C", ","), "utf-8"),
    ],
)  # fmt: skip
def test_other_spellings_of_the_same_readings(case: str, text: str, encoding: str) -> None:
    (channel,) = the_file(text, encoding).channels
    assert [instant(int(at)) for at in (channel.at_ms[0], channel.at_ms[-1])] == [
        "2024-03-14T07:00:00.000Z",
        "2024-03-14T12:30:00.000Z",
    ], case
    assert channel.milli_c.tolist() == [4100, 4300, 4600, 4900, 5200, 4800] * 2, case
    assert channel.quarantined == ()


@pytest.mark.parametrize(
    ("text", "milli_c"),
    [("4.1E+00", 4100), ("-1.5e+0", -1500), ("4,1E+01", 41_000), ("41E-1", 4100), ("2.5E+001", 25_000), ("5E-03", 5)],
)
def test_scientific_figures_are_exact(text: str, milli_c: int) -> None:
    (channel,) = the_file(f"time;temp_c\n2024-03-14T08:00:00Z;{text}\n", tz="UTC").channels
    assert channel.milli_c.tolist() == [milli_c]


@pytest.mark.parametrize("text", ["4.1E+09", "4E99", "E5", "5e3", "4.1E", "4.1E0.5", "1E+", "4E-9"])
def test_what_is_no_temperature_in_scientific_figures_goes_to_quarantine(text: str) -> None:
    rows = "".join(f"2024-03-14T0{hour}:00:00Z;5.0\n" for hour in range(8))
    (channel,) = the_file(f"time;temp_c\n{rows}2024-03-14T08:00:00Z;{text}\n", tz="UTC").channels
    assert [(row.line, row.text) for row in channel.quarantined] == [(10, text)]


def test_hours_to_twelve_without_am_and_pm_are_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        the_file(table("Time,Temp (°C)", "2024-03-14 {h12}:{minute},{t}"))
    assert refused.value.code == "contradiction"
    assert "line 12: '2024-03-14 01:00' follows '2024-03-14 12:30'" in str(refused.value)


def test_a_morning_that_ends_at_noon_is_no_clock_of_twelve_hours() -> None:
    text = table("Time,Temp (°C)", "2024-03-14 {at},{t}")
    (channel,) = the_file("\n".join(text.splitlines()[:11])).channels
    assert channel.at_ms.size == 10


def test_times_with_their_offset_in_no_order_are_no_clock_of_twelve_hours() -> None:
    rows = "".join(f"2026-02-20T{hour:02d}:00:00Z,4.{hour}\n" for hour in (8, 3, 4, 6, 5, 1, 9, 2, 7))
    (channel,) = the_file(f"time,temp_c\n{rows}", tz="UTC").channels
    assert channel.at_ms.size == 9


def test_what_stands_beyond_the_headings_is_said() -> None:
    text = table("time,temp_c", "2024-03-14 {at},{t}").replace("4.9\n", "4.9,9.9\n", 1)
    assert any("such as '9.9'" in note for note in the_file(text).notes)


def test_a_zone_as_windows_calls_it_is_a_hint() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x.csv", table("Time (W. Europe Standard Time),temp_c", "2024-03-14 {at},{t}").encode())
    assert refused.value.options == ("--tz Europe/Berlin",)
