"""Sensors that keep a ledger of what the broker took from them, and a receiver of alerts that counts every attempt."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.brokers import PASSWORD, SENSORS
from tests.monitoring.rows import hang_up

STEP_MS = 500
ROUND = 60
"""Readings of one sensor that are published together."""

BAD = range(30, 35)
"""Of every 60 readings of a sensor, these five are too warm: one excursion."""

LONGEST_S = 180.0
"""Longer than anything takes on a busy machine; a test that waits so long waits in vain."""


@dataclass
class Publishers:
    """Refrigerators that publish their readings in turn.

    Attributes:
        taken: ``(sensor, measured ms) -> m°C`` of every reading that the broker acknowledged.
    """

    port: int
    sensors: tuple[str, ...]
    start_ms: int
    each: int
    taken: dict[tuple[str, int], int] = field(default_factory=dict)
    failure: str | None = None
    _released: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def release(self, rounds: int) -> int:
        """Let so many rounds more be published, and nothing beyond them; returns how many readings that are."""
        self._released.release(rounds)
        return rounds * ROUND * len(self.sensors)

    def run(self) -> None:
        """Publish what is released, as fast as the broker takes it, each noted once the broker has taken it."""
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id="refrigerators", protocol=paho.MQTTv5)
        client.username_pw_set(SENSORS, PASSWORD)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        try:
            for first in range(0, self.each, ROUND):
                assert self._released.acquire(timeout=LONGEST_S), "nobody released the next round"
                self._publish(client, range(first, first + ROUND))
        except (RuntimeError, ValueError, AssertionError) as error:
            self.failure = repr(error)
        finally:
            hang_up(client)

    def _publish(self, client: paho.Client, numbers: range) -> None:
        sent = [
            (sensor, number, client.publish(f"coldchain/readings/{sensor}", self.payload(number), qos=1))
            for number in numbers
            for sensor in self.sensors
        ]
        for sensor, number, info in sent:
            info.wait_for_publish(LONGEST_S)
            assert info.is_published()
            self.taken[sensor, self.measured_ms(number)] = self.milli_c(number)

    def payload(self, number: int) -> bytes:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.measured_ms(number))
        return json.dumps({"measured_at": at.isoformat(), "temperature_c": self.milli_c(number) / 1000}).encode()

    def measured_ms(self, number: int) -> int:
        return self.start_ms + number * STEP_MS

    @staticmethod
    def milli_c(number: int) -> int:
        return 9500 if number % ROUND in BAD else 4000 + number % ROUND

    def excursions(self) -> set[tuple[str, int, int]]:
        """Sensor, start and end of every excursion that was published; worked out by hand, not by our judge."""
        return {
            (sensor, self.measured_ms(first + BAD.start), self.measured_ms(first + BAD.stop))
            for sensor in self.sensors
            for first in range(0, self.each, ROUND)
        }


class Receiver:
    """Takes alerts by HTTP and notes the id of every attempt, before it answers.

    Attributes:
        attempts: The id of every POST, in order.
        answered: Those that got their answer sent.
        before_answering: Called at every attempt; where it is true the attempt gets no answer.
    """

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self.bodies: dict[str, dict[str, Any]] = {}
        self.unanswered: list[str] = []
        self.before_answering: Callable[[], bool] = lambda: False
        self._lock = threading.Lock()

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Its address, while the block runs."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if receiver._take(self.headers["Coldchain-Alert-Id"], body):
                    self.send_response(204)
                    self.end_headers()
                else:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/alerts"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _take(self, alert_id: str, body: dict[str, Any]) -> bool:
        with self._lock:
            self.attempts.append(alert_id)
            self.bodies[alert_id] = body
            if self.before_answering():
                self.unanswered.append(alert_id)
                return False
            return True
