"""Accounts at the embedded broker: each device publishes as itself and as nobody else, whatever it tries."""

import base64
import contextlib
import hashlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from coldchain.device_accounts import hashed, is_password, name_complaint, read_accounts
from coldchain.errors import SettingsError
from coldchain.monitoring import embedded_accounts, embedded_greeting
from coldchain.monitoring.embedded_accounts import Accounts
from tests.monitoring.rows import Rows, hang_up, until
from tests.monitoring.test_embedded import Site, reading

OWN = "coldchain/readings/ward-3"


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    return Rows(tmp_path / "rows.db")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "accounts"
    made.write_text(f"# devices\nward-3:{hashed('three')}\nward-4:{hashed('four')}\n", encoding="utf-8")
    return made


@pytest.fixture
def site(rows: Rows, file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(embedded_accounts, "LOOKED_AT_EVERY_S", 0.0)
    monkeypatch.setattr("coldchain.monitoring.embedded_sessions._WRONG_S", 0.0)
    made = Site(rows, users={"gateway": "all"}, accounts_file=file)
    yield made
    made.stop()


class Device:
    """A real client that notes what becomes of it."""

    def __init__(self, site: Site, user: str, password: str, *, name: str = "", will: str | None = None) -> None:
        self.client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=not name, protocol=paho.MQTTv311
        )
        self.answers: list[str] = []
        self.heard: list[str] = []
        self.gone = False
        self.client.on_connect = lambda _c, _u, _f, code, _p: self.answers.append(str(code))
        self.client.on_message = lambda _c, _u, message: self.heard.append(message.topic)
        self.client.username_pw_set(user, password)
        if will is not None:
            self.client.will_set(will, b"here lies a sensor", qos=1, retain=True)
        self.client.connect("127.0.0.1", site.broker.port)
        while not self.answers and self._loop():
            pass

    def _loop(self) -> bool:
        self.gone = self.gone or self.client.loop(1) is not MQTTErrorCode.MQTT_ERR_SUCCESS
        return not self.gone

    def sends(self, topic: str, payload: bytes = reading(1)) -> bool:
        """Whether it gets a PUBACK; it is disconnected otherwise."""
        sent = self.client.publish(topic, payload, qos=1)
        while not sent.is_published() and self._loop():
            pass
        return sent.is_published()

    def subscribes(self, topic_filter: str) -> int:
        codes: list[int] = []
        self.client.on_subscribe = lambda _c, _u, _m, reasons, _p: codes.extend(each.value for each in reasons)
        self.client.subscribe(topic_filter, qos=1)
        while not codes and self._loop():
            pass
        return codes[0]

    def hang_up(self) -> None:
        hang_up(self.client)


def test_a_device_publishes_as_itself(site: Site, rows: Rows) -> None:
    device = Device(site, "ward-3", "three")
    assert device.answers == ["Success"]
    assert device.sends(OWN)
    assert device.sends(f"{OWN}/probe-2", reading(2))
    device.hang_up()
    assert rows.all() == [reading(1), reading(2)]


@pytest.mark.parametrize(
    "topic",
    [
        "coldchain/readings/ward-4", "coldchain/readings/ward-33", "coldchain/readings", "coldchain/alerts/ward-3",
        "coldchain/status", "coldchain/canary", "zigbee2mqtt/ward-3", "ward-3", "coldchain/readings/ward-4/ward-3",
    ],
)  # fmt: skip
def test_a_device_that_publishes_as_another_is_gone_and_nothing_of_it_is_stored(
    site: Site, rows: Rows, topic: str
) -> None:
    device = Device(site, "ward-3", "three")
    assert not device.sends(topic)
    honest = Device(site, "ward-4", "four")
    assert honest.sends("coldchain/readings/ward-4", reading(4))
    honest.hang_up()
    device.hang_up()
    assert rows.all() == [reading(4)]
    assert rows.all(refused=True) == []


