"""Order does not matter (semantics §1.order): however readings arrive, the record comes to the same as all at once.

And what it comes to is what the one judge says of the whole trace.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coldchain.monitoring.incoming import Incoming
from coldchain.records import Store, places
from tests.empty import empty_record
from tests.monitoring.order import (
    FINAL,
    PRODUCTS,
    adds_up,
    everybody_was_told,
    values,
    what_it_came_to,
    what_the_judge_says,
)
from tests.monitoring.ward import MINUTE, START, Ward, message, refused
from tests.postgres import Cluster


@st.composite
def messages(draw: st.DrawFn) -> Incoming:
    """A reading on a grid coarse enough that instants meet; sometimes a message nobody can read."""
    minute = draw(st.sampled_from([m * 5 for m in range(-12, 100)]))
    lag = draw(st.sampled_from([0, 0, 1, 7, 90, 700]))
    if draw(st.integers(0, 19)) == 0:
        return refused(minute + lag, draw(st.sampled_from([b"{", b"\x00"])))
    return message(
        minute,
        draw(values),
        received=minute + lag,
        source=draw(st.sampled_from(["t/a", "t/b"])),
        position=draw(st.integers(0, 1)),
    )


@dataclass(frozen=True)
class Story:
    """What happens, in which batches, and after which of them the program is started anew or the clock rings."""

    product: str
    sensor: dict[str, Any]
    from_minute: float
    to_minute: float | None
    sent: tuple[Incoming, ...]
    batches: tuple[tuple[Incoming, ...], ...]
    restarts: tuple[bool, ...]
    rings: tuple[int | None, ...]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Messages, some of them sent several times, in any order and any batches."""
    once = draw(st.lists(messages(), min_size=1, max_size=30))
    again = draw(st.lists(st.sampled_from(once), max_size=6))
    later = [replace(one, received_ms=one.received_ms + draw(st.sampled_from([0, 1, MINUTE]))) for one in again]
    sent = tuple(once + later)
    order = draw(st.permutations(range(len(sent))))
    cuts = sorted(draw(st.sets(st.integers(1, max(len(sent) - 1, 1)), max_size=8)))
    ends = [0, *[cut for cut in cuts if cut < len(sent)], len(sent)]
    batches = tuple(tuple(sent[i] for i in order[a:b]) for a, b in pairwise(ends))
    return Story(
        product=draw(st.sampled_from(PRODUCTS)),
        sensor={
            "uncertainty_milli_c": draw(st.sampled_from([0, 0, 500])),
            "high_milli_c": draw(st.sampled_from([None, 60_000])),
            "max_gap_ms": draw(st.sampled_from([None, 10 * MINUTE])),
        },
        from_minute=draw(st.sampled_from([-100, 0, 37, 40])),
        to_minute=draw(st.sampled_from([None, None, 200, 203])),
        sent=sent,
        batches=batches,
        restarts=tuple(draw(st.lists(st.booleans(), min_size=len(batches), max_size=len(batches)))),
        rings=tuple(draw(st.lists(st.sampled_from([None, 0, 5, 65]), min_size=len(batches), max_size=len(batches)))),
    )


def furnish(store: Store, story: Story) -> Ward:
    ward = Ward(store, story.product).furnish(story.from_minute, -100, **story.sensor)
    if story.to_minute is not None:
        with store.transaction() as tx:
            sensor = places.sensor_named(tx, "s1")
            assert sensor is not None
            places.take_down(tx, sensor.id, round(START + story.to_minute * MINUTE), START)
    return ward


def live(url: str, story: Story) -> Store:
    """Everything arrives as the story tells it; a restart leaves nothing but what is on the disk."""
    store = Store(url)
    ward = furnish(store, story)
    now = -100.0
    for batch, restart, ring in zip(story.batches, story.restarts, story.rings, strict=True):
        now = max([now, *((one.received_ms - START) / MINUTE for one in batch)])
        ward.hear(*batch, now=now)
        if restart:
            store.close()
            store = Store(url)
            ward.store = store
        if ring is not None:
            ward.ring(now + ring)
    ward.ring(FINAL)
    ward.ring(FINAL + 2 * 60)
    return store


def at_once(url: str, story: Story) -> Store:
    """The same, sorted, in one batch."""
    store = Store(url)
    ward = furnish(store, story)
    ward.hear(*sorted(story.sent, key=lambda one: one.received_ms), now=FINAL)
    ward.ring(FINAL)
    ward.ring(FINAL + 2 * 60)
    return store


@given(stories())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_however_readings_arrive_the_record_comes_to_the_same(story: Story) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "live.db"
        path.write_bytes(empty_record())
        check(f"sqlite:///{path}", story)


@pytest.mark.postgres
def test_on_postgres_too(postgres: Cluster, migrated: str) -> None:
    @given(stories())
    @settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def come_to_the_same(story: Story) -> None:
        with postgres.database(like=migrated) as name:
            check(postgres.url(name), story)

    come_to_the_same()


def check(url: str, story: Story) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "once.db"
        path.write_bytes(empty_record())
        once = at_once(f"sqlite:///{path}", story)
        store = live(url, story)
        try:
            came, whole = what_it_came_to(store), what_it_came_to(once)
            assert came == whole
            assert came["excursions"] == what_the_judge_says(store)
            adds_up(came, story.sent)
            everybody_was_told(store)
            everybody_was_told(once)
        finally:
            store.close()
            once.close()
