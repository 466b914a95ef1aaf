"""YAML text to nodes that know their place, with everything refused that could mean two things.

Every scalar stays its text (``no`` and ``12:30:00`` are words here, not a truth and a number). Duplicate keys, anchors,
aliases, tags and further documents are problems with their line; size and depth are bounded. The nodes are built from
the parser's events, because its own node graph no longer shows anchors and aliases.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Any

import yaml

from coldchain.errors import Problem

LARGEST_FILE_BYTES = 256 * 1024
"""A product file is a page or two; what is larger is not one."""

DEEPEST = 12
"""How deeply lists and maps may lie in each other."""

MOST_NODES = 10_000
"""Values, lists and maps in one file; bounds the time it takes to name all its problems."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Place:
    """Where something stands in a file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Scalar:
    """One value as its text; ``plain`` means it was not quoted."""

    text: str
    plain: bool
    place: Place

    @property
    def is_null(self) -> bool:
        """Whether nothing is written here: empty, ``~`` or ``null``."""
        return self.plain and self.text in _NULLS


@dataclass
class Items:
    """A list."""

    place: Place
    items: list["Node"] = field(default_factory=list)


@dataclass
class Entries:
    """Keys and their values, in the order of the file; of a repeated key the first stands."""

    place: Place
    entries: dict[str, tuple[Scalar, "Node"]] = field(default_factory=dict)

    def get(self, key: str) -> "Node | None":
        """The value of a key."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


@dataclass(frozen=True)
class Broken:
    """What was here could not be read and has been reported."""

    place: Place


Node = Scalar | Items | Entries | Broken


def shown(text: str) -> str:
    """A text of a file as a message shows it: quoted, escaped and never long."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


class Problems:
    """Collects every problem of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def add(self, place: Place, message: str) -> None:
        """One more problem at a place."""
        self.found.append(Problem(self.file, place.line, place.column, message))


def read_nodes(text: str, problems: Problems) -> Node | None:
    """The one document of a YAML text, or ``None`` where nothing could be read; problems are added, never raised."""
    start = Place(1, 1)
    if len(text) > LARGEST_FILE_BYTES:  # characters: never more than the bytes
        problems.add(start, f"the file is larger than {LARGEST_FILE_BYTES // 1024} KiB")
        return None
    builder = _Builder(problems)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not builder.take(event):
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else start
        problems.add(place, f"not readable as YAML: {error.problem or error.context}")
        return None
    except yaml.reader.ReaderError as error:
        problems.add(_place_of(text, error.position), f"a character that text files do not hold: U+{_code(error):04X}")
        return None
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        problems.add(_place_of(text, error.start), f"a character that text files do not hold: U+{code:04X}")
        return None
    if builder.root is None and not problems.found:
        problems.add(start, "the file is empty")
    return builder.root


def _code(error: yaml.reader.ReaderError) -> int:
    return ord(error.character) if isinstance(error.character, str) else int(error.character)


def _place_of(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)


class _Builder:
    """Takes the parser's events one by one; a list, a map or a key waits on the stack for what belongs to it."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.root: Node | None = None
        self.documents = 0
        self.nodes = 0
        self.stack: list[Items | Entries] = []
        self.keys: list[Scalar | Broken | None] = []

    def take(self, event: Any) -> bool:
        """One event; False where reading on makes no sense."""
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            return self._give_up(place, f"more than {MOST_NODES} values in one file")
        match event:
            case yaml.DocumentStartEvent():
                return self._document(place)
            case yaml.AliasEvent():
                self.problems.add(place, f"an alias (*{event.anchor}) is not allowed here: write the value itself")
                self._put(Broken(place))
            case yaml.ScalarEvent():
                self._refuse_decorations(event, place)
                self._refuse_escapes(event.value, place)
                self._put(Scalar(event.value, event.implicit[0], place))
            case yaml.SequenceStartEvent():
                return self._open(event, Items(place))
            case yaml.MappingStartEvent():
                return self._open(event, Entries(place))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.stack.pop()
                self.keys.pop()
            case _:
                pass
        return True

    def _document(self, place: Place) -> bool:
        self.documents += 1
        if self.documents > 1:
            self.problems.add(place, "a second document begins here: one product a file")
            return False
        return True

    def _open(self, event: Any, node: Items | Entries) -> bool:
        self._refuse_decorations(event, node.place)
        if len(self.stack) >= DEEPEST:
            return self._give_up(node.place, f"lists and maps lie more than {DEEPEST} deep in each other")
        self._put(node)
        self.stack.append(node)
        self.keys.append(None)
        return True

    def _give_up(self, place: Place, message: str) -> bool:
        self.problems.add(place, message)
        self.root = None
        return False

    def _refuse_decorations(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self.problems.add(place, f"an anchor (&{event.anchor}) is not allowed here")
        if event.tag is not None:
            self.problems.add(place, f"a tag ({event.tag}) is not allowed here: every value is its text")

    def _refuse_escapes(self, text: str, place: Place) -> None:
        """An escape such as ``"\\0"`` writes what the file itself must not hold; no database takes it either."""
        odd = next((one for one in text if unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t"), None)
        if odd is not None:
            self.problems.add(place, f"a character that text files do not hold: U+{ord(odd):04X}")

    def _put(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        holder = self.stack[-1]
        if isinstance(holder, Items):
            holder.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = self._key(node)
            return
        self.keys[-1] = None
        if isinstance(key, Scalar):
            self._enter(holder, key, node)

    def _key(self, node: Node) -> Scalar | Broken:
        if isinstance(node, Scalar):
            return node
        if not isinstance(node, Broken):
            self.problems.add(node.place, "a key must be a word, not a list or a map")
        return Broken(node.place)

    def _enter(self, holder: Entries, key: Scalar, node: Node) -> None:
        first = holder.entries.get(key.text)
        if first is None:
            holder.entries[key.text] = (key, node)
        else:
            self.problems.add(key.place, f"{shown(key.text)} is given twice: first on line {first[0].place.line}")
