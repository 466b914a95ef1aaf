"""Several records, several real services: each takes a shard that is free, and the next one where a service ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from coldchain.bootstrap.sole import ServiceRuns, nobody_works, one_service
from coldchain.bootstrap.standing_by import Turn
from coldchain.bootstrap.unserved import Unserved
from coldchain.records import Store, kafka_offsets, quarantine, readings
from tests.brokers import PASSWORD, USER, Mosquitto
from tests.feeding.cluster import MINUTE, TOPIC, MockKafka, native
from tests.feeding.publisher import Publisher
from tests.feeding.test_several_workers import Ledger, stored
from tests.postgres import Cluster
from tests.serve.service import LONGEST_S, environment, eventually

Databases = Callable[[int], list[str]]


@pytest.fixture
def databases(postgres: Cluster) -> Iterator[Databases]:
    """Makes empty databases of one server."""
    with ExitStack() as made:
        yield lambda count: [postgres.url(made.enter_context(postgres.database())) for _ in range(count)]


class Service:
    """A ``coldchain`` command that takes a shard, as a process of its own."""

    def __init__(self, folder: Path, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._out, self._err = folder / f"{name}.out", folder / f"{name}.err"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coldchain", *command, "--shards", "shards.yaml"],
                cwd=folder, env=environment(COLDCHAIN_MQTT_PASSWORD=PASSWORD), stdin=subprocess.DEVNULL,
                stdout=out, stderr=err,
            )  # fmt: skip

    @property
    def said(self) -> list[str]:
        assert self.process.poll() is None, self._err.read_text()
        return self._out.read_text().splitlines()

    @property
    def shard(self) -> str | None:
        """Which one it works on, once its pages are there."""
        if not any("pages on" in line for line in self.said):
            return None
        return next(line.rpartition(" ")[2] for line in self.said if "works on the shard" in line)

    def works_on(self, shards: set[str]) -> str:
        """Wait until it works on one of these."""
        found = eventually(lambda: self.shard, f"{self.name} works on a shard")
        assert found in shards
        return found

    def stands_by(self, taken: int, of: int) -> None:
        """Wait until it says so."""
        eventually(lambda: any(f"others work on {taken} of {of} shards" in line for line in self.said), "it stands by")

    def end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(LONGEST_S)


@contextmanager
def services(
    folder: Path, shards: Sequence[tuple[str, str, str]], command: Sequence[str]
) -> Iterator[Callable[[str], Service]]:
    """Starts services by name, for shards that are a name, more of the line in the file, and settings."""
    lines = [f"  {name}: {{config: {name}.yaml{more}}}\n" for name, more, _ in shards]
    (folder / "shards.yaml").write_text("shards:\n" + "".join(lines), encoding="utf-8")
    for name, _, settings in shards:
        (folder / f"{name}.yaml").write_text(settings, encoding="utf-8")
    with ExitStack() as ending:

        def start(name: str) -> Service:
            made = Service(folder, name, command)
            ending.callback(made.end, signal.SIGKILL)
            return made

        yield start


def once_each(stores: Sequence[Store], ledgers: Sequence[Ledger]) -> None:
    """Every record holds its own sensors' readings, each once, and nothing else."""
    for store, ledger in zip(stores, ledgers, strict=True):
        assert stored(store) == ledger
        with store.reading() as tx:
            counts = readings.counts(tx)
            assert (counts["accepted"], counts["conflicts"]) == (len(ledger), 0)
            assert quarantine.count(tx) == {}


@pytest.mark.postgres
@pytest.mark.broker
def test_three_shards_by_topic_and_four_services_one_of_which_is_killed(tmp_path: Path, databases: Databases) -> None:
    urls = databases(3)
    broker = Mosquitto(tmp_path).start()
    names = ["north", "south", "west"]
    shards = [
        (name, "", f"""
http: {{port: 0}}
database: {{url: "{url}"}}
mqtt: {{host: 127.0.0.1, port: {broker.port}, user: {USER}, client_id: {name}, native: false,
        routes: [{{filter: coldchain/readings/{name}/#, decoder: native}}]}}
""") for name, url in zip(names, urls, strict=True)
    ]  # fmt: skip
    begin_ms = time.time_ns() // 1_000_000 // MINUTE * MINUTE - 120 * MINUTE
    ledgers: list[Ledger] = [{} for _ in names]
    publisher = Publisher(broker.port)

    def publish(minutes: range) -> None:
        batch = []
        for minute in minutes:
            for name, ledger in zip(names, ledgers, strict=True):
                for sensor in (f"{name}-1", f"{name}-2"):
                    ledger[sensor, begin_ms + minute * MINUTE] = 4_000 + minute % 10 * 100
                    topic, payload = native(sensor, begin_ms + minute * MINUTE, 4 + minute % 10 / 10)
                    batch.append((topic.replace("readings/", f"readings/{name}/"), payload))
        publisher.publish(batch)

    stores = [Store(url) for url in urls]
    with services(tmp_path, shards, ["serve"]) as start:
        working = [start(name) for name in "abc"]
        on = {service.works_on(set(names)): service for service in working}
        assert set(on) == set(names)
        fourth = start("d")
        fourth.stands_by(3, 3)
        eventually(lambda: _heard(publish, stores), "all have subscribed")
        publish(range(20))
        on["south"].end(signal.SIGKILL)
        publish(range(20, 40))
        assert fourth.works_on({"south"}) == "south"
        publish(range(40, 60))
        eventually(lambda: [stored(store) for store in stores] == ledgers, "all of it is stored")
        once_each(stores, ledgers)
    publisher.close()
    broker.stop()
    for store in stores:
        store.close()


