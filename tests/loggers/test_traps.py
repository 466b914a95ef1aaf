"""Files that look harmless and would be read wrongly, or for hours, by an importer that takes them at their word."""

import time

import pytest

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
    ],
    ids=["heading", "number", "iButton's head", "HOBOware's Details"],
)
def test_a_long_text_is_looked_at_in_a_moment(text: str) -> None:
    begun = time.process_time()
    read_or_refused(text)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("minus", ["-", "−", "–", "‐", "‑", "﹣", "－"])
def test_every_minus_is_a_minus(minus: str) -> None:
    assert table(only(reading(f"Time;Temp (°C)\n2026-03-14 21:00;{minus}0.5\n"))) == [("2026-03-14T21:00:00", -0.5)]
