"""The ingest worker: drains what arrives in batches, and answers each message only after its COMMIT."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from coldchain.errors import ColdchainError, PayloadRefused, StoreUnavailable
from coldchain.monitoring.batches import Batch
from coldchain.monitoring.incoming import Incoming, Ingested
from coldchain.monitoring.lanes import Answer, Answers, Lanes, Lot

__all__ = ["Answer", "Answers", "IngestWorker", "QueueFull", "WorkerClosed", "WorkerState"]

_log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
"""How long the worker waits before it asks a database again that did not answer; doubled up to the longest."""

_MANY = 2_000
_LONGEST_LINGER_S = 0.15
"""So long a batch waits for company where the last one held so many messages."""

_IDLE_S = 0.5
"""How often an idle worker looks whether it is to stop."""

_TURN_S = 0.001
"""So long a thread may keep the interpreter from another one (Python's own is 5 ms). SQLite lets go of it at every
statement, and beside a thread that decodes without a pause each statement of a judging would wait so long."""


class WorkerClosed(ColdchainError):
    """The worker takes no more messages: the service is stopping."""

    retry = True


class QueueFull(ColdchainError):
    """More messages wait than the worker holds; whoever brings them has to wait."""

    retry = True


@dataclass(frozen=True)
class WorkerState:
    """How the worker does, for `/healthz`, `/metrics` and people.

    Attributes:
        alive: Whether it works at all.
        waiting: Messages taken and not yet committed.
        oldest_s: How long the oldest of them has waited, seconds; 0 where none waits. The one number to alarm on.
        messages, batches: Committed since the start.
        readings: What those messages held, summed.
        retries: How often a batch had to be offered again because the database did not answer.
        poisoned: Messages that made the ingest step fail by themselves and went to quarantine for it.
        stuck: Messages that could not even be put into quarantine; they stay unacknowledged.
        complaint: The last thing that went wrong, until a commit succeeds; ``None`` while all is well.
    """

    alive: bool
    waiting: int
    oldest_s: float
    messages: int
    batches: int
    readings: Ingested
    retries: int
    poisoned: int
    stuck: int
    complaint: str | None


@dataclass
class _Counts:
    messages: int = 0
    batches: int = 0
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    quarantined: int = 0
    retries: int = 0
    poisoned: int = 0
    stuck: int = 0

    def add(self, ingested: Ingested, messages: int) -> None:
        self.messages += messages
        self.batches += 1
        self.accepted += ingested.accepted
        self.duplicates += ingested.duplicates
        self.conflicts += ingested.conflicts
        self.quarantined += ingested.quarantined


class IngestWorker:
    """One thread between the ways in and the database.

    Args:
        ingest: The one transaction; when it returns, its batch is committed.
        on_commit: Told of every commit, in the worker's thread: pages redraw, due alerts are sent.
        batch_size: The most messages in one transaction.
        linger_ms: How long a batch waits for company after its first message; longer, the more the last one held.
        capacity: The most fresh messages waiting (see `lanes`); then `submit` makes its caller wait.
    """

    def __init__(
        self,
        ingest: Callable[[Sequence[Incoming]], Ingested],
        on_commit: Callable[[Ingested], None] = lambda _: None,
        batch_size: int = 5_000,
        linger_ms: int = 20,
        capacity: int = 20_000,
    ) -> None:
        self._ingest = ingest
        self._on_commit = on_commit
        self._batch_size = batch_size
        self._linger_s = linger_ms / 1000
        self._held = 0
        self._lanes = Lanes(capacity)
        self._batch: list[Lot] = []
        self._counts = _Counts()
        self._complaint: str | None = None
        self._closing = threading.Event()
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="coldchain-ingest", daemon=True)

    def start(self) -> None:
        """Begin to work; from now on threads of this process take shorter turns."""
        sys.setswitchinterval(min(_TURN_S, sys.getswitchinterval()))
        self._thread.start()

    def submit(self, incoming: Incoming, wait_s: float = 0.0) -> "Future[None]":
        """Hand over one message.

        Args:
            incoming: The message.
            wait_s: How long to wait for room.

        Returns:
            A future that is done after the COMMIT that holds the message, and fails where there will be none. It
            cannot be cancelled: what was taken is worked on.

        Raises:
            QueueFull: There was no room.
            WorkerClosed: The worker stops or has stopped.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()
        lot = Lot((incoming,), done)
        while True:
            try:
                self._put(lot)
            except QueueFull:
                left_s = lot.since_s + wait_s - time.monotonic()
                if left_s <= 0:
                    raise
                self._closing.wait(min(left_s, 0.02))
            else:
                return done

    def hand_over(self, incoming: Incoming, answer: Answer) -> None:
        """`submit`, for whoever brings its own answer, and does not wait for room; raises as `submit` does."""
        self._put(Lot((incoming,), answer))

    def hand_over_all(self, messages: Sequence[Incoming], answers: Answers) -> None:
        """`hand_over` of many at once, all of which are fresh: they are committed and answered together."""
        self._put(Lot(messages, answers))

    def _put(self, lot: Lot) -> None:
        with self._gate:  # so that nothing slips in after the last look into the queue
            if self._closing.is_set():
                raise WorkerClosed("the service is stopping and takes no more messages")
            if not self._lanes.put(lot):
                raise QueueFull(f"{self._lanes.waiting()[0]} messages wait for the database already")

    def close(self, wait_s: float = 10.0) -> None:
        """Take no more, commit what waits, and stop; what the database does not take stays unacknowledged."""
        with self._gate:
            self._closing.set()
        self._lanes.close()
        if self._thread.is_alive():
            self._thread.join(wait_s)
        if self._thread.is_alive():
            _log.error("the ingest worker did not stop within %.0f s; its last batch is not acknowledged", wait_s)

    def state(self) -> WorkerState:
        """How it does, now."""
        counts, batch = self._counts, self._batch
        waiting, first = self._lanes.waiting()
        oldest = batch[0] if batch else first
        return WorkerState(
            alive=self._thread.is_alive(),
            waiting=waiting + sum(map(len, batch)),
            oldest_s=0.0 if oldest is None else max(0.0, time.monotonic() - oldest.since_s),
            messages=counts.messages,
            batches=counts.batches,
            readings=Ingested(counts.accepted, counts.duplicates, counts.conflicts, counts.quarantined),
            retries=counts.retries,
            poisoned=counts.poisoned,
            stuck=counts.stuck,
            complaint=self._complaint,
        )

    def _run(self) -> None:
        while True:
            try:
                self._batch = self._next_batch()
                if self._batch:
                    began = time.monotonic()
                    self._commit(self._batch)
                    self._lanes.took(self._batch, time.monotonic() - began)
                elif self._closing.is_set():
                    return
            except Exception as error:  # noqa: BLE001 - the way in must not end
                self._complaint = f"the ingest worker failed: {error!r}"
                _log.exception("the ingest worker failed on a batch of %d messages and goes on", len(self._batch))
                self._give_up(self._batch, error)
            finally:
                self._batch = []

    def _next_batch(self) -> list[Lot]:
        """A commit costs the same for few messages as for many: where many come, it waits for more of them."""
        share = min(self._held / _MANY, 1.0)
        linger_s = self._linger_s + share * max(0.0, _LONGEST_LINGER_S - self._linger_s)
        batch = self._lanes.take(self._batch_size, _IDLE_S, linger_s)
        self._held = sum(map(len, batch))
        return batch

    def _commit(self, batch: list[Lot]) -> None:
        """Commit a batch whole; where that fails for another reason than the database's absence, one by one."""
        try:
            self._ingest_patiently(batch, Batch.joined(lot.messages for lot in batch))
        except StoreUnavailable as error:
            self._give_up(batch, error)
        except Exception:  # noqa: BLE001 - one message in it must not cost the others
            _log.exception("a batch of %d messages could not be ingested; trying them one by one", self._held)
            for lot in batch:
                for one in lot.apart():
                    self._commit_alone(one)

    def _commit_alone(self, lot: Lot) -> None:
        try:
            self._ingest_patiently([lot], lot.messages)
        except StoreUnavailable as error:
            self._give_up([lot], error)
        except Exception as error:  # noqa: BLE001 - it must not block those behind it
            _log.exception("a message of %s cannot be ingested; it goes to quarantine", lot.messages[0].topic)
            self._quarantine(lot, error)

    def _quarantine(self, lot: Lot, why: Exception) -> None:
        refused = PayloadRefused("ingest failed", f"the ingest step failed on this message: {why!r}"[:500])
        try:
            self._ingest_patiently([lot], [replace(one, decoded=(), refused=refused) for one in lot.messages])
            self._counts.poisoned += 1
        except Exception as error:  # noqa: BLE001 - counted, shown, and left unacknowledged
            self._counts.stuck += 1
            self._complaint = f"a message of {lot.messages[0].topic} can neither be stored nor put into quarantine"
            _log.exception("%s; it stays unacknowledged", self._complaint)
            self._give_up([lot], error)

    def _ingest_patiently(self, lots: list[Lot], messages: Sequence[Incoming]) -> None:
        """Commit, however long the database takes to come back; only a stopping worker gives up."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                ingested = self._ingest(messages)
                break
            except StoreUnavailable as error:
                if self._complaint is None:
                    _log.warning("the database does not answer, %d messages wait: %s", len(messages), error)
                self._complaint = str(error)
                self._counts.retries += 1
                if self._closing.wait(wait_s):
                    raise
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        if self._complaint is not None:
            _log.info("the database answers again")
        self._complaint = None
        self._counts.add(ingested, len(messages))
        for lot in lots:
            lot.done.set_result(None)
        self._tell(ingested)

    def _tell(self, ingested: Ingested) -> None:
        try:
            self._on_commit(ingested)
        except Exception:  # noqa: BLE001 - whoever listens must not undo what is committed
            _log.exception("a commit could not be announced; the readings are stored")

    @staticmethod
    def _give_up(lots: list[Lot], why: Exception) -> None:
        for lot in lots:
            if not lot.done.done():
                lot.done.set_exception(why)
