"""HOBOmobile: a serial number above the heading, ``*F``, cells of one blank, a comma at every row's end."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.temperature import Unit
from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.exporting import SERIES, Series, at, expected, number
from tests.loggers.writing import only, table


def content_of(
    series: Series,
    stamp: str = "%m/%d/%y %I:%M:%S %p",
    unit: str = "*F",
    zone: str = "GMT +05:00",
    mark: str = ".",
    delimiter: str = ",",
    numbered: bool = False,
    end: str = "\r\n",
) -> bytes:
    """The head with LF, the body with another line end; a row of an event after the first reading."""
    labels = [f"Temp, ({unit})", "RH, (%)", "Coupler Attached", "Host Connected", "End of File"]
    quoted = delimiter.join(['"#"'] * numbered + [f"Date Time - {zone}", *(f'"{label}"' for label in labels)])

    def row(index: int, moment: datetime, *cells: str) -> str:
        cells = tuple(f'"{cell}"' if delimiter in cell else cell for cell in cells)
        return delimiter.join([*([str(index)] if numbered else []), moment.strftime(stamp), *cells, "", ""]) + end

    rows = []
    for index, (minutes, milli) in enumerate(series, 1):
        rows.append(row(index, at(minutes), number(milli, mark), f"45{mark}2", " ", " "))
        if index == 1:
            rows.append(row(index, at(minutes) + timedelta(seconds=20), " ", " ", " ", "Logged"))
    return (f"Serial Number:20881234 --\n\n{quoted}\n" + "".join(rows)).encode()


@given(
    SERIES,
    st.sampled_from(
        ["%m/%d/%y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%y %H:%M"]
    ),
    st.sampled_from([("*F", Unit.F), ("*C", Unit.C), ("°C", Unit.C), ("°F", Unit.F)]),
    st.sampled_from(["GMT +00:00", "GMT+00:00", "UTC +00:00"]),
    st.sampled_from([(".", ","), (",", ","), (",", ";"), (".", "\t")]),
    st.booleans(),
    st.sampled_from(["\r\n", "\n"]),
)
def test_every_variant_reads_alike(
    series: Series,
    stamp: str,
    unit: tuple[str, Unit],
    zone: str,
    style: tuple[str, str],
    numbered: bool,
    end: str,
) -> None:
    written, meant = unit
    content = content_of(series, stamp, written, zone, *style, numbered, end)
    asked = Declared(date_order="DMY" if stamp == "%d/%m/%y %H:%M" else "MDY" if stamp.startswith("%m/%d/%y") else None)
    file = read("x", content, asked)
    assert table(only(file)) == expected(series, meant)
    assert only(file).quarantined == ()


def test_the_heading_names_zone_unit_and_serial_number() -> None:
    file = read("x", content_of([(0, 41_000), (15, 41_200)]), Declared())
    assert (file.format, file.device.serial) == ("hobomobile", "20881234")
    assert (file.evidence["time_zone"].value, file.evidence["time_zone"].source) == ("+05:00", "header")
    assert (file.evidence["unit"].value, file.evidence["unit"].source) == ("F", "header")
    assert table(only(file))[0] == ("2026-02-19T19:00:00", 5.0)
    assert [(event.name, event.line) for event in file.events] == [("Host Connected", 5)]


def test_a_phone_in_another_zone_than_the_site_is_said() -> None:
    file = read("x", content_of([(0, 41_000), (15, 41_200)]), Declared(site_tz="America/New_York"))
    assert file.evidence["time_zone"].value == "+05:00"
    assert "America/New_York" in file.evidence["time_zone"].note


def test_an_export_without_rows() -> None:
    with pytest.raises(FileRefused) as refused:
        read("x", content_of([]), Declared())
    assert refused.value.code == "no-readings"
