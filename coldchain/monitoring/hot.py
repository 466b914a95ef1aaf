"""What the ingest step keeps in memory of every sensor it hears, as columns: enough to tell a calm reading from others.

Rows decide; this is a cache of them. It is filled from rows, changed only inside the transaction that changes them, and
dropped when that fails. A sensor is *ready* when a good reading soon after its last one can change nothing but that
last one: it is judged where it hangs, nothing is open or doubtful there, nobody has been told anything that still
holds, and somebody waits for its silence (`coldchain.domain.calm`).
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.bounds import DEFAULT_MAX_GAP_MS
from coldchain.domain.calm import any_good, good_around
from coldchain.domain.duration import milliseconds
from coldchain.domain.limits import COLDEST, HOTTEST, Limit
from coldchain.domain.product import Product
from coldchain.domain.quality import ANY_RANGE, POWER_UP_MILLI_C, SENTINELS_MILLI_C
from coldchain.errors import ColdchainError
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.monitoring.sorting_out import printable
from coldchain.records import Store, Transaction, heard
from coldchain.records.heard import Known, Stay
from coldchain.rulebook.book import parse_product

_log = logging.getLogger(__name__)

Name = str | tuple[str, str]
"""A sensor's name; where it has several channels, with its channel."""

FLUSHED_AT_ONCE = 2_000
"""So many sensors' newest readings are written with every batch; the others' follow in turn."""

