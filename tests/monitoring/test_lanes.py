"""Fresh readings go first, old ones get on, and a batch of old ones is never so large that a fresh one waits long."""

from hypothesis import given
from hypothesis import strategies as st

from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.lanes import FRESH_IN_A_ROW, FRESH_MS, Lanes, is_old
from coldchain.payloads import Decoded

NOW = 1_790_000_000_000


def reading(ago_ms: int | None, position: int = 0) -> Decoded:
    return Decoded("s", "", None if ago_ms is None else NOW - ago_ms, 5000, None, "5", position=position)


def message(*ago_ms: int | None) -> Incoming:
    return Incoming("mqtt", "t", "t", b"", NOW, tuple(reading(ago, k) for k, ago in enumerate(ago_ms)))


FRESH, OLD = message(0), message(*range(FRESH_MS + 1, FRESH_MS + 101))


def lanes(*items: Incoming, capacity: int = 100) -> Lanes[Incoming]:
    found: Lanes[Incoming] = Lanes(lambda one: one, capacity)
    assert all(found.put(item) for item in items)
    return found


def test_what_is_old() -> None:
    assert not is_old(message())
    assert not is_old(message(None))
    assert not is_old(message(FRESH_MS))
    assert is_old(message(FRESH_MS + 1))
    assert not is_old(message(FRESH_MS + 1, 0)), "its newest reading decides"


def test_fresh_ones_overtake_old_ones() -> None:
    found = lanes(OLD, OLD, FRESH)
    assert found.take(10, 0, 0) == [FRESH]
    assert found.take(10, 0, 0) == [OLD, OLD]
    assert found.take(10, 0, 0) == []


def test_old_ones_get_on_though_fresh_ones_wait() -> None:
    found = lanes(OLD, *[FRESH] * 20)
    taken = [found.take(1, 0, 0) for _ in range(FRESH_IN_A_ROW + 1)]
    assert taken == [[FRESH]] * FRESH_IN_A_ROW + [[OLD]]


def test_a_slow_database_makes_old_batches_small_and_a_quick_one_large() -> None:
    found = lanes(*[OLD] * 100)
    batch = found.take(100, 0, 0)
    assert sum(len(one.decoded) for one in batch) == 500
    found.took(batch, 2.5)
    assert len(found.take(100, 0, 0)) == 1, "a hundred readings fit into half a second"
    found.took([OLD], 0.0001)
    assert len(found.take(100, 0, 0)) == 2, "twice as many as before at most"


def test_a_full_lane_takes_no_more_and_the_other_does() -> None:
    found = lanes(FRESH, capacity=1)
    assert not found.put(FRESH)
    assert found.put(OLD)


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 7))
def test_everything_is_taken_once_each_lane_in_order(fresh: list[bool], most: int) -> None:
    items = [message(k) if each else message(FRESH_MS + 1 + k) for k, each in enumerate(fresh)]
    found = lanes(*items)
    taken = [one for _ in items for one in found.take(most, 0, 0)]
    assert [one for one in taken if is_old(one)] == [one for one in items if is_old(one)]
    assert [one for one in taken if not is_old(one)] == [one for one in items if not is_old(one)]
