"""docker-compose.yml and what it mounts, as far as it can be tried without a container engine.

There is none where these tests run: that the images build and start is not tested here (docs/how-to/docker.md).
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
import yaml
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from coldchain.settings import load
from tests.brokers import PASSWORD, SENSORS, SHIPPED, USER, Mosquitto
from tests.serve.service import eventually

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SECRETS = {"COLDCHAIN_DATABASE_PASSWORD": "for tests", "COLDCHAIN_MQTT_PASSWORD": "for tests"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    beside = yaml.safe_load((DEPLOY / "watch.yml").read_text(encoding="utf-8"))
    return {part: found.get(part, {}) | beside.get(part, {}) for part in ("services", "volumes")}


def test_the_compose_file_has_the_three_services(compose: dict[str, Any]) -> None:
    assert {"mosquitto", "postgres", "coldchain"} <= set(compose["services"])


def test_every_file_that_is_mounted_is_there(compose: dict[str, Any]) -> None:
    mounts = [mount for each in compose["services"].values() for mount in each.get("volumes", [])]
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert len(files) >= 4
    for name in files:
        assert (ROOT / name).exists(), name
    assert {mount.split(":")[0] for mount in mounts if not mount.startswith("./")} == set(compose["volumes"])


def test_no_password_has_a_default(compose: dict[str, Any]) -> None:
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("docker-compose.yml", "deploy/watch.yml"))
    asked = re.findall(r"\$\{(\w*PASSWORD\w*)(.*?)\}", text)
    assert len(asked) >= 5
    assert all(rest.startswith(":?") for _, rest in asked)
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or value.startswith("${"), name


def test_only_this_machine_reaches_what_is_published(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            assert re.match(r"\$\{\w+:-127\.0\.0\.1\}:", port), (name, port)
    assert "ports" not in compose["services"]["postgres"]


def test_every_service_that_stays_says_whether_it_is_well(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if service.get("restart"):
            assert "healthcheck" in service or "build" in service, name  # ours stands in the Dockerfile
    assert "HEALTHCHECK" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def test_the_dashboard_and_the_rules_ask_for_metrics_that_there_are() -> None:
    page = (ROOT / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
    known = set(re.findall(r"`(coldchain_\w+)", page))
    dashboard = json.loads((DEPLOY / "grafana" / "dashboards" / "coldchain.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    rules = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text(encoding="utf-8"))
    asked += [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    assert len(asked) >= 10
    used = {name for expression in asked for name in re.findall(r"coldchain_\w+", expression)}
    assert used <= known
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_the_variables_of_the_service_are_settings(compose: dict[str, Any]) -> None:
    given = compose["services"]["coldchain"]["environment"]
    variables = {**SECRETS, "COLDCHAIN_TZ": "Europe/Berlin", "COLDCHAIN_PUBLIC_URL": "https://cold.example.org"}
    assert set(given) == set(variables)
    settings = load(DEPLOY / "coldchain.yaml", variables)
    assert settings.database_url == "postgresql+psycopg://coldchain:for%20tests@postgres/coldchain"
    assert (settings.mqtt.host, settings.mqtt.user) == ("mosquitto", USER)
    assert settings.http.port == 8080


def test_the_examples_in_the_settings_are_settings_too(tmp_path: Path) -> None:
    lines = (DEPLOY / "coldchain.yaml").read_text(encoding="utf-8").splitlines()
    example = re.compile(r"# (?=(?:locations|alerts):|  )")
    text = "\n".join(example.sub("", line) if example.match(line) else line for line in lines)
    (tmp_path / "coldchain.yaml").write_text(text, encoding="utf-8")
    settings = load(tmp_path / "coldchain.yaml", {**SECRETS, "COLDCHAIN_ALERTS_MAIL_PHARMACY_PASSWORD": "for tests"})
    assert settings.locations[0].name == "ward-3"
    assert settings.alerts.mail[0].name == "pharmacy"
    assert settings.alerts.webhooks[0].name == "ops"


def dockerfile() -> list[str]:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_what_the_image_copies_is_there() -> None:
    copied = [line.split()[1:-1] for line in dockerfile() if line.startswith("COPY ") and "--from" not in line]
    assert {name for names in copied for name in names} >= {"requirements.lock", "pyproject.toml", "coldchain", "rules"}
    for name in (name for names in copied for name in names):
        assert (ROOT / name).exists(), name


def test_the_image_installs_by_hash_and_runs_as_nobody_special() -> None:
    text = "\n".join(dockerfile())
    assert "--require-hashes --no-deps -r requirements.lock" in text
    user = next(line for line in dockerfile() if line.startswith("USER "))
    assert not re.match(r"USER (0|root)\b", user)
    assert not re.search(r"password|secret|token", text, re.IGNORECASE)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


def answers(port: int, user: str | None, password: str, topic: str) -> tuple[str, str | None]:
    """How the broker answers a connection, and then a publication."""
    said: dict[str, str] = {}

    def on_connect(_client: object, _data: object, _flags: object, code: ReasonCode, _more: object) -> None:
        said["connect"] = str(code)

    def on_publish(_client: object, _data: object, _mid: object, code: ReasonCode, _more: object) -> None:
        said["publish"] = str(code)

    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.on_connect, client.on_publish = on_connect, on_publish
    if user is not None:
        client.username_pw_set(user, password)
    client.connect("127.0.0.1", port)
    for _ in range(2400):
        client.loop(0.05)
        if "connect" in said:
            break
    if said["connect"] == "Success":
        client.publish(topic, b"{}", qos=1)
        for _ in range(2400):
            client.loop(0.05)
            if "publish" in said:
                break
    client.disconnect()
    return said["connect"], said.get("publish")


@pytest.mark.broker
@pytest.mark.parametrize(
    ("case", "user", "password", "topic", "said"),
    [
        ("a sensor's reading", SENSORS, PASSWORD, "coldchain/readings/a", ("Success", "No matching subscribers")),
        ("a sensor's alert", SENSORS, PASSWORD, "coldchain/alerts/a", ("Success", "Not authorized")),
        ("a sensor as the service", SENSORS, PASSWORD, "coldchain/status", ("Success", "Not authorized")),
        ("the service's alert", USER, PASSWORD, "coldchain/alerts/a", ("Success", "No matching subscribers")),
        ("a wrong password", SENSORS, "wrong", "coldchain/readings/a", ("Not authorized", None)),
        ("nobody", None, "", "coldchain/readings/a", ("Not authorized", None)),
    ],
)
def test_the_brokers_own_file_starts_it_and_lets_in_who_may(
    broker: Mosquitto, case: str, user: str | None, password: str, topic: str, said: tuple[str, str | None]
) -> None:
    assert answers(broker.port, user, password, topic) == said, case


@pytest.mark.broker
def test_the_brokers_file_gives_no_warnings(broker: Mosquitto) -> None:
    lines = [line for line in broker.log().splitlines() if "should not be run as root" not in line]  # the test's doing
    assert not re.search("warning|error|unknown", "\n".join(lines), re.IGNORECASE), lines


@pytest.mark.broker
def test_what_waits_for_the_service_survives_the_brokers_death(broker: Mosquitto) -> None:
    def client(name: str) -> paho.Client:
        made = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        made.username_pw_set(USER, PASSWORD)
        made.connect("127.0.0.1", broker.port)
        return made

    waiting = client("waits")
    granted: list[object] = []
    waiting.on_subscribe = lambda *_: granted.append(True)
    waiting.subscribe("coldchain/readings/#", qos=1)
    for _ in range(2400):
        waiting.loop(0.05)
        if granted:
            break
    assert granted
    waiting.disconnect()
    waiting.loop(0.1)
    sending = client("sends")
    sending.loop_start()
    for number in range(1500):  # more than the broker keeps by default
        sent = sending.publish("coldchain/readings/a", f"number {number};", qos=1)
    sent.wait_for_publish(120)
    sending.publish("coldchain/readings/a", "the end;", qos=1).wait_for_publish(120)
    sending.disconnect()
    sending.loop_stop()
    eventually(
        lambda: broker.data().exists() and b"the end;" in broker.data().read_bytes(), "all before it is on the disk"
    )
    broker.kill()
    broker.start()
    got: list[bytes] = []
    again = client("waits")
    again.on_message = lambda _client, _data, message: got.append(bytes(message.payload))
    for _ in range(20_000):
        again.loop(0.05)
        if b"the end;" in got:
            break
    again.disconnect()
    assert set(got) >= {f"number {number};".encode() for number in range(1500)}


def test_the_shipped_file_names_no_listener_of_its_own() -> None:
    text = (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8")
    assert not re.search(r"^(listener|port)\b", text, re.MULTILINE)
    assert re.search(r"^allow_anonymous false$", text, re.MULTILINE)


@pytest.mark.parametrize("script", ["make-venv", "test-programs"])
def test_the_scripts_are_shell_that_can_be_read(script: str) -> None:
    done = subprocess.run(["sh", "-n", str(DEPLOY / script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
