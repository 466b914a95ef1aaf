"""Files that look harmless and would be read wrongly, or for hours, by an importer that takes them at their word."""

import time

import pytest

from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from tests.loggers.writing import only, read_or_refused, reading, table

TWO_ROWS = [("2026-03-14T21:00:00", 5.1), ("2026-03-14T21:15:00", 9.2)]


@pytest.mark.parametrize(
    "heading",
    [
        "Sollwert (°C)", "Solltemperatur °C", "Consigne (°C)", "Punto de ajuste (°C)", "Žádaná teplota (°C)", "SP (°C)",
        "Temp Setting (°C)", "Oberer Grenzwert (°C)", "Límite superior (°C)", "Horní mez (°C)",
        "Maximaltemperatur (°C)",
        "Temperatura mínima (°C)", "Température moyenne (°C)", "Průměrná teplota (°C)", "Température de rosée (°C)",
        "Frostpunkt (°C)", "Battery Temp (°C)", "Board Temperature (°C)",
    ],
)  # fmt: skip
def test_set_points_limits_and_statistics_in_other_languages_are_no_probe(heading: str) -> None:
    rows = "2026-03-14 21:00;5.1;20.0\n2026-03-14 21:15;9.2;20.0\n"
    assert table(only(reading(f"Time;Temperature (°C);{heading}\n{rows}"))) == TWO_ROWS


@pytest.mark.parametrize(
    ("heading", "before"),
    [
        ("Calibration date;Time", "2025-01-01 00:00;"),
        ("Expiry date;Timestamp", "2027-01-01 00:00;"),
        ("Start time;End time", "2026-03-14 08:00;"),
        ("First time;Second time", "2026-03-14 08:00;"),
        ("Print date;Print time;Date;Time", "2026-04-01;10:00;"),
        ("Expiry date;Date;Time", "31.12.2027;"),
    ],
)
def test_a_time_that_is_not_the_measurement_s_is_not_taken(heading: str, before: str) -> None:
    between = ";" if "Date;Time" in heading else " "
    rows = "".join(f"{before}2026-03-14{between}{clock};{value}\n" for clock, value in (("21:00", 5.1), ("21:15", 9.2)))
    if before.startswith("31.12"):
        rows = rows.replace("2026-03-14", "14.03.2026")
    assert table(only(reading(f"{heading};Temperature (°C)\n{rows}"))) == TWO_ROWS


@pytest.mark.parametrize(
    "text",
    [
        'Time;Temp (°C);"' + "," * 60_000 + 'x"\n2026-03-14 21:00;5.1;\n',
        "Time;Temp (°C)\n2026-03-14 21:00;5.1\n2026-03-14 21:15;5" + " " * 60_000 + "x\n",
        "1-Wire/iButton Part Number: DS1922L\nRate: a"
        + " " * 4_000
        + "b\n\nDate/Time,Unit,Value\n03/14/26 21:00:00,C,5.1\n",
        '"#","Date Time, GMT+00:00","Temp, °C (LGR S/N: 1, SEN S/N: 2)"\n1,03/14/26 21:00:00,5.1,"Details"\n'
        '2,03/14/26 21:15:00,5.1,"A: a' + " " * 4_000 + 'b"\n',
        "Device: Q-tag Fridge-tag 2\nConf:\n Serial: 1, a" + " " * 60_000 + "b\nHist:\n TS Actv: x\n",
        "Device: Q-tag Fridge-tag 2\nConf:\n" + "a " * 30_000 + "\n",
        "Sensor: a" + " " * 60_000 + "x\n\nTimestamp,Temperature,Humidity\n2026-03-14 21:00:00,5.1,41\n",
        "Time (" + "a" * 450 + ";Temp (°C)\n2026-03-14 21:00;5.1\n",
    ],
    ids=[
        "heading",
        "number",
        "iButton's head",
        "HOBOware's Details",
        "Berlinger's fact",
        "Berlinger's line",
        "Temp Stick's head",
        "a zone that never ends",
    ],
)
def test_a_long_text_is_looked_at_in_a_moment(text: str) -> None:
    begun = time.process_time()
    read_or_refused(text)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("minus", ["-", "−", "–", "‐", "‑", "﹣", "－"])
def test_every_minus_is_a_minus(minus: str) -> None:
    assert table(only(reading(f"Time;Temp (°C)\n2026-03-14 21:00;{minus}0.5\n"))) == [("2026-03-14T21:00:00", -0.5)]


