"""Whatever stands in a layout file or in a file that a layout is held against: an answer or a sentence, no crash."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from coldchain.errors import FileRefused, LayoutError, UsageError
from coldchain.layouts import layout_of_text
from coldchain.layouts.checking import check
from coldchain.layouts.pointing import layout_of, seen
from coldchain.loggers.logger_file import LoggerFile
from tests.loggers.test_learned import ACME, POINTED

LAYOUT = layout_of_text(ACME)
CELLS = st.sampled_from(
    ("01.03.2026 10:00", "32.13.2026 99:99", "4,5", "-", "", "1e999", '"', "NaN", "Wann", "€", "9" * 400, "\t")
)
ROWS = st.lists(st.lists(CELLS, max_size=6).map(" | ".join), max_size=12)
WORDS = st.sampled_from(ACME.replace(",", " ").split())


@given(rows=ROWS, ends=st.sampled_from(("\n", "\r\n", "\r")))
@settings(max_examples=60, deadline=None)
def test_any_rows_under_a_known_heading_are_read_or_refused(rows: list[str], ends: str) -> None:
    content = ends.join(["Wann | Fühler A | Fühler B | Bem", *rows]).encode()
    checked = check(LAYOUT, "x.txt", content)
    assert (checked.file is None) != (checked.refused is None)
    if isinstance(checked.file, LoggerFile):
        assert all(len(channel.at_ms) == len(channel.milli_c) for channel in checked.file.channels)


@given(text=st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join)))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_layout_or_has_problems_at_lines(text: str) -> None:
    lines = [1]
    try:
        layout_of_text(text, "any.yaml")
    except LayoutError as error:
        lines = [problem.line for problem in error.problems]
    assert lines
    assert min(lines) >= 1


@given(lines=ROWS)
@settings(max_examples=60, deadline=None)
def test_any_lines_can_be_pointed_at(lines: list[str]) -> None:
    shown = seen(lines)
    assert shown.heading_line is None or 0 <= shown.heading_line <= len(lines)
    with contextlib.suppress(UsageError, LayoutError, FileRefused):
        assert layout_of(POINTED, lines).width >= 4
