"""Tables parted by their bytes come out as tables parted row by row, whatever stands in them."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from coldchain.loggers.cells import BLOCK_ROWS, Cells
from coldchain.loggers.grid import Grid, gather_columns, gather_rows
from coldchain.loggers.layout import Layout, find_layout
from coldchain.loggers.logger_file import Channel
from coldchain.loggers.table import interpret
from coldchain.loggers.text import Text, text_of
from tests.loggers.writing import UTC, clock, only, table

HEAD = ("time", "temp_c", "host connected", "sensor", "note")
STAMPS = st.sampled_from(
    ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+02:00", "%d.%m.%Y %H:%M", "%m/%d/%y %I:%M:%S %p", "%d-%b-%Y %H:%M",
     "%H:%M %d/%m/%Y"]
)  # fmt: skip
VALUES = st.one_of(
    st.decimals(-40, 60, places=2).map(str),
    st.sampled_from(
        ["", " 5.25 ", "n/a", "--.-", "NaN", "-127", "999.9", "85", "21.5 °C", "5,5", "1.23456789", "-0.8", "+7.0",
         "(1.5)", "1,756-", "OL", "x y", '"4.5"', '"4,5"', "1e3", "5.", ".5", "−1.5"]
    ),
)  # fmt: skip
EVENTS = st.sampled_from(["", "", "", "Logged", "No", '"Logged"'])
NOTES = st.text(" ab;,#'\"é\\|", max_size=4)
ODD = st.sampled_from(
    ["", " ", "\t", "End of log", "a,b", '"open', "time,temp_c,host connected,sensor,note", ",,,,", ";;;;", "x" * 70]
)
ROWS = st.lists(st.tuples(st.integers(0, 3), VALUES, EVENTS, NOTES, st.none() | ODD), min_size=1, max_size=25)


def written(
    rows: list[tuple[int, str, str, str, str | None]], stamp: str, delimiter: str, quoted: bool, start: int
) -> str:
    """A file of such rows, 10 min apart or as far as they say, around the autumn's repeated hour."""
    at = clock(2026, 10, 24) + timedelta(minutes=start)
    lines = [delimiter.join(HEAD)]
    for skipped, value, event, note, odd in [(0, "5.5", "", "", None), *rows]:
        at += timedelta(minutes=10 * (1 + skipped))
        cells = [at.strftime(stamp), value, event, "fridge", note]
        if quoted:
            cells = [f'"{cell}"' if '"' not in cell else cell for cell in cells]
        lines += [delimiter.join(cells)] + ([] if odd is None else [odd])
    return "\n".join(lines)


def grids(text: Text, layout: Layout) -> tuple[Grid | str | None, Grid | str]:
    found: list[Any] = []
    for gather in (gather_columns, lambda text, layout: gather_rows(text, layout, UTC)):
        try:
            found.append(gather(text, layout))
        except FileRefused as refused:
            found.append(f"{refused.code}: {refused}")
    return found[0], found[1]


def meant(grid: Grid, layout: Layout, declared: Declared) -> Any:
    """What a table is taken to mean, in plain values that compare."""
    try:
        found = interpret(layout, grid, declared)
    except FileRefused as refused:
        return refused.code, str(refused), refused.options
    channels = [[plain(getattr(channel, each.name)) for each in fields(Channel)] for channel in found.channels]
    return channels, found.evidence, found.events, found.notes


def plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