def test_a_gateway_may_speak_for_every_sensor(site: Site, rows: Rows) -> None:
    gateway = Device(site, "gateway", "all")
    assert gateway.sends(OWN)
    assert gateway.sends("coldchain/readings/ward-4", reading(2))
    assert gateway.subscribes("#") == 1
    gateway.hang_up()
    assert len(rows.all()) == 2


@pytest.mark.parametrize(
    ("user", "password"),
    [("ward-3", "four"), ("ward-3", ""), ("ward-5", "three"), ("", ""), ("coldchain", "three"), ("gateway", "three")],
)
def test_who_does_not_know_the_password_is_not_let_in(site: Site, user: str, password: str) -> None:
    device = Device(site, user, password)
    device.hang_up()
    assert device.answers == ["Not authorized"]


def test_a_device_hears_that_the_service_is_there_and_nothing_else(site: Site) -> None:
    device = Device(site, "ward-3", "three")
    assert device.subscribes("coldchain/status") == 1
    until(lambda: device._loop() and device.heard)
    assert device.subscribes("#") == 0x80
    assert device.subscribes("coldchain/readings/ward-4") == 0x80
    device.hang_up()
    assert device.heard == ["coldchain/status"]


@pytest.mark.parametrize("will", ["coldchain/alerts/ward-3", "coldchain/readings/ward-4", "lamps/hall"])
def test_a_last_will_is_held_to_the_same(site: Site, will: str) -> None:
    device = Device(site, "ward-3", "three", will=will)
    device.hang_up()
    assert device.answers == ["Not authorized"]


def test_nobody_forges_an_alert_by_dying(site: Site) -> None:
    gateway = Device(site, "gateway", "all", will="coldchain/alerts/ward-3")
    gateway.hang_up()
    assert gateway.answers == ["Not authorized"]


def test_nobody_takes_over_the_session_of_another_account(site: Site, rows: Rows) -> None:
    victim = Device(site, "ward-3", "three", name="the-same-id")
    for thief in (("ward-4", "four"), ("ward-3", "wrong"), ("nobody", "")):
        other = Device(site, *thief, name="the-same-id")
        assert other.answers[0] in {"Client identifier not valid", "Not authorized"}, thief
        other.hang_up()
    assert victim.sends(OWN)
    again = Device(site, "ward-3", "three", name="the-same-id")
    assert again.answers == ["Success"]
    assert again.sends(OWN, reading(2))
    for each in (victim, again):
        each.hang_up()
    assert rows.all() == [reading(1), reading(2)]


def test_a_device_that_is_taken_out_of_the_file_is_locked_out_at_once(site: Site, rows: Rows, file: Path) -> None:
    device = Device(site, "ward-3", "three")
    assert device.sends(OWN)
    file.write_text(f"ward-4:{hashed('new')}\n", encoding="utf-8")
    assert not device.sends(OWN, reading(2))
    device.hang_up()
    for user, password, answer in (
        ("ward-3", "three", "Not authorized"), ("ward-4", "four", "Not authorized"), ("ward-4", "new", "Success"),
    ):  # fmt: skip
        other = Device(site, user, password)
        assert other.answers == [answer]
        other.hang_up()
    assert rows.all() == [reading(1)]


