"""GeoPrecision exports: tags and remarks between the rows, housekeeping beside the probes, a count in the footer."""

from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from coldchain.loggers.text import MAX_LINE
from tests.loggers.spelling import NAMED, PLAIN, SERIES, SPELLINGS, Line, Series, Spelling, must_read_alike
from tests.loggers.writing import UTC, only, table, times

GP5W = "Logger: #E50AB1 'PT1000TEMP' - USP_EXP2 - (CGI) Expander for GP5W - (V2.7, Jan 12 2016)"
FG2 = "<FG2 'FG2-SHELL V2.6.9.2' (Apr  5 2018) NOW(UTC):21.03.2026 19:16:43>"


def rows(spelling: Spelling, series: Series) -> list[list[str]]:
    """Every third row with the battery, the others ragged."""
    found = []
    for number, (at, milli) in enumerate(zip(times(len(series), 20), series, strict=True), 1):
        battery = [spelling.number(3_633)] if number % 3 == 1 else []
        found.append([str(number), f"{at:%d.%m.%Y %H:%M:%S}", spelling.number(milli, 1), *battery])
    return found


def gp5w(spelling: Spelling, series: Series) -> list[Line]:
    return [GP5W, ["No", "Time", "#1:oC", "#HK-Bat:V"], *rows(spelling, series)]


def fg2(spelling: Spelling, series: Series, count: int | None = None) -> list[Line]:
    found = [[*row[:3], spelling.number(31_500), *row[3:]] for row in rows(spelling, series)]
    return [
        FG2,
        "<LOGGER: $A5018B>",
        ["NO", "TIME", "#1(oC)", "HK-TEMP(oC)", "HK-BAT(V)"],
        *found[:1],
        "<TIME: 15.03.2026 09:00:00>",
        *found[1:],
        f"<INFO: Decode OK, {len(found) if count is None else count} Lines>",
    ]


@pytest.mark.parametrize("spelling", NAMED)
def test_named_spellings_read_alike(spelling: Spelling) -> None:
    for export in (gp5w, fg2):
        must_read_alike(export, [22_600, -16_500, 2_000, 8_100], spelling, UTC, "geoprecision")


@given(SERIES, SPELLINGS)
def test_every_spelling_reads_alike(series: Series, spelling: Spelling) -> None:
    for export in (gp5w, fg2):
        must_read_alike(export, series, spelling, UTC, "geoprecision")


@given(SERIES, st.lists(st.sampled_from(
    ["<TIME: 15.03.2026 09:00:00>", "<INFO: x>", "(Parameter changed ('E50A4C_20150609132643'))",
     "(Firmware Reset (28.05.2015 23:19:01 (THU)))", "No,Time,#1:oC,#HK-Bat:V", ""]
), max_size=30))  # fmt: skip
def test_tags_and_remarks_may_stand_between_any_rows(series: Series, remarks: list[str]) -> None:
    plain = gp5w(PLAIN, series)
    mixed: list[Line] = plain[:2]
    for remark, row in zip_longest(remarks[: len(plain) - 2], plain[2:]):
        mixed += [remark, row] if remark else [row]
    file = read("x", PLAIN.written(mixed), UTC)
    assert table(only(file)) == table(only(read("x", PLAIN.written(plain), UTC)))
    assert len(file.events) == sum(remark[:1] in ("<", "(") for remark in remarks[: len(plain) - 2])


