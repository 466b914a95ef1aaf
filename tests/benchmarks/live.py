"""A record of many refrigerators, the real broker and the real service around it, for benchmarks."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from coldchain.monitoring.silence import UNPROVABLE
from coldchain.records import Store, listing
from coldchain.rulebook.book import load_rulebook
from tests.benchmarks.publisher import now_ms, publishing
from tests.brokers import PASSWORD, USER
from tests.ports import free_port

WAITING = "$SYS/broker/store/messages/count"
"""What the broker has taken and the service has not acknowledged; Mosquitto says it every ten seconds."""


def declare(folder: Path, sensors: int) -> None:
    """A record with that many refrigerators."""
    store = Store(f"sqlite:///{folder / 'million.db'}")
    store.migrate()
    rulebook = load_rulebook()
    product, text = rulebook.product("refrigerated-2-8"), rulebook.text("refrigerated-2-8")
    for first in range(0, sensors, listing.AT_ONCE):
        some = [listing.Listed(f"f{k}", f"Refrigerator {k}", "", f"s{k}")
                for k in range(first, min(first + listing.AT_ONCE, sensors))]  # fmt: skip
        with store.transaction() as tx:
            listing.put(tx, some, product, text, product.first_stage.name, now_ms(), unprovable=UNPROVABLE)
    with store.transaction() as tx:
        listing.settle_index(tx)
    store.close()


def mosquitto_sub(folder: Path, port: int, sensors: int, flood: int) -> float:
    """How long ``mosquitto_sub``, which stores and judges nothing, takes to receive so many messages, s."""
    words = ["mosquitto_sub", "-p", str(port), "-u", USER, "-P", PASSWORD, "-q", "1", "-t", "coldchain/readings/#",
             "-i", "listener"]  # fmt: skip
    subprocess.run([*words, "-c", "-E"], check=True, timeout=600)  # from here on nothing is missed, however late it is
    with (folder / "sub.out").open("wb") as out:
        listener = subprocess.Popen([*words, "-c", "-C", str(flood)], stdout=out)
    time.sleep(2)  # its start is not to be measured
    began = time.monotonic()
    process, pipe = publishing(port, sensors, 60, flood)
    listener.wait(900)
    took = time.monotonic() - began
    pipe.recv()
    process.join(60)
    subprocess.run([*words, "-E"], check=True, timeout=600)  # the broker keeps nothing more for it
    return took


@dataclass(frozen=True)
class Flooded:
    """How long the service took for a flood of messages, s, and its processor's time, µs a reading."""

    took_s: float
    cpu_us: float


def flooded(folder: Path, pid: int, port: int, sensors: int, flood: int) -> Flooded:
    """The same messages to the service: received, stored, judged and acknowledged."""
    before, began, used = stored(folder), time.monotonic(), usage(pid)
    process, pipe = publishing(port, sensors, 60, flood)
    pipe.recv()
    await_stored(folder, before + flood)
    took = time.monotonic() - began
    process.join(60)
    return Flooded(took, (usage(pid).cpu_s - used.cpu_s) / flood * 1e6)


@dataclass
class Usage:
    """What a process has used: processor seconds, and memory now in MB."""

    cpu_s: float
    rss_mb: float


def usage(pid: int) -> Usage:
    """From /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Usage((int(fields[11]) + int(fields[12])) / ticks, pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


@contextmanager
def serving(folder: Path, port: int) -> Iterator[int]:
    """The service, until the end of the block; yields its process id."""
    service = _serve(folder, port)
    try:
        yield service.pid
    finally:
        service.terminate()
        service.wait(120)


def _serve(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    http = free_port()
    (folder / "coldchain.yaml").write_text(
        f"database:\n  url: sqlite:///{folder / 'million.db'}\nhttp:\n  port: {http}\n"
        f"mqtt:\n  port: {port}\n  user: {USER}\n  bulk: true\n"
    )
    with (folder / "service.log").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "coldchain", "serve", "--config", str(folder / "coldchain.yaml")],
            stdout=log, stderr=log, env=os.environ | {"COLDCHAIN_MQTT_PASSWORD": PASSWORD},
        )  # fmt: skip
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if service.poll() is not None:
            raise RuntimeError((folder / "service.log").read_text())
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{http}/sign-in", timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return service
    raise RuntimeError("the service did not start: " + (folder / "service.log").read_text())


@dataclass
class Heard:
    """What the broker has told: when the first alert of each sensor was, by its name, and how many messages wait."""

    alerts: dict[str, float] = field(default_factory=dict)
    waiting: int = 0


def listen(port: int) -> Heard:
    """Hear it; filled as it comes."""
    heard = Heard()
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(USER, PASSWORD)

    def hear(_: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        if message.topic == WAITING:
            heard.waiting = int(message.payload)
        else:
            heard.alerts.setdefault("s" + message.topic.rsplit("/", 1)[1].removeprefix("f"), time.time())

    def ask(*_: object) -> None:
        client.subscribe([("coldchain/alerts/#", 1), (WAITING, 0)])

    client.on_message, client.on_connect = hear, ask
    client.connect("127.0.0.1", port)
    client.loop_start()
    return heard


def stored(folder: Path) -> int:
    """How many readings the record holds."""
    store = Store(f"sqlite:///{folder / 'million.db'}")
    with store.reading() as tx:
        found = int(tx.exec_driver_sql("SELECT count(*) FROM reading").scalar_one())
    store.close()
    return found


def await_stored(folder: Path, count: int) -> None:
    """Wait until the record holds so many."""
    deadline = time.monotonic() + 1800
    while (found := stored(folder)) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{found:,} of {count:,} readings were stored")
        time.sleep(0.5)
