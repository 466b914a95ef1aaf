"""The pages' web server: uvicorn in a thread of its own, on a socket that is bound before anything else starts."""

import errno
import socket
import threading
from typing import Any

from coldchain.errors import ColdchainError, PortTaken

_STOPPING_S = 5.0
"""How long open requests get to end; streams of open pages have been told to end before."""


def listen(host: str, port: int, setting: str) -> socket.socket:
    """A socket bound to an address.

    Args:
        host, port: The address; port 0 lets the system choose.
        setting: What changes the port, for the message.

    Raises:
        PortTaken: Another program listens there.
        ColdchainError: The address is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ColdchainError(f"cannot serve pages on {host}: {error.strerror}") from error
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(128)  # a browser that is early waits, instead of being refused
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} on {host} is taken by another program: choose another by {setting}"
            ) from error
        raise ColdchainError(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    return listening


class WebServer:
    """Serves an ASGI application from a bound socket until it is stopped."""

    def __init__(self, application: Any, listening: socket.socket) -> None:
        import uvicorn

        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the pages believe only the proxies of the settings
            timeout_graceful_shutdown=int(_STOPPING_S),
        )
        self._server = uvicorn.Server(config)
        self._socket = listening
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._failure: BaseException | None = None

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except (Exception, SystemExit) as error:  # noqa: BLE001 — kept, and raised where somebody waits
            self._failure = error

    @property
    def started(self) -> bool:
        """Whether requests are answered."""
        return self._server.started and self._thread.is_alive()

    @property
    def failure(self) -> str | None:
        """Why the thread ended by itself, or ``None``."""
        if self._thread.is_alive() or self._thread.ident is None:
            return None
        return f"the web server ended: {self._failure or 'it was stopped'}"

    def start(self) -> None:
        """Begin to answer; returns when requests are taken, or raises what prevented it."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.01)
        if not self._server.started:
            raise ColdchainError(self.failure or "the web server did not start")

    def stop(self) -> None:
        """Take no more requests, let the open ones end, and end the thread."""
        self._server.should_exit = True
        self._thread.join(_STOPPING_S + 5)
        self._socket.close()
        if self._thread.is_alive():
            raise ColdchainError("the web server did not stop in time")
