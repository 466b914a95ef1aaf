"""What is mutated: a file of every format in several styles, and real exports where they are at hand."""

from datetime import timedelta
from functools import cache
from pathlib import Path

from tests.loggers.layouts.formats import LAYOUTS
from tests.loggers.layouts.style import Style
from tests.loggers.test_berlinger import GENUINE, Q_TAG
from tests.loggers.writing import a_day, clock, fridge_tag

_STYLES = (
    Style(), Style(";", ","), Style(",", ","), Style("\t", encoding="utf-16"), Style(halves="en", minus="({})"),
    Style(date="%d/%m/%y", fahrenheit=True, line_end="\r\n"),
)  # fmt: skip
_SUMMARY = b"Date,Time,Min,Max\n29/10/2025,00:00,3.28,3.3\n29/10/2025,01:00,3.1,9.25\n29/10/2025,02:00,-0.5,3\n"
_MOST_BYTES = 48_000


@cache
def corpus(samples: Path | None = None) -> tuple[bytes, ...]:
    """Small files, the same in every run; those of real exports are cut, which is a mutation by itself."""
    series = [(clock(2026, 3, 14, 21) + timedelta(minutes=15 * n), n * 500 - 2_000) for n in range(14)]
    found = [layout.content(style, series) for layout in LAYOUTS.values() for style in _STYLES]
    days = "".join(a_day(n, f"2026-03-{16 - n:02d}") for n in range(1, 6))
    found += [GENUINE, Q_TAG.encode(), fridge_tag(days).encode(), _SUMMARY]
    if samples is not None:
        paths = sorted(path for path in (samples / "csv").iterdir() if path.suffix in {".csv", ".txt", ".tsv", ".xls"})
        found += [path.read_bytes()[:_MOST_BYTES] for path in paths]
    return tuple(found)
