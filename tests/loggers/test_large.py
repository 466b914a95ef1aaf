"""Large tables go another way in and come out the same."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.loggers import read
from coldchain.loggers.grid import LARGE_LINES, Grid, gather_rows
from coldchain.loggers.large import gather_large
from coldchain.loggers.layout import find_layout
from coldchain.loggers.text import text_of
from tests.loggers.writing import UTC, clock, only, table

HEAD = "time{d}temp_c{d}host connected{d}note\n"
CELLS = st.sampled_from(
    ["5.1", "-0.8", "", "NaN", "--.-", " 4.25 ", "-127", "7", "1e3", "nan", "NA", "null", "None", "5,1", "#", "'"]
)
ROWS = st.lists(
    st.tuples(st.integers(0, 5000), CELLS, st.sampled_from(["", "Logged"]), st.text("ab,;#'\\ é", max_size=3)),
    min_size=1,
    max_size=30,
)


def both_ways(content: str) -> tuple[Grid | None, Grid]:
    text = text_of(content.encode())
    layout = find_layout(text.lines)
    assert layout is not None
    return gather_large(text, layout), gather_rows(text, layout, UTC)


@given(ROWS, st.sampled_from([",", ";", "\t"]), st.booleans(), st.booleans())
def test_the_quick_way_parts_the_cells_as_the_slow_one(
    rows: list[tuple[int, str, str, str]], delimiter: str, ends: bool, crlf: bool
) -> None:
    lines = [
        delimiter.join(
            (
                f"{clock(2026, 1, 1) + timedelta(minutes=minute):%Y-%m-%d %H:%M}",
                value,
                event,
                note.replace(delimiter, ""),
            )
        )
        for minute, value, event, note in [(0, "5.5", "", ""), *rows]
    ]
    content = HEAD.format(d=delimiter) + "\n".join(lines) + ("\n" if ends else "")
    quick, slow = both_ways(content.replace("\n", "\r\n") if crlf else content)
    if quick is not None:
        assert [list(cells) for cells in quick.columns] == [list(cells) for cells in slow.columns]
        assert list(quick.lines) == list(slow.lines)
        assert (quick.beyond, quick.rejoined, quick.ends_open, quick.cut) == (
            slow.beyond,
            slow.rejoined,
            slow.ends_open,
            slow.cut,
        )


@pytest.mark.parametrize(
    "body",
    [
        "2026-03-14 21:00,5.1,,\n\n2026-03-14 21:15,5.2,,\n",
        "2026-03-14 21:00,5.1,,\n2026-03-14 21:15,5.2,\n",
        "2026-03-14 21:00,5.1,,,\n2026-03-14 21:15,5.2,,\n",
        '2026-03-14 21:00,5.1,,"a"\n',
        "2026-03-14 21:00,5,1,\n2026-03-14 21:15,5,2,\n",
    ],
)
def test_what_is_irregular_is_left_to_the_slow_way(body: str) -> None:
    text = text_of((HEAD.format(d=",") + body).encode())
    layout = find_layout(text.lines)
    assert layout is not None
    assert gather_large(text, layout) is None


def large(count: int) -> bytes:
    rows = (
        f"{clock(2026, 1, 1) + timedelta(minutes=i):%Y-%m-%d %H:%M:%S};{4 + i % 40 / 10:.1f}\n" for i in range(count)
    )
    return ("time;temp_c\n" + "".join(rows)).encode()


def test_a_large_file_is_read_to_its_last_row() -> None:
    channel = only(read("x.csv", large(LARGE_LINES + 10), UTC))
    assert len(channel.at_ms) == LARGE_LINES + 10
    assert table(channel)[-1] == ("2026-01-21T20:09:00", 4.9)
    assert channel.lines.tolist()[-1] == LARGE_LINES + 11


def test_only_a_large_file_loads_pandas(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(large(2_000))
    program = (
        "import sys; from pathlib import Path; from coldchain.loggers import read, Declared;"
        "read('x', Path(sys.argv[1]).read_bytes(), Declared(tz='UTC')); sys.exit('pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "x.csv")], check=True)
