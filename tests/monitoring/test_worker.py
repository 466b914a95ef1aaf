"""The ingest worker answers after COMMIT only, loses nothing, keeps the order, and outlives every exception."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from pathlib import Path

import pytest

from coldchain.errors import StoreUnavailable
from coldchain.monitoring.incoming import Incoming, Ingested
from coldchain.monitoring.worker import IngestWorker, QueueFull, WorkerClosed
from tests.monitoring.rows import Rows, until

Start = Callable[..., IngestWorker]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start workers and close them at the end."""
    started: list[IngestWorker] = []

    def begin(ingest: Callable[[Sequence[Incoming]], Ingested], **options: object) -> IngestWorker:
        worker = IngestWorker(ingest, **options)  # type: ignore[arg-type]
        worker.start()
        started.append(worker)
        return worker

    yield begin
    for worker in started:
        worker.close(120)
        assert not worker.state().alive


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    return Rows(tmp_path / "rows.db", poison=b"poison")


def message(text: str) -> Incoming:
    return Incoming("mqtt", "t", "t", text.encode(), 0)


def test_a_message_is_answered_when_its_row_can_be_read(rows: Rows, start: Start) -> None:
    worker = start(rows.ingest)
    worker.submit(message("a")).result(120)
    assert rows.all() == [b"a"]


@pytest.mark.parametrize(("before_s", "from_then_on_s"), [(0.005, 0.001), (0.0005, 0.0005)])
def test_a_thread_that_is_always_busy_keeps_the_worker_waiting_for_a_millisecond_at_most(
    rows: Rows, start: Start, before_s: float, from_then_on_s: float
) -> None:
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(before_s)
    try:
        start(rows.ingest)
        assert sys.getswitchinterval() == pytest.approx(from_then_on_s)
    finally:
        sys.setswitchinterval(usual_s)


def test_messages_that_come_together_share_a_transaction(rows: Rows, start: Start) -> None:
    worker = IngestWorker(rows.ingest, batch_size=100)
    answers = [worker.submit(message(str(number))) for number in range(250)]
    worker.start()
    assert not wait(answers, 120).not_done
    assert rows.batches == [100, 100, 50]
    worker.close(120)


def test_a_database_that_is_away_delays_and_reorders_nothing(rows: Rows, start: Start) -> None:
    rows.available.clear()
    worker = start(rows.ingest, batch_size=7)
    answers = [worker.submit(message(str(number))) for number in range(50)]
    assert rows.asked.wait(120)
    assert not any(answer.done() for answer in answers)
    state = worker.state()
    assert (state.waiting, state.messages) == (50, 0)
    until(lambda: worker.state().complaint == "the database is away")
    rows.available.set()
    assert not wait(answers, 120).not_done
    assert rows.all() == [str(number).encode() for number in range(50)]
    until(lambda: worker.state().waiting == 0)  # a batch is put away after its messages are answered
    state = worker.state()
    assert (state.waiting, state.oldest_s, state.messages, state.complaint) == (0, 0.0, 50, None)
    assert state.retries > 0


def test_one_message_the_ingest_step_chokes_on_goes_to_quarantine_alone(rows: Rows, start: Start) -> None:
    worker = IngestWorker(rows.ingest)
    answers = [worker.submit(message(text)) for text in ("a", "poison", "b")]
    worker.start()
    assert not wait(answers, 120).not_done
    assert [answer.exception() for answer in answers] == [None, None, None]
    assert rows.all() == [b"a", b"b"]
    assert rows.all(refused=True) == [b"poison"]
    assert worker.state().poisoned == 1
    worker.close(120)


def test_what_cannot_even_be_quarantined_stays_unanswered_and_blocks_nobody(start: Start) -> None:
    def ingest(batch: Sequence[Incoming]) -> Ingested:
        if any(each.payload == b"cursed" for each in batch):
            raise ZeroDivisionError
        return Ingested(accepted=len(batch))

    worker = start(ingest)
    cursed, good = worker.submit(message("cursed")), worker.submit(message("good"))
    good.result(120)
    assert isinstance(cursed.exception(120), ZeroDivisionError)
    assert worker.state().stuck == 1
    assert worker.state().alive


def test_a_listener_that_fails_costs_nothing(rows: Rows, start: Start) -> None:
    told: list[Ingested] = []

    def listener(ingested: Ingested) -> None:
        told.append(ingested)
        raise ZeroDivisionError

    worker = start(rows.ingest, on_commit=listener)
    worker.submit(message("a")).result(120)
    worker.submit(message("b")).result(120)
    until(lambda: len(told) == 2)
    assert worker.state().alive


def test_a_full_queue_makes_its_caller_wait(rows: Rows, start: Start) -> None:
    worker = IngestWorker(rows.ingest, capacity=2)
    worker.submit(message("a"))
    worker.submit(message("b"))
    with pytest.raises(QueueFull, match="2 messages wait"):
        worker.submit(message("c"))
    room = threading.Thread(target=lambda: worker.submit(message("c"), wait_s=120).result(120))
    room.start()
    worker.start()
    room.join(120)
    assert rows.all() == [b"a", b"b", b"c"]
    worker.close(120)


def test_closing_commits_what_waits_and_takes_no_more(rows: Rows) -> None:
    worker = IngestWorker(rows.ingest, linger_ms=60_000)
    answers = [worker.submit(message(str(number))) for number in range(5)]
    worker.start()
    worker.close(120)
    assert [answer.exception(0) for answer in answers] == [None] * 5
    assert len(rows.all()) == 5
    with pytest.raises(WorkerClosed):
        worker.submit(message("late"))


def test_closing_while_the_database_is_away_says_so_to_those_who_wait(rows: Rows) -> None:
    rows.available.clear()
    worker = IngestWorker(rows.ingest)
    answer = worker.submit(message("a"))
    worker.start()
    assert rows.asked.wait(120)
    worker.close(120)
    assert isinstance(answer.exception(120), StoreUnavailable)
    assert not worker.state().alive
    assert rows.all() == []
