"""Devices with certificates of their own: the shipped listener and rights let each publish as itself only."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from coldchain.certificates import Authority, Made
from coldchain.cli.main import main
from coldchain.errors import UsageError
from tests.brokers import SHIPPED, Mosquitto

NOW = datetime.now(UTC).replace(microsecond=0)


class Site:
    """A broker with the shipped encrypted listener, and certificates for whom it concerns."""

    def __init__(self, folder: Path) -> None:
        (folder / "secrets").mkdir()
        self.authority = Authority(folder / "secrets", NOW)
        self.authority.broker("localhost")
        shipped = (SHIPPED / "listeners" / "encrypted.conf.example").read_text(encoding="utf-8").splitlines()
        lines = [line for line in shipped if line and not line.startswith(("#", "listener"))]
        self.broker = Mosquitto(folder, listener=lines)

    def publishes(self, who: Made | None, topic: str, payload: bytes = b"{}") -> str:
        """What the broker says to a publication: a reason, or ``no connection``."""
        said: list[str] = []
        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        client.on_publish = lambda _client, _data, _mid, reason, _more: said.append(str(reason))
        context = ssl.create_default_context(cafile=str(self.authority.certificate_file))
        if who is not None:
            context.load_cert_chain(who.certificate, who.key)
        client.tls_set_context(context)
        try:
            client.connect("localhost", self.broker.port)
            client.publish(topic, payload, qos=1)
            for _ in range(2400):
                if said or client.loop(0.05) not in (paho.MQTT_ERR_SUCCESS, paho.MQTT_ERR_AGAIN):
                    break
        except (ssl.SSLError, ConnectionError):
            return "no connection"
        finally:
            client.disconnect()
        return said[0] if said else "no connection"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    made.broker.start()
    yield made
    made.broker.stop()


@pytest.fixture(scope="module")
def ward_3(site: Site) -> Made:
    return site.authority.client("ward-3")


TAKEN = "No matching subscribers"  # nobody listens in this test; the broker took it


@pytest.mark.broker
@pytest.mark.parametrize(
    ("case", "topic", "said"),
    [
        ("itself", "coldchain/readings/ward-3", TAKEN),
        ("one of its channels", "coldchain/readings/ward-3/door", TAKEN),
        ("another device", "coldchain/readings/ward-4", "Not authorized"),
        ("a name that begins alike", "coldchain/readings/ward-31", "Not authorized"),
        ("every device", "coldchain/readings", "Not authorized"),
        ("an alert", "coldchain/alerts/ward-3", "Not authorized"),
        ("the service's state", "coldchain/status", "Not authorized"),
        ("a gateway's topic", "zigbee2mqtt/ward-3", "Not authorized"),
    ],
)
def test_a_device_publishes_as_itself_only(site: Site, ward_3: Made, case: str, topic: str, said: str) -> None:
    assert site.publishes(ward_3, topic) == said, case


@pytest.mark.broker
def test_a_message_larger_than_decoders_read_is_not_taken(site: Site, ward_3: Made) -> None:
    assert site.publishes(ward_3, "coldchain/readings/ward-3", bytes(1_000_000)) == TAKEN
    assert site.publishes(ward_3, "coldchain/readings/ward-3", bytes(1 << 20)) == "no connection"


@pytest.mark.broker
def test_without_a_certificate_of_the_sites_authority_nobody_is_let_in(site: Site, tmp_path: Path) -> None:
    assert site.publishes(None, "coldchain/readings/ward-3") == "no connection"
    stranger = Authority(tmp_path / "another", NOW).client("ward-3")
    assert site.publishes(stranger, "coldchain/readings/ward-3") == "no connection"
    context = ssl.create_default_context(cafile=str(tmp_path / "another" / "authority.crt"))
    with (
        socket.create_connection(("localhost", site.broker.port), timeout=60) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(plain, server_hostname="localhost")


@pytest.mark.broker
def test_the_service_reads_and_publishes_everything(site: Site) -> None:
    service = site.authority.client("coldchain")
    assert site.publishes(service, "coldchain/alerts/ward-3") == TAKEN


def test_the_command_writes_files_once_and_keys_for_their_owner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "secrets"
    assert (
        main(["certificates", str(folder), "--broker", "192.0.2.7", "--client", "coldchain", "--client", "ward-3"]) == 0
    )
    assert "ward-3: " in capsys.readouterr().out
    names = {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}
    assert names == {
        f"{name}.{kind}": "0o600" if kind == "key" else "0o644"
        for name in ("authority", "broker", "coldchain", "ward-3")
        for kind in ("key", "crt")
    }
    before = (folder / "ward-3.key").read_bytes()
    assert main(["certificates", str(folder), "--client", "ward-3"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (folder / "ward-3.key").read_bytes() == before


@pytest.mark.parametrize("name", ["ward/3", "ward+", "#", "", "authority", "a" * 65])
def test_names_that_would_reach_beyond_the_device_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Authority(tmp_path, NOW).client(name)
