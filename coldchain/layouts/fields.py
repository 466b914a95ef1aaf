"""Every key of a layout file: one table, from which the loader, the JSON Schema and the documentation are made."""

from dataclasses import dataclass
from typing import Any

from coldchain.errors import UsageError
from coldchain.loggers.learned import DELIMITER_NAMES, LearnedLayout, LearnedTemperature, tidy
from coldchain.loggers.zones import parse_zone
from coldchain.rulebook.kinds import Count, Name, Schema, Text, Word, nearest
from coldchain.rulebook.nodes import Broken, Node, Problems, Scalar, shown
from coldchain.rulebook.records import Field, Given, ListOf, Placed, Record

SCHEMA = "coldchain.layout/1"
"""The first line of every layout file."""

LONGEST_NAME = 30
MOST_COLUMNS = 500
_LONGEST_CELL = 500


@dataclass(frozen=True)
class Cell:
    """A heading's cell as the file writes it; ``""`` where it is empty."""

    written: str = "a heading, as it stands in the file"

    def read(self, node: Node, name: str, problems: Problems) -> str | None:
        """The cell, with one blank where there are several."""
        if isinstance(node, Broken):
            return None
        if not isinstance(node, Scalar) or node.is_null:
            problems.add(node.place, f'{name}: write a heading as it stands in the file, and "" for an empty one')
            return None
        if len(node.text) > _LONGEST_CELL:
            problems.add(node.place, f"{name}: a heading has at most {_LONGEST_CELL} characters")
            return None
        return tidy(node.text)

    def schema(self) -> Schema:
        """Any text."""
        return {"type": ["string", "number"]}


@dataclass(frozen=True)
class ColumnOf:
    """A column, by its heading or by its number."""

    written: str = "a column: its heading, or its number from 1"

    def read(self, node: Node, name: str, problems: Problems) -> str | None:
        """The words; which column that is is settled when the whole layout is known."""
        return Cell().read(node, name, problems)

    def schema(self) -> Schema:
        """A text or a number."""
        return {"type": ["string", "integer"]}


@dataclass(frozen=True)
class ZoneName:
    """An IANA zone or a fixed offset."""

    written: str = "a zone: `Europe/Berlin`, `+02:00`, `UTC`"

    def read(self, node: Node, name: str, problems: Problems) -> str | None:
        """The zone, as it is written."""
        text = Text().read(node, name, problems)
        if text is None:
            return None
        try:
            parse_zone(text)
        except UsageError as error:
            problems.add(node.place, f"{name}: {error}")
            return None
        return text

    def schema(self) -> Schema:
        """Any text."""
        return {"type": "string"}


def _values(given: Given, key: str) -> list[Any]:
    found: tuple[Placed[Any], ...] = given.get(key) or ()
    return [one.value for one in found]


def _recognise(given: Given) -> dict[str, Any] | None:
    heading = tuple(_values(given, "heading"))
    columns = given.get("columns")
    if not heading and columns is None and given.sound:
        given.refuse("columns", "recognise: write the heading's cells, or, where the table has none, how many columns")
    if heading and columns is not None and columns != len(heading):
        given.refuse("columns", f"recognise: the heading has {len(heading)} cells, not {columns}")
    if heading and not any(heading):
        given.refuse("heading", "recognise: every cell of the heading is empty; write how many columns instead")
    if max(len(heading), columns or 0) > MOST_COLUMNS:
        given.refuse("columns", f"recognise: a table has at most {MOST_COLUMNS} columns")
    if not heading and given.get("below_heading"):
        given.refuse("below_heading", "recognise: nothing stands below a heading that is not there")
    if not given.sound:
        return None
    return {
        "delimiter": DELIMITER_NAMES[given.get("delimiter")],
        "heading": heading,
        "width": columns or len(heading),
        "below_heading": given.get("below_heading") or 0,
    }


def _times(given: Given) -> dict[str, Any] | None:
    columns = given.get("columns") or ()
    if len(columns) > 2:
        given.refuse("columns", "times: one column of dates with times, or two: dates, and times of day")
    return {**given.values, "columns": columns} if given.sound else None


def _plain(given: Given) -> dict[str, Any] | None:
    return dict(given.values) if given.sound else None


def _serial(given: Given) -> dict[str, Any] | None:
    if ("column" in given) == ("after" in given):
        given.refuse("column", "serial: write either column or after")
    return _plain(given)


def _layout(given: Given) -> LearnedLayout | None:
    name = given.get("name") or ""
    if len(name) > LONGEST_NAME:
        given.refuse("name", f"name: at most {LONGEST_NAME} characters, for reports")
    if not given.sound:
        return None
    recognise, times = given.get("recognise"), given.get("times")
    columns = _Columns(given, recognise["heading"], recognise["width"])
    serial = given.get("serial") or {}
    found = LearnedLayout(
        name=name,
        title=given.get("title") or "",
        **recognise,
        times=columns.indexes("times", times["columns"]),
        temperatures=tuple(
            LearnedTemperature(
                columns.index("temperatures", one.value["column"]), one.value.get("unit"), one.value.get("name") or "",
                one.value.get("serial"),
            )
            for one in given.get("temperatures")
        ),
        events=columns.indexes("events", given.get("events") or ()),
        serial_column=columns.index("serial", serial["column"]) if "column" in serial else None,
        serial_after=serial.get("after") or "",
        zone=times.get("zone"),
        date_order=times.get("date_order"),
        decimal=given.get("decimal"),
    )  # fmt: skip
    columns.refuse_twice()
    return found if given.sound else None