NEVER_MS = 2**62
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
        self.rules: dict[tuple[str, str], tuple[tuple[Limit, ...], int | None] | None] = {}
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
            self._take(tx, heard.known(tx, said, (), UNPROVABLE), now_ms)

    def look_up_ids(self, tx: Transaction, sensor_ids: Iterable[int], now_ms: int) -> None:
        """Know these sensors, as far as the record does."""
        missing = {
            each for each in sensor_ids if (seat := self.seat_of.get(each)) is None or not self.known[seat]
        }  # fmt: skip
        if missing:
            self._take(tx, heard.known(tx, (), missing, UNPROVABLE), now_ms)

    def _take(self, tx: Transaction, found: Known, now_ms: int) -> None:
        for row in found.sensors:
            seat = self.seat_of.get(row.id)
            if seat is not None and self.known[seat]:
                continue
            if seat is None:
                seat = self._seat(row)
            self._fill(tx, seat, row, found, now_ms)

    def _seat(self, row: Any) -> int:
        seat = self.count
        if seat == self.ready.size:
            self.columns = {name: np.concatenate((one, np.zeros_like(one))) for name, one in self.columns.items()}
            self.ready, self.known = (np.concatenate((one, np.zeros_like(one))) for one in (self.ready, self.known))
        self.count += 1
        self.seats[name_of(row.name, row.channel)] = seat
        self.seat_of[row.id] = seat
        self.columns["behind_ms"][seat] = NEVER_MS
        return seat

    def _fill(self, tx: Transaction, seat: int, row: Any, found: Known, now_ms: int) -> None:
        stays = tuple(found.stays.get(row.id, ()))
        of = self.columns
        of["id"][seat] = row.id
        of["accepted"][seat] = row.accepted or 0
        of["battery"][seat] = -1 if row.battery_pct is None else row.battery_pct
        of["received_ms"][seat] = row.received_ms or 0
        where = tuple(sorted({stay.location_id for stay in stays}))
        of["location"][seat] = where[0] if where else -1
        self.several.pop(seat, None)
        if len(where) > 1:
            self.several[seat] = where
        for stay in stays:
            self.seat_of_placement[stay.placement_id] = seat
        self.known[seat] = True
        calm = self._calm(tx, row, stays, found, now_ms)
        self.ready[seat] = calm is not None
        if calm is not None:
            of["last_ms"][seat], of["last_milli"][seat] = calm.last_ms, row.milli_c or 0
            of["gap_ms"][seat], of["until_ms"][seat] = calm.gap_ms, calm.until_ms
            of["low"][seat], of["high"][seat] = calm.low, calm.high

    def _calm(
        self, tx: Transaction, row: Any, stays: Sequence[Stay], found: Known, now_ms: int
    ) -> "_Calm | None":  # fmt: skip
        """What tells a calm reading of a sensor; ``None`` where its next reading is to be judged whatever it is."""
        last_ms, until_ms, gap_ms = row.measured_ms, NEVER_MS, NEVER_MS
        limits: list[tuple[Limit, int]] = []
        for stay in stays:
            if stay.placement_id in found.told:
                return None
            if stay.assignment_id is None:
                continue
            head = found.heads.get((stay.assignment_id, stay.placement_id))
            if stay.from_ms > now_ms:
                until_ms = min(until_ms, stay.from_ms)
                continue
            if head is None or not head[1]:
                return None
            if stay.to_ms is not None and stay.to_ms <= now_ms:
                if head[0] <= stay.to_ms:
                    return None
                continue
            rules = self._rules(tx, stay)
            if rules is None or f"{stay.assignment_id}:{stay.placement_id}" not in found.awaited:
                return None
            until_ms = until_ms if stay.to_ms is None else min(until_ms, stay.to_ms)
            limits += [(limit, stay.uncertainty_milli_c) for limit in rules[0]]
            said = [gap for gap in (rules[1], stay.max_gap_ms) if gap is not None]
            gap_ms = min([gap_ms, *(said or [DEFAULT_MAX_GAP_MS])])
            last_ms = head[0] if last_ms is None else last_ms
            if head[0] > last_ms:
                return None
        if last_ms is None or (row.commissioned_ms is not None and last_ms < row.commissioned_ms):
            return None
        value = any_good(limits) if row.measured_ms is None else int(row.milli_c)
        around = None if value is None else good_around(limits, value)
        if value is None or around is None:
            return None
        return _Calm(last_ms, gap_ms, until_ms, *_no_fault(row, value, around))

    def _rules(self, tx: Transaction, stay: Stay) -> tuple[tuple[Limit, ...], int | None] | None:
        """The limits of a stay and the product's ``max_gap``; ``None`` where the product file cannot be read."""
        key = (stay.sha256, stay.stage)
        if key not in self.rules:
            self.rules[key] = None
            try:
                product = parse_product(heard.product_file(tx, stay.sha256), "as assigned")
                self.rules[key] = (product.stages[stay.stage].limits, _max_gap(product))
            except (ColdchainError, KeyError):
                _log.warning("a product file of the record (sha256 %s) cannot be read", stay.sha256)
        return self.rules[key]

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


@dataclass(frozen=True)
class _Calm:
    last_ms: int
    gap_ms: int
    until_ms: int
    low: int
    high: int


def _max_gap(product: Product) -> int | None:
    return None if product.max_gap is None else milliseconds(product.max_gap)


def _no_fault(row: Any, value: int, around: tuple[int, int]) -> tuple[int, int]:
    """The part of a good range in which a value is no fault of this sensor either."""
    low = max(around[0], ANY_RANGE.low_milli_c if row.low_milli_c is None else row.low_milli_c, COLDEST)
    high = min(around[1], ANY_RANGE.high_milli_c if row.high_milli_c is None else row.high_milli_c, HOTTEST)
    for wrong in (*SENTINELS_MILLI_C, *((POWER_UP_MILLI_C,) if row.power_up else ())):
        if low <= wrong <= high:
            low, high = (wrong + 1, high) if wrong < value else (low, wrong - 1)
    return low, high


_HOT: "WeakKeyDictionary[Store, Hot]" = WeakKeyDictionary()


def hot_of(store: Store) -> Hot:
    """What is kept in memory for a record."""
    found = _HOT.get(store)
    if found is None:
        found = _HOT[store] = Hot()
    return found
