"""A process that publishes readings at QoS 1, for benchmarks: as fast as it can, or one a minute of each sensor."""

import multiprocessing
import socket
import threading
import time
from multiprocessing.connection import Connection

from coldchain.monitoring import mqtt_wire
from coldchain.monitoring.session import BrokerAddress
from tests.brokers import PASSWORD, USER

TICKS = 10
"""The publisher sends so many times a second."""
PROBE_EVERY_S = 0.5
"""So often a sensor is warm, and the time until its alert is heard is taken."""


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
        at_ms = now_ms()
        connection.sendall(b"".join(
            packet(f"coldchain/readings/s{k % sensors}", payload(at_ms + k % 7, 5000), k % 65_000 + 1)
            for k in range(first, min(first + 500, flood))))  # fmt: skip
    return flood


def _steadily(
    connection: socket.socket, sensors: int, seconds: float, warm: dict[str, float], pipe: Connection
) -> int:  # fmt: skip
    began, sent, warmed_s = time.monotonic(), 0, 0.0
    while (elapsed := time.monotonic() - began) < seconds:
        due = round(elapsed * sensors / 60)
        at_ms, packets = now_ms(), []
        for k in range(sent, due):
            name, milli_c = f"s{k % sensors}", 5000 + k % 900
            if elapsed - warmed_s > PROBE_EVERY_S and name not in warm:
                warmed_s, milli_c = elapsed, 9500
                warm[name] = time.time()
            packets.append(packet(f"coldchain/readings/{name}", payload(at_ms, milli_c), k % 65_000 + 1))
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


def packet(topic: str, said: bytes, number: int) -> bytes:
    """A PUBLISH packet at QoS 1."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + number.to_bytes(2, "big") + said
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return b"\x32" + length + body


def payload(at_ms: int, milli_c: int) -> bytes:
    """A native message."""
    second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms // 1000))
    return b'{"measured_at":"%s.%03dZ","temperature_c":%d.%03d}' % (
        second.encode(), at_ms % 1000, milli_c // 1000, milli_c % 1000,
    )  # fmt: skip


def now_ms() -> int:
    """The time, UTC ms."""
    return time.time_ns() // 1_000_000


def publishing(port: int, sensors: int, seconds: float, flood: int) -> tuple[multiprocessing.Process, Connection]:
    """`publish` in a process of its own, and the pipe by which it tells."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=publish, args=(port, sensors, seconds, flood, theirs))
    process.start()
    return process, ours