def _heard(publish: Callable[[range], None], stores: Sequence[Store]) -> bool:
    """Whether something that is published again and again is stored in every record."""
    publish(range(1))
    return all(stored(store) for store in stores)


@pytest.mark.postgres
def test_partitions_go_to_whoever_is_there(tmp_path: Path, databases: Databases, kafka: MockKafka) -> None:
    urls = databases(2)
    names, partitions = ["north", "south"], [range(2), range(2, 4)]
    shards = [
        (
            name,
            f", partitions: {numbers[0]}-{numbers[-1]}",
            f'http: {{port: 0}}\ndatabase: {{url: "{url}"}}\nmqtt: {{user: {USER}}}\n',
        )
        for name, url, numbers in zip(names, urls, partitions, strict=True)
    ]
    begin_ms = time.time_ns() // 1_000_000 // MINUTE * MINUTE - 120 * MINUTE
    ledgers: list[Ledger] = [{}, {}]

    def publish(minutes: range) -> None:
        for ledger, numbers in zip(ledgers, partitions, strict=True):
            for number in numbers:
                sensor, batch = f"fridge-{number}", []
                for minute in minutes:
                    ledger[sensor, begin_ms + minute * MINUTE] = 4_000 + minute % 10 * 100
                    batch.append(native(sensor, begin_ms + minute * MINUTE, 4 + minute % 10 / 10))
                kafka.publish(batch, partition=number)

    def all_there() -> bool:
        return all(_how_far(store) == _ends(kafka, numbers) for store, numbers in zip(stores, partitions, strict=True))

    stores = [Store(url) for url in urls]
    with services(tmp_path, shards, ["feed", "kafka", "--brokers", kafka.brokers, "--topic", TOPIC]) as start:
        publish(range(20))
        first = start("a")
        first.works_on({"north"})
        second = start("b")  # an added worker takes what nobody works on
        second.works_on({"south"})
        eventually(all_there, "all is stored")
        third = start("c")
        third.stands_by(2, 2)
        publish(range(20, 40))
        first.end(signal.SIGKILL)
        publish(range(40, 60))
        third.works_on({"north"})
        second.end(signal.SIGTERM)  # with nobody standing by, its partitions wait
        publish(range(60, 80))
        start("d").works_on({"south"})
        eventually(all_there, "all is stored")
        once_each(stores, ledgers)
    for store in stores:
        with store.reading() as tx:
            assert readings.counts(tx)["duplicates"] == 0
        store.close()


def _how_far(store: Store) -> dict[int, int]:
    with store.reading() as tx:
        return {number: at for number, at in kafka_offsets.following(tx, TOPIC).items() if at}


def _ends(kafka: MockKafka, numbers: range) -> dict[int, int]:
    return {number: kafka.ends[number] for number in numbers}


def test_a_shard_without_a_service_is_told_of_and_when_it_has_one_again(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    said: list[str] = []
    told, over = Event(), Event()

    def tell(part: str, detail: str) -> None:
        assert part == "shards"
        said.append(detail)
        (over if told.is_set() else told).set()

    def never() -> object:
        raise AssertionError("it only looks")

    looking = Unserved([Turn("south", never, store)], tell, every_s=0.05, after_s=0.1)  # type: ignore[arg-type]
    with ExitStack() as held, looking:  # the lock is held until nobody looks any more
        assert told.wait(LONGEST_S)
        eventually(lambda: _serves(store, held), "one works again")
        assert over.wait(LONGEST_S)
    assert said == [
        "no service works on the shard south (nobody has its lock): start one more, or look at it",
        "a service works on the shard south again",
    ]


@pytest.mark.postgres
def test_on_a_server_who_looks_takes_no_lock(postgres_url: str) -> None:
    store, other = Store(postgres_url), Store(postgres_url)
    assert nobody_works(store)
    with one_service(store) as still_alone:
        assert not nobody_works(other)
        assert still_alone()
    assert nobody_works(other)
    store.close()
    other.close()


def _serves(store: Store, until: ExitStack) -> bool:
    """Be the service from now on; it may be looked at just when the lock is asked for, then once more."""
    try:
        until.enter_context(one_service(store))
    except ServiceRuns:
        return False
    return True
