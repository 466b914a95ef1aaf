"""Fresh readings go first, old ones get on, and a batch of old ones is never so large that a fresh one waits long."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldchain.monitoring import lanes as module
from coldchain.monitoring.incoming import FRESH_MS, Incoming
from coldchain.monitoring.lanes import A_JUDGING, IN_A_ROW, OLD_S, Lanes, Lot, Pace, work_of
from coldchain.payloads import Decoded

NOW = 1_790_000_000_000


def reading(ago_ms: int | None, position: int = 0, sensor: str = "s", channel: str = "") -> Decoded:
    measured_ms = None if ago_ms is None else NOW - ago_ms
    return Decoded(sensor, channel, measured_ms, 5000, None, "5", position=position)


def message(*ago_ms: int | None, sensor: str = "s") -> Incoming:
    return Incoming("mqtt", "t", "t", b"", NOW, tuple(reading(ago, k, sensor) for k, ago in enumerate(ago_ms)))


def old(sensor: str = "s", readings: int = 100) -> Incoming:
    return message(*range(FRESH_MS + 1, FRESH_MS + 1 + readings), sensor=sensor)


FRESH, PARTLY_OLD, OLD = message(0), message(FRESH_MS + 1, 0), old()


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


def test_what_is_partly_old() -> None:
    assert not message().partly_old
    assert not message(None, 0, FRESH_MS).partly_old
    assert message(0, FRESH_MS + 1).partly_old, "its oldest reading decides"
    assert message(None, FRESH_MS + 1).partly_old


def test_fresh_ones_overtake_old_ones_and_partly_old_ones_are_between_them() -> None:
    found = lanes(OLD, PARTLY_OLD, OLD, FRESH)
    assert [taken(found, 10) for _ in range(4)] == [[FRESH], [PARTLY_OLD], [OLD, OLD], []]


def test_old_ones_get_on_though_fresh_ones_wait() -> None:
    found = lanes(OLD, *[FRESH] * 20)
    assert [taken(found, 1) for _ in range(IN_A_ROW + 1)] == [[FRESH]] * IN_A_ROW + [[OLD]]


def test_every_lane_gets_on_though_more_urgent_ones_wait() -> None:
    found = lanes(OLD, OLD, PARTLY_OLD, PARTLY_OLD, *[FRESH] * 30)
    got = [taken(found, 1)[0] for _ in range(2 * IN_A_ROW + 4)]
    assert got.count(PARTLY_OLD) == got.count(OLD) == 2
    assert got[: IN_A_ROW + 2] == [FRESH] * IN_A_ROW + [PARTLY_OLD, OLD]


@pytest.mark.parametrize(
    ("batches", "fits", "why"),
    [
        ([], 1_000, "nobody knows yet"),
        ([(1_000, OLD_S)], 1_000, "just right"),
        ([(1_000, 5 * OLD_S)], 200, "it shrinks at once"),
        ([(1_000, 50 * OLD_S)], 200, "but never to nothing"),
        ([(1_000, OLD_S / 100)], 1_250, "it grows slowly"),
        ([(1_000, OLD_S / 100)] * 2, 1_562.5, "and on"),
        ([(1_000, OLD_S / 100)] * 100, 50_000, "to what memory bears"),
        ([(1_000, 4 * OLD_S), (1_000, OLD_S / 100)], 250, "a slow one is remembered"),
        ([(1_000, 2 * OLD_S)] + [(1_000, OLD_S / 100)] * 3, 500, "for four batches"),
        ([(1_000, 2 * OLD_S)] + [(1_000, OLD_S / 100)] * 4, 625, "and no longer"),
        ([(1_000, 0.0)], 1_250, "a clock may stand still"),
    ],
)  # fmt: skip
def test_how_much_fits_into_a_batch_of_old_ones(batches: Sequence[tuple[float, float]], fits: float, why: str) -> None:
    pace = Pace()
    for work, took_s in batches:
        pace.took(work, took_s)
    assert pace.fits == pytest.approx(fits), why


@given(st.lists(st.tuples(st.integers(1, 10**6), st.floats(0, 100)), min_size=1))
def test_a_batch_would_have_fitted_at_the_slowest_of_the_last_four(batches: list[tuple[int, float]]) -> None:
    pace = Pace()
    for work, took_s in batches:
        pace.took(work, took_s)
    assert pace.fits == 200 or all(pace.fits * took_s / work <= OLD_S * 1.000001 for work, took_s in batches[-4:])


def test_a_slow_database_makes_old_batches_small_and_a_quick_one_large() -> None:
    found = lanes(*[OLD] * 100)
    batch = found.take(100, 0, 0)
    assert len(batch) == 9, "nine hundred readings and a judging"
    found.took(batch, 2 * OLD_S)
    assert len(found.take(100, 0, 0)) == 4, "half as much"
    for _ in range(4):
        found.took(batch, 0.0001)
    assert len(found.take(100, 0, 0)) > 4


def test_fresh_batches_do_not_say_how_large_old_ones_may_be() -> None:
    found = lanes(FRESH, *[OLD] * 100)
    found.took(found.take(100, 0, 0), 100 * OLD_S)
    assert len(found.take(100, 0, 0)) == 9


def test_what_waits_of_a_sensor_is_taken_together_however_it_came() -> None:
    a, b = old("a", 10), old("b", 10)
    found = lanes(a, b, a, b, b, a)
    assert taken(found, 100) == [a, a, a, b, b, b]


def test_a_sensor_that_brings_more_and_more_lets_the_others_have_their_turn() -> None:
    a, b, c = old("a", 800), old("b", 800), old("c", 800)
    found = lanes(a, a, b, c)
    got = []
    for _ in range(6):
        got += taken(found, 100)
        assert found.put(*lots(a))
    assert got == [a, a, b, c, a, a]


def test_fresh_ones_are_taken_as_they_came() -> None:
    a, b = message(0, sensor="a"), message(0, sensor="b")
    found = lanes(a, b, a, b)
    assert taken(found, 100) == [a, b, a, b]


def test_a_batch_of_old_ones_is_bounded_by_the_sensors_that_have_to_be_judged() -> None:
    few = lanes(*[old("a", 1)] * 50)
    assert len(taken(few, 100)) == 50
    many = lanes(*[old(f"s{k}", 1) for k in range(50)])
    assert len(taken(many, 100)) == 1_000 // (A_JUDGING + 1)


def test_the_work_of_a_batch_counts_each_channel_once() -> None:
    two = replace(OLD, decoded=(reading(FRESH_MS + 1), reading(FRESH_MS + 1, channel="2")))
    assert work_of(lots(two, two)) == 4 + 2 * A_JUDGING


def test_a_message_of_any_size_is_taken() -> None:
    large = old("a", 5_000)
    found = lanes(large, large)
    assert [len(taken(found, 100)) for _ in range(3)] == [1, 1, 0]


def test_what_has_waited_longest_is_known_though_its_like_is_taken_first() -> None:
    a, b = old("a", 800), old("b", 800)
    found = Lanes(100)
    for since_s, item in enumerate([a, b, a]):
        assert found.put(Lot((item,), Future(), since_s))
    assert found.take(100, 0, 0)[0].since_s == 0
    count, first = found.waiting()
    assert first is not None
    assert (count, first.since_s) == (2, 1)


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


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=60), st.integers(1, 7))
def test_everything_is_taken_once_fresh_ones_in_order_and_others_in_order_of_each_sensor(
    came: list[tuple[str, int]], most: int
) -> None:
    ago_ms = [(0,), (FRESH_MS + 1, 0), (FRESH_MS + 1,)]
    items = [replace(message(*ago_ms[age], sensor=sensor), received_ms=NOW + k) for k, (sensor, age) in enumerate(came)]
    items = [replace(one, decoded=tuple(replace(each, measured_ms=(each.measured_ms or 0) + k)
                                        for each in one.decoded)) for k, one in enumerate(items)]  # fmt: skip
    found = lanes(*items)
    got = [one for _ in items for one in taken(found, most)]
    assert sorted(one.received_ms for one in got) == [one.received_ms for one in items]
    assert [one for one in got if not one.partly_old] == [one for one in items if not one.partly_old]
    for sensor in "abc":
        late = [one for one in items if one.old and one.decoded[0].sensor == sensor]
        assert [one for one in got if one.old and one.decoded[0].sensor == sensor] == late


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
