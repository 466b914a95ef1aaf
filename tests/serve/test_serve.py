"""`coldchain serve`, whole: a reading by real MQTT to a stored excursion, an e-mail, a webhook and the alert topic."""

import email
import email.policy
import json
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.brokers import PASSWORD, SENSORS, USER, Mosquitto
from tests.notifying.servers import hook_server, mail_server
from tests.ports import free_port
from tests.serve.service import Service, command, eventually

SETTINGS = """
tz: Europe/Berlin
http: {{port: 0}}
mqtt: {{port: {mqtt}, user: coldchain}}
locations:
  ward-3: {{title: Ward 3 refrigerator, area: Ward 3, product: lemtrada, sensor: fridge-3}}
"""
ALERTS = """
alerts:
  mail:
    pharmacy: {{host: 127.0.0.1, port: {smtp}, security: none, from: coldchain@example.org, to: [a@example.org, b@example.org]}}
    dead: {{host: 127.0.0.1, port: {dead}, security: none, from: coldchain@example.org, to: c@example.org, timeout: 2 s}}
  webhooks:
    ops: {{url: "{hook}"}}
"""  # noqa: E501


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    folder = tmp_path / "broker"
    folder.mkdir()
    mosquitto = Mosquitto(folder)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


def publish(port: int, temperature_c: float, user: str | None = SENSORS, sensor: str = "fridge-3") -> None:
    """One reading, measured now, at QoS 1; returns when the broker has answered."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    if user:
        client.username_pw_set(user, PASSWORD)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        body = json.dumps({"measured_at": now, "temperature_c": temperature_c})
        client.publish(f"coldchain/readings/{sensor}", body, qos=1).wait_for_publish(120)
    finally:
        client.disconnect()
        client.loop_stop()


def retained(port: int, topic: str) -> Callable[[], Any]:
    """Looks for a retained message."""

    def look() -> Any:
        found: list[bytes] = []
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(USER, PASSWORD)
        client.on_message = lambda _client, _data, message: found.append(bytes(message.payload))
        client.connect("127.0.0.1", port)
        client.subscribe(topic, qos=1)
        for _ in range(20):
            client.loop(0.05)
        client.disconnect()
        return json.loads(found[-1]) if found else None

    return look


@pytest.mark.broker
def test_a_warm_reading_is_stored_judged_and_told_to_everybody_who_can_be_reached(
    tmp_path: Path, broker: Mosquitto
) -> None:
    with mail_server() as box, hook_server() as hook:
        alerts = ALERTS.format(smtp=box.port, dead=free_port(), hook=hook.url)
        settings = SETTINGS.format(mqtt=broker.port) + alerts
        with Service(tmp_path, settings, COLDCHAIN_MQTT_PASSWORD=PASSWORD) as service:
            eventually(lambda: service.health()["checks"]["broker"]["ok"], "the subscription stands")
            publish(broker.port, 4.5)
            publish(broker.port, 9.4)
            eventually(lambda: service.metric('coldchain_readings_total{outcome="accepted"}') == 2, "stored")
            eventually(lambda: len(box.messages) == 2 and len(hook.got) == 1, "told")
            body = eventually(retained(broker.port, "coldchain/alerts/ward-3"), "on the alert topic")
            eventually(lambda: service.metric('coldchain_outbox{state="delivered"}') == 4, "written down")
            assert service.metric('coldchain_outbox{state="pending"}') == 1  # the dead mail server's
            assert service.metric("coldchain_excursions_total") == 1
            assert service.end() == 0
        assert service.said.splitlines()[-1] == "coldchain: stopped"
        assert "Traceback" not in service.complained
    posted = json.loads(hook.got[0].body)
    assert posted == body
    assert (posted["schema"], posted["kind"], posted["extreme_c"]) == ("coldchain.alert/1", "certain", 9.4)
    assert posted["link"] == f"{_address(service)}/excursions/{posted['excursion']}"
    mails = [email.message_from_bytes(each, policy=email.policy.default) for each in box.messages]
    assert {mail["To"] for mail in mails} == {"a@example.org", "b@example.org"}
    assert all(posted["id"] in mail["Message-ID"] for mail in mails)
    assert all(mail["Subject"].startswith("Ward 3 refrigerator: out of range since ") for mail in mails)


def _address(service: Service) -> str:
    line = next(line for line in service.said.splitlines() if "pages on " in line)
    return line.rpartition(" ")[2]


@pytest.mark.broker
def test_a_restart_forgets_nothing_and_tells_nothing_twice(tmp_path: Path, broker: Mosquitto) -> None:
    with hook_server() as hook:
        settings = SETTINGS.format(mqtt=broker.port) + f"alerts: {{webhooks: {{ops: {{url: '{hook.url}'}}}}}}\n"
        with Service(tmp_path, settings, COLDCHAIN_MQTT_PASSWORD=PASSWORD) as service:
            eventually(lambda: service.health()["ok"], "everything works")
            publish(broker.port, 9.4)
            eventually(lambda: service.metric('coldchain_outbox{state="delivered"}') == 2, "told")
            assert service.end() == 0
        publish(broker.port, 9.6)  # while it is away: the broker keeps it
        with Service(tmp_path, settings, COLDCHAIN_MQTT_PASSWORD=PASSWORD) as service:
            accepted = 'coldchain_readings_total{outcome="accepted"}'
            eventually(lambda: service.metric(accepted) == 2, "the reading from in between is stored")
            assert service.metric("coldchain_excursions_total") == 1
            assert service.end(signal.SIGINT) == 0
    assert len(hook.got) == 1


@pytest.mark.broker
def test_a_broker_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Mosquitto(folder)
    with Service(tmp_path, SETTINGS.format(mqtt=broker.port), COLDCHAIN_MQTT_PASSWORD=PASSWORD) as service:
        health = service.health()
        assert (health["status"], health["checks"]["broker"]["ok"]) == (503, False)
        assert health["checks"]["store"]["ok"]
        broker.start()
        try:
            eventually(lambda: service.health()["status"] == 200, "it has connected")
            publish(broker.port, 4.5)
            eventually(lambda: service.metric('coldchain_readings_total{outcome="accepted"}') == 1, "stored")
            assert service.end() == 0
        finally:
            broker.stop()


def test_with_the_embedded_broker_nothing_else_is_needed(tmp_path: Path) -> None:
    port = free_port()
    settings = SETTINGS.format(mqtt=port).replace("user: coldchain", "mode: embedded")
    with Service(tmp_path, settings) as service:
        assert eventually(lambda: service.health()["ok"], "everything works")
        publish(port, 4.5, user=None)
        assert service.metric('coldchain_readings_total{outcome="accepted"}') == 1  # PUBACK means committed
        assert "nobody can sign in yet" in service.said
        assert service.end() == 0


def test_a_second_service_on_the_same_record_is_refused(tmp_path: Path) -> None:
    settings = SETTINGS.format(mqtt=free_port()).replace("user: coldchain", "mode: embedded")
    with Service(tmp_path, settings) as service:
        assert service.address
        second = command(tmp_path, "serve", COLDCHAIN_MQTT_PORT=str(free_port()))
        assert second.returncode == 2
        assert second.stderr == (
            f"coldchain: another coldchain service already works on sqlite:///{tmp_path}/coldchain-data/coldchain.db: "
            "stop it first, or choose another database\n"
        )
        assert service.end() == 0


def test_killed_it_leaves_nothing_behind_that_keeps_the_next_one_out(tmp_path: Path) -> None:
    settings = SETTINGS.format(mqtt=free_port()).replace("user: coldchain", "mode: embedded")
    with Service(tmp_path, settings) as service:
        assert service.address
        service.end(signal.SIGKILL)
    with Service(tmp_path, settings) as service:
        assert service.address
        assert service.end() == 0


def sentence(tmp_path: Path, settings: str, **variables: str) -> str:
    """What a service that cannot start says; one sentence, exit 2, nothing else."""
    (tmp_path / "coldchain.yaml").write_text(settings)
    done = command(tmp_path, "serve", **variables)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.removeprefix("coldchain: ").rstrip("\n")


def test_a_taken_port_is_named_with_what_changes_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = sentence(tmp_path, f"http: {{port: {port}}}\nmqtt: {{mode: 'off'}}\n")
        assert said == (
            f"port {port} on 127.0.0.1 is taken by another program: choose another by http.port or COLDCHAIN_HTTP_PORT"
        )
        said = sentence(tmp_path, f"http: {{port: 0}}\nmqtt: {{mode: embedded, port: {port}}}\n")
        assert said.splitlines()[-1].endswith("mqtt.port or COLDCHAIN_MQTT_PORT")


@pytest.mark.parametrize(
    ("case", "settings", "said"),
    [
        ("no such server", "database: {{url: 'postgresql://u@127.0.0.1:{port}/x'}}", "does not answer"),
        ("no such folder", "database: {{url: 'sqlite:///no/such/folder/x.db'}}", "No such file or directory"),
        ("some other file", "database: {{url: 'sqlite:///coldchain.yaml'}}", "is some other file, not a database"),
        ("no such address", "http: {{host: 203.0.113.9, allow_plain: true}}", "cannot listen on 203.0.113.9"),
        ("no such folder for data", "data: coldchain.yaml", "cannot make the data folder"),
    ],
)
def test_what_keeps_it_from_starting_is_one_sentence(tmp_path: Path, case: str, settings: str, said: str) -> None:
    rest = "\nmqtt: {{mode: 'off'}}\n" + ("" if "http" in settings else "http: {{port: 0}}\n")
    spoken = sentence(tmp_path, (settings + rest).format(port=free_port()))
    assert said in spoken, case
    assert len(spoken.splitlines()) == 1


def test_bad_settings_are_all_named_at_once(tmp_path: Path) -> None:
    said = sentence(tmp_path, "http: {port: x}\nmqtt: {mode: maybe}\n", COLDCHAIN_HTPP_HOST="x")
    assert said.splitlines() == [
        "COLDCHAIN_HTPP_HOST:1:1: this variable names no setting; did you mean COLDCHAIN_HTTP_HOST?",
        "coldchain.yaml:1:14: port is a whole number from 0 to 65535 (got 'x')",
        "coldchain.yaml:2:14: mode is one of broker, embedded, off (got 'maybe')",
    ]
