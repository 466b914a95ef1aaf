"""Several records between several services: which shards there are, and each one's settings.

::

    shards:
      north: {config: north.yaml}
      south: {config: south.yaml, partitions: 4-7}

Each shard's settings are whole ones of their own, with their own database. Services that are given the same file take
one shard each.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coldchain.errors import SettingsError
from coldchain.settings.files import text_of
from coldchain.settings.load import load
from coldchain.settings.reader import Section, root_of
from coldchain.settings.shapes import Settings
from coldchain.settings.sources import Sources

_MOST_PARTITIONS = 1_000_000


@dataclass(frozen=True)
class Shard:
    """One record, and what comes into it.

    Attributes:
        name: For people.
        settings: What a service of this shard is told.
        partitions: What it reads of a Kafka topic; ``None`` where the file says nothing of that.
    """

    name: str
    settings: Settings
    partitions: frozenset[int] | None = None


def load_shards(file: Path, environment: Mapping[str, str], *, of_kafka: bool = False) -> tuple[Shard, ...]:
    """The shards of a file, in its order.

    Args:
        file: As above.
        environment: The environment's variables; they are every shard's.
        of_kafka: Whether they are fed from one Kafka topic; else each from its own MQTT broker or topics.

    Raises:
        SettingsError: Something is wrong with the file or with a shard's settings; all of it is named.
    """
    sources = Sources(str(file), file.parent.resolve(), {})
    root = root_of(sources, text_of(file, "shards"))
    section = root.section("shards")
    root.done()
    entries = list(section.named())
    section.done()
    read = [_shard(name, entry, environment) for name, entry in entries]
    if not entries and not sources.problems:
        section.missing("shards", ": a name, and its 'config', a line")
    shards = [shard for shard in read if shard is not None]
    if not sources.problems:
        _check(entries, shards, of_kafka=of_kafka)
    if sources.problems:
        raise SettingsError(sources.problems)
    return tuple(shards)


def partitions_of(text: str) -> frozenset[int] | None:
    """Partitions as people write them, ``0-3,7``; ``None`` where a text is no such list."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        ends = (first, last if dash else first)
        if not all(end.isascii() and end.isdecimal() and int(end) < _MOST_PARTITIONS for end in ends):
            return None
        if int(ends[1]) < int(ends[0]):
            return None
        found |= set(range(int(ends[0]), int(ends[1]) + 1))
    return frozenset(found)


def _shard(name: str, entry: Section, environment: Mapping[str, str]) -> Shard | None:
    config, text = entry.path_of("config"), entry.text("partitions")
    entry.done()
    partitions = None if text is None else partitions_of(text)
    if text is not None and partitions is None:
        entry.refuse("partitions", f"partitions is a list such as 0-3,7 (got {text!r})")
    if config is None:
        entry.missing("config", ": the shard's settings")
        return None
    try:
        return Shard(name, load(config, environment), partitions)
    except SettingsError as error:
        entry.sources.problems += error.problems
        return None


def _check(entries: list[tuple[str, Section]], shards: Sequence[Shard], *, of_kafka: bool) -> None:
    """What one shard has, no other one may have."""

    def apart(key: str, of: Callable[[Shard], Sequence[Hashable]], what: str) -> None:
        seen: dict[Hashable, str] = {}
        for (name, entry), shard in zip(entries, shards, strict=True):
            for one in of(shard):
                if one in seen:
                    entry.refuse(key, f"the shards {seen[one]} and {name} have the same {what}")
                    break
                seen[one] = name

    apart("config", lambda shard: (shard.settings.database_url,), "database: each needs a record of its own")
    if not of_kafka:
        apart("config", _session, "session at one MQTT broker: each needs a mqtt.client_id of its own")
        return
    apart("partitions", lambda shard: sorted(shard.partitions or ()), "partition")
    if len(shards) > 1:
        for (name, entry), shard in zip(entries, shards, strict=True):
            if shard.partitions is None:
                entry.missing("partitions", f": which ones {name} reads")


def _session(shard: Shard) -> Sequence[Hashable]:
    mqtt = shard.settings.mqtt
    return ((mqtt.host, mqtt.port, mqtt.client_id),) if mqtt.mode == "broker" else ()
