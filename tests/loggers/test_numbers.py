"""Temperatures as loggers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.domain.quality import Fault, SensorRange
from coldchain.domain.temperature import Unit, milli_c
from coldchain.errors import FileRefused
from coldchain.loggers.number_texts import number_of, plain_number
from coldchain.loggers.numbers import Scan, parse_numbers, refuse_lost_decimals, was_cut


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("18.771", "18.771"),
        ("20,865", "20.865"),
        ("20 865", "20.865"),
        ("20\u202f865", "20.865"),
        ("20\xa0865", "20.865"),
        ("-1.756", "-1.756"),
        ("1,756-", "-1.756"),
        ("(1 756)", "-1.756"),
        ("(14.042)", "-14.042"),
        ("−0.8", "-0.8"),
        ("-0,8", "-0.8"),
        ("+26.3", "26.3"),
        ("+ 7.474", "7.474"),
        (" 9.654 ", "9.654"),
        ("20.5 °C", "20.5"),
        ("20.5C", "20.5"),
        ("68 °F", "68"),
        ("-.5", "-0.5"),
        ("5", "5"),
    ],
)
def test_a_number_in_its_style(text: str, plain: str) -> None:
    assert plain_number(text) == plain


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "--5", "-5-", "(-5)", "(5", "1 234,5", "5e3", "0x10", "٣", ".", "NaN"]
)
def test_what_is_no_number_is_never_one(text: str) -> None:
    assert plain_number(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("--.-", Fault.MISSING),
        ("", Fault.MISSING),
        ("null", Fault.MISSING),
        ("NaN", Fault.NOT_A_NUMBER),
        ("inf", Fault.NOT_A_NUMBER),
        ("-127", Fault.SENTINEL),
        ("999.9", Fault.SENTINEL),
        ("127.99", Fault.SENTINEL),
        ("HI", Fault.OUT_OF_RANGE),
        ("-300", Fault.OUT_OF_RANGE),
        ("2000.001", Fault.OUT_OF_RANGE),
        ("5.x", Fault.DAMAGED),
    ],
)
def test_a_text_without_a_temperature_says_why(text: str, fault: Fault) -> None:
    assert number_of(text, Unit.C) is fault


def test_hi_and_lo_are_the_ends_of_a_known_range_only() -> None:
    known = parse_numbers(["HI", "4.0", "LO"], Unit.C, SensorRange(-40_000, 85_000))
    assert known.milli_c.tolist() == [85_000, 4_000, -40_000]
    assert known.clamped == (0, 2)
    assert sorted(parse_numbers(["HI", "4.0", "LO"], Unit.C).faults) == [0, 2]


def each_by_itself(texts: list[str], unit: Unit) -> None:
    """A column read at once is what its texts are one by one."""
    column = parse_numbers(texts, unit)
    singly = [number_of(text, unit) for text in texts]
    assert [value for value, good in zip(column.milli_c.tolist(), column.good.tolist(), strict=True) if good] == [
        value for value in singly if not isinstance(value, Fault)
    ]
    assert column.faults == {row: value for row, value in enumerate(singly) if isinstance(value, Fault)}


@given(st.lists(st.decimals(-90, 120, places=3), min_size=1), st.sampled_from(list(Unit)))
def test_a_plain_column_at_once_is_what_it_is_text_by_text(values: list[Decimal], unit: Unit) -> None:
    each_by_itself([str(value) for value in values], unit)


@given(
    st.lists(st.from_regex(r"[-+]?[0-9]{0,4}[.,]?[0-9]{0,7}", fullmatch=True), min_size=1), st.sampled_from(list(Unit))
)
def test_numbers_of_any_length_with_points_and_commas_side_by_side(texts: list[str], unit: Unit) -> None:
    each_by_itself(texts, unit)


@given(st.lists(st.text("-+.,0123456789 °CFx()\u2212", max_size=10), min_size=1), st.sampled_from(list(Unit)))
def test_also_where_some_texts_are_no_numbers(texts: list[str], unit: Unit) -> None:
    each_by_itself([text.strip() for text in texts], unit)


@given(st.lists(st.sampled_from(["5", "5.0", "12,25", "-1,5", "4.20", "4.2 °C", "71 F", "n/a", ""]), min_size=1))
def test_marks_and_units_are_shown_by_the_first_line_that_has_them(texts: list[str]) -> None:
    scan = Scan.of(range(3, 3 + len(texts)), texts)
    lines = list(enumerate(texts, 3))
    shown = {
        mark: next((line, text) for line, text in lines if mark in text)
        for mark in ".,"
        if any(mark in text for text in texts)
    }
    assert scan.marks == shown
    assert scan.units == {
        unit: next((line, text) for line, text in lines if text.endswith(unit))
        for unit in "CF"
        if any(text.endswith(unit) for text in texts)
    }


def test_a_long_number_is_rounded_on_its_own_text() -> None:
    assert parse_numbers(["4.06249999999999999999", "4.0625"], Unit.C).milli_c.tolist() == [4062, 4063]


STYLES = (
    "{s}{w}.{f}",
    "{s}{w},{f}",
    "{s}{w} {f}",
    "{w},{f}{s}",
    "{p}{w}.{f}{q}",
    "{p}{w} {f}{q}",
    "{s}{w}\xa0{f}",
)


@given(st.integers(-60_000, 60_000), st.sampled_from(STYLES))
def test_every_style_says_the_same(milli: int, style: str) -> None:
    minus = milli < 0
    text = style.format(
        s="-" if minus else "",
        w=abs(milli) // 1000,
        f=f"{abs(milli) % 1000:03d}",
        p="(" if minus else "",
        q=")" if minus else "",
    )
    assert number_of(text, Unit.C) == milli


def test_a_column_shows_its_decimal_mark_and_its_unit() -> None:
    assert Scan.of([3, 4], ["5", "20,5"]).marks == {",": (4, "20,5")}
    assert Scan.of([3, 4], ["5.0", "20.5"]).marks == {".": (3, "5.0")}
    assert Scan.of([3, 4], ["5", "6"]).marks == {}
    assert Scan.of([3], ["20.5 °F"]).units == {"F": (3, "20.5 °F")}


@pytest.mark.parametrize("texts", [["20865", "20174", "6458"], ["69557"], ["467", "1071", "-1756", "0"]])
def test_a_column_that_lost_its_decimals_is_refused(texts: list[str]) -> None:
    with pytest.raises(FileRefused, match="no decimal mark") as refused:
        refuse_lost_decimals("Temp", list(range(len(texts))), texts, Unit.C)
    assert refused.value.code == "ambiguous-decimal"


@pytest.mark.parametrize(
    "texts", [["5", "6", "-18"], ["-127", "4", "5"], ["5", "32767", "6", "32767"], ["-196", "-190"]]
)
def test_whole_degrees_are_temperatures(texts: list[str]) -> None:
    refuse_lost_decimals("Temp", list(range(len(texts))), texts, Unit.C)


def test_a_last_number_with_fewer_decimals_was_cut() -> None:
    assert was_cut(["4.25", "4.50", "4."]) is False  # "4." is no number at all
    assert was_cut(["4.25", "4.50", "4.7"])
    assert not was_cut(["4.25", "4.5", "4.7"])


def test_fahrenheit_and_kelvin_are_exact() -> None:
    assert number_of("69.557", Unit.F) == milli_c("69.557", Unit.F) == 20_865
    assert number_of("281.15", Unit.K) == 8_000
