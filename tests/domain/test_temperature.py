"""Integer m°C, rounded half away from zero on the decimal text (semantics §1)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.temperature import Unit, format_c, milli_c, milli_c_array, milli_c_of_float


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("8.0", Unit.C, 8000),
        ("4.0625", Unit.C, 4063),
        ("-4.0625", Unit.C, -4063),
        ("4.0615", Unit.C, 4062),  # a binary float of it lies below the tie
        ("-0.8", Unit.C, -800),
        ("+20.2", Unit.C, 20_200),
        ("46.4", Unit.F, 8000),
        ("32", Unit.F, 0),
        ("-40", Unit.F, -40_000),
        ("69.557", Unit.F, 20_865),
        ("273.15", Unit.K, 0),
        ("281.15", Unit.K, 8000),
        ("1e-9999999", Unit.C, 0),
        ("4.0624" + "9" * 1_000_000, Unit.C, 4062),  # a message's worth of decimals, and still no tie
        ("4.0625" + "0" * 1_000_000 + "1", Unit.C, 4063),
        ("-4.0625" + "0" * 1_000_000, Unit.C, -4063),
        ("39.3125" + "0" * 1_000 + "1", Unit.F, 4063),
    ],
    ids=lambda value: str(value)[:20],
)
def test_the_text_decides(text: str, unit: Unit, expected: int) -> None:
    assert milli_c(text, unit) == expected


@pytest.mark.parametrize("text", ["", "--.-", "nan", "inf", "8,0", "8.0 °C", "1e9999999"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|temperature"):
        milli_c(text)


@given(st.integers(-273_150, 2_000_000))
def test_celsius_to_fahrenheit_and_back_is_the_same(value: int) -> None:
    fahrenheit = Fraction(value, 1000) * 9 / 5 + 32  # has at most four decimals: 9/5 of a thousandth
    text = f"{fahrenheit.numerator * 10_000 // fahrenheit.denominator / 10_000:.4f}"
    assert milli_c(text, Unit.F) == value


@given(
    st.lists(
        st.one_of(st.floats(-400, 4000), st.integers(-4_000_000, 4_000_000).map(lambda i: i / 10_000)), min_size=1
    ),
    st.sampled_from(list(Unit)),
)
def test_a_column_is_converted_as_each_of_its_values(values: list[float], unit: Unit) -> None:
    assert milli_c_array(np.array(values), unit).tolist() == [milli_c_of_float(value, unit) for value in values]


@pytest.mark.parametrize(
    ("value", "text"),
    [(8000, "8.0 °C"), (8040, "8.04 °C"), (8001, "8.001 °C"), (-500, "−0.5 °C"), (0, "0.0 °C"), (21_800, "21.8 °C")],
)
def test_a_value_beyond_a_limit_never_reads_as_the_limit(value: int, text: str) -> None:
    assert format_c(value) == text


def test_every_value_of_four_decimals_is_rounded_half_away() -> None:
    """370 of these come out wrong where floats are rounded as they are; −5 to 15 °C, every ten-thousandth."""
    tenths = np.arange(-50_000, 150_001)
    expected = np.sign(tenths) * ((np.abs(tenths) + 5) // 10)
    assert (milli_c_array(tenths / 10_000) == expected).all()


@pytest.mark.parametrize(("text", "expected"), [("1e15", 10**18), ("-1e15", -(10**18)), ("0.0000", 0), ("-0.0", 0)])
def test_the_largest_and_the_smallest_numbers(text: str, expected: int) -> None:
    assert milli_c(text) == expected


def test_beyond_any_temperature_a_number_is_none() -> None:
    with pytest.raises(ValueError, match="no temperature"):
        milli_c("1e16")
