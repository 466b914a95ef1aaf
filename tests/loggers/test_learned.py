"""Learned layouts: what they recognise, what they declare and how that is shown, what they never do."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused, LayoutError, UsageError
from coldchain.layouts import find_layouts, layout_of_text
from coldchain.layouts.checking import check, known_already
from coldchain.layouts.pointing import Pointed, answered, layout_of, seen
from coldchain.layouts.writing import layout_text
from coldchain.loggers import Declared, read
from coldchain.loggers.learned import LearnedLayout, LearnedTemperature
from tests.loggers.writing import hobo_head, table

ACME = """\
schema: coldchain.layout/1
name: acme
title: ACME refrigerator monitor
recognise: {delimiter: pipe, heading: [Wann, Fühler A, Fühler B, Bem]}
times: {columns: [Wann], date_order: DMY, zone: Europe/Berlin}
temperatures:
  - {column: Fühler A, unit: C}
  - {column: 3, unit: F, name: door}
serial: {after: "Serial:"}
events: [Bem]
"""
FILE = """\
ACME unit
Serial: A-77; rev 2
Wann | Fühler A | Fühler B | Bem
01.03.2026 10:00 | 4,5 | 39,2 |
01.03.2026 10:05 | 4,6 | 41,0 |
01.03.2026 10:07 |     |      | door open
01.03.2026 10:10 | --  | 39,2 |
"""


def acme(text: str = ACME) -> LearnedLayout:
    return layout_of_text(text, "acme.yaml")


def by(*layouts: LearnedLayout, **said: str) -> Declared:
    return Declared(layouts=layouts, **said)


def refused(text: str, declared: Declared) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read("x.txt", text.encode(), declared)
    return caught.value


def test_a_file_of_no_known_family_is_read_by_the_layout_that_fits() -> None:
    assert refused(FILE, Declared()).code == "unknown-format"
    file = read("x.txt", FILE.encode(), by(acme()))
    assert (file.format, file.device.serial, file.device.model) == ("layout:acme", "A-77", "ACME refrigerator monitor")
    assert [channel.name for channel in file.channels] == ["Fühler A", "door"]
    assert table(file.channels[0]) == [("2026-03-01T09:00:00", 4.5), ("2026-03-01T09:05:00", 4.6)]
    assert [milli for _, milli in table(file.channels[1])] == [4.0, 5.0, 4.0]
    assert [row.reason for row in file.channels[0].quarantined] == ["missing"]
    assert [event.line for event in file.events] == [6]


def test_what_a_layout_declares_shows_with_its_name_and_hash_and_what_the_file_proves_does_not() -> None:
    layout = acme()
    evidence = read("x.txt", FILE.encode(), by(layout)).evidence
    word = f"by the layout acme, SHA-256 {layout.sha256[:12]}"
    assert {name: (one.value, one.source, word in one.note) for name, one in evidence.items()} == {
        "time_zone": ("Europe/Berlin", "declared", True),
        "unit": ("C and F", "declared", True),
        "date_order": ("DMY", "declared", True),
        "decimal": (",", "column", False),
    }


@pytest.mark.parametrize(
    ("change", "said", "code", "says"),
    [
        (("01.03.2026", "13.01.2026"), {"date_order": "MDY"}, "contradiction", "the layout acme says DMY"),
        (("", ""), {"tz": "UTC"}, "contradiction", "the layout acme says Europe/Berlin"),
        (("", ""), {"unit": "K"}, "contradiction", "the layout acme says C"),
        (("01.03.2026", "03/25/2026"), {}, "contradiction", "prove MDY"),
        (("Fühler A | Fühler B", "Fühler B | Fühler A"), {}, "unknown-format", "no format known"),
        (("| Bem", ""), {}, "unknown-format", "no format known"),
    ],
)  # fmt: skip
def test_a_layout_never_beats_what_a_file_or_a_person_says(
    change: tuple[str, str], said: dict[str, str], code: str, says: str
) -> None:
    error = refused(FILE.replace(*change), by(acme(), **said))
    assert (error.code, says in str(error)) == (code, True), error


def test_a_heading_that_names_its_unit_contradicts_a_layout_that_says_another() -> None:
    text = ACME.replace("Fühler A", "Fühler A °F")
    assert "states F" in str(refused(FILE.replace("Fühler A", "Fühler A °F"), by(acme(text))))


def test_what_a_layout_leaves_open_is_asked() -> None:
    open_layout = acme(ACME.replace(", date_order: DMY, zone: Europe/Berlin", "").replace(", unit: C", ""))
    error = refused(FILE, by(open_layout))
    assert (error.code, error.options) == ("unknown-unit", ("--unit C", "--unit F"))
    settled = answered(answered(open_layout, "unit", "C"), "date_order", "MDY")
    assert refused(FILE, by(settled)).code == "ambiguous-time-zone"
    file = read("x.txt", FILE.encode(), by(answered(settled, "tz", "+02:00")))
    assert table(file.channels[0])[0] == ("2026-01-03T08:00:00", 4.5)


def test_two_layouts_that_both_fit_are_asked_about() -> None:
    other = acme(ACME.replace("name: acme\n", "name: other\n").replace("DMY", "MDY"))
    error = refused(FILE, by(acme(), other))
    assert (error.code, error.options) == ("ambiguous-layout", ("--layout acme", "--layout other"))
    chosen = read("x.txt", FILE.encode(), by(acme(), other, layout="other"))
    assert chosen.format == "layout:other"
    assert refused(FILE.replace("Wann", "Quando"), by(acme(), other, layout="other")).code == "contradiction"


def test_a_layout_never_overrides_a_known_family() -> None:
    hobo = "\n".join([hobo_head(), *(f"{n},03/14/26 09:{n:02d}:00 PM,4.{n}" for n in range(1, 9)), ""])
    heading = next(line for line in hobo.splitlines() if "Temp" in line)
    cells = [cell.strip('"') for cell in heading.split('","')]
    assert known_already(hobo.encode()) == "hoboware"
    assert known_already(FILE.encode()) is None
    assert cells
    assert read("x.csv", hobo.encode(), by(acme())).format == "hoboware"


def test_a_table_without_a_heading_is_known_by_its_width_and_its_times() -> None:
    text = ACME.replace("heading: [Wann, Fühler A, Fühler B, Bem]", "columns: 4").replace("[Wann]", "[1]")
    text = text.replace("Fühler A", "2").replace("[Bem]", "[4]")
    rows = "".join(f"{line}\n" for line in FILE.splitlines()[3:])
    file = read("x.txt", rows.encode(), by(acme(text)))
    assert [channel.name for channel in file.channels] == ["column 2", "door"]
    assert refused("a|b|c|d\n", by(acme(text))).code == "unknown-format"


def test_dates_and_times_of_day_may_stand_in_two_columns_and_units_below_the_heading() -> None:
    layout = acme(
        """\
