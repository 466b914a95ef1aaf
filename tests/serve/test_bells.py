"""Bells: rung again and again, whatever the action does; and what health makes of them."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES

from coldchain.bootstrap import health
from coldchain.bootstrap.bells import Bells
from coldchain.bootstrap.canary import Canary
from coldchain.bootstrap.wayin import way_in
from coldchain.errors import StoreUnavailable
from coldchain.monitoring.incoming import Ingested
from coldchain.monitoring.worker import IngestWorker
from coldchain.records import Store
from coldchain.settings import Mqtt, Settings
from tests.notifying.rows import T0, a_store, raise_one
from tests.serve.service import eventually
from tests.serve.test_app import Clock


def test_an_action_that_fails_is_noted_and_rung_for_again(caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([StoreUnavailable("the database does not answer"), ValueError("a defect"), None])
    seen: list[str | None] = []

    def act() -> None:
        seen.append(bells.troubles.get("due work"))
        if error := next(answers, None):
            raise error

    clock = Clock()
    bells = Bells({"due work": (0.02, act)}, clock)
    with caplog.at_level(logging.CRITICAL):
        bells.start()
        eventually(lambda: len(seen) > 3, "it was rung four times")
        bells.stop()
    assert seen[:4] == [None, "the database does not answer", "ValueError: a defect", None]
    assert bells.answered_ms == {"due work": T0}


def test_a_slow_action_holds_up_no_other_and_is_waited_for_at_the_end() -> None:
    begun, release, quick, ended = threading.Event(), threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        release.wait(120)
        ended.set()

    bells = Bells({"slow": (0.01, slow), "quick": (0.01, quick.set)}, Clock())
    bells.start()
    assert begun.wait(120)
    assert quick.wait(120)
    threading.Timer(0.05, release.set).start()
    bells.stop()
    assert ended.is_set()


def test_a_bell_may_be_rung_before_its_turn() -> None:
    rung = threading.Semaphore(0)
    bells = Bells({"delivery": (3600.0, rung.release)}, Clock())
    bells.start()
    assert rung.acquire(timeout=120)
    bells.ring_soon("delivery")
    assert rung.acquire(timeout=120)
    bells.ring_soon("no such bell")
    bells.stop()
    bells.ring_soon("delivery")


def test_a_bell_that_is_wanted_while_it_rings_rings_once_more() -> None:
    rung, go_on = threading.Semaphore(0), threading.Semaphore(0)

    def deliver() -> None:
        rung.release()
        assert go_on.acquire(timeout=120)

    bells = Bells({"delivery": (3600.0, deliver)}, Clock())
    bells.start()
    assert rung.acquire(timeout=120)
    bells.ring_soon("delivery")
    bells.ring_soon("delivery")
    go_on.release()
    assert rung.acquire(timeout=120)
    go_on.release()
    bells.stop()
    assert not rung.acquire(blocking=False), "once more, however often it was wanted"


def test_nothing_is_said_of_a_bell_that_is_late(caplog: pytest.LogCaptureFixture) -> None:
    late, release = threading.Semaphore(0), threading.Event()

    def slow() -> None:
        release.wait(120)

    bells = Bells({"slow": (0.01, slow)}, Clock())
    bells._scheduler.add_listener(lambda _: late.release(), EVENT_JOB_MAX_INSTANCES)
    with caplog.at_level(logging.DEBUG):
        bells.start()
        for _ in range(3):
            assert late.acquire(timeout=120)
        release.set()
        bells.stop()
    heard = [each for each in caplog.records if each.name.startswith(("apscheduler", "coldchain.bells"))]
    assert [each.getMessage() for each in heard if each.levelno >= logging.WARNING] == []


@pytest.fixture
def worker() -> Iterator[IngestWorker]:
    made = IngestWorker(lambda _: Ingested())
    made.start()
    yield made
    made.close()


def looked(store: Store, worker: IngestWorker, bells: Bells | None, now_ms: int) -> dict[str, tuple[bool, str]]:
    settings = Settings("sqlite://", Path(), mqtt=Mqtt(mode="off"))
    wired = way_in(settings, worker, lambda: now_ms, "--mqtt-port")
    canary = Canary(store, wired.send_canary, lambda: now_ms)
    return {check.name: (check.ok, check.detail) for check in health.look(store, worker, wired, bells, canary, now_ms)}


def test_health_says_what_does_not_work_and_since_what(worker: IngestWorker) -> None:
    store, clock = a_store(), Clock()
    bells = Bells({"due work": (1.0, lambda: None)}, clock)
    found = looked(store, worker, bells, T0)
    assert all(ok for ok, _ in found.values()), found
    assert looked(store, worker, None, T0)["clock"] == (False, "not started")
    assert looked(store, worker, bells, T0 + 200_000)["clock"] == (
        False,
        "due work: not answered for over two minutes",
    )
    bells.troubles["due work"] = "the database does not answer"
    assert looked(store, worker, bells, T0)["clock"] == (False, "due work: the database does not answer")


def test_an_alert_that_waits_longer_than_a_quarter_of_an_hour_is_said(worker: IngestWorker) -> None:
    store = a_store()
    raise_one(store, [("webhook", "ops"), ("mqtt", "alerts")])
    assert looked(store, worker, None, T0 + 15 * 60_000)["notifying"][0]
    assert looked(store, worker, None, T0 + 15 * 60_000 + 1)["notifying"] == (
        False,
        "2 deliveries of alerts are more than 15 min late",
    )


def test_a_worker_that_has_ended_is_said() -> None:
    worker = IngestWorker(lambda _: Ingested())
    assert looked(a_store(), worker, None, T0)["ingest"] == (False, "the ingest worker does not run")
