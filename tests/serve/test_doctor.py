"""``coldchain doctor`` against real parts: each thing that is wrong is one sentence, and exit 1."""

import json
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from coldchain.cli.main import main
from coldchain.records import Store
from tests.brokers import PASSWORD, Mosquitto
from tests.empty import empty_store
from tests.ports import free_port

SETTINGS = """
database: {{url: "sqlite:///{folder}/record.db"}}
data: data
http: {{port: {http}}}
mqtt: {{mode: broker, host: 127.0.0.1, port: {mqtt}, user: coldchain}}
alerts:
  mqtt: false
  mail: {{pharmacy: {{host: 127.0.0.1, port: {smtp}, security: none, from: a@example.org, to: b@example.org}}}}
"""


def examined(
    folder: Path, capsys: pytest.CaptureFixture[str], *, mqtt: int, smtp: int
) -> tuple[int, dict[str, tuple[bool, str]]]:
    config = folder / "coldchain.yaml"
    config.write_text(SETTINGS.format(folder=folder, http=free_port(), mqtt=mqtt, smtp=smtp))
    code = main(["doctor", "--config", str(config), "--format", "json"])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return code, {each["what"]: (each["ok"], each["sentence"]) for each in found}


@pytest.fixture
def record(tmp_path: Path) -> Store:
    return empty_store(tmp_path / "record.db")


@pytest.mark.broker
def test_what_works_is_fine_and_what_does_not_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, record: Store
) -> None:
    monkeypatch.setenv("COLDCHAIN_MQTT_PASSWORD", PASSWORD)
    (tmp_path / "broker").mkdir()
    broker = Mosquitto(tmp_path / "broker").start()
    mail = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    mail.start()
    try:
        code, found = examined(tmp_path, capsys, mqtt=broker.port, smtp=mail.port)
    finally:
        mail.stop()
        broker.stop()
        record.close()
    assert code == 1
    assert found["record"][0]
    assert found["disk"]
    assert found["broker"][0]
    assert "has dropped nothing" in found["broker"][1]
    assert found["mail"] == (True, f"the mail server 127.0.0.1, port {mail.port}, of pharmacy lets us in")
    assert found["service"][1].startswith("no coldchain service answers at http://127.0.0.1:")
    assert found["backup"] == (False, "the record was never copied by 'coldchain backup'; do it every day")
    assert found["alerts"] == (
        False,
        "no alert was ever delivered by smtp to pharmacy: b@example.org: it is unproven; try it",
    )


@pytest.mark.broker
def test_nothing_there_is_many_sentences_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLDCHAIN_MQTT_PASSWORD", PASSWORD)
    code, found = examined(tmp_path, capsys, mqtt=free_port(), smtp=free_port())
    assert code == 1
    assert not any(found[what][0] for what in ("record", "service", "broker", "mail", "backup"))
    assert "there is no database at" in found["record"][1]
    assert "takes no message" in found["broker"][1]


@pytest.mark.broker
def test_a_wrong_password_at_the_broker_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, record: Store
) -> None:
    monkeypatch.setenv("COLDCHAIN_MQTT_PASSWORD", "another")
    (tmp_path / "broker").mkdir()
    broker = Mosquitto(tmp_path / "broker").start()
    try:
        _, found = examined(tmp_path, capsys, mqtt=broker.port, smtp=free_port())
    finally:
        broker.stop()
        record.close()
    assert not found["broker"][0]
    assert "does not let us in: Not authorized" in found["broker"][1]


def test_a_copy_counts_as_a_backup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, record: Store
) -> None:
    monkeypatch.setenv("COLDCHAIN_MQTT_PASSWORD", PASSWORD)
    record.close()
    examined(tmp_path, capsys, mqtt=free_port(), smtp=free_port())  # writes the settings
    config = str(tmp_path / "coldchain.yaml")
    assert main(["backup", str(tmp_path / "copy.db"), "--config", config]) == 0
    assert main(["verify", "--config", config]) == 0
    capsys.readouterr()
    _, found = examined(tmp_path, capsys, mqtt=free_port(), smtp=free_port())
    assert found["backup"][0]
