"""A bound on a whole conversation: a server that answers one byte at a time must not keep a channel for ever."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def deadline(seconds: float, connection: Callable[[], socket.socket | None]) -> Iterator[threading.Event]:
    """Shut the connection down when the time is over, so that whoever waits for it gets an error.

    Args:
        seconds: How long the conversation may take.
        connection: The socket of the moment; it changes when TLS begins.

    Yields:
        Set when the time was over: the error that follows is a timeout.
    """
    over = threading.Event()

    def end() -> None:
        over.set()
        open_now = connection()
        if open_now is not None:
            with contextlib.suppress(OSError):  # it has been closed in the meantime
                open_now.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
