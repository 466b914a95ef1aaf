"""The common case, many sensors at once: good readings soon after good ones are stored, and nothing else is to be done.

What a calm reading (`coldchain.domain.calm`) comes to is known without judging it. All readings of a batch are compared
with the columns of `hot` in one pass; those of sensors of which each is calm are stored by one statement. Everything
else is left to be looked at one by one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coldchain.domain.quality import CLOCK_AHEAD_LIMIT_MS
from coldchain.errors import ColdchainError
from coldchain.monitoring.batches import Batch
from coldchain.monitoring.hot import Hot, Name, name_of
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.sorting_out import printable
from coldchain.payloads import Decoded
from coldchain.records import Transaction, heard, readings, sources
from coldchain.records.readings import flag_bits

Ints = NDArray[np.int64]


class NotAsRemembered(ColdchainError):
    """The record holds what the ingest step did not know of; it looks at the rows again."""

    retry = True


@dataclass
class Settled:
    """What of a batch is settled.

    Attributes:
        rest: The messages that are to be looked at.
        speaking: The messages that may say of their devices what is not known.
        accepted: How many readings were stored.
        seats: Whose.
        first_ms: The earliest instant stored, for each of ``seats``.
        counts: How many were stored, for each of ``seats``.
    """

    rest: Sequence[Incoming]
    speaking: Sequence[Incoming]
    accepted: int = 0
    seats: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    first_ms: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    counts: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))


def settle(tx: Transaction, hot: Hot, batch: Batch, now_ms: int) -> Settled:
    """Store what is calm in a batch.

    Args:
        tx: The transaction.
        hot: What is known of the sensors; knows them afterwards.
        batch: The messages.
        now_ms: Now.

    Raises:
        NotAsRemembered: The record holds one of these readings already.
    """
    found = _Columns.of(batch, _seats(tx, hot, batch, now_ms))
    chosen = found.calm(hot, now_ms)
    if not chosen.any():
        everything = list(batch)
        return Settled(everything, everything)
    news = chosen & found.says_battery_anew(hot)
    hot.columns["spoken_ms"][found.seat[news]] = found.at_ms[news] + _BATTERY_AGAIN_MS
    settled = found.store(tx, hot, batch, chosen)
    left = np.ones(len(batch), dtype=bool)
    left[found.message[chosen]] = False
    rest = [batch[number] for number in np.flatnonzero(left).tolist()]
    left[found.message[news]] = True
    left[len(batch.plain) :] = True
    return replace(settled, rest=rest, speaking=[batch[number] for number in np.flatnonzero(left).tolist()])


def _seats(tx: Transaction, hot: Hot, batch: Batch, now_ms: int) -> NDArray[np.intp]:
    """Whose each reading is, those of plain messages first; -1 where the record does not know it."""
    names: list[Name] = [*batch.plain.sensors]
    names += [name_of(one.sensor, one.channel) for message in batch.others for one in message.decoded]
    seats = hot.seats_of(names)
    unknown = seats < 0
    unknown[~unknown] = ~hot.known[seats[~unknown]]
    if unknown.any():
        numbers = np.flatnonzero(unknown).tolist()
        hot.look_up(tx, {names[number] for number in numbers}, now_ms)
        seats[numbers] = hot.seats_of([names[number] for number in numbers])
    return seats


_BATTERY_AGAIN_MS = 10 * 60_000
"""The same battery level is looked at again after so long."""

_LARGEST = 2**53
"""What is beyond goes to quarantine: no database takes every number."""

_Row = tuple[int, bool, int, int, int, int, int, int]


@dataclass(frozen=True)
class _Columns:
    """Every reading of a batch; ``plain``: it has a value and no fault. All of shape (n,)."""

    message: NDArray[np.intp]
    seat: NDArray[np.intp]
    plain: NDArray[np.bool_]
    at_ms: Ints
    milli_c: Ints
    received_ms: Ints
    position: Ints
    flags: Ints
    battery: Ints

    @classmethod
    def of(cls, batch: Batch, seats: NDArray[np.intp]) -> "_Columns":
        """The columns of a batch, readings of plain messages first; a message that brings no readings is in none."""
        plain, first = batch.plain, len(batch.plain)
        rows = [_row(number, message, one) for number, message in enumerate(batch.others, first)
                for one in message.decoded]  # fmt: skip
        others = list(zip(*rows, strict=True)) if rows else [()] * 8
        nothing = np.zeros(first, dtype=np.int64)
        usual = (np.arange(first), np.ones(first, dtype=bool), plain.at_ms, plain.milli_c, plain.received_ms, nothing,
                 nothing, plain.battery)  # fmt: skip

        def column(at: int, kind: type[np.generic]) -> NDArray[Any]:
            return np.concatenate((np.array(usual[at], dtype=kind), np.array(others[at], dtype=kind)))

        return cls(column(0, np.intp), seats, column(1, np.bool_), *(column(at, np.int64) for at in range(2, 8)))

    def calm(self, hot: Hot, now_ms: int) -> NDArray[np.bool_]:
        """Which readings are calm: of sensors, and in messages, of which all are."""
        seat, of = self.seat, hot.columns
        good = self.plain & (seat >= 0)
        good[good] = hot.ready[seat[good]]
        order = np.lexsort((self.at_ms, seat))
        order = order[good[order]]
        if not order.size:
            return good
        whose, at_ms, value = seat[order], self.at_ms[order], self.milli_c[order]
        before = of["last_ms"][whose]
        again = np.flatnonzero(whose[1:] == whose[:-1]) + 1
        before[again] = at_ms[again - 1]
        gap_ms, until_ms = of["gap_ms"][whose], of["until_ms"][whose]
        good[order] = (
            (at_ms > before)
            & (at_ms - before <= gap_ms)
            & (now_ms - at_ms <= gap_ms)
            & (of["low"][whose] <= value)
            & (value <= of["high"][whose])
            & (at_ms <= self.received_ms[order] + CLOCK_AHEAD_LIMIT_MS)
            & (at_ms < until_ms)
            & (now_ms < until_ms)
        )
        return self._whole(good)

    def _whole(self, good: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Without the sensors and the messages of which anything is not good."""
        while not good.all():
            bad = ~good
            more = good & (np.isin(self.seat, self.seat[bad]) | np.isin(self.message, self.message[bad]))
            if not more.any():
                break
            good &= ~more
        return good

    def says_battery_anew(self, hot: Hot) -> NDArray[np.bool_]:
        """Which readings say another battery level than the sensor's last one, or the same after a while."""
        said, of = self.battery >= 0, hot.columns
        seat = self.seat[said]
        said[said] = (of["battery"][seat] != self.battery[said]) | (of["spoken_ms"][seat] <= self.at_ms[said])
        return said

    def store(self, tx: Transaction, hot: Hot, batch: Batch, chosen: NDArray[np.bool_]) -> Settled:
        """Store the chosen readings, and move on what is known of their sensors."""
        order = np.lexsort((self.seat, self.at_ms))
        order = order[chosen[order]]
        source = self._sources(tx, hot, batch, order)
        sensor = hot.columns["id"][self.seat[order]]
        columns = (self.at_ms, self.milli_c, self.received_ms, self.position, self.flags)
        at_ms, milli_c, received_ms, position, flags = (column[order] for column in columns)
        listed = [one.tolist() for one in (at_ms, sensor, milli_c, received_ms)]
        rows = list(zip(*listed, source.tolist(), position.tolist(), flags.tolist(), strict=True))
        if heard.put_new(tx, rows) != len(rows):
            raise NotAsRemembered("the record holds readings that the ingest step did not know of")
        seats, first_ms, counts = self._move_on(hot, order)
        self._last_payloads(tx, hot, batch, order)
        return Settled([], [], len(rows), seats, first_ms, counts)

    def _move_on(self, hot: Hot, order: NDArray[np.intp]) -> tuple[NDArray[np.intp], Ints, NDArray[np.intp]]:
        """Remember the newest readings; ``order`` is by time."""
        of, whose = hot.columns, self.seat[order]
        seats, first, count = np.unique(whose, return_index=True, return_counts=True)
        first_ms = self.at_ms[order][first]
        for name, column in (("last_ms", self.at_ms), ("last_milli", self.milli_c), ("received_ms", self.received_ms)):
            of[name][whose] = column[order]  # the last one of a sensor stays
        said = self.battery[order] >= 0
        of["battery"][whose[said]] = self.battery[order][said]
        of["accepted"][seats] += count
        of["behind_ms"][seats] = np.minimum(of["behind_ms"][seats], first_ms)
        return seats, first_ms, count

    def _sources(self, tx: Transaction, hot: Hot, batch: Batch, order: NDArray[np.intp]) -> Ints:
        """The ids of their messages' sources: of a plain one, its sensor's own topic."""
        message, seat, first = self.message[order], self.seat[order], len(batch.plain)
        of = hot.columns["topic"]
        found = of[seat]
        others = np.flatnonzero(message >= first)
        found[others] = _sources(tx, hot, [batch.others[number - first] for number in message[others].tolist()])
        lacking = np.flatnonzero((found == 0) & (message < first))
        if lacking.size:
            topics = [batch.plain.topics[number] for number in message[lacking].tolist()]
            ids = sources.ensure(tx, {("mqtt", topic) for topic in topics})
            found[lacking] = of[seat[lacking]] = [ids["mqtt", topic] for topic in topics]
        return found

    def _last_payloads(self, tx: Transaction, hot: Hot, batch: Batch, order: NDArray[np.intp]) -> None:
        """Keep the hash of a sensor's last message without time and number, to know it again."""
        first = len(batch.plain)
        order = order[self.message[order] >= first]
        in_turn = sorted(zip((self.message[order] - first).tolist(), self.seat[order].tolist(), strict=True))
        last = {seat: number for number, seat in in_turn if batch.others[number].untimed}
        if not last:
            return
        hot.flush(tx, np.array(list(last), dtype=np.intp))
        ids, payloads = hot.columns["id"], {seat: batch.others[number].payload for seat, number in last.items()}
        readings.put_last_payloads(
            tx, {int(ids[seat]): hashlib.sha256(payload).digest() for seat, payload in payloads.items()}
        )


