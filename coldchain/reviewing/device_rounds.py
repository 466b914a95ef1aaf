"""Looks at every sensor again and again, and writes down what begins and what ends to be the matter with it.

A round goes from location to location, a little at a time, so that readings have the machine. It writes only where
something has changed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from coldchain.records import Store, device_findings, watching
from coldchain.records.places import Location
from coldchain.records.store import Transaction
from coldchain.records.views import locations
from coldchain.reviewing.device_notices import tell
from coldchain.reviewing.devices import DEFAULT, Key, Look, Thresholds, look

TURN_EVERY_S = 10.0
ROUND_EVERY_MS = 15 * 60_000
AT_ONCE = 200
"""So many locations are read at once: a site may have a million."""
BUDGET_S = 0.25
"""So long one turn may look: a fortieth of the machine's time. A site that it does not suffice for is gone round more
slowly."""


@dataclass
class Rounds:
    """The rounds over all sensors.

    Attributes:
        store: The record.
        clock_ms: The time, UTC ms.
        targets: Who is told of what is the matter with sensors.
        thresholds: From when on something is spoken of.
        tell_at_minute: Of the site's day at which people are told; ``None``: at once.
        steady_s: A clock that nobody can set, s.
    """

    store: Store
    clock_ms: Callable[[], int]
    targets: Sequence[tuple[str, str]] = ()
    thresholds: Thresholds = DEFAULT
    tell_at_minute: int | None = 8 * 60
    steady_s: Callable[[], float] = time.monotonic
    _left: list[Location] = field(default_factory=list)
    _after: int | None = None
    _begun_ms: int | None = None
    _readings: bool = True

    def turn(self) -> bool:
        """Go on with the round, or begin the next one when it is time; tell what is to be told.

        Returns:
            Whether anything changed.
        """
        now_ms, until_s = self.clock_ms(), self.steady_s() + BUDGET_S
        changed = self._begin(now_ms)
        while (place := self._next()) is not None:
            changed |= look_at(self.store, place, now_ms, self.thresholds, readings=self._readings)
            if self.steady_s() >= until_s:
                break
        told = tell(self.store, self.clock_ms(), self.tell_at_minute, self.thresholds.zone, self.targets)
        return changed or told is not None

    def _begin(self, now_ms: int) -> bool:
        """Begin a round, unless one is not finished or was begun just now."""
        since_ms = None if self._begun_ms is None else now_ms - self._begun_ms
        if self._after is not None or (since_ms is not None and 0 <= since_ms < ROUND_EVERY_MS):
            return False
        with self.store.reading() as tx:
            self._readings = watching.readings_can_be_looked_at(tx)
        self._after, self._begun_ms = 0, now_ms
        return _let_go(self.store, now_ms)

    def _next(self) -> Location | None:
        """The next location of the round; ``None`` at its end."""
        if self._after is None:
            return None
        if not self._left:
            with self.store.reading() as tx:
                self._left = locations.watched_after(tx, self._after, AT_ONCE)
        if not self._left:
            self._after = None
            return None
        place = self._left.pop(0)
        self._after = place.id
        return place


def go_round(store: Store, now_ms: int, thresholds: Thresholds = DEFAULT) -> None:
    """One whole round at once: for tests, and for whoever asks now."""
    _let_go(store, now_ms)
    with store.reading() as tx:
        places, readings = locations.watched(tx), watching.readings_can_be_looked_at(tx)
    for each in places:
        look_at(store, each, now_ms, thresholds, readings=readings)


def look_at(store: Store, place: Location, now_ms: int, thresholds: Thresholds, *, readings: bool = True) -> bool:
    """Look at one location, and write down what has changed; whether anything has."""
    with store.reading() as tx:
        sensors = [probe.sensor_id for probe in locations.probes_at(tx, place.id)]
        before = device_findings.standing(tx, sensors)
        standing = frozenset(_key(each) for each in before)
        found = look(tx, place.id, place.title, now_ms, thresholds, standing, readings=readings)
    sentences = {_key(each): each.sentence for each in before}
    now = {each.key: each.sentence for each in found.said}
    if all(sentences.get(key) == words for key, words in now.items()) and not (standing & found.judged - set(now)):
        return False
    with store.transaction() as tx:
        _write(tx, place, sensors, found, now_ms)
    return True


def _write(tx: Transaction, place: Location, sensors: Sequence[int], found: Look, now_ms: int) -> None:
    """Begin, go on with and end findings, by what stands in this transaction."""
    standing = {_key(each): each for each in device_findings.standing(tx, sensors)}
    for said in found.said:
        before = standing.get(said.key)
        if before is None:
            device_findings.begin(
                tx,
                said.sensor_id,
                said.complaint.value,
                said.other_id,
                place.id,
                said.since_ms or now_ms,
                said.sentence,
                now_ms,
            )
        else:
            device_findings.go_on(tx, before, said.sentence)
    stands = {said.key for said in found.said}
    for key, each in standing.items():
        if key in found.judged and key not in stands:
            device_findings.end(tx, each, now_ms)


def _let_go(store: Store, now_ms: int) -> bool:
    """End what was found of sensors that hang nowhere any more, or not beside the other one; nobody is told."""
    with store.reading() as tx:
        gone = _gone(tx)
    if not gone:
        return False
    with store.transaction() as tx:
        for each in _gone(tx):
            device_findings.end(tx, each, now_ms, taken_down=True)
    return True


def _gone(tx: Transaction) -> list[device_findings.Finding]:
    standing = device_findings.standing(tx)
    if not standing:
        return []
    where = watching.where_they_hang(
        tx, {each.sensor_id for each in standing} | {each.other_id or 0 for each in standing}
    )
    return [
        each
        for each in standing
        if where.get(each.sensor_id) is None
        or (each.other_id is not None and where.get(each.other_id) != where[each.sensor_id])
    ]


def _key(found: device_findings.Finding) -> Key:
    return found.sensor_id, *found.key
