"""Lists, maps and records of a product file, and what a record's builder gets to work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from coldchain.rulebook.kinds import Kind, Name, Schema, nearest
from coldchain.rulebook.nodes import Broken, Entries, Items, Node, Place, Problems, Scalar, shown

T = TypeVar("T")


@dataclass(frozen=True)
class Field:
    """One key of a record.

    Attributes:
        key: As it is written.
        kind: What its value is.
        about: One sentence for the field table and for editors.
        required: The record is refused without it.
        nullable: ``null`` may be written, for "not known".
    """

    key: str
    kind: Kind[Any]
    about: str
    required: bool = False
    nullable: bool = False

    def schema(self) -> Schema:
        """The field for editors."""
        inner = self.kind.schema()
        if self.nullable:
            inner = {"anyOf": [inner, {"type": "null"}]}
        return {**inner, "description": self.about}


@dataclass
class Given:
    """What a record holds: the values that could be read, and the place of each for what goes beyond one value."""

    node: Entries
    problems: Problems
    values: Mapping[str, Any]
    before: int

    @property
    def sound(self) -> bool:
        """Whether no problem was found in this record."""
        return len(self.problems.found) == self.before

    def __contains__(self, key: str) -> bool:
        return key in self.node.entries

    def get(self, key: str) -> Any:
        """The value of a key; ``None`` where it is not given or could not be read."""
        return self.values.get(key)

    def place(self, key: str) -> Place:
        """Where the value of a key stands; the record itself where the key is not given."""
        value = self.node.get(key)
        return value.place if value else self.node.place

    def keys_of(self, key: str) -> tuple[str, ...]:
        """The keys that are written in the map at a key, those included whose values could not be read."""
        value = self.node.get(key)
        return tuple(value.entries) if isinstance(value, Entries) else ()

    def texts_of(self, key: str, inner: str) -> list[tuple[Place, str]]:
        """What the maps in the list at a key say at a key of their own, and where each map stands.

        Those are included whose other values could not be read.
        """
        listed = self.node.get(key)
        maps = [item for item in listed.items if isinstance(item, Entries)] if isinstance(listed, Items) else []
        said = [(item.place, item.get(inner)) for item in maps]
        return [(place, text.text) for place, text in said if isinstance(text, Scalar) and not text.is_null]

    def refuse(self, key: str, message: str) -> None:
        """A problem at a key of this record, or at the record itself where the key is not given."""
        entry = self.node.entries.get(key)
        self.problems.add(entry[0].place if entry else self.node.place, message)


@dataclass(frozen=True)
class Record(Generic[T]):
    """A map with fixed keys.

    Attributes:
        title: What it is called in problems and in the field table.
        fields: Its keys.
        build: Makes the value of it; called even where something is wrong, so that every problem is found.
        written: For the field table.
    """

    title: str
    fields: tuple[Field, ...]
    build: Callable[[Given], T | None]
    written: str = "a map"

    def read(self, node: Node, name: str, problems: Problems) -> T | None:
        """The record's value."""
        if not isinstance(node, Entries):
            if not isinstance(node, Broken):
                keys = ", ".join(item.key for item in self.fields)
                problems.add(node.place, f"{name}: write a map with the keys {keys}")
            return None
        before = len(problems.found)
        known = {item.key: item for item in self.fields}
        values: dict[str, Any] = {}
        for key, (at, value) in node.entries.items():
            if key in known:
                self._read_field(known[key], value, values, problems)
            else:
                message = f"{self.title}: unknown key {shown(key)}{nearest(key, list(known))}"
                problems.add(at.place, message)
        for item in self.fields:
            if item.required and item.key not in node.entries:
                wanted = item.kind.written.replace("`", "")
                problems.add(node.place, f"{self.title}: the key '{item.key}' is missing; write {wanted}")
        return self.build(Given(node, problems, values, before))

    @staticmethod
    def _read_field(item: Field, value: Node, values: dict[str, Any], problems: Problems) -> None:
        if item.nullable and isinstance(value, Scalar) and value.is_null:
            return
        found = item.kind.read(value, item.key, problems)
        if found is not None:
            values[item.key] = found

    def schema(self) -> Schema:
        """An object with these keys and no others."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": [item.key for item in self.fields if item.required],
            "properties": {item.key: item.schema() for item in self.fields},
        }


@dataclass(frozen=True)
class Placed(Generic[T]):
    """A value and where it stands."""

    value: T
    place: Place


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """A list of one kind of values, each with its place."""

    kind: Kind[T]

    @property
    def written(self) -> str:
        """For the field table."""
        return f"a list of: {self.kind.written}"

    def read(self, node: Node, name: str, problems: Problems) -> tuple[Placed[T], ...] | None:
        """The values that could be read."""
        if not isinstance(node, Items):
            if not isinstance(node, Broken):
                problems.add(node.place, f"{name}: write a list, such as [first, second]")
            return None
        if not node.items:
            problems.add(node.place, f"{name}: the list is empty; leave the key out instead")
        read = ((self.kind.read(item, name, problems), item.place) for item in node.items)
        return tuple(Placed(value, place) for value, place in read if value is not None)

    def schema(self) -> Schema:
        """An array."""
        return {"type": "array", "minItems": 1, "items": self.kind.schema()}


@dataclass(frozen=True)
class MapOf(Generic[T]):
    """A map whose keys are names of the writer's own, each value with the place of its key."""

    kind: Kind[T]
    what: str
    names: Name = field(default_factory=Name)

    @property
    def written(self) -> str:
        """For the field table."""
        return f"a map from a {self.what}'s name to {self.kind.written}"

    def read(self, node: Node, name: str, problems: Problems) -> dict[str, Placed[T]] | None:
        """The values that could be read, in the order of the file."""
        if not isinstance(node, Entries) or not node.entries:
            if not isinstance(node, Broken):
                problems.add(node.place, f"{name}: write a map with at least one {self.what}")
            return None
        found: dict[str, Placed[T]] = {}
        for key, value in node.entries.values():
            self.names.read(key, f"the {self.what}'s name", problems)
            read = self.kind.read(value, key.text, problems)
            if read is not None:
                found[key.text] = Placed(read, key.place)
        return found

    def schema(self) -> Schema:
        """An object with such keys."""
        names = self.names.schema()
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": names,
            "additionalProperties": self.kind.schema(),
        }


@dataclass(frozen=True)
class WordOr:
    """A fixed word, or a record: ``none`` or ``{each: 30 min}``."""

    word: Kind[Any]
    record: Record[Any]

    @property
    def written(self) -> str:
        """For the field table."""
        return f"{self.word.written}, or {self.record.written}"

    def read(self, node: Node, name: str, problems: Problems) -> Any:
        """The word's value, or the record's."""
        return (self.record if isinstance(node, Entries) else self.word).read(node, name, problems)

    def schema(self) -> Schema:
        """Either."""
        return {"anyOf": [self.word.schema(), self.record.schema()]}