def _row(number: int, message: Incoming, one: Decoded) -> _Row:
    at_ms = message.received_ms if one.measured_ms is None else one.measured_ms
    plain = one.fault is None and one.milli_c is not None and message.refused is None
    plain = plain and max(abs(at_ms), abs(one.milli_c or 0)) < _LARGEST
    perhaps_again = (message.retained or message.redelivered) and message.untimed
    if not plain or perhaps_again:
        return number, False, 0, 0, 0, 0, 0, -1
    flags = 0
    if one.flags or message.retained:
        flags = flag_bits((*one.flags, "retained") if message.retained else one.flags)
    battery = -1 if one.battery_pct is None else one.battery_pct
    return number, True, at_ms, one.milli_c or 0, message.received_ms, one.position, flags, battery


def _sources(tx: Transaction, hot: Hot, messages: Sequence[Incoming]) -> list[int]:
    """The ids of the sources of some messages."""
    keys = [(message.source_kind, message.source_name) for message in messages]
    missing = {key for key in keys if key not in hot.sources}
    if missing:
        kept = {(kind, name): (printable(kind)[:20], printable(name)) for kind, name in missing}
        ids = sources.ensure(tx, kept.values())
        hot.sources |= {key: ids[cleaned] for key, cleaned in kept.items()}
    return [hot.sources[key] for key in keys]
