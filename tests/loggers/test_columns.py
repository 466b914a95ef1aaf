"""What a heading says, whatever the serial number in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.loggers.columns import Column, Kind, classify


@pytest.mark.parametrize(
    ("label", "kind", "unit", "serial"),
    [
        ("Temp, °C (LGR S/N: 20881234, SEN S/N: 20881234)", Kind.TEMPERATURE, "C", "20881234"),
        ("Temp, °F (LGR S/N: 10203040)", Kind.TEMPERATURE, "F", "10203040"),
        ("Temperature (°C) S/N: 100005", Kind.TEMPERATURE, "C", "100005"),
        ("Temperature (°C) S/N: 9", Kind.TEMPERATURE, "C", "9"),
        ("Dew point (°C) S/N: 100006", Kind.STATISTIC, "C", "100006"),
        ("RH, % (LGR S/N: 20881234)", Kind.NUMBER, None, "20881234"),
        ("Host Connected (LGR S/N: 20881234)", Kind.EVENT, None, "20881234"),
        ("CO2 S/N: 2", Kind.NUMBER, None, "2"),
        ("ISO8601 S/N: 8601", Kind.TIME, None, "8601"),
        ("Date Time, GMT+01:00", Kind.TIME, None, None),
    ],
)
def test_a_heading_says_what_its_column_is(label: str, kind: Kind, unit: str | None, serial: str | None) -> None:
    (column,) = classify([label])
    assert (column.label, column.kind, column.unit, column.serial) == (label, kind, unit, serial)


@given(
    st.sampled_from(["Temp, °C (LGR S/N: {})", "Temperature (°F) S/N: {}", "RH, % (LGR S/N: {})", "Stopped S/N: {}"]),
    st.from_regex(r"[0-9]{5,12}", fullmatch=True),
)
def test_a_serial_number_changes_nothing_but_itself(heading: str, serial: str) -> None:
    zeros = "0" * len(serial)

    def column(number: str) -> Column:
        (found,) = classify([heading.format(number)])
        return found

    own = column(serial)
    assert own.serial == serial
    assert replace(own, label="", name="", serial=None) == replace(column(zeros), label="", name="", serial=None)
