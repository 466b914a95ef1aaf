"""``make million``: very many sensors, a reading a minute each, through a real broker into the real service.

The broker runs with the settings that we ship, the service is ``coldchain serve`` in a process of its own, the
publisher is a third one, whose processor time is told apart. One message is one reading, at QoS 1, acknowledged after
it is stored and judged. In the same run the same messages go through the same broker to ``mosquitto_sub``.
"""

import argparse
import multiprocessing
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from coldchain.monitoring import mqtt_wire
from coldchain.monitoring.arriving import Arrivals
from coldchain.monitoring.ingest import Incoming, ingest
from coldchain.monitoring.session import BrokerAddress
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.payloads import DEFAULT_ROUTES, Router
from coldchain.records import Store, listing
from coldchain.rulebook.book import load_rulebook
from tests.brokers import PASSWORD, USER, Mosquitto
from tests.ports import free_port

TICKS = 10
"""The publisher sends so many times a second."""
PROBE_EVERY_S = 0.5
"""So often a sensor is warm, and the time until its alert is heard is taken."""


def main(words: Sequence[str] | None = None) -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.million", description=__doc__)
    parser.add_argument("--sensors", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--flood", type=int, default=100_000, help="messages sent as fast as the broker takes them")
    arguments = parser.parse_args(words)
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} processors, "
          f"load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        declare(folder, arguments.sensors)
        stages(folder, min(arguments.sensors, 20_000))
        broker = Mosquitto(folder).start()
        try:
            against_mosquitto_sub(folder, broker.port, arguments.sensors, arguments.flood)
            sustained(folder, broker, arguments.sensors, arguments.minutes, arguments.flood)
        finally:
            broker.stop()
    return 0


# -- the site -------------------------------------------------------------------------------------------------------


def declare(folder: Path, sensors: int) -> None:
    """A record with that many refrigerators."""
    began = time.monotonic()
    store = Store(f"sqlite:///{folder / 'million.db'}")
    store.migrate()
    rulebook = load_rulebook()
    product, text = rulebook.product("refrigerated-2-8"), rulebook.text("refrigerated-2-8")
    for first in range(0, sensors, listing.AT_ONCE):
        some = [listing.Listed(f"f{k}", f"Refrigerator {k}", "", f"s{k}")
                for k in range(first, min(first + listing.AT_ONCE, sensors))]  # fmt: skip
        with store.transaction() as tx:
            listing.put(tx, some, product, text, product.first_stage.name, _now_ms(), unprovable=UNPROVABLE)
    with store.transaction() as tx:
        listing.settle_index(tx)
    store.close()
    print(f"{sensors:,} refrigerators declared in {time.monotonic() - began:,.0f} s", flush=True)


def stages(folder: Path, sensors: int) -> None:
    """What each stage costs, in this process, by its processor time."""
    at_ms = _now_ms()
    published = [(1, f"coldchain/readings/s{k}", _payload(at_ms + k % 1000, 5000 + k % 900), False, False)
                 for k in range(sensors)]  # fmt: skip
    wire = b"".join(_publish(topic, payload, number) for number, topic, payload, *_ in published)
    arrivals = Arrivals(Router(DEFAULT_ROUTES), _now_ms)
    began = time.process_time()
    mqtt_wire.parse(wire, five=False)
    parsed = time.process_time()
    messages = [one for _, topic, payload, *_ in published if (one := arrivals.arrive(topic, payload)) is not None]
    decoded = time.process_time()
    store = Store(f"sqlite:///{folder / 'million.db'}")
    _ingested(store, messages)
    first = time.process_time()
    later = [arrivals.arrive(topic, _payload(at_ms + 1_000, 5000)) for _, topic, *_ in published]
    begun = time.process_time()
    _ingested(store, [one for one in later if one is not None])
    done = time.process_time()
    store.close()
    for what, took in (("parsing MQTT", parsed - began), ("decoding", decoded - parsed),
                       ("storing and judging, sensors looked up for the first time", first - decoded),
                       ("storing and judging, calm readings", done - begun)):  # fmt: skip
        print(f"{what:<58} {took / sensors * 1e6:>10.1f} µs a reading", flush=True)


