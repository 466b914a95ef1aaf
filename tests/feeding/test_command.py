"""`coldchain feed kafka` with options that do not fit: one sentence, exit code 2, nothing started."""

import sys
from pathlib import Path

import pytest

from coldchain.cli.feed import _more, _partitions
from coldchain.cli.main import main


@pytest.mark.parametrize(
    ("text", "chosen"), [("0", {0}), ("0-3,7", {0, 1, 2, 3, 7}), ("5, 1-1", {1, 5})]
)  # fmt: skip
def test_partitions_are_a_list_of_numbers_and_spans(text: str, chosen: set[int]) -> None:
    assert _partitions(text) == frozenset(chosen)


@pytest.mark.parametrize("text", ["", "a", "3-1", "1-", "-1", "1,,2", "١"])
def test_what_is_no_such_list_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["feed", "kafka", "--brokers", "127.0.0.1:1", f"--partitions={text}"]) == 2
    assert capsys.readouterr().err == f"coldchain: --partitions is a list such as 0-3,7 (got {text!r})\n"


def test_the_clients_settings_are_read_with_their_comments_left_out(tmp_path: Path) -> None:
    file = tmp_path / "client"
    file.write_text("# ours\n\nsecurity.protocol = SASL_SSL\nsasl.password=a=b\n", encoding="utf-8")
    assert _more(str(file)) == {"security.protocol": "SASL_SSL", "sasl.password": "a=b"}


def test_a_line_of_them_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("client").write_text("security.protocol=ssl\nsecret\n", encoding="utf-8")
    assert main(["feed", "kafka", "--brokers", "127.0.0.1:1", "--client-settings", "client"]) == 2
    assert capsys.readouterr().err == "coldchain: client:2: write NAME=VALUE\n"


def test_without_the_client_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    assert main(["feed", "kafka", "--brokers", "127.0.0.1:1"]) == 2
    assert capsys.readouterr().err == "coldchain: Kafka needs its client: install coldchain[kafka]\n"


@pytest.mark.parametrize(
    ("settings", "options", "said"),
    [
        ("mqtt: {mode: off}", [], "the bridge reads from an MQTT broker, and mqtt.mode is off: set mqtt.mode: broker"),
        ("tz: UTC", ["--http", "70000"], "--http is a port, 0 to 65535 (got 70000)"),
    ],
)
def test_a_bridge_that_cannot_be_is_refused(
    settings: str, options: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("coldchain.yaml").write_text(settings, encoding="utf-8")
    assert main(["feed", "bridge", "--brokers", "127.0.0.1:1", *options]) == 2
    assert capsys.readouterr().err == f"coldchain: {said}\n"


@pytest.mark.parametrize("command", [["serve"], ["feed", "kafka", "--brokers", "127.0.0.1:1"]])
def test_shards_bring_their_own_settings(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--shards", "s.yaml", "--config", "c.yaml"]) == 2
    assert capsys.readouterr().err == "coldchain: --shards names the settings of each shard: leave out --config\n"


def test_the_settings_of_shards_are_checked_without_starting_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("north", "south"):
        Path(f"{name}.yaml").write_text(f"data: {name}\nmqtt: {{client_id: {name}}}\n", encoding="utf-8")
    Path("shards.yaml").write_text("shards: {north: {config: north.yaml}, south: {config: south.yaml}}")
    assert main(["serve", "--shards", "shards.yaml", "--check"]) == 0
    assert capsys.readouterr().out == "the settings are in order: 2 shards, north, south\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["north.yaml", "shards.yaml", "south.yaml"]
