"""`coldchain simulate --publish`, as a process of its own, to a real broker."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.embedded import EmbeddedBroker
from coldchain.monitoring.incoming import Incoming, Ingested
from coldchain.monitoring.worker import IngestWorker
from coldchain.payloads import DEFAULT_ROUTES, Router
from simulators.ward import clock_ms

PASSWORD_VARIABLE = "COLDCHAIN_SIMULATE_PASSWORD"


class Site:
    """An embedded broker and everything that came in."""

    def __init__(self) -> None:
        self.came: list[Incoming] = []
        self.worker = IngestWorker(self._ingest)
        arrivals = Arrivals(Router(DEFAULT_ROUTES), clock_ms)
        self.broker = EmbeddedBroker(arrivals, self.worker.submit, port=0, users={"probes": "a secret"})
        self.worker.start()
        self.broker.start()

    def _ingest(self, batch: Sequence[Incoming]) -> Ingested:
        self.came.extend(batch)
        return Ingested(accepted=sum(len(each.decoded) for each in batch))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.broker.port}"

    def stop(self) -> None:
        self.broker.stop()
        self.worker.close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.stop()


def command(site: Site, *words: str) -> list[str]:
    shared = ["--publish", site.address, "--mqtt-user", "probes", *words]
    return [sys.executable, "-m", "coldchain", "simulate", "refrigerator", *shared]


def publish(site: Site, *words: str, given: str = "a secret") -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {PASSWORD_VARIABLE: given}
    return subprocess.run(command(site, *words), capture_output=True, text=True, timeout=600, env=environment)


def test_a_past_week_arrives_at_once_in_arrays(site: Site) -> None:
    start = datetime.now(UTC) - timedelta(days=8)
    done = publish(site, "--sensor", "ward-9-probe", "--days", "7", "--start", start.isoformat(timespec="seconds"))
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"ward-9-probe: 2016 readings sent to {site.address}\n"
    assert [len(each.decoded) for each in site.came] == [288] * 7
    assert {each.topic for each in site.came} == {"coldchain/readings/ward-9-probe"}
    readings = [reading for each in site.came for reading in each.decoded]
    assert [reading.seq for reading in readings] == list(range(2016))
    assert all(reading.milli_c is not None and 3_000 < reading.milli_c < 7_000 for reading in readings)


def test_a_fast_refrigerator_stamps_real_times(site: Site) -> None:
    before_ms = clock_ms()
    done = publish(site, "--days", "0.01", "--every", "1min", "--speed", "300")
    assert done.returncode == 0, done.stderr
    stamps = [reading.measured_ms for each in site.came for reading in each.decoded]
    assert len(stamps) == 14
    assert all(stamp is not None and before_ms <= stamp <= clock_ms() for stamp in stamps)


def test_a_wrong_password_is_one_sentence(site: Site) -> None:
    done = publish(site, "--days", "1", given="wrong")
    assert done.returncode == 2
    assert done.stderr.startswith(f"coldchain: the MQTT broker at {site.address} does not let us in: ")
    assert done.stderr.count("\n") == 1


def test_ctrl_c_ends_an_endless_one_after_what_was_sent_is_confirmed(site: Site) -> None:
    environment = os.environ | {PASSWORD_VARIABLE: "a secret"}
    words = command(site, "--speed", "600", "--every", "1min")
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment) as running:
        for _ in range(3000):
            if site.came or running.poll() is not None:
                break
            site.worker._closing.wait(0.1)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=600)
    assert running.returncode == 0
    count = sum(len(each.decoded) for each in site.came)
    assert count > 0
    assert said == f"simulated-1: {count} readings sent to {site.address}\n"
    assert site.came[0].decoded[0].seq == 0  # a slow machine sends what is due by now together