def test_a_file_that_is_broken_while_the_service_runs_changes_nothing(
    site: Site, file: Path, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    file.write_text("ward-3:three\n", encoding="utf-8")
    device = Device(site, "ward-3", "three")
    assert device.sends(OWN)
    device.hang_up()
    assert "stay as they were" in caplog.text
    assert "ward-3:three" not in caplog.text, "a line may hold a password"


def test_the_oldest_connection_of_a_device_makes_room(site: Site) -> None:
    crowd = [Device(site, "ward-3", "three", name=f"ward-3-{number}") for number in range(6)]
    until(lambda: len(site.broker.visits) == 4)
    assert crowd[-1].sends(OWN)
    for each in crowd:
        each.hang_up()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ward-3\n", "no hash"), ("ward-3:secret\n", "no hash"), ("ward-3:$7$101$x$y\n", "no hash"),
        ("ward-3:$7$0$AAAA$AAAA\n", "no hash"), ("ward-3:$7$99999999$AAAA$AAAA\n", "no hash"),
        ("a/b:$6$AAAA$AAAA\n", "no '/'"), ("#x:$6$AAAA$AAAA\n+:$6$AAAA$AAAA\n", "no '/'"),
        ("a:$6$AAAA$AAAA\na:$6$AAAA$AAAA\n", "there twice"), ("\xff", "no hash"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_its_lines(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "accounts"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=complaint) as refused:
        Accounts(file=file)
    assert "secret" not in str(refused.value), "what stands there may be a password"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read the devices' accounts"):
        Accounts(file=tmp_path / "accounts")


@pytest.mark.skipif(shutil.which("mosquitto_passwd") is None, reason="needs mosquitto_passwd")
def test_what_mosquitto_passwd_writes_is_read(tmp_path: Path) -> None:
    file = tmp_path / "accounts"
    subprocess.run(["mosquitto_passwd", "-b", "-c", file, "ward-3", "three"], check=True, capture_output=True)
    subprocess.run(["mosquitto_passwd", "-b", file, "ward 4", "fòur"], check=True, capture_output=True)
    accounts = Accounts(file=file)
    assert set(read_accounts(file)) == {"ward-3", "ward 4"}
    assert accounts.lets_in("ward-3", "three")
    assert accounts.lets_in("ward 4", "fòur")
    assert not accounts.lets_in("ward-3", "fòur")


def test_hashes_of_other_mosquittos_are_read() -> None:
    from argon2 import PasswordHasher

    digest = base64.b64encode(hashlib.sha512(b"three" + b"saltsaltsalt").digest()).decode()
    old = f"$6${base64.b64encode(b'saltsaltsalt').decode()}${digest}"
    assert is_password(old, "three")
    assert not is_password(old, "four")
    new = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("three")
    assert is_password(new, "three")
    assert not is_password(new, "four")


@pytest.mark.parametrize("name", ["", " ", "a/b", "+", "#", "a#", "$SYS", "a:b", "a\n", " a", "x" * 101])
def test_names_that_could_mean_something_else_are_none(name: str) -> None:
    assert name_complaint(name)


@pytest.mark.parametrize("name", ["ward-3", "Ward 3 probe", "28-0516a1b2c3ff", "Kühlschrank", "x" * 100])
def test_names_of_sensors_are_names(name: str) -> None:
    assert name_complaint(name) is None


def test_a_stranger_who_takes_every_place_shuts_nobody_out(
    site: Site, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_greeting, "GREETED_WITHIN_S", 600.0)  # none of them leaves by itself
    strangers = [socket.create_connection(("127.0.0.1", site.broker.port), timeout=120) for _ in range(64)]
    until(lambda: site.broker.unknown == 64)
    device = Device(site, "ward-3", "three")
    assert device.sends(OWN)
    device.hang_up()
    with contextlib.suppress(ConnectionError):
        assert strangers[0].recv(1) == b"", "the one that was silent for longest had to go"
    assert site.broker.turned_away == 1
    for each in strangers:
        each.close()
    until(lambda: site.broker.unknown == 0)
    assert rows.all() == [reading(1)]


def test_who_floods_is_read_more_slowly_and_nobody_else_waits(rows: Rows, file: Path) -> None:
    site = Site(rows, accounts_file=file, messages_per_s=0.01)
    wild = Device(site, "ward-3", "three")
    waiting = [wild.client.publish(OWN, reading(number), qos=1) for number in range(50)]
    until(lambda: wild._loop() and any(each.is_published() for each in waiting))
    honest = Device(site, "ward-4", "four")
    assert honest.sends("coldchain/readings/ward-4", reading(59))
    acknowledged = sum(each.is_published() for each in waiting)
    assert acknowledged < 50, "all of it would take more than an hour"
    stored = rows.all()
    assert reading(59) in stored
    assert len(set(stored)) - 1 >= acknowledged, "what was acknowledged is stored"
    wild.hang_up()
    honest.hang_up()
    site.stop()
