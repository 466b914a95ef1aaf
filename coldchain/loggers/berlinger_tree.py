"""The indentation tree that Berlinger devices write: ``Key: value`` lines, one blank deeper for each level."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from coldchain.errors import FileRefused

_KEY = re.compile(r"[A-Z][\w ]{0,60}:|t \w{1,60}:")
"""What begins a further pair on a line; anything else goes on with the text before it."""

_MOST_FACTS, _MOST_ROWS, _DEEPEST = 50_000, 500_000, 20
"""Far beyond what these devices hold: 60 days of 14 facts, 5 levels deep; a few ten thousand readings."""


@dataclass
class Node:
    """One line of the tree, with what stands below it.

    Attributes:
        values: The line's own ``key: value`` pairs; the first one is the line's key.
        line: Counted from 1; 0 for the root.
        rows: The table rows below it (tab-indented), with their line numbers.
    """

    key: str
    values: dict[str, str]
    line: int
    children: list["Node"] = field(default_factory=list)
    rows: list[tuple[int, str]] = field(default_factory=list)

    def child(self, key: str) -> "Node | None":
        """The first child with a key."""
        return next((child for child in self.children if child.key == key), None)

    def value(self, key: str) -> str | None:
        """A value of this line, or of a line directly below it; ``None`` if absent or blank."""
        if self.values.get(key):
            return self.values[key]
        for child in self.children:
            if child.values.get(key):
                return child.values[key]
        return None

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse_tree(lines: Sequence[str]) -> Node:
    """The tree of a whole file.

    Raises:
        FileRefused: ``damaged``: a line that is no ``key: value``, or stands deeper than anything above it allows;
            more facts than such a device has memory for. ``too-large``: more readings.
    """
    root = Node("", {}, 0)
    path: list[Node] = [root]
    facts = rows = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if line.startswith("\t"):
            path[-1].rows.append((number, line))
            rows += 1
            if rows > _MOST_ROWS:
                raise FileRefused("too-large", f"it has more than {_MOST_ROWS} readings: no such device holds as many")
            continue
        facts += 1
        key, colon, rest = line.partition(":")
        if not colon or not key.strip() or (rest and not rest[0].isspace()):
            raise FileRefused("damaged", f"line {number}: {line.strip()[:60]!r} is no line a Berlinger device writes")
        depth = len(key) - len(key.lstrip(" "))
        if facts > _MOST_FACTS or depth > _DEEPEST:
            raise FileRefused(
                "damaged",
                f"line {number}: no such device writes more than {_MOST_FACTS} facts or {_DEEPEST} levels",
            )
        if depth > len(path) - 1:
            raise FileRefused(
                "damaged", f"line {number}: {line.strip()[:60]!r} is indented deeper than what stands above it"
            )
        del path[depth + 1 :]
        node = Node(key.strip(), _pairs(line), number)
        path[-1].children.append(node)
        path.append(node)
    return root


def _pairs(line: str) -> dict[str, str]:
    """``Min T: +4.0, TS Min T: 00:42`` as a mapping; a text value with commas stays with its key."""
    pairs: dict[str, str] = {}
    key = ""
    for part in line.split(", ") if ", " in line else [line.rstrip(",")]:
        stated, colon, value = part.rstrip(",").partition(":")
        is_pair = colon and stated.strip() and "," not in stated and "," not in value
        if is_pair and (not pairs or _KEY.match(part.strip())):
            key = stated.strip()
            pairs[key] = value.strip()
        elif key:
            pairs[key] += f", {part.strip()}"
    return pairs
