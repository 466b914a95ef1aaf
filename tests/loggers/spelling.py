"""One export written in the many ways that locales, programs and spreadsheets write it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, LoggerFile, read
from tests.loggers.writing import only, table

Line = str | Sequence[str]
Series = list[int]
"""m°C, one a step of the logger."""


@dataclass(frozen=True)
class Spelling:
    """How a file is written.

    Attributes:
        delimiter: What parts the cells.
        mark: The decimal mark.
        encoding: Of the bytes.
        quoted: Every cell of the table in quotation marks.
        resaved: As a spreadsheet leaves a file: every line filled up to the width of the widest.
        line_end: Between lines.
        ended: Whether the last line has a line end.
    """

    delimiter: str = ","
    mark: str = "."
    encoding: str = "utf-8"
    quoted: bool = False
    resaved: bool = False
    line_end: str = "\n"
    ended: bool = True

    @property
    def parts_decimals(self) -> bool:
        """Whether unquoted commas part cells and decimals."""
        return self.delimiter == "," == self.mark and not self.quoted

    def number(self, milli: int, decimals: int = 3) -> str:
        """A number with its decimals; ``milli`` are thousandths."""
        whole, rest = divmod(abs(milli), 1000)
        return f"{'-' if milli < 0 else ''}{whole}{self.mark}{rest:03d}"[: decimals - 3 or None]

    def written(self, lines: Sequence[Line]) -> bytes:
        """The file: lines of cells, and lines of the head that are written as they are."""
        width = max(len(line) for line in lines if not isinstance(line, str))
        texts = []
        for line in lines:
            if isinstance(line, str):
                filler = self.delimiter * max(width - 1 - line.count(self.delimiter), 0) if self.resaved else ""
                texts.append(line + filler)
            else:
                cells = [*line, *[""] * ((width - len(line)) if self.resaved else 0)]
                texts.append(self.delimiter.join(map(self._cell, cells)))
        text = self.line_end.join(texts) + (self.line_end if self.ended or self.resaved else "")
        return text.encode(self.encoding)

    def _cell(self, cell: str) -> str:
        parted = self.delimiter in cell and not (self.parts_decimals and cell.replace(",", "").lstrip("-").isdigit())
        return f'"{cell}"' if self.quoted or parted else cell


PLAIN = Spelling()
SPELLINGS = st.builds(
    Spelling,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    mark=st.sampled_from([".", ","]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoted=st.booleans(),
    resaved=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    ended=st.booleans(),
)
SERIES = st.lists(st.integers(-40_000, 60_000).map(lambda milli: milli // 100 * 100), min_size=2, max_size=20)
"""Tenths of a degree, as most loggers write."""

NAMED = [
    pytest.param(PLAIN, id="as exported"),
    pytest.param(Spelling(";", ","), id="semicolons and decimal commas"),
    pytest.param(Spelling("\t", ",", "utf-16"), id="tabs in UTF-16"),
    pytest.param(Spelling(",", ".", "cp1252", line_end="\r\n", ended=False), id="cp1252 without a last line end"),
    pytest.param(Spelling(",", ".", "utf-8-sig", quoted=True, line_end="\r\n"), id="all quoted, with a mark"),
    pytest.param(Spelling(",", ".", "utf-8-sig", resaved=True, line_end="\r\n"), id="saved by a spreadsheet"),
    pytest.param(Spelling(";", ",", "cp1252", resaved=True, line_end="\r\n"), id="saved by a German spreadsheet"),
    pytest.param(Spelling(",", ",", quoted=True), id="decimal commas in quotes"),
    pytest.param(Spelling("|", ".", line_end="\r"), id="bars and bare carriage returns"),
]


def must_read_alike(
    export: Callable[[Spelling, Series], Sequence[Line]],
    series: Series,
    spelling: Spelling,
    declared: Declared,
    family: str,
) -> LoggerFile | None:
    """Read an export in some spelling and hold it against the plain one.

    A file whose commas part cells and decimals alike may be asked about; nothing else may.
    """
    plain = read("plain", PLAIN.written(export(PLAIN, series)), declared)
    assert plain.format == family
    assert [round(celsius * 1000) for _, celsius in table(only(plain))] == series
    try:
        file = read("spelled", spelling.written(export(spelling, series)), declared)
    except FileRefused as refused:
        if spelling.parts_decimals and refused.code == "ambiguous-decimal":
            return None
        raise
    assert file.format == family
    assert table(only(file)) == table(only(plain))
    assert only(file).quarantined == ()
    return file
