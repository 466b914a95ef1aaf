"""Several real workers on one record, killed as by ``kill -9`` while messages come: nothing is lost, nothing twice."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from coldchain.records import Store, alerts, excursions, kafka_offsets, places, quarantine, readings
from coldchain.records.verifying import verify
from tests.feeding.cluster import MINUTE, TOPIC, MockKafka, native
from tests.serve.service import LONGEST_S, environment, eventually

SETTINGS = """
http: {{port: 0}}
database: {{url: "{url}"}}
locations:
  ward-3: {{title: Ward 3 refrigerator, product: lemtrada, sensor: fridge-0, since: 2020-01-01T00:00:00Z}}
"""
SENSORS = [f"fridge-{number}" for number in range(12)]
Ledger = dict[tuple[str, int], int]
"""What was published: m°C by sensor and instant."""


class Worker:
    """``coldchain feed kafka`` as a process of its own."""

    def __init__(self, folder: Path, name: str, kafka: MockKafka) -> None:
        self.name = name
        self._out, self._err = folder / f"{name}.out", folder / f"{name}.err"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coldchain", "feed", "kafka", "--brokers", kafka.brokers, "--topic", TOPIC],
                cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )  # fmt: skip

    @property
    def works(self) -> bool:
        assert self.process.poll() is None, self._err.read_text()
        return "pages on" in self._out.read_text()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(LONGEST_S)


@contextmanager
def workers(folder: Path, url: str, kafka: MockKafka, names: Sequence[str]) -> Iterator[list[Worker]]:
    (folder / "coldchain.yaml").write_text(SETTINGS.format(url=url), encoding="utf-8")
    with ExitStack() as ending:
        found = [Worker(folder, name, kafka) for name in names]
        for each in found:
            ending.callback(each.kill)
        yield found


def publish_some(kafka: MockKafka, ledger: Ledger, begin_ms: int, minutes: range) -> None:
    """A reading a minute of every sensor; from minute 35 on the first one is too warm."""
    batch = []
    for minute in minutes:
        for number, sensor in enumerate(SENSORS):
            celsius = 12.0 if sensor == "fridge-0" and minute >= 35 else 4.0 + (minute + number) % 10 / 10
            at_ms = begin_ms + minute * MINUTE
            ledger[sensor, at_ms] = round(celsius * 1000)
            batch.append(native(sensor, at_ms, celsius))
    kafka.publish(batch)


def stored(store: Store) -> Ledger:
    """What the record holds."""
    with store.reading() as tx:
        traces = {sensor.name: readings.trace(tx, sensor.id) for sensor in places.sensors(tx)}
    return {
        (name, at_ms): milli_c
        for name, trace in traces.items()
        for at_ms, milli_c in zip(trace.at_ms.tolist(), trace.milli_c.tolist(), strict=True)
    }


def how_far(store: Store) -> dict[int, int]:
    """The offsets in the record, of partitions that have any messages."""
    with store.reading() as tx:
        return {number: offset for number, offset in kafka_offsets.following(tx, TOPIC).items() if offset}


def the_one_that_works(among: Sequence[Worker]) -> Worker:
    return eventually(lambda: next((each for each in among if each.works), None), "one of them works")


def killed_in_turn(folder: Path, url: str, kafka: MockKafka, names: Sequence[str]) -> None:
    """Each worker is killed while it has messages before it; the last one is left."""
    ledger: Ledger = {}
    begin_ms = time.time_ns() // 1_000_000 // MINUTE * MINUTE - 120 * MINUTE
    with workers(folder, url, kafka, names) as alive:
        store = Store(url)
        for part in range(len(names)):
            active = the_one_that_works(alive)
            publish_some(kafka, ledger, begin_ms, range(part * 40, part * 40 + 30))
            eventually(lambda: how_far(store) == kafka.ends, "it has stored what there was")
            publish_some(kafka, ledger, begin_ms, range(part * 40 + 30, part * 40 + 40))
            if part < len(names) - 1:
                alive.remove(active)
                active.kill()
        eventually(lambda: how_far(store) == kafka.ends, "all is stored")
        assert stored(store) == ledger
        with store.reading() as tx:
            counts = readings.counts(tx)
            assert (counts["accepted"], counts["duplicates"], counts["conflicts"]) == (len(ledger), 0, 0)
            assert quarantine.count(tx) == {}
            assert len(excursions.excursions(tx)) == 1
            told = [alert.kind for alert in alerts.alerts(tx) if alert.kind.startswith("excursion")]
            assert len(told) == len(set(told))
            assert verify(tx).findings == ()
        store.close()


def test_the_next_one_takes_over_where_the_killed_one_had_committed(tmp_path: Path, kafka: MockKafka) -> None:
    killed_in_turn(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", kafka, ["a", "b", "c"])


@pytest.mark.postgres
def test_on_postgres_too(tmp_path: Path, postgres_url: str, kafka: MockKafka) -> None:
    killed_in_turn(tmp_path, postgres_url, kafka, ["a", "b"])
