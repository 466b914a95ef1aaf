"""Every format in every style that a computer may write it in: the same readings, or a question; never others."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from tests.loggers.layouts.formats import LAYOUTS
from tests.loggers.layouts.style import HALVES, Layout, Reading, Style, as_read
from tests.loggers.writing import clock

QUESTIONS = {"ambiguous-decimal", "ambiguous-date-order", "ambiguous-time-zone", "unknown-unit", "contradiction"}
"""What a person can answer, or export again; the other codes would mean that a file was not understood."""

VALUES = [5_000, -18_500, 8_500, -500, 2_000, 2_500, 3_000, 4_500, 5_000, 5_500, 6_000, 500, 1_000, 0, 25_500, 9_000]
SERIES = [(clock(2026, 3, 14, 21) + timedelta(minutes=15 * n), milli) for n, milli in enumerate(VALUES)]

STYLES = {
    "as exported": Style(),
    "semicolons and decimal commas": Style(";", ","),
    "tabs": Style("\t"),
    "bars and decimal commas": Style("|", ","),
    "decimal commas unquoted between commas": Style(",", ","),
    "decimal commas in quotes": Style(",", ",", quoted=True),
    "minus behind": Style(minus="{}-"),
    "minus as brackets": Style(minus="({})"),
    "a mathematician's minus": Style(minus="−{}"),
    "days first": Style(date="%d/%m/%Y"),
    "days first, points, two digits": Style(date="%d.%m.%y"),
    "months first": Style(date="%m/%d/%Y"),
    "months first with points": Style(date="%m.%d.%y"),
    "years first": Style(date="%Y-%m-%d"),
    "years first, two digits": Style(date="%y/%m/%d"),
    "AM and PM": Style(halves="en"),
    "AM and PM in Spanish": Style(halves="es", date="%d/%m/%Y"),
    "AM and PM in Czech": Style(";", ",", halves="cs", date="%d.%m.%Y"),
    "AM and PM in Korean": Style(halves="ko"),
    "AM and PM in Greek": Style(halves="el"),
    "Fahrenheit": Style(fahrenheit=True),
    "Fahrenheit with decimal commas": Style(";", ",", fahrenheit=True),
    "units in the cells": Style(beside=True),
    "units in the cells, Fahrenheit": Style(";", beside=True, fahrenheit=True),
    "a byte order mark": Style(encoding="utf-8-sig"),
    "UTF-16": Style("\t", encoding="utf-16"),
    "CRLF": Style(line_end="\r\n"),
    "bare carriage returns, the last one missing": Style(line_end="\r", ended=False),
    "one more column": Style(more=True),
    "columns in another order": Style(swapped=True),
    "columns in another order, one more, semicolons": Style(";", ",", swapped=True, more=True),
    "newest first": Style(newest_first=True),
}

ANY_STYLE = st.builds(
    Style,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    mark=st.sampled_from([".", ","]),
    minus=st.sampled_from(["-{}", "{}-", "({})", "−{}"]),
    date=st.sampled_from(["", "%d/%m/%Y", "%d.%m.%y", "%m/%d/%Y", "%m-%d-%y", "%Y-%m-%d", "%Y/%m/%d", "%d-%b-%Y"]),
    halves=st.sampled_from(["", "", *HALVES]),
    fahrenheit=st.booleans(),
    beside=st.booleans(),
    more=st.booleans(),
    swapped=st.booleans(),
    newest_first=st.booleans(),
    quoted=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    ended=st.booleans(),
)
ANY_SERIES = st.builds(
    lambda step, day, values: [
        (clock(2026, 3, day, 21) + timedelta(minutes=step * n), milli * 500) for n, milli in enumerate(values)
    ],
    step=st.sampled_from([5, 15, 30, 60, 120]),
    day=st.integers(1, 27),
    values=st.lists(st.integers(-60, 110), min_size=2, max_size=30),
)


def understood(layout: Layout, style: Style, series: list[Reading]) -> LoggerFile | FileRefused:
    """What is made of a file: its readings, or a question; anything else fails."""
    found = read_or_refused_bytes(layout.content(style, series), layout.declared)
    if isinstance(found, FileRefused):
        headless = layout.family in ("tomst", "elitech")  # nothing but its rows tells what it is
        assert found.code in QUESTIONS | ({"unknown-format"} if headless else set()), (found.code, str(found))
    return found


def read_or_refused_bytes(content: bytes, declared: Declared) -> LoggerFile | FileRefused:
    try:
        return read("x", content, declared)
    except FileRefused as refused:
        return refused


def must_hold(layout: Layout, style: Style, series: list[Reading], file: LoggerFile) -> None:
    """The file holds these readings and no others."""
    expected = sorted((ms(at), as_read(layout.styled(style), milli)) for at, milli in series)
    assert file.format == layout.family
    (channel,) = file.channels
    assert sorted(zip(channel.at_ms.tolist(), channel.milli_c.tolist(), strict=True)) == expected
    assert [row for row in channel.quarantined if row.text != "unavailable"] == []


def ms(at: object) -> int:
    return int((at - clock(1970, 1, 1)) / timedelta(milliseconds=1))  # type: ignore[operator]


@pytest.mark.parametrize("name", LAYOUTS)
def test_named_styles_read_alike_or_ask_and_most_read(name: str) -> None:
    layout, read_alike, asked = LAYOUTS[name], set(), {}
    for style_name, style in STYLES.items():
        found = understood(layout, style, SERIES)
        if isinstance(found, FileRefused):
            asked[style_name] = found.code
        else:
            must_hold(layout, style, SERIES, found)
            read_alike.add(layout.content(style, SERIES))
    assert len(read_alike) >= 6, asked


@settings(max_examples=5)
@given(style=ANY_STYLE, series=ANY_SERIES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_any_style_reads_alike_or_asks(name: str, style: Style, series: list[Reading]) -> None:
    found = understood(LAYOUTS[name], style, series)
    if isinstance(found, LoggerFile):
        must_hold(LAYOUTS[name], style, series, found)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_question_about_dates_can_be_answered(name: str) -> None:
    """One morning on a day that both orders have: nothing decides."""
    layout = LAYOUTS[name]
    series = [(clock(2026, 3, 4, 8) + timedelta(minutes=15 * n), milli) for n, milli in enumerate(VALUES[:8])]
    style = Style(date="%d/%m/%y")
    found = understood(layout, style, series)
    if isinstance(found, FileRefused):
        assert found.code == "ambiguous-date-order"
        assert "--date-order DMY" in found.options
        declared = replace(layout.declared, date_order="DMY")
        found = read("x", layout.content(style, series), declared)
    must_hold(layout, style, series, found)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_unit_that_a_file_states_is_not_overruled(name: str) -> None:
    layout = LAYOUTS[name]
    if layout.declared.unit or name == "tomst":
        return  # it states none
    with pytest.raises(FileRefused) as refused:
        read("x", layout.content(Style(), SERIES), replace(layout.declared, unit="F"))
    assert refused.value.code == "contradiction"


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_a_file_does_not_state_is_asked(name: str) -> None:
    layout = LAYOUTS[name]
    declared = Declared(unit=layout.declared.unit)
    content = layout.content(Style(), SERIES)
    if layout.utc or not layout.declared.tz:
        assert read("x", content, declared).channels
        return
    with pytest.raises(FileRefused) as refused:
        read("x", content, declared)
    assert refused.value.code == "ambiguous-time-zone"
