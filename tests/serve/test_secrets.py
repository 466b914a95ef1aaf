"""No secret is ever shown: each is a marker, everything that uses one fails, and all output is looked at."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from coldchain.cli.main import main
from tests.brokers import Mosquitto
from tests.ports import free_port
from tests.serve.service import Service, eventually

MARK = "s3cr3t-m4rk3r"
SETTINGS = """
http:
  port: {http}
  tokens: {{gateway: {{may_write: true}}}}
  webhooks: {{cloud: {{decoder: native, secret_file: cloud}}}}
mqtt: {{port: {mqtt}, user: coldchain}}
watch: {{log: json, ping_every: 10 s}}
alerts:
  mail: {{pharmacy: {{host: 127.0.0.1, port: {dead}, user: cold, from: a@example.org, to: b@example.org}}}}
  webhooks: {{ops: {{url_file: hook, timeout: 2 s}}}}
locations:
  ward-3: {{title: Ward 3, product: lemtrada, sensor: fridge-3}}
"""
DATABASE = """
http: {{port: 0}}
mqtt: {{mode: "off"}}
database: {{url: "postgresql://cold@127.0.0.1:{dead}/cold"}}
"""


def marked(name: str) -> str:
    return f"{MARK}-{name}"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    folder = tmp_path / "broker"
    folder.mkdir()
    made = Mosquitto(folder).start()
    yield made
    made.stop()


def secrets(folder: Path, dead: int) -> dict[str, str]:
    """By file and by variable; addresses with a token in them count, too."""
    (folder / "cloud").write_text(marked("webhook-in"))
    (folder / "hook").write_text(f"http://127.0.0.1:{dead}/{marked('webhook-address')}")
    (folder / "mail").write_text(marked("mail"))
    return {
        "COLDCHAIN_HTTP_TOKENS_GATEWAY_TOKEN": marked("token-of-a-gateway"),
        "COLDCHAIN_MQTT_PASSWORD": marked("mqtt"),
        "COLDCHAIN_WATCH_PING_URL": f"http://127.0.0.1:{dead}/{marked('ping')}",
        "COLDCHAIN_ALERTS_MAIL_PHARMACY_PASSWORD_FILE": str(folder / "mail"),
        "COLDCHAIN_ALERTS_WEBHOOKS_OPS_SECRET": marked("webhook-out"),
    }


def asked(address: str, body: bytes | None = None, **headers: str) -> str:
    """The answer and its headers, whatever its status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
            return f"{answer.headers}{answer.read().decode(errors='replace')}"
    except urllib.error.HTTPError as error:
        with error:
            return f"{error.headers}{error.read().decode(errors='replace')}"


def answers(http: int, wrong: str) -> str:
    """Pages and interfaces, asked with a wrong secret, too."""
    base = f"http://127.0.0.1:{http}"
    reading = json.dumps({"sensor": "fridge-3", "temperature_c": 30}).encode()
    json_type = {"Content-Type": "application/json"}
    pages = ("/", "/sign-in", "/healthz", "/metrics", "/api/v1/openapi.json", "/none")
    return "".join([
        *(asked(f"{base}{path}") for path in pages),
        asked(f"{base}/api/v1/readings", reading, Authorization=f"Bearer {marked('token-of-a-gateway')}", **json_type),
        asked(f"{base}/api/v1/readings", b"{", Authorization=f"Bearer {marked('token-of-a-gateway')}", **json_type),
        asked(f"{base}/api/v1/readings", reading, Authorization=f"Bearer {wrong}", **json_type),
        asked(f"{base}/api/v1/webhooks/cloud", reading, **{"X-Signature-256": wrong}, **json_type),
    ])  # fmt: skip


@pytest.mark.broker
def test_nothing_that_fails_shows_a_secret(tmp_path: Path, broker: Mosquitto) -> None:
    dead, http = free_port(), free_port()
    variables = secrets(tmp_path, dead)
    settings = SETTINGS.format(http=http, mqtt=broker.port, dead=dead)
    with Service(tmp_path, settings, **variables) as service:
        eventually(lambda: "Not authorized" in str(service.health()), "the broker refuses the password")
        shown = answers(http, marked("of-a-stranger"))
        for name in ("pharmacy", "ops"):
            eventually(lambda name=name: name in service.complained, f"{name} was tried in vain")  # type: ignore[misc]
        shown += answers(http, marked("of-a-stranger"))
        assert service.end() == 0
        shown += service.said + service.complained
    assert "Not authorized" in shown, "the broker did not refuse us"
    assert shown.count("fridge-3") >= 1
    assert MARK not in shown
    for kept in (tmp_path / "coldchain-data").rglob("*"):
        assert not kept.is_file() or MARK.encode() not in kept.read_bytes(), kept.name


@pytest.mark.parametrize("words", [("serve",), ("doctor",), ("verify", "--config", "coldchain.yaml"), ("backup", "x")])
def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "coldchain.yaml").write_text(DATABASE.format(dead=free_port()))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLDCHAIN_DATABASE_PASSWORD", marked("database"))
    assert main(list(words)) != 0
    said = "".join(capsys.readouterr())
    assert "127.0.0.1" in said
    assert MARK not in said


@pytest.mark.parametrize(
    "settings", ["mqtt: {password: %s}", "http: {tokens: {a: {token: %s}}}", "database: {url: 'postgresql://u:%s@h/d'}"]
)
def test_a_secret_that_stands_in_the_settings_is_refused_and_not_repeated(
    tmp_path: Path, settings: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "coldchain.yaml").write_text(settings % MARK)
    monkeypatch.chdir(tmp_path)
    assert main(["serve"]) == 2
    assert MARK not in "".join(capsys.readouterr())
