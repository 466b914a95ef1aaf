"""What tests of families share: computers that write the same export differently, and series to be exported."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from coldchain.domain.temperature import Unit, milli_c
from coldchain.loggers import Declared, LoggerFile, read
from tests.loggers.writing import clock, only, table

Series = list[tuple[int, int]]
"""(minutes, thousandths of a degree in whatever unit the export is written)."""


@dataclass(frozen=True)
class Computer:
    """What the computer that exports (or saves again) does to a file."""

    line_end: str
    encoding: str
    ends_cleanly: bool

    def content(self, lines: list[str]) -> bytes:
        """The file's bytes."""
        return (self.line_end.join(lines) + (self.line_end if self.ends_cleanly else "")).encode(self.encoding)


COMPUTERS = st.builds(
    Computer,
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    ends_cleanly=st.booleans(),
)
SERIES = st.builds(
    lambda step, values, start: [(start + step * index, milli) for index, milli in enumerate(values)],
    step=st.sampled_from([1, 5, 15, 60]),
    values=st.lists(st.integers(-30_000, 60_000), min_size=1, max_size=40),
    start=st.integers(0, 4000),
)


def at(minutes: int) -> datetime:
    """A moment on the device's clock; the days of the month are above 12 throughout, so the date order is proven."""
    return clock(2026, 2, 20) + timedelta(minutes=minutes)


def number(milli: int, mark: str = ".") -> str:
    """Three decimals with a mark."""
    whole, thousandths = divmod(abs(milli), 1000)
    return f"{'-' if milli < 0 else ''}{whole}{mark}{thousandths:03d}"


def expected(series: Series, unit: Unit = Unit.C) -> list[tuple[str, float]]:
    """The readings that a series stands for."""
    return [
        (f"{at(minutes):%Y-%m-%dT%H:%M:%S}", milli_c(Decimal(number(milli)), unit) / 1000) for minutes, milli in series
    ]


def readings(content: bytes, declared: Declared) -> list[tuple[str, float]]:
    """The readings of a file with one channel and nothing in quarantine."""
    channel = only(read("x", content, declared))
    assert channel.quarantined == ()
    return table(channel)


def file_of(lines: list[str], declared: Declared) -> LoggerFile:
    """What is made of some lines."""
    return read("x", "\n".join([*lines, ""]).encode(), declared)
