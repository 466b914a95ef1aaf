"""The embedded broker with a certificate: only encrypted connections, and only to whom its certificate is known."""

import contextlib
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from coldchain.bootstrap import build
from coldchain.certificates import Authority, Made
from coldchain.errors import BrokerUnavailable
from coldchain.settings import Http, Mqtt, Secret, Settings
from tests.monitoring.rows import Rows, hang_up
from tests.monitoring.test_embedded import TOPIC, Site, reading
from tests.monitoring.test_embedded_strangers import connect_packet
from tests.serve.service import eventually

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "secrets", NOW)


@pytest.fixture
def certificate(authority: Authority) -> Made:
    return authority.broker("localhost")


def test_readings_come_encrypted_and_are_committed(tmp_path: Path, authority: Authority, certificate: Made) -> None:
    rows = Rows(tmp_path / "rows.db")
    site = Site(rows, users={"sensor": "right"}, certificate=(certificate.certificate, certificate.key))
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    client.tls_set(ca_certs=str(authority.certificate_file))
    client.username_pw_set("sensor", "right")
    client.connect("localhost", site.broker.port)
    client.loop_start()
    client.publish(TOPIC, reading(1), qos=1).wait_for_publish(120)
    hang_up(client)
    site.stop()
    assert rows.all() == [reading(1)]


def test_who_does_not_know_the_authority_or_does_not_encrypt_gets_nowhere(tmp_path: Path, certificate: Made) -> None:
    site = Site(Rows(tmp_path / "rows.db"), certificate=(certificate.certificate, certificate.key))
    here = ("localhost", site.broker.port)
    with socket.create_connection(here, timeout=120) as stranger, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(stranger, server_hostname="localhost")
    with socket.create_connection(here, timeout=120) as plain, contextlib.suppress(ConnectionError):
        plain.sendall(connect_packet(4))
        assert plain.recv(1) != b"\x20", "a CONNACK"
    site.stop()


def test_a_certificate_that_is_none_is_named(tmp_path: Path, certificate: Made) -> None:
    with pytest.raises(BrokerUnavailable, match=r"cannot use the certificate .*broker\.key"):
        Site(Rows(tmp_path / "rows.db"), certificate=(certificate.key, certificate.key))


def test_the_services_own_test_messages_go_that_way_too(tmp_path: Path, certificate: Made) -> None:
    mqtt = Mqtt(
        mode="embedded", port=0, tls=True, certificate_file=certificate.certificate, key_file=certificate.key,
        user="sensors", password=Secret("right"),
    )  # fmt: skip
    app = build(Settings(f"sqlite:///{tmp_path}/record.db", tmp_path, http=Http(port=0), mqtt=mqtt))
    app.start()
    try:
        eventually(
            lambda: any(each.name == "canary" and each.ok and "came through" in each.detail for each in app.health()),
            "the first test message came through",
        )
    finally:
        app.stop()
