"""Anything that can happen to a small site, in any order, against the same readings judged once and in order.

The machine drives the real record: batches with duplicates, conflicting copies, late and shuffled readings, backfills,
steady calm readings, restarts, the clock, sensors that are moved, products that are changed, people who acknowledge.
At the end, the same site is told its story again with all readings sorted in one batch, and both come to the same:
readings, counts, quarantine, excursions with their triples, statistics. And to what the judge says of whole traces.
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from coldchain.domain.statistics import statistics
from coldchain.errors import UsageError
from coldchain.monitoring.due import run_due
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.ingest import ingest
from coldchain.records import Store, accounts, excursions, places, readings
from coldchain.reviewing.acknowledging import acknowledge
from coldchain.rulebook.book import parse_product
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
from tests.monitoring.ward import CHANNELS, MINUTE, START, message, refused

SENSORS = ("s1", "s2")
PLACES = ("ward-3", "ward-4")
LAST_MINUTE = 2400
"""Nothing happens later, so that `FINAL` is long after everything."""

Act = tuple[str, int, tuple[Any, ...]]
"""What a person did to the site: what, at which minute, with what."""


class Site:
    """A record with two locations and two sensors; it is told of acts and readings."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.store = Store(url)

    def restart(self) -> None:
        """Everything that is not on the disk is gone."""
        self.store.close()
        self.store = Store(self.url)

    def furnish(self, product: str, sensor: dict[str, Any], from_minute: int) -> None:
        """Hang each sensor at a location of its own, judged from ``from_minute`` on."""
        with self.store.transaction() as tx:
            accounts.add(tx, "anna", "Anna", "pharmacist", "hash", START)
            for name, place in zip(SENSORS, PLACES, strict=True):
                location_id = places.put_location(tx, place, place)
                sensor_id = places.put_sensor(tx, name, now_ms=START - 100 * MINUTE, **sensor)
                places.place(tx, sensor_id, location_id, _at(from_minute), START - 100 * MINUTE)
                _assign(tx, location_id, product, from_minute, -100)

    def act(self, act: Act) -> bool:
        """Do what a person does; ``False`` where the record refuses it."""
        what, minute, words = act
        try:
            with self.store.transaction() as tx:
                if what == "move":
                    sensor, place = places.sensor_named(tx, words[0]), places.location_named(tx, words[1])
                    assert sensor is not None
                    assert place is not None
                    places.place(tx, sensor.id, place.id, _at(words[2]), _at(minute))
                else:
                    place = places.location_named(tx, words[0])
                    assert place is not None
                    _assign(tx, place.id, words[1], words[2], minute)
        except UsageError:
            return False
        return True

    def hear(self, batch: list[Incoming], minute: float) -> None:
        """A batch arrives."""
        ingest(self.store, batch, _at(minute), CHANNELS)

    def ring(self, minute: float) -> None:
        """The clock rings."""
        run_due(self.store, _at(minute), CHANNELS)

    def acknowledge(self, minute: int) -> None:
        """Somebody signs whatever stands."""
        with self.store.reading() as tx:
            anna = next(one for one in accounts.accounts(tx) if one.name == "anna")
            standing = [e for e in excursions.excursions(tx) if e.merged_into is None and not e.current.known.withdrawn]
        for one in standing:
            acknowledge(self.store, one.id, anna, "seen", _at(minute))

    def statistics(self) -> dict[str, Any]:
        """Of each sensor's whole trace."""
        with self.store.reading() as tx:
            traces = {one.name: readings.trace(tx, one.id) for one in places.sensors(tx)}
        return {name: statistics(trace, 60 * MINUTE) for name, trace in traces.items() if len(trace)}


