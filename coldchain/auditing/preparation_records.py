"""``coldchain.preparation/1``: what was recorded of a prepared medicine, read from its file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from coldchain.domain.course import Happening
from coldchain.domain.duration import milliseconds
from coldchain.domain.preparation import Statement
from coldchain.domain.product import Attested, Event
from coldchain.errors import UsageError

SCHEMA = "coldchain.preparation/1"
MOVED = "moved"
_LONGEST = 1_000_000
"""Characters; a preparation has a dozen events."""

Object = dict[str, Any]


@dataclass(frozen=True)
class Recorded:
    """What was recorded of a preparation.

    Attributes:
        now_ms: Until when it is judged; ``None`` for the clock.
    """

    product: str
    item: str
    happenings: tuple[Happening, ...]
    statements: tuple[Statement, ...]
    now_ms: int | None
    traces: tuple["RecordedTrace", ...] = ()


@dataclass(frozen=True)
class RecordedTrace:
    """A file of readings that a record of a preparation brings along.

    Attributes:
        file: Beside the record; ``None`` where the probe measured nothing.
        probe: What people call the sensor.
        from_ms, to_ms: When it hung there; ``None``: since ever, or still.
        max_gap_ms, uncertainty_milli_c: The yardstick there and then; ``None``: as the command or the product says.
    """

    location: str
    file: str | None
    probe: str
    from_ms: int | None
    to_ms: int | None
    max_gap_ms: int | None
    uncertainty_milli_c: int | None


def parse_recorded(text: str, file: str) -> Recorded:
    """Read a file of recorded events.

    Raises:
        UsageError: It is not what the contract describes; the sentence names the field.
    """
    fields = _Fields(_json(text, file), file, "")
    schema = fields.text("schema")
    if schema != SCHEMA:
        raise UsageError(f"{file}: schema is {schema!r}, not {SCHEMA!r}")
    recorded = Recorded(
        product=fields.text("product"),
        item=fields.text("item", ""),
        happenings=tuple(_happening(entry) for entry in fields.entries("events")),
        statements=tuple(_statement(entry) for entry in fields.entries("attestations", optional=True)),
        now_ms=fields.instant("now", optional=True),
        traces=tuple(_recorded_trace(entry) for entry in fields.entries("traces", optional=True)),
    )
    fields.nothing_else({"schema", "product", "item", "events", "attestations", "now", "traces"})
    return recorded


def _json(text: str, file: str) -> Object:
    if len(text) > _LONGEST:
        raise UsageError(f"{file} is no record of a preparation: it is larger than a megabyte")
    try:
        data = json.loads(text, object_pairs_hook=_no_key_twice)
    except RecursionError as error:
        raise UsageError(f"{file} is nested too deeply to be a record of a preparation") from error
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise UsageError(f"{file} must hold one JSON object, with 'schema': {SCHEMA!r}")
    return data


def _no_key_twice(pairs: list[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key in found if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {twice!r} is there twice")
    return found


@dataclass(frozen=True)
class _Fields:
    """The fields of one object, with the words for saying what is wrong with them."""

    data: Object
    file: str
    place: str

    def _where(self, key: str) -> str:
        return f"{self.file}: {self.place}{key}"

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise UsageError(f"{self._where(key)} must be a text" + ("" if key in self.data else "; it is missing"))
        return value

    def instant(self, key: str, *, optional: bool = False) -> int | None:
        value = self.data.get(key)
        if value is None and optional:
            return None
        try:
            moment = datetime.fromisoformat(self.text(key))
        except ValueError as error:
            raise UsageError(
                f"{self._where(key)} is no time: write it such as 2026-03-01T08:00:00Z (got {value!r})"
            ) from error
        if moment.tzinfo is None:
            raise UsageError(f"{self._where(key)} has no time zone: write it such as 2026-03-01T08:00:00Z")
        since = moment - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        return milliseconds(since)

    def thousandths(self, key: str) -> int | None:
        """A number that is not negative, as exact thousandths: seconds as ms, °C as m°C; ``None`` where it is not."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**9:
            raise UsageError(f"{self._where(key)} must be a number that is not negative (got {value!r})")
        exact = Decimal(str(value)) * 1000
        if exact != int(exact):
            raise UsageError(f"{self._where(key)} has more than three decimals (got {value!r})")
        return int(exact)

    def entries(self, key: str, *, optional: bool = False) -> "list[_Fields]":
        value = self.data.get(key)
        if value is None and optional:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise UsageError(f"{self._where(key)} must be a list of objects")
        return [_Fields(entry, self.file, f"{self.place}{key}[{number}].") for number, entry in enumerate(value)]

    def nothing_else(self, known: set[str]) -> None:
        for key in self.data:
            if key not in known:
                raise UsageError(f"{self._where(key)} is no field of a preparation; known: {', '.join(sorted(known))}")


def _happening(entry: _Fields) -> Happening:
    name, at_ms = entry.text("event"), entry.instant("at")
    location = entry.text("location", "") or None
    entry.nothing_else({"event", "at", "location"})
    assert at_ms is not None  # noqa: S101 only an optional instant is None
    if name == MOVED:
        if location is None:
            raise UsageError(f"{entry.file}: {entry.place}location is missing: a move says where to")
        return Happening(None, at_ms, location)
    known = [event.value for event in Event]
    if name not in known:
        raise UsageError(f"{entry.file}: {entry.place}event is {name!r}; it must be one of {', '.join(known)}, {MOVED}")
    return Happening(Event(name), at_ms, location)


def _recorded_trace(entry: _Fields) -> RecordedTrace:
    trace = RecordedTrace(
        location=entry.text("location"),
        file=entry.text("file") if entry.data.get("file") is not None else None,
        probe=entry.text("probe", ""),
        from_ms=entry.instant("from", optional=True),
        to_ms=entry.instant("to", optional=True),
        max_gap_ms=entry.thousandths("max_gap_s"),
        uncertainty_milli_c=entry.thousandths("uncertainty_c"),
    )
    entry.nothing_else({"location", "file", "probe", "from", "to", "max_gap_s", "uncertainty_c"})
    if trace.file is not None and not _beside(trace.file):
        raise UsageError(f"{entry.file}: {entry.place}file must lie beside the record or below it (got {trace.file!r})")
    return trace


def _beside(file: str) -> bool:
    path = PurePosixPath(file)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in file and ":" not in file


def _statement(entry: _Fields) -> Statement:
    what, at_ms = entry.text("what"), entry.instant("at")
    by = entry.text("by")
    entry.nothing_else({"what", "at", "by"})
    assert at_ms is not None  # noqa: S101 only an optional instant is None
    known = [attested.value for attested in Attested]
    if what not in known:
        raise UsageError(f"{entry.file}: {entry.place}what is {what!r}; it must be exactly one of: {'; '.join(known)}")
    if not by.strip():
        raise UsageError(f"{entry.file}: {entry.place}by is empty: an attestation says who made it")
    return Statement(Attested(what), at_ms)


def traces_by_location(words: list[str]) -> Mapping[str, str]:
    """``LOCATION=FILE`` words as a mapping.

    Raises:
        UsageError: A word has no ``=``, or a location is named twice.
    """
    found: dict[str, str] = {}
    for word in words:
        location, equals, file = word.partition("=")
        if not equals or not location or not file:
            raise UsageError(f"--trace: write LOCATION=FILE (got {word!r})")
        if location in found:
            raise UsageError(f"--trace: location {location!r} is named twice")
        found[location] = file
    return found