def _ingested(store: Store, messages: list[Incoming], now_ms: int | None = None) -> None:
    for start in range(0, len(messages), 5_000):
        ingest(store, messages[start : start + 5_000], now_ms or _now_ms(), ())


# -- the publisher --------------------------------------------------------------------------------------------------


def publish(port: int, sensors: int, seconds: float, flood: int, pipe: Connection) -> None:
    """In a process of its own: a flood, or a reading a minute of each sensor for so long; tells what it cost."""
    address = BrokerAddress("127.0.0.1", port, client_id="publisher", user=USER, password=PASSWORD, protocol="3.1.1")
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(mqtt_wire.connect(address))
    connection.recv(4)
    taken = [0]
    reader = threading.Thread(target=_count_answers, args=(connection, taken), daemon=True)
    reader.start()
    warm: dict[str, float] = {}
    began = time.monotonic()
    sent = _flood(connection, sensors, flood) if flood else _steadily(connection, sensors, seconds, warm, pipe)
    while taken[0] < sent and time.monotonic() - began < seconds + 600:
        time.sleep(0.01)
    pipe.send((sent, taken[0], time.monotonic() - began, time.process_time()))
    connection.close()


def _flood(connection: socket.socket, sensors: int, flood: int) -> int:
    for first in range(0, flood, 500):
        at_ms = _now_ms()
        connection.sendall(b"".join(
            _publish(f"coldchain/readings/s{k % sensors}", _payload(at_ms + k % 7, 5000), k % 65_000 + 1)
            for k in range(first, min(first + 500, flood))))  # fmt: skip
    return flood


def _steadily(
    connection: socket.socket, sensors: int, seconds: float, warm: dict[str, float], pipe: Connection
) -> int:  # fmt: skip
    began, sent, warmed_s = time.monotonic(), 0, 0.0
    while (elapsed := time.monotonic() - began) < seconds:
        due = round(elapsed * sensors / 60)
        at_ms, packets = _now_ms(), []
        for k in range(sent, due):
            name, milli_c = f"s{k % sensors}", 5000 + k % 900
            if elapsed - warmed_s > PROBE_EVERY_S and name not in warm:
                warmed_s, milli_c = elapsed, 9500
                warm[name] = time.time()
            packets.append(_publish(f"coldchain/readings/{name}", _payload(at_ms, milli_c), k % 65_000 + 1))
        connection.sendall(b"".join(packets))
        sent = due
        time.sleep(1 / TICKS)
    pipe.send(warm)
    return sent


def _count_answers(connection: socket.socket, taken: list[int]) -> None:
    left = 0
    while data := connection.recv(1 << 16):
        left += len(data)
        taken[0], left = taken[0] + left // 4, left % 4  # a PUBACK has four bytes


def _publish(topic: str, payload: bytes, number: int) -> bytes:
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + number.to_bytes(2, "big") + payload
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return b"\x32" + length + body


def _payload(at_ms: int, milli_c: int) -> bytes:
    second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms // 1000))
    return b'{"measured_at":"%s.%03dZ","temperature_c":%d.%03d}' % (
        second.encode(), at_ms % 1000, milli_c // 1000, milli_c % 1000,
    )  # fmt: skip


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _publishing(port: int, sensors: int, seconds: float, flood: int) -> tuple[multiprocessing.Process, Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=publish, args=(port, sensors, seconds, flood, theirs))
    process.start()
    return process, ours


# -- the runs -------------------------------------------------------------------------------------------------------


def against_mosquitto_sub(folder: Path, port: int, sensors: int, flood: int) -> None:
    """The same messages from the same broker to ``mosquitto_sub``, which stores and judges nothing."""
    words = ["mosquitto_sub", "-p", str(port), "-u", USER, "-P", PASSWORD, "-q", "1", "-t", "coldchain/readings/#",
             "-C", str(flood), "-i", "listener"]  # fmt: skip
    with (folder / "sub.out").open("wb") as out:
        listener = subprocess.Popen(words, stdout=out)
    time.sleep(2)
    began = time.monotonic()
    process, pipe = _publishing(port, sensors, 60, flood)
    listener.wait(900)
    took = time.monotonic() - began
    pipe.recv()
    process.join(60)
    print(f"{'mosquitto_sub receives, no storing, no judging':<58} {flood / took:>10,.0f} readings/s", flush=True)
    (folder / "sub.rate").write_text(str(flood / took))


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


