"""Tells open pages that the record changed: one process, any thread may publish, every page's stream hears it."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator


class Changes:
    """A broadcaster without a payload: a page that hears it asks the record again.

    A listener that is slower than the changes hears of many at once; nothing queues up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._version = 0
        self._closed = False

    @property
    def version(self) -> int:
        """How often something changed since the start of this process."""
        return self._version

    @property
    def closed(self) -> bool:
        """Whether the service is stopping."""
        return self._closed

    def publish(self) -> None:
        """The record changed. May be called from any thread, and never waits."""
        with self._lock:
            self._version += 1
            self._ring()

    def close(self) -> None:
        """Ends every stream, so that a stopping server does not wait for pages that stay open."""
        with self._lock:
            self._closed = True
            self._ring()

    def _ring(self) -> None:
        for event, loop in list(self._listeners.items()):
            try:
                loop.call_soon_threadsafe(event.set)
            except RuntimeError:  # that loop has ended, and its listener with it
                del self._listeners[event]

    async def listen(self, heartbeat_s: float) -> AsyncIterator[int]:
        """The version now, then the version after every change, and at least every ``heartbeat_s`` seconds.

        Ends when the service stops.
        """
        event = asyncio.Event()
        with self._lock:
            self._listeners[event] = asyncio.get_running_loop()
        try:
            yield self._version
            while not self._closed:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), heartbeat_s)
                event.clear()
                if not self._closed:
                    yield self._version
        finally:
            with self._lock:
                self._listeners.pop(event, None)