schema: coldchain.layout/1
name: two
recognise: {delimiter: semicolon, heading: [Tag, Std, K1], below_heading: 1}
times: {columns: [Tag, Std], zone: UTC}
temperatures: [{column: K1, unit: C}]
decimal: ","
"""
    )
    text = "Tag;Std;K1\nd;h;Grad\n2026-03-01;10:00;5\n2026-03-01;10:05;6\n"
    file = read("x.txt", text.encode(), by(layout))
    assert table(file.channels[0]) == [("2026-03-01T10:00:00", 5.0), ("2026-03-01T10:05:00", 6.0)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("coldchain.layout/1", "coldchain.layout/2"), ":1:9: schema: unknown schema"),
        (("title", "titel"), ":3:1: layout: unknown key 'titel'; did you mean 'title'?"),
        (("pipe", "dot"), ":4:24: delimiter: unknown delimiter 'dot'"),
        (("heading: [Wann, Fühler A, Fühler B, Bem]", "below_heading: 1"), "write the heading's cells"),
        (("[Wann]", "[Quando]"), ":5:1: times: there is no column 'Quando'"),
        (("[Wann]", "[Wann, 2, 3]"), ":5:9: times: one column of dates with times, or two"),
        (("Europe/Berlin", "CET"), ":5:49: zone: the time zone 'CET' is not known"),
        (("column: 3", "column: 9"), ":6:1: temperatures: there is no column '9'"),
        (("column: 3", "column: 2"), "column 2 is named twice"),
        (("unit: F", "unit: R"), "unknown unit 'R'"),
        (("{after: \"Serial:\"}", "{}"), "serial: write either column or after"),
        (("name: acme", f"name: {'a' * 31}"), "at most 30 characters"),
        (("[Bem]", "[Bem"), "not readable as YAML"),
        (("events:", "name: twice\nevents:"), "'name' is given twice: first on line 2"),
    ],
)  # fmt: skip
def test_every_problem_of_a_layout_file_stands_at_its_line(change: tuple[str, str], says: str) -> None:
    assert change[0] in ACME
    with pytest.raises(LayoutError) as caught:
        acme(ACME.replace(*change))
    assert says in str(caught.value)


def test_a_heading_that_stands_twice_is_named_by_its_number() -> None:
    text = ACME.replace("[Wann, Fühler A, Fühler B, Bem]", "[Wann, T, T, Bem]")
    with pytest.raises(LayoutError, match="2 columns are headed 'T'; write the column's number"):
        acme(text.replace("Fühler A", "T"))
    assert [one.index for one in acme(text.replace("Fühler A", "2")).temperatures] == [1, 2]


def test_a_number_is_a_columns_number_whatever_is_headed_so() -> None:
    text = ACME.replace("[Wann, Fühler A, Fühler B, Bem]", "[Wann, Fühler A, Bem, '3']").replace("[Bem]", "['4']")
    layout = acme(text)
    assert ([one.index for one in layout.temperatures], layout.events) == ([1, 2], (3,))


def test_a_folder_of_layouts_names_all_their_problems(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(ACME, encoding="utf-8")
    assert [one.name for one in find_layouts([tmp_path])] == ["acme"]
    (tmp_path / "b.yaml").write_text(ACME.replace("DMY", "MDY"), encoding="utf-8")
    (tmp_path / "c.yaml").write_text("name: c", encoding="utf-8")
    with pytest.raises(LayoutError) as caught:
        find_layouts([tmp_path, tmp_path / "nothing.yaml"])
    said = str(caught.value)
    assert "also that of" in said
    assert "c.yaml:1:1" in said
    assert "nothing.yaml:1:1: cannot be read" in said


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20).map(
    lambda text: " ".join(text.strip().strip('"').split())
)


@given(
    heading=st.lists(words, min_size=3, max_size=6),
    title=words,
    unit=st.sampled_from([None, "C", "F", "K"]),
    decimal=st.sampled_from([None, ".", ","]),
    order=st.sampled_from([None, "DMY", "MDY", "YMD"]),
)
def test_a_layout_that_is_written_reads_back_as_itself(
    heading: list[str], title: str, unit: str | None, decimal: str | None, order: str | None
) -> None:
    if not any(heading) or any("\x85" in cell or "\ufeff" in cell for cell in (*heading, title)):
        return
    layout = LearnedLayout(
        "any", title, ";", tuple(heading), len(heading), (0,), (LearnedTemperature(1, unit),), zone="UTC",
        date_order=order, decimal=decimal,
    )  # fmt: skip
    again = layout_of_text(layout_text(layout), "any.yaml")
    assert replace(again, text="", sha256="") == layout


# --- pointing -------------------------------------------------------------------------------------------------------

POINTED = Pointed("acme", "|", 3, (1,), ((2, "C"), (3, "F")), events=(4,), date_order="DMY", zone="UTC")


def test_what_a_file_shows_by_itself_is_offered_and_nothing_else() -> None:
    shown = seen(FILE.splitlines())
    assert (shown.delimiter, shown.heading_line, shown.temperatures) == ("|", 3, ())
    assert seen("a;b\n2026-03-01 10:00;5\n2026-03-01 10:05;6\n".splitlines()).times == (1,)
    assert seen("Zeit;T °C\n2026-03-01 10:00;5\n".splitlines()).temperatures == ((2, "C"),)
    assert seen("2026-03-01 10:00;5\n".splitlines()).heading_line == 0
    assert seen(["nothing", "at all"]).delimiter is None
    both = seen("a;b\n2026-03-01 10:00;2026-03-01 11:00\n2026-03-01 10:05;2026-03-01 11:05\n".splitlines())
    assert both.times == ()


def test_pointing_gives_a_layout_that_reads_the_whole_file() -> None:
    layout = layout_of(POINTED, FILE.splitlines())
    assert check(layout, "x.txt", FILE.encode()).sound
    assert layout_of_text(layout.text) == layout


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"heading_line": 9}, "there is no line 9 among the first 7"),
        ({"times": ()}, "point at one column of dates"),
        ({"temperatures": ()}, "point at one column of temperatures"),
        ({"events": (3,)}, "column 3 is pointed at twice"),
        ({"serial_column": 7}, "there is no column 7: the table has 4"),
        ({"heading_line": 0, "times": (2,)}, "no line states a time in that column"),
    ],
)
def test_pointing_wrongly_is_said(change: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        layout_of(replace(POINTED, **change), FILE.splitlines())  # type: ignore[arg-type]


def test_rows_that_a_layout_cannot_explain_are_named() -> None:
    layout = layout_of(POINTED, FILE.splitlines())
    odd = FILE + "Summary | 3 | 5 | \n01.03.2026 10:15 | warm | 39,2 |\n01.03.2026 10:20 | 4,5 | 39,2 | | 7\n"
    checked = check(layout, "x.txt", odd.encode())
    assert [(row.line, row.reason) for row in checked.unexplained] == [
        (8, "it states no time"),
        (9, "it states no number"),
    ]
    assert checked.beyond == 1
    assert not checked.sound