@pytest.mark.parametrize(
    ("case", "text", "code"),
    [
        (
            "another unit further down",
            "Time;Temp (°C)\n2026-03-14 21:00;5.1\nTime;Temp (°F)\n2026-03-14 21:15;41.0\n",
            "contradiction",
        ),
        (
            "columns in another order further down",
            "Time;Temp (°C);Room (°C)\n2026-03-14 21:00;5.1;20.0\n"
            "Time;Room (°C);Temp (°C)\n2026-03-14 21:15;20.0;5.1\n",
            "contradiction",
        ),
        (
            "another quantity further down",
            "Time;Temp (°C)\n2026-03-14 21:00;5.1\nTime;Humidity (%)\n2026-03-14 21:00;45.0\n",
            "contradiction",
        ),
        (
            "another zone further down",
            '"#","Date Time, GMT+00:00","Temp, °C (LGR S/N: 1, SEN S/N: 2)"\n1,03/14/26 21:00:00,5.1\n'
            '"#","Date Time, GMT+02:00","Temp, °C (LGR S/N: 1, SEN S/N: 2)"\n2,03/14/26 21:15:00,5.1\n',
            "contradiction",
        ),
        (
            "a unit column against the heading",
            "Time;Temp (°C);Unit\n2026-03-14 21:00;41.0;°F\n",
            "contradiction",
        ),
        (
            "a unit beside one value only",
            "Time;Temp\n2026-03-14 21:00;5.1\n2026-03-14 21:15;41.0 °F\n",
            "unknown-unit",
        ),
        (
            "days and months swapped by a spreadsheet",
            "Time;Temp (°C)\n" + "".join(f"{day}/2026 {hour}:00;5.1\n" for day in ("04/11", "04/12", "13/04")
            for hour in range(10, 24)),
            "ambiguous-date-order",
        ),
        (
            "a Berlinger table with a column before the temperature",
            "Device: Q-tag Fridge-tag 2 L\nConf:\n Serial: 1\n Temp unit: C\nHist:\n TS Actv: 2026-03-14 20:00\nData:\n"
            "\tyyyy-MM-dd hh:mm\tRH\tT\n\t2026-03-14 21:00\t45.0\t5.1\n",
            "damaged",
        ),
    ],
)  # fmt: skip
def test_a_file_that_says_two_things_is_refused(case: str, text: str, code: str) -> None:
    refused = read_or_refused(text)
    assert isinstance(refused, FileRefused), case
    assert refused.code == code, case


def test_a_percentage_is_no_temperature_whoever_says_so() -> None:
    declared = Declared(tz="UTC", unit="C", column="RH")
    refused = read_or_refused("Time;Temp (°C);RH (%)\n2026-03-14 21:00;5.1;45.0\n", declared)
    assert isinstance(refused, FileRefused)
    assert refused.code == "contradiction"


def test_the_same_heading_once_more_is_a_damaged_row() -> None:
    channel = only(reading("Time;Temp (°C)\n2026-03-14 21:00;5.1\nTime;Temp (°C)\n2026-03-14 21:15;9.2\n"))
    assert table(channel) == TWO_ROWS
    assert [row.line for row in channel.quarantined] == [3]


def test_swapped_dates_may_be_declared_to_be_right() -> None:
    days = [f"01.{month:02d}.2026 08:00;5.1\n" for month in range(1, 13)]
    text = "Time;Temp (°C)\n" + "".join(days) + "15.12.2026 08:00;5.1\n"
    refused = read_or_refused(text)
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.options) == ("ambiguous-date-order", ("--date-order DMY",))
    assert len(table(only(reading(text, Declared(tz="UTC", date_order="DMY"))))) == 13


@pytest.mark.parametrize("heading", ["Date;Time;AM/PM", "Date;Time;", "AM/PM;Date;Time"])
@pytest.mark.parametrize(("morning", "evening"), [("AM", "PM"), ("a. m.", "p.\N{NO-BREAK SPACE}m."), ("dop.", "odp.")])
def test_halves_of_the_day_in_a_column_of_their_own(heading: str, morning: str, evening: str) -> None:
    rows = [("14.03.2026", "09:00", morning), ("14.03.2026", "09:00", evening)]
    cells = [(row[2], *row[:2]) if heading.startswith("AM") else row for row in rows]
    text = f"{heading};Temp (°C)\n" + "".join(";".join(row) + ";5.1\n" for row in cells)
    assert [at for at, _ in table(only(reading(text)))] == ["2026-03-14T09:00:00", "2026-03-14T21:00:00"]


@pytest.mark.parametrize("morning", ["a. m.", "a.\N{NO-BREAK SPACE}m.", "a.\N{NARROW NO-BREAK SPACE}m."])
def test_a_hard_blank_is_a_blank(morning: str) -> None:
    text = f"Time;Temp (°C)\n14/03/2026 9:00:00 {morning};5.1\n"
    assert table(only(reading(text))) == [("2026-03-14T09:00:00", 5.1)]
