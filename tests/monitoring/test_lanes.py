"""Fresh readings go first, old ones get on, and a batch of old ones is never so large that a fresh one waits long."""

from concurrent.futures import Future
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.monitoring import lanes as module
from coldchain.monitoring.incoming import FRESH_MS, Incoming
from coldchain.monitoring.lanes import FRESH_IN_A_ROW, Lanes, Lot
from coldchain.payloads import Decoded

NOW = 1_790_000_000_000


def reading(ago_ms: int | None, position: int = 0) -> Decoded:
    return Decoded("s", "", None if ago_ms is None else NOW - ago_ms, 5000, None, "5", position=position)


def message(*ago_ms: int | None) -> Incoming:
    return Incoming("mqtt", "t", "t", b"", NOW, tuple(reading(ago, k) for k, ago in enumerate(ago_ms)))


FRESH, OLD = message(0), message(*range(FRESH_MS + 1, FRESH_MS + 101))


def lots(*items: Incoming) -> list[Lot]:
    return [Lot((item,), Future()) for item in items]


def lanes(*items: Incoming, capacity: int = 100) -> Lanes:
    found = Lanes(capacity)
    assert all(found.put(lot) for lot in lots(*items))
    return found


def taken(found: Lanes, most: int) -> list[Incoming]:
    return [message for lot in found.take(most, 0, 0) for message in lot.messages]


def test_what_is_old() -> None:
    assert not message().old
    assert not message(None).old
    assert not message(FRESH_MS).old
    assert message(FRESH_MS + 1).old
    assert not message(FRESH_MS + 1, 0).old, "its newest reading decides"


def test_fresh_ones_overtake_old_ones() -> None:
    found = lanes(OLD, OLD, FRESH)
    assert taken(found, 10) == [FRESH]
    assert taken(found, 10) == [OLD, OLD]
    assert taken(found, 10) == []


def test_old_ones_get_on_though_fresh_ones_wait() -> None:
    found = lanes(OLD, *[FRESH] * 20)
    assert [taken(found, 1) for _ in range(FRESH_IN_A_ROW + 1)] == [[FRESH]] * FRESH_IN_A_ROW + [[OLD]]


def test_a_slow_database_makes_old_batches_small_and_a_quick_one_large() -> None:
    found = lanes(*[OLD] * 100)
    batch = found.take(100, 0, 0)
    assert sum(lot.readings for lot in batch) == 500
    found.took(batch, 2.5)
    assert len(found.take(100, 0, 0)) == 1, "a hundred readings fit into half a second"
    found.took(lots(OLD), 0.0001)
    assert len(found.take(100, 0, 0)) == 2, "twice as many as before at most"


def test_a_full_lane_takes_no_more_and_the_other_does() -> None:
    found = lanes(FRESH, capacity=1)
    assert not found.put(*lots(FRESH))
    assert found.put(*lots(OLD))


def test_a_lane_is_full_by_bytes_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH_BYTES", 10_000)
    large = replace(FRESH, payload=b"x" * 20_000)
    found = lanes(large)
    assert not found.put(*lots(FRESH)), "there is no room beside a large one"
    assert taken(found, 10) == [large]
    assert found.put(*lots(FRESH))
    assert not found.put(*lots(large)), "it waits until it can be alone"


def test_a_batch_is_bounded_by_bytes_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_BYTES", 10_000)
    large = replace(FRESH, payload=b"x" * 6_000)
    found = lanes(large, large, FRESH)
    assert [taken(found, 10) for _ in range(2)] == [[large], [large, FRESH]]


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 7))
def test_everything_is_taken_once_each_lane_in_order(fresh: list[bool], most: int) -> None:
    items = [message(k) if each else message(FRESH_MS + 1 + k) for k, each in enumerate(fresh)]
    found = lanes(*items)
    got = [one for _ in items for one in taken(found, most)]
    assert [one for one in got if one.old] == [one for one in items if one.old]
    assert [one for one in got if not one.old] == [one for one in items if not one.old]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=20), st.integers(1, 40))
def test_lots_are_taken_whole_and_a_batch_is_no_larger_than_asked_but_for_a_single_lot(
    sizes: list[int], most: int
) -> None:
    found = Lanes(1000)
    for size in sizes:
        assert found.put(Lot([FRESH] * size, Future()))
    batches = [[len(lot) for lot in found.take(most, 0, 0)] for _ in sizes]
    assert [size for batch in batches for size in batch] == sizes
    assert all(sum(batch) <= most or len(batch) == 1 for batch in batches)
