"""``python -m tests.chaos.away``: the broker cannot be reached for a day, while sensors go on publishing there.

A real Mosquitto with the shipped settings takes a day's readings of thirty sensors, one a minute, each in a message of
its own and with its own time; the network between it and the service is cut meanwhile, and then it is mended. The day
is published at once: what is tried is that much waiting at the broker and coming at once, not a day of waiting.
"""

import argparse
import contextlib
import json
import random
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from coldchain.records import Store
from coldchain.records.verifying import verify
from tests.brokers import PASSWORD, SENSORS, Mosquitto
from tests.chaos.databases import LONGEST_S, Sqlite, await_
from tests.chaos.gateway import Reading
from tests.chaos.proxy import Proxy
from tests.chaos.receiver import Receiver
from tests.chaos.rounds import excursions_as_judged
from tests.chaos.service import SETTINGS, Service
from tests.monitoring.rows import hang_up
from tests.monitoring.ward import product_text
from tests.ports import free_port

MINUTE_MS = 60_000
FRESH = "fresh"
"""A sensor that measures only now, when the network is there again, and is too warm."""

_PRODUCT = product_text(
    "{above: 8 °C}", "{id: hot, above: 11 °C, allow: {each: 20 min}}", max_gap="30 min", id_="chaos"
)
_SETTINGS = """\
data: data
rules: rules
http: {{port: {http}, tokens: {{gateway: {{may_write: true}}}}}}
mqtt: {{mode: broker, port: {mqtt}, user: coldchain}}
alerts:
  mqtt: false
  webhooks: {{ops: {{url: "{webhook}"}}}}
locations:
{locations}
"""
_LOCATION = "  {name}: {{title: Refrigerator {name}, product: chaos, sensor: {name}, since: '{since}'}}"


@dataclass
class Came:
    """What became of it.

    Attributes:
        readings: How many waited at the broker.
        stored_s: From mending the network until all of them were stored.
        fresh_s: From publishing a reading that is too warm now, behind all others, until its alert was delivered.
        findings: What must not be.
    """

    readings: int
    stored_s: float = 0.0
    fresh_s: float = 0.0
    findings: list[str] = field(default_factory=list)


@dataclass
class _Ledger:
    """Everything that was published, as rounds look at it."""

    readings: dict[tuple[str, int], int]

    def acknowledged(self) -> dict[tuple[str, int], int]:
        return self.readings


def day_away(folder: Path, sensors: int, minutes: int) -> Came:
    """Run it in an empty folder."""
    until_ms = time.time_ns() // 1_000_000 - MINUTE_MS
    names = [f"fridge-{number}" for number in range(sensors)]
    day = {
        (name, until_ms - back * MINUTE_MS): milli_c
        for name in names
        for back, milli_c in enumerate(_temperatures(name, minutes))
    }
    came, receiver = Came(len(day)), Receiver(lambda: 1)
    with contextlib.ExitStack() as parts:
        broker = Mosquitto(folder).start()
        parts.callback(broker.stop)
        proxy = Proxy(broker.port)
        parts.callback(proxy.close)
        service = Service(folder)
        parts.callback(service.close)
        webhook, http = parts.enter_context(receiver.listening()), free_port()
        since = datetime.fromtimestamp((until_ms - minutes * MINUTE_MS) / 1000, UTC).isoformat()
        locations = "\n".join(_LOCATION.format(name=name, since=since) for name in [*names, FRESH])
        (folder / SETTINGS).write_text(
            _SETTINGS.format(http=http, mqtt=proxy.port, webhook=webhook, locations=locations)
        )
        (folder / "rules").mkdir()
        (folder / "rules" / "chaos.yaml").write_text(_PRODUCT)
        service.start()
        service.await_pages(http)
        await_("the subscription stands", lambda: _subscribed(http))
        database = Sqlite(folder / "data")
        database.file = folder / "data" / "coldchain.db"
        with _gateway(broker.port) as client:
            _publish(
                client, {(names[0], until_ms - minutes * MINUTE_MS): 5_000}
            )  # the session stands: it comes through
            day[names[0], until_ms - minutes * MINUTE_MS] = 5_000
            await_("the first reading is stored", lambda: _count(database) == 1)
            proxy.cut()
            _publish(client, day)
            mended = time.monotonic()
            proxy.mend()
            _publish_now(client, day, 9_500)
            await_("the fresh alert", lambda: any(_fresh(one) for one in receiver.bodies.values()))
            came.fresh_s = time.monotonic() - mended
            _publish_now(client, day, 5_000)
        await_("all is stored", lambda: _count(database) >= len(day))
        came.stored_s = time.monotonic() - mended
        service.ask_to_stop()
        if code := service.await_end():
            came.findings.append(f"the service ended with {code}")
        came.findings += _compared(database, day)
        told = [str(one["detail"]) for one in receiver.bodies.values() if "part" in one]  # notices about the service
        came.findings += [one for one in told if "dropped" in one or "lost our session" in one]
    return came


