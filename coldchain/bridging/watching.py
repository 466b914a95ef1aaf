"""What the bridge says of itself to whoever supervises it: ``/healthz`` and ``/metrics``, on this machine only."""

import errno
import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from coldchain.errors import ColdchainError, PortTaken
from coldchain.monitoring.kafka_bridge import BridgeState

_HERE = "127.0.0.1"
_COUNTS = (
    ("received", "messages that the MQTT broker has sent"),
    ("taken", "messages that Kafka has taken"),
    ("acknowledged", "messages that the MQTT broker was told are safe"),
    ("cut", "messages of which Kafka has the beginning only"),
)


class Watched:
    """A web server for the length of a block.

    Args:
        port: Where; 0 lets the system choose.
        state: How the bridge does.

    Raises:
        PortTaken: Another program listens there.
    """

    def __init__(self, port: int, state: Callable[[], BridgeState]) -> None:
        class Answering(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                _answer(self, state())

            def log_message(self, *_: object) -> None:
                """Being asked is no news."""

        try:
            self._server = ThreadingHTTPServer((_HERE, port), Answering)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(f"port {port} is taken by another program: choose another by --http") from error
            raise ColdchainError(f"cannot listen on port {port}: {error.strerror}; choose another by --http") from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="coldchain-health", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def metrics(state: BridgeState) -> str:
    """The counts, as Prometheus reads them."""
    lines = [f"# TYPE coldchain_bridge_up gauge\ncoldchain_bridge_up {int(state.complaint is None)}\n"]
    for name, what in _COUNTS:
        full = f"coldchain_bridge_{name}_total"
        lines.append(f"# HELP {full} {what}\n# TYPE {full} counter\n{full} {getattr(state, name)}\n")
    return "".join(lines)


def _answer(request: BaseHTTPRequestHandler, state: BridgeState) -> None:
    status, kind, body = HTTPStatus.OK, "application/json", ""
    match request.path:
        case "/healthz":
            status = HTTPStatus.OK if state.complaint is None else HTTPStatus.SERVICE_UNAVAILABLE
            body = json.dumps({"ok": state.complaint is None, "detail": state.complaint or "messages are forwarded"})
        case "/metrics":
            kind, body = "text/plain; version=0.0.4; charset=utf-8", metrics(state)
        case _:
            status, body = HTTPStatus.NOT_FOUND, json.dumps({"detail": "there are /healthz and /metrics"})
    content = body.encode()
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)