def sustained(folder: Path, broker: Mosquitto, sensors: int, minutes: float, flood: int) -> None:
    """The real service: first a flood, for the rate it can hold; then a reading a minute of each sensor."""
    service = _serve(folder, broker.port)
    heard = _listen(broker.port)
    try:
        before = _stored(folder)
        began, used = time.monotonic(), usage(service.pid)
        process, pipe = _publishing(broker.port, sensors, 60, flood)
        pipe.recv()
        _await_stored(folder, before + flood)
        took = time.monotonic() - began
        process.join(60)
        rate, theirs = flood / took, float((folder / "sub.rate").read_text())
        cpu_us = (usage(service.pid).cpu_s - used.cpu_s) / flood * 1e6
        against = f"{theirs / rate:.2f} × mosquitto_sub, {cpu_us:.0f} µs of its processor a reading"
        what = "the service receives, stores, judges and acknowledges"
        print(f"{what:<58} {rate:>10,.0f} readings/s   {against}", flush=True)
        _steady(folder, service.pid, broker.port, sensors, minutes, heard)
    finally:
        service.terminate()
        service.wait(120)


def _steady(
    folder: Path, pid: int, port: int, sensors: int, minutes: float, heard: dict[str, float]
) -> None:  # fmt: skip
    before, used = _stored(folder), usage(pid)
    process, pipe = _publishing(port, sensors, 60 * minutes, 0)
    began = time.monotonic()
    while process.is_alive() and not pipe.poll(10):
        now = usage(pid)
        print(f"  {time.monotonic() - began:>6.0f} s   {now.rss_mb:>8,.0f} MB   "
              f"{(now.cpu_s - used.cpu_s) / (time.monotonic() - began):.2f} processors", flush=True)  # fmt: skip
    warm = pipe.recv()
    sent, taken, took, publisher_cpu = pipe.recv()
    ended = time.monotonic()
    _await_stored(folder, before + sent)
    behind = time.monotonic() - ended
    process.join(60)
    late = sorted(heard[name] - at for name, at in warm.items() if name in heard)
    print(f"{sent:,} readings of {sensors:,} sensors in {took:,.0f} s ({sent / took:,.0f} a second), {taken:,} taken "
          f"by the broker; all stored and judged {behind:.1f} s after the last one", flush=True)  # fmt: skip
    if late:
        cuts = statistics.quantiles(late, n=100) if len(late) > 1 else late * 99
        print(f"from publish to alert delivered: p50 {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s, longest {late[-1]:.2f} s "
              f"({len(late)} of {len(warm)} alerts)")  # fmt: skip
    print(f"the publisher used {publisher_cpu / sent * 1e6:.0f} µs a reading, the service "
          f"{(usage(pid).cpu_s - used.cpu_s) / sent * 1e6:.0f}", flush=True)  # fmt: skip


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


def _listen(port: int) -> dict[str, float]:
    """When the first alert of each sensor was heard, by its name; filled as they come."""
    heard: dict[str, float] = {}
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(USER, PASSWORD)

    def hear(_: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        heard.setdefault("s" + message.topic.rsplit("/", 1)[1].removeprefix("f"), time.time())

    def ask(*_: object) -> None:
        client.subscribe("coldchain/alerts/#", 1)

    client.on_message, client.on_connect = hear, ask
    client.connect("127.0.0.1", port)
    client.loop_start()
    return heard


def _stored(folder: Path) -> int:
    store = Store(f"sqlite:///{folder / 'million.db'}")
    with store.reading() as tx:
        found = int(tx.exec_driver_sql("SELECT count(*) FROM reading").scalar_one())
    store.close()
    return found


def _await_stored(folder: Path, count: int) -> None:
    deadline = time.monotonic() + 1800
    while (stored := _stored(folder)) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{stored:,} of {count:,} readings were stored")
        time.sleep(0.2)


if __name__ == "__main__":
    raise SystemExit(main())