def _compared(database: Sqlite, day: Mapping[tuple[str, int], int]) -> list[str]:
    """Stored and judged as in one go, and the record proves itself."""
    question = "select sensor.name, measured_ms, milli_c from reading join sensor on sensor.id = sensor_id"
    stored = {(name, at_ms): milli_c for name, at_ms, milli_c in database.rows(question)}
    found = [] if stored == day else [f"{len(set(stored.items()) ^ set(day.items()))} readings are not as published"]
    store = Store(f"sqlite:///{database.file}")
    found += excursions_as_judged(_Ledger(dict(day)), store)
    with store.reading() as tx:
        found += [str(each) for each in verify(tx).findings]
    store.close()
    return found


def _temperatures(name: str, minutes: int) -> Iterator[int]:
    """Backwards from the last one, which is good: mostly good, now and then too warm for a while."""
    chance = random.Random(name)  # noqa: S311 - chance, not secrecy
    found = [5_000]
    while len(found) < minutes:
        found += [chance.randint(2_500, 8_000) for _ in range(chance.randint(60, 400))]
        found += [chance.randint(8_001, 13_000) for _ in range(chance.randint(1, 45))]
    yield from found[:minutes]


def _fresh(alert: Mapping[str, Any]) -> bool:
    return bool(alert.get("location", {}).get("name") == FRESH and alert["kind"] == "certain")


def _subscribed(http: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/healthz", timeout=10) as answer:
            said = json.load(answer)
    except urllib.error.HTTPError as error:  # something else is not well yet
        said = json.load(error)
        error.close()
    return bool(said["checks"]["broker"]["ok"])


def _count(database: Sqlite) -> int:
    return int(database.rows("select count(*) from reading")[0][0])


@contextlib.contextmanager
def _gateway(port: int) -> Iterator[paho.Client]:
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(SENSORS, PASSWORD)
    client.max_inflight_messages_set(1_000)
    connected = threading.Event()
    client.on_connect = lambda *_: connected.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert connected.wait(LONGEST_S)
    yield client
    hang_up(client)


def _publish(client: paho.Client, readings: Mapping[tuple[str, int], int]) -> None:
    """Each reading in a message of its own, in order of time; returns when the broker has acknowledged all of them."""
    in_order = sorted(readings.items(), key=lambda one: one[0][1])
    sent = [
        client.publish(
            f"coldchain/readings/{name}", json.dumps(Reading(name, 0, at_ms, milli_c).content()).encode(), qos=1
        )
        for (name, at_ms), milli_c in in_order
    ]
    for one in sent:
        one.wait_for_publish(LONGEST_S)
        assert one.is_published()


def _publish_now(client: paho.Client, day: dict[tuple[str, int], int], milli_c: int) -> None:
    one = {(FRESH, time.time_ns() // 1_000_000): milli_c}
    _publish(client, one)
    day |= one


def main() -> int:
    """Run it and print what came of it; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.away")
    parser.add_argument("--sensors", type=int, default=30)
    parser.add_argument("--minutes", type=int, default=1_440)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coldchain-away-") as folder:
        came = day_away(Path(folder), asked.sensors, asked.minutes)
    print(
        f"{came.readings} readings waited at the broker; stored {came.stored_s:.1f} s after the network was mended; a"
        f" fresh alert, published behind all of them, delivered after {came.fresh_s:.1f} s; findings: {came.findings}"
    )
    return 1 if came.findings else 0


if __name__ == "__main__":
    sys.exit(main())
