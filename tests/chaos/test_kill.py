"""The service is killed with kill -9 while readings flow, again and again; the record must not show it.

A real Mosquitto, the real ``coldchain serve`` in a process of its own, real MQTT and HTTP.
"""

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.brokers import PASSWORD, Mosquitto
from tests.chaos.sensors import LONGEST_S, ROUND, Publishers, Receiver
from tests.monitoring.rows import until

pytestmark = pytest.mark.broker

SEEDS = range(1, 1 + int(os.environ.get("CHAOS_SEEDS", "1")))
"""One seed in the usual run; ``make chaos`` takes more."""

SENSORS = ("fridge-1", "fridge-2", "fridge-3")
ROUNDS = 16
"""Rounds of readings, 8 minutes of them; each phase releases those that it needs, however fast the machine is."""

SETTINGS = """
data: data
database: {{url: "sqlite:///{folder}/record.db"}}
http: {{port: 0}}
mqtt: {{mode: broker, host: 127.0.0.1, port: {mqtt_port}, user: coldchain}}
alerts:
  webhooks: {{ops: {{url: "{webhook}"}}}}
locations:
{locations}
"""

LOCATION = "  {name}: {{title: Refrigerator {name}, product: lemtrada, sensor: {name}, since: '{since}'}}"


class Service:
    """``coldchain serve`` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def start(self) -> None:
        with (self._folder / "service.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "coldchain", "serve", "--config", str(self._folder / "coldchain.yaml")],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "COLDCHAIN_MQTT_PASSWORD": PASSWORD},
            )

    def await_connection(self) -> None:
        """Until it has said that it is connected; it says so once a life."""

        def connected() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self.log()
            return "connected to the MQTT broker" in self.log()

        until(connected, LONGEST_S)

    def kill(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        self._process.kill()
        self.kills += 1

    def await_death(self) -> None:
        assert self._process is not None
        self._process.wait(LONGEST_S)

    def stop(self) -> int:
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(LONGEST_S)

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(LONGEST_S)

    def log(self) -> str:
        return (self._folder / "service.log").read_text()


class Record:
    """The database, looked at from outside with another library than the service's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, question: str) -> list[tuple[object, ...]]:
        if not self._path.exists():
            return []
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=20)) as connection:
            return [tuple(row) for row in connection.execute(question)]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else can write while the block runs."""
        with closing(sqlite3.connect(self._path, timeout=LONGEST_S, isolation_level=None)) as connection:
            connection.execute("begin immediate")
            yield
            connection.execute("rollback")

    def stored(self) -> int:
        try:
            ((count,),) = self.rows("select count(*) from reading") or [(0,)]
        except sqlite3.OperationalError:  # the tables are being made
            return 0
        return int(str(count))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    started = Mosquitto(tmp_path).start()
    yield started
    started.stop()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    yield made
    made.end()


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_while_readings_flow(seed: int, tmp_path: Path, broker: Mosquitto, service: Service) -> None:
    record, receiver = Record(tmp_path / "record.db"), Receiver()
    publishers = Publishers(broker.port, SENSORS, time.time_ns() // 1_000_000 - 20 * 60_000, ROUNDS * ROUND)
    with receiver.listening() as webhook:
        _write_settings(tmp_path, broker, webhook, publishers.start_ms)
        service.start()  # the broker must know its session before anything is published
        service.await_connection()
        publishing = threading.Thread(target=publishers.run)
        publishing.start()
        publishers.release(1)
        until(lambda: record.stored() > 0, LONGEST_S)
        _kill_with_messages_on_their_way(record, publishers, service)
        _kill_at(seed, record, publishers, service)
        _kill_before_an_answer(receiver, publishers, service)
        publishing.join(LONGEST_S)
        assert not publishing.is_alive()
        assert publishers.failure is None
        until(lambda: record.stored() == len(publishers.taken), LONGEST_S)
        until(lambda: not record.rows("select 1 from outbox where state = 'pending'"), LONGEST_S)
        assert service.stop() == 0, service.log()

    assert service.kills == 4
    _no_reading_is_missing_and_none_twice(record, publishers)
    _every_excursion_is_recorded_once(record, publishers)
    _every_excursion_is_alerted(record, receiver, service.kills)
    config = str(tmp_path / "coldchain.yaml")
    assert subprocess.run([sys.executable, "-m", "coldchain", "verify", "--config", config]).returncode == 0


def _write_settings(folder: Path, broker: Mosquitto, webhook: str, since_ms: int) -> None:
    since = datetime.fromtimestamp(since_ms / 1000, UTC).isoformat()
    locations = "\n".join(LOCATION.format(name=name, since=since) for name in SENSORS)
    text = SETTINGS.format(folder=folder, mqtt_port=broker.port, webhook=webhook, locations=locations)
    (folder / "coldchain.yaml").write_text(text)


def _kill_at(seed: int, record: Record, publishers: Publishers, service: Service) -> None:
    """Twice, when a random number of further readings has been committed."""
    chance = random.Random(seed)  # noqa: S311 - chance, not secrecy
    for _ in range(2):
        enough = record.stored() + chance.randint(1, publishers.release(3))
        until(lambda: record.stored() >= enough, LONGEST_S)  # noqa: B023
        service.kill()
        service.await_death()
        service.start()


def _kill_with_messages_on_their_way(record: Record, publishers: Publishers, service: Service) -> None:
    """Once, while messages have reached the service and cannot be committed."""
    with record.held():
        taken = len(publishers.taken) + publishers.release(2)
        until(lambda: len(publishers.taken) >= taken, LONGEST_S)
        service.kill()
        service.await_death()
    service.start()


def _kill_before_an_answer(receiver: Receiver, publishers: Publishers, service: Service) -> None:
    """Once, at the very moment at which an alert has reached its receiver and waits for the answer."""
    done = threading.Event()

    def kill() -> bool:
        if done.is_set():
            return False
        service.kill()
        service.await_death()
        done.set()
        return True

    receiver.before_answering = kill
    publishers.release(ROUNDS)  # all that is left
    assert done.wait(LONGEST_S), service.log()
    service.start()


def _no_reading_is_missing_and_none_twice(record: Record, publishers: Publishers) -> None:
    rows = record.rows(
        "select sensor.name, reading.measured_ms, reading.milli_c from reading join sensor on sensor.id = sensor_id"
    )
    stored = {(name, at): milli_c for name, at, milli_c in rows}
    assert len(rows) == len(stored)
    assert stored == publishers.taken
    assert record.rows("select * from quarantine") == []


def _every_excursion_is_recorded_once(record: Record, publishers: Publishers) -> None:
    found = record.rows(
        """select sensor.name, newest.start_ms, newest.end_ms from excursion
           join sensor on sensor.id = excursion.sensor_id
           join excursion_revision newest on newest.excursion_id = excursion.id
           where newest.revision = (select max(revision) from excursion_revision where excursion_id = excursion.id)
           and not newest.withdrawn and excursion.merged_into is null"""
    )
    assert Counter(found) == Counter(publishers.excursions())


def _every_excursion_is_alerted(record: Record, receiver: Receiver, kills: int) -> None:
    alerts = record.rows("select id, kind, excursion_id from alert")
    certain = Counter(excursion for _, kind, excursion in alerts if kind == "certain")
    excursions = {row[0] for row in record.rows("select id from excursion where merged_into is null")}
    assert certain == Counter(excursions), "each excursion is alerted, and raised once"
    attempts = Counter(receiver.attempts)
    assert set(attempts) == {alert_id for alert_id, _, _ in alerts}, (
        "every alert reached its receiver, under its own id"
    )
    delivered = record.rows(
        """select outbox.alert_id, count(*) from delivery_attempt join outbox on outbox.id = outbox_id
           where outcome = 'delivered' and channel = 'webhook' group by outbox.id"""
    )
    assert Counter(delivered) == Counter((alert_id, 1) for alert_id in attempts)
    repeated = {alert_id: count - 1 for alert_id, count in attempts.items() if count > 1}
    assert sum(repeated.values()) <= kills, "only an attempt whose answer a kill cut off is repeated"
    (unanswered,) = receiver.unanswered
    assert attempts[unanswered] >= 2  # an earlier kill may have cut off the same one
