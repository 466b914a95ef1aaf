"""What the ingest step keeps in memory of every sensor it hears, as columns: enough to tell a calm reading from others.

Rows decide; this is a cache of them. It is filled from rows, changed only inside the transaction that changes them, and
dropped when that fails. A sensor is *ready* when a good reading soon after its last one can change nothing but that
last one: it is judged where it hangs, nothing is open or doubtful there, nobody has been told anything that still
holds, and somebody waits for its silence (`coldchain.domain.calm`).
"""

import uuid
from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from coldchain.monitoring.calmness import Calmness
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.monitoring.sorting_out import printable
from coldchain.records import Store, Transaction, heard
from coldchain.records.heard import NEVER_MS, NOTHING, Known

Name = str | tuple[str, str]
"""A sensor's name; where it has several channels, with its channel."""

FLUSHED_AT_ONCE = 2_000
"""So many sensors' newest readings are written with every batch; the others' follow in turn."""

_INT = ("id", "last_ms", "last_milli", "received_ms", "accepted", "battery", "spoken_ms", "gap_ms", "low", "high",
        "until_ms", "location", "behind_ms", "topic")  # fmt: skip


def name_of(sensor: str, channel: str) -> Name:
    """The name under which a sensor channel is known here: a text costs less than a pair, a million times."""
    return (sensor, channel) if channel else sensor


def _parts(name: Name) -> tuple[str, str]:
    return (name, "") if isinstance(name, str) else name