class AnyOrder(RuleBasedStateMachine):
    """See the module; ``make`` gives the address of an empty record."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.site = Site(self.make("live"))
        self.sent: list[Incoming] = []
        self.acts: list[Act] = []
        self.furniture: tuple[str, dict[str, Any], int] | None = None
        self.now = 0.0

    def make(self, name: str) -> str:
        """The address of a new record, empty but for its tables."""
        path = Path(self.folder.name) / f"{name}.db"
        path.write_bytes(empty_record())
        return f"sqlite:///{path}"

    @initialize(
        product=st.sampled_from(PRODUCTS),
        uncertainty=st.sampled_from([0, 0, 500]),
        gap=st.sampled_from([None, 10 * MINUTE]),
        from_minute=st.sampled_from([-100, 0, 37]),
    )
    def furnish(self, product: str, uncertainty: int, gap: int | None, from_minute: int) -> None:
        sensor = {"uncertainty_milli_c": uncertainty, "max_gap_ms": gap, "high_milli_c": 60_000}
        self.furniture = (product, sensor, from_minute)
        self.site.furnish(*self.furniture)

    def _arrive(self, batch: list[Incoming], at_minute: float) -> None:
        self.now = max(self.now, at_minute)
        self.sent += batch
        self.site.hear(batch, self.now)

    @rule(data=st.data())
    def a_batch(self, data: st.DataObject) -> None:
        """Anything: late, early, twice at one instant, faulty, unreadable."""
        found = []
        for _ in range(data.draw(st.integers(1, 6))):
            minute = data.draw(st.sampled_from([m * 5 for m in range(-12, 60)]))
            lag = data.draw(st.sampled_from([0, 0, 1, 7, 90, 700]))
            if data.draw(st.integers(0, 24)) == 0:
                found.append(refused(minute + lag, b"{"))
                continue
            name = data.draw(st.sampled_from(SENSORS))
            source = data.draw(st.sampled_from(["t/a", "t/b"]))
            found.append(message(minute, data.draw(values), sensor=name, received=minute + lag, source=source))
        self._arrive(found, max((one.received_ms - START) / MINUTE for one in found))

    @rule(
        name=st.sampled_from(SENSORS), count=st.integers(1, 25), step=st.sampled_from([1, 5, 9]),
        temperature=st.sampled_from([5.0, 5.0, 8.0, 7.4, 9.0]), each=st.booleans(),
    )  # fmt: skip
    def steady(self, name: str, count: int, step: int, temperature: float, each: bool) -> None:
        """One reading after the other, as refrigerators send them; one by one, or in one batch."""
        first = int(self.now) + 1
        found = [
            message(first + step * k, temperature, sensor=name) for k in range(count) if first + step * k < LAST_MINUTE
        ]
        for batch in [[one] for one in found] if each else [found]:
            if batch:
                self._arrive(batch, (batch[-1].received_ms - START) / MINUTE)

    @rule(
        name=st.sampled_from(SENSORS), since=st.integers(0, 300), count=st.integers(1, 40),
        warm=st.integers(0, 40), data=st.data(),
    )  # fmt: skip
    def a_backfill(self, name: str, since: int, count: int, warm: int, data: st.DataObject) -> None:
        """A logger's memory: many old readings, in any order, some of them warm."""
        first = max(int(self.now) - since, -60)
        found = [
            message(first + k, 9.5 if k == warm else 5.0, sensor=name, received=self.now, source="t/logger", position=k)
            for k in range(count)
            if first + k <= self.now
        ]
        if found:
            self._arrive(data.draw(st.permutations(found)), self.now)

    @rule(data=st.data(), later=st.sampled_from([0, 1, 30]))
    def again(self, data: st.DataObject, later: int) -> None:
        """What was sent before comes again."""
        if self.sent:
            old = data.draw(st.lists(st.sampled_from(self.sent), min_size=1, max_size=5))
            received = [one.received_ms + later * MINUTE for one in old]
            self._arrive([replace(one, received_ms=at) for one, at in zip(old, received, strict=True)],
                         (max(received) - START) / MINUTE)  # fmt: skip

    @rule()
    def restart(self) -> None:
        """The program is started anew."""
        self.site.restart()

    @rule(minutes=st.sampled_from([0, 1, 5, 65, 130]))
    def ring(self, minutes: int) -> None:
        """Time passes, and the clock rings."""
        if self.now + minutes < LAST_MINUTE:
            self.now += minutes
            self.site.ring(self.now)

    @rule(name=st.sampled_from(SENSORS), place=st.sampled_from(PLACES), ago=st.sampled_from([0, 0, 30]))
    def move(self, name: str, place: str, ago: int) -> None:
        """A sensor is hung somewhere else, now or since a while ago."""
        act = ("move", int(self.now), (name, place, int(self.now) - ago))
        if self.site.act(act):
            self.acts.append(act)

    @rule(place=st.sampled_from(PLACES), product=st.sampled_from(PRODUCTS))
    def assign(self, place: str, product: str) -> None:
        """A location is judged by another product from now on."""
        act = ("assign", int(self.now), (place, product, int(self.now)))
        if self.site.act(act):
            self.acts.append(act)

    @rule()
    def sign(self) -> None:
        """Somebody acknowledges whatever stands."""
        self.site.acknowledge(int(self.now))

    def teardown(self) -> None:
        """Both stories come to the same."""
        try:
            if self.furniture is not None:
                self._compare()
        finally:
            self.site.store.close()
            self.folder.cleanup()

    def _compare(self) -> None:
        once = Site(AnyOrder.make(self, "once"))
        try:
            once.furnish(*self.furniture)  # type: ignore[misc]
            for act in self.acts:
                assert once.act(act)
            if self.sent:
                once.hear(sorted(self.sent, key=lambda one: one.received_ms), FINAL)
            for site in (self.site, once):
                for minute in (FINAL, FINAL + 120):
                    site.ring(minute)
            came, whole = what_it_came_to(self.site.store), what_it_came_to(once.store)
            assert apart(came["excursions"], whole["excursions"]) == ([], [])
            assert came == whole
            assert apart(came["excursions"], what_the_judge_says(self.site.store)) == ([], [])
            assert self.site.statistics() == once.statistics()
            adds_up(came, self.sent)
            everybody_was_told(self.site.store)
        finally:
            once.store.close()


def apart(ours: Any, theirs: Any) -> tuple[list[Any], list[Any]]:
    """What only one of two sorted lists holds."""
    return [one for one in ours if one not in theirs], [one for one in theirs if one not in ours]


def _at(minute: float) -> int:
    return START + round(minute * MINUTE)


def _assign(tx: Any, location_id: int, text: str, from_minute: int, now_minute: int) -> None:
    product = parse_product(text, "test.yaml")
    places.assign(tx, location_id, product, text, product.first_stage.name, _at(from_minute), _at(now_minute))
