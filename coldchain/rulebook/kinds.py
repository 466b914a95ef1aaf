"""The kinds of values a product file holds: how each is written, read and shown to an editor.

One object a kind, so that the loader, the JSON Schema and the field table of the documentation cannot disagree.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from coldchain.domain.duration import parse_duration
from coldchain.domain.product import Range
from coldchain.domain.temperature import ABSOLUTE_ZERO_MILLI_C, LARGEST_MILLI_C, Unit, milli_c
from coldchain.rulebook.nodes import Broken, Entries, Items, Node, Problems, Scalar, shown

T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, object]
"""A piece of JSON Schema."""

LONGEST_TEXT = 2000


class Kind(Protocol[T_co]):
    """How one kind of value is written."""

    @property
    def written(self) -> str:
        """What to write, in a few words of Markdown, for the field table."""

    def read(self, node: Node, name: str, problems: Problems) -> T_co | None:
        """The value of a node, or ``None`` after its problem was added; ``name`` is the key it stands at."""

    def schema(self) -> Schema:
        """The same for editors."""


def nearest(word: str, known: Sequence[str]) -> str:
    """``: did you mean 'x'?`` where one of the known words is close, and all of them where there are few."""
    import difflib  # for mistakes only

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6) if len(word) < 80 else []
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{hint} (known: {', '.join(known)})" if len(known) <= 12 else hint


def _text_of(node: Node, name: str, wanted: str, problems: Problems) -> str | None:
    """The text of a scalar that is not null; ``wanted`` says what to write."""
    match node:
        case Broken():
            return None
        case Scalar(text, _, place):
            if node.is_null:
                problems.add(place, f"{name}: nothing is written here; write {wanted}")
                return None
            return text.strip()
        case Items():
            problems.add(node.place, f"{name}: write {wanted}, not a list")
        case Entries():
            problems.add(node.place, f"{name}: write {wanted}, not a map")
    return None


def _refused(node: Node, name: str, wanted: str, text: str, problems: Problems) -> None:
    problems.add(node.place, f"{name}: write {wanted} (got {shown(text)})")


@dataclass(frozen=True)
class Text:
    """A line or a paragraph of words."""

    written: str = "text"

    def read(self, node: Node, name: str, problems: Problems) -> str | None:
        """The words, without what surrounds them."""
        text = _text_of(node, name, "a text", problems)
        if text is None:
            return None
        if not text or len(text) > LONGEST_TEXT:
            problems.add(node.place, f"{name}: write a text of 1 to {LONGEST_TEXT} characters")
            return None
        return text

    def schema(self) -> Schema:
        """Any text."""
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}


@dataclass(frozen=True)
class Name:
    """A word that commands and records use: lower-case letters, digits, ``-``, ``_`` and ``.``."""

    written: str = "a name"
    pattern = r"[a-z0-9][a-z0-9._-]{0,63}"

    def read(self, node: Node, name: str, problems: Problems) -> str | None:
        """The name."""
        wanted = "a name of lower-case letters, digits, '-', '_' and '.'"
        text = _text_of(node, name, wanted, problems)
        if text is None:
            return None
        if not re.fullmatch(self.pattern, text):
            _refused(node, name, wanted, text, problems)
            return None
        return text

    def schema(self) -> Schema:
        """The same pattern."""
        return {"type": "string", "pattern": f"^{self.pattern}$"}


@dataclass(frozen=True)
class Word:
    """One of a few fixed words, compared exactly."""

    words: tuple[str, ...]
    what: str
    title: str | None = None

    @property
    def written(self) -> str:
        """All of them, or what they are together where the documentation lists them elsewhere."""
        return self.title or " \\| ".join(f"`{word}`" for word in self.words)

    def read(self, node: Node, name: str, problems: Problems) -> str | None:
        """The word."""
        wanted = repr(self.words[0]) if len(self.words) == 1 else f"one of {', '.join(self.words)}"
        text = _text_of(node, name, wanted, problems)
        if text is None or text in self.words:
            return text
        problems.add(node.place, f"{name}: unknown {self.what} {shown(text)}{nearest(text, self.words)}")
        return None

    def schema(self) -> Schema:
        """The same words."""
        return {"const": self.words[0]} if len(self.words) == 1 else {"enum": list(self.words)}


@dataclass(frozen=True)
class Count:
    """A whole number from 1 on."""

    written: str = "a whole number from 1"
    largest = 999_999

    def read(self, node: Node, name: str, problems: Problems) -> int | None:
        """The number."""
        text = _text_of(node, name, "a whole number from 1", problems)
        if text is None:
            return None
        if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
            _refused(node, name, "a whole number from 1", text, problems)
            return None
        return int(text)

    def schema(self) -> Schema:
        """A positive integer."""
        return {"type": "integer", "minimum": 1, "maximum": self.largest}


@dataclass(frozen=True)
class Day:
    """A calendar date."""

    written: str = "a date such as `2024-03-01`"

    def read(self, node: Node, name: str, problems: Problems) -> date | None:
        """The date."""
        wanted = "a date such as 2024-03-01, or null where it is unknown"
        text = _text_of(node, name, wanted, problems)
        if text is None:
            return None
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        _refused(node, name, wanted, text, problems)
        return None

    def schema(self) -> Schema:
        """An ISO date."""
        return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


@dataclass(frozen=True)
class Duration:
    """How long something may last; never zero."""

    written: str = "a duration: `8 h`"

    def read(self, node: Node, name: str, problems: Problems) -> timedelta | None:
        """The duration."""
        wanted = "a duration with its unit, such as '8 h', '30 min' or 'PT8H'"
        text = _text_of(node, name, wanted, problems)
        if text is None:
            return None
        try:
            duration = parse_duration(text) if len(text) < 60 else None
        except ValueError:
            duration = None
        if duration is None:
            _refused(node, name, wanted, text, problems)
        elif not duration:
            problems.add(node.place, f"{name}: a duration must be longer than zero (got {shown(text)})")
            return None
        return duration

    def schema(self) -> Schema:
        """Numbers with units, or ISO 8601."""
        number = r"[0-9]+(\.[0-9]+)?\s*(ms|min|d|h|s)"
        iso = r"P(?=[0-9T])([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
        return {"type": "string", "pattern": rf"^({number}(\s*{number})*|{iso})$"}


_NUMBER = r"[+\-−]?[0-9]{1,6}(?:\.[0-9]{1,9})?"
_UNIT = r"°\s?[CFK]|℃|℉|[CFK]"
_UNITS = {"C": Unit.C, "℃": Unit.C, "F": Unit.F, "℉": Unit.F, "K": Unit.K}


def _milli_c(number: str, unit: str) -> int:
    return milli_c(number.replace("−", "-"), _UNITS[unit.removeprefix("°").strip()])


def _possible(milli: int) -> bool:
    return ABSOLUTE_ZERO_MILLI_C <= milli <= LARGEST_MILLI_C


@dataclass(frozen=True)
class Temperature:
    """One temperature with its unit; °F and K are converted exactly."""

    written: str = "a temperature: `8 °C`"
    _pattern = re.compile(rf"({_NUMBER})\s*({_UNIT})")

    def read(self, node: Node, name: str, problems: Problems) -> int | None:
        """The temperature in m°C."""
        wanted = "a temperature with its unit, such as '8 °C' or '46.4 °F'"
        text = _text_of(node, name, wanted, problems)
        if text is None:
            return None
        found = self._pattern.fullmatch(text)
        if found and _possible(milli := _milli_c(*found.groups())):
            return milli
        _refused(node, name, wanted, text, problems)
        return None

    def schema(self) -> Schema:
        """The same pattern."""
        return {"type": "string", "pattern": rf"^{_NUMBER}\s*({_UNIT})$"}


@dataclass(frozen=True)
class TemperatureRange:
    """Two temperatures, both still good."""

    written: str = "a range: `2..8 °C`"
    _pattern = re.compile(rf"({_NUMBER})\s*({_UNIT})?\s*\.\.\s*({_NUMBER})\s*({_UNIT})")

    def read(self, node: Node, name: str, problems: Problems) -> Range | None:
        """The range in m°C."""
        wanted = "a range with its unit, such as '2..8 °C'"
        text = _text_of(node, name, wanted, problems)
        if text is None:
            return None
        found = self._pattern.fullmatch(text)
        if not found:
            _refused(node, name, wanted, text, problems)
            return None
        low, low_unit, high, unit = found.groups()
        low_milli_c, high_milli_c = _milli_c(low, low_unit or unit), _milli_c(high, unit)
        if low_milli_c > high_milli_c:
            problems.add(node.place, f"{name}: the range {shown(text)} is empty: write the lower temperature first")
            return None
        if not _possible(low_milli_c) or not _possible(high_milli_c):
            _refused(node, name, wanted, text, problems)
            return None
        return Range(low_milli_c, high_milli_c)

    def schema(self) -> Schema:
        """The same pattern."""
        return {"type": "string", "pattern": rf"^{_NUMBER}\s*({_UNIT})?\s*\.\.\s*{_NUMBER}\s*({_UNIT})$"}
