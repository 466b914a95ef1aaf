"""The service is watched: test messages go the whole way, a sign of life goes out while all is well, logs are lines."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from coldchain.bootstrap import build
from coldchain.bootstrap.canary import LATE_MS, Canary
from coldchain.bootstrap.deadman import SignOfLife
from coldchain.errors import BrokerUnavailable, DeliveryFailed
from coldchain.logs import JsonLines
from coldchain.monitoring.arriving import CANARY_SUBJECT
from coldchain.records import announcements
from coldchain.settings import Http, Mqtt, Settings
from coldchain.web.services import Check
from tests.notifying.rows import T0, a_store
from tests.serve.service import eventually
from tests.serve.test_app import Clock

FINE, BROKEN = Check("store", ok=True), Check("broker", ok=False)


@pytest.mark.parametrize("mode", ["embedded", "off"])
def test_a_test_message_goes_the_whole_way_and_is_one_row(tmp_path: Path, mode: str) -> None:
    mqtt = Mqtt(mode="embedded", port=0) if mode == "embedded" else Mqtt(mode="off")
    app = build(Settings(f"sqlite:///{tmp_path}/record.db", tmp_path, http=Http(port=0), mqtt=mqtt))
    app.start()
    try:

        def came_through() -> bool:
            (check,) = [each for each in app.health() if each.name == "canary"]
            return check.ok and "came through" in check.detail

        eventually(came_through, "the first test message came through")
        with app.store.reading() as tx:
            assert [row[:2] for row in announcements.kept(tx)] == [CANARY_SUBJECT]
    finally:
        app.stop()


def test_without_test_messages_the_way_in_is_not_well() -> None:
    clock, sent = Clock(), list[bytes]()
    store = a_store()
    canary = Canary(store, sent.append, clock)
    canary.send()
    assert canary.check().ok, "just started"
    clock.now_ms += LATE_MS
    assert canary.check() == Check(
        "canary", ok=False, detail="test messages do not come through: none came through yet"
    )
    with store.transaction() as tx:
        announcements.keep(tx, [(*CANARY_SUBJECT, sent[0], clock.now_ms)])
    late = canary.check()
    assert (late.ok, late.detail) == (False, "test messages do not come through: the last was sent 120 s ago")
    canary.send()
    with store.transaction() as tx:
        announcements.keep(tx, [(*CANARY_SUBJECT, sent[1], clock.now_ms)])
    assert canary.check().ok


def test_one_goes_every_half_minute_and_after_one_that_was_not_taken_at_the_next_turn() -> None:
    clock, sent = Clock(), list[int]()
    answers = iter([BrokerUnavailable("not there"), BrokerUnavailable("not there"), None, None, None])

    def send(_: bytes) -> None:
        sent.append(clock.now_ms - T0)
        if error := next(answers):
            raise error

    canary = Canary(a_store(), send, clock)
    for at_ms in (0, 3_000, 6_000, 9_000, 35_999, 36_000, 39_000, 20_000):  # the clock is set back at the end
        clock.now_ms = T0 + at_ms
        with suppress(BrokerUnavailable):
            canary.turn()
    assert sent == [0, 3_000, 6_000, 36_000, 20_000]


def test_a_canary_from_before_the_start_proves_nothing() -> None:
    clock, store = Clock(), a_store()
    with store.transaction() as tx:
        announcements.keep(tx, [(*CANARY_SUBJECT, json.dumps({"sent_ms": clock.now_ms}).encode(), clock.now_ms)])
    clock.now_ms += 1
    canary = Canary(store, lambda _: None, clock)
    clock.now_ms += LATE_MS
    assert not canary.check().ok


@contextmanager
def listener(status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """Somebody outside who waits for signs of life."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/ping/7?x=1", heard
        finally:
            server.shutdown()
            thread.join()


def test_a_sign_of_life_goes_out_only_while_all_is_well() -> None:
    checks = [FINE]
    with listener() as (url, heard):
        sign = SignOfLife(lambda: url, lambda: checks)
        sign.send()
        assert heard == ["/ping/7?x=1"]
        checks.append(BROKEN)
        sign.send()
        assert len(heard) == 1


@pytest.mark.parametrize("status", [404, 302])
def test_a_sign_of_life_that_was_not_taken_is_said_without_its_address(status: int) -> None:
    with listener(status) as (url, _), pytest.raises(DeliveryFailed) as failed:
        SignOfLife(lambda: url, lambda: [FINE]).send()
    assert f"answered by {status}" in str(failed.value)
    assert "ping/7" not in str(failed.value)


def test_a_line_of_the_log_is_one_json_object() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = logging.LogRecord(
            "coldchain.x", logging.ERROR, "", 1, "the door %s", ("é",), (type(error), error, None)
        )
    line = JsonLines().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("error", "coldchain.x", "the door é")
    assert "ValueError" in said["error"]
    assert said["at"].endswith("Z")