def test_a_remark_of_any_length_is_read_in_one_go() -> None:
    long = "<downloaded" + " ," * (MAX_LINE // 3) + "|"  # a pattern that tries every place in it takes minutes
    lines = gp5w(PLAIN, [22_600, 22_700])
    file = read("x", PLAIN.written([*lines[:-1], *[long] * 20, lines[-1]]), UTC)
    assert [event.name for event in file.events][-20:] == ["downloaded"] * 20


def test_the_loggers_own_temperature_is_no_probes() -> None:
    file = read("x", PLAIN.written(fg2(PLAIN, [22_600, 22_700])), UTC)
    assert only(file).name == "#1"
    assert file.device.serial == "A5018B"
    assert any("HK-TEMP" in note for note in file.notes)
    lines = [
        GP5W,
        ["No", "Time", "#1:oC", "#2:oC", "#HK-Bat:V", "#HK-Temp:C"],
        ["1", "30.04.2026 16:00:00", "1", "2.5", "3.6", "9.9"],
    ]
    assert [channel.name for channel in read("x", PLAIN.written(lines), UTC).channels] == ["#1", "#2"]


def test_the_serial_number_and_the_program_stand_in_the_first_line() -> None:
    device = read("x", PLAIN.written(gp5w(PLAIN, [22_600, 22_700])), UTC).device
    assert (device.serial, device.model) == ("E50AB1", "PT1000TEMP")


def test_a_count_in_the_footer_that_differs_is_noted() -> None:
    assert not any("footer" in note for note in read("x", PLAIN.written(fg2(PLAIN, [1_000] * 4)), UTC).notes)
    notes = read("x", PLAIN.written(fg2(PLAIN, [1_000] * 4, 5)), UTC).notes
    assert any("the footer says 5 readings and the file holds 4" in note for note in notes)


def test_rows_missing_by_their_own_numbers_are_noted() -> None:
    lines = gp5w(PLAIN, [1_000] * 6)
    del lines[4:6]
    assert any("2 rows are missing" in note for note in read("x", PLAIN.written(lines), UTC).notes)


def test_a_clock_that_was_off_is_noted_and_not_corrected() -> None:
    lines = gp5w(PLAIN, [22_600, 22_700])
    lines.insert(1, "Delta Time: 1341 secs")
    file = read("x", PLAIN.written(lines), UTC)
    assert any("Delta Time 1341 secs" in note for note in file.notes)
    assert table(only(file))[0][0] == "2026-03-14T21:00:00"


def test_words_for_errors_are_quarantined() -> None:
    lines: list[Line] = [GP5W, ["No", "Time", "#1:oC", "#HK-Bat:V"]]
    values = ["1.5", "(NO REPLY)", "(DATA CORRUPT)", "-7.24792e-01", "2E+01"]
    lines += [[str(number), f"28.01.2026 15:4{number}:00", value] for number, value in enumerate(values, 1)]
    channel = only(read("x", PLAIN.written(lines), UTC))
    assert [value for _, value in table(channel)] == [1.5, -0.725, 20.0]
    assert [row.text for row in channel.quarantined] == ["(NO REPLY)", "(DATA CORRUPT)"]


def test_units_that_the_program_did_not_know() -> None:
    lines = fg2(PLAIN, [22_600, 22_700])
    lines[2] = ["NO", "TIME", "#1((unk.))", "HK-TEMP(oC)", "HK-BAT(V)"]
    with pytest.raises(FileRefused) as refused:
        read("x", PLAIN.written(lines), UTC)
    assert refused.value.code == "unknown-unit"
    assert len(only(read("x", PLAIN.written(lines), Declared(tz="UTC", unit="C"))).at_ms) == 2
    lines[2] = ["NO", "TIME", "#1(oC)", "#2((unk.))", "HK-BAT(V)"]
    file = read("x", PLAIN.written(lines), UTC)
    assert only(file).name == "#1"
    assert any("states no unit" in note for note in file.notes)


def test_a_second_table_with_other_columns_is_refused() -> None:
    lines = [*gp5w(PLAIN, [22_600, 22_700]), ["No", "Time", "#1:oC", "#2:oC", "#HK-Bat:V"]]
    with pytest.raises(FileRefused, match="second table") as refused:
        read("x", PLAIN.written(lines), UTC)
    assert refused.value.code == "damaged"


def test_an_export_without_a_row_says_so() -> None:
    for lines in ([GP5W], [GP5W, "No,Time,#1:oC"]):
        with pytest.raises(FileRefused) as refused:
            read("x", "\n".join(lines).encode(), UTC)
        assert refused.value.code == "no-readings"
