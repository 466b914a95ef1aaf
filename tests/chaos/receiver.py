"""Who is told of alerts: notes every attempt, and in which life of the service it came."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from coldchain.notifying import service


@dataclass(frozen=True)
class Attempt:
    """One POST.

    Attributes:
        life: Which of the service's lives sent it.
        answered: Whether it got an answer.
    """

    alert_id: str
    life: int
    answered: bool


class Receiver:
    """Takes alerts by HTTP.

    Attributes:
        attempts: Every one with an alert, in order.
        bodies: What was said, by its id: alerts, and notices about the service.
        instead: Called once in place of an answer, then forgotten.
    """

    def __init__(self, life: Callable[[], int]) -> None:
        self.attempts: list[Attempt] = []
        self.bodies: dict[str, dict[str, Any]] = {}
        self.instead: Callable[[], None] | None = None
        self._life = life
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

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:  # the service was killed before its answer
                pass

        server = Server(("127.0.0.1", 0), Handler)
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
            self.bodies[alert_id] = body
            if _about_the_service(body):
                return True
            instead, self.instead = self.instead, None
            self.attempts.append(Attempt(alert_id, self._life(), instead is None))
        if instead is not None:
            instead()
        return instead is None

    def notices(self) -> list[str]:
        """The parts of the service that notices were about."""
        with self._lock:
            return [body["part"] for body in self.bodies.values() if _about_the_service(body)]


def _about_the_service(body: dict[str, Any]) -> bool:
    return bool(body["schema"] == service.SCHEMA)