@given(
    ROWS,
    STAMPS,
    st.sampled_from([",", ";", "\t", "|"]),
    st.booleans(),
    st.integers(0, 3000),
    st.tuples(st.booleans(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8-sig", "utf-16", "cp1252"])),
    st.sampled_from([UTC, Declared(tz="Europe/Berlin"), Declared(tz="UTC", date_order="DMY"), Declared()]),
)
def test_a_table_parted_by_its_bytes_is_the_table_parted_row_by_row(
    rows: list[tuple[int, str, str, str, str | None]],
    stamp: str,
    delimiter: str,
    quoted: bool,
    start: int,
    form: tuple[bool, str, str],
    declared: Declared,
) -> None:
    ends_cleanly, line_end, encoding = form
    content = (written(rows, stamp, delimiter, quoted, start) + "\n" * ends_cleanly).replace("\n", line_end)
    text = text_of(content.encode(encoding, "replace"))
    layout = find_layout(text.lines)
    if layout is None:
        return
    quick, slow = grids(text, layout)
    if quick is None:
        return  # left to the other way
    if isinstance(quick, str) or isinstance(slow, str):
        assert quick == slow
        return
    assert [list(quick.column(i)) for i in range(len(quick.columns))] == [
        list(slow.column(i)) for i in range(len(slow.columns))
    ]
    assert list(quick.lines) == list(slow.lines)
    assert (quick.beyond, quick.rejoined, quick.ends_open, quick.cut) == (
        slow.beyond, slow.rejoined, slow.ends_open, slow.cut,
    )  # fmt: skip
    assert meant(quick, layout, declared) == meant(slow, layout, declared)


@pytest.mark.parametrize(
    "body",
    [
        "2026-03-14 21:00,5.1,,\n\n2026-03-14 21:15,5.2,,\n",
        "2026-03-14 21:00,5.1,,\n2026-03-14 21:15,5.2,\n",
        "2026-03-14 21:00,5.1,,,glued\n2026-03-14 21:15,5.2,,\n",
        '2026-03-14 21:00,5.1,,"a"\n2026-03-14 21:15,"5.2",,"a,b"\n',
        '2026-03-14 21:00,5.1,,6" shelf of 8"\n',
        "2026-03-14 21:00,5.1,,\nEnd of log\n",
        "2026-03-14 21:00,5.1,,\n2026-03-14 21:15,5",
    ],
)
def test_odd_lines_do_not_send_the_others_the_slow_way(body: str) -> None:
    text = text_of(("time,temp_c,host connected,note\n" + body).encode())
    layout = find_layout(text.lines)
    assert layout is not None
    quick, slow = grids(text, layout)
    assert isinstance(quick, Grid)
    assert isinstance(slow, Grid)
    assert [list(cells) for cells in quick.columns] == [[cell.strip() for cell in cells] for cells in slow.columns]
    assert (list(quick.lines), quick.beyond, quick.cut) == (list(slow.lines), slow.beyond, slow.cut)


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("commas may part decimals", "2026-03-14 21:00,5,1,\n2026-03-14 21:15,5,2,\n"),
        ("no value shows a point", "2026-03-14 21:00,5,,\n2026-03-14 21:15,5,,\n"),
        ("a cell runs over two lines", '2026-03-14 21:00,5.1,,"a\nb"\n'),
    ],
)
def test_what_lines_alone_do_not_tell_is_parted_row_by_row(why: str, body: str) -> None:
    text = text_of(("time,temp_c,host connected,note\n" + body).encode())
    layout = find_layout(text.lines)
    assert layout is not None
    assert gather_columns(text, layout) is None, why


def large(count: int) -> bytes:
    rows = [
        f"{clock(2026, 1, 1) + timedelta(minutes=i):%Y-%m-%d %H:%M:%S};{4 + i % 40 / 10:.1f}\n" for i in range(count)
    ]
    rows[count // 2] = "2026-01-01 00:00:00;n/a;here\n"
    return ("time;temp_c\n" + "".join(rows)).encode()


def test_a_file_of_several_blocks_is_read_to_its_last_row() -> None:
    count = BLOCK_ROWS + 10
    channel = only(read("x.csv", large(count), UTC))
    assert len(channel.at_ms) == count - 1
    assert table(channel)[-1] == (f"{clock(2026, 1, 1) + timedelta(minutes=count - 1):%Y-%m-%dT%H:%M:%S}",
                                  4 + (count - 1) % 40 / 10)  # fmt: skip
    assert channel.lines.tolist()[-1] == count + 1
    (quarantined,) = channel.quarantined
    assert (quarantined.line, quarantined.text) == (count // 2 + 2, "n/a")


@given(st.lists(st.text(" \tabé7", max_size=6), min_size=1))
def test_cells_are_texts_without_the_blanks_around_them(texts: list[str]) -> None:
    cells = Cells.of(texts)
    assert list(cells) == list(cells.tidied()) == [text.strip() for text in texts]
    assert numbered(cells) == [text.strip() for text in texts]


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.booleans()), min_size=1))
def test_texts_that_stand_elsewhere_are_told_apart_too(rows: list[tuple[str, bool]]) -> None:
    inside = Cells.of(["" if elsewhere else text for text, elsewhere in rows])
    others = {row: text for row, (text, elsewhere) in enumerate(rows) if elsewhere}
    assert numbered(Cells(inside.data, inside.before, inside.end, others)) == [text for text, _ in rows]


def numbered(cells: Cells) -> list[str]:
    """A column's texts by their numbers."""
    names, which = cells.numbered()
    return [names[number] for number in which.tolist()]
