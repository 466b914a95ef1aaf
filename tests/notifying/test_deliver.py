"""The outbox's rows to their channels, and what becomes of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest

from coldchain.errors import DeliveryFailed, StoreUnavailable
from coldchain.notifying import Delivered, deliver_due, drop_unknown
from coldchain.notifying.channel import Body
from coldchain.notifying.retry import delay_ms
from coldchain.records import Store, Transaction, alerts
from tests.notifying.rows import BODY, T0, a_store, outbox, raise_one

MAIL, HOOK, TOPIC = ("smtp", "pharmacy: a@example.org"), ("webhook", "ops"), ("mqtt", "alerts")


@dataclass
class Receiver:
    """A channel that writes down what reaches it and answers as told."""

    answer: Callable[[], str] = lambda: "taken"
    in_order: bool = False
    got: list[str] = field(default_factory=list)

    def send(self, alert_id: str, body: Body) -> str:
        assert body["id"] == alert_id
        self.got.append(alert_id)
        return self.answer()


def refusing(message: str, *, retry: bool) -> Callable[[], str]:
    """An answer that is a refusal."""

    def refuse() -> str:
        raise DeliveryFailed(message, retry=retry)

    return refuse


@pytest.fixture
def store() -> Store:
    return a_store()


def at(now_ms: int) -> Callable[[], int]:
    return lambda: now_ms


def test_what_is_due_is_sent_once_and_its_attempt_recorded(store: Store) -> None:
    raise_one(store, [MAIL, HOOK])
    mail, hook = Receiver(lambda: "250 queued"), Receiver()
    assert deliver_due(store, {MAIL: mail, HOOK: hook}, at(T0)) == Delivered(delivered=2)
    assert deliver_due(store, {MAIL: mail, HOOK: hook}, at(T0 + 10)) == Delivered()
    assert (mail.got, hook.got) == (["a-1"], ["a-1"])
    assert outbox(store)[0] == (*MAIL, "delivered", 1, T0, "250 queued")


def test_an_answer_that_could_not_be_written_down_is_remembered_and_not_asked_for_again(store: Store) -> None:
    raise_one(store, [HOOK])
    away = True

    def take() -> str:
        if away:
            store.transaction = gone  # type: ignore[method-assign,assignment]
        return "204"

    def gone() -> AbstractContextManager[Transaction]:
        raise StoreUnavailable("the database does not answer")

    hook, answers, there = Receiver(take), dict[int, tuple[int, str]](), store.transaction
    with pytest.raises(StoreUnavailable):
        deliver_due(store, {HOOK: hook}, at(T0), answers=answers)
    with pytest.raises(StoreUnavailable):
        deliver_due(store, {HOOK: hook}, at(T0 + 60_000), answers=answers)
    away, store.transaction = False, there  # type: ignore[method-assign]
    assert deliver_due(store, {HOOK: hook}, at(T0 + 120_000), answers=answers) == Delivered()
    assert hook.got == ["a-1"]
    assert outbox(store)[0] == (*HOOK, "delivered", 1, T0, "204")
    assert answers == {}


@pytest.mark.parametrize("ahead_ms", [1, 3_600_000, 86_400_000])
def test_an_attempt_planned_under_a_wrong_clock_is_due(ahead_ms: int, store: Store) -> None:
    raise_one(store, [HOOK], raised_ms=T0 + ahead_ms)
    hook = Receiver()
    assert deliver_due(store, {HOOK: hook}, at(T0)) == Delivered(delivered=1)


def test_what_is_tried_again_does_not_wait_for_the_old_time_once_the_clock_was_set(store: Store) -> None:
    raise_one(store, [HOOK], raised_ms=T0 + 3_600_000)
    hook = Receiver(refusing("no answer", retry=True))
    assert deliver_due(store, {HOOK: hook}, at(T0 + 3_600_000)) == Delivered(later=1)
    hook.answer = lambda: "taken"
    assert deliver_due(store, {HOOK: hook}, at(T0)) == Delivered()
    with store.transaction() as tx:
        alerts.try_all_now(tx, T0)
    assert deliver_due(store, {HOOK: hook}, at(T0)) == Delivered(delivered=1)


def test_a_channel_that_is_down_is_asked_again_after_its_wait(store: Store) -> None:
    raise_one(store, [HOOK])
    hook = Receiver(refusing("no answer", retry=True))
    assert deliver_due(store, {HOOK: hook}, at(T0)) == Delivered(later=1)
    wait = delay_ms(1) or 0
    assert deliver_due(store, {HOOK: hook}, at(T0 + wait - 1)) == Delivered()
    hook.answer = lambda: "taken"
    assert deliver_due(store, {HOOK: hook}, at(T0 + wait)) == Delivered(delivered=1)
    assert hook.got == ["a-1", "a-1"]
    assert outbox(store) == [(*HOOK, "delivered", 2, T0 + wait, "taken")]


def test_a_refusal_for_good_is_recorded_as_failed_and_not_asked_again(store: Store) -> None:
    raise_one(store, [HOOK])
    hook = Receiver(refusing("400 bad\nbody", retry=False))
    assert deliver_due(store, {HOOK: hook}, at(T0)) == Delivered(failed=1)
    assert deliver_due(store, {HOOK: hook}, at(T0 + 10**10)) == Delivered()
    assert outbox(store) == [(*HOOK, "failed", 1, T0, "400 bad body")]


def test_after_a_week_of_trying_it_gives_up_and_says_so(store: Store) -> None:
    raise_one(store, [HOOK])
    hook, now = Receiver(refusing("no answer", retry=True)), T0
    while deliver_due(store, {HOOK: hook}, at(now)).later:
        now = outbox(store)[0][4]
    (_, _, state, attempts, _, detail) = outbox(store)[0]
    assert (state, detail) == ("failed", f"given up after {attempts} attempts: no answer")
    assert now - T0 > 6 * 86_400_000


def test_a_channel_that_breaks_holds_up_no_other_and_loses_nothing(store: Store) -> None:
    def broken() -> str:
        raise RuntimeError("a defect")

    raise_one(store, [MAIL, HOOK])
    mail, hook = Receiver(broken), Receiver()
    assert deliver_due(store, {MAIL: mail, HOOK: hook}, at(T0)) == Delivered(delivered=1, later=1)
    assert outbox(store)[0][2:] == ("pending", 1, T0 + 15_000, "this program failed: RuntimeError: a defect")


def test_death_between_sending_and_marking_sends_again_with_the_same_id(store: Store) -> None:
    class Dead(BaseException):
        """The process is gone."""

    def die_after_sending() -> str:
        raise Dead

    raise_one(store, [HOOK])
    hook = Receiver(die_after_sending)
    with pytest.raises(Dead):
        deliver_due(store, {HOOK: hook}, at(T0))
    hook.answer = lambda: "taken"
    deliver_due(store, {HOOK: hook}, at(T0))
    assert hook.got == ["a-1", "a-1"]
    assert outbox(store)[0][2:4] == ("delivered", 1)


def test_where_the_last_word_stands_nothing_overtakes(store: Store) -> None:
    raise_one(store, [TOPIC], "a-1")
    raise_one(store, [TOPIC], "a-2", T0 + 1)
    topic = Receiver(refusing("no broker", retry=True), in_order=True)
    deliver_due(store, {TOPIC: topic}, at(T0 + 1))
    deliver_due(store, {TOPIC: topic}, at(T0 + 2))  # a-2 is due, a-1 waits before it
    assert topic.got == ["a-1"]
    topic.answer = lambda: "taken"
    assert deliver_due(store, {TOPIC: topic}, at(T0 + 60_000)) == Delivered(delivered=2)
    assert topic.got == ["a-1", "a-1", "a-2"]


def test_where_each_stands_for_itself_a_waiting_one_holds_up_no_other(store: Store) -> None:
    raise_one(store, [HOOK], "a-1")
    hook = Receiver(refusing("busy", retry=True))
    deliver_due(store, {HOOK: hook}, at(T0))
    raise_one(store, [HOOK], "a-2", T0 + 1)
    hook.answer = lambda: "taken"
    deliver_due(store, {HOOK: hook}, at(T0 + 1))
    assert hook.got == ["a-1", "a-2"]


def test_a_stopping_service_leaves_the_rest_for_later(store: Store) -> None:
    raise_one(store, [HOOK], "a-1")
    raise_one(store, [HOOK], "a-2", T0 + 1)
    hook = Receiver()
    assert deliver_due(store, {HOOK: hook}, at(T0 + 1), stop=lambda: bool(hook.got)) == Delivered(delivered=1)
    assert deliver_due(store, {HOOK: hook}, at(T0 + 1)) == Delivered(delivered=1)


def test_what_goes_to_channels_no_longer_in_the_settings_is_failed_visibly(store: Store) -> None:
    raise_one(store, [MAIL, HOOK])
    assert drop_unknown(store, {HOOK: Receiver()}, T0 + 5) == 1
    assert [row[2] for row in outbox(store)] == ["failed", "pending"]
    assert outbox(store)[0][5] == "this channel is no longer in the settings"


def test_the_frozen_body_is_what_is_sent(store: Store) -> None:
    raise_one(store, [HOOK])
    with store.reading() as tx:
        assert alerts.due_deliveries(tx, T0, target=HOOK)[0].body == dict(BODY)
