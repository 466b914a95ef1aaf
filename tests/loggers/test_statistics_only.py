"""Exports that hold the lowest and highest value of each interval and no reading."""

import pytest

from coldchain.auditing.audited import Audited
from coldchain.auditing.file import audit_file
from coldchain.domain.product import Product
from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile
from tests.auditing.conftest import box  # noqa: F401  a fixture
from tests.loggers.spelling import NAMED, Spelling
from tests.loggers.writing import read_or_refused, reading

SHELLY = "Date,Time,Min,Max\n29/10/2025,00:00,3.28,3.3\n29/10/2025,01:00,3.1,9.25\n29/10/2025,02:00,-0.5,3\n"
CELSIUS = Declared(tz="UTC", unit="C")


def found(file: LoggerFile) -> list[tuple[int, int | None, int | None]]:
    """(minutes since the first interval began, lowest, highest), and that intervals follow each other."""
    first = file.extremes[0].start_ms
    return [((one.start_ms - first) // 60_000, one.low_milli_c, one.high_milli_c) for one in file.extremes]


HOURS = [(0, 3280, 3300), (60, 3100, 9250), (120, -500, 3000)]


def test_each_hour_of_shelly_s_cloud() -> None:
    file = reading(SHELLY, CELSIUS)
    assert (file.format, file.channels, found(file)) == ("shelly", (), HOURS)
    assert file.device.interval_ms == 3_600_000
    assert file.evidence["unit"].source == "declared"
    assert any("does not say what was measured" in note for note in file.notes)


@pytest.mark.parametrize(
    ("declared", "code"), [(Declared(), "unknown-unit"), (Declared(unit="C"), "ambiguous-time-zone")]
)
def test_what_it_does_not_say_is_asked(declared: Declared, code: str) -> None:
    refused = read_or_refused(SHELLY, declared)
    assert isinstance(refused, FileRefused)
    assert refused.code == code


@pytest.mark.parametrize("spelling", NAMED)
@pytest.mark.parametrize(
    "heading",
    [
        ("Min", "Max"), ("Minimum (°C)", "Maximum (°C)"), ("Temp min °C", "Temp max °C"), ("Lowest (C)", "Highest (C)"),
        ("temp_min", "temp_max"), ("Tmin", "Tmax"), ("Max. temperature, °C", "Min. temperature, °C"),
    ],
)  # fmt: skip
def test_other_programs_statistics_in_every_locale(spelling: Spelling, heading: tuple[str, str]) -> None:
    values = [(3280, 3300), (3100, 9250), (-500, 3000)]
    if heading[0].startswith("Max"):
        values = [(high, low) for low, high in values]
    rows = [
        ("29/10/2025", f"0{hour}:00", spelling.number(one), spelling.number(other), "4")
        for hour, (one, other) in enumerate(values)
    ]
    declared = Declared(tz="UTC", unit=None if "C" in heading[0] else "C")
    file = read_or_refused_bytes(spelling.written([("Date", "Time", *heading, "Average"), *rows]), declared)
    if isinstance(file, FileRefused):
        assert file.code == "ambiguous-decimal"
        return
    assert (file.format, found(file)) == ("csv", HOURS)


def read_or_refused_bytes(content: bytes, declared: Declared) -> LoggerFile | FileRefused:
    from coldchain.loggers import read

    try:
        return read("x", content, declared)
    except FileRefused as refused:
        return refused


@pytest.mark.parametrize(
    ("case", "text", "code"),
    [
        ("no row", "Date,Time,Min,Max\n", "no-readings"),
        ("one row: how long?", SHELLY[:46], "no-readings"),
        ("a minimum above its maximum", SHELLY.replace("3.28,3.3", "3.28,3.2"), "damaged"),
        (
            "no interval at all",
            "Date,Time,Min,Max\n29/10/2025,00:00,3,4\n29/10/2025,01:00,3,4\n29/10/2025,02:00,3,4\n"
            "29/10/2025,02:07,3,4\n",
            "no-readings",
        ),
        ("humidities", "Date,Time,Min (%),Max (%)\n29/10/2025,00:00,3,4\n29/10/2025,01:00,3,4\n", "no-temperature"),
    ],
)
def test_what_cannot_be_told_is_refused(case: str, text: str, code: str) -> None:
    refused = read_or_refused(text, CELSIUS)
    assert isinstance(refused, FileRefused), case
    assert refused.code == code


def test_a_missing_hour_is_a_gap_and_a_damaged_value_is_said() -> None:
    file = reading(
        SHELLY.replace("01:00,3.1,9.25\n29/10/2025,", "") + "29/10/2025,03:00,--,4\n29/10/2025,04:00,3,4\n", CELSIUS
    )
    assert len(file.extremes) >= 2
    assert any("no usable" in note for note in file.notes)


def test_a_logger_s_readings_beside_its_statistics_are_readings() -> None:
    file = reading("Time,Temp (°C),Min (°C),Max (°C)\n2026-03-14 21:00,5.1,4,6\n2026-03-14 21:15,5.2,4,6\n")
    assert (len(file.channels), file.extremes) == (1, ())


def test_an_hourly_maximum_violates_and_good_ones_prove_nothing(box: Product) -> None:  # noqa: F811
    for text, verdict in ((SHELLY, "violated"), (SHELLY.replace("9.25", "7.9").replace("-0.5", "2.5"), "undetermined")):
        (result,) = audit_file("shelly.csv", text.encode(), box, box.stages["strict"], CELSIUS)
        assert isinstance(result, Audited)
        assert (result.verdict, result.basis) == (verdict, "extremes")
