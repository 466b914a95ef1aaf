"""One series in any locale and any export option is one series: read identically, or asked about."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from coldchain.errors import FileRefused
from coldchain.loggers import Declared, read
from tests.loggers.writing import clock, only, table

DATES = ["%m/%d/%y", "%d.%m.%y", "%y.%m.%d", "%d/%m/%Y", "%m-%d-%Y", "%Y-%m-%d", "%y-%m-%d", "%d-%b-%Y"]
CLOCKS = ["%H:%M:%S", "%I:%M:%S %p", "%H.%M.%S", "%H:%M", "%I:%M:%S  %p", "%H:%M:%S.0"]


@dataclass(frozen=True)
class Locale:
    """The options of an export dialog and of the computer it runs on."""

    date: str
    clock: str
    delimiter: str
    mark: str
    minus: str
    parted: bool
    numbered: bool
    newest_first: bool
    events: bool
    line_end: str
    encoding: str
    heading: str

    def number(self, milli: int) -> str:
        whole, thousandths = divmod(abs(milli), 1000)
        text = f"{whole}{self.mark}{thousandths:03d}"
        return self.minus.format(text) if milli < 0 else text

    def export(self, series: list[tuple[int, int]]) -> bytes:
        """The series as this locale writes it: (minutes, m°C)."""
        time_heading = ["Date", "Time"] if self.parted else ["Date Time"]
        heading = [
            *(["#"] if self.numbered else []),
            *time_heading,
            self.heading,
            "RH (%)",
            "Host Connected",
            "End Of File",
        ]
        rows = []
        for minutes, milli in series:
            at = clock(2026, 2, 20) + timedelta(minutes=minutes)
            stamp = [at.strftime(self.date), at.strftime(self.clock)]
            rows.append(
                [*(stamp if self.parted else [" ".join(stamp)]), self.number(milli), self.number(45_250), "", ""]
            )
            if self.events and minutes % 3 == 0:
                odd = at + timedelta(seconds=17)
                stamp = [odd.strftime(self.date), odd.strftime(self.clock)]
                rows.append([*(stamp if self.parted else [" ".join(stamp)]), "", "", "Logged", ""])
        rows = rows[::-1] if self.newest_first else rows
        numbered = [[str(number), *row] if self.numbered else row for number, row in enumerate(rows, 1)]
        lines = [self.delimiter.join(row) for row in [heading, *numbered]]
        return (self.line_end.join(lines) + self.line_end).encode(self.encoding)


LOCALES = st.builds(
    Locale,
    date=st.sampled_from(DATES),
    clock=st.sampled_from(CLOCKS),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    mark=st.sampled_from([".", ",", " "]),
    minus=st.sampled_from(["-{}", "{}-", "({})", "−{}"]),
    parted=st.booleans(),
    numbered=st.booleans(),
    newest_first=st.booleans(),
    events=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    heading=st.sampled_from(["Temp (°C) c:1", "Temp (°C) #9724974", "Temperature (°C)", "temp_c", "Celsius(°C)"]),
)
SERIES = st.builds(
    lambda step, values, start: [(start + step * index, milli) for index, milli in enumerate(values)],
    step=st.sampled_from([1, 5, 10, 15, 30, 60, 120, 240]),
    values=st.lists(st.integers(-40_000, 60_000), min_size=1, max_size=60),
    start=st.integers(0, 4000),
)


@given(SERIES, LOCALES)
def test_every_locale_reads_alike_or_is_asked_about(series: list[tuple[int, int]], locale: Locale) -> None:
    expected = sorted(
        (f"{clock(2026, 2, 20) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S}", milli / 1000)
        for minutes, milli in series
    )
    content = locale.export(series)
    order = {"m": "MDY", "d": "DMY", "y": "YMD", "Y": "YMD"}[locale.date[1]]
    try:
        found = read("x", content, Declared(tz="UTC"))
    except FileRefused as refused:
        error = refused
    else:
        assert sorted(table(only(found))) == expected
        assert only(found).quarantined == ()
        return
    assert error.code == "ambiguous-date-order"
    assert f"--date-order {order}" in error.options
    answered = read("x", content, Declared(tz="UTC", date_order=order))
    assert sorted(table(only(answered))) == expected
