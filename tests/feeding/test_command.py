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