class Hot:
    """The columns, a place a sensor; an index into them is a sensor's *seat*.

    ``ready`` says whether calm readings may be told by them; ``several`` names the sensors that hung at more than one
    location, with all of them; ``behind_ms`` is the instant of the first reading that ``latest`` lacks; ``topic`` is
    the source of its plain messages, 0 while that is not known.
    """

    def __init__(self) -> None:
        self.owner = str(uuid.uuid4())
        self._turn: object | None = None  # of the transaction under way, as long as it has not said how it ended
        self.clear()

    def clear(self) -> None:
        """Know nothing."""
        self.seats: dict[Name, int] = {}
        self.seat_of: dict[int, int] = {}
        self.sources: dict[tuple[str, str], int] = {}
        self.several: dict[int, tuple[int, ...]] = {}
        self.seat_of_placement: dict[int, int] = {}
        self.calmness = Calmness()
        self.columns: dict[str, NDArray[np.int64]] = {name: np.zeros(1024, dtype=np.int64) for name in _INT}
        self.ready: NDArray[np.bool_] = np.zeros(1024, dtype=bool)
        self.known: NDArray[np.bool_] = np.zeros(1024, dtype=bool)
        self.count = 0
        self.swept = 0
        self.said_behind: int | None = None

    def enter(self, tx: Transaction) -> object:
        """Begin a transaction: nothing is believed that the rows may have changed behind it.

        Returns:
            What `leave` takes, once it is committed.
        """
        if self._turn is not None:  # the last one did not end well, or has not said so yet
            self.clear()
        self._turn = turn = object()
        if not heard.claim(tx, self.owner):
            self.clear()
        self.forget(heard.take_disturbed(tx))
        return turn

    def leave(self, turn: object) -> None:
        """The transaction has been committed."""
        if self._turn is turn:
            self._turn = None

    def forget(self, sensor_ids: Iterable[int]) -> None:
        """Look at the rows of these sensors again before anything is told by them."""
        for sensor_id in sensor_ids:
            seat = self.seat_of.get(sensor_id)
            if seat is not None:
                self.known[seat] = self.ready[seat] = False

    # -- filling -----------------------------------------------------------------------------------------------------

    def seats_of(self, names: Sequence[Name]) -> NDArray[np.intp]:
        """The seats of some sensors, -1 for one that was never looked up or is not in the record."""
        get = self.seats.get
        return np.array([get(name, -1) for name in names], dtype=np.intp)

    def look_up(self, tx: Transaction, names: Iterable[Name], now_ms: int) -> None:
        """Know these sensors, as far as the record does, and as a database takes their names."""
        wanted = {_parts(name) for name in names}
        said = {sensor for sensor, channel in wanted if printable(sensor) == sensor and printable(channel) == channel}
        if said:
            self._take(tx, heard.known_by_name(tx, said, UNPROVABLE), now_ms)

    def look_up_ids(self, tx: Transaction, sensor_ids: Iterable[int], now_ms: int) -> None:
        """Know these sensors, as far as the record does."""
        missing = {
            each for each in sensor_ids if (seat := self.seat_of.get(each)) is None or not self.known[seat]
        }  # fmt: skip
        if missing:
            self._take(tx, heard.known_by_id(tx, missing, UNPROVABLE), now_ms)

    def _take(self, tx: Transaction, found: Known, now_ms: int) -> None:
        """Know sensors as the rows say, but for those that are known."""
        if not len(found):
            return
        first = np.flatnonzero(np.diff(found.sensor_id, prepend=-1))
        ids = found.sensor_id[first].tolist()
        seats = np.array(
            [self._seat(each, name_of(found.name[row], found.channel[row]))
             for each, row in zip(ids, first.tolist(), strict=True)],
            dtype=np.intp,
        )  # fmt: skip
        self._hang(found, first, seats)
        calm = self.calmness.of(tx, found, first, now_ms)
        new = ~self.known[seats]
        seats, first = seats[new], first[new]
        for name, rows in (("id", found.sensor_id), ("accepted", found.accepted), ("battery", found.battery_pct),
                           ("received_ms", found.received_ms)):  # fmt: skip
            self.columns[name][seats] = rows[first]
        self.known[seats], self.ready[seats] = True, calm.ready[new]
        told = new & calm.ready
        for name in ("last_ms", "last_milli", "gap_ms", "until_ms", "low", "high"):
            self.columns[name][seats[calm.ready[new]]] = getattr(calm, name)[told]

    def _hang(self, found: Known, first: NDArray[np.intp], seats: NDArray[np.intp]) -> None:
        """Remember where sensors hang or hung; -1 for nowhere, one of several, which are noted as well."""
        end = np.append(first[1:], len(found))
        of = np.repeat(seats, end - first)
        hangs = found.placement_id != NOTHING
        self.seat_of_placement.update(zip(found.placement_id[hangs].tolist(), of[hangs].tolist(), strict=True))
        where = found.location_id
        lowest, highest = np.minimum.reduceat(where, first), np.maximum.reduceat(where, first)
        self.columns["location"][seats] = lowest
        for each in np.flatnonzero(lowest < highest).tolist():
            self.several[int(seats[each])] = tuple(np.unique(where[first[each] : end[each]]).tolist())
        for seat in self.several.keys() & set(seats[lowest == highest].tolist()):
            del self.several[seat]

    def _seat(self, sensor_id: int, name: Name) -> int:
        """A sensor's seat; it gets one where it has none."""
        seat = self.seat_of.get(sensor_id)
        if seat is not None:
            return seat
        seat = self.count
        if seat == self.ready.size:
            self.columns = {each: np.concatenate((one, np.zeros_like(one))) for each, one in self.columns.items()}
            self.ready, self.known = (np.concatenate((one, np.zeros_like(one))) for one in (self.ready, self.known))
        self.count += 1
        self.seats[name] = self.seat_of[sensor_id] = seat
        self.columns["behind_ms"][seat] = NEVER_MS
        return seat

    def calm_until(self, placement_id: int) -> int:
        """Until when the sensor of a placement may be silent, UTC ms; 0 where that is not known from here."""
        seat = self.seat_of_placement.get(placement_id)
        if seat is None or not self.ready[seat] or self.columns["until_ms"][seat] != NEVER_MS:
            return 0
        return int(self.columns["last_ms"][seat] + self.columns["gap_ms"][seat] + 1)

    def locations_of(self, seats: NDArray[np.intp]) -> set[int]:
        """Where these sensors hang or hung."""
        found = set(np.unique(self.columns["location"][seats]).tolist()) - {-1}
        if self.several:
            found |= {where for seat in seats.tolist() for where in self.several.get(seat, ())}
        return found

    def at(self, seats: NDArray[np.intp], first_ms: NDArray[np.int64], locations: set[int]) -> dict[int, int]:
        """The ids of those sensors that hang or hung at some locations, each with its ``first_ms``."""
        here = np.isin(self.columns["location"][seats], list(locations))
        if self.several:
            here |= np.array(
                [not locations.isdisjoint(self.several.get(seat, ())) for seat in seats.tolist()], dtype=bool
            )
        ids = self.columns["id"][seats[here]]
        return dict(zip(ids.tolist(), first_ms[here].tolist(), strict=True))

    # -- writing behind ----------------------------------------------------------------------------------------------

    def flush(self, tx: Transaction, seats: NDArray[np.intp]) -> None:
        """Write the newest readings of those of some sensors of which the rows lack some."""
        of = self.columns
        lacking = np.unique(seats[of["behind_ms"][seats] != NEVER_MS])
        if not lacking.size:
            return
        lacking = lacking[np.argsort(of["id"][lacking])]
        names = ("id", "last_ms", "last_milli", "received_ms", "battery", "accepted")
        columns = [of[name][lacking].tolist() for name in names]
        columns[4] = [None if one < 0 else one for one in columns[4]]
        heard.put_newest(tx, list(zip(*columns, strict=True)))
        of["behind_ms"][lacking] = NEVER_MS

    def flush_ids(self, tx: Transaction, sensor_ids: Iterable[int]) -> None:
        """Make the rows of these sensors complete."""
        seats = [seat for each in sensor_ids if (seat := self.seat_of.get(each)) is not None]
        if seats:
            self.flush(tx, np.array(seats, dtype=np.intp))

    def flush_named(self, tx: Transaction, names: Iterable[Name]) -> None:
        """Make the rows of these sensors complete."""
        seats = self.seats_of(list(names))
        self.flush(tx, seats[seats >= 0])

    def sweep(self, tx: Transaction, at_once: int = FLUSHED_AT_ONCE) -> None:
        """Write newest readings: all that are lacking, or where those are very many, the next ones in turn."""
        behind = self.columns["behind_ms"][: self.count]
        lacking = np.flatnonzero(behind != NEVER_MS)
        if lacking.size > at_once:
            first = int(np.searchsorted(lacking, self.swept))
            chosen = lacking[first : first + at_once]
            self.swept = int(chosen[-1]) + 1 if chosen.size == at_once > 0 else 0
            lacking = chosen
        self.flush(tx, lacking)
        since = int(behind.min(initial=NEVER_MS))
        said = None if since == NEVER_MS else since
        if said != self.said_behind:
            heard.behind_since(tx, said)
            self.said_behind = said


_HOT: "WeakKeyDictionary[Store, Hot]" = WeakKeyDictionary()


def hot_of(store: Store) -> Hot:
    """What is kept in memory for a record."""
    found = _HOT.get(store)
    if found is None:
        found = _HOT[store] = Hot()
    return found
