"""A clock that is set stops no bell; the lock of the one service is taken again, or is not ours any more."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

import coldchain.bootstrap.watch as watch_module
from coldchain.bootstrap.bells import Bells
from coldchain.bootstrap.watch import Watch
from coldchain.errors import StoreUnavailable
from coldchain.records import Store, ledger
from coldchain.records.service_lock import SERVICE
from tests.serve.service import eventually

DAY_MS = 86_400_000


class SetClock:
    """This machine's wall clock as the scheduler and the watch see it, set by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.by_ms = 0
        outer = self

        class Set(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.now(tz) + timedelta(milliseconds=outer.by_ms)

        monkeypatch.setattr("apscheduler.schedulers.base.datetime", Set)
        monkeypatch.setattr("coldchain.bootstrap.bells.datetime", Set)
        honest = watch_module._offset_ms
        monkeypatch.setattr(watch_module, "_offset_ms", lambda: honest() + self.by_ms)


@pytest.mark.parametrize("days", [-1, 1, -365])
def test_a_clock_that_is_set_stops_no_bell(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, rung, steps = SetClock(monkeypatch), threading.Semaphore(0), list[int]()
    bells = Bells({"due work": (0.05, lambda: rung.release())}, lambda: 0)

    def on_step(by_ms: int) -> None:
        steps.append(by_ms)
        bells.ring_all_soon()

    watch = Watch(lambda: True, on_step)
    bells.start()
    watch.start()
    assert rung.acquire(timeout=120)
    clock.by_ms = days * DAY_MS
    eventually(lambda: steps, "the step is noticed")
    while rung.acquire(blocking=False):
        pass
    for _ in range(3):
        assert rung.acquire(timeout=120), "it rings no more"
    assert abs(steps[0] - days * DAY_MS) < 60_000
    bells.stop()
    watch.stop()


def test_a_look_that_fails_ends_neither_the_watch_nor_the_others() -> None:
    looked, answers = threading.Semaphore(0), iter([StoreUnavailable("away"), ZeroDivisionError(), None, None])

    def still_alone() -> bool:
        if error := next(answers, None):
            raise error
        return True

    watch = Watch(still_alone, lambda _: None, lambda: looked.release())
    watch.start()
    for _ in range(3):
        assert looked.acquire(timeout=120)
    assert watch.failure is None
    watch.stop()


def test_a_service_that_is_not_the_only_one_any_more_says_so() -> None:
    watch = Watch(lambda: False, lambda _: None)
    watch.start()
    assert "another coldchain service has taken over" in eventually(lambda: watch.failure, "it is noticed")
    watch.stop()


def break_lock(url: str) -> None:
    """As when the network between service and database breaks; the server ends that session."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                """SELECT pg_terminate_backend(pid, 60000) FROM pg_locks JOIN pg_database ON pg_database.oid = database
                   WHERE datname = current_database() AND objid = :key AND granted"""
            ),
            {"key": SERVICE},
        )
    engine.dispose()


def write(store: Store) -> None:
    with store.transaction() as tx:
        ledger.append(tx, 1, "test", "written", {})


@pytest.mark.postgres
def test_without_its_lock_a_service_writes_nothing_until_it_has_it_again(postgres_url: str) -> None:
    store = Store(postgres_url)
    with store.service_lock() as alone:
        assert alone
        store.migrate()
        write(store)
        break_lock(postgres_url)
        with pytest.raises(StoreUnavailable, match=r"the service's lock on .* is lost"):
            write(store)
        assert store.hold_service_lock()
        write(store)
    store.close()


@pytest.mark.postgres
def test_who_finds_another_service_in_its_place_writes_nothing_more(postgres_url: str) -> None:
    first, second = Store(postgres_url), Store(postgres_url)
    with first.service_lock() as alone, second.service_lock() as too:
        assert (alone, too) == (True, False)
    with first.service_lock():
        first.migrate()
        break_lock(postgres_url)
        with second.service_lock() as alone:
            assert alone
            assert not first.hold_service_lock()
            with pytest.raises(StoreUnavailable):
                write(first)
            write(second)
        assert first.hold_service_lock(), "once the other one has gone"
    first.close()
    second.close()
