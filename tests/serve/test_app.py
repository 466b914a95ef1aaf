"""The service in this process, with a clock that the test turns."""

import http.client
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from coldchain.bootstrap import App, build
from coldchain.errors import ColdchainError, PortTaken
from coldchain.monitoring.incoming import Incoming
from coldchain.payloads import decode
from coldchain.records import accounts, alerts, units
from coldchain.settings import Alerts, Http, Location, Mqtt, Secret, Sensor, Settings, WebhookChannel
from coldchain.web.passwords import hash_password
from tests.notifying.rows import T0
from tests.notifying.servers import Hook, hook_server
from tests.serve.service import eventually

WARD_3 = Location("ward-3", "Ward 3 refrigerator", "lemtrada", (Sensor("fridge-3"),))


class Clock:
    """UTC ms, as far as the test has turned it."""

    def __init__(self) -> None:
        self.now_ms = T0

    def __call__(self) -> int:
        return self.now_ms


def settings(folder: Path, hook: Hook | None = None) -> Settings:
    hooks = (WebhookChannel("ops", Secret(hook.url), timeout_s=60.0),) if hook else ()
    return Settings(
        database_url=f"sqlite:///{folder / 'data' / 'coldchain.db'}",
        data=folder / "data",
        http=Http(port=0),
        mqtt=Mqtt(mode="off"),
        locations=(WARD_3,),
        alerts=Alerts(webhooks=hooks),
        public_url="http://127.0.0.1:0",
    )


@pytest.fixture
def threads_before() -> Iterator[None]:
    """Every thread that a test started has ended after it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 120
    while left := [each for each in set(threading.enumerate()) - before if each.is_alive()]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def reading(app: App, temperature_c: float) -> None:
    """One reading through the worker; returns after its COMMIT."""
    payload = f'{{"temperature_c": {temperature_c}}}'.encode()
    topic = "coldchain/readings/fridge-3"
    decoded = tuple(decode("native", topic, payload))
    app.submit(Incoming("http", "test", topic, payload, app.clock_ms(), decoded)).result(120)


def test_an_alert_that_found_nobody_is_delivered_once_somebody_answers(tmp_path: Path, threads_before: None) -> None:
    clock = Clock()
    with hook_server() as hook:
        hook.status = 503
        app = build(settings(tmp_path, hook), clock_ms=clock)
        app.start()
        try:
            clock.now_ms += 1000
            reading(app, 9.4)
            eventually(lambda: len(hook.got) == 1, "it was tried")
            eventually(lambda: _outbox(app) == ("pending", 1), "that nobody took it is written down")
            hook.status = 200
            clock.now_ms += 15_000
            eventually(lambda: _outbox(app) == ("delivered", 2), "it was tried again")
        finally:
            app.stop()
    assert {request.headers["Coldchain-Alert-Id"] for request in hook.got} == {_alert_id(hook)}


def _outbox(app: App) -> tuple[str, int]:
    with app.store.reading() as tx:
        (alert,) = alerts.alerts(tx)
        (row,) = alerts.deliveries(tx, alert.id)
    return row["state"], row["attempts"]


def _alert_id(hook: Hook) -> str:
    return hook.got[0].headers["Coldchain-Alert-Id"]


def test_silence_is_alerted_by_the_clock_alone(tmp_path: Path, threads_before: None) -> None:
    clock = Clock()
    with hook_server() as hook:
        app = build(settings(tmp_path, hook), clock_ms=clock)
        app.start()
        try:
            clock.now_ms += 60_000
            reading(app, 5.0)
            assert hook.got == []
            clock.now_ms += 2 * 3_600_000
            eventually(lambda: hook.got, "somebody was told")
        finally:
            app.stop()
    assert b'"kind": "no-data"' in hook.got[0].body


def test_it_stops_cleanly_and_a_second_time_too(tmp_path: Path, threads_before: None) -> None:
    app = build(settings(tmp_path))
    app.start()
    door = f"{app.public_url}/sign-in"
    with urllib.request.urlopen(door, timeout=120) as answer:
        assert answer.status == 200
    app.stop()
    app.stop()  # and again: nothing more to do
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(door, timeout=120)


def test_it_stops_while_a_page_hangs_on_and_tells_it_so(tmp_path: Path, threads_before: None) -> None:
    app = build(settings(tmp_path))
    app.start()
    with app.store.transaction() as tx:
        accounts.add(tx, "anna", "Anna", "pharmacist", hash_password("correct horse"), T0)
    typed = urllib.parse.urlencode({"name": "anna", "password": "correct horse"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": app.public_url}
    with closing(http.client.HTTPConnection("127.0.0.1", app.http_port, timeout=120)) as door:
        door.request("POST", "/sign-in", typed, headers)
        cookie = str(door.getresponse().headers["Set-Cookie"]).split(";")[0]
    with closing(http.client.HTTPConnection("127.0.0.1", app.http_port, timeout=120)) as page:
        page.request("GET", "/live", headers={"Cookie": cookie})
        with page.getresponse() as stream:
            assert stream.status == 200
            stream.readline()
            app.stop()
            stream.read()  # it ends


def test_what_fails_while_starting_takes_everything_down_with_it(tmp_path: Path, threads_before: None) -> None:
    first = build(settings(tmp_path))
    first.start()
    try:
        again = Settings(
            database_url=f"sqlite:///{tmp_path / 'other.db'}", data=tmp_path, http=Http(port=first.http_port)
        )
        with pytest.raises(PortTaken):
            build(again).start()
        with pytest.raises(ColdchainError, match="another coldchain service"):
            build(settings(tmp_path)).start()
    finally:
        first.stop()


def test_a_part_that_ends_by_itself_ends_the_service(tmp_path: Path, threads_before: None) -> None:
    app = build(settings(tmp_path))
    app.start()
    try:
        app.worker.close()
        with pytest.raises(ColdchainError, match="the ingest worker has ended by itself"):
            app.wait(threading.Event())
        assert not next(check for check in app.health() if check.name == "ingest").ok
    finally:
        app.stop()


def test_the_settings_locations_are_in_the_record_once_started(tmp_path: Path) -> None:
    app = build(settings(tmp_path))
    app.start()
    try:
        with app.store.reading() as tx:
            (unit,) = units.at_location(tx, 1)
        assert (unit.location_name, unit.sensor_name, unit.product_id) == ("ward-3", "fridge-3", "lemtrada")
    finally:
        app.stop()
