"""A database small enough to see through, for tests of what stands in front of the ingest step."""

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import paho.mqtt.client as paho

from coldchain.errors import StoreUnavailable
from coldchain.monitoring.incoming import Incoming, Ingested


class Rows:
    """Commits each batch to SQLite; can be taken away, and can choke on a payload."""

    def __init__(self, path: Path, poison: bytes | None = None) -> None:
        self.path = path
        self.available = threading.Event()
        self.available.set()
        self.asked = threading.Event()
        self.batches: list[int] = []
        self._poison = poison
        with self._connect() as connection:
            connection.execute("create table if not exists row (topic text, payload blob, refused text)")

    def choke_on(self, payload: bytes) -> None:
        """Fail on this payload from now on."""
        self._poison = payload

    def ingest(self, batch: Sequence[Incoming]) -> Ingested:
        self.asked.set()
        if not self.available.is_set():
            raise StoreUnavailable("the database is away")
        if any(each.payload == self._poison and each.refused is None for each in batch):
            raise ZeroDivisionError("a mistake in the ingest step")
        rows = [(each.topic, each.payload, each.refused.reason if each.refused else None) for each in batch]
        with self._connect() as connection:
            connection.executemany("insert into row values (?, ?, ?)", rows)
        self.batches.append(len(batch))
        refused = sum(1 for each in batch if each.refused)
        return Ingested(accepted=len(batch) - refused, quarantined=refused)

    def all(self, *, refused: bool = False) -> list[bytes]:
        with self._connect() as connection:
            found = connection.execute(
                "select payload from row where (refused is not null) = ? order by rowid", (refused,)
            )
            return [bytes(payload) for (payload,) in found]

    def _connect(self) -> sqlite3.Connection:
        return _Closing(self.path)


class _Closing(sqlite3.Connection):
    """sqlite3's own context manager commits but leaves the connection open."""

    def __exit__(self, *exception: object) -> None:  # type: ignore[override]
        try:
            super().__exit__(*exception)  # type: ignore[arg-type]
        finally:
            self.close()


def until(happened: Callable[[], object], within_s: float = 120.0) -> None:
    """Wait for something another thread or program does; a test that waits in vain fails and says for what."""
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def hang_up(client: paho.Client) -> None:
    """End a client at once; paho leaves closing its sockets to the garbage collector."""
    client.disconnect()
    client.loop_stop()
    client._reset_sockets()
