"""Ruuvi Station: headings in the phone's language, three units side by side; the values tell which column it is."""

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared
from tests.loggers.exporting import COMPUTERS, Computer, at, file_of, readings
from tests.loggers.writing import only, table

LANGUAGES = {
    "en": ("Date", "Temperature", "Dew point", "Relative humidity (%)"),
    "ru": ("Дата", "Температура", "Точка росы", "Относительная влажность (%)"),
    "fi": ("Päivämäärä", "Lämpötila", "Kastepiste", "Suhteellinen kosteus (%)"),
    "de": ("Datum", "Temperatur", "Taupunkt", "Relative Luftfeuchtigkeit (%)"),
    "sv": ("Datum", "Temperatur", "Daggpunkt", "Relativ luftfuktighet (%)"),
    "not known": ("Kuupäev", "Soojus", "Kaste", "Niiskus (%)"),
}
CENTS = st.lists(st.integers(-3_000, 6_000), min_size=4, max_size=30, unique=True)


def lines_of(
    cents: list[int],
    language: str = "en",
    delimiter: str = ",",
    dew_first: bool = False,
    units: bool = True,
    stamp: str = "%Y-%m-%dT%H:%M:%SZ",
    mark: str = ".",
) -> list[str]:
    """An export; temperatures in hundredths of a degree, every second row missing its humidity."""
    date, temperature, dew, humidity = LANGUAGES[language]
    triples = [dew, temperature] if dew_first else [temperature, dew]
    labels = [f"{name} ({unit})" if units else name for name in triples for unit in ("°C", "°F", "K")]
    lines = ["Fridge 3", delimiter.join([date, "ISO8601", *labels, humidity, "RSSI (dBm)"])]
    for index, cent in enumerate(cents):
        moment = at(index)
        values = [_three(cent - 217), _three(cent)] if dew_first else [_three(cent), _three(cent - 217)]
        cells = [*values[0], *values[1], "-" if index % 2 else "45.25"]
        local = moment + timedelta(hours=3)
        row = [
            f"{local:%Y-%m-%d %H:%M:%S}",
            moment.strftime(stamp),
            *(cell.replace(".", mark) for cell in cells),
            "-60",
        ]
        lines.append(delimiter.join(row))
    return lines


def _three(cents: int) -> list[str]:
    celsius = Decimal(cents) / 100
    both = (celsius * Decimal("1.8") + 32, celsius + Decimal("273.15"))
    return [f"{celsius:.2f}", *(str(value.quantize(Decimal("0.01"), ROUND_HALF_EVEN)) for value in both)]


def expected(cents: list[int]) -> list[tuple[str, float]]:
    return [(f"{at(index):%Y-%m-%dT%H:%M:%S}", cent / 100) for index, cent in enumerate(cents)]


@given(
    CENTS,
    COMPUTERS,
    st.sampled_from(sorted(LANGUAGES)),
    st.sampled_from([(",", "."), (";", "."), ("\t", "."), (";", ","), ("\t", ",")]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+0000", "%Y-%m-%dT%H:%M:%S+00:00"]),
)
def test_every_variant_reads_alike(
    cents: list[int],
    computer: Computer,
    language: str,
    style: tuple[str, str],
    dew_first: bool,
    units: bool,
    stamp: str,
) -> None:
    delimiter, mark = style
    content = computer.content(lines_of(cents, language, delimiter, dew_first, units, stamp, mark))
    assert readings(content, Declared()) == expected(cents)


def test_the_utc_column_is_the_time_and_the_unit_is_shown_twice() -> None:
    file = file_of(lines_of([410, 415, 420], "ru"), Declared())
    assert (file.format, file.device.facts["name"]) == ("ruuvi", "Fridge 3")
    assert (file.evidence["time_zone"].value, file.evidence["unit"].source) == ("+00:00", "header")
    assert "Температура (°F)" in file.evidence["unit"].note


def test_a_unit_that_no_heading_states_is_told_by_the_values() -> None:
    file = file_of(lines_of([410, 415, 420], units=False), Declared())
    assert (file.evidence["unit"].value, file.evidence["unit"].source) == ("C", "column")


def test_two_values_that_agree_by_chance_prove_no_unit() -> None:
    with pytest.raises(FileRefused) as refused:
        file_of(lines_of([410], units=False), Declared())
    assert refused.value.code == "unknown-unit"


def test_a_missing_temperature_is_quarantined() -> None:
    lines = lines_of([410, 415, 420])
    time, utc, *rest = lines[3].split(",")
    lines[3] = ",".join([time, utc, *["-"] * 6, *rest[6:]])
    channel = only(file_of(lines, Declared()))
    assert [(row.line, row.reason) for row in channel.quarantined] == [(4, "missing")]
    assert [value for _, value in table(channel)] == [4.1, 4.2]


def test_a_column_may_be_named() -> None:
    file = file_of(lines_of([410, 415, 420]), Declared(column="Dew point (°C)"))
    assert [value for _, value in table(only(file))] == [1.93, 1.98, 2.03]


def test_an_address_is_the_serial_number() -> None:
    lines = lines_of([410, 415, 420])
    assert file_of(["Fridge C1:22:0A:FF:3B:9D", *lines[1:]], Declared()).device.serial == "C1:22:0A:FF:3B:9D"
