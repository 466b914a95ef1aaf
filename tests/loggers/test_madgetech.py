"""MadgeTech 2: settings in sections, serial days to be rounded, and a unit type that says what a channel is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.exporting import COMPUTERS, SERIES, Computer, Series, at, expected, file_of, number
from tests.loggers.writing import clock, only, table

ZONE = "TZUTC+000000|STANDARD|GMT"


def serial_day(minutes: int, seconds: int = 0, places: int = 10) -> str:
    """Days since 1899-12-30, as Excel counts them."""
    return f"{(at(minutes) + timedelta(seconds=seconds) - clock(1899, 12, 30)) / timedelta(days=1):.{places}f}"


def lines_of(
    series: Series,
    kinds: tuple[str, ...] = ("UTYPTEMPERATURE", "UTYPRELATIVEHUMIDITY"),
    units: tuple[str, ...] = ("UNITDEGREESC", "UNITPERCENTRH"),
    labels: tuple[str, ...] = ("Temperature (°C)", "Humidity (%RH)"),
    zone: str = ZONE,
    quote: str = '"',
    delimiter: str = ",",
    mark: str = ".",
    seconds: int = 0,
    count: int | None = None,
    places: int = 10,
) -> list[str]:
    def pair(key: str, value: str) -> str:
        return f"{quote}{key}{quote}{delimiter}{quote}{value}{quote}"

    typed = [pair(f"Unit({index})", unit) for index, unit in enumerate(units)]
    typed += [pair(f"UnitType({index})", kind) for index, kind in enumerate(kinds)]
    words = [f"# {label} #{delimiter}# StatusByte #{delimiter}# Annotation #" for label in labels]
    rows = []
    for index, (minutes, milli) in enumerate(series):
        cells = [str(index), serial_day(minutes, seconds, places).replace(".", mark)]
        for kind in kinds:
            value = number(milli, mark) if kind == "UTYPTEMPERATURE" else f"46{mark}5"
            cells += [value if value.startswith("-") else f"+{value}", "0", ""]
        rows.append(delimiter.join(f"{quote}{cell}{quote}" for cell in [*cells, "&B10000000", "&B00000000"]))
    return [
        "%DATA MadgeTech Data File            ",
        "%FORMAT CSV                  ",
        "%BEGIN",
        f"{quote}[Device]{quote}",
        pair("DeviceName", "RHTemp1000"),
        pair("SerialNumber", "M54593"),
        pair("TimeZone", zone),
        pair("ReadingRate", "R15M"),
        *typed,
        f"{quote}[End Device]{quote}",
        f"{quote}[Dataset]{quote}",
        pair("TimeZone", zone),
        pair("Readings", str(len(series) if count is None else count)),
        f"{quote}[End Dataset]{quote}",
        f"{quote}[Reading]{quote}",
        delimiter.join(["# ID #", "# DateTime #", *words, "# Status #", "# Selections #"]),
        *rows,
        f"{quote}[End Reading]{quote}",
    ]


@given(
    SERIES,
    COMPUTERS,
    st.sampled_from(
        [(",", ".", '"'), (",", ",", '"'), (";", ",", ""), (";", ",", '"'), ("\t", ".", ""), (",", ".", "")]
    ),
    st.sampled_from(
        [
            (("UTYPTEMPERATURE", "UTYPRELATIVEHUMIDITY"), ("Temperature (°C)", "Humidity (%RH)")),
            (("UTYPRELATIVEHUMIDITY", "UTYPTEMPERATURE"), ("Humidity (%RH)", "Probe")),
            (("UTYPTEMPERATURE",), ("Channel 1",)),
        ]
    ),
    st.integers(0, 59),
    st.sampled_from([7, 10, 12]),
)
def test_every_variant_reads_alike(
    series: Series,
    computer: Computer,
    style: tuple[str, str, str],
    channels: tuple[tuple[str, ...], tuple[str, ...]],
    seconds: int,
    places: int,
) -> None:
    delimiter, mark, quote = style
    kinds, labels = channels
    units = tuple("UNITDEGREESC" if kind == "UTYPTEMPERATURE" else "UNITPERCENTRH" for kind in kinds)
    lines = lines_of(series, kinds, units, labels, ZONE, quote, delimiter, mark, seconds, None, places)
    channel = only(read("x", computer.content(lines), Declared()))
    assert table(channel) == [(f"{time[:-2]}{seconds:02d}", value) for time, value in expected(series)]
    assert channel.quarantined == ()


def test_the_offset_is_taken_and_it_is_said_that_nobody_documents_how() -> None:
    file = file_of(lines_of([(0, 20_200)], zone="TZUTC-100000|STANDARD|HST"), Declared())
    assert table(only(file)) == [("2026-02-20T10:00:00", 20.2)]
    zone = file.evidence["time_zone"]
    assert (zone.value, zone.source) == ("-10:00", "assumed")
    assert "TZUTC-100000|STANDARD|HST" in zone.note
    assert (file.format, file.device.serial, file.device.interval_ms) == ("madgetech", "M54593", 900_000)


@pytest.mark.parametrize(("tz", "hour"), [("UTC", "00"), ("-10:00", "10")])
def test_either_answer_to_that_is_taken(tz: str, hour: str) -> None:
    file = file_of(lines_of([(0, 20_200)], zone="TZUTC-100000|STANDARD|HST"), Declared(tz=tz))
    assert table(only(file)) == [(f"2026-02-20T{hour}:00:00", 20.2)]


def test_any_other_zone_contradicts_the_head() -> None:
    with pytest.raises(FileRefused) as refused:
        file_of(lines_of([(0, 20_200)], zone="TZUTC-100000|STANDARD|HST"), Declared(tz="+02:00"))
    assert refused.value.code == "contradiction"


@pytest.mark.parametrize("zone", ["TZUTC-040000|DAYLIGHT|EDT", "Eastern", ""])
def test_a_zone_that_proves_no_offset_is_asked_for(zone: str) -> None:
    with pytest.raises(FileRefused) as refused:
        file_of(lines_of([(0, 20_200)], zone=zone), Declared())
    assert refused.value.code == "ambiguous-time-zone"


def test_a_voltage_logger_has_no_temperature() -> None:
    for labels in (("Voltage (V)",), ("Temperature",)):
        with pytest.raises(FileRefused, match="UTYPVOLTAGE") as refused:
            file_of(lines_of([(0, 20_200)], ("UTYPVOLTAGE",), ("UNITVOLTS",), labels), Declared())
        assert refused.value.code == "no-temperature"


def test_two_probes_are_two_channels() -> None:
    kinds, units = ("UTYPTEMPERATURE",) * 2, ("UNITDEGREESF", "UNITDEGREESC")
    file = file_of(lines_of([(0, 41_000)], kinds, units, ("Ambient", "Probe (°C)")), Declared())
    assert [(channel.name, table(channel)) for channel in file.channels] == [
        ("Ambient", expected([(0, 41_000)], Unit.F)),
        ("Probe", expected([(0, 41_000)])),
    ]
    named = file_of(lines_of([(0, 41_000)], kinds, units, ("Ambient", "Probe (°C)")), Declared(column="Probe"))
    assert [channel.name for channel in named.channels] == ["Probe"]


def test_missing_readings_are_noticed_by_the_count() -> None:
    with pytest.raises(FileRefused, match="says 9 readings, and 2 follow") as refused:
        file_of(lines_of([(0, 20_200), (15, 20_300)], count=9), Declared())
    assert refused.value.code == "damaged"


def test_a_damaged_serial_day_is_quarantined() -> None:
    lines = lines_of([(0, 20_200), (15, 20_300), (30, 20_400)])
    lines[-3] = lines[-3].replace(serial_day(15), "4x")
    channel = only(file_of(lines, Declared()))
    assert [row.reason for row in channel.quarantined] == ["clock"]
    assert [value for _, value in table(channel)] == [20.2, 20.4]


def test_an_export_without_readings() -> None:
    for lines in (lines_of([]), ["%DATA MadgeTech Data File  ", "%FORMAT CSV"]):
        with pytest.raises(FileRefused) as refused:
            file_of(lines, Declared())
        assert refused.value.code == "no-readings"


def test_whole_degrees_beside_a_status_byte_are_whole_degrees() -> None:
    lines = [line.replace("+20.200", "+20").replace("+46.5", "+46") for line in lines_of([(0, 20_200), (15, 20_200)])]
    assert [value for _, value in table(only(file_of(lines, Declared())))] == [20.0, 20.0]
