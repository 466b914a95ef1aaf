"""Reads one settings file and the environment, and remembers every problem with its place.

Scalars are taken as they are written (``no`` is a text, not false), so YAML never decides what a value means.
Every setting ``a.b`` can be given as the variable ``COLDCHAIN_A_B``, which wins over the file; secrets stand in
no file: they come from ``COLDCHAIN_A_B``, or from the file that ``b_file`` or ``COLDCHAIN_A_B_FILE`` names.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from coldchain.domain.duration import milliseconds, parse_duration
from coldchain.domain.instant import instant_ms
from coldchain.domain.temperature import Unit, milli_c
from coldchain.errors import Problem
from coldchain.rulebook.nodes import Broken, Entries, Items, Node, Problems, Scalar, read_nodes
from coldchain.settings.files import base_of, path_from, secret_from
from coldchain.settings.shapes import Secret
from coldchain.settings.sources import PREFIX, Found, Sources, nearest

_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)\s*°?\s*([CFK])")
_DIFFERENCE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:°?\s*C|K)")


def root_of(sources: Sources, text: str) -> "Section":
    """The whole file as a section; an unreadable one is a problem and an empty section."""
    problems = Problems(sources.file)
    empty = all(line.strip() == "" or line.lstrip().startswith("#") for line in text.splitlines())
    node = None if empty else read_nodes(text, problems)
    sources.problems += problems.found
    return Section(sources, node, ())


class Section:
    """One mapping of the settings; every key must be asked for once, `done` refuses the others."""

    def __init__(self, sources: Sources, node: Node | None, path: tuple[str, ...], *, in_list: bool = False) -> None:
        self.sources = sources
        self.node = node
        self.path = path
        self._in_list = in_list  # then no variable can mean this one
        self._entries: dict[str, tuple[Scalar, Node]] = {}
        self._asked: set[str] = set()
        if isinstance(node, Entries):
            self._entries = dict(node.entries)
        elif node is not None and not _is_nothing(node):
            sources.refuse(node.place, f"{self.name or 'the file'} must be 'key: value' lines")

    @property
    def name(self) -> str:
        """The section's path, such as ``alerts.mail.pharmacy``."""
        return ".".join(self.path)

    def has(self, key: str) -> bool:
        """Whether a key is given, in the file or as a variable."""
        node = self._node(key)
        return self._found(key) is not None or (node is not None and not _is_nothing(node))

    def from_file(self, key: str) -> bool:
        """Whether a key's value comes from the settings file."""
        found = self._found(key)
        return found is not None and not found.variable

    def leave(self, key: str) -> None:
        """Pass a key over, with all below it and with its variables: it is somebody else's."""
        self._asked.add(key)
        self.sources.left.add(self._variable(key))

    def done(self) -> None:
        """Refuse every key that nobody asked for."""
        for word, (key, _) in self._entries.items():
            if word not in self._asked:
                self.sources.refuse(key.place, f"unknown key {word!r}{nearest(word, sorted(self._asked))}")

    def missing(self, key: str, why: str = "") -> None:
        """Remember that a required key is not there."""
        message = f"{self.name + ' ' if self.path else ''}needs {key!r}{why}"
        if self.node is not None:
            self.sources.refuse(self.node.place, message)
        else:
            self.sources.problems.append(Problem(self.sources.file, 1, 1, message))

    def refuse(self, key: str, message: str) -> None:
        """Remember a problem with a key's value, wherever it came from."""
        found = self._found(key)
        if found:
            self.sources.refuse_found(found, message)
        elif key in self._entries:
            self.sources.refuse(self._entries[key][1].place, message)
        else:
            self.missing(key, f": {message}")

    # ---- sections and lists

    def section(self, key: str) -> "Section":
        """The mapping below a key; an empty one where there is none."""
        self._asked.add(key)
        return Section(self.sources, self._node(key), (*self.path, key))

    def named(self) -> Iterator[tuple[str, "Section"]]:
        """Each entry of a mapping whose keys are names: of locations, of channels."""
        for word, (key, _) in self._entries.items():
            if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", word) and len(word) <= 100:
                yield word, self.section(word)
            else:
                self._asked.add(word)
                self.sources.refuse(key.place, f"a name is made of a–z, 0–9 and single '-' (got {word!r})")

    def items(self, key: str) -> "list[Section]":
        """The mappings of a list."""
        return [Section(self.sources, node, (*self.path, key), in_list=True) for node in self._list(key)]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text; as a variable, separated by commas."""
        found = self._found(key)
        if found and found.variable:
            return tuple(part.strip() for part in found.text.split(",") if part.strip())
        if found:
            return (found.text,)
        texts = []
        for node in self._list(key):
            if isinstance(node, Scalar) and not node.is_null:
                texts.append(node.text)
            elif not isinstance(node, Broken):
                self.sources.refuse(node.place, f"{key} is a list of texts")
        return tuple(texts)

    def _list(self, key: str) -> list[Node]:
        self._asked.add(key)
        node = self._node(key)
        if isinstance(node, Items):
            return node.items
        if node is not None and not _is_nothing(node):
            self.sources.refuse(node.place, f"{key} must be a list, one '- ' a line")
        return []

    # ---- values

    def text(self, key: str) -> str | None:
        """A text, or ``None`` where nothing is given."""
        found = self._found(key)
        self._expect_scalar(key)
        return found.text if found else None

    def required(self, key: str) -> str:
        """A text that must be there; empty, and a problem, where it is not."""
        text = self.text(key)
        if text is None and not isinstance(self._node(key), Items | Entries | Broken):
            self.missing(key)
        return text or ""

    def choice(self, key: str, options: Sequence[str], default: str) -> str:
        """One of a few words."""
        text = self.text(key)
        if text is None or text in options:
            return text or default
        self.refuse(key, f"{key} is one of {', '.join(options)} (got {text!r})")
        return default

    def flag(self, key: str, default: bool) -> bool:
        """``true`` or ``false``."""
        text = self.text(key)
        if text is None:
            return default
        if text.lower() not in _TRUE | _FALSE:
            self.refuse(key, f"{key} is true or false (got {text!r})")
        return text.lower() in _TRUE

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number between two others, both included."""
        text = self.text(key)
        if text is None:
            return default
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            self.refuse(key, f"{key} is a whole number from {low} to {high} (got {text!r})")
            return default
        return int(text)

    def duration_ms(self, key: str) -> int | None:
        """A duration with its unit, longer than nothing, in milliseconds."""
        text = self.text(key)
        if text is None:
            return None
        try:
            duration = milliseconds(parse_duration(text))
        except ValueError as error:
            self.refuse(key, f"{key}: {error}")
            return None
        if duration <= 0:
            self.refuse(key, f"{key} must be longer than nothing")
        return duration

    def range_milli_c(self, key: str) -> tuple[int, int] | None:
        """Two temperatures such as ``-40..80 °C``, in m°C."""
        text = self.text(key)
        if text is None:
            return None
        match = _RANGE.fullmatch(text.strip().replace("−", "-"))
        low, high = (milli_c(match[n], Unit(match[3])) for n in (1, 2)) if match else (0, 0)
        if low >= high:
            self.refuse(key, f"{key} is two temperatures with their unit, such as '-40..80 °C' (got {text!r})")
        return low, high

    def difference_milli_c(self, key: str) -> int:
        """A difference of temperatures such as ``0.5 °C``, in m°C."""
        text = self.text(key)
        if text is None:
            return 0
        match = _DIFFERENCE.fullmatch(text.strip())
        if not match:
            self.refuse(key, f"{key} is a number with its unit, such as '0.5 °C' (got {text!r})")
            return 0
        return milli_c(match[1])

    def base_of(self, key: str) -> Path:
        """The folder from which a relative path in a key's value counts."""
        return base_of(self._found(key), self.sources)

    def zone(self, key: str, name: str) -> ZoneInfo:
        """The time zone of a name; UTC, and a problem, where there is none."""
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
            self.refuse(key, f"{name!r} is no time zone; write one such as 'Europe/Berlin' or 'UTC'")
            return ZoneInfo("UTC")

    def instant_ms(self, key: str, zone: ZoneInfo) -> int | None:
        """A date, or a date and time; one that says no zone is the site's."""
        text = self.text(key)
        if text is None:
            return None
        try:
            return instant_ms(text, zone)
        except ValueError:
            self.refuse(key, f"{key} is a date and time such as '2026-11-01' or '2026-11-01T08:00:00Z' (got {text!r})")
            return None

    def day(self, key: str) -> str | None:
        """A day, as ``2026-03-01``."""
        text = self.text(key)
        if text is None:
            return None
        try:
            return date.fromisoformat(text.strip()).isoformat()
        except ValueError:
            self.refuse(key, f"{key} is a day such as '2026-03-01' (got {text!r})")
            return None

    def path_of(self, key: str) -> Path | None:
        """A path; a relative one in the file counts from the file's folder."""
        found = self._found(key)
        self._expect_scalar(key)
        return path_from(found, self.sources) if found else None

    def secret(self, key: str) -> Secret | None:
        """A secret, from its variable or from the file that ``<key>_file`` names; never from the settings file."""
        found, file = self._found(key), self._found(f"{key}_file")
        variable = self._variable(key)
        if found and not found.variable:
            self.refuse(key, f"secrets do not stand in this file: write {key}_file, or set {variable}")
            return None
        if found and file and file.variable:
            self.refuse(key, f"set {variable} or {variable}_FILE, not both")
        if found:
            return Secret(found.text)
        return secret_from(file, self.sources) if file else None

    def _variable(self, key: str) -> str:
        return PREFIX + "_".join((*self.path, key)).replace("-", "_").upper()

    def _node(self, key: str) -> Node | None:
        return self._entries[key][1] if key in self._entries else None

    def _found(self, key: str) -> Found | None:
        self._asked.add(key)
        variable = self._variable(key)
        if not self._in_list:
            self.sources.variables.add(variable)
            if self.sources.environment.get(variable):  # an empty one counts as none: compose files write such
                return Found(self.sources.environment[variable], variable, variable=True)
        node = self._node(key)
        if not isinstance(node, Scalar) or node.is_null:
            return None
        return Found(node.text, self.sources.file, node.place.line, node.place.column)

    def _expect_scalar(self, key: str) -> None:
        node = self._node(key)
        if isinstance(node, Items | Entries):
            self.sources.refuse(node.place, f"{key} is one value, not a list")


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Broken) or (isinstance(node, Scalar) and node.is_null)
