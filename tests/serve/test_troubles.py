"""A part of the service that does not work, and what the broker lost: people are told, past the database."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coldchain.bootstrap.losses import BrokerCounts, Losses
from coldchain.bootstrap.troubles import TOLD_AFTER_S, Troubles
from coldchain.errors import DeliveryFailed
from coldchain.notifying import wording
from coldchain.records import Store
from coldchain.records.tables import ledger
from coldchain.records.verifying import verify
from coldchain.web.services import Check
from tests.notifying.rows import T0, a_store

UTC = ZoneInfo("UTC")
OPS = ("webhook", "ops")


class Box:
    """A channel that keeps what it is given."""

    in_order = False

    def __init__(self) -> None:
        self.got: list[Mapping[str, Any]] = []
        self.closed = False

    def send(self, alert_id: str, body: Mapping[str, Any]) -> str:
        if self.closed:
            raise DeliveryFailed("nobody is there", retry=True)
        assert body["id"] == alert_id
        self.got.append(body)
        return "taken"


class Ward:
    """Parts that work or not, and a steady clock that the test turns."""

    def __init__(self) -> None:
        self.broken: dict[str, str] = {}
        self.now_s = 1000.0
        self.box = Box()
        names = ("store", "broker", "ingest")
        self.troubles = Troubles(
            lambda: [Check(name, name not in self.broken, self.broken.get(name, "")) for name in names],
            {OPS: self.box},
            lambda: T0 + round(self.now_s * 1000),
            lambda: self.now_s,
        )

    def later(self, seconds: float) -> list[tuple[str, str]]:
        """What has been told after so long, in all: kind and part."""
        self.now_s += seconds
        self.troubles.turn()
        self.troubles.send(OPS)
        return [(str(body["kind"]), str(body["part"])) for body in self.box.got]


def test_what_does_not_work_for_two_minutes_is_told_once_and_its_end_once() -> None:
    ward = Ward()
    ward.broken = {"ingest": "40 messages wait, the oldest for 3 min"}
    assert ward.later(1) == []
    assert ward.later(TOLD_AFTER_S - 1) == []
    assert ward.later(1) == [("trouble", "ingest")]
    assert ward.later(600) == [("trouble", "ingest")]
    ward.broken = {}
    assert ward.later(1) == [("trouble", "ingest"), ("over", "ingest")]
    assert ward.later(600) == [("trouble", "ingest"), ("over", "ingest")]
    ids = [body["id"] for body in ward.box.got]
    assert len(set(ids)) == 2


def test_a_restart_that_is_over_soon_is_told_to_nobody() -> None:
    ward = Ward()
    for _ in range(20):
        ward.broken = {"broker": "the connection is lost"}
        assert ward.later(TOLD_AFTER_S / 2) == []
        ward.broken = {}
        assert ward.later(1) == []


def test_one_cause_that_breaks_several_parts_is_one_notice() -> None:
    ward = Ward()
    ward.broken = {"store": "does not answer", "ingest": "12 messages wait"}
    ward.later(0)
    assert ward.later(TOLD_AFTER_S) == [("trouble", "store")]
    assert ward.box.got[0]["detail"] == "store: does not answer; ingest: 12 messages wait"
    ward.broken = {"ingest": "10 messages wait"}
    assert ward.later(1) == [("trouble", "store")]
    ward.broken = {}
    assert ward.later(1) == [("trouble", "store"), ("over", "store")]


def test_a_notice_that_is_not_taken_is_tried_again_under_the_same_id() -> None:
    ward = Ward()
    ward.box.closed = True
    ward.troubles.happened("broker", "the MQTT broker has dropped 3 messages")
    assert ward.later(0) == []
    ward.box.closed = False
    assert ward.later(14) == [], "the first wait is 15 s"
    assert ward.later(1) == [("event", "broker")]
    assert ward.later(1000) == [("event", "broker")]


def test_a_notice_in_words() -> None:
    ward = Ward()
    ward.broken = {"store": "the database does not answer"}
    ward.later(0)
    ward.later(TOLD_AFTER_S)
    body = {**ward.box.got[0], "link": "http://ward.example/healthz"}
    assert wording.subject(body, UTC).startswith("coldchain itself: the database does not work since 2026-")
    said = wording.text(body, UTC)
    assert "the database does not answer" in said
    assert "watch the temperatures" in said
    assert "http://ward.example/healthz" in said


def test_what_the_broker_dropped_is_noticed_even_if_it_happened_while_we_were_away() -> None:
    store, told = a_store(), list[str]()
    now = BrokerCounts("broker:1883 as coldchain", 7, 1)

    def losses() -> Losses:
        return Losses(store, lambda: now, lambda _, sentence: told.append(sentence), lambda: T0)

    life = losses()
    life.turn()
    assert told == [], "what it counted before it ever knew us concerns us not"
    now = BrokerCounts(now.where, 9, 1)
    life.turn()
    life.turn()
    assert len(told) == 1
    assert "has dropped 2 messages after acknowledging them" in told[0]
    now = BrokerCounts(now.where, 14, 0)
    losses().turn()  # after a restart of ours
    assert "has dropped 5 messages" in told[1]
    now = BrokerCounts(now.where, 4, 0)
    losses().turn()  # after a restart of the broker, which counts from 0
    assert "has dropped 4 messages" in told[2]
    now = BrokerCounts(now.where, 4, 1)
    losses().turn()
    assert "has lost our session" in told[3]
    assert len(told) == 4
    assert _kinds(store) == ["broker.dropped"] * 3 + ["broker.session-lost"]


def test_a_broker_that_says_nothing_and_one_that_is_not_there_lose_nothing() -> None:
    store, told = a_store(), list[str]()
    for counts in (None, BrokerCounts("b", None, 1), BrokerCounts("b", None, 0)):
        Losses(store, partial(_same, counts), lambda _, sentence: told.append(sentence), lambda: T0).turn()
    assert told == []


def _same(counts: BrokerCounts | None) -> BrokerCounts | None:
    return counts


def _kinds(store: Store) -> list[str]:
    with store.reading() as tx:
        assert verify(tx).findings == ()
        return [str(kind) for kind in tx.scalars(select(ledger.c.kind).order_by(ledger.c.seq)) if "broker" in kind]


def test_a_lock_file_that_somebody_removed_ends_the_service(tmp_path: Path) -> None:
    from coldchain.bootstrap.sole import one_service

    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    with one_service(store) as still_alone:
        assert still_alone()
        (tmp_path / "a.db.lock").unlink()
        assert not still_alone()
    store.close()