class _Columns:
    """Which column is meant by a heading or a number, with a problem for each that is none or several."""

    def __init__(self, given: Given, heading: tuple[str, ...], width: int) -> None:
        self.given, self.heading, self.width = given, heading, width
        self.used: list[tuple[int, str]] = []

    def indexes(self, key: str, wanted: tuple[Placed[str], ...]) -> tuple[int, ...]:
        return tuple(self.index(key, one.value) for one in wanted)

    def index(self, key: str, wanted: str) -> int:
        found = self._index(key, wanted)
        self.used.append((found, key))
        return found

    def _index(self, key: str, wanted: str) -> int:
        often = self.heading.count(wanted)
        if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:4]) <= self.width:
            return int(wanted[:4]) - 1  # a number is a column's, whatever is headed so
        if often == 1:
            return self.heading.index(wanted)
        if often > 1:
            self.given.refuse(key, f"{key}: {often} columns are headed {shown(wanted)}; write the column's number")
        else:
            known = [cell for cell in self.heading if cell]
            self.given.refuse(key, f"{key}: there is no column {shown(wanted)}{nearest(wanted, known)}")
        return 0

    def refuse_twice(self) -> None:
        if not self.given.sound:
            return
        for at, (index, key) in enumerate(self.used):
            for other, other_key in self.used[:at]:
                if other == index:
                    words = key if key == other_key else f"{other_key} and {key}"
                    self.given.refuse(key, f"{words}: column {index + 1} is named twice; a column has one meaning")


RECOGNISE: Record[dict[str, Any]] = Record(
    "recognise",
    (
        Field("delimiter", Word(tuple(DELIMITER_NAMES), "delimiter"), "What parts the cells.", required=True),
        Field("heading", ListOf(Cell()), "Every cell of the heading's line, in order: a file with this line is one."),
        Field("columns", Count(), "How many columns; needed where the table has no heading."),
        Field("below_heading", Count(), "So many lines below the heading hold no readings: units, serial numbers."),
    ),
    _recognise,
    "what a file is known by",
)

TIMES: Record[dict[str, Any]] = Record(
    "times",
    (
        Field(
            "columns", ListOf(ColumnOf()), "The column with date and time; or that of dates and that of times of day.",
            required=True,
        ),
        Field("date_order", Word(("DMY", "MDY", "YMD"), "date order"), "Where the dates prove none; else asked."),
        Field("zone", ZoneName(), "Where the loggers' clocks are set; where it is left out, each file is asked."),
    ),
    _times,
    "where the times stand",
)  # fmt: skip

TEMPERATURE: Record[dict[str, Any]] = Record(
    "temperature",
    (
        Field("column", ColumnOf(), "Which column.", required=True),
        Field("unit", Word(("C", "F", "K"), "unit"), "Where neither heading nor values say it; else asked."),
        Field("name", Text(), "What the channel is called; the heading where it is left out."),
        Field("serial", Text(), "Of its probe, where it is always the same."),
    ),
    _plain,
    "`{column: Kanal 1, unit: C}`",
)

SERIAL: Record[dict[str, Any]] = Record(
    "serial",
    (
        Field("column", ColumnOf(), "The column that names each row's sensor: each becomes a channel of its own."),
        Field("after", Text(), "The words above the table behind which the serial number stands."),
    ),
    _serial,
    "`{after: 'Serial no.'}` or `{column: Device}`",
)

LAYOUT: Record[LearnedLayout] = Record(
    "layout",
    (
        Field("schema", Word((SCHEMA,), "schema"), "Always this.", required=True),
        Field("name", Name(), f"What reports and questions call it; at most {LONGEST_NAME} characters.", required=True),
        Field("title", Text(), "Which logger or program writes such files."),
        Field("recognise", RECOGNISE, "What a file is known by.", required=True),
        Field("times", TIMES, "Where the times stand, and on what clock.", required=True),
        Field("temperatures", ListOf(TEMPERATURE), "The columns of temperatures, each a channel.", required=True),
        Field("decimal", Word((".", ","), "decimal mark"), "Where the values prove none; else asked."),
        Field("serial", SERIAL, "Where the logger's serial number stands."),
        Field("events", ListOf(ColumnOf()), "Columns in which the logger notes what is no reading."),
    ),
    _layout,
)

RECORDS: tuple[Record[Any], ...] = (LAYOUT, RECOGNISE, TIMES, TEMPERATURE, SERIAL)
"""In the order in which the documentation shows them."""
