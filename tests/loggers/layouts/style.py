"""How one computer writes a file: delimiter, decimals, minus, dates, halves of the day, encoding, line ends, units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from coldchain.domain.temperature import Unit, milli_c
from coldchain.loggers import Declared

Reading = tuple[datetime, int]
"""(wall clock, m°C); values are multiples of 500 m°C, so that they are exact in °F, too."""

HALVES = {
    "en": ("AM", "PM"),
    "es": ("a. m.", "p. m."),
    "cs": ("dop.", "odp."),
    "ko": ("오전", "오후"),
    "el": ("π.μ.", "μ.μ."),
}


@dataclass(frozen=True)
class Style:
    """How a file is written.

    Attributes:
        mark: The decimal mark.
        minus: How a negative number is written, with ``{}`` for its digits.
        date: The date, for `strftime`; the format's own where it is empty.
        halves: The language of AM and PM; 24 hours where it is empty.
        fahrenheit, beside: Temperatures in °F; with their unit beside each.
        more: A further column at the end.
        swapped: The columns after the time in the opposite order.
        newest_first: Rows the other way round.
    """

    delimiter: str = ","
    mark: str = "."
    minus: str = "-{}"
    date: str = ""
    halves: str = ""
    fahrenheit: bool = False
    beside: bool = False
    more: bool = False
    swapped: bool = False
    newest_first: bool = False
    quoted: bool = False
    encoding: str = "utf-8"
    line_end: str = "\n"
    ended: bool = True

    @property
    def unit(self) -> str:
        """The unit's letter."""
        return "F" if self.fahrenheit else "C"

    @property
    def parts_decimals(self) -> bool:
        """Whether unquoted commas part cells and decimals."""
        return self.delimiter == "," == self.mark and not self.quoted

    def temperature(self, milli: int) -> str:
        """A reading as this file writes it."""
        written = self.number(milli * 9 // 5 + 32_000 if self.fahrenheit else milli, 1)
        return f"{written} °{self.unit}" if self.beside else written

    def number(self, thousandths: int, decimals: int = 1) -> str:
        """Any number as this file writes it."""
        whole, rest = divmod(abs(thousandths), 1000)
        text = f"{whole}{self.mark}{rest:03d}"[: decimals - 3 or None]
        return self.minus.format(text) if thousandths < 0 else text

    def day(self, at: datetime, usual: str) -> str:
        """A date."""
        return at.strftime(self.date or usual)

    def clock(self, at: datetime, usual: str = "%H:%M:%S") -> str:
        """A time of day."""
        if not self.halves:
            return at.strftime(usual)
        return f"{at.hour % 12 or 12}:{at:%M:%S} {HALVES[self.halves][at.hour > 11]}"

    def stamp(self, at: datetime, usual: str = "%Y-%m-%d") -> str:
        """A date and a time of day."""
        return f"{self.day(at, usual)} {self.clock(at)}"

    def cell(self, cell: str) -> str:
        """A cell, in quotation marks where it needs them."""
        is_number = cell.lstrip("-−(").rstrip("-)").replace(",", "", 1).isdecimal()
        needs = self.delimiter in cell and not (self.parts_decimals and is_number)
        return f'"{cell}"' if self.quoted or needs else cell


@dataclass(frozen=True)
class Parts:
    """A file before it is written: lines of the head as they are, the heading, the rows, what follows.

    Attributes:
        rigid: The columns stand where they stand: none may be added or moved.
        fixed: How many columns before those that may be moved.
    """

    rows: list[list[str]]
    heading: list[list[str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)
    rigid: bool = False
    fixed: int = 1

    def written(self, style: Style) -> bytes:
        """The file's bytes."""
        table = [*self.heading, *(reversed(self.rows) if style.newest_first and not self.rigid else self.rows)]
        if not self.rigid:
            width = max(map(len, table))
            table = [row + [""] * (width - len(row)) for row in table]
            if style.swapped:
                table = [row[: self.fixed] + row[: self.fixed - 1 : -1] if self.fixed else row[::-1] for row in table]
            if style.more:
                named = len(self.heading)
                table = [[*row, "Battery (V)" if at < named else style.number(3_600)] for at, row in enumerate(table)]
        lines = [*self.head, *(style.delimiter.join(map(style.cell, row)) for row in table), *self.foot]
        return (style.line_end.join(lines) + (style.line_end if style.ended else "")).encode(style.encoding)


@dataclass(frozen=True)
class Layout:
    """One format.

    Attributes:
        export: The parts of a file that holds some readings.
        family: What it must be recognised as.
        declared: What has to be declared for it.
        only: What the format itself leaves no choice in: attributes of `Style` with their one value.
        utc: Times are UTC whatever zone is declared: there is nothing to ask.
    """

    export: Callable[[Style, Sequence[Reading]], Parts]
    family: str
    declared: Declared = Declared(tz="UTC")
    only: dict[str, object] = field(default_factory=dict)
    utc: bool = False

    def styled(self, style: Style) -> Style:
        """The style, as far as the format leaves a choice."""
        from dataclasses import replace

        return replace(style, **self.only)  # type: ignore[arg-type]

    def content(self, style: Style, readings: Sequence[Reading]) -> bytes:
        """The file."""
        return self.export(self.styled(style), readings).written(self.styled(style))


def as_read(style: Style, milli: int) -> int:
    """What a reading must come out as, m°C."""
    if not style.fahrenheit:
        return milli
    return milli_c(Decimal(milli * 9 // 5 + 32_000) / 1000, Unit.F)
