"""A file of shards: each has settings of its own, and nothing that another one has."""

from pathlib import Path

import pytest

from coldchain.errors import SettingsError
from coldchain.payloads.routing import Route
from coldchain.settings import load
from coldchain.settings.shards import load_shards, partitions_of


def written(folder: Path, text: str, **settings: str) -> Path:
    """A file of shards, and their settings."""
    for name, content in settings.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    (folder / "shards.yaml").write_text(text, encoding="utf-8")
    return folder / "shards.yaml"


NORTH, SOUTH = "data: n\nmqtt: {client_id: north}\n", "data: s\nmqtt: {client_id: south}\n"
BOTH = "shards:\n  north: {config: north.yaml, partitions: 0-3}\n  south: {config: south.yaml, partitions: '4,5'}\n"


def test_each_shard_has_its_settings_and_its_partitions(tmp_path: Path) -> None:
    shards = load_shards(written(tmp_path, BOTH, north=NORTH, south=SOUTH), {}, of_kafka=True)
    assert [shard.name for shard in shards] == ["north", "south"]
    assert [shard.partitions for shard in shards] == [frozenset(range(4)), frozenset({4, 5})]
    assert [shard.settings.data for shard in shards] == [tmp_path / "n", tmp_path / "s"]


@pytest.mark.parametrize(
    ("text", "of_kafka", "said"),
    [
        ("", False, "shards.yaml:1:1: shards needs 'shards': a name, and its 'config', a line"),
        ("shards: {north: {partitions: 1}}", False, "needs 'config': the shard's settings"),
        ("shards: {north: {config: none.yaml}}", False, "none.yaml:1:1: cannot read the settings"),
        ("shards: {north: {config: north.yaml, partition: 1}}", False, "unknown key 'partition'; did you mean"),
        ("shards: {North: {config: north.yaml}}", False, "a name is made of a–z"),
        ("shards: {north: {config: north.yaml, partitions: 3-1}}", True, "a list such as 0-3,7 (got '3-1')"),
        ("shards: {a: {config: north.yaml}, b: {config: north.yaml}}", False, "a and b have the same database"),
        ("shards: {a: {config: same.yaml}, b: {config: other.yaml}}", False, "a and b have the same session at one"),
        ("shards: {a: {config: north.yaml, partitions: 0-3}, b: {config: south.yaml, partitions: 3-5}}", True,
         "a and b have the same partition"),
        ("shards: {a: {config: north.yaml, partitions: 0-3}, b: {config: south.yaml}}", True,
         "needs 'partitions': which ones b reads"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, of_kafka: bool, said: str) -> None:
    file = written(tmp_path, text, north=NORTH, south=SOUTH, same="data: x\n", other="data: y\n")
    with pytest.raises(SettingsError) as refused:
        load_shards(file, {}, of_kafka=of_kafka)
    assert said in str(refused.value)


def test_a_variable_that_gives_all_shards_one_database_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, BOTH, north=NORTH, south=SOUTH)
    with pytest.raises(SettingsError, match="the shards north and south have the same database"):
        load_shards(file, {"COLDCHAIN_DATABASE_URL": "postgresql://u@h/d"}, of_kafka=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [("0", {0}), ("0-3,7", {0, 1, 2, 3, 7}), ("3-1", None), ("1-", None), ("", None), ("9999999", None)]
)  # fmt: skip
def test_partitions_are_a_list_of_numbers_and_spans(text: str, found: set[int] | None) -> None:
    assert partitions_of(text) == (None if found is None else frozenset(found))


def test_a_service_may_read_its_own_part_of_the_native_topic_only(tmp_path: Path) -> None:
    route = "routes: [{filter: coldchain/readings/7/#, decoder: native}]"
    file = written(tmp_path, f"mqtt: {{native: false, {route}}}\n")
    assert load(file, {}).mqtt.routes == (Route("coldchain/readings/7/#", "native"),)
    with pytest.raises(SettingsError, match="there is nothing to read"):
        load(written(tmp_path, "mqtt: {native: false}\n"), {})
