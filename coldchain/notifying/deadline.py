"""A bound on a whole conversation: a server that answers one byte at a time must not keep a channel for ever."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

_AGAIN_S = 0.1


@contextlib.contextmanager
def deadline(seconds: float, connection: Callable[[], socket.socket | None]) -> Iterator[threading.Event]:
    """Shut the connection down when the time is over, so that whoever waits for it gets an error.

    Args:
        seconds: How long the conversation may take.
        connection: The socket of the moment; it changes when TLS begins.

    Yields:
        Set when the time was over: the error that follows is a timeout.
    """
    over, done = threading.Event(), threading.Event()

    def end() -> None:
        if done.wait(seconds):
            return
        over.set()
        while True:  # it may only just be connecting: a name service can take longer than the whole time
            open_now = connection()
            if open_now is not None:
                with contextlib.suppress(OSError):  # it has been closed in the meantime
                    open_now.shutdown(socket.SHUT_RDWR)
            if done.wait(_AGAIN_S):
                return

    threading.Thread(target=end, name="coldchain-deadline", daemon=True).start()
    try:
        yield over
    finally:
        done.set()
